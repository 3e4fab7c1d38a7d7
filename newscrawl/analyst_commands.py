"""The analyst's commands: `schema`, `export`, `publish`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from textwrap import wrap
from typing import Any, NoReturn

import click

from dedupe import ExportError, Format, View, export_view, publish_store, views
from newscrawl.command import EXIT_NOTHING, EXIT_USAGE, Command, Options

WIDTH = 110
"""Characters of a line that the terminal shows."""
ENDINGS: Mapping[str, Format] = {".csv": "csv", ".jsonl": "jsonl", ".parquet": "parquet", ".xlsx": "xlsx"}


def add_to(command: Command) -> None:
    """Add the analyst's commands by the decorator that gives a command its options."""
    for function in (schema, export, publish):
        command(function)


@click.argument("view", required=False)
def schema(options: Options, *, view: str | None) -> None:
    """Tell what the views of the store are: what a row is and what each column means, of all or of one VIEW."""
    known = views()
    if view is None:
        options.give(list(known.values()))
        options.say(overview(known.values()))
        return
    if view not in known:
        leave(unknown(view), EXIT_NOTHING)
    options.give(known[view])
    options.say(described(known[view]))


@click.argument("view")
@click.option("--where", metavar="SQL", help="Only rows for which this expression holds, as behind WHERE.")
@click.option("--csv", "form", flag_value="csv", help="Comma-separated values; no cell is a formula.  [default]")
@click.option("--jsonl", "form", flag_value="jsonl", help="A JSON object a line.")
@click.option("--parquet", "form", flag_value="parquet", help="Apache Parquet, with types; wants newscrawl[parquet].")
@click.option("--xlsx", "form", flag_value="xlsx", help="An Excel workbook; wants newscrawl[xlsx].")
@click.option("-o", "--output", metavar="FILE", help="Where to; its ending tells the format.  [default: stdout]")
@click.option(
    "--seconds", type=click.FloatRange(min=0, min_open=True), default=600, help="How long SQLite may compute.",
    show_default=True,
)  # fmt: skip
def export(  # noqa: PLR0913 - the command's options
    options: Options, *, view: str, where: str | None, form: Format | None, output: str | None, seconds: float
) -> None:
    """Write the rows of a VIEW into a file, row by row, whole or not at all; `newscrawl schema` tells the views."""
    known = views()
    if view not in known:
        leave(unknown(view), EXIT_NOTHING)
    path = None if output in {None, "-"} else Path(str(output))
    chosen = form or format_of(path)
    if path is None and chosen in {"parquet", "xlsx"}:
        leave(f"{chosen} wants a file: say where with -o, for example -o {view}.{chosen}", EXIT_USAGE)
    if path is None and options.as_json:
        leave("with --json the rows want a file: say where with -o; for rows as JSON say --jsonl", EXIT_USAGE)
    to = path or sys.stdout.buffer
    try:
        done = export_view(options.db, known[view], to, chosen, where=where, seconds=seconds)
    except ExportError as error:
        leave(str(error), EXIT_USAGE)
    for one in () if options.is_quiet else done.notes:
        click.echo(f"newscrawl: {one}", err=True)
    options.give(done)
    if path:
        options.say([f"{path}: {done.rows:,} rows of {view}."])


def format_of(path: Path | None) -> Format:
    """Return the format that a file's name tells; CSV for stdout."""
    ending = ".csv" if path is None else path.suffix.lower()
    if ending not in ENDINGS:
        leave(f"{path}: its name tells no format; say --csv, --jsonl, --parquet or --xlsx", EXIT_USAGE)
    return ENDINGS[ending]


@click.argument("out", metavar="OUT.db", type=click.Path(path_type=Path))
@click.option("--full-texts", is_flag=True, help="Whole texts, for those who may publish them.")
@click.option("--with-editors", is_flag=True, help="The names of editors beside their decisions.")
def publish(options: Options, *, out: Path, **asked: Any) -> None:
    """Write a snapshot of the store that is fit for the public: excerpts of texts, no raw pages, no editors' names.

    It is for `newscrawl serve --db OUT.db` and for `datasette OUT.db`. An older snapshot in its place gives way.
    """
    try:
        done = publish_store(options.db, out, **asked)
    except ExportError as error:
        leave(str(error), EXIT_USAGE)
    options.give(done)
    texts = "texts cut to excerpts" if done.texts == "excerpts" else "whole texts"
    options.say(
        [
            f"{out}: {done.articles:,} articles in {done.stories:,} stories, {texts}, {done.size / 1e6:.1f} MB.",
            f"Look at it with: newscrawl serve --db {out}",
        ]
    )


def leave(message: str, code: int) -> NoReturn:
    """Print an error and leave."""
    click.echo(f"newscrawl: {message}", err=True)
    sys.exit(code)


def unknown(name: str) -> str:
    """Return what to say where there is no view of a name: the nearest ones, and all."""
    near = get_close_matches(name, views(), n=3)
    named = name.encode("utf-8", errors="replace").decode()[:80]
    meant = f" Perhaps you mean {' or '.join(near)}." if near else ""
    return (
        f"there is no view {named!r}.{meant} There are: {', '.join(views())}. `newscrawl schema` tells what they are."
    )


def overview(known: Iterable[View]) -> Iterator[str]:
    """Yield every view with what a row of it is."""
    yield from in_columns([(view.name, view.sentence) for view in known])
    yield ""
    yield "What the columns of one mean: newscrawl schema VIEW. Any SQLite client reads views."
    yield "Their columns stay as they are; new ones come at the end."


def described(view: View) -> Iterator[str]:
    """Yield what a row of a view is and what its columns mean."""
    yield from wrap(view.sentence, WIDTH)
    yield ""
    yield from in_columns([(f"{column.name} {column.type}", column.description) for column in view.columns])


def in_columns(told: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield names with what they mean beside them, wrapped."""
    left = max(len(name) for name, _ in told) + 2
    for name, meaning in told:
        first, *rest = wrap(meaning, WIDTH - left) or [""]
        yield f"{name:<{left}}{first}"
        yield from (f"{'':<{left}}{line}" for line in rest)
