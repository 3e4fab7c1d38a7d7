"""One run: crawl, take out furniture, bring the stories up to date, judge the outlets, write it all down."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

# Scrapy asks for the whole stack of callers when this is imported (inspect.stack), which costs least from up here.
import scrapy.core.downloader.contextfactory  # noqa: F401

from dedupe import ClusterReport, RunStatus, RunStore, Store, StoreFullError, cluster
from newscrawl import checkup, frontier, jobs, learning, ledger, limits, reextract
from newscrawl.checkup import Checkup
from newscrawl.command import EXIT_ALARM, EXIT_OUTLET_FAILED, EXIT_USAGE
from newscrawl.crawling import Stop, crawl, stoppable
from newscrawl.ledger import Columns, Ledger, StoreLedger
from newscrawl.outlet import Outlet
from newscrawl.tally import COUNTED

TELLING_FAILURES = 3
"""Pages that fail, and none that comes: from so many on the outlet has failed, not the page."""
STAGES = ("crawl", "furniture", "stories")
NOTHING = dict.fromkeys((*COUNTED, "errors", "pages"), 0)
ENDED_WELL = limits.CLEAN_ENDS


@dataclass(frozen=True)
class Progress:
    """How far a run is."""

    stage: str
    """`read` (what an earlier run kept and did not read), `crawl`, `furniture` or `cluster`."""
    done: int
    known: int
    outlets_left: int = 0


Listener = Callable[[Progress], object]


@dataclass(frozen=True)
class OutletReport:
    """What a run did at one outlet; the counts are those of `run_outlets`."""

    outlet: str
    title: str
    counts: Mapping[str, int]
    finished: str
    """Scrapy's reason for ending, "finished" where all went well."""
    alarms: tuple[str, ...] = ()
    """What its open alarms say."""

    @property
    def is_good(self) -> bool:
        """Whether listings were read and led to articles, pages came, no code failed and the crawl reached its end."""
        return not self.trouble

    @property
    def trouble(self) -> str:
        """What an operator should look at; empty where all is well."""
        counts = {**NOTHING, **self.counts}
        if counts["errors"]:
            return f"{counts['errors']} errors in our code, see the log (-v)"
        if self.finished not in ENDED_WELL:
            return f"ended early: {self.finished}"
        if not (counts["listings"] or counts["listings_unchanged"]) and counts["listings_failed"]:
            return f"none of its {counts['listings_failed']} listings could be read"
        if counts["listings"] and not counts["links"] and not counts["listings_unchanged"]:
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
    """0 for a dry run, which writes nothing down."""
    outlets: tuple[OutletReport, ...]
    clustered: ClusterReport | None
    seconds: float
    cpu_seconds: Mapping[str, float]
    """CPU time of each stage, of all processes: `crawl` (fetching, reading, storing), `furniture`, `stories`."""
    found: Checkup = field(default_factory=Checkup)
    stopped: str = ""
    """The signal that stopped it; empty where none did."""

    @property
    def share_of_stories(self) -> float:
        """Grouping's part of the run's CPU time, between 0 and 1."""
        return self.cpu_seconds["stories"] / max(sum(self.cpu_seconds.values()), 1e-9)

    @property
    def is_good(self) -> bool:
        """Whether every outlet went well; alarms say something else: how an outlet fares beside its own past."""
        return not self.stopped and all(outlet.is_good for outlet in self.outlets)

    @property
    def status(self) -> RunStatus:
        """How it ended, as `runs` has it."""
        return "stopped" if self.stopped else "good" if self.is_good else "failed"

    @property
    def exit_code(self) -> int:
        """The command's exit code: 1 where it was stopped, 3 where an alarm is open, 1 where an outlet failed, else 0.

        An outlet that fails beside a good past raises an alarm: 3 says more than 1.
        """
        if self.stopped:
            return EXIT_OUTLET_FAILED
        if self.found.open:
            return EXIT_ALARM
        return 0 if self.is_good else EXIT_OUTLET_FAILED


def run(  # noqa: PLR0913 - one call an operator's command makes
    db: Path,
    outlets: Sequence[type[Outlet]],
    *,
    command: str = "run",
    settings: Mapping[str, Any] | None = None,
    with_cluster: bool = True,
    processes: int = 1,
    progress: Listener | None = None,
) -> RunReport:
    """Crawl outlets into a store, cluster, judge, and return what was done. The caller holds the lock.

    A signal (TERM, INT) ends it after what is under way; what came is saved, and the rows of the run say so. A process
    can do this once: Twisted's reactor does not start again.
    """
    started, watch, stop = time.monotonic(), Stopwatch(), Stop()
    runs = RunStore(frontier.opened(db.absolute()).store)
    newest = runs.newest_article()
    run_id = runs.start(command, [outlet.name for outlet in outlets], processes)
    written = StoreLedger(runs, run_id, crawl_listener(progress, outlets))
    clustered = None
    with ends_in_store(runs, run_id), stoppable(stop):
        reextract_unread(db, progress, stop)
        with frontier.watched(db.absolute(), stop.fail):
            fetch(db, outlets, settings or {}, written, processes, stop)
        if stop.fault:
            raise stop.fault
        note_all_read(db, written)
        watch.stop("crawl")
        if with_cluster and not stop.signal:
            clustered = grouped(runs.store, progress, watch)
    found = Checkup() if stop.signal else checked(runs, run_id, written, newest)
    report = RunReport(
        run_id, reports(outlets, written, found), clustered, time.monotonic() - started, watch.spent, found, stop.name
    )
    failed = ", ".join(outlet.outlet for outlet in report.outlets if not outlet.is_good)
    detail = f"stopped by {stop.name}" if stop.signal else f"failed: {failed}" if failed else ""
    runs.finish(run_id, report.status, detail, exit_code=report.exit_code, cpu_seconds=watch.spent)
    return report


@contextmanager
def ends_in_store(runs: RunStore, run_id: int) -> Iterator[None]:
    """Write down that a run ended because nothing can be written any more: where there is room for that.

    Where there is none, the next start finds it unfinished.
    """
    try:
        yield
    except StoreFullError as error:
        with suppress(StoreFullError):
            runs.finish(run_id, "failed", str(error), exit_code=EXIT_USAGE)
        raise


def dry_run(
    db: Path, outlets: Sequence[type[Outlet]], settings: Mapping[str, Any], progress: Listener | None = None
) -> RunReport:
    """Crawl outlets as a run would, write nothing, and return what it would have found new. It needs no lock."""
    started, watch, stop = time.monotonic(), Stopwatch(), Stop()
    told = Ledger(crawl_listener(progress, outlets))
    with stoppable(stop):
        fetch(db, outlets, {**settings, "DRY_RUN": True}, told, 1, stop)
    watch.stop("crawl")
    return RunReport(
        0, reports(outlets, told, Checkup()), None, time.monotonic() - started, watch.spent, stopped=stop.name
    )


def fetch(  # noqa: PLR0913, PLR0917 - see run
    db: Path, outlets: Sequence[type[Outlet]], settings: Mapping[str, Any], written: Ledger, processes: int, stop: Stop
) -> None:
    """Crawl outlets, in this process or in several that hand over to this one what is to be written."""
    ledger.use(written)
    try:
        if processes > 1 and len(jobs.spread(outlets, processes)) > 1:
            jobs.crawl(db, outlets, settings, written, processes, stop)
        elif not stop.signal:
            crawl(outlets, {"DB": str(db), **settings}, stop)
    finally:
        ledger.leave(written)
    for outlet in outlets:
        if outlet.name not in written.ended:
            why = "shutdown" if stop.is_asked else "never started"
            written.end(outlet.name, written.rows.get(outlet.name, {}), {}, why)


def reextract_unread(db: Path, progress: Listener | None, stop: Stop) -> None:
    """Read what an earlier run kept of pages and was killed before it read it."""
    if not stop.signal:
        opened = frontier.opened(db.absolute())
        reextract.finish_unread(opened.store, opened.archive, progress=stage_progress(progress, "read"))


def note_all_read(db: Path, written: Ledger) -> None:
    """Write down that every kept page was read, where every crawl came to its end and no code failed on the way."""
    if all(reason in ENDED_WELL for reason in written.ended.values()) and not any(
        numbers(row)["errors"] for row in written.rows.values()
    ):
        opened = frontier.opened(db.absolute())
        reextract.note_all_read(opened.store, opened.archive)


def grouped(store: Store, progress: Listener | None, watch: Stopwatch) -> ClusterReport | None:
    """Take furniture out of the new articles and bring the stories up to date; None where a signal stopped it.

    Both may be interrupted anywhere: what is not committed waits for the next run.
    """
    try:
        learning.learn(store, stage_progress(progress, "furniture"))
        watch.stop("furniture")
        return cluster(store, progress=stage_progress(progress, "cluster"))
    except KeyboardInterrupt:
        return None
    finally:
        watch.stop("stories")


def checked(runs: RunStore, run_id: int, written: Ledger, newest: int) -> Checkup:
    """Judge the outlets whose crawl came to its end; what came after the newest article of before is this run's."""
    runs.note_learned(run_id)
    runs.note_furniture(run_id, newest)
    ended = [outlet for outlet, reason in written.ended.items() if reason in ENDED_WELL]
    found = checkup.check(runs.store, run_id, ended)
    others = runs.open_alarms(set(written.ended) - set(ended))
    return replace(found, open=(*found.open, *others))


def reports(outlets: Sequence[type[Outlet]], written: Ledger, found: Checkup) -> tuple[OutletReport, ...]:
    """Return the report of each outlet, in their order."""
    return tuple(
        OutletReport(
            outlet.name,
            outlet.title,
            numbers(written.rows.get(outlet.name, {})),
            written.ended.get(outlet.name, "shutdown"),
            tuple(one.text for one in found.open if one.outlet == outlet.name),
        )
        for outlet in outlets
    )


def numbers(columns: Columns) -> dict[str, int]:
    """Return the counts of an outlet's figures; 0 for those that were never taken."""
    return {**NOTHING, **{name: value for name, value in columns.items() if isinstance(value, int)}}


class Stopwatch:
    """CPU time of the stages of this process and of those that it waited for, one after another."""

    def __init__(self) -> None:
        self.last = self.now()
        self.spent = dict.fromkeys(STAGES, 0.0)

    @staticmethod
    def now() -> float:
        """Return the CPU seconds so far."""
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return time.process_time() + children.ru_utime + children.ru_stime

    def stop(self, stage: str) -> None:
        """Write down what was spent since the last stop."""
        now = self.now()
        self.spent[stage], self.last = round(self.spent[stage] + now - self.last, 3), now


def stage_progress(progress: Listener | None, stage: str) -> Callable[[int], object] | None:
    """Return a callback that adds up what one stage has done."""
    if progress is None:
        return None
    done = 0

    def add(number: int) -> None:
        nonlocal done
        done += number
        progress(Progress(stage, done, done))

    return add


def crawl_listener(progress: Listener | None, outlets: Sequence[type[Outlet]]) -> Callable[[Ledger], object] | None:
    """Return a callback that tells how far the crawl is, from the figures of all outlets."""
    if progress is None:
        return None

    def tell(written: Ledger) -> None:
        rows = [numbers(row) for row in written.rows.values()]
        done = sum(row["pages"] + row["unchanged"] for row in rows)
        left = len(outlets) - len(written.ended)
        progress(Progress("crawl", done, max(done, sum(row["due"] for row in rows)), left))

    return tell
