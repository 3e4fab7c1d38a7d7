"""robots.txt obeyed by every request (RFC 9309): asked for once a day, by one request of all, and kept in the store."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Self
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotConfigured,
    ResponseDataLossError,
)
from scrapy.http.request import NO_CALLBACK

from dedupe import RobotsCopy
from newscrawl import robots_rules
from newscrawl.fetching import Refused
from newscrawl.hosts import host, host_of
from newscrawl.politeness import GivenBackError
from newscrawl.robots_rules import Answer, Rules

if TYPE_CHECKING:
    from newscrawl.frontier import Frontier

logger = logging.getLogger(__name__)

ASK_AGAIN = timedelta(hours=1)
"""A long run asks again for a robots.txt that could not be read."""
NO_ANSWER = (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    OSError,
)
"""What Scrapy raises where a host does not answer, or not to the end."""
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
OF_THE_PLACE = frozenset({"guard-address", "guard-scheme", "guard-port"})
"""Refusals that hold for every page of an origin; the others are of the file's form: it cannot be read."""
FIRST = 1000
"""Priority: before any page."""


@dataclass
class Known:
    """What this process knows of the robots.txt of an origin."""

    rules: Rules = field(default_factory=Rules)
    refused: IgnoreRequest | None = None
    """The guard's reason why it must not be asked for; the same holds for every page there."""
    until: datetime = NEVER
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


@cache
def known() -> defaultdict[str, Known]:
    """Return what this process knows: outlets that share a host share its robots.txt."""
    return defaultdict(Known)


class Robots:
    """Downloader middleware, in the place of Scrapy's own.

    In Scrapy 2.19 only the first of several requests that wait for one robots.txt is given the parser, the others get
    through; a robots.txt that cannot be read allows everything; and Crawl-delay is not acted on.
    """

    def __init__(self, crawler: Crawler) -> None:
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self.crawler = crawler
        self.known = known()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware of a crawler."""
        return cls(crawler)

    @property
    def frontier(self) -> Frontier:
        """The frontier of the crawl."""
        frontier: Frontier = self.crawler.spider.frontier  # type: ignore[union-attr]
        return frontier

    async def process_request(self, request: Request) -> None:
        """Let a request go on that robots.txt allows; give it back where it is not known what that says."""
        if request.meta.get("robots_txt"):
            return
        origin = origin_of(request.url)
        rules = await self.rules(origin)
        if rules.unreachable:
            raise GivenBackError(
                f"robots.txt of {origin} could not be read ({rules.unreachable}): nothing may be asked there"
            )
        self.ask_as_told(request.url, origin, rules.crawl_delay)
        if not rules.allows(request.url):
            self.crawler.stats.inc_value("robotstxt/forbidden")
            raise IgnoreRequest("Forbidden by robots.txt")

    def ask_as_told(self, url: str, origin: str, crawl_delay: float) -> None:
        """Let the host be asked no faster than its robots.txt says."""
        if crawl_delay:
            self.crawler.stats.max_value("newscrawl/crawl_delay", crawl_delay)
        host(host_of(url)).ask_slower(origin, crawl_delay)

    async def rules(self, origin: str) -> Rules:
        """Return what holds at an origin: as this process knows it, as the store has it, or as the host says now."""
        known = self.known[origin]
        async with known.turn:
            now = datetime.now(UTC)
            if now >= known.until:
                known.refused = None
                await self.renew(origin, known, now)
            if known.refused is not None:
                raise known.refused.with_traceback(None)
            return known.rules

    async def renew(self, origin: str, known: Known, now: datetime) -> None:
        """Bring what is known of an origin up to date."""
        copy = self.frontier.robots(origin) or RobotsCopy(origin=origin)
        detail = ""
        if not robots_rules.is_fresh(copy, now):
            try:
                answer = await self.ask(f"{origin}/robots.txt")
            except GivenBackError:
                raise
            except IgnoreRequest as refusal:
                known.refused, known.until = refusal, now + ASK_AGAIN
                return
            copy, detail = robots_rules.after(copy, answer, now), answer.detail or f"HTTP {answer.status}"
            self.frontier.note_robots(copy)
            if copy.unreachable_since:
                logger.warning("robots.txt of %s could not be read: %s", origin, detail)
        known.rules = robots_rules.rules(copy, now, detail)
        is_good = copy.fetched_at is not None and copy.unreachable_since is None
        known.until = copy.fetched_at + robots_rules.FRESH if is_good and copy.fetched_at else now + ASK_AGAIN

    async def ask(self, url: str) -> Answer:
        """Return what comes under the address of a robots.txt, a few redirects later."""
        self.crawler.stats.inc_value("robotstxt/request_count")
        for _ in range(robots_rules.MOST_REDIRECTS + 1):
            request = Request(
                url,
                callback=NO_CALLBACK,
                priority=FIRST,
                dont_filter=True,
                meta={"robots_txt": True, "dont_redirect": True, "handle_httpstatus_all": True},
            )
            try:
                response = await self.crawler.engine.download_async(request)
            except NO_ANSWER as error:
                return Answer(None, detail=type(error).__name__)
            except Refused as refusal:
                if refusal.reason in OF_THE_PLACE:
                    raise
                return Answer(None, detail=refusal.reason)
            self.crawler.stats.inc_value(f"robotstxt/response_status_count/{response.status}")
            location = response.headers.get("Location")
            if not (location and 300 <= response.status < 400):  # noqa: PLR2004 - HTTP's redirects
                return Answer(response.status, response.body)
            try:
                url = urljoin(url, location.decode("latin-1"))
            except ValueError:
                return Answer(404, detail="it redirects to what is no address")
        return Answer(404, detail="too many redirects")


def origin_of(url: str) -> str:
    """Return scheme, host and port of an address.

    >>> origin_of("http://127.0.0.1:8080/a"), origin_of("HTTPS://News.example/")
    ('http://127.0.0.1:8080', 'https://news.example')
    """
    return f"{urlsplit(url).scheme}://{host_of(url)}"
