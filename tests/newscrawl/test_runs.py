from __future__ import annotations

import json
import signal
import threading
from typing import Any

import pytest

from dedupe import Alarm
from newscrawl import show_runs
from newscrawl.checkup import Checkup
from newscrawl.crawling import Stop, stoppable
from newscrawl.ledger import Ledger
from newscrawl.runs import NOTHING, OutletReport, Progress, RunReport, Stopwatch, crawl_listener, stage_progress

CASES = [
    ({"listings": 1, "links": 10, "due": 10, "saved": 7, "rejected": 3}, "finished", ""),
    ({"listings": 1, "links": 10}, "finished", ""),
    ({"listings": 1, "listings_failed": 1, "links": 10}, "finished", ""),
    ({"listings": 1, "links": 10, "due": 2, "failed": 2}, "finished", ""),
    ({"listings": 1, "links": 10, "due": 9, "failed": 8, "saved": 1}, "finished", ""),
    ({"listings_unchanged": 2}, "finished", ""),
    ({}, "finished", ""),
    ({"listings_failed": 2}, "finished", "none of its 2 listings could be read"),
    ({"listings": 2}, "finished", "no link to an article on 2 listings: "),
    ({"listings": 2, "listings_failed": 1}, "finished", "no link to an article on 2 listings (1 more could not"),
    ({"listings": 1, "links": 9, "due": 9, "failed": 8, "rejected": 1}, "finished", "none of 8 pages could be fetched"),
    ({"listings": 1, "links": 9, "errors": 2}, "finished", "2 errors in our code"),
    ({"listings": 1, "links": 9}, "shutdown", "ended early: shutdown"),
    ({}, "never started", "ended early: never started"),
]


@pytest.mark.parametrize(("counts", "finished", "trouble"), CASES)
def test_an_outlet_says_what_an_operator_should_look_at(counts: dict[str, int], finished: str, trouble: str) -> None:
    report = OutletReport("harian", "Harian", {**NOTHING, **counts}, finished)
    assert report.trouble.startswith(trouble)
    assert report.is_good == (not trouble)


GOOD = OutletReport("a", "A", {**NOTHING, "listings": 1, "links": 1}, "finished")
BAD = OutletReport("b", "B", NOTHING, "never started")
ALARM = Alarm(outlet="a", kind="silent", subject="", text="nothing new")


def report(*outlets: OutletReport, **more: Any) -> RunReport:
    return RunReport(1, outlets, None, 0.1, {"crawl": 0.1}, **more)


@pytest.mark.parametrize(
    ("told", "status", "code"),
    [
        (report(GOOD, GOOD), "good", 0),
        (report(GOOD, BAD), "failed", 1),
        (report(GOOD, found=Checkup(open=(ALARM,))), "good", 3),
        (report(BAD, found=Checkup(open=(ALARM,))), "failed", 3),
        (report(GOOD, found=Checkup(ended=(ALARM,))), "good", 0),
        (report(GOOD, BAD, stopped="SIGTERM"), "stopped", 1),
    ],
)
def test_how_a_run_ended_is_said_by_status_and_exit_code(told: RunReport, status: str, code: int) -> None:
    assert (told.status, told.exit_code) == (status, code)


def test_the_summary_of_a_run_names_outlets_with_damaged_listings() -> None:
    flawed = OutletReport("a", "Harian A", {**NOTHING, "listings": 1, "links": 1, "listings_flawed": 1}, "finished")
    lines = "\n".join(show_runs.run_report(report(flawed, GOOD)))
    assert "Harian A: 1 of 1 listing is damaged or cut" in lines
    assert lines.count("damaged") == 1


def test_the_share_of_stories_is_theirs_of_all_cpu_time() -> None:
    spent = {"crawl": 9.0, "furniture": 0.5, "stories": 0.5}
    assert RunReport(1, (), None, 12.0, spent).share_of_stories == 0.05
    assert RunReport(1, (), None, 0.0, dict.fromkeys(spent, 0.0)).share_of_stories == 0


def test_a_stopwatch_adds_up() -> None:
    watch = Stopwatch()
    sum(range(10**6))
    watch.stop("crawl")
    watch.stop("crawl")
    assert watch.spent["crawl"] > 0
    assert watch.spent["stories"] == 0


def test_progress_of_a_stage_adds_up() -> None:
    told: list[Progress] = []
    add = stage_progress(told.append, "cluster")
    assert add
    add(3)
    add(4)
    assert told == [Progress("cluster", 3, 3), Progress("cluster", 7, 7)]
    assert stage_progress(None, "cluster") is None


def test_progress_of_a_crawl_tells_pages_and_outlets_left() -> None:
    told: list[Progress] = []
    ledger = Ledger(crawl_listener(told.append, [object, object]))  # type: ignore[list-item]  # only counted
    ledger.note("a", {"due": 9, "pages": 2, "unchanged": 1})
    ledger.end("a", {"due": 9, "pages": 8, "unchanged": 1, "body_lengths": "[]"}, {}, "finished")
    assert told == [Progress("crawl", 3, 9, 2), Progress("crawl", 9, 9, 1)]
    assert json.loads(json.dumps(ledger.rows["a"]))["finished"] == "finished"


# --- signals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_leaves_what_may_be_left_anywhere(number: signal.Signals) -> None:
    stop, before = Stop(), signal.getsignal(number)
    reached = False
    with stoppable(stop):
        signal.raise_signal(number)
        reached = True
    assert not reached
    assert stop.name == number.name
    assert signal.getsignal(number) is before


def test_a_signal_lets_what_is_under_way_come_to_its_end() -> None:
    asked: list[int] = []
    stop = Stop(gently=lambda: asked.append(1))
    with stoppable(stop):
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(signal.SIGTERM)  # as some programs do, twice at once
    assert asked == [1]
    assert stop.name == "SIGTERM"


def test_other_threads_are_not_asked() -> None:
    done: list[bool] = []

    def work() -> None:
        with stoppable(Stop()):
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]


def test_an_interrupt_that_is_not_ours_goes_on() -> None:
    with pytest.raises(KeyboardInterrupt), stoppable(Stop()):
        raise KeyboardInterrupt
