from __future__ import annotations

import pytest

from newscrawl.runs import COUNTED, OutletReport, RunReport, stage_progress

NOTHING = dict.fromkeys((*COUNTED, "errors"), 0)
CASES = [
    ({"listings": 1, "links": 10, "due": 10, "saved": 7, "rejected": 3}, "finished", ""),
    ({"listings": 1, "links": 10}, "finished", ""),
    ({"listings": 1, "listings_failed": 1, "links": 10}, "finished", ""),
    ({"listings": 1, "links": 10, "due": 2, "failed": 2}, "finished", ""),
    ({"listings": 1, "links": 10, "due": 9, "failed": 8, "saved": 1}, "finished", ""),
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


def test_a_run_is_good_where_every_outlet_is() -> None:
    good = OutletReport("a", "A", {**NOTHING, "listings": 1, "links": 1}, "finished")
    bad = OutletReport("b", "B", NOTHING, "finished")
    assert RunReport(1, (good, good), None, 0.1, {"crawl": 0.1}).is_good
    assert not RunReport(1, (good, bad), None, 0.1, {"crawl": 0.1}).is_good


def test_the_share_of_stories_is_theirs_of_all_cpu_time() -> None:
    spent = {"crawl": 9.0, "furniture": 0.5, "stories": 0.5}
    assert RunReport(1, (), None, 12.0, spent).share_of_stories == 0.05
    assert RunReport(1, (), None, 0.0, dict.fromkeys(spent, 0.0)).share_of_stories == 0


def test_progress_of_a_stage_adds_up() -> None:
    told: list[tuple[str, int, int]] = []
    add = stage_progress(lambda *what: told.append(what), "cluster")
    assert add
    add(3)
    add(4)
    assert told == [("cluster", 3, 3), ("cluster", 7, 7)]
    assert stage_progress(None, "cluster") is None
