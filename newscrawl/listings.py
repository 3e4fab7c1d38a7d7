"""The listings of an outlet -> links written down as due: feeds, sitemaps and their indexes, sections, index pages.

An ordinary crawl asks a listing when its time has come (`schedule.next_poll`), or whenever it is told to ask now
(LISTINGS_NOW: an operator who names an outlet means now). A back-fill (SINCE, UNTIL) asks what reaches back instead:
sitemaps, and index pages of a day (`index_pages`). A listing is asked with the validators of its last answer; what it
names is written down before the listing counts as read, so a killed crawl goes on.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, ClassVar, Literal, cast

from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from dedupe import ListingState, Reject
from newscrawl import backfill, discovery, page, urls
from newscrawl.announcing import with_canonical_address
from newscrawl.aside import aside
from newscrawl.backfill import Window
from newscrawl.discovery import Flaw, Link, Listed
from newscrawl.frontier import Frontier, Validators
from newscrawl.politeness import GivenBackError

LISTING_PRIORITY = 100
"""Listings first: they say what there is to fetch."""
BACK_FILL_PRIORITY = -1000
"""What a back-fill has found is fetched before it asks for more: so little is waiting at any time."""
SITEMAPS_IN_AN_INDEX = 50
"""An ordinary crawl follows a sitemap index to its newest parts only; older ones are history, not news."""
INDEX_PAGES_OF_A_DAY = 100
"""More than any day measured has; an index that never ends stops here."""
LINKS_AT_A_TIME = 500
"""Links that are written down in one go; between two such portions other outlets have their turn."""
SITEMAPS = frozenset({"sitemap", "news_sitemap"})
NOT_MODIFIED = 304
NO_MORE = frozenset({404, 410})


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Which listing was asked for, and what led to it."""

    key: str
    """Its address; in a back-fill with the days behind it (`#2025-06-01..2025-06-30`, `#2025-06-23/2`)."""
    kind: str
    parent: str | None = None
    """What led to it: an index of sitemaps, the pattern of index pages."""
    depth: int = 0

    @property
    def url(self) -> str:
        """The address to ask for."""
        return self.key.partition("#")[0]

    @property
    def day_and_number(self) -> tuple[date, int]:
        """Of an index page, its day and which page of that day it is."""
        day, _, number = self.key.partition("#")[2].partition("/")
        return date.fromisoformat(day), int(number)


@dataclass(frozen=True)
class Found:
    """What a listing names, as far as it is wanted."""

    links: Sequence[Link] = ()
    """To articles of the outlet, under their canonical addresses."""
    parts: Sequence[Link] = ()
    """Of an index of sitemaps."""
    flaw: Flaw | None = None


class Listings(Spider):
    """The part of an outlet that finds articles."""

    homepage: ClassVar[str]
    feeds: ClassVar[tuple[str, ...]] = ()
    sitemaps: ClassVar[tuple[str, ...]] = ()
    news_sitemaps: ClassVar[tuple[str, ...]] = ()
    sections: ClassVar[tuple[str, ...]] = ()
    index_pages: ClassVar[tuple[str, ...]] = ()
    """Patterns of pages that list one day's articles, for back-fills: `https://x.example/indeks?date={date:%Y-%m-%d}`;
    with `{page}` where the number of the page stands in the address."""
    next_index_css: ClassVar[str] = ""
    """What links to the next page of a day's index, where neither `rel=next` nor a usual class does."""
    link_css: ClassVar[str] = "a"
    """What holds the links to articles on a section page or an index page."""
    article_url: ClassVar[str] = ""
    """Regular expression that the address of an article matches; empty: any address on the outlet's site."""

    frontier: Frontier
    announced: set[str]
    """Addresses of articles met on this run's listings."""
    window: Window | None = None
    """The days of a back-fill."""
    asks_now: bool = True
    """Whether listings are asked before their time."""

    def ask_listings(self) -> Iterator[Request]:
        """Yield a request for each listing that is to be asked now."""
        if self.window is None:
            asked = [
                Asked(key=url, kind=kind)
                for kind, addresses in (
                    ("feed", self.feeds),
                    ("news_sitemap", self.news_sitemaps),
                    ("sitemap", self.sitemaps),
                    ("section", self.sections),
                )
                for url in addresses
            ]
        else:
            asked = [Asked(key=f"{url}#{self.window}", kind="sitemap") for url in self.sitemaps]
        known = self.frontier.listings([one.key for one in asked])
        for one in asked:
            if self.asks_now or self.window or self.frontier.is_listing_due(known.get(one.key)):
                yield self.listing(one, known.get(one.key))
            else:
                self.count("listings_not_due")
        if self.window:
            yield from self.ask_index_pages(self.window)

    def ask_index_pages(self, window: Window) -> Iterator[Request]:
        """Yield a request for each day's index page that is not read yet, and for pages where a killed crawl ended."""
        for pattern in self.index_pages:
            wanted = [
                Asked(key=f"{backfill.index_address(pattern, day)}#{day}/1", kind="index", parent=pattern)
                for day in window.days()
            ]
            known = self.frontier.listings([one.key for one in wanted])
            open_days = [one for one in wanted if not is_read_whole(known.get(one.key), one)]
            begun = [Asked(key=key, kind="index", parent=pattern) for key in self.frontier.pending(self.name, pattern)]
            self.plan(open_days)
            for one in dict.fromkeys((*begun, *open_days)):
                yield self.listing(one, known.get(one.key))

    def plan(self, further: Sequence[Asked], modified: Sequence[str | None] = ()) -> list[Asked]:
        """Return which of some listings are to be read, all of them of one kind and parent, written down before."""
        if not further:
            return []
        named = list(zip((one.key for one in further), modified or [None] * len(further), strict=True))
        kind, parent = further[0].kind, further[0].parent or ""
        at_once = kind == "index" or (self.asks_now and self.window is None)  # a day's index moves on as a whole
        wanted = set(self.frontier.plan(self.name, kind, parent, named, at_once=at_once))
        return [one for one in further if one.key in wanted]

    def listing(self, asked: Asked, known: ListingState | None = None) -> Request:
        """Return the request for one listing, with the validators of its last answer."""
        conditional = {}
        if known and known.read_as == self.read_as(asked.kind):
            conditional = conditions(Validators(known.etag, known.last_modified))
        return Request(
            asked.url,
            headers=conditional,
            callback=self.parse_listing,
            errback=self.note_listing_failed,
            priority=BACK_FILL_PRIORITY if self.window else LISTING_PRIORITY,
            dont_filter=True,
            cb_kwargs={"asked": asked},
            meta={"handle_httpstatus_list": [NOT_MODIFIED]} if conditional else {},
        )

    def read_as(self, kind: str) -> str:
        """Return a digest of what decides how a listing is read: where that changes, it is read though unchanged."""
        said = (kind, self.homepage, self.article_url, self.link_css, self.next_index_css)
        return hashlib.sha256(repr(said).encode()).hexdigest()[:16]

    async def parse_listing(self, response: Response, asked: Asked) -> AsyncIterator[Request]:
        """Yield requests for what a listing leads to; what it names is written down first."""
        known = self.frontier.listing(asked.key)
        body_hash = hashlib.sha256(response.body).hexdigest()
        self.count("listings")
        same = known is not None and known.read_as == self.read_as(asked.kind)
        if known and same and (response.status == NOT_MODIFIED or known.body_hash == body_hash):
            further = self.unchanged(known, asked)
        else:
            further = await self.read_listing(response, asked, body_hash)
        if asked.kind == "sitemap":
            below = self.frontier.links_below(self.name, asked.key)
            self.count("links", sum(below.values()) - sum(below.get(one.key, 0) for one in further))
        states = self.frontier.listings([one.key for one in further])
        if asked.kind == "index":
            response.meta["listing_depth"] = 0  # INDEX_PAGES_OF_A_DAY is their depth
        for one in further:
            yield self.listing(one, states.get(one.key))
        for request in self.refill():
            yield request

    def unchanged(self, known: ListingState, asked: Asked) -> list[Asked]:
        """Note that a listing is as it was; return what it led to and is still to be read."""
        self.count("listings_unchanged")
        self.count("links", known.links)
        self.frontier.note_listing(self.name, asked.key, asked.kind, status=NOT_MODIFIED)
        self.count("listings_flawed", int(self.frontier.is_flawed(asked.url)))
        if asked.kind != "sitemap":
            return []
        keys = self.frontier.pending(self.name, asked.key, at_once=self.asks_now and self.window is None)
        return [replace(asked, key=key, parent=asked.key, depth=asked.depth + 1) for key in keys]

    async def read_listing(self, response: Response, asked: Asked, body_hash: str) -> list[Asked]:
        """Write down what a listing names, then that it is read; return which further listings to ask for."""
        found = await aside(self.found, response, asked)
        met = {link.url for link in found.links} - self.announced
        self.count("links", len(met))
        self.announced |= met
        due = await self.write_down(found.links)
        self.count("due", due)
        further = self.plan_parts(found.parts, asked)
        if asked.kind == "index" and met:
            further = self.plan(await aside(self.next_index_page, response, asked))
        said = validators(response)
        self.frontier.note_listing(
            self.name,
            asked.key,
            asked.kind,
            status=response.status,
            etag=said.etag,
            last_modified=said.last_modified,
            body_hash=body_hash,
            new_links=due,
            links=len(found.links),
            read_as=self.read_as(asked.kind),
        )
        if found.flaw:
            self.note_flaw(found.flaw, asked, len(found.links) + len(found.parts))
        return further

    async def write_down(self, links: Sequence[Link]) -> int:
        """Write down in portions which links are due; return how many."""
        due = 0
        for start in range(0, len(links), LINKS_AT_A_TIME):
            due += len(self.frontier.due(self.name, links[start : start + LINKS_AT_A_TIME], start))
            await asyncio.sleep(0)
        return due

    def note_flaw(self, flaw: Flaw, asked: Asked, named: int) -> None:
        """Store why a listing may have named more than could be read of it."""
        detail = f"{flaw.detail}; {named} addresses of it are used"
        self.count("listings_flawed")
        self.logger.warning("%s: %s: %s", asked.url, flaw.reason, detail)
        self.frontier.save_reject(
            Reject(
                url=asked.url,
                stage="listing",
                reason=flaw.reason,
                detail=detail,
                outlet=self.name,
                seen_at=datetime.now(UTC),
            )
        )

    # --- reading: pure, beside the event loop (`aside`) ---------------------------------------------

    def found(self, response: Response, asked: Asked) -> Found:
        """Return what a listing names of what is wanted."""
        listed = self.names(response, asked)
        links = [link for link in with_canonical_address(listed.links) if self.is_article(link.url)]
        if self.window is not None and asked.kind in SITEMAPS:
            links = [link for link in links if backfill.is_wanted(link, self.window)]
        return Found(links, self.parts(listed.parts, asked), listed.flaw)

    def names(self, response: Response, asked: Asked) -> Listed:
        """Return the links that a listing names, and the listings of an index."""
        if asked.kind == "feed":
            return self.parse_feed(response)
        return self.parse_sitemap(response) if asked.kind in SITEMAPS else self.parse_section(response)

    def parse_feed(self, response: Response) -> Listed:
        """Return the links of an RSS or Atom feed."""
        return discovery.feed(response.body, response.url)

    def parse_sitemap(self, response: Response) -> Listed:
        """Return the links and further sitemaps of a sitemap; links to other sites are let go at once."""
        return discovery.sitemap(response.body, response.url, lambda url: urls.same_site(url, self.homepage))

    def parse_section(self, response: Response) -> Listed:
        """Return the links of a section page."""
        html = page.decode(response.body, content_type(response))
        return discovery.section(html, response.url, self.link_css)

    def parts(self, parts: Sequence[Link], asked: Asked) -> list[Link]:
        """Return which parts of a sitemap index may be read: on the outlet's site, the newest or those of the days."""
        near = [part for part in parts if urls.same_site(part.url, asked.url) and part.url != asked.url]
        if self.window is None:
            return backfill.newest_first(near)[:SITEMAPS_IN_AN_INDEX]
        return [part for part in backfill.newest_first(near) if backfill.may_hold(part, self.window)]

    def next_index_page(self, response: Response, asked: Asked) -> list[Asked]:
        """Return the page on which a day's index goes on, if there is one."""
        day, number = asked.day_and_number
        if number >= INDEX_PAGES_OF_A_DAY or asked.parent is None:
            return []
        if "{page" in asked.parent:
            address: str | None = backfill.index_address(asked.parent, day, number + 1)
        else:
            html = page.decode(response.body, content_type(response))
            address = discovery.next_section(html, response.url, self.next_index_css)
        if address is None or not urls.same_site(address, self.homepage):
            return []
        return [replace(asked, key=f"{address}#{day}/{number + 1}")]

    # --- what comes of it ----------------------------------------------------------------------------

    def plan_parts(self, parts: Sequence[Link], asked: Asked) -> list[Asked]:
        """Return which parts of a sitemap index are to be read: those that may have changed since they were."""
        behind = f"#{self.window}" if self.window else ""
        further = [
            Asked(key=part.url.partition("#")[0] + behind, kind="sitemap", parent=asked.key, depth=asked.depth + 1)
            for part in parts
        ]
        return self.plan(further, [part.modified_text for part in parts])

    def is_article(self, url: str) -> bool:
        """Tell whether an address is one of this outlet's articles, as far as the address shows."""
        return urls.same_site(url, self.homepage) and re.search(self.article_url, url) is not None

    def note_listing_failed(self, failure: Failure) -> Iterator[Request]:
        """Count a listing that failed, and note when it is asked again; a day's index may simply have ended."""
        asked: Asked = failure.request.cb_kwargs["asked"]  # type: ignore[attr-defined]
        status = failure.value.response.status if is_status(failure) else 0  # type: ignore[union-attr]
        if failure.check(GivenBackError):  # type: ignore[no-untyped-call]
            self.count("paused")
        elif asked.kind == "index" and status in NO_MORE and asked.day_and_number[1] > 1:
            self.frontier.note_listing(self.name, asked.key, asked.kind, status=200)
            yield from self.refill()
            return
        else:
            self.frontier.note_listing(self.name, asked.key, asked.kind, status=status)
            self.note_failure(failure, "listing")
        self.count("listings_failed")
        self.logger.error("listing failed: %s", failure.getErrorMessage())
        yield from self.refill()

    def refill(self) -> Iterator[Request]:
        """Yield requests for articles that are due, as many as there is room for."""
        raise NotImplementedError

    def note_failure(self, failure: Failure, stage: Literal["listing", "part"]) -> None:
        """Store why a listing did not come."""
        raise NotImplementedError

    def count(self, what: str, number: int = 1) -> None:
        """Count something for the run's report."""
        self.crawler.stats.inc_value(f"newscrawl/{what}", number)


def is_status(failure: Failure) -> bool:
    """Tell whether an answer came, and its status was the failure."""
    return bool(failure.check(HttpError))  # type: ignore[no-untyped-call]


def is_read_whole(state: ListingState | None, asked: Asked) -> bool:
    """Tell whether a day's index page needs no reading: it was read when the day was over."""
    if state is None or state.is_pending:
        return False
    return backfill.was_whole(state.last_read_at, asked.day_and_number[0])


def validators(response: Response) -> Validators:
    """Return what an answer says of its version."""
    return Validators(header(response, "ETag"), header(response, "Last-Modified"))


def header(response: Response, name: str) -> str | None:
    """Return a header that can be sent back, None where it is absent or absurdly long."""
    value = (response.headers.get(name) or b"").decode("latin-1").strip()
    return value if 0 < len(value) <= 500 and value.isprintable() else None  # noqa: PLR2004 - longer than any measured


def conditions(said: Validators) -> dict[str, str]:
    """Return the headers that ask for a page only where it has changed."""
    found = {"If-None-Match": said.etag, "If-Modified-Since": said.last_modified}
    return {name: value for name, value in found.items() if value}


def content_type(response: Response) -> str:
    """Return the Content-Type header as text."""
    return (response.headers.get("Content-Type") or b"").decode("latin-1")


def window_of(settings: Any) -> Window | None:
    """Return the days of the back-fill that the settings ask for.

    Raises:
        WindowError: they are no days.
    """
    today = datetime.now(UTC).date()
    return backfill.window(cast("str", settings.get("SINCE") or ""), cast("str", settings.get("UNTIL") or ""), today)
