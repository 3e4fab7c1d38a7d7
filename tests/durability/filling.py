"""Commands whose disk has a little more room each time: each says once what is missing, and what was there is there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import Any

from killing import Commands, Seen, assert_kept, assert_whole, read_only, seen, stories_of
from site_of_pages import Site

AT_ONCE = 16
"""Requests that may be under way when the disk is found full."""
SAID = re.compile(r"newscrawl: (\S+): cannot be (?:written any more|used as \w+ [\w ]+) \((.+)\)\.")


def see_what_a_full_disk_says(code: int, said: str) -> None:
    """It ends by itself, names the file and the remedy once, and shows nobody a traceback."""
    assert code == 2, said
    assert "Traceback" not in said
    assert len(SAID.findall(said)) == 1, said


class Filling:
    """Commands on one store, and the points at which the disk was full."""

    def __init__(self, commands: Commands, db: Path) -> None:
        self.commands, self.db, self.before = commands, db, Seen()
        self.points: list[str] = []

    def run(self, *args: object, **limits: Any) -> bool:
        """Run a command under a limit; tell whether it came to its end. What was there before is there."""
        code, said = self.commands.run(*args, "--db", self.db, **limits)
        assert_whole(self.db)
        after = seen(self.db)
        assert_kept(self.before, after)
        self.before = after
        if code == 0:
            return True
        see_what_a_full_disk_says(code, said)
        self.points.append(f"{args[0]}, {limits}")
        return False

    def fill(self, *args: object, limits: Iterable[Mapping[str, Any]]) -> None:
        """Run a command under one limit after another until it comes to its end."""
        assert any(self.run(*args, **limit) for limit in limits), "it came to its end"


def pages_used(path: Path) -> int:
    """How many pages a file of SQLite has; 0 where there is none."""
    if not path.exists():
        return 0
    with read_only(path) as connection:
        return int(connection.execute("PRAGMA page_count").fetchone()[0])


def rooms(limit: str, file: str, first: int, more: float) -> Iterator[dict[str, Any]]:
    """One limit after another: pages of a file of SQLite, or bytes of any file, a little more each time."""
    for room in count(first, more):
        yield {limit: {file: round(room)} if file else round(room)}


def full_while_crawling(commands: Commands, folder: Path, *, pages: int = 60, step: float = 1) -> list[str]:
    """Crawl a site into three stores: the first has no room, of the second the archive, of the third every file.

    Return the points at which there was none; with shorter steps there are more.
    """
    found = []
    with Site(pages) as site:
        site.configuration(folder)
        for name, limits in (
            ("store", rooms("most_pages", "store.db", 8, 12 * step)),
            ("archive", rooms("most_pages", "archive-pages.db", 2, 4 * step)),
            ("files", rooms("largest_file", "", 500_000, 120_000 * step)),
        ):
            filling, before = Filling(commands, folder / f"{name}.db"), site.pages_served
            filling.fill("run", "--now", limits=limits)
            assert filling.before.ids.keys() == site.bodies().keys()
            assert stories_of(filling.db) == site.stories
            again = site.pages_served - before - pages
            assert again <= AT_ONCE * len(filling.points), "what could not be kept is not asked for"
            found += filling.points
    return found


def full_while_reading_in(commands: Commands, folder: Path, *, lines: int = 200, step: float = 1) -> list[str]:
    """Read a file into a store that has no room, and cluster it there; return the points at which there was none."""
    with Site(lines) as site:
        file, filling = site.as_lines(folder / "many.jsonl"), Filling(commands, folder / "y.db")
        limits = rooms("most_pages", "y.db", 8, 24 * step)
        filling.fill("ingest", file, "--no-cluster", "--jobs", 1, limits=limits)
        assert filling.before.ids.keys() == site.bodies().keys()
        filling.fill("cluster", limits=rooms("most_pages", "y.db", pages_used(filling.db) + 1, 12 * step))
        assert filling.before.ids.keys() == site.bodies().keys()
        assert stories_of(filling.db) == site.stories
    return filling.points
