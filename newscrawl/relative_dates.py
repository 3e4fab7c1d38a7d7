"""Pure: "2 hours ago", "yesterday, 21:34" -> day and time, counted from the moment the page was fetched."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from newscrawl import clock_times, moments
from newscrawl.date_words import Line, Words
from newscrawl.moments import Printed, Printer

_DAY = 86_400
_LINE_OPENS = re.compile(r"(?:^|[|•·:–—-]\s?)$")
_GOES_BEFORE = re.compile(
    r"(?:[0-9]\s?[^\W\d_]{1,12}[.,]{0,2}\s|\b(?:and|dan|e|en|et|und|ve|y|atau|o|oder|of|or|ou|veya)\s)$"
)
"""A larger or other amount before the one that was found: "2 months 5 days ago", "2 or 3 hours ago"."""
_SAYS_NO_MORE = re.compile(r"[\s,.]{0,3}(?:$|[|•·–—(/-]|(?:[^\W\d]{1,6}\s){0,3}[0-9])")
"""What may follow a word such as "yesterday": nothing, a separator, or a time with a word or two before it."""


def read(line: Line, words: Words, printer: Printer) -> Printed | None:
    """Return the day, or the minute where hours or less are told; None where nothing is told or never fetched.

    Weeks, months and years name no day, so they are not read.
    """
    if printer.fetched_at is None:
        return None
    now = printer.fetched_at.astimezone(moments.clock_of(printer.zone))
    published = words.published_part(line)
    for pattern in words.ago:
        if found := pattern.search(published.folded):
            return None if _GOES_BEFORE.search(published.folded[: found.start()]) else _ago(found, words, now)
    return _named(published, words, now, printer)


def _ago(found: re.Match[str], words: Words, now: datetime) -> Printed | None:
    told = found.groupdict()
    amounts = [(_number(told[f"n{n}"], words), words.units[told[f"u{n}"]]) for n in (1, 2) if f"n{n}" in told]
    before = timedelta(seconds=sum(number * unit for number, unit in amounts))
    if min(unit for _, unit in amounts) >= _DAY:
        return None if before % timedelta(days=1) else Printed((now - before).date())
    then = (now.astimezone(UTC) - before).astimezone(now.tzinfo)
    return Printed(then.date(), then.time().replace(second=0, microsecond=0))


def _number(printed: str, words: Words) -> float:
    return int(printed) if printed.isdigit() else words.numbers[printed]


def _named(line: Line, words: Words, now: datetime, printer: Printer) -> Printed | None:
    """The day of a word such as "yesterday" that opens the line, or stands behind a word for publication."""
    for found in words.relative_day.finditer(line.folded):
        if _opens(line.folded[: found.start()], words) and _SAYS_NO_MORE.match(line.folded, found.end()):
            day = now.date() - timedelta(days=words.days[found["word"]])
            rest = line.without([(0, found.end())])
            return clock_times.read(rest, day, words, printer) or Printed(day)
    return None


def _opens(before: str, words: Words) -> bool:
    before = before.rstrip()
    labels = [found for found in words.openings.finditer(before) if before[found.end() :].strip(" :") == ""]
    return bool(labels) or _LINE_OPENS.search(before) is not None
