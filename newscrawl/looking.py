"""One outlet looked at page by page, as a crawl would: guard, robots.txt and politeness hold, and nothing is kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from scrapy import Request
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.settings import Settings
from twisted.python.failure import Failure

from newscrawl import page
from newscrawl.outlet import Outlet, reason_of

T = TypeVar("T")
PATIENCE = 180
"""Seconds in which one address must answer, pauses that its host asks for included."""


@dataclass(frozen=True)
class Came:
    """What an address answered."""

    url: str
    """The last address, redirects followed."""
    reason: str
    """Why there is nothing to read; empty where there is."""
    body: bytes = b""
    content_type: str = ""

    @property
    def text(self) -> str:
        """The body as text."""
        return page.decode(self.body, self.content_type)


class Look(Generic[T]):
    """What a plan asks with: one address after the other."""

    def __init__(self, spider: Outlet) -> None:
        self.spider = spider
        self.asked = 0

    async def fetch(self, url: str, **meta: Any) -> Came:
        """Return what an address answers, or why it does not."""
        return await self.send(Request(url, meta=meta))

    async def send(self, request: Request) -> Came:
        """Return what a request brings, or why it brings nothing."""
        self.asked += 1
        answer: asyncio.Future[Came] = asyncio.get_running_loop().create_future()

        def came(response: Response) -> None:
            kind = (response.headers.get("Content-Type") or b"").decode("latin-1")
            if not answer.done():
                answer.set_result(Came(response.url, "", response.body, kind))

        def failed(failure: Failure) -> None:
            if not answer.done():
                answer.set_result(Came(request.url, f"{reason_of(failure)} ({failure.getErrorMessage()[:300]})"))

        engine = self.spider.crawler.engine
        assert engine is not None  # noqa: S101 - a plan is carried out by a crawl under way
        engine.crawl(request.replace(callback=came, errback=failed, dont_filter=True))
        done, _ = await asyncio.wait({answer}, timeout=PATIENCE)
        return answer.result() if done else Came(request.url, f"no answer in {PATIENCE} seconds")


def carried_out(outlet: type[Outlet], plan: Callable[[Look[T]], Awaitable[T]], settings: Mapping[str, Any]) -> T:
    """Carry out a plan as a crawl of an outlet and return what it came to.

    A process can do this once: Twisted's reactor does not start again.

    Raises:
        RuntimeError: the crawl could not start; its log says why.
    """
    outcomes: list[asyncio.Future[T]] = []

    class Looking(outlet):  # type: ignore[misc, valid-type]  # the outlet with its own ways, but for where it starts
        name: ClassVar[str] = outlet.name

        async def start(self) -> AsyncIterator[Request]:
            """Carry out the plan, which asks for what it wants to see."""
            outcome = asyncio.ensure_future(plan(Look(self)))
            outcomes.append(outcome)
            await asyncio.wait({outcome})
            nothing: tuple[Request, ...] = ()
            for request in nothing:
                yield request

    all_settings = Settings()
    all_settings.setmodule("newscrawl.settings", priority="project")
    only_looking = {"DRY_RUN": True, "ITEM_PIPELINES": {}, "LOG_ENABLED": False}
    all_settings.update({**settings, **only_looking}, priority="cmdline")
    process = AsyncCrawlerProcess(all_settings)
    process.crawl(Looking)
    process.start(install_signal_handlers=True)
    if not outcomes or not outcomes[0].done():
        raise RuntimeError("the crawl was ended before anything could be seen; -v shows its log")
    return outcomes[0].result()
