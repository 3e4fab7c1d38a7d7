"""pure: shares of an outlet's pages in its last run against those of its past, and its selectors likewise.

Every share is judged by Wilson's interval (Wilson 1927, Probable Inference) at 99%: it fell where even its upper end
lies below the lower end of the past's, and the share itself below half of the past's; it rose where its lower end lies
above the upper end of the past's, and the share is a fifth at least and twice the past's. Where a run has few pages,
the runs before it are taken together with it, so that a small outlet is judged later and not wrongly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

Row = Mapping[str, Any]
"""A row of `run_outlets`, or of `run_selectors`."""
Key = tuple[str, str]
"""Kind and subject of an alarm."""

Z = 2.576
"""Standard deviations to either side that hold 99% of a normal distribution."""
ENOUGH = 8
"""Pages with which one run is judged alone: 0 of 8 against "almost all" lies outside of every interval."""
MOST_RUNS = 5
"""Runs taken together until they have so many pages."""
LEAST_NOW, LEAST_PAST = 4, 10
"""Pages without which nothing is said."""
PAGES_OF_PAST = 200
NOTICED_SHARE = 0.2
UNREAD_AT_ONCE = 10
"""Pages of which none could be read, from which on no past is needed to say that something is wrong."""


@dataclass(frozen=True)
class Share:
    """So many of so many."""

    of: int
    count: int

    @property
    def value(self) -> float:
        """The share; 0 of nothing."""
        return self.count / self.of if self.of else 0.0

    def interval(self) -> tuple[float, float]:
        """Return Wilson's interval of the share.

        >>> Share(8, 0).interval()[1] < 0.46 < 0.54 < Share(8, 8).interval()[0]
        True
        """
        if not self.of:
            return 0.0, 1.0
        n, p, square = self.of, min(max(self.value, 0.0), 1.0), Z * Z
        middle = (p + square / (2 * n)) / (1 + square / n)
        half = Z * sqrt(p * (1 - p) / n + square / (4 * n * n)) / (1 + square / n)
        return max(middle - half, 0.0), min(middle + half, 1.0)


def before(past: Sequence[Row], run_id: int | None, *, keep_since: bool = False) -> list[Row]:
    """Return the runs before an alarm was raised, all where there is none."""
    return [row for row in past if run_id is None or keep_since or row["run_id"] < run_id]


@dataclass(frozen=True)
class Measure:
    """One share that is watched."""

    kind: str
    count: Callable[[Row], int]
    of: Callable[[Row], int]
    rises: bool
    """Whether more than before is bad; else less is."""
    text: str
    """What is told: {count}, {of}, {percent} of the last {past}."""

    def share(self, rows: Sequence[Row]) -> Share:
        """Return the share over some runs."""
        of = sum(self.of(row) for row in rows)
        return Share(of, min(sum(self.count(row) for row in rows), of))


def column(*names: str) -> Callable[[Row], int]:
    """Return a function that adds up columns of a row."""
    return lambda row: sum(row[name] or 0 for name in names)


ENDINGS = ("articles", "unread", "forbidden", "robots", "server_errors", "truncated", "refused")
MEASURES = (
    Measure("dates", column("dated"), column("articles"), rises=False,
            text="a date was read on {count} of {of} articles; it was on {percent} of the last {past}: see date_css"),
    Measure("authors", column("signed"), column("articles"), rises=False,
            text="an author was found on {count} of {of} articles; one was on {percent} of the last {past}:"
                 " see author_css"),
    Measure("quotations", column("quoting"), column("articles"), rises=False,
            text="{count} of {of} articles have a quotation; {percent} of the last {past} had one: is the text whole?"),
    Measure("unread", column("unread"), column("articles", "unread"), rises=True,
            text="no article was found on {count} of {of} fetched pages; on {percent} of the last {past} none was:"
                 " see the reasons in `rejects`"),
    Measure("forbidden", column("forbidden"), column("pages"), rises=True,
            text="{count} of {of} pages were refused to us (401, 403); {percent} of the last {past} were"),
    Measure("robots", column("robots"), column("pages"), rises=True,
            text="robots.txt closes {count} of {of} pages; it closed {percent} of the last {past}"),
    Measure("server_errors", column("server_errors"), column("pages"), rises=True,
            text="the server failed on {count} of {of} pages (5xx); on {percent} of the last {past}"),
    Measure("truncated", column("truncated"), column("pages"), rises=True,
            text="{count} of {of} pages broke off; {percent} of the last {past} did"),
    Measure("refused", column("refused"), column("pages"), rises=True,
            text="the guard refused {count} of {of} pages; {percent} of the last {past}: see the reasons in `rejects`"),
    Measure("failing", lambda row: max(row["pages"] - column(*ENDINGS)(row), 0), column("pages"), rises=True,
            text="{count} of {of} pages could not be fetched; {percent} of the last {past} could not:"
                 " see the reasons in `rejects`"),
    Measure("furniture", column("cluttered"), column("articles"), rises=True,
            text="{count} of {of} articles are more furniture than text; {percent} of the last {past} were:"
                 " see body_css and drop_css"),
)  # fmt: skip


def judged_shares(now: Row, past: Sequence[Row], raised_by: Mapping[Key, int]) -> Iterator[tuple[Key, str | None]]:
    """Yield for each share what is wrong with it, "" where it is well, None where this run shows nothing."""
    for measure in MEASURES:
        key = (measure.kind, "")
        yield key, judged(measure, [now, *past], raised_by.get(key))


def judged(measure: Measure, rows: Sequence[Row], raised_by: int | None) -> str | None:
    """Return what is wrong with a share in the first of some runs, "" where it is well, None where it shows nothing."""
    if not measure.of(rows[0]):
        return None
    recent = taken_together(measure, rows)
    compared = up_to(measure, before(rows[len(recent) :], raised_by))
    latest, share, was = measure.share(rows[:1]), measure.share(recent), measure.share(compared)
    if not was.of and measure.kind == "unread" and share.count == share.of >= UNREAD_AT_ONCE:
        return f"no article was found on any of {share.of} fetched pages: see the reasons in `rejects`"
    has_changed = risen if measure.rises else fallen
    if not is_far_off(latest, was, rises=measure.rises):
        return ""
    if not has_changed(share, was):
        return None
    return measure.text.format(count=share.count, of=share.of, percent=percent(was), past=was.of)


def taken_together(measure: Measure, rows: Sequence[Row]) -> Sequence[Row]:
    """Return the last runs that together have enough pages, the last one alone where it has."""
    number = 1
    while number < min(MOST_RUNS, len(rows)) and measure.share(rows[:number]).of < ENOUGH:
        number += 1
    return rows[:number] if measure.share(rows[:number]).of >= LEAST_NOW else rows[:1]


def up_to(measure: Measure, rows: Sequence[Row]) -> list[Row]:
    """Return the runs that together have as many pages as the past needs."""
    found: list[Row] = []
    pages = 0
    for row in rows:
        if pages >= PAGES_OF_PAST:
            break
        found.append(row)
        pages += measure.of(row)
    return found


def fallen(now: Share, was: Share) -> bool:
    """Tell whether a share is surely less than half of what it was."""
    enough = now.of >= LEAST_NOW and was.of >= LEAST_PAST
    return enough and now.interval()[1] < was.interval()[0] and is_far_off(now, was, rises=False)


def risen(now: Share, was: Share) -> bool:
    """Tell whether a share is surely more than what it was, and so much that somebody should look."""
    enough = now.of >= LEAST_NOW and was.of >= LEAST_PAST
    return enough and now.interval()[0] > was.interval()[1] and is_far_off(now, was, rises=True)


def is_far_off(now: Share, was: Share, *, rises: bool) -> bool:
    """Tell whether a share itself, however few pages it is of, is far from what it was."""
    if rises:
        return now.value >= max(NOTICED_SHARE, 2 * was.value)
    return now.value < was.value / 2


def percent(share: Share) -> str:
    """Return a share for people; never 100% or 0% where it is not.

    >>> percent(Share(200, 196)), percent(Share(1000, 999)), percent(Share(7, 0))
    ('98%', '99%', '0%')
    """
    rounded = round(100 * share.value)
    if 0 < share.count < share.of:
        rounded = min(max(rounded, 1), 99)
    return f"{rounded}%"


# --- selectors ----------------------------------------------------------------------------------


MATCHED = "matched on {count} of {of} pages; it matched on {percent} of the last {past}"


def judged_selectors(
    now: Row, selectors: Sequence[Row], raised_by: Mapping[Key, int]
) -> Iterator[tuple[Key, str | None]]:
    """Yield for each selector of the last run what is wrong with it, as `judged_shares` does."""
    for latest in (row for row in selectors if row["run_id"] == now["run_id"]):
        key = ("selector", latest["field"])
        same = [r for r in selectors if (r["field"], r["selector"]) == (latest["field"], latest["selector"])]
        selector = latest["selector"].replace("{", "{{").replace("}", "}}")
        text = f"selector `{selector}` " + MATCHED
        measure = Measure("selector", column("matched"), column("pages"), rises=False, text=text)
        has_past = any(row["run_id"] < raised_by.get(key, 1 << 62) for row in same[1:])
        yield key, judged(measure, same, raised_by.get(key)) if has_past else ""
