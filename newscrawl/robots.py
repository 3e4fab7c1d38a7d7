"""robots.txt obeyed by every request, also by those that wait for it side by side."""

from __future__ import annotations

import asyncio
from collections import defaultdict

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.robotstxt import RobotParser
from scrapy.utils.httpobj import urlparse_cached


class Robots(RobotsTxtMiddleware):
    """Scrapy's middleware, one request of a host at a time while its robots.txt is not there yet.

    In Scrapy 2.19 only the first of several requests that wait for one robots.txt is given the parser; the others get
    None, which allows everything. A crawl that goes on with what an earlier one left over begins with several.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """Return the parser of the host's robots.txt, None where it could not be fetched."""
        async with self._turns[urlparse_cached(request).netloc]:
            return await super().robot_parser(request)
