"""Whose turn it is at a host: one request at a time, in the order they came, never before its pause or delay is over.

The rule holds for the process, not for a crawl: outlets that share a host share its turns. Clocks are monotonic here;
what must outlive the process is written to the store as moments by `politeness`.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from time import monotonic
from urllib.parse import urlsplit

LOOK_AGAIN = 0.25
"""Seconds after which who waits looks whether the crawl has ended or another process has noted a pause."""
_USUAL_PORTS = {"http": 80, "https": 443}


def host_of(url: str) -> str:
    """Return the host that an address is asked from, with its port where that is not the usual one.

    >>> host_of("https://News.example:443/a"), host_of("http://127.0.0.1:8080/a")
    ('news.example', '127.0.0.1:8080')
    """
    parts = urlsplit(url)
    name = (parts.hostname or "").rstrip(".")
    name = f"[{name}]" if ":" in name else name
    return name if parts.port in {None, _USUAL_PORTS.get(parts.scheme)} else f"{name}:{parts.port}"


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How fast a host is asked."""

    delay: float = 0.0
    """Seconds from the start of one request to the start of the next."""
    jitter: float = 0.0
    """The share of the delay that chance takes or adds."""
    crawl_delay: float = 0.0
    """Seconds from the end of one answer to the next request, as robots.txt asks; chance does not shorten it."""
    at_once: int = 1

    def gap(self) -> float:
        """Return the delay before one request."""
        return max(0.0, self.delay * (1 + random.uniform(-self.jitter, self.jitter)))  # noqa: S311 - no secret


@dataclass
class Host:
    """One host as this process sees it: who is asking, who waits, and when the next may go."""

    name: str
    clock: Callable[[], float] = monotonic
    pace: Pace = field(default_factory=Pace)
    asking: int = 0
    free_at: float = 0.0
    """Not before this moment may the next request start."""
    paused_until: float = 0.0
    pauses: int = 0
    """Pauses in a row, with no answer between them."""
    silences: int = 0
    """Requests in a row that no answer came to."""
    ended_at: float | None = None
    crawl_delays: dict[str, float] = field(default_factory=dict)
    """What its robots.txt asks for, under http, under https."""
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)

    def wait(self) -> float:
        """Return the seconds until a request may start, as far as time tells."""
        return max(self.free_at, self.paused_until) - self.clock()

    @property
    def is_full(self) -> bool:
        """Whether as many requests are under way as may be at once."""
        return self.asking >= (1 if self.pace.crawl_delay else self.pace.at_once)

    def begin(self) -> None:
        """Note that a request starts."""
        self.asking += 1
        self.free_at = max(self.free_at, self.clock() + self.pace.gap())

    def end(self) -> None:
        """Note that a request has its answer, or never will, and wake who is next."""
        self.asking -= 1
        self.ended_at = self.clock()
        if self.pace.crawl_delay:
            self.free_at = max(self.free_at, self.ended_at + self.pace.crawl_delay)
        self.wake()

    def pause(self, seconds: float) -> None:
        """Let nobody ask for some seconds; a pause is never made shorter by another."""
        self.paused_until = max(self.paused_until, self.clock() + seconds)

    def ask_slower(self, origin: str, crawl_delay: float) -> None:
        """Take over the delay that a robots.txt of this host asks for; it holds from the latest answer on."""
        if self.crawl_delays.get(origin) == crawl_delay:
            return
        self.crawl_delays[origin] = crawl_delay
        self.pace = replace(self.pace, crawl_delay=max(self.crawl_delays.values()))
        if self.ended_at is not None:
            self.free_at = max(self.free_at, self.ended_at + self.pace.crawl_delay)

    def wake(self) -> None:
        """Wake who is next."""
        if self.waiting:
            rouse(self.waiting[0])

    async def turn(self, look: Callable[[float], float]) -> None:
        """Come back when it is this caller's turn, which has then begun; `end` ends it.

        `look` is given the seconds still to wait, now and again while it waits and once more before it goes, and
        returns them as it knows better; or raises, which gives the place in the queue up.
        """
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append(place)
        try:
            while True:
                is_next = self.waiting[0] is place and not self.is_full
                seconds = look(self.wait())
                if is_next and seconds <= 0:
                    self.begin()
                    return
                place = await self._sleep(place, min(seconds, LOOK_AGAIN) if is_next else LOOK_AGAIN)
        finally:
            self.waiting.remove(place)
            self.wake()

    async def _sleep(self, place: asyncio.Future[None], seconds: float) -> asyncio.Future[None]:
        """Wait for some seconds or until woken; return the place in the queue, which is a new future."""
        timer = asyncio.get_running_loop().call_later(max(0.001, seconds), rouse, place)
        try:
            await place
        finally:
            timer.cancel()
        fresh: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting[self.waiting.index(place)] = fresh
        return fresh


def rouse(place: asyncio.Future[None]) -> None:
    """Wake who waits at a place in a queue."""
    if not place.done():
        place.set_result(None)


def throttled(delay: float, latency: float, *, least: float, most: float, at_once: float) -> float:
    """Return the delay after an answer, as Scrapy's AutoThrottle has it: what keeps so many answers under way.

    >>> throttled(1.0, 4.0, least=0.5, most=60, at_once=1.0)
    4.0
    >>> throttled(4.0, 1.0, least=0.5, most=60, at_once=1.0)
    2.5
    """
    target = latency / at_once
    return min(max(least, target, (delay + target) / 2), most)


@cache
def host(name: str) -> Host:
    """Return a host as this process knows it: the same one for all crawls."""
    return Host(name)
