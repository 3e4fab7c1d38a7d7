"""`newscrawl schema` tells what the views are, without a store."""

from __future__ import annotations

import json

from click.testing import CliRunner

from dedupe import views
from newscrawl.cli import main


def schema(*arguments: str) -> tuple[int, str, str]:
    told = CliRunner().invoke(main, ["schema", *arguments])
    return told.exit_code, told.stdout, told.stderr


def test_every_view_is_told() -> None:
    code, out, _ = schema()
    assert code == 0
    assert all(name in out for name in views())


def test_one_view_is_told_with_its_columns() -> None:
    code, out, _ = schema("coverage_list")
    assert code == 0
    assert all(column.name in out for column in views()["coverage_list"].columns)
    assert all(len(line) <= 120 for line in out.splitlines())


def test_as_json_every_column_has_its_type_and_description() -> None:
    code, out, _ = schema("coverage_list", "--json")
    told = json.loads(out)
    assert (code, told["name"]) == (0, "coverage_list")
    assert told["columns"][0]["name"] == "story_id"
    assert {column.keys() == {"name", "type", "description"} for column in told["columns"]} == {True}
    assert [view["name"] for view in json.loads(schema("--json")[1])] == list(views())


def test_an_unknown_view_is_answered_with_the_nearest() -> None:
    code, out, err = schema("coverage_lst")
    assert (code, out) == (4, "")
    assert "'coverage_lst'" in err
    assert "coverage_list" in err
