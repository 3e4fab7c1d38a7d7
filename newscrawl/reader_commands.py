"""The journalist's commands: `serve` shows the pages, `story` one story, `search` finds words."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Literal, NoReturn

import click

import dedupe
from dedupe import Coverage, ExportError, Filters, Results, Store, coverage, emptied, now, open_store, story_list
from newscrawl.command import EXIT_NOTHING, EXIT_USAGE, Command, Options

LARGEST_ID = 2**63 - 1
LARGEST_PORT = 65_535
DAY = click.DateTime(["%Y-%m-%d"])


def add_to(command: Command) -> None:
    """Add the journalist's commands by the decorator that gives a command its options."""
    for function in (serve, story, search):
        command(function)


def stop(message: str, code: int) -> NoReturn:
    """Print an error and leave."""
    click.echo(f"newscrawl: {message}", err=True)
    sys.exit(code)


# --- serve --------------------------------------------------------------------------------------


@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen; only this machine as it is.")
@click.option(
    "--port",
    type=click.IntRange(0, LARGEST_PORT),
    default=8001,
    show_default=True,
    help="0 takes one that is free.",
)
@click.option("--name", "names", multiple=True, metavar="NAME", help="A host name that readers use. May be repeated.")
@click.option("--sql", "with_sql", is_flag=True, help="Also show the tables, and let readers ask SQL.")
@click.option(
    "--editor", "with_editor", is_flag=True, help="Also let the editor merge, split and undo: this machine alone."
)
def serve(  # noqa: PLR0913 - one argument for each option
    options: Options, *, host: str, port: int, names: tuple[str, ...], with_sql: bool, with_editor: bool
) -> None:
    """Show the store's pages in a browser, also while a crawl goes on; Ctrl-C ends it.

    The store is opened for reading only. With --editor an address with a token is printed; whoever has it may decide.
    """
    from dedupe.site import serve as site  # noqa: PLC0415 - Datasette takes a second to load

    if not site.is_name((host, *names)):
        stop("--host and --name want a host, such as 127.0.0.1 or news.example, without http:// or port.", EXIT_USAGE)
    open_store(options.db, readonly=True).close()

    def opened(at: site.Opened) -> None:
        """Tell where the pages are; this is the result that scripts wait for."""
        options.give({"address": at.address, "editor": at.editor})
        options.say([f"The pages of {options.db} are at {at.address}"])
        if at.editor:
            options.say([f"Editor's view, for you alone: {at.editor}"])
        if not at.is_local:
            click.echo(f"newscrawl: anybody who reaches {host} can read these pages.", err=True)
        options.say(["Ctrl-C ends it."])
        sys.stdout.flush()

    wish = site.Wish(host=host, port=port, names=names, with_sql=with_sql, with_editor=with_editor)
    try:
        site.serve(options.db.absolute(), wish, opened)
    except site.ServeError as error:
        stop(str(error), EXIT_USAGE)


# --- story --------------------------------------------------------------------------------------


@click.argument("story_id", type=click.IntRange(0, LARGEST_ID), metavar="ID", required=False)
@click.option(
    "--least-outlets",
    type=click.IntRange(0, LARGEST_ID),
    default=2,
    show_default=True,
    help="Without ID: list stories of at least so many outlets.",
)
@click.option(
    "--most",
    type=click.IntRange(0, LARGEST_ID),
    default=50,
    show_default=True,
    help="Without ID: list at most so many stories.",
)
@click.option(
    "--html", "html_file", type=click.Path(path_type=Path), metavar="FILE", help="Write the story as one HTML file."
)
@click.option("--root", default="", metavar="URL", help="With --html: where the pages are served for good.")
@click.option(
    "--language", type=click.Choice(["en", "id"]), default="en", show_default=True, help="With --html: its language."
)
def story(  # noqa: PLR0913 - one argument for each option
    options: Options,
    *,
    story_id: int | None,
    least_outlets: int,
    most: int,
    html_file: Path | None,
    root: str,
    language: str,
) -> None:
    """Show a story: who covered it in what order and words, and what each alone has. Without ID: list the stories.

    With --html the story is written to a file that needs no server: to send, to print, to keep.
    """
    from newscrawl import show  # noqa: PLC0415 - show brings Scrapy, which few commands need

    if html_file is not None and story_id is None:
        stop("--html wants the ID of a story. `newscrawl story` lists them.", EXIT_USAGE)
    with open_store(options.db, readonly=True) as store:
        if story_id is None:
            lines = story_list(store, least_outlets=least_outlets, most=most)
            options.give(lines)
            options.say([show.stories(lines)])
            return
        found = told(store, story_id)
        if html_file is not None:
            write_html(options, store, found, html_file, root, language)
            return
    options.give(found)
    if found.story_id != story_id:
        options.say([f"Story {story_id} has become part of story {found.story_id}."])
    options.say(show.story(found))


def told(store: Store, story_id: int) -> Coverage:
    """Return a story in full, or leave with what has become of it."""
    found = coverage(store, story_id)
    if found is None:
        since = emptied(store, story_id)
        what = f"has had no article since {since}: they were deleted" if since else f"is not in {store.path}"
        stop(f"story {story_id} {what}. `newscrawl story` lists them.", EXIT_NOTHING)
    return found


def write_html(options: Options, store: Store, found: Coverage, target: Path, root: str, language: str) -> None:  # noqa: PLR0913, PLR0917 - what the file is made of
    """Write a story to one HTML file, or leave with why it cannot be written."""
    from dedupe.site import single  # noqa: PLC0415 - the templates, which few commands need

    if root and not single.is_root(root):
        stop(f"--root {root!r} is no web address; give it as https://news.example/", EXIT_USAGE)
    document = single.single_file(store, found, made_at=now(), root=root, language=language)
    try:
        single.write_single(document, target, options.db)
    except ExportError as error:
        stop(str(error), EXIT_USAGE)
    options.give({"story": found.story_id, "file": target})
    options.say([f"Story {found.story_id} is in {target}."])


# --- search -------------------------------------------------------------------------------------


@click.argument("query")
@click.option(
    "--in",
    "where",
    type=click.Choice(["text", "title", "quotations"]),
    default="text",
    show_default=True,
    help="What is searched: headline and text, headlines, or quotations and who said them.",
)
@click.option("--from", "first_day", type=DAY, help="First day, as printed or else as first seen.")
@click.option("--to", "last_day", type=DAY, help="Last day.")
@click.option("--outlet", default="", metavar="NAME", help="One outlet alone.")
@click.option("--language", default="", metavar="CODE", help="One language alone.")
@click.option("--newest", is_flag=True, help="Last stored first, instead of best fit first.")
@click.option("--most", type=click.IntRange(1, 1_000), default=20, show_default=True, help="Hits of one page.")
@click.option("--page", type=click.IntRange(1, 10_000), default=1, show_default=True, help="Which page of them.")
def search(  # noqa: PLR0913 - one argument for each option
    options: Options,
    *,
    query: str,
    where: Literal["text", "title", "quotations"],
    first_day: datetime | None,
    last_day: datetime | None,
    outlet: str,
    language: str,
    newest: bool,
    most: int,
    page: int,
) -> None:
    """Find articles or quotations by words: all must be there; "a phrase", beginning*, -without.

    Any text is a valid search. Case and diacritics do not count. Put -- before a search that begins with a minus.
    """
    from newscrawl import show  # noqa: PLC0415 - show brings Scrapy, which few commands need

    filters = Filters(day(first_day), day(last_day), printable(outlet), printable(language))
    with open_store(options.db, readonly=True) as store:
        found = dedupe.search(
            store,
            printable(query),
            filters,
            where=where,
            order="newest" if newest else "fit",
            page=page,
            on_a_page=most,
        )
    options.give(found)
    if not found.hits:
        why = "has no hit" if found.has_terms else "names no word to look for"
        stop(f"the search {query[:60]!r} {why} in {options.db}.", EXIT_NOTHING)
    options.say(searched(found, show.wrapped))


def day(said: datetime | None) -> str:
    """Return a day as the store has it; empty for none."""
    return said.date().isoformat() if said else ""


def printable(said: str) -> str:
    """Return an argument as text that SQLite takes: bytes that are no UTF-8 become "?"."""
    return said.encode("utf-8", errors="replace").decode()


def searched(found: Results, wrapped: Callable[[str, str], str]) -> Iterator[str]:
    """Yield what a search found."""
    what = "quotations" if found.where == "quotations" else "articles"
    number = f"{found.count:,}" if found.is_counted else f"More than {found.count:,}"
    yield f"{number} {what}; {'last stored first' if found.order == 'newest' else 'best fit first'}"
    for hit in found.hits:
        story = f", story {hit.story_id}" if hit.story_id else ""
        yield f"  {hit.outlet_title}: {hit.title}"
        yield f"    printed “{hit.published_text or 'no date'}”; first seen here {hit.first_seen_at}{story}"
        said = "".join(f"[{piece.text}]" if piece.is_shared else piece.text for piece in hit.pieces)
        yield wrapped(f"{hit.speaker}: “{said}”" if hit.speaker else said, "    ")
        yield f"    {hit.url}"
    if found.has_more:
        yield f"More: --page {found.page + 1}"
