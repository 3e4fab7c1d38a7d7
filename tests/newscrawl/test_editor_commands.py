from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from newscrawl.lock import lock

SIGNED = ("--by", "Ratna", "--why", "satu peristiwa")


@pytest.fixture
def ask(demo_copy: Path, invoke: Any) -> Callable[..., Any]:
    """A command on a copy of the demo's store."""
    return lambda name, *args: invoke(name, *args, "--db", demo_copy)


def several(db: Path, rows: Any) -> tuple[int, int]:
    """The two stories with most articles, the older first."""
    found = rows(db, "SELECT story_id FROM coverage GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 2")
    one, other = sorted(story_id for (story_id,) in found)
    return one, other


def members(db: Path, rows: Any, story_id: int) -> list[int]:
    return [i for (i,) in rows(db, "SELECT article_id FROM coverage_list WHERE story_id = ? ORDER BY 1", (story_id,))]


def test_merge_undo_and_what_is_shown(demo_copy: Path, ask: Any, rows: Any) -> None:
    one, other = several(demo_copy, rows)
    before = {i: members(demo_copy, rows, i) for i in (one, other)}
    done = ask("merge", other, one, *SIGNED)
    assert done.exit_code == 0
    assert f"Story {other} has become part of story {one}." in done.stdout
    assert members(demo_copy, rows, one) == sorted(before[one] + before[other])
    assert f"Story {other} has become part of story {one}" in ask("story", other).stdout
    shown = ask("story", one).stdout
    assert "Decided by editors" in shown
    assert f"stories {one} and {other} are one" in shown
    assert "satu peristiwa" in shown
    told = json.loads(ask("story", one, "--json").stdout)["decisions"]
    assert [(d["kind"], d["made_by"], d["why"]) for d in told] == [("merge", "Ratna", "satu peristiwa")]
    done = ask("undo", 1, "--by", "Sita", "--why", "keliru")
    assert done.exit_code == 0
    assert "newscrawl cluster" in done.stdout
    assert ask("cluster").exit_code == 0
    assert {i: members(demo_copy, rows, i) for i in (one, other)} == before
    assert "undone by Sita" in ask("decisions").stdout


def test_split_by_address_or_id_lasts_through_a_rebuild(demo_copy: Path, ask: Any, rows: Any) -> None:
    story_id, _ = several(demo_copy, rows)
    first, second, *rest = members(demo_copy, rows, story_id)
    address = rows(demo_copy, "SELECT url FROM articles WHERE id = ?", (second,))[0][0]
    done = ask("split", story_id, first, address, *SIGNED, "--json")
    assert done.exit_code == 0
    made = json.loads(done.stdout)
    assert (made["kind"], made["story_id"], made["decision_id"]) == ("split", story_id, 1)
    assert members(demo_copy, rows, made["other_id"]) == [first, second]
    assert ask("cluster", "--rebuild").exit_code == 0
    assert members(demo_copy, rows, made["other_id"]) == [first, second]
    assert members(demo_copy, rows, story_id) == rest


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("merge", 999_999, 1, *SIGNED), 4, "there is no story 999999. `newscrawl story` lists"),
        (("merge", 1, 1, *SIGNED), 2, "are one already"),
        (("merge", 1, 2, "--by", "Ratna"), 2, "--why"),
        (("merge", 1, 2, "--why", "satu"), 2, "--by"),
        (("merge", 1, 2, "--by", " ", "--why", "satu"), 2, "--by"),
        (("merge", 1, 2, "--by", "Ratna", "--why", ""), 2, "--why"),
        (("merge", "x", 2, *SIGNED), 2, "not a valid integer"),
        (("split", 999_999, 1, *SIGNED), 4, "there is no story 999999"),
        (("split", 1, 999_999, *SIGNED), 4, "there is no article 999999"),
        (("split", 1, "https://harbour.example/none", *SIGNED), 4, "there is no article 'https://harbour"),
        (("split", 1, *SIGNED), 2, "ARTICLE"),
        (("undo", 7, "--by", "Ratna"), 4, "there is no decision 7. `newscrawl decisions` lists"),
    ],
)
def test_what_cannot_be_decided_says_why_and_what_to_do(ask: Any, args: tuple[Any, ...], code: int, says: str) -> None:
    done = ask(*args)
    assert (done.exit_code, done.stdout) == (code, "")
    assert says in done.stderr


def test_an_article_of_another_story_and_a_whole_story_are_not_parted(demo_copy: Path, ask: Any, rows: Any) -> None:
    one, other = several(demo_copy, rows)
    foreign = members(demo_copy, rows, other)[0]
    done = ask("split", one, foreign, *SIGNED)
    assert done.exit_code == 2
    assert f"article {foreign} is not in story {one} but in story {other}" in done.stderr
    done = ask("split", one, *members(demo_copy, rows, one), *SIGNED)
    assert done.exit_code == 2
    assert "Name fewer" in done.stderr
    assert rows(demo_copy, "SELECT * FROM decisions") == []


def test_undone_twice_is_refused(demo_copy: Path, ask: Any, rows: Any) -> None:
    ask("merge", *several(demo_copy, rows), *SIGNED)
    assert ask("undo", 1, "--by", "Ratna").exit_code == 0
    done = ask("undo", 1, "--by", "Sita")
    assert done.exit_code == 2
    assert "was undone before, by Ratna" in done.stderr


def test_a_decision_waits_for_no_other_writer(demo_copy: Path, ask: Any) -> None:
    with lock(demo_copy, "cluster"):
        for args in (("merge", 1, 2, *SIGNED), ("split", 1, 1, *SIGNED), ("undo", 1, "--by", "Ratna")):
            done = ask(*args)
            assert done.exit_code == 75
            assert "is at work on this store" in done.stderr
        assert ask("decisions").exit_code == 0


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path, invoke: Any) -> None:
    for args in (("merge", 1, 2, *SIGNED), ("undo", 1, "--by", "Ratna"), ("decisions",)):
        done = invoke(*args, "--db", tmp_path / "none.db")
        assert done.exit_code == 2
        assert "there is no such store" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_hostile_names_and_reasons_are_kept_as_text(demo_copy: Path, ask: Any, rows: Any) -> None:
    one, other = several(demo_copy, rows)
    assert ask("merge", one, other, "--by", "x'); DROP TABLE stories; --", "--why", "a\udcffb" * 5000).exit_code == 0
    said = rows(demo_copy, "SELECT made_by, length(why) FROM decision_list")
    assert said == [("x'); DROP TABLE stories; --", 15_000)]
    assert ask("decisions").exit_code == 0


def test_decisions_of_one_story_are_listed_by_any_of_its_ids(demo_copy: Path, ask: Any, rows: Any) -> None:
    one, other = several(demo_copy, rows)
    assert "No editor has decided" in ask("decisions").stdout
    ask("merge", one, other, *SIGNED)
    for story_id in (one, other):
        assert "satu peristiwa" in ask("decisions", story_id).stdout
    assert json.loads(ask("decisions", 999_999, "--json").stdout) == []


def test_a_story_whose_articles_were_deleted_says_so(demo_copy: Path, ask: Any, rows: Any) -> None:
    one, _ = several(demo_copy, rows)
    with closing(sqlite3.connect(demo_copy)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(
            "DELETE FROM articles WHERE id IN (SELECT article_id FROM coverage WHERE story_id = ?)", (one,)
        )
        connection.commit()
    assert ask("cluster").exit_code == 0
    done = ask("story", one)
    assert done.exit_code == 4
    assert f"story {one} has had no article since" in done.stderr
    assert ask("merge", one, 999_999, *SIGNED).exit_code == 4
