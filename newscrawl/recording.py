"""Scrapy extension: writes down what a crawl does; a `scrapy crawl` of its own takes the lock and is a run too."""

from __future__ import annotations

import atexit
import logging
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click
from scrapy import signals
from scrapy.crawler import Crawler
from twisted.internet.task import LoopingCall

from dedupe import Article, Reject, RunStatus, RunStore
from newscrawl import checkup, frontier, ledger, limits
from newscrawl.command import EXIT_LOCKED
from newscrawl.ledger import Ledger, StoreLedger
from newscrawl.lock import LockHeldError, lock
from newscrawl.outlet import Outlet
from newscrawl.tally import Tally, counts_of

SECONDS = 1.0
"""Between two looks at a crawl's figures."""
logger = logging.getLogger(__name__)


class Recording:
    """What one crawl of one outlet does, for the ledger of its run."""

    def __init__(self, crawler: Crawler, written: Ledger) -> None:
        self.crawler, self.ledger = crawler, written
        self.told: dict[str, Any] = {}
        self.tally: Tally | None = None
        self.again = LoopingCall(self.tell)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Recording | None:
        """Return the extension of a crawler; spiders that are no outlets are not written down."""
        if not issubclass(crawler.spidercls, Outlet):
            return None
        recording = cls(crawler, ledger.used() or own_run(crawler))
        crawler.signals.connect(recording.open, signals.spider_opened)
        crawler.signals.connect(recording.note_item, signals.item_scraped)
        crawler.signals.connect(recording.note_error, signals.item_error)
        crawler.signals.connect(recording.close, signals.spider_closed)
        return recording

    def open(self, spider: Outlet) -> None:
        """Begin to look at the crawl's figures."""
        self.tally = Tally(spider.rules())
        self.again.start(SECONDS, now=False)

    def note_item(self, item: Article | Reject) -> None:
        """Count what became of a page."""
        if self.tally:
            self.tally.note(item)

    def note_error(self, spider: Outlet) -> None:
        """Count an item that a pipeline failed on."""
        spider.count("item_errors")

    def columns(self) -> dict[str, int | str]:
        """Return the figures so far."""
        counts = counts_of(self.crawler.stats.get_stats())
        return {**counts, **(self.tally.columns() if self.tally else {})}

    def tell(self) -> None:
        """Give the figures to the ledger where they have changed."""
        columns = self.columns()
        if columns != self.told:
            self.told = columns
            self.ledger.note(self.crawler.spidercls.name, columns)

    def close(self, spider: Outlet, reason: str) -> None:
        """Give the last figures to the ledger."""
        if self.again.running:
            self.again.stop()
        selected = self.tally.selected if self.tally else {}
        self.ledger.end(spider.name, self.columns(), selected, reason)


# --- `scrapy crawl` -----------------------------------------------------------------------------


def own_run(crawler: Crawler) -> Ledger:
    """Return the ledger of a run that is this crawl alone; the lock is held until the process ends.

    A dry run writes nothing and needs no lock. Where another run holds the lock the process ends.
    """
    if crawler.settings.getbool("DRY_RUN"):
        return Ledger()
    db, name = Path(crawler.settings["DB"]).absolute(), crawler.spidercls.name
    held = ExitStack()
    try:
        held.enter_context(lock(db, f"scrapy crawl {name}", program="scrapy"))
    except LockHeldError as error:
        click.echo(f"newscrawl: {error}", err=True)
        sys.exit(EXIT_LOCKED)
    atexit.register(held.close)
    store = frontier.opened(db).store
    runs = RunStore(store)
    run_id = runs.start(f"scrapy crawl {name}", [name])
    written = OwnRun(runs, run_id)
    ledger.use(written)
    return written


class OwnRun(StoreLedger):
    """The ledger of a run that is one `scrapy crawl`."""

    def end(self, outlet: str, columns: ledger.Columns, selected: ledger.Selected, reason: str) -> None:
        """Write how the run ended, and look into the outlet's health."""
        super().end(outlet, columns, selected, reason)
        found = checkup.check(self.runs.store, self.run_id, [outlet])
        for one in found.open:
            logger.error("alarm: %s: %s", one.outlet, one.text)
        is_good = (
            reason in limits.CLEAN_ENDS and not columns["errors"] and bool(columns["listings"] or columns["pages"])
        )
        status: RunStatus = "stopped" if reason == "shutdown" else "good" if is_good else "failed"
        self.runs.finish(self.run_id, status, "" if is_good else f"{outlet}: {reason}")
        ledger.leave(self)
