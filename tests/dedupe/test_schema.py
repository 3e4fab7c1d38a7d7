"""Every view says what a row is, every column what it means, and what is said is true of the values."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dedupe import Article, Store, View, cluster, open_store, views
from dedupe.schema import SQL, TYPES, Column, datasette_tables, read_columns, sentences_in
from dedupe.store import statements

DAY = re.compile(r"\d{4}-\d\d-\d\d")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
FITS: dict[str, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str),
    "integer": lambda value: isinstance(value, int),
    "real": lambda value: isinstance(value, int | float),
    "boolean": lambda value: value in {0, 1},
    "day": lambda value: DAY.fullmatch(value) is not None,
    "moment": lambda value: MOMENT.fullmatch(value) is not None,
    "json": lambda value: isinstance(json.loads(value), list | dict),
}


@pytest.fixture(scope="module")
def demo(told: tuple[tuple[str, Article], ...], tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The demo's articles, grouped into stories, two of them changed later."""
    with open_store(tmp_path_factory.mktemp("schema") / "news.db") as store:
        for _, article in told:
            store.save_article(article)
        for _, article in told[:2]:
            store.save_article(Article(**{**vars(article), "body": article.body + "\nLater.", "title": "Changed"}))
        store.connection.execute(
            "INSERT INTO runs (command, started_at, status) VALUES ('run', '2026-05-11T08:00:00Z', 'running')"
        )
        cluster(store)
    return open_store(store.path, readonly=True)


def names(store: Store) -> set[str]:
    return {row["name"] for row in store.rows("SELECT name FROM sqlite_master WHERE type = 'view'")}


def test_every_view_is_described_and_no_other(store: Store) -> None:
    assert set(views()) == names(store), "sql/columns.yaml names the columns of every view in sql/views/"


@pytest.mark.parametrize("view", views().values(), ids=lambda view: view.name)
def test_every_column_is_described_in_its_place(store: Store, view: View) -> None:
    there = [row["name"] for row in store.rows(f"PRAGMA table_info('{view.name}')")]
    assert [column.name for column in view.columns] == there, "repair sql/columns.yaml"
    assert view.sentence.startswith("One row for each ") or view.name == "article_urls"
    assert all(column.description.endswith(".") for column in view.columns)


@pytest.mark.parametrize("view", views().values(), ids=lambda view: view.name)
def test_values_are_what_is_said(demo: Store, view: View) -> None:
    rows = demo.rows(f"SELECT * FROM {view.name}")
    for column in view.columns:
        wrong = [row[column.name] for row in rows if row[column.name] is not None and not fits(column, row)]
        assert not wrong, f"{column.name} is no {column.type}"


def fits(column: Column, row: Any) -> bool:
    return FITS[column.type](row[column.name])


def test_shared_descriptions_are_all_used() -> None:
    text = (SQL / "columns.yaml").read_text("utf-8")
    shared, own = text.split("\nviews:\n")
    named = re.findall(r"^  (\w+) \w+:", shared, re.MULTILINE)
    assert named
    unused = [name for name in named if len(re.findall(rf"^    {name}:$", own, re.MULTILINE)) < 2]
    assert not unused, "what stands in one view alone is described there"


@pytest.mark.parametrize(
    "line", [{"outlet": None}, {"outlet string": "A name."}, {"outlet text": None}, {"outlet": "A"}]
)
def test_a_line_that_tells_no_column_is_refused(line: dict[str, str | None]) -> None:
    with pytest.raises(ValueError, match="outlet"):
        list(read_columns(line, {}))


def test_a_shared_column_is_named_alone() -> None:
    shared = {"outlet": Column("outlet", "text", "Its name.")}
    told = list(read_columns({"outlet": None, "day day": "When."}, shared))
    assert told == [shared["outlet"], Column("day", "day", "When.")]


def test_types_are_those_that_tests_know() -> None:
    assert set(FITS) == set(TYPES)


def test_sentences_stand_over_what_is_made() -> None:
    script = (
        "-- About the file.\n\n-- A thing: one\n-- of many.\nCREATE TABLE things (id);\n"
        "-- An index.\nCREATE INDEX i ON t (x);\n"
    )
    assert list(sentences_in(script)) == [("things", "A thing: one of many.")]


def test_datasette_is_told_of_every_view_and_table(store: Store) -> None:
    told = datasette_tables()
    assert told["coverage_list"]["columns"]["story_id"]
    assert told["articles"]["description"]
    assert set(views()) < set(told)
    unknown = set(told) - {row["name"] for row in store.rows("SELECT name FROM sqlite_master")}
    assert unknown <= {"furniture_lines_before", "runs_before", "run_outlets_before"}


def test_the_same_store_gives_the_same_views_twice(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    with open_store(path) as store:
        before = [
            tuple(row) for row in store.rows("SELECT name, sql FROM sqlite_master WHERE type = 'view' ORDER BY 1")
        ]
    with open_store(path) as store:
        assert [
            tuple(r) for r in store.rows("SELECT name, sql FROM sqlite_master WHERE type = 'view' ORDER BY 1")
        ] == before


@pytest.mark.parametrize("script", sorted((SQL / "views").iterdir()), ids=lambda script: script.name)
def test_every_view_file_is_one_whole_statement(script: Path) -> None:
    assert len(list(statements(script.read_text("utf-8")))) == 1
