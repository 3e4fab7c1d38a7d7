"""Outlets crawled side by side in this process, until all is done or a signal asks for the end."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import FrameType
from typing import Any

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from dedupe import StoreFullError
from newscrawl import settings as house
from newscrawl.outlet import Outlet

SIGNALS = (signal.SIGTERM, signal.SIGINT)
TWICE = 1.0
"""Seconds within which a second signal is the first one again."""
EXIT_KILLED = 128


@dataclass
class Stop:
    """Whether this process was asked to end."""

    signal: int = 0
    """The first signal that asked for it; 0 where none did."""
    at: float = 0.0
    fault: Exception | None = None
    """What makes it useless to go on: nothing can be written any more."""
    gently: Callable[[], object] | None = None
    """What ends the work under way; None where it may be left off anywhere."""

    @property
    def name(self) -> str:
        """The signal's name; empty where none came."""
        return signal.Signals(self.signal).name if self.signal else ""

    @property
    def is_asked(self) -> bool:
        """Whether this process is to end."""
        return bool(self.signal or self.fault)

    def fail(self, fault: Exception) -> None:
        """End the work under way, for nothing more can come of it."""
        is_first, self.fault = not self.is_asked, self.fault or fault
        if is_first and self.gently:
            self.gently()

    def take(self, number: int, frame: FrameType | None = None) -> None:  # noqa: ARG002 - a signal handler's
        """Ask for the end: what is under way ends as it should. A second signal ends the process as a kill does.

        Some programs send one signal twice at once; that is one.

        Raises:
            KeyboardInterrupt: nothing is under way that must be brought to its end.
        """
        is_first, now = not self.signal, time.monotonic()
        if not is_first and now - self.at > TWICE:
            os._exit(EXIT_KILLED + number)
        self.signal, self.at = self.signal or number, now
        if self.gently is None:
            raise KeyboardInterrupt
        if is_first:
            self.gently()


@contextmanager
def stoppable(stop: Stop) -> Iterator[None]:
    """Take signals that ask for the end; one that comes while nothing must be brought to its end leaves the block."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only there signals can be taken
        return
    before = {number: signal.signal(number, stop.take) for number in SIGNALS}
    try:
        yield
    except KeyboardInterrupt:
        if not stop.signal:
            raise
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def settings_of(said: Mapping[str, Any], project: Mapping[str, Any] | None = None) -> Settings:
    """Return the settings of a crawl: what is said for this one over the house's."""
    found = Settings()
    found.update(project or project_settings(), priority="project")
    found.update(dict(said), priority="cmdline")
    return found


def project_settings() -> dict[str, Any]:
    """Return the house's settings."""
    return {name: value for name, value in vars(house).items() if name.isupper()}


def crawl(
    outlets: Sequence[type[Outlet]], said: Mapping[str, Any], stop: Stop, project: Mapping[str, Any] | None = None
) -> None:
    """Crawl outlets side by side; what they do stands in the ledger of this process. The reactor starts only once."""
    process = AsyncCrawlerProcess(settings_of(said, project))
    for outlet in outlets:
        process.crawl(outlet)

    stop.gently = lambda: end(process)
    handlers = logging.getLogger().handlers
    for handler in handlers:
        handler.addFilter(is_told_here)
    try:
        process.start(install_signal_handlers=False)
    finally:
        stop.gently = None
        for handler in handlers:
            handler.removeFilter(is_told_here)


def is_told_here(record: logging.LogRecord) -> bool:
    """Tell whether a record belongs into the log; that the disk is full is told once, where the run ends."""
    return not (record.exc_info and isinstance(record.exc_info[1], StoreFullError))


def end(process: AsyncCrawlerProcess) -> None:
    """Let all crawls of this process end: nothing more is asked for, what is under way is saved.

    Raises:
        KeyboardInterrupt: they have not begun.
    """
    if "twisted.internet.reactor" not in sys.modules:
        raise KeyboardInterrupt
    from twisted.internet import reactor  # noqa: PLC0415 - the first crawl has installed it

    def end_all() -> None:
        for crawler in list(process.crawlers):
            crawler.stop()

    reactor.callFromThread(end_all)
