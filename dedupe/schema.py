"""The store's tables and views in words: what a row is, and what each column of a view means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

import yaml

SQL = files("dedupe") / "sql"
SENTENCE = re.compile(r"((?:^-- .{0,400}\n)+)CREATE (?:TABLE|VIEW|VIRTUAL TABLE) (\w{1,64})", re.MULTILINE)

Type = Literal["text", "integer", "real", "boolean", "day", "moment", "json"]
"""What values of a column are: `day` is text like 2026-05-05, `moment` text like 2026-05-05T13:25:00Z, `boolean` 0 or
1, `json` text that holds a JSON list or object."""
TYPES: Mapping[str, Type] = {name: name for name in get_args(Type)}


@dataclass(frozen=True)
class Column:
    """One column of a view."""

    name: str
    type: Type
    description: str


@dataclass(frozen=True)
class View:
    """One view: what a row of it is, and its columns in their order."""

    name: str
    sentence: str
    columns: tuple[Column, ...]


@cache
def views() -> Mapping[str, View]:
    """Return every view by its name, in alphabetical order.

    What columns mean stands once in `sql/columns.yaml`: under `everywhere` for those that mean the same in every view
    that has them, else under the view. What a row is stands over the view's SQL.
    """
    told = yaml.safe_load((SQL / "columns.yaml").read_text("utf-8"))
    shared = {column.name: column for column in read_columns(told["everywhere"], {})}
    sentences = dict(view_sentences())
    return {
        name: View(name, sentences.get(name, ""), tuple(read_columns(columns, shared)))
        for name, columns in sorted(told["views"].items())
    }


def read_columns(told: Mapping[str, str | None], shared: Mapping[str, Column]) -> Iterator[Column]:
    """Yield the columns that lines `name type: description` tell; `name:` alone is one of the shared ones.

    Raises:
        ValueError: a line tells no column, or names a type or a shared column that there is not.
    """
    for said, description in told.items():
        name, _, kind = said.partition(" ")
        if description is None and not kind and name in shared:
            yield shared[name]
        elif description is None or kind not in TYPES:
            raise ValueError(f"columns.yaml: {said!r} wants a type ({', '.join(TYPES)}) and a description")
        else:
            yield Column(name, TYPES[kind], description)


def view_sentences() -> Iterator[tuple[str, str]]:
    """Yield each view with the sentence over its SQL."""
    for script in sorted((SQL / "views").iterdir(), key=lambda f: f.name):
        yield from sentences_in(script.read_text("utf-8"))


def table_sentences() -> Iterator[tuple[str, str]]:
    """Yield each table with the sentence over its SQL, that of the latest migration that makes it last."""
    for script in sorted((f for f in SQL.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name):
        yield from sentences_in(script.read_text("utf-8"))


def sentences_in(script: str) -> Iterator[tuple[str, str]]:
    """Yield the names of what an SQL script makes, with the comment that stands over each."""
    for comment, name in SENTENCE.findall(script):
        yield name, " ".join(line.removeprefix("-- ") for line in comment.splitlines())


@cache
def datasette_tables() -> dict[str, Any]:
    """Return what Datasette shows of tables and views: its metadata's `tables` of one database."""
    found: dict[str, Any] = {name: {"description": sentence} for name, sentence in table_sentences()}
    for name, view in views().items():
        columns = {column.name: column.description for column in view.columns}
        found[name] = {"description": view.sentence, "columns": columns}
    return found
