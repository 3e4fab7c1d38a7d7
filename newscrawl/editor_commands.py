"""The editor's commands: `merge`, `split`, `undo` and `decisions`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import click

import dedupe
from dedupe import Decision, DecisionError, Store, UnknownError, open_store, waiting
from newscrawl import urls
from newscrawl.command import EXIT_NOTHING, EXIT_USAGE, Command, Options
from newscrawl.lock import lock

IDS = click.IntRange(0, 2**63 - 1)
DIGITS_OF_AN_ID = 18


def add_to(command: Command) -> None:
    """Add the editor's commands by the decorator that gives a command its options."""
    for function in (merge, split, undo, decisions):
        command(refusing(function))


def refusing(function: Callable[..., None]) -> Callable[..., None]:
    """Turn a decision that cannot be made into a message and an exit code."""

    @wraps(function)
    def wrapper(options: Options, **said: Any) -> None:
        try:
            function(options, **said)
        except DecisionError as error:
            click.echo(f"newscrawl: {error}", err=True)
            sys.exit(EXIT_NOTHING if isinstance(error, UnknownError) else EXIT_USAGE)

    return wrapper


@contextmanager
def deciding(db: Path, command: str) -> Iterator[Store]:
    """Open a store for a decision, under its lock; one that is not there is a slip of the pen, and is not made."""
    open_store(db, readonly=True, of_any_version=True).close()
    with lock(db, command), open_store(db) as store:
        yield store


def printable(said: str) -> str:
    """Return an argument as text that SQLite takes: bytes that are no UTF-8 become "?"."""
    return said.encode("utf-8", errors="replace").decode().strip()


by = click.option("--by", required=True, metavar="NAME", help="Who decides: kept with the decision.")
why = click.option("--why", required=True, metavar="TEXT", help="The reason: kept with the decision.")


@click.argument("story", type=IDS)
@click.argument("other", type=IDS, metavar="STORY")
@by
@why
def merge(options: Options, *, story: int, other: int, by: str, why: str) -> None:
    """Make one story of two, for ever: the older keeps its id, the other's leads to it."""
    with deciding(options.db, "merge") as store:
        made = dedupe.merge(store, story, other, by=printable(by), why=printable(why))
    options.give(made)
    options.say([f"Story {made.other_id} has become part of story {made.story_id}.", remedy(made)])


@click.argument("story", type=IDS)
@click.argument("articles", nargs=-1, required=True, metavar="ARTICLE...")
@by
@why
def split(options: Options, *, story: int, articles: tuple[str, ...], by: str, why: str) -> None:
    """Give articles (ids or addresses) of a story a new story of their own, for ever apart from the rest."""
    from newscrawl import show  # noqa: PLC0415 - show brings Scrapy, which few commands need

    with deciding(options.db, "split") as store:
        ids = [article_id(store, one) for one in articles]
        made = dedupe.split(store, story, ids, by=printable(by), why=printable(why))
    options.give(made)
    options.say([f"Story {made.other_id} is new: {show.plural(len(set(ids)), 'article')} of story {made.story_id}."])
    options.say([remedy(made)])


@click.argument("decision", type=IDS)
@by
@click.option("--why", default="", metavar="TEXT", help="The reason: kept with the decision.")
def undo(options: Options, *, decision: int, by: str, why: str) -> None:
    """Take a decision back: the next clustering decides again about the articles it moved."""
    from newscrawl import show  # noqa: PLC0415 - show brings Scrapy, which few commands need

    with deciding(options.db, "undo") as store:
        undone = dedupe.undo(store, decision, by=printable(by), why=printable(why))
        left = waiting(store)
    options.give(undone)
    options.say([f"Decision {decision} is undone."])
    if left:
        options.say([f"{show.plural(left, 'article')} to be clustered again: newscrawl cluster"])


@click.argument("story", type=IDS, required=False)
def decisions(options: Options, *, story: int | None) -> None:
    """List the decisions of editors, the newest first: all, or those on one story."""
    from newscrawl import show  # noqa: PLC0415 - show brings Scrapy, which few commands need

    with open_store(options.db, readonly=True) as store:
        found = dedupe.decisions(store, story)
    options.give(found)
    options.say(show.decisions(found) if found else ["No editor has decided anything here."])


def remedy(made: Decision) -> str:
    """Return how a decision is taken back."""
    return f"Decision {made.decision_id}; take it back with: newscrawl undo {made.decision_id} --by NAME"


def article_id(store: Store, named: str) -> int:
    """Return the id of the article that an id or an address names.

    Raises:
        UnknownError: the store has no such article.
    """
    if named.isdecimal() and len(named) <= DIGITS_OF_AN_ID:
        return int(named)
    named = printable(named)
    found = store.article_at((named, *urls.forms(named)))
    if found is None:
        told = f"there is no article {named!r} in {store.path}. `newscrawl check` looks for one."
        raise UnknownError(told, "no_article", article=named)
    return found
