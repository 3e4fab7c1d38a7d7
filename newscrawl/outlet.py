"""class Outlet(Spider): discovery -> article pages -> Article; what an outlet may override."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any, ClassVar

from scrapy import Request, Spider
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from dedupe import Article, Reject
from newscrawl import discovery, page, urls
from newscrawl.discovery import Link
from newscrawl.frontier import Frontier, with_canonical_address
from newscrawl.pipelines import Habits
from newscrawl.rules import Rules

LISTING_PRIORITY = 100
"""Listings first: they say what there is to fetch."""
PAGES_OF_AN_ARTICLE = 30
"""More pages than any article measured has; a "next" link that never ends stops here."""
SITEMAPS_IN_AN_INDEX = 50
"""A sitemap index is followed to its newest parts only; older ones are history, not news."""


class Outlet(Spider):
    """One outlet: where its articles are announced and how its pages are read.

    A subclass is a declaration. Every field of `page.Rules` may be set as a class attribute of the same name.
    """

    title: ClassVar[str]
    """The name as the outlet prints it."""
    homepage: ClassVar[str]
    language: ClassVar[str | None] = None
    country: ClassVar[str | None] = None
    timezone: ClassVar[str] = "UTC"
    """IANA name of the zone its clocks show."""
    date_order: ClassVar[str] = "DMY"
    dates_lie_utc: ClassVar[bool] = False
    """True where a printed Z or +00:00 is in truth the outlet's local time."""
    feeds: ClassVar[tuple[str, ...]] = ()
    sitemaps: ClassVar[tuple[str, ...]] = ()
    news_sitemaps: ClassVar[tuple[str, ...]] = ()
    sections: ClassVar[tuple[str, ...]] = ()
    link_css: ClassVar[str] = "a"
    """What holds the links to articles on a section page."""
    paywall: ClassVar[str] = ""
    """Which articles cost: `none`, `some`, `all`; empty where we do not know."""
    checked: ClassVar[str] = ""
    """Against which real pages the selectors were checked, and when; empty: against none."""
    article_url: ClassVar[str] = ""
    """Regular expression that the address of an article matches; empty: any address on the outlet's site."""

    frontier: Frontier
    announced: set[str]
    """Addresses of articles met on this run's listings."""

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Outlet:
        """Return the spider, with the frontier of the store that the settings name."""
        spider: Outlet = super().from_crawler(crawler, *args, **kwargs)
        spider.frontier = Frontier.from_crawler(crawler)
        spider.announced = set()
        return spider

    @classmethod
    def rules(cls) -> Rules:
        """Return what this outlet says of its pages, as `page.read` takes it."""
        said = {f.name: getattr(cls, f.name) for f in fields(Rules) if hasattr(cls, f.name)}
        return replace(Rules(), **said, outlet=cls.name, title_text=cls.title)

    @classmethod
    def habits(cls) -> Habits:
        """Return what this outlet does its own way, as `pipelines.finish` takes it."""
        return Habits(
            rules=cls.rules(),
            timezone=cls.timezone,
            date_order=cls.date_order,
            dates_lie_utc=cls.dates_lie_utc,
        )

    async def start(self) -> AsyncIterator[Request]:
        """Yield a request for what earlier runs left over, and for each listing: feeds, sitemaps, section pages."""
        self.frontier.store.save_outlet(
            self.name,
            title=self.title,
            homepage=self.homepage,
            language=self.language,
            country=self.country,
            timezone=self.timezone,
        )
        for link in self.frontier.left_over(self.name):
            yield self.article_request(link)
        listings: tuple[tuple[tuple[str, ...], Callable[..., Any]], ...] = (
            (self.feeds, self.parse_feed),
            (self.news_sitemaps, self.parse_sitemap),
            (self.sitemaps, self.parse_sitemap),
            (self.sections, self.parse_section),
        )
        for addresses, callback in listings:
            for address in addresses:
                yield self.listing(address, callback)

    def listing(self, url: str, callback: Callable[..., Any], **said: Any) -> Request:
        """Return the request for one listing."""
        return Request(
            url,
            callback=callback,
            errback=self.note_listing_failed,
            priority=LISTING_PRIORITY,
            dont_filter=True,
            cb_kwargs=said,
        )

    def parse_feed(self, response: Response) -> Iterator[Request]:
        """Yield a request for each new article that an RSS or Atom feed announces."""
        yield from self.follow_links(discovery.feed(response.body, response.url))

    def parse_sitemap(self, response: Response, depth: int = 0) -> Iterator[Request]:
        """Yield requests for the new articles of a sitemap, and for the sitemaps of an index."""
        found = discovery.sitemap(response.body, response.url)
        yield from self.follow_links(found.links)
        if depth == 0:
            for nested in found.sitemaps[:SITEMAPS_IN_AN_INDEX]:
                if urls.same_site(nested, response.url):
                    yield self.listing(nested, self.parse_sitemap, depth=1)

    def parse_section(self, response: Response) -> Iterator[Request]:
        """Yield a request for each new article that a section page links to."""
        html = page.decode(response.body, content_type(response))
        yield from self.follow_links(discovery.section(html, response.url, self.link_css))

    def follow_links(self, links: Iterable[Link]) -> Iterator[Request]:
        """Yield a request for each link that is an article here and is due."""
        wanted = [link for link in with_canonical_address(list(links)) if self.is_article(link.url)]
        self.count("listings")
        self.count("links", len({link.url for link in wanted} - self.announced))
        self.announced.update(link.url for link in wanted)
        for link in self.frontier.due(self.name, wanted):
            self.count("due")
            yield self.article_request(link)

    def count(self, what: str, number: int = 1) -> None:
        """Count something for the run's report."""
        self.crawler.stats.inc_value(f"newscrawl/{what}", number)

    def is_article(self, url: str) -> bool:
        """Tell whether an address is one of this outlet's articles, as far as the address shows."""
        return urls.same_site(url, self.homepage) and re.search(self.article_url, url) is not None

    def article_request(self, link: Link) -> Request:
        """Return the request for the first page of an article."""
        return Request(
            link.printed_url or link.url,
            callback=self.parse_article,
            errback=self.note_page_failed,
            cb_kwargs={"link": link},
            meta={"keep_raw": True, "asked_for": link.url},
        )

    def parse_article(
        self, response: Response, link: Link, parts: tuple[Article, ...] = ()
    ) -> Iterator[Request | Article | Reject]:
        """Yield the article, or the request for its next page, or the reject that says why there is none."""
        html = page.decode(response.body, content_type(response))
        rules = self.rules()
        read = page.read(html, response.url, rules)
        if isinstance(read, Reject):
            yield page.join(parts) if parts else self.rejected(read, link, response)
            return
        parts = (*parts, self.as_met(read, link, response))
        onward = page.next_page(html, response.url, rules) if len(parts) < PAGES_OF_AN_ARTICLE else None
        if onward and any(onward in part.addresses for part in parts):
            onward = None
        whole = page.whole_page(html, response.url, rules) if len(parts) == 1 else None
        if whole and whole not in parts[0].addresses:
            said = {"link": link, "parts": parts, "onward": onward, "pages": page.total_pages(html, response.url)}
            yield self.page_request(whole, self.parse_whole, self.go_on_in_parts, said)
        else:
            yield self.next_or_joined(link, parts, onward)

    def parse_whole(
        self, response: Response, link: Link, parts: tuple[Article, ...], onward: str | None, pages: int
    ) -> Iterator[Request | Article]:
        """Yield the article from the form of it that has all pages in one; where it has no more, go on page by page."""
        read = page.read(page.decode(response.body, content_type(response)), response.url, self.rules())
        if isinstance(read, Article) and len(read.body) > len(parts[0].body):
            whole = self.as_met(read, link, response)
            yield replace(page.join((*parts, whole)), page_count=max(1, pages))
        else:
            yield self.next_or_joined(link, parts, onward)

    def go_on_in_parts(self, failure: Failure) -> Iterator[Request | Article]:
        """Yield the next page where the form with all pages in one failed."""
        said = failure.request.cb_kwargs  # type: ignore[attr-defined]
        yield self.next_or_joined(said["link"], said["parts"], said["onward"])

    def next_or_joined(self, link: Link, parts: tuple[Article, ...], onward: str | None) -> Request | Article:
        """Return the request for the next page of an article, or the article where there is none."""
        if onward is None:
            return page.join(parts)
        return self.page_request(onward, self.parse_article, self.join_what_came, {"link": link, "parts": parts})

    @staticmethod
    def page_request(
        url: str, callback: Callable[..., Any], errback: Callable[..., Any], said: dict[str, Any]
    ) -> Request:
        """Return the request for a later page of an article."""
        return Request(
            url,
            callback=callback,
            errback=errback,
            cb_kwargs=said,
            meta={"keep_raw": True, "asked_for": said["link"].url},
            priority=1,
            dont_filter=True,
        )

    def rejected(self, reject: Reject, link: Link, response: Response) -> Reject:
        """Return the reject with the address it was announced under, its time and its raw body."""
        raw = response.meta.get("raw")
        return replace(reject, url=link.url, outlet=self.name, raw=raw, seen_at=datetime.now(UTC))

    def as_met(self, read: Article, link: Link, response: Response) -> Article:
        """Return the article with how it was met: addresses, time, raw body, and the date of the listing."""
        article = replace(
            read,
            addresses=tuple(dict.fromkeys((link.url, response.url, *read.addresses))),
            fetched_at=datetime.now(UTC),
            raw=response.meta.get("raw"),
        )
        if article.published_text is None and link.published_text:
            article = replace(
                article,
                published_text=link.published_text,
                provenance={**article.provenance, "published_text": "listing"},
            )
        return article

    def join_what_came(self, failure: Failure) -> Iterator[Article]:
        """Yield the article from the pages that did come, when a later page fails."""
        request: Request = failure.request  # type: ignore[attr-defined]
        self.logger.warning("page %s of an article failed: %s", request.url, failure.getErrorMessage())
        yield page.join(request.cb_kwargs["parts"])

    def note_page_failed(self, failure: Failure) -> Iterator[Reject]:
        """Yield the reject of a page that could not be fetched."""
        request: Request = failure.request  # type: ignore[attr-defined]
        yield Reject(
            url=request.meta["asked_for"],
            stage="fetch",
            reason=reason_of(failure),
            detail=failure.getErrorMessage()[:500],
            outlet=self.name,
            seen_at=datetime.now(UTC),
        )

    def note_listing_failed(self, failure: Failure) -> None:
        """Count a listing that failed: an outlet all of whose listings fail has failed."""
        self.count("listings_failed")
        self.logger.error("listing failed: %s", failure.getErrorMessage())


def reason_of(failure: Failure) -> str:
    """Return a short stable code for why a page could not be fetched."""
    if failure.check(HttpError):  # type: ignore[no-untyped-call]
        return f"http-{failure.value.response.status}"  # type: ignore[union-attr]
    if failure.check(IgnoreRequest):  # type: ignore[no-untyped-call]
        return "robots" if "robots" in failure.getErrorMessage() else "ignored"
    return f"fetch-{failure.type.__name__}" if failure.type else "fetch-failed"


def content_type(response: Response) -> str:
    """Return the Content-Type header as text."""
    return (response.headers.get("Content-Type") or b"").decode("latin-1")
