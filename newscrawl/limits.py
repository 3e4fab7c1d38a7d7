"""How much one run takes from an outlet: pages, minutes, depth, and pages of one pattern, against calendar traps.

What is over a limit is not asked for in this run and stays due: nothing is lost.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any, Self
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.http import Response

ENDED = "run-minutes"
"""Scrapy's reason for a crawl that the limit of minutes ended; it went well."""
CLEAN_ENDS = frozenset({"finished", ENDED})
_DIGITS = re.compile(r"\d{1,50}")


def pattern(url: str) -> str:
    """Return an address with its numbers folded: what the days of a calendar have in common.

    >>> pattern("https://a.example/agenda/2026/05/06?page=12#top")
    'a.example/agenda/0/0/0?page=0'
    """
    scheme_less = url.partition("://")[2].partition("#")[0]
    return _DIGITS.sub("0", scheme_less[:2000])


class Limits:
    """Spider middleware: lets no more requests through than a run may make."""

    def __init__(self, crawler: Crawler) -> None:
        settings = crawler.settings
        self.crawler = crawler
        self.most_pages = settings.getint("RUN_PAGES")
        self.most_depth = settings.getint("RUN_DEPTH")
        self.most_of_a_pattern = settings.getint("PATTERN_PAGES")
        self.seconds = settings.getfloat("RUN_MINUTES") * 60
        self.pages = 0
        self.of_a_pattern: Counter[int] = Counter()
        self.timer: asyncio.TimerHandle | None = None
        self.ending: asyncio.Task[None] | None = None
        crawler.signals.connect(self.spider_opened, signals.spider_opened)
        crawler.signals.connect(self.spider_closed, signals.spider_closed)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware of a crawler."""
        return cls(crawler)

    def spider_opened(self) -> None:
        """Start the run's clock, and let the outlet ask what it may ask for."""
        self.crawler.spider.limits = self  # type: ignore[union-attr]
        if self.seconds:
            self.timer = asyncio.get_running_loop().call_later(self.seconds, self.end)

    def spider_closed(self) -> None:
        """Stop the run's clock."""
        if self.timer:
            self.timer.cancel()

    def end(self) -> None:
        """Close the crawl; what is under way comes to its end, the rest stays due."""
        self.ending = asyncio.ensure_future(self.crawler.engine.close_spider_async(reason=ENDED))

    async def process_start(self, start: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Yield the first requests that are within the limits."""
        async for result in start:
            if self.admits(result, 0):
                yield result

    def process_spider_output(self, response: Response, result: Iterable[Any]) -> Iterator[Any]:
        """Yield what a page led to, as far as it is within the limits."""
        depth = response.meta.get("listing_depth", 0)
        yield from (one for one in result if self.admits(one, depth + 1))

    async def process_spider_output_async(self, response: Response, result: AsyncIterator[Any]) -> AsyncIterator[Any]:
        """Yield what a page led to, as far as it is within the limits."""
        depth = response.meta.get("listing_depth", 0)
        async for one in result:
            if self.admits(one, depth + 1):
                yield one

    def admits(self, result: object, depth: int) -> bool:
        """Tell whether something that is no request, or a request within the limits, was given; count what is not."""
        if not isinstance(result, Request) or "parts" in result.cb_kwargs:
            return True  # a later page belongs to the article
        is_article = "asked_for" in result.meta
        folded = hash(pattern(result.url))
        over = {
            "depth": not is_article and self.most_depth and depth > self.most_depth,
            "pages": is_article and self.most_pages and self.pages >= self.most_pages,
            "pattern": self.most_of_a_pattern and self.of_a_pattern[folded] >= self.most_of_a_pattern,
        }
        limit = next((name for name, is_over in over.items() if is_over), None)
        if limit:
            self.note_capped(limit, result.url)
            self.crawler.spider.not_admitted(result, limit)  # type: ignore[union-attr]
            return False
        self.of_a_pattern[folded] += 1
        self.pages += is_article
        if not is_article:
            result.meta["listing_depth"] = depth
        return True

    def note_capped(self, limit: str, url: str) -> None:
        """Count an address that stays due, and name the limit once in the log."""
        self.crawler.stats.inc_value("newscrawl/capped")
        if not self.crawler.stats.get_value(f"newscrawl/capped/{limit}"):
            said = {"depth": "RUN_DEPTH", "pages": "RUN_PAGES", "pattern": "PATTERN_PAGES"}[limit]
            self.crawler.spider.logger.info("%s reached, %s and more wait for a later run", said, urlsplit(url).path)  # type: ignore[union-attr]
        self.crawler.stats.inc_value(f"newscrawl/capped/{limit}")
