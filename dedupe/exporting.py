"""A view of the store -> one file, or a stream: row by row in flat memory, and whole or not at all."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import BinaryIO, Self

from dedupe.export_formats import FORMATS, LARGEST_SHEET, Format, Row, Rows
from dedupe.outgoing import ExportError, whole_file
from dedupe.schema import View
from dedupe.store import open_store

ALLOWED = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_RECURSIVE})
"""What SQLite may be asked for while a view is read. FTS5 asks for one pragma besides: whether the file has changed."""
LONGEST_VALUE = 50_000_000
"""Bytes of one value: an expression such as `zeroblob(2e9) IS NULL` takes no more memory than this."""
STEPS_BETWEEN_LOOKS = 20_000
"""Instructions of SQLite's machine between two looks at the clock: a few hundred a second, at no cost."""
ROWS_AT_ONCE = 1_000
CHARACTERS_AT_ONCE = 4_000_000
"""Rows go to the file in portions of at most so much."""
SECONDS = 600.0
"""How long SQLite may compute for one export; writing the file does not count."""


@dataclass(frozen=True)
class Exported:
    """What an export came to."""

    view: str
    format: Format
    rows: int
    path: Path | None
    """Where the file lies; None where the rows went into a stream."""
    notes: tuple[str, ...] = ()
    """What the format could not hold."""


@dataclass
class Clock:
    """Counts the time that passes inside `with clock:`, against a limit."""

    limit: float
    used: float = 0.0
    since: float | None = field(default=None, init=False)

    def __enter__(self) -> Self:
        self.since = time.monotonic()
        return self

    def __exit__(self, *error: object) -> None:
        self.used += time.monotonic() - (self.since or 0.0)
        self.since = None

    def is_over(self) -> bool:
        """Tell whether the limit is passed."""
        running = time.monotonic() - self.since if self.since is not None else 0.0
        return self.used + running > self.limit


def export_view(  # noqa: PLR0913 - one call an analyst's command makes
    db: Path, view: View, to: Path | BinaryIO, form: Format, *, where: str | None = None, seconds: float = SECONDS
) -> Exported:
    """Write the rows of a view, all or those for which an SQL expression holds, into a file or a stream.

    A file is written beside its place and put there when it is whole and on the disk; what stood there before stays
    until then. The expression can read and nothing else.

    Raises:
        ExportError: the expression is none, or took too long; the file cannot be written, or a package is missing.
        StoreError: there is no store.
    """
    if where is not None:
        refuse_unreadable(where)
    with open_store(db, readonly=True) as store:
        connection = store.connection
        connection.row_factory = None
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")  # a damaged text is no reason to stop
        clock = Clock(seconds)
        confine(connection, clock)
        with told_plainly(view, where, clock):
            prepare(connection, view, where, clock)
            if form == "xlsx":
                refuse_large(connection, view, where, clock)
            rows = portions(connection, statement(view, where), clock)
            if not isinstance(to, Path):
                return poured(to, view, form, rows)
            with whole_file(to, db) as path, path.open("wb") as file:
                return written(file, view, form, rows, to)


def poured(stream: BinaryIO, view: View, form: Format, rows: Rows) -> Exported:
    """Write portions of rows into a stream; whoever reads it may stop reading.

    Raises:
        ExportError: the stream takes no more.
    """
    try:
        done = written(stream, view, form, rows, None)
        stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise ExportError(f"{view.name}: the rows could not all be written ({error.strerror or error})") from error
    return done


def written(file: BinaryIO, view: View, form: Format, rows: Rows, path: Path | None) -> Exported:
    """Write portions of rows in a format; return what was written."""
    rest = iter(rows)
    beginning = next(rest, [])  # where the query fails at its first row, nothing is written
    writer = FORMATS[form](file, view)
    count = 0
    for portion in chain([beginning], rest):
        writer.write(portion)
        count += len(portion)
    writer.close()
    return Exported(view.name, form, count, path, tuple(writer.notes()))


# --- asking -------------------------------------------------------------------------------------


def confine(connection: sqlite3.Connection, clock: Clock) -> None:
    """Let a connection do nothing but read, no longer than the clock allows."""
    for (name,) in connection.execute(
        "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE VIRTUAL TABLE%'"
    ).fetchall():
        connection.execute(f'SELECT * FROM "{name}" LIMIT 0')  # opening one declares a table, which is refused later
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    connection.set_authorizer(only_reading)
    connection.set_progress_handler(lambda: int(clock.is_over()), STEPS_BETWEEN_LOOKS)


def only_reading(action: int, subject: str | None, detail: str | None, *_where: str | None) -> int:
    """Return whether SQLite may do what a statement asks for."""
    if action == sqlite3.SQLITE_FUNCTION and (detail or "").lower() in {"load_extension", "fts3_tokenizer"}:
        return sqlite3.SQLITE_DENY
    if action in ALLOWED or (action == sqlite3.SQLITE_PRAGMA and subject == "data_version" and detail is None):
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def refuse_unreadable(where: str) -> None:
    """Raise where an expression is no text that SQLite takes.

    Raises:
        ExportError: it is empty, or holds a NUL or what is no character.
    """
    if not where.strip():
        raise ExportError(
            "--where is empty; give an SQL expression such as \"outlet = 'warta_sagara'\", or leave it out"
        )
    if "\x00" in where or any("\ud800" <= character <= "\udfff" for character in where):
        raise ExportError("--where holds a NUL or bytes that are no UTF-8; type the expression anew")


def statement(view: View, where: str | None, depth: int = 1) -> str:
    """Return the query of an export; `depth` is how many brackets stand around the expression."""
    columns = ", ".join(f'"{column.name}"' for column in view.columns)
    query = f'SELECT {columns} FROM "{view.name}"'
    return query if where is None else f"{query} WHERE {'(' * depth}\n{where}\n{')' * depth}"


def prepare(connection: sqlite3.Connection, view: View, where: str | None, clock: Clock) -> None:
    """Have SQLite read the query without running it.

    What is no single expression, such as `1) UNION SELECT … WHERE (1`, cannot stand both in one pair of brackets and
    in two.
    """
    with clock:
        for depth in (2, 1):
            connection.execute(f"EXPLAIN {statement(view, where, depth)}").fetchall()


def refuse_large(connection: sqlite3.Connection, view: View, where: str | None, clock: Clock) -> None:
    """Raise where the rows do not fit on a sheet, before any is written.

    Raises:
        ExportError: there are more than an Excel sheet holds.
    """
    with clock:
        inner = statement(View(view.name, view.sentence, view.columns[:1]), where)
        counted = connection.execute(f"SELECT count(*) FROM ({inner} LIMIT {LARGEST_SHEET})").fetchone()[0]
    if counted >= LARGEST_SHEET:
        raise ExportError(
            f"{view.name} has more than the {LARGEST_SHEET - 1:,} rows that fit below a heading on an Excel sheet."
            " Narrow it with --where, or take --csv or --parquet."
        )


def portions(connection: sqlite3.Connection, sql: str, clock: Clock) -> Iterator[Sequence[Row]]:
    """Yield the rows of a query in portions of bounded size."""
    with clock:
        cursor = connection.execute(sql)
    while True:
        with clock:
            portion = next_portion(cursor)
        if not portion:
            return
        yield portion


def next_portion(cursor: sqlite3.Cursor) -> list[Row]:
    """Return the next rows: so many, or fewer where they are long."""
    portion: list[Row] = []
    size = 0
    while len(portion) < ROWS_AT_ONCE and size < CHARACTERS_AT_ONCE:
        row = cursor.fetchone()
        if row is None:
            break
        portion.append(row)
        size += sum(len(value) for value in row if isinstance(value, str))
    return portion


@contextmanager
def told_plainly(view: View, where: str | None, clock: Clock) -> Iterator[None]:
    """Turn what SQLite says into what to do about it.

    Raises:
        ExportError: the query failed, or took too long.
    """
    try:
        yield
    except (sqlite3.Error, sqlite3.Warning) as error:
        if clock.is_over():
            raise ExportError(
                f"{view.name}: SQLite computed for {clock.limit:g} seconds and did not come to the end."
                " Narrow it with --where, or allow more with --seconds."
            ) from None
        if where is None:
            raise ExportError(
                f"{view.name}: cannot be read ({error}). `newscrawl doctor` looks at the store."
            ) from error
        raise ExportError(f"--where {shown(where)}: {reason(error, view)}") from error


def shown(where: str) -> str:
    """Return an expression as a message can hold it."""
    line = " ".join(where.split())
    return f"{line[:200]}{' …' if len(line) > 200 else ''}"  # noqa: PLR2004 - what stands on two lines of a terminal


def reason(error: Exception, view: View) -> str:
    """Return why SQLite refuses an expression, and what would be taken."""
    said = str(error)
    if "not authorized" in said or "prohibited" in said:
        return "may only read the store; it asks for something else"
    if "one statement" in said or "binding" in said:
        return "is more than one SQL expression; give what could stand behind WHERE"
    if "no such column" in said:
        return f"{said}. {view.name} has {', '.join(column.name for column in view.columns)}"
    return f"{said}. Give what could stand behind WHERE, texts in single quotes: outlet = 'warta_sagara'"
