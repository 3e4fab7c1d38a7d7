"""Pure: ISO 8601, RFC 2822 and what else machines print -> day and wall time, nothing missing and nothing left over."""

from __future__ import annotations

import re

from newscrawl import clock_times, moments
from newscrawl.date_words import Line, all_words
from newscrawl.moments import Printed, Printer

_OFFSET = clock_times.OFFSET
_ISO = re.compile(
    r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})"
    r"(?:[Tt ](?P<H>[0-9]{2}):(?P<M>[0-9]{2})(?::(?P<S>[0-9]{2})(?:[.,][0-9]{1,9})?)?"
    rf"\s?(?P<zone>[Zz]|{_OFFSET})?)?"
)
_ISO_SHORT = re.compile(
    r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})T(?P<H>[0-9]{2})(?P<M>[0-9]{2})(?P<S>[0-9]{2})?"
    rf"(?P<zone>Z|{_OFFSET})?"
)
_RFC = re.compile(
    r"(?:[A-Za-z]{3},?\s)?(?P<d>[0-9]{1,2})[ -](?P<month>[A-Za-z]{3})[ -](?P<y>[0-9]{4})"
    rf"\s(?P<H>[0-9]{{2}}):(?P<M>[0-9]{{2}})(?::(?P<S>[0-9]{{2}}))?\s(?P<zone>GMT|UTC|UT|Z|{_OFFSET})"
    r"(?:\s\([A-Za-z ]{1,30}\))?"
)
# Java's and C's own: "Fri Apr 28 19:20:36 CEST 2023".
_C_LIKE = re.compile(
    r"[A-Za-z]{3}\s(?P<month>[A-Za-z]{3})\s(?P<d>[0-9]{1,2})\s(?P<H>[0-9]{2}):(?P<M>[0-9]{2}):(?P<S>[0-9]{2})"
    r"(?:\s(?P<zone>[A-Z]{1,5}))?\s(?P<y>[0-9]{4})"
)
_FORMS = (_ISO, _ISO_SHORT, _RFC, _C_LIKE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
YEAR_FIRST = re.compile(r"(?P<y>[0-9]{4})(?P<sep>[-/]|\.\s?)(?P<m>[0-9]{1,2})(?P=sep)(?P<d>[0-9]{1,2})(?![0-9])")
_REST = re.compile(rf"[\s,.|-]{{0,5}}(?:[0-9]{{1,2}}[:.][0-9]{{2}}[0-9:.]{{0,3}}[\sA-Za-z().]{{0,12}}(?:{_OFFSET})?)?")
_OPENED_BY_YEAR = re.compile(r"[0-9]{4}(?:[-/.]\s?[0-9]|[0-9]{2,})")


def read(line: str) -> Printed | None:
    """Return what a machine printed; None where the line is not wholly one of its forms."""
    found = next((found for form in _FORMS if (found := form.fullmatch(line))), None)
    if found is None:
        return None
    parts = found.groupdict()
    day = moments.day(parts["y"], parts.get("m") or _month(parts["month"]), parts["d"])
    clock = moments.clock(parts["H"], parts["M"], parts["S"]) if parts["H"] else None
    zone = moments.offset_name(parts["zone"]) if found.re is not _C_LIKE else _named(parts["zone"])
    if day is not None and found.re is _C_LIKE and parts["zone"] and zone is None:
        return Printed(day)  # a clock in a zone nobody knows: the day is sure, the moment is not
    if day is None or (parts["H"] and clock is None) or (parts["zone"] and zone is None):
        return None
    return Printed(day, clock, bool(parts["S"]), zone, by_machine=True)


def _month(word: str) -> str:
    return str(_MONTHS.index(word.lower()) + 1) if word.lower() in _MONTHS else "0"


def _named(word: str | None) -> str | None:
    return "UTC" if word in {"UTC", "GMT", "Z"} else all_words().zones.get((word or "").lower())


def opened_by_year(line: Line) -> bool:
    """Tell whether a year in figures that go on opens the line: then `year_first` reads it, or nothing does."""
    return _OPENED_BY_YEAR.match(line.printed) is not None


def year_first(line: Line, printer: Printer) -> Printed | None:
    """Return a line such as "2025/06/23 21:34 WIB"; None where anything else stands there."""
    found = YEAR_FIRST.match(line.printed)
    if found is None or not _REST.fullmatch(line.printed, found.end()):
        return None
    day = moments.day(found["y"], found["m"], found["d"])
    if day is None:
        return None
    clock = clock_times.read(line.without([found.span()]), day, all_words(), printer)
    if clock is None and line.printed[found.end() :].strip(" ,.|-"):
        return None
    return clock or Printed(day)
