"""What is due, fetched, failed: the memory of a crawl, in the store and never in JOBDIR.

An announced address is written down as due before it is asked for. So the next crawl goes on where a killed one ended,
even when the feed has moved on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from scrapy.crawler import Crawler

from dedupe import Store, open_store
from newscrawl import dates, urls
from newscrawl.archive import Archive, open_archive
from newscrawl.discovery import Link

TRIES = 3
"""Runs in which a page may fail before it is left alone; Scrapy's own retries within a run are not counted."""


class Frontier:
    """The store and the archive of this process, and what they say is due."""

    def __init__(self, store: Store, archive: Archive) -> None:
        self.store = store
        self.archive = archive

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Frontier:
        """Return the frontier of the store that the settings name: one for all crawlers of a process."""
        return opened(Path(crawler.settings["DB"]).absolute())

    def due(self, outlet: str, links: Iterable[Link]) -> list[Link]:
        """Return the links that are new or say that they changed since they were fetched, written down as due."""
        by_url = {link.url: link for link in links}
        known = self.store.pages(by_url)
        due = [link for url, link in by_url.items() if url not in known or changed_since(link, known[url])]
        self.store.announce(outlet, ((link.url, link.published_text, link.printed_url) for link in due))
        return due

    def left_over(self, outlet: str) -> list[Link]:
        """Return what earlier runs announced and did not fetch, or failed to fetch, fewer than TRIES times."""
        rows = self.store.left_over(outlet, TRIES)
        return [
            Link(url=row["url"], published_text=row["announced_text"], printed_url=row["announced_url"]) for row in rows
        ]


def changed_since(link: Link, row: object) -> bool:
    """Tell whether a listing names a change later than the last fetch of the page."""
    fetched = row["last_fetched_at"]  # type: ignore[index]
    if not link.modified_text or not fetched:
        return False
    changed = dates.read(link.modified_text, language=None)
    return bool(changed and changed.at and changed.at > datetime.fromisoformat(fetched).astimezone(UTC))


def with_canonical_address(links: Sequence[Link]) -> list[Link]:
    """Return the links under their canonical addresses, each article once, the first mention first."""
    found: dict[str, Link] = {}
    for link in links:
        url = urls.canonical(link.url)
        asked = urls.to_ask_for(link.url)
        found.setdefault(url, replace(link, url=url, printed_url=None if asked == url else asked))
    return list(found.values())


@cache
def opened(path: Path) -> Frontier:
    """Return the frontier of a store, opened once in a process: one writing connection."""
    return Frontier(open_store(path), open_archive(path))
