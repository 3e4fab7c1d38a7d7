"""A crawl that leaves no trace: `--dry-run` reads the store, and writes nothing into it."""

from __future__ import annotations

import atexit
import hashlib
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from dedupe import Article, ListingState, PageState, Reject, RobotsCopy, Saved, Store, StoreError, open_store
from newscrawl.announcing import first_mentions, page_of
from newscrawl.archive import Archive, Fetch, open_archive
from newscrawl.discovery import Link
from newscrawl.frontier import EVERYTHING, End, Frontier, Validators
from newscrawl.schedule import Schedule


class DryFrontier(Frontier):
    """A frontier that reads and never writes: what a run finds due it remembers only until it ends."""

    def __init__(self, store: Store, archive: Archive, clock: Callable[[], datetime] | None = None) -> None:
        super().__init__(store, archive, clock)
        self.announced: dict[str, dict[str, PageState]] = {}
        self.done: set[str] = set()
        self.read: dict[str, ListingState] = {}
        self.robots_read: dict[str, RobotsCopy] = {}

    def save_outlet(self, name: str, *, when: Schedule | None = None, **declared: str | None) -> None:  # noqa: ARG002 - not stored
        """Remember how often an outlet is asked."""
        self.schedules[name] = when or Schedule()

    def due(self, outlet: str, links: Iterable[Link], before: int = 0) -> list[Link]:  # noqa: ARG002 - nothing is written
        """Return the links that are new or say that they changed, remembered for this run."""
        at, mine = self.clock(), self.announced.setdefault(outlet, {})
        by_url = first_mentions(links)
        known = self.seen.pages(by_url)
        due = [
            link
            for url, link in by_url.items()
            if url not in mine and (url not in known or self.is_due_again(link, known[url], at))
        ]
        mine.update({link.url: page_of(link, at) for link in due})
        return due

    def put_off(self, url: str, until: datetime | None) -> None:  # noqa: ARG002 - a run has no later
        """Leave a page alone for this run."""
        self.done.add(url)

    def next_pages(self, outlet: str, most: int = EVERYTHING, failed_before: datetime | None = None) -> list[PageState]:
        """Return the pages of an outlet to be asked for now, each once in a run."""
        stored = super().next_pages(outlet, EVERYTHING, failed_before)
        found = {page.url: page for page in (*self.announced.get(outlet, {}).values(), *stored)}
        return [page for url, page in found.items() if url not in self.done][:most]

    def known_pages(self, addresses: Sequence[str]) -> dict[str, PageState]:
        """Return what the store knows of addresses, and what this run announced."""
        mine = {url: page for pages in self.announced.values() for url, page in pages.items()}
        return {url: page for url in addresses if (page := mine.get(url))} | super().known_pages(addresses)

    def keep(self, fetch: Fetch) -> str:
        """Return the key that a raw body would have."""
        return hashlib.sha256(fetch.body).hexdigest()

    def keep_all(self, fetches: Sequence[Fetch]) -> list[str | Exception]:
        """Return the keys that raw bodies would have."""
        return [self.keep(fetch) for fetch in fetches]

    def end_all(self, ends: Sequence[End]) -> list[str | Exception]:
        """Return what pages would count as."""
        return [self.end(one) for one in ends]

    def save(self, article: Article, asked_for: str | None = None, validators: Validators | None = None) -> Saved:  # noqa: ARG002 - not stored
        """Return what saving an article would come to."""
        self.done.add(asked_for or article.url)
        known = self.store.article_at((article.url, *article.addresses))
        if known is None:
            return Saved(0, "new")
        text = self.store.rows(
            "SELECT title, body FROM versions WHERE article_id = ? ORDER BY number DESC LIMIT 1", (known,)
        )[0]
        return Saved(known, "unchanged" if tuple(text) == (article.title, article.body) else "version")

    def save_reject(self, reject: Reject) -> str:
        """Return what a page that did not become an article would count as."""
        self.done.add(reject.url)
        return "failed" if reject.may_pass else "rejected"

    def note_unchanged(self, url: str) -> None:
        """Remember for this run that a page was asked for."""
        self.done.add(url)

    def note_gone(self, url: str, status: int) -> bool:  # noqa: ARG002 - not stored
        """Tell that nothing is marked as gone."""
        self.done.add(url)
        return False

    def listings(self, addresses: Sequence[str]) -> dict[str, ListingState]:
        """Return what the store knows of listings, and what this run has read."""
        return super().listings(addresses) | {url: self.read[url] for url in addresses if url in self.read}

    def plan(
        self, outlet: str, kind: str, parent: str, named: Sequence[tuple[str, str | None]], *, at_once: bool = False
    ) -> list[str]:
        """Return which listings are to be read of those that one names; nothing is written down."""
        del outlet, kind, parent
        known = self.listings([url for url, _ in named])
        return [url for url, said in named if self.may_have_changed(known.get(url), said, at_once=at_once)]

    def note_listing(self, outlet: str, url: str, kind: str, **said: Any) -> None:
        """Remember for this run how a listing answered."""
        at = self.clock()
        self.read[url] = ListingState(
            url=url, outlet=outlet, kind=kind, http_status=said["status"], last_asked_at=at, last_read_at=at
        )

    def note_host(self, *said: object, **more: object) -> None:
        """Write nothing down: this process remembers its pauses by itself."""

    def note_turn(self, *said: object, **more: object) -> None:
        """Write nothing down."""

    def robots(self, origin: str) -> RobotsCopy | None:
        """Return the robots.txt of an origin as last read, by this run or before."""
        return self.robots_read.get(origin) or super().robots(origin)

    def note_robots(self, copy: RobotsCopy) -> None:
        """Remember a robots.txt for this run."""
        self.robots_read[copy.origin] = copy


def dry(path: Path) -> DryFrontier:
    """Return a frontier that writes nothing into a store, nor makes one where there is none.

    Raises:
        StoreError: the store was made by an earlier version.
    """
    if not path.exists():
        return empty_dry()
    store = open_store(path, readonly=True)
    if not store.rows("SELECT 1 FROM sqlite_master WHERE name = 'listings'"):
        raise StoreError(f"{path}: was made by an earlier version. Run `newscrawl cluster` once, then this again.")
    return DryFrontier(store, Archive(store.connection))  # of the archive nothing is read


def empty_dry() -> DryFrontier:
    """Return a frontier that writes nothing, of a store in which nothing is."""
    folder = TemporaryDirectory(prefix="newscrawl-dry-")
    atexit.register(folder.cleanup)
    return DryFrontier(open_store(Path(folder.name) / "empty.db"), open_archive(Path(folder.name) / "empty.db"))
