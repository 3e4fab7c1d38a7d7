"""One crawl run: crawl the outlets in one process, bring the stories up to date, write down what happened."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scrapy import signals
from scrapy.crawler import AsyncCrawlerProcess, Crawler
from scrapy.settings import Settings

from dedupe import ClusterReport, Store, cluster
from newscrawl import frontier, learning
from newscrawl.outlet import Outlet

COUNTED = {
    "listings": "listings",
    "listings_failed": "listings_failed",
    "links": "links",
    "due": "due",
    "saved": "new",
    "new_versions": "version",
    "unchanged": "unchanged",
    "rejected": "rejected",
    "failed": "failed",
}
"""Column of `run_outlets` -> name of the crawl's statistic."""


TELLING_FAILURES = 3
"""Pages that fail, and none that comes: from so many on the outlet has failed, not the page."""


@dataclass(frozen=True)
class OutletReport:
    """What a run did at one outlet; the fields are those of `run_outlets`."""

    outlet: str
    title: str
    counts: Mapping[str, int]
    finished: str
    """Scrapy's reason for ending, "finished" where all went well."""

    @property
    def is_good(self) -> bool:
        """Whether listings were read and led to articles, pages came, no code failed and the crawl reached its end."""
        return not self.trouble

    @property
    def trouble(self) -> str:
        """What an operator should look at; empty where all is well."""
        counts = self.counts
        if counts["errors"]:
            return f"{counts['errors']} errors in our code, see the log (-v)"
        if self.finished != "finished":
            return f"ended early: {self.finished}"
        if not counts["listings"]:
            return f"none of its {counts['listings_failed']} listings could be read"
        if not counts["links"]:
            failed = f" ({counts['listings_failed']} more could not be read)" if counts["listings_failed"] else ""
            return f"no link to an article on {counts['listings']} listings{failed}: has the outlet changed?"
        came = counts["saved"] + counts["new_versions"] + counts["unchanged"]
        if not came and counts["failed"] >= max(TELLING_FAILURES, counts["rejected"]):
            return f"none of {counts['failed']} pages could be fetched"
        return ""


@dataclass(frozen=True)
class RunReport:
    """What a run did."""

    run_id: int
    outlets: tuple[OutletReport, ...]
    clustered: ClusterReport | None
    seconds: float
    cpu_seconds: Mapping[str, float]
    """CPU time of each stage of this process: `crawl` (fetching, reading, storing), `furniture`, `stories`."""

    @property
    def share_of_stories(self) -> float:
        """Grouping's part of the run's CPU time, between 0 and 1."""
        return self.cpu_seconds["stories"] / max(sum(self.cpu_seconds.values()), 1e-9)

    @property
    def is_good(self) -> bool:
        """Whether every outlet went well."""
        return all(outlet.is_good for outlet in self.outlets)


def run(  # noqa: PLR0913 - one call an operator's command makes
    db: Path,
    outlets: Sequence[type[Outlet]],
    *,
    command: str = "run",
    settings: Mapping[str, Any] | None = None,
    with_cluster: bool = True,
    progress: Callable[[str, int, int], object] | None = None,
) -> RunReport:
    """Crawl outlets into a store, cluster, and return what was done. The caller holds the lock.

    `progress` is called with a stage ("crawl" or "cluster"), how much is done and how much is known to be there.
    A process can do this once: Twisted's reactor does not start again.
    """
    started, watch = time.monotonic(), Stopwatch()
    store = frontier.opened(db.absolute()).store
    run_id = store.start_run(command)
    reports = crawl(db, outlets, store, run_id, settings or {}, progress)
    watch.stop("crawl")
    clustered = None
    if with_cluster:
        learning.learn(store)
        watch.stop("furniture")
        clustered = cluster(store, progress=stage_progress(progress, "cluster"))
        watch.stop("stories")
    report = RunReport(run_id, reports, clustered, time.monotonic() - started, watch.spent)
    failed = ", ".join(outlet.outlet for outlet in reports if not outlet.is_good)
    store.finish_run(run_id, "good" if report.is_good else "failed", f"failed: {failed}" if failed else "")
    return report


class Stopwatch:
    """CPU time of the stages of this process, one after another."""

    def __init__(self) -> None:
        self.last = time.process_time()
        self.spent = dict.fromkeys(("crawl", "furniture", "stories"), 0.0)

    def stop(self, stage: str) -> None:
        """Write down what was spent since the last stop."""
        now = time.process_time()
        self.spent[stage], self.last = round(now - self.last, 3), now


def stage_progress(progress: Callable[[str, int, int], object] | None, stage: str) -> Callable[[int], object] | None:
    """Return a callback that adds up what one stage has done."""
    if progress is None:
        return None
    done = 0

    def add(number: int) -> None:
        nonlocal done
        done += number
        progress(stage, done, done)

    return add


def crawl(  # noqa: PLR0913, PLR0917 - see run
    db: Path,
    outlets: Sequence[type[Outlet]],
    store: Store,
    run_id: int,
    settings: Mapping[str, Any],
    progress: Callable[[str, int, int], object] | None,
) -> tuple[OutletReport, ...]:
    """Crawl all outlets side by side and return a report for each, in their order."""
    all_settings = Settings()
    all_settings.setmodule("newscrawl.settings", priority="project")
    all_settings.update({"DB": str(db), **settings}, priority="cmdline")
    process = AsyncCrawlerProcess(all_settings)
    crawlers = [process.create_crawler(outlet) for outlet in outlets]
    reports: dict[str, OutletReport] = {}

    def tell(item: object) -> None:  # noqa: ARG001 - Scrapy's signal gives it
        if progress:
            counted = [counts_of(crawler) for crawler in crawlers]
            done = sum(c[n] for c in counted for n in ("saved", "new_versions", "unchanged", "rejected", "failed"))
            progress("crawl", done, max(done, sum(c["due"] for c in counted)))

    def note_end(spider: Outlet, reason: str) -> None:
        report = OutletReport(spider.name, spider.title, counts_of(spider.crawler), reason)
        reports[spider.name] = report
        store.save_run_outlet(run_id, spider.name, {**report.counts, "finished": reason})

    for crawler in crawlers:
        crawler.signals.connect(tell, signals.item_scraped)
        crawler.signals.connect(note_end, signals.spider_closed)
        crawler.signals.connect(count_item_error, signals.item_error)
        process.crawl(crawler)
    process.start(install_signal_handlers=True)
    for outlet in outlets:
        if outlet.name not in reports:
            reports[outlet.name] = never_started(outlet)
            store.save_run_outlet(run_id, outlet.name, {"finished": "never started"})
    return tuple(reports[outlet.name] for outlet in outlets)


def never_started(outlet: type[Outlet]) -> OutletReport:
    """Return the report of an outlet whose crawl never came to its end."""
    return OutletReport(outlet.name, outlet.title, dict.fromkeys((*COUNTED, "errors"), 0), "never started")


def count_item_error(spider: Outlet) -> None:
    """Count an item that a pipeline failed on."""
    spider.count("item_errors")


def counts_of(crawler: Crawler) -> dict[str, int]:
    """Return a crawl's statistics under the names of `run_outlets`' columns."""
    stats = crawler.stats.get_stats()
    errors = int(stats.get("spider_exceptions/count", 0))
    named = {column: int(stats.get(f"newscrawl/{name}", 0)) for column, name in COUNTED.items()}
    return {**named, "errors": errors + int(stats.get("newscrawl/item_errors", 0))}
