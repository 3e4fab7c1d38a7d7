"""A store -> a snapshot fit for the public: texts cut to excerpts, and nothing of the machine that it is from."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from dedupe.outgoing import ExportError, is_database, whole_file
from dedupe.store import StoreError, connect, now, open_store, statements, transaction

SQL = files("dedupe") / "sql" / "publish"
LONGEST_EXCERPT = 300
"""Characters that are left of a text: a paragraph or so, what search engines show of a page."""
LONGEST_QUOTATION = 500
"""Characters that are left of a quotation: 99 of 100 in news are shorter."""
BEFORE_A_CHANGE = 60
"""Characters shown before the place where a version begins to differ from the one before it."""
MORE = " […]"
AN_EDITOR = "an editor"
COUNTED = ("articles", "stories")

STAY_BEHIND: Mapping[str, str] = {
    "bands": "found pairs; the pairs themselves are published",
    "clustered_by": "every store has its own row",
    "families_left": "work to do",
    "furniture": "texts; published beside whole texts",
    "furniture_due": "work to do",
    "furniture_lines": "has a meaning only beside whole texts",
    "highest_ids": "for stores that grow",
    "hosts": "how the crawler asks",
    "ingested_files": "paths of this machine",
    "left_behind": "work to do",
    "listings": "how the crawler asks",
    "pages": "how the crawler asks, and keys of raw pages",
    "readings": "texts as they were misread",
    "reextractions": "work to do",
    "robots": "how the crawler asks",
    "run_selectors": "how pages are read",
    "signatures": "blobs",
    "waiting": "work to do",
}
"""Tables that are not published, and why."""
STAY_BEHIND_OF: Mapping[str, frozenset[str]] = {
    "articles": frozenset({"raw"}),
    "versions": frozenset({"raw"}),
    "rejects": frozenset({"raw", "detail"}),
    "runs": frozenset({"detail"}),
}
"""Columns that are not published: keys of raw pages, and what may name a path of this machine."""


@dataclass(frozen=True)
class Published:
    """What publishing came to."""

    path: Path
    size: int
    articles: int
    stories: int
    texts: str
    """`excerpts` or `whole`."""


def publish_store(db: Path, out: Path, *, full_texts: bool = False, with_editors: bool = False) -> Published:
    """Make a published store of a store as it is at one moment, whoever writes to it meanwhile.

    It is made anew from what may be seen, not cut down from a copy: no byte of what stays behind is ever written to it.
    It is checked before it gets its name; an older one that lies there gives way, any other database does not.

    Raises:
        ExportError: the file cannot be written, or what was made is not sound.
        StoreError: there is no store.
    """
    open_store(db, readonly=True).close()
    with whole_file(out, db, is_publication) as path:
        try:
            open_store(path).close()
            with closing(connect(path, readonly=False)) as connection:
                fill(connection, db, full_texts=full_texts, with_editors=with_editors)
                articles, stories = (connection.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in COUNTED)
                found = "; ".join(faults(connection, full_texts=full_texts))
        except (sqlite3.Error, StoreError) as error:
            raise ExportError(
                f"{out}: could not be made ({error.__cause__ or error}). What stood there is as it was."
            ) from error
        if found:
            raise ExportError(f"{out}: what was made is not sound ({found}). What stood there is untouched.")
        size = path.stat().st_size
    return Published(out, size, articles, stories, "whole" if full_texts else "excerpts")


def is_publication(path: Path) -> bool:
    """Tell whether a file is a published store."""
    if not is_database(path):
        return False
    try:
        with closing(connect(path, readonly=True)) as connection:
            return bool(connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'publication'").fetchone())
    except sqlite3.Error:
        return False


# --- filling ------------------------------------------------------------------------------------


def fill(connection: sqlite3.Connection, db: Path, *, full_texts: bool, with_editors: bool) -> None:
    """Put what may be seen of a store into an empty one, and leave one file that needs no second beside it."""
    run = connection.execute
    for name, function in cutters(full_texts=full_texts, with_editors=with_editors).items():
        connection.create_function(name, function.__code__.co_argcount, function, deterministic=True)
    run("PRAGMA journal_mode = OFF")  # nobody sees the file before it is whole
    run("PRAGMA synchronous = OFF")
    run("PRAGMA foreign_keys = OFF")  # asked for all at once at the end
    run("ATTACH ? AS source", (f"{db.absolute().as_uri()}?mode=ro",))
    triggers = run("SELECT name, sql FROM main.sqlite_master WHERE type = 'trigger'").fetchall()
    with transaction(connection):  # what is read of the source is of one moment
        for trigger in triggers:
            run(f'DROP TRIGGER main."{trigger["name"]}"')
        for statement in script(full_texts=full_texts):
            run(statement)
        note(connection, full_texts=full_texts)
        for row in run("SELECT name FROM main.sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%fts5%'").fetchall():
            run(f'INSERT INTO main."{row["name"]}" ("{row["name"]}") VALUES (\'rebuild\')')
        for trigger in triggers:
            run(trigger["sql"])
    run("DETACH source")
    run("PRAGMA analysis_limit = 1000")
    run("ANALYZE")
    run("VACUUM")
    run("PRAGMA journal_mode = DELETE")  # read from a folder that nobody may write to, or with datasette -i


def script(*, full_texts: bool) -> Iterator[str]:
    """Yield the statements that fill a published store."""
    for name in ("published.sql", "furniture.sql", "publication.sql"):
        if full_texts or name != "furniture.sql":
            yield from statements((SQL / name).read_text("utf-8"))


def note(connection: sqlite3.Connection, *, full_texts: bool) -> None:
    """Write down in the store that it is a published one."""
    about = "A published snapshot of a newscrawl store. Texts are whole; they are the outlets' works."
    if not full_texts:
        about = (
            f"A published snapshot of a newscrawl store. Texts are cut to {LONGEST_EXCERPT} characters and quotations"
            f" to {LONGEST_QUOTATION}; read the rest where the outlets print it. Stories, scores and"
            " shared texts were found in the whole texts; lengths of texts that are computed here are of excerpts."
        )
    limits = (None, None) if full_texts else (LONGEST_EXCERPT, LONGEST_QUOTATION)
    texts = "whole" if full_texts else "excerpts"
    connection.execute("INSERT INTO main.publication VALUES (1, ?, ?, ?, ?, ?)", (now(), texts, *limits, about))


# --- cutting ------------------------------------------------------------------------------------


def cutters(*, full_texts: bool, with_editors: bool) -> dict[str, Callable[..., Any]]:
    """Return the functions that the script calls, by name."""
    return {
        "excerpt": kept if full_texts else excerpt,
        "quotation": kept if full_texts else quotation,
        "short": kept if full_texts else short,
        "change": second if full_texts else change,
        "whole": first if full_texts else second,
        "editor": kept if with_editors else an_editor,
    }


def kept(text: Any) -> Any:
    """Return what is given."""
    return text


def first(one: Any, _other: Any) -> Any:
    """Return the first of two."""
    return one


def second(_one: Any, other: Any) -> Any:
    """Return the second of two."""
    return other


def an_editor(name: str | None) -> str | None:
    """Return that somebody decided, where somebody did."""
    return None if name is None else AN_EDITOR


def excerpt(text: Any) -> Any:
    """Return the beginning of a text, cut at the end of a word."""
    return cut(text, LONGEST_EXCERPT)


def quotation(text: Any) -> Any:
    """Return the beginning of a quotation, or all of it where it is not long."""
    return cut(text, LONGEST_QUOTATION)


def cut(text: Any, longest: int) -> Any:
    """Return a text of at most so many characters; one that is longer ends at a word's end, with a mark.

    >>> cut("Hujan turun sejak pagi.", 16), cut("Hujan", 16), cut("x" * 20, 10)
    ('Hujan turun […]', 'Hujan', 'xxxxxx […]')
    """
    if not isinstance(text, str) or len(text) <= longest:
        return text
    room = longest - len(MORE)
    end = max(text.rfind(space, 0, room + 1) for space in " \n")
    return text[: end if end > room // 2 else room].rstrip() + MORE


def change(before: str | None, text: str) -> Any:
    """Return an excerpt of a version: of its beginning, or of where it begins to differ from the one before."""
    same = 0 if before is None else alike(before, text)
    if same < LONGEST_EXCERPT - BEFORE_A_CHANGE or before == text:
        return excerpt(text)
    start = same - BEFORE_A_CHANGE
    start = text.find(" ", start, same) + 1 or start
    return cut(MORE.lstrip() + " " + text[start:], LONGEST_EXCERPT)


def alike(one: str, other: str) -> int:
    """Return how many characters two texts have in common at their beginning."""
    differing = (place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b)
    return next(differing, min(len(one), len(other)))


def short(text: str | None) -> str | None:
    """Return a JSON text whose strings are cut; one that is short is as it was."""
    if text is None or len(text) <= LONGEST_QUOTATION:
        return text
    return json.dumps(shortened(json.loads(text)), ensure_ascii=False)


def shortened(value: Any) -> Any:
    """Return a value of JSON with its strings cut."""
    if isinstance(value, dict):
        return {cut(key, LONGEST_EXCERPT): shortened(one) for key, one in value.items()}
    if isinstance(value, list):
        return [shortened(one) for one in value]
    return cut(value, LONGEST_QUOTATION)


# --- checking -----------------------------------------------------------------------------------


def faults(connection: sqlite3.Connection, *, full_texts: bool) -> Iterator[str]:
    """Yield what is wrong with a published store: its structure, its references, its views, texts that are too long."""
    yield from (row[0] for row in connection.execute("PRAGMA integrity_check(5)") if row[0] != "ok")
    for row in connection.execute("PRAGMA foreign_key_check").fetchmany(5):
        yield f"a row of {row['table']} names one of {row['parent']} that is not there"
    for (view,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'view'").fetchall():
        connection.execute(f'SELECT * FROM "{view}" LIMIT 1').fetchone()
    if not full_texts:
        for table, column in (
            ("articles", "body"),
            ("versions", "body"),
            ("articles", "standfirst"),
            ("quotes", "text"),
        ):
            longest = connection.execute(f"SELECT max(length({column})) FROM {table}").fetchone()[0] or 0
            if longest > LONGEST_QUOTATION:
                yield f"{table}.{column} holds a text of {longest} characters"
