"""Pure: a date in words or figures as people read it -> its day and time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from newscrawl import clock_times, moments
from newscrawl.date_words import Line, Words, all_words
from newscrawl.machine_dates import YEAR_FIRST
from newscrawl.moments import Printed, Printer

_Dates = list[tuple[int, int, date | None]]  # start, end, day (None: no such day)

_NUMBERS = re.compile(
    r"(?<![0-9/.-])(?P<a>[0-9]{1,2})\s?(?P<sep>[-/.])\s?(?P<b>[0-9]{1,2})\s?(?P=sep)\s?(?P<y>[0-9]{4})(?![0-9/])"
)
"""Day and month in figures, year last."""

_SHORT_YEAR = re.compile(
    r"(?:^|[,|:(–-]\s?|\b[a-z]{2,3}\.?,?\s)(?P<d>[0-9]{2})\.(?P<m>[0-9]{2})\.(?P<y>[0-9]{2})(?![0-9]|\.[0-9])"
)
"""As Germans print it: where the day comes first, points and two figures each leave nothing open.

A longer word right before makes it something else: "Version 10.06.24".
"""


@dataclass(frozen=True)
class Written:
    """The dates that stand in a line, those of later changes left out."""

    line: Line
    dates: _Dates
    words: Words


def find(line: Line, tables: Sequence[Words], printer: Printer) -> Written | None:
    """Return the dates in words of the first language that has some, and in figures; None where none are printed."""
    for words in tables:
        published = words.without_ago(words.published_part(line))
        if found := [(one.start(), one.end(), _day(one, words)) for one in words.dated.finditer(published.folded)]:
            return Written(published, [*found, *_figures(published, printer)], words)
    for words in (*tables, all_words()):
        line = words.without_ago(words.published_part(line))
    figures = _figures(line, printer) or _short(line, printer)
    return Written(line, figures, all_words()) if figures else None


def the_one(written: Written, printer: Printer) -> Printed | None:
    """Return the one day that is printed, with its time; two different days in one line are no date."""
    days = {day for _, _, day in written.dates}
    day = days.pop() if len(days) == 1 else None
    first = min(start for start, _, _ in written.dates)
    if day is None or written.words.ranges.search(written.line.folded[:first]):
        return None
    rest = written.line.without((start, end) for start, end, _ in written.dates)
    return clock_times.read(rest, day, written.words, printer) or Printed(day)


def _figures(line: Line, printer: Printer) -> _Dates:
    """The dates in figures, year last or year first."""
    return [(one.start(), one.end(), _ordered(one, printer.order)) for one in _NUMBERS.finditer(line.folded)] + [
        (one.start(), one.end(), moments.day(one["y"], one["m"], one["d"]))
        for one in YEAR_FIRST.finditer(line.folded)
        if one.start() == 0 or not line.folded[one.start() - 1].isdigit()
    ]


def _short(line: Line, printer: Printer) -> _Dates:
    """The dates whose year has two figures; only where it is known which century the page is from."""
    if printer.order != "DMY" or printer.fetched_at is None:
        return []
    found = _SHORT_YEAR.finditer(line.folded)
    return [(one.start("d"), one.end(), moments.day(f"20{one['y']}", one["m"], one["d"])) for one in found]


def _day(found: re.Match[str], words: Words) -> date | None:
    month = words.months[found["m1"] or found["m2"]]
    return moments.day(found["y1"] or found["y2"], str(month), found["d1"] or found["d2"])


def _ordered(found: re.Match[str], order: str) -> date | None:
    if order.index("M") < order.index("D"):
        return moments.day(found["y"], found["a"], found["b"])
    return moments.day(found["y"], found["b"], found["a"])
