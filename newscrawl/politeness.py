"""Every request waits for its turn at its host, and a host that answers 429 or 503 is left alone, by later runs too."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from scrapy.http import Response

from newscrawl import contact, hosts, retry_after
from newscrawl.hosts import Host, Pace

if TYPE_CHECKING:
    from newscrawl.frontier import Frontier

logger = logging.getLogger(__name__)

PAUSING = frozenset({429, 503})
"""Answers that speak for the whole host: too many requests, and not at the moment."""
_BUSY = 503
SILENCE = (CannotResolveHostError, DownloadConnectionRefusedError, DownloadTimeoutError)
"""What Scrapy raises where nobody answers."""
SILENT_PAUSE = 600.0
"""Seconds that a host is left alone which has stopped answering: its other pages would cost half a minute each."""
SLOW = 60.0
"""Seconds of Crawl-delay up to which a run waits as often as there are pages; most that ask for any ask for 1 to 30."""
SLOW_HOST_WAIT = 900.0
"""Seconds that a run waits for a host which asks for more: some pages now, the others by later runs."""
WORTH_KEEPING = 5.0
"""Seconds from which our own delay is kept for the next run; starting one takes longer than shorter ones."""


class GivenBackError(IgnoreRequest):
    """A request that this run must not make; its page stays due, and nothing is noted against it."""


class Politeness:
    """Downloader middleware, the last before the network: one request at a time to a host, in the order they came.

    Scrapy's own slots hold within one crawl only, and know neither Crawl-delay nor Retry-After.
    """

    def __init__(self, crawler: Crawler, *, host: Callable[[str], Host] = hosts.host) -> None:
        settings = crawler.settings
        self.crawler = crawler
        self.host_named = host
        self.pace = Pace(
            delay=settings.getfloat("DOWNLOAD_DELAY"),
            jitter=settings.getfloat("DOWNLOAD_DELAY_JITTER"),
            at_once=settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN"),
        )
        self.first_pause = settings.getfloat("PAUSE_FIRST")
        self.longest_wait = settings.getfloat("PAUSE_WAIT")
        self.tries = settings.getint("RETRY_TIMES")
        self.most_silences = settings.getint("PAUSE_SILENCES")
        self.under_way: dict[Request, Host] = {}
        self.met: set[str] = set()
        self.waited: dict[str, float] = {}
        """Host -> seconds of a long crawl delay that this run has waited for."""
        crawler.signals.connect(self.spider_opened, signals.spider_opened)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware of a crawler."""
        return cls(crawler)

    @property
    def frontier(self) -> Frontier:
        """The frontier of the crawl."""
        frontier: Frontier = self.crawler.spider.frontier  # type: ignore[union-attr]
        return frontier

    def spider_opened(self) -> None:
        """Take the delays over from Scrapy's slots, which would add their own."""
        own = getattr(self.crawler.spider, "delay", None)
        if own is not None:
            self.pace = replace(self.pace, delay=own)
        if self.crawler.settings.getbool("AUTOTHROTTLE_ENABLED"):
            start = self.crawler.settings.getfloat("AUTOTHROTTLE_START_DELAY")
            self.least_delay, self.pace = self.pace.delay, replace(self.pace, delay=max(start, self.pace.delay))
        self.crawler.engine.downloader._delay = 0.0  # noqa: SLF001 - as Scrapy's own AutoThrottle does

    # --- a request's way ---------------------------------------------------------------------------

    async def process_request(self, request: Request) -> None:
        """Let a request go on when it is its turn.

        Raises:
            GivenBackError: that would be later than this run may wait.
        """
        name = hosts.host_of(request.url)
        self.refuse_without_contact(request.url)
        host = self.host(name)
        await host.turn(partial(self.look, host))
        self.under_way[request] = host
        if host.pace.crawl_delay > SLOW:
            self.waited[name] = self.waited.get(name, 0.0) + host.pace.crawl_delay
        self.keep_turn(host)

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Return the response; where it asks for a pause, the request to be made again after it."""
        host = self.ended(request)
        if host is None:
            return response
        host.silences = 0
        if response.status in PAUSING:
            self.pause(host, response)
            return self.again(request, response)
        if host.pauses:
            host.pauses, host.paused_until = 0, 0.0
            self.frontier.note_host(host.name)
        self.throttle(host, request, response)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Let the next one have its turn, unless the host has stopped answering."""
        host = self.ended(request)
        if host is None or not isinstance(exception, SILENCE):
            return
        host.silences += 1
        if host.silences >= self.most_silences:
            host.silences = 0
            self.leave_alone(host, SILENT_PAUSE, "no-answer")

    # --- whose turn it is --------------------------------------------------------------------------

    def host(self, name: str) -> Host:
        """Return a host, asked no faster than this crawl may."""
        host = self.host_named(name)
        if name not in self.met:
            self.met.add(name)
            host.pace = replace(
                host.pace,
                delay=max(host.pace.delay, self.pace.delay),
                jitter=self.pace.jitter,
                at_once=min(host.pace.at_once, self.pace.at_once) if host.ended_at else self.pace.at_once,
            )
        return host

    def look(self, host: Host, seconds: float) -> float:
        """Return the seconds that a request still waits, with what other processes noted of its host.

        Raises:
            GivenBackError: the crawl is ending, or the wait is longer than a run waits.
        """
        self.learn(host)
        if self.is_ending:
            raise GivenBackError("the crawl ended before this was asked for")
        seconds = host.wait()
        if seconds > self.patience(host):
            self.give_back(host, seconds)
        return seconds

    def learn(self, host: Host) -> None:
        """Take over from the store until when a host is to be left alone; no clock that went wrong makes it years."""
        state = self.frontier.host(host.name)
        if state is None:
            return
        present, ticks = datetime.now(UTC), host.clock()
        if state.paused_until:
            left = min((state.paused_until - present).total_seconds(), retry_after.LONGEST)
            host.paused_until = max(host.paused_until, ticks + left)
        if state.next_at:
            left = min((state.next_at - present).total_seconds(), retry_after.LONGEST)
            host.free_at = max(host.free_at, ticks + left)
        host.pauses = max(host.pauses, state.pauses)

    @property
    def is_ending(self) -> bool:
        """Whether the crawl makes no more requests."""
        engine = self.crawler.engine
        slot = engine._slot  # noqa: SLF001 - nothing public tells that the spider is being closed
        return not engine.running or slot is None or slot.closing is not None

    def patience(self, host: Host) -> float:
        """Return the seconds that a request may wait for a host."""
        if host.paused_until > host.clock():
            return self.longest_wait
        if host.pace.crawl_delay > SLOW:
            return SLOW_HOST_WAIT - self.waited.get(host.name, 0.0)
        return float("inf")

    def give_back(self, host: Host, seconds: float) -> None:
        """Note why a host's pages wait for a later run.

        Raises:
            GivenBackError: always.
        """
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        why = "it asked for a pause" if host.paused_until > host.clock() else f"Crawl-delay {host.pace.crawl_delay:g} s"
        stat = f"newscrawl/held/{host.name}"
        said = f"{why}: not asked before {until:%Y-%m-%d %H:%M:%S} UTC"
        if not self.crawler.stats.get_value(stat):
            logger.warning("%s: %s; what is due there waits for a later run", host.name, said)
        self.crawler.stats.set_value(stat, said)
        raise GivenBackError(f"{host.name}: {said}")

    def keep_turn(self, host: Host) -> None:
        """Write down when the host may be asked next, where the delay may outlast this run."""
        if host.pace.crawl_delay or host.pace.delay >= WORTH_KEEPING:
            seconds = max(host.free_at - host.clock(), host.pace.crawl_delay if host.asking else 0.0)
            next_at = datetime.now(UTC) + timedelta(seconds=seconds)
            self.frontier.note_turn(host.name, next_at, host.pace.crawl_delay or None)

    def ended(self, request: Request) -> Host | None:
        """End a request's turn; return its host, None where it never had a turn."""
        host = self.under_way.pop(request, None)
        if host is not None:
            host.end()
            self.keep_turn(host)
        return host

    # --- what an answer means for the host ---------------------------------------------------------

    def pause(self, host: Host, response: Response) -> None:
        """Leave a host alone for as long as it says, or ever longer where it says nothing."""
        headers = response.headers
        seconds = retry_after.wait(headers.get("Retry-After"), headers.get("Date"), datetime.now(UTC))
        if seconds is None:
            seconds = retry_after.growing(self.first_pause, host.pauses)
        self.leave_alone(host, seconds, f"http-{response.status}")

    def leave_alone(self, host: Host, seconds: float, reason: str) -> None:
        """Let nobody ask a host for some seconds, in later runs and other processes too."""
        host.pauses += 1
        host.pause(seconds)
        self.crawler.stats.inc_value("newscrawl/pauses")
        self.frontier.note_host(host.name, datetime.now(UTC) + timedelta(seconds=seconds), reason)
        logger.info("%s: left alone for %.0f s (%s)", host.name, seconds, reason)

    def again(self, request: Request, response: Response) -> Request | Response:
        """Return the request to be made again; the response where a page that is busy has been asked for often enough.

        Raises:
            GivenBackError: the host goes on asking for fewer requests.
        """
        times = request.meta.get("paused_times", 0) + 1
        if request.meta.get("robots_txt"):
            return response
        if times <= self.tries:
            return request.replace(dont_filter=True, meta={**request.meta, "paused_times": times})
        if response.status == _BUSY:
            request.meta["dont_retry"] = True
            return response
        raise GivenBackError(f"{request.url}: answered {response.status} {times} times")

    def throttle(self, host: Host, request: Request, response: Response) -> None:
        """Adapt the delay to how fast the host answers, where the operator wants that."""
        settings = self.crawler.settings
        latency = request.meta.get("download_latency")
        if not settings.getbool("AUTOTHROTTLE_ENABLED") or latency is None:
            return
        delay = hosts.throttled(
            host.pace.delay,
            latency,
            least=self.least_delay,
            most=settings.getfloat("AUTOTHROTTLE_MAX_DELAY"),
            at_once=settings.getfloat("AUTOTHROTTLE_TARGET_CONCURRENCY"),
        )
        if response.status == 200 or delay > host.pace.delay:  # noqa: PLR2004 - HTTP's OK; errors come too fast
            host.pace = replace(host.pace, delay=delay)

    def refuse_without_contact(self, url: str) -> None:
        """Let no request out to a public host that a made-up or local outlet leads to, where no contact is set.

        Raises:
            IgnoreRequest: it would go there.
        """
        settings = self.crawler.settings
        name = contact.name_of(url)
        if not settings["CONTACT"] and contact.is_public(name, settings.getlist("GUARD_ALLOW")):
            raise IgnoreRequest(f"no contact is set, and {name} is a public host")
