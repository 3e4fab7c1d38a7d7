"""pure: an outlet's last run against its own past -> what fares otherwise than it should, and what fares well.

What a run brought, its listings and its texts are judged here, shares of its pages and its selectors in `shares`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from statistics import fmean, median

from newscrawl.shares import (
    ENOUGH,
    LEAST_NOW,
    LEAST_PAST,
    MOST_RUNS,
    NOTICED_SHARE,
    PAGES_OF_PAST,
    Key,
    Row,
    Share,
    before,
    judged_selectors,
    judged_shares,
)

RUNS_OF_PAST = 20
LEAST_RUNS = 5
"""Runs of the past without which nothing is said of how many articles a run should bring."""
CHANCE = 0.01
"""How likely a row of empty runs may be, by the share of empty ones in the past, for an alarm."""
NEVER_FEWER = 3
"""An outlet whose every run brought so many articles raises an alarm with the first that brings none."""
FEW_LINKS = 5
LEARNED_RUNS, LEARNED_LEAST, LEARNED_MORE = 10, 5, 20
"""Runs, pieces of furniture before, and pieces more than before, for saying that furniture grows."""
TAKEN_MORE = 10
"""Per cent of the texts that must go as furniture beyond what used to: a few lines of a short article are as much."""


@dataclass(frozen=True)
class Finding:
    """Something at an outlet that wants a look."""

    kind: str
    subject: str
    """Which selector, where the kind is `selector`; else empty."""
    text: str


@dataclass(frozen=True)
class Judgement:
    """How an outlet fared."""

    findings: tuple[Finding, ...] = ()
    well: frozenset[Key] = frozenset()
    """Kinds and subjects of which this run shows that they are well; of the others it shows nothing."""


def judge(now: Row, past: Sequence[Row], selectors: Sequence[Row], raised_by: Mapping[Key, int]) -> Judgement:
    """Return how an outlet fared in its last run.

    `past` holds its runs before that, `selectors` the rows of all its selectors with those of the last run, each the
    newest first. `raised_by` tells which run raised an alarm that is still open: what came since then is no past to
    compare with, else a broken outlet would be taken for well after a while.
    """
    told = [
        *judged_shares(now, past, raised_by),
        *judged_selectors(now, selectors, raised_by),
        (("short", ""), shorter(now, before(past, raised_by.get(("short", ""))))),
        (("silent", ""), silent(now, before(past, raised_by.get(("silent", "")), keep_since=True))),
        (("no_links", ""), without_links(now, before(past, raised_by.get(("no_links", ""))))),
        (("listings", ""), unreadable_listings(now, past)),
        (("flawed", ""), flawed_listings(now, past, raised_by.get(("flawed", "")))),
        (("learned", ""), growing(now, before(past, raised_by.get(("learned", ""))))),
        (("taken", ""), taking_text(now, before(past, raised_by.get(("taken", ""))))),
    ]
    findings = tuple(Finding(*key, text) for key, text in told if text)
    return Judgement(findings, frozenset(key for key, text in told if text == ""))


# --- texts, listings, news, furniture -----------------------------------------------------------


def shorter(now: Row, past: Sequence[Row]) -> str | None:
    """Return what is told where most bodies are shorter than nineteen of twenty were."""
    lengths = lengths_of([now])
    if not lengths:
        return None
    runs = [now, *past]
    number = 1
    while len(lengths) < ENOUGH and number < min(MOST_RUNS, len(runs)):
        lengths, number = lengths_of(runs[: number + 1]), number + 1
    were = sorted(lengths_of(runs[number:])[:PAGES_OF_PAST])
    if len(were) < LEAST_PAST:
        return ""
    usual, short = median(were), were[len(were) // 20]
    if median(lengths_of([now])) >= usual / 2:
        return ""
    few = Share(len(lengths), sum(length < short for length in lengths))
    if few.interval()[0] <= 1 / 2 or median(lengths) >= usual / 2:
        return None
    return (
        f"the texts of {few.of} articles have {median(lengths):.0f} characters in the middle; those of the last"
        f" {len(were)} had {usual:.0f}: see body_css"
    )


def lengths_of(rows: Sequence[Row]) -> list[int]:
    """Return the lengths of the bodies of some runs."""
    return [int(length) for row in rows for length in json.loads(row["body_lengths"])]


def silent(now: Row, past: Sequence[Row]) -> str | None:
    """Return what is told where an outlet that brings news brings none.

    At once where no run brought fewer than NEVER_FEWER articles. Else after so many empty runs in a row as are unlikely
    by the share of empty runs in the past, and over twice as many as there ever were in a row: nights and holidays.
    """
    if not has_looked(now):
        return None
    if news(now):
        return ""
    looked = [row for row in past if has_looked(row)]
    streak = list(takewhile(lambda row: not news(row), looked))
    were = [news(row) for row in looked[len(streak) :]]
    last = were[:RUNS_OF_PAST]
    if len(last) < LEAST_RUNS or not median(last):
        return None
    empty, longest = 1 + len(streak), longest_streak(were)
    chance = ((last.count(0) + 1) / (len(last) + 2)) ** empty
    at_once = not longest and min(last) >= NEVER_FEWER
    if not at_once and (chance >= CHANCE or empty <= 2 * longest):
        return None
    runs = "this run" if empty == 1 else f"the last {empty} runs"
    return f"{runs} brought no new article; half of the {len(last)} runs before brought {median(last):g} or more"


def news(row: Row) -> int:
    """Return how many new articles and versions a run brought."""
    return int(row["saved"] + row["new_versions"])


def has_looked(row: Row) -> bool:
    """Tell whether a run read any listing, changed or not."""
    return bool(row["listings"] or row["listings_unchanged"])


def longest_streak(numbers: Sequence[int]) -> int:
    """Return the most zeros in a row.

    >>> longest_streak([3, 0, 0, 1, 0])
    2
    """
    longest = here = 0
    for number in numbers:
        here = 0 if number else here + 1
        longest = max(longest, here)
    return longest


def without_links(now: Row, past: Sequence[Row]) -> str | None:
    """Return what is told where listings are read and none links to an article, though they always did."""
    if not has_read(now):
        return None
    if now["links"]:
        return ""
    were = [row["links"] for row in past if has_read(row)][:RUNS_OF_PAST]
    if not were or median(were) < FEW_LINKS or 0 in were:
        return None
    return (
        f"no link to an article on {now['listings']} listings; there were {median(were):g} in the middle of the last"
        f" {len(were)} runs: see link_css, article_url and the listings' addresses"
    )


def has_read(row: Row) -> bool:
    """Tell whether a run read a listing that was not as before."""
    return bool(row["listings"])


def unreadable_listings(now: Row, past: Sequence[Row]) -> str | None:
    """Return what is told where all listings failed in two runs, one after the other, at an outlet that had worked."""
    if has_looked(now):
        return ""
    asked = [row for row in past if has_looked(row) or row["listings_failed"]]
    if not now["listings_failed"] or not asked or has_looked(asked[0]) or not any(map(has_looked, asked)):
        return None
    failed = 1 + len(list(takewhile(lambda row: not has_looked(row), asked)))
    return f"none of its {now['listings_failed']} listings could be read in the last {failed} runs: see the log"


def flawed_listings(now: Row, past: Sequence[Row], raised_by: int | None) -> str | None:
    """Return what is told where listings that could be read are damaged or cut, in two runs in a row without news.

    What can be read of them is used, so where news comes all may be well; a listing that always had a flaw is no news.
    """
    if not has_looked(now):
        return None
    if not now["listings_flawed"]:
        return ""
    looked = [row for row in past if has_looked(row)]
    streak = list(takewhile(lambda row: row["listings_flawed"] and not news(row), looked))
    were = [row["listings_flawed"] for row in before(looked[len(streak) :], raised_by)][:RUNS_OF_PAST]
    if len(were) < LEAST_RUNS or news(now) or not streak:
        return None
    if now["listings_flawed"] <= median(were):
        return ""
    return (
        f"{now['listings_flawed']} of {now['listings']} listings are damaged or cut, and the last"
        f" {1 + len(streak)} runs brought nothing new; {median(were):g} were in the middle of the {len(were)} runs"
        f" before: see the reasons in `rejects` (stage `listing`) and `newscrawl outlets --check {now['outlet']}`"
    )


def growing(now: Row, past: Sequence[Row]) -> str | None:
    """Return what is told where much more of an outlet's texts is learned to be furniture than before."""
    were = [row["learned"] for row in past if row["learned"] is not None][:RUNS_OF_PAST]
    if now["learned"] is None or len(were) < LEARNED_RUNS or median(were) < LEARNED_LEAST:
        return None
    if now["learned"] < 2 * median(were) or now["learned"] < median(were) + LEARNED_MORE:
        return ""
    return (
        f"{now['learned']} lines and openings are furniture; {median(were):g} were in the middle of the last"
        f" {len(were)} runs: `newscrawl outlets --furniture {now['outlet']}` shows them"
    )


def taking_text(now: Row, past: Sequence[Row]) -> str | None:
    """Return what is told where far more of the texts is taken out as furniture than was.

    That is: of surely more than a fifth of the articles as much as of one in twenty before, and in all TAKEN_MORE per
    cent more than before. A line that is learned wrongly, or a rule that fits too much, does that.
    """
    shares, number, runs = shares_of([now]), 1, [now, *past]
    if not shares:
        return None
    while len(shares) < ENOUGH and number < min(MOST_RUNS, len(runs)):
        shares, number = shares_of(runs[: number + 1]), number + 1
    were = sorted(shares_of(runs[number:])[:PAGES_OF_PAST])
    if len(were) < LEAST_PAST or fmean(shares_of([now])) < fmean(were) + TAKEN_MORE:
        return ""
    many = Share(len(shares), sum(share > were[-1 - len(were) // 20] for share in shares))
    if many.of < LEAST_NOW or many.interval()[0] <= NOTICED_SHARE or fmean(shares) < fmean(were) + TAKEN_MORE:
        return None
    return (
        f"{fmean(shares):.0f}% of the text of {many.of} articles was taken out as furniture; it was"
        f" {fmean(were):.0f}% of the last {len(were)}; most went with “{now['furniture_most']}”: see"
        f" `newscrawl outlets --furniture {now['outlet']}`, and drop_css where it is not listed there"
    )


def shares_of(rows: Sequence[Row]) -> list[int]:
    """Return how many per cent of the text of each new article of some runs were taken out as furniture."""
    return [int(share) for row in rows for share in json.loads(row["furniture_shares"])]
