from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl import health
from newscrawl.health import Finding, judge
from newscrawl.shares import Share, fallen, percent, risen
from newscrawl.tally import COUNTED, KINDS

EMPTY: dict[str, Any] = {
    **dict.fromkeys((*COUNTED, *KINDS, "errors"), 0), "outlet": "warta", "learned": None, "body_lengths": "[]",
    "furniture_shares": "[]", "furniture_most": "",
}  # fmt: skip
TEXT = 2000


def day(articles: int, **more: Any) -> dict[str, Any]:
    """A run that brought so many articles and all is well."""
    row = {
        **EMPTY, "listings": 1, "links": 30, "saved": articles, "articles": articles, "pages": articles,
        "dated": articles, "signed": articles, "quoting": articles, "body_lengths": json.dumps([TEXT] * articles),
    }  # fmt: skip
    return {**row, **more}


def taken(*shares: int, most: str = "warga desa ...") -> dict[str, Any]:
    """A run with articles of whose text so many per cent were taken out as furniture."""
    return day(len(shares), furniture_shares=json.dumps(shares), furniture_most=most)


def flawed(listings: int, saved: int = 0, **more: Any) -> dict[str, Any]:
    """A run of three listings, of which so many were damaged or cut."""
    return day(saved, listings=3, listings_flawed=listings, **more)


def judged(now: Mapping[str, Any], past: Sequence[Mapping[str, Any]], **raised_by: int) -> dict[str, str]:
    """What is told of a run after a past that is given the oldest first: kind -> text."""
    rows = [{**row, "run_id": number} for number, row in enumerate((*past, now), 1)][::-1]
    found = judge(rows[0], rows[1:], [], {(kind, ""): run for kind, run in raised_by.items()})
    return {one.kind: one.text for one in found.findings}


def selectors(*runs: tuple[int, int], selector: str = "p") -> list[dict[str, Any]]:
    """Rows of one selector, the oldest run first: matched, pages."""
    rows = [
        {"run_id": number, "field": "body_css", "selector": selector, "matched": matched, "pages": pages}
        for number, (matched, pages) in enumerate(runs, 1)
        if pages
    ]
    return rows[::-1]


WEEK = [40, 38, 44, 41, 36, 9, 6]
HOURS = [0, 0, 0, 0, 0, 0, 1, 3, 5, 6, 5, 4, 6, 5, 4, 5, 6, 4, 3, 2, 2, 1, 1, 0]
GOOD = [day(n) for n in WEEK * 3]
CLEAN = [taken(0, 3, 5, 2, 4, 9, 1, 0, 6)] * 6
"""Articles of which a line or two are taken out."""
HEAVY = [taken(30, 28, 35, 33, 31, 29, 36)] * 6
FEW = (1, 2, 0, 1, 3, 1, 0, 2, 1, 1, 2, 0, 1, 1)
SMALL = [day(n) for n in FEW]
READ = [flawed(0, n) for n in FEW]
"""Listings that could all be read, of an outlet where two runs without news are nothing."""

WOLVES: list[tuple[str, dict[str, Any], list[dict[str, Any]], str]] = [
    ("no article after good weeks", day(0), GOOD, "silent"),
    ("small outlet, many empty runs", day(0), [*SMALL, *[day(0)] * 6], "silent"),
    ("no link", day(0, links=0), GOOD[:2], "no_links"),
    ("nothing read", day(0, unread=31, pages=31, rejected=31), GOOD, "unread"),
    ("nothing read on the first run", day(0, unread=31, pages=31, rejected=31), [], "unread"),
    ("half is read no more", day(15, unread=16, pages=31), GOOD, "unread"),
    ("no dates", day(31, dated=0), GOOD, "dates"),
    ("no authors on 8 pages", day(8, signed=0), GOOD, "authors"),
    ("few quotations", day(40, quoting=4), GOOD, "quotations"),
    ("teasers only", day(20, body_lengths=json.dumps([180] * 20)), GOOD, "short"),
    ("a wall", day(2, forbidden=20, pages=22), GOOD, "forbidden"),
    ("robots.txt closes", day(0, robots=20, pages=20), GOOD, "robots"),
    ("the server fails", day(0, server_errors=9, pages=9), GOOD, "server_errors"),
    ("pages break off", day(3, truncated=12, pages=15), GOOD, "truncated"),
    ("no connection", day(1, failed=12, pages=13), GOOD, "failing"),
    ("more furniture than text", day(30, cluttered=25), GOOD, "furniture"),
    ("learned furniture doubles", day(40, learned=60), [day(40, learned=12)] * 12, "learned"),
    ("a line swallows a third of every text", taken(*[38] * 12), CLEAN, "taken"),
    ("a line swallows half of the texts of some articles", taken(*[4] * 12, *[55] * 12), CLEAN, "taken"),
    ("a line swallows what is left where much always goes", taken(*[70] * 9), HEAVY, "taken"),
    ("a small outlet's line, over some runs", taken(60, 66), [*CLEAN, *[taken(58, 61)] * 3], "taken"),
    ("all listings damaged, twice", flawed(3, links=0), [*READ, flawed(3, links=0)], "flawed"),
    ("the feed damaged, twice; its sitemaps bring nothing", flawed(1), [*READ, flawed(1)], "flawed"),
    ("another listing damaged where one always was", flawed(2), [*[flawed(1, n) for n in FEW], flawed(2)], "flawed"),
    ("damaged and as before", flawed(3, listings_unchanged=3), [*READ, flawed(3)], "flawed"),
    ("listings fail twice", day(0, listings=0, links=0, listings_failed=2),
     [*GOOD, day(0, listings=0, links=0, listings_failed=2)], "listings"),
]  # fmt: skip


@pytest.mark.parametrize(("now", "past", "kind"), [case[1:] for case in WOLVES], ids=[case[0] for case in WOLVES])
def test_what_is_wrong_is_told(now: dict[str, Any], past: list[dict[str, Any]], kind: str) -> None:
    assert kind in judged(now, past)


SHEEP: list[tuple[str, dict[str, Any], list[dict[str, Any]]]] = [
    ("a first run", day(30), []),
    ("a first run that brings nothing", day(0, links=0), []),
    ("a first run with some pages that are no articles", day(20, unread=9, pages=29), []),
    ("a weekend: little, but not nothing", day(4), GOOD),
    ("one article in a run of a big outlet", day(1), GOOD),
    ("nothing new at an outlet of one article a day", day(0), SMALL),
    ("nothing new in the second run", day(0), [day(30)]),
    ("nothing new at night", day(0), [day(n) for n in (*HOURS, *HOURS, *HOURS, 0, 0, 0)]),
    ("listings not asked", day(0, listings=0, links=0), GOOD),
    ("listings as before: their links are not read", day(0, listings=0, listings_unchanged=1, links=0), SMALL),
    ("listings fail once", day(0, listings=0, links=0, listings_failed=1), GOOD),
    ("one page without a date", day(1, dated=0), GOOD),
    ("three pages without an author", day(3, signed=0), GOOD),
    ("no quotations, which were rare", day(10, quoting=0), [day(40, quoting=2)] * 5),
    ("never any author", day(40, signed=0), [day(40, signed=0)] * 9),
    ("one short text", day(1, body_lengths="[150]"), GOOD),
    ("some short texts", day(10, body_lengths=json.dumps([150] * 4 + [TEXT] * 6)), GOOD),
    ("one refused page", day(2, forbidden=1, pages=3), GOOD),
    ("few refused of many", day(40, forbidden=3, pages=43), GOOD),
    ("always some pages that are no articles", day(7, unread=3, pages=10), [day(14, unread=6, pages=20)] * 9),
    ("much of one text", taken(90), CLEAN),
    ("much of two texts of many", taken(*[3] * 20, 60, 70), CLEAN),
    ("a line more in every text", taken(*[12] * 20), CLEAN),
    ("much always goes", taken(*[34] * 20), HEAVY),
    ("less is taken", taken(*[1] * 20), HEAVY),
    ("nothing to compare with", taken(*[60] * 20), [taken(3, 4)] * 3),
    ("a listing damaged once", flawed(1), READ),
    ("a damaged listing, and news", flawed(1, 5), [*READ, flawed(1)]),
    ("a listing that always had a flaw", flawed(1), [*[flawed(1, n) for n in FEW], flawed(1), flawed(1)]),
    ("a damaged listing of a new outlet", flawed(1), [flawed(0, 5), flawed(1), flawed(1)]),
    ("damaged, and not asked since", day(0, listings=0, links=0), [*READ, flawed(1), flawed(1)]),
    ("furniture grows in the first days", day(40, learned=60), [day(40, learned=12)] * 4),
]


@pytest.mark.parametrize(("now", "past"), [case[1:] for case in SHEEP], ids=[case[0] for case in SHEEP])
def test_what_is_as_it_was_raises_no_alarm(now: dict[str, Any], past: list[dict[str, Any]]) -> None:
    assert judged(now, past) == {}


def test_a_small_outlet_raises_an_alarm_after_some_runs() -> None:
    past = [day(2) for _ in range(20)]
    told = ["authors" in judged(day(2, signed=0), [*past, *[day(2, signed=0)] * n]) for n in range(4)]
    assert told == [False, False, True, True]


def test_a_past_that_was_bad_since_an_alarm_is_none() -> None:
    bad = [day(40, signed=0)] * 30
    assert "authors" not in judged(day(40, signed=0), [*GOOD, *bad])
    assert "authors" in judged(day(40, signed=0), [*GOOD, *bad], authors=len(GOOD) + 1)


def test_what_took_most_text_is_named_with_the_command_that_shows_it() -> None:
    text = judged(taken(*[40] * 9, most="warga desa ..."), CLEAN)["taken"]
    assert text == (
        "40% of the text of 9 articles was taken out as furniture; it was 3% of the last 54; most went with"
        " “warga desa ...”: see `newscrawl outlets --furniture warta`, and drop_css where it is not listed there"
    )


def test_damaged_listings_are_told_until_one_run_reads_them_whole_or_as_they_always_were() -> None:
    bad = [*READ, flawed(2), flawed(2), *[flawed(2)] * 30]
    raised = len(READ) + 2
    told = judged(flawed(2), bad, flawed=raised)["flawed"]
    assert told.startswith(
        "2 of 3 listings are damaged or cut, and the last 33 runs brought nothing new; 0 were in the"
    )
    assert "newscrawl outlets --check warta" in told

    def is_well(now: dict[str, Any]) -> bool:
        rows = [{**row, "run_id": n} for n, row in enumerate((*bad, now), 1)][::-1]
        return ("flawed", "") in judge(rows[0], rows[1:], [], {("flawed", ""): raised}).well

    assert is_well(flawed(0))
    assert not is_well(flawed(2, 5)), "news came, but the listings are as damaged as they were"
    assert not is_well(day(0, listings=0, links=0)), "nobody looked"


def test_what_is_well_again_is_told() -> None:
    rows = [{**row, "run_id": n} for n, row in enumerate((*GOOD, day(40, signed=0), day(3)), 1)][::-1]
    found = judge(rows[0], rows[1:], [], {("authors", ""): len(rows) - 1})
    assert ("authors", "") in found.well
    assert not found.findings


def test_a_run_without_articles_tells_nothing_of_authors() -> None:
    rows = [{**row, "run_id": n} for n, row in enumerate((*GOOD, day(40, signed=0), day(0, saved=1)), 1)][::-1]
    assert ("authors", "") not in judge(rows[0], rows[1:], [], {("authors", ""): len(rows) - 1}).well


# --- selectors ----------------------------------------------------------------------------------


def of_selectors(rows: list[dict[str, Any]], run_id: int, **raised_by: int) -> health.Judgement:
    now = {**day(0, saved=1), "run_id": run_id}
    return judge(now, [], rows, {("selector", field): run for field, run in raised_by.items()})


def test_a_selector_that_matches_no_more_is_named_with_its_figures() -> None:
    rows = selectors((196, 200), (0, 31), selector="article.read__content > p")
    [found] = of_selectors(rows, 2).findings
    text = "selector `article.read__content > p` matched on 0 of 31 pages; it matched on 98% of the last 200"
    assert found == Finding("selector", "body_css", text)


@pytest.mark.parametrize("selector", ["a{b}", "{0}", "p::attr({count})", "%s {", "`"])
def test_any_selector_can_be_named(selector: str) -> None:
    [found] = of_selectors(selectors((200, 200), (0, 31), selector=selector), 2).findings
    assert f"selector `{selector}` matched on 0 of 31" in found.text


@pytest.mark.parametrize(
    "runs", [[(0, 31)], [(3, 3), (0, 2)], [(200, 200), (0, 2)], [(100, 200), (20, 40)], [(0, 200), (0, 31)]]
)
def test_a_selector_is_not_blamed_for_few_pages_or_what_it_never_matched(runs: list[tuple[int, int]]) -> None:
    assert not of_selectors(selectors(*runs), len(runs)).findings


def test_another_selector_has_no_past() -> None:
    rows = [*selectors((0, 0), (0, 31), selector="main p"), *selectors((200, 200), selector="article p")]
    found = of_selectors(rows, 2, body_css=2)
    assert not found.findings
    assert ("selector", "body_css") in found.well


# --- laws ---------------------------------------------------------------------------------------

COUNTS = st.integers(0, 300)


@given(COUNTS, COUNTS)
def test_an_interval_holds_its_share(of: int, count: int) -> None:
    share = Share(of, min(of, count))
    low, high = share.interval()
    assert 0 <= low <= high <= 1
    assert low - 1e-9 <= share.value <= high + 1e-9 or not of


@given(COUNTS, COUNTS, COUNTS, COUNTS)
def test_nothing_falls_and_rises_at_once_or_beside_itself(n: int, k: int, m: int, j: int) -> None:
    now, was = Share(n, min(n, k)), Share(m, min(m, j))
    assert not (fallen(now, was) and risen(now, was))
    assert not fallen(now, now)
    assert not risen(now, now)
    if fallen(now, was):
        assert not fallen(was, now)


@given(COUNTS, COUNTS)
def test_a_share_is_not_told_as_all_or_nothing_where_it_is_not(of: int, count: int) -> None:
    share = Share(of, min(of, count))
    assert (percent(share) == "100%") == (of > 0 and share.count == of)
    assert (percent(share) == "0%") == (share.count == 0)


ROWS = st.lists(
    st.fixed_dictionaries({
        **{name: st.integers(0, 60) for name in (*COUNTED, *KINDS, "errors")},
        "outlet": st.just("warta"),
        "learned": st.none() | st.integers(0, 99),
        "furniture_shares": st.lists(st.integers(0, 100), max_size=20).map(json.dumps),
        "furniture_most": st.text(max_size=80),
        "body_lengths": st.lists(st.integers(0, 9000), max_size=20).map(json.dumps),
    }),
    max_size=12,
)  # fmt: skip


@given(ROWS, ROWS.filter(bool))
def test_any_past_gives_a_judgement_that_does_not_contradict_itself(
    past: list[dict[str, Any]], now: list[dict[str, Any]]
) -> None:
    rows = [{**row, "run_id": n} for n, row in enumerate((*past, now[0]), 1)][::-1]
    found = judge(rows[0], rows[1:], [], {})
    assert not {(one.kind, one.subject) for one in found.findings} & found.well
