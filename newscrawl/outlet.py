"""class Outlet: discovery -> article pages -> Article; what an outlet may override."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import fields, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, ClassVar, Literal

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import DontCloseSpider, IgnoreRequest
from scrapy.http import Response
from scrapy.settings import BaseSettings
from scrapy.spidermiddlewares.httperror import HttpError
from twisted.python.failure import Failure

from dedupe import Article, PageState, Reject, StoreFullError
from newscrawl import contact, guard, page
from newscrawl.announcing import link_of
from newscrawl.discovery import Link
from newscrawl.frontier import Frontier, Validators
from newscrawl.limits import Limits
from newscrawl.listings import NOT_MODIFIED, Listings, conditions, content_type, validators, window_of
from newscrawl.pipelines import Habits
from newscrawl.politeness import GivenBackError
from newscrawl.rules import Rules
from newscrawl.schedule import Schedule

PAGES_OF_AN_ARTICLE = 30
"""More pages than any article measured has; a "next" link that never ends stops here."""
AT_ONCE = 64
"""Articles of an outlet that are asked for at a time; the others wait in the store, where they cost no memory."""
MOST_GIVEN_BACK = 200
"""Requests that this run may not make, from so many on it is over for the outlet."""


class Outlet(Listings):
    """One outlet: where its articles are announced and how its pages are read.

    A subclass is a declaration. Every field of `page.Rules` may be set as a class attribute of the same name.
    """

    title: ClassVar[str]
    """The name as the outlet prints it."""
    language: ClassVar[str | None] = None
    country: ClassVar[str | None] = None
    timezone: ClassVar[str] = "UTC"
    """IANA name of the zone its clocks show."""
    date_order: ClassVar[str] = "DMY"
    dates_lie_utc: ClassVar[bool] = False
    """True where a printed Z or +00:00 is in truth the outlet's local time."""
    paywall: ClassVar[str] = ""
    """Which articles cost: `none`, `some`, `all`; empty where we do not know."""
    checked: ClassVar[str] = ""
    """Against which real pages the selectors were checked, and when; empty: against none."""
    insecure_tls: ClassVar[bool] = False
    """True where the outlet's certificate is known to be faulty: read all the same, and counted in the run."""

    delay: ClassVar[float | None] = None
    """Seconds between two requests to its hosts, where they differ from DOWNLOAD_DELAY."""

    poll_minutes: ClassVar[tuple[float, float]] = Schedule.poll_minutes
    """Least and most minutes between two requests for one listing; how often it brings something decides between."""
    looks_hours: ClassVar[tuple[float, ...]] = Schedule.looks_hours
    """When an article is looked at again for changes, counted from when it was first seen."""

    asking: set[str]
    """Addresses of articles that are asked for and have no end yet."""
    given_back: set[str]
    """Addresses of articles that this run may not ask for."""
    validators: dict[str, Validators]
    """Of the pages that are being read: what their answers say of their version."""
    started: datetime
    is_crawling: bool = False
    """Whether it is asked for what is due; who only looks at a page or two has another `start`."""
    limits: Limits | None = None
    """What a run may take, where it has limits."""

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """Put what the outlet says of itself over the settings."""
        super().update_settings(settings)
        if cls.insecure_tls:
            settings.set("DOWNLOAD_VERIFY_CERTIFICATES", value=False, priority="spider")
        guard.check(settings, insecure_tls=cls.insecure_tls)
        cls.refuse_without_contact(settings)
        settings.set("USER_AGENT", contact.user_agent(settings["CONTACT"]), priority="spider")

    @classmethod
    def refuse_without_contact(cls, settings: BaseSettings) -> None:
        """See that the outlet can write to whoever crawls it.

        Raises:
            NoContactError: it is on a public host, and no contact is set.
        """
        listings = (*cls.feeds, *cls.sitemaps, *cls.news_sitemaps, *cls.sections)
        contact.check(settings["CONTACT"], (cls.homepage, *listings), settings.getlist("GUARD_ALLOW"))

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Outlet:
        """Return the spider, with the frontier of the store that the settings name."""
        spider: Outlet = super().from_crawler(crawler, *args, **kwargs)
        spider.frontier = Frontier.from_crawler(crawler)
        spider.window = window_of(crawler.settings)
        spider.asks_now = crawler.settings.getbool("LISTINGS_NOW", True)
        spider.started = datetime.now(UTC)
        spider.announced, spider.asking, spider.given_back, spider.validators = set(), set(), set(), {}
        crawler.signals.connect(spider.go_on, signals.spider_idle)
        return spider

    @classmethod
    def rules(cls) -> Rules:
        """Return what this outlet says of its pages, as `page.read` takes it."""
        said = {f.name: getattr(cls, f.name) for f in fields(Rules) if hasattr(cls, f.name)}
        return replace(Rules(), **said, outlet=cls.name, title_text=cls.title)

    @cached_property
    def reads_by(self) -> Rules:
        """What this outlet says of its pages, put together once for a crawl."""
        return self.rules()

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
        """Yield a request for each listing that is to be asked now, and for what earlier runs left over."""
        self.frontier.save_outlet(
            self.name,
            title=self.title,
            homepage=self.homepage,
            language=self.language,
            country=self.country,
            timezone=self.timezone,
            when=Schedule(poll_minutes=self.poll_minutes, looks_hours=self.looks_hours),
        )
        self.is_crawling = True
        for request in self.ask_listings():
            yield request
        for request in self.refill():
            yield request

    # --- articles that are due: in small portions, the newest first ---------------------------------

    def refill(self) -> Iterator[Request]:
        """Yield requests for articles that are due, as many as there is room for, the newest first."""
        if len(self.asking) > AT_ONCE // 2 or len(self.given_back) >= MOST_GIVEN_BACK:
            return
        aside = self.asking | self.given_back
        failed_before = self.started if self.asks_now else None
        pages = self.frontier.next_pages(self.name, AT_ONCE + len(aside), failed_before)
        chosen = [one for one in pages if one.url not in aside][: AT_ONCE - len(self.asking)]
        self.asking.update(one.url for one in chosen)
        for place, one in enumerate(chosen):
            request = self.article_request(link_of(one))
            request.priority = -place
            yield self.conditional(request, one)

    def go_on(self) -> None:
        """Ask for what is due still, when nothing is under way: also where an error of ours kept an article's end back.

        Raises:
            DontCloseSpider: there is more to do.
        """
        if not self.is_crawling:
            return
        self.given_back |= self.asking
        self.asking.clear()
        requests = [request for request in self.refill() if self.limits is None or self.limits.admits(request, 0)]
        for request in requests:
            self.crawler.engine.crawl(request)
        if requests:
            raise DontCloseSpider

    @staticmethod
    def conditional(request: Request, known: PageState) -> Request:
        """Return the request for a page that is an article already: for its body only where that has changed."""
        if known.article_id is None:
            return request
        headers = conditions(Validators(known.etag, known.last_modified))
        meta = {**request.meta, "known_raw": known.raw}
        if headers:
            meta["handle_httpstatus_list"] = [NOT_MODIFIED]
        return request.replace(headers={**request.headers, **headers}, meta=meta)

    def ended(self, url: str) -> Validators | None:
        """Note that an article's way through this run is over; return what its page said of its version."""
        self.asking.discard(url)
        return self.validators.pop(url, None)

    def not_admitted(self, request: Request, limit: str) -> None:
        """Give back an article that a limit of the run keeps from being asked for."""
        if url := request.meta.get("asked_for"):
            self.ended(url)
            if limit == "pattern":
                self.frontier.give_back(url, "capped")  # a calendar must not keep what comes after it waiting
            else:
                self.given_back.add(url)

    # --- an article's pages --------------------------------------------------------------------------

    def article_request(self, link: Link) -> Request:
        """Return the request for the first page of an article."""
        return Request(
            link.printed_url or link.url,
            callback=self.parse_article,
            errback=self.note_page_failed,
            cb_kwargs={"link": link},
            meta={"keep_raw": True, "asked_for": link.url},
            dont_filter=True,  # the frontier knows what was asked for
        )

    def parse_article(
        self, response: Response, link: Link, parts: tuple[Article, ...] = ()
    ) -> Iterator[Request | Article | Reject]:
        """Yield the article, or the request for its next page, or the reject that says why there is none."""
        if not parts and self.is_unchanged(response):
            self.note_unchanged(link)
            yield from self.refill()
            return
        html = page.decode(response.body, content_type(response))
        rules = self.reads_by
        read = page.read(html, response.url, rules)
        if not parts:
            self.validators[link.url] = validators(response)
        if isinstance(read, Reject):
            yield page.join(parts) if parts else self.rejected(read, link, response)
            yield from self.refill()
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
        yield from self.refill()

    @staticmethod
    def is_unchanged(response: Response) -> bool:
        """Tell whether an article's page is as it was when last read: it says so, or its body is the same."""
        raw = response.meta.get("raw")
        return response.status == NOT_MODIFIED or (raw is not None and raw == response.meta.get("known_raw"))

    def note_unchanged(self, link: Link) -> None:
        """Note that an article was looked at and is as it was."""
        self.frontier.note_unchanged(link.url)
        self.ended(link.url)
        self.count("unchanged")

    def parse_whole(
        self, response: Response, link: Link, parts: tuple[Article, ...], onward: str | None, pages: int
    ) -> Iterator[Request | Article]:
        """Yield the article from the form of it that has all pages in one; where it has no more, go on page by page."""
        read = page.read(page.decode(response.body, content_type(response)), response.url, self.reads_by)
        if isinstance(read, Article) and len(read.body) > len(parts[0].body):
            whole = self.as_met(read, link, response)
            yield replace(page.join((*parts, whole)), page_count=max(1, pages))
        else:
            yield self.next_or_joined(link, parts, onward)

    def go_on_in_parts(self, failure: Failure) -> Iterator[Request | Article]:
        """Yield the next page where the form with all pages in one failed."""
        if self.is_given_back(failure):
            return
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
        if self.is_given_back(failure):
            return
        request: Request = failure.request  # type: ignore[attr-defined]
        self.logger.warning("page %s of an article failed: %s", request.url, failure.getErrorMessage())
        self.note_failure(failure, "part")
        yield page.join(request.cb_kwargs["parts"])

    def note_page_failed(self, failure: Failure) -> Iterator[Reject]:
        """Yield the reject of a page that could not be fetched."""
        request: Request = failure.request  # type: ignore[attr-defined]
        if self.is_given_back(failure):
            return
        yield self.failed(failure, request.meta["asked_for"], "fetch")

    def failed(self, failure: Failure, url: str, stage: Literal["listing", "fetch", "part"]) -> Reject:
        """Return the reject of what could not be fetched; what the guard refused is counted."""
        reason = reason_of(failure)
        if reason in guard.REASONS:
            self.count("truncated" if reason == "guard-truncated" else "refused")
        detail = failure.getErrorMessage()[:500]
        return Reject(url=url, stage=stage, reason=reason, detail=detail, outlet=self.name, seen_at=datetime.now(UTC))

    def note_failure(self, failure: Failure, stage: Literal["listing", "part"]) -> None:
        """Store why a listing, or a later page of an article, did not come."""
        request: Request = failure.request  # type: ignore[attr-defined]
        came_from = request.meta.get("redirect_urls") or [request.url]
        self.frontier.save_reject(self.failed(failure, came_from[0], stage))

    def is_given_back(self, failure: Failure) -> bool:
        """Tell whether a later run is to make a request, the article as a whole then; count it."""
        if not failure.check(GivenBackError, StoreFullError):  # type: ignore[no-untyped-call]
            return False
        url = failure.request.meta["asked_for"]  # type: ignore[attr-defined]
        self.ended(url)
        self.given_back.add(url)
        self.count("paused")
        return True


def reason_of(failure: Failure) -> str:
    """Return a short stable code for why a page could not be fetched."""
    if failure.value and (refused := guard.reason(failure.value)):
        return refused
    if failure.check(HttpError):  # type: ignore[no-untyped-call]
        return f"http-{failure.value.response.status}"  # type: ignore[union-attr]
    if failure.check(IgnoreRequest):  # type: ignore[no-untyped-call]
        return "robots" if "robots" in failure.getErrorMessage() else "ignored"
    return f"fetch-{failure.type.__name__}" if failure.type else "fetch-failed"
