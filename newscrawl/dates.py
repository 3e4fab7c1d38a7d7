"""Pure: printed date -> moment or day, with precision and zone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo

import dateparser
from dateparser.data.languages_info import language_order

from newscrawl import languages
from newscrawl.languages import DateWords

EARLIEST = date(1990, 1, 1)
"""No outlet's page is older; an older date is a default value or somebody's birthday."""

_LATEST_YEAR = 2100  # where it is not known when the page was fetched
_GRACE = timedelta(hours=48)  # clocks run ahead, and papers print tomorrow's date
_LONGEST = 200  # characters of a printed line that are looked at
_LONGEST_FOREIGN = 64  # characters that dateparser is given: it is slow on long text
_NOON = 12

Precision = Literal["second", "minute", "day"]

_OFFSET = r"[+\-−][0-9]{1,2}(?::?[0-9]{2})?"
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
_RFC_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR_FIRST = re.compile(r"(?P<y>[0-9]{4})(?P<sep>[-/.])(?P<m>[0-9]{1,2})(?P=sep)(?P<d>[0-9]{1,2})(?![0-9])")
_IN_FOREIGN_WORDS = re.compile(
    r"(?<![0-9.,:/-])[0-9]{1,2}(?:\.|º|er)?\s(?:de\s)?[^\W\d_]{3,12}\.?\s(?:de\s)?[0-9]{4}(?![0-9])"
)
_LOOKS_MADE_BY_MACHINE = re.compile(r"[0-9]{4}(?:[-/.][0-9]|[0-9]{2,})")
_NUMBERS = re.compile(
    r"(?<![0-9/.-])(?P<a>[0-9]{1,2})\s?(?P<sep>[-/.])\s?(?P<b>[0-9]{1,2})\s?(?P=sep)\s?(?P<y>[0-9]{4})(?![0-9/])"
)
_TIME = re.compile(
    r"(?<![0-9:.])(?P<H>[01]?[0-9]|2[0-3])(?:[:.](?P<M>[0-5][0-9])(?:[:.](?P<S>[0-5][0-9]))?)?(?![0-9]|[:.][0-9])"
    r"\s?(?P<half>[ap]\.?m\b\.?)?",
    re.IGNORECASE,
)
_ZONE = re.compile(rf"\s{{0,2}}[(\[]?(?P<word>[A-Za-z]{{1,5}})?\s?(?P<offset>{_OFFSET}(?![0-9]))?")
_YEAR_FIRST_REST = re.compile(
    rf"[\s,|-]{{0,5}}(?:[0-9]{{1,2}}[:.][0-9]{{2}}[0-9:.]{{0,3}}[\sA-Za-z().]{{0,12}}(?:{_OFFSET})?)?"
)
_RANGE = re.compile(r"(?<![0-9:.])[0-9]{1,2}\s?(?:[-–&]|s/d|s\.d\.)\s?$")  # "23-24 June 2025" is no one day


@dataclass(frozen=True, kw_only=True)
class ReadDate:
    """A printed date as read: a day, and a moment only where a time was printed."""

    day: date
    """The day as printed; the outlet's day where a machine printed the moment in UTC."""
    at: datetime | None
    """The moment in UTC."""
    zone: str | None
    """IANA name or UTC offset the time was read in; the outlet's own where none was printed."""
    precision: Precision


@dataclass(frozen=True)
class _Printed:
    """What stands there, before a zone is applied: wall time, and the zone if one is printed."""

    day: date
    clock: time | None = None
    seconds: bool = False
    zone: str | None = None
    by_machine: bool = False


@dataclass(frozen=True)
class _Outlet:
    """What is known of who printed the date, and when it was seen."""

    zone: str
    order: str
    fetched_at: datetime | None
    lies_utc: bool


def read(  # noqa: PLR0913 - each says one thing an outlet does its own way
    text: str,
    *,
    language: str | None,
    order: str = "DMY",
    zone: str = "UTC",
    fetched_at: datetime | None = None,
    lies_utc: bool = False,
) -> ReadDate | None:
    """The day, and the moment where a time is printed; None where that can not be read for sure.

    `order` says how the outlet prints days in figures, `zone` where its clock stands. `lies_utc` is for
    outlets whose machine dates say UTC and mean their own clock. Relative dates ("2 hours ago") need
    `fetched_at` and are as rough as they were printed. Dates before 1990, or more than two days after the
    page was fetched, are no dates.

    >>> read("Senin (23/6/2025)", language="id", zone="Asia/Jakarta").day.isoformat()
    '2025-06-23'
    """
    outlet = _Outlet(zone, order.upper(), fetched_at, lies_utc)
    line = " ".join(text[: 2 * _LONGEST].replace("\0", " ").split())[:_LONGEST]
    if machine := _machine(line):
        return _within(_resolve(machine, outlet), outlet)
    if _LOOKS_MADE_BY_MACHINE.match(line):
        return _within(_year_first(line, outlet), outlet)
    return _within(_printed(line, language, outlet), outlet)


def _machine(line: str) -> _Printed | None:
    """ISO 8601 or RFC 2822, of which nothing is missing and nothing is left over."""
    found = _ISO.fullmatch(line) or _ISO_SHORT.fullmatch(line) or _RFC.fullmatch(line) or _C_LIKE.fullmatch(line)
    if found is None:
        return None
    parts = found.groupdict()
    day = _day(parts["y"], parts.get("m") or _rfc_month(parts["month"]), parts["d"])
    clock = _clock(parts["H"], parts["M"], parts["S"]) if parts["H"] else None
    zone = _offset_name(parts["zone"]) if found.re is not _C_LIKE else _named_offset(parts["zone"])
    if day is not None and found.re is _C_LIKE and parts["zone"] and zone is None:
        return _Printed(day)  # a clock in a zone nobody knows: the day is sure, the moment is not
    if day is None or (parts["H"] and clock is None) or (parts["zone"] and zone is None):
        return None
    return _Printed(day, clock, bool(parts["S"]), zone, by_machine=True)


def _named_offset(word: str | None) -> str | None:
    return "UTC" if word in {"UTC", "GMT", "Z"} else _all_words().zones.get((word or "").lower())


def _rfc_month(word: str) -> str:
    return str(_RFC_MONTHS.index(word.lower()) + 1) if word.lower() in _RFC_MONTHS else "0"


def _year_first(line: str, outlet: _Outlet) -> ReadDate | None:
    """A line such as "2025/06/23 21:34 WIB"; None where anything else stands there."""
    found = _YEAR_FIRST.match(line)
    if found is None or not _YEAR_FIRST_REST.fullmatch(line, found.end()):
        return None
    rest = line[found.end() :]
    day = _day(found["y"], found["m"], found["d"])
    clock = _read_clock(rest, day, _all_words(), outlet) if day else None
    if day is None or (rest.strip(" ,|-") and clock is None):
        return None
    return _resolve(clock or _Printed(day), outlet)


def _printed(line: str, language: str | None, outlet: _Outlet) -> ReadDate | None:
    """A date in words and figures as people read it."""
    for words in _tables(language):
        if found := _in_words(line, words, outlet):
            return found
    numbers = _unmodified(line, _all_words())
    if found := _one_date(numbers, _in_figures(numbers, outlet.order), _all_words(), outlet):
        return found
    relative = (_relative(line, words, outlet) for words in _tables(language))
    return next((found for found in relative if found), None) or _foreign(line, language, outlet)


def _tables(language: str | None) -> tuple[DateWords, ...]:
    """The date words to try: the language's own, then English, which machines print; all for no language."""
    codes = languages.known() if language is None else (language, "en")
    tables = (languages.load(code).dates for code in dict.fromkeys(codes))
    return tuple(words for words in tables if words.months)


@cache
def _all_words() -> DateWords:
    """The zones and the words for changes of all languages together."""
    tables = [languages.load(code).dates for code in languages.known()]
    return DateWords(
        zones={word: zone for words in tables for word, zone in words.zones.items()},
        modified=frozenset(word for words in tables for word in words.modified),
    )


_Dates = list[tuple[int, int, date | None]]  # start, end, day (None: no such day)


def _in_words(line: str, words: DateWords, outlet: _Outlet) -> ReadDate | None:
    line = _unmodified(line, words)
    return _one_date(line, _with_month(line, words), words, outlet)


def _key(word: str) -> str:
    """A matched word as the tables spell it: İ and ſ match i and s, but lower() keeps them apart."""
    return word.replace("İ", "i").replace("ſ", "s").lower()


def _with_month(line: str, words: DateWords) -> _Dates:
    months = words.months
    return [
        (
            found.start(),
            found.end(),
            _day(
                found["y1"] or found["y2"],
                str(months[_key(found["m1"] or found["m2"])]),
                found["d1"] or found["d2"],
            ),
        )
        for found in _month_pattern(tuple(months)).finditer(line)
    ]


def _in_figures(line: str, order: str) -> _Dates:
    found = list(_NUMBERS.finditer(line))
    return [(one.start(), one.end(), _ordered(one, order)) for one in found] + [
        (one.start(), one.end(), _day(one["y"], one["m"], one["d"]))
        for one in _YEAR_FIRST.finditer(line)
        if one.start() == 0 or not line[one.start() - 1].isdigit()
    ]


def _ordered(found: re.Match[str], order: str) -> date | None:
    if order.index("M") < order.index("D"):
        return _day(found["y"], found["a"], found["b"])
    return _day(found["y"], found["b"], found["a"])


def _one_date(line: str, dates: _Dates, words: DateWords, outlet: _Outlet) -> ReadDate | None:
    """The one day that is printed, with its time; two different days in one line are no date."""
    days = {day for _, _, day in dates}
    day = days.pop() if len(days) == 1 else None
    if day is None or _RANGE.search(line[: dates[0][0]]):
        return None
    rest = line
    for start, end, _ in dates:
        rest = f"{rest[:start]}{'|' * (end - start)}{rest[end:]}"
    return _resolve(_read_clock(rest, day, words, outlet) or _Printed(day), outlet)


def _read_clock(rest: str, day: date, words: DateWords, outlet: _Outlet) -> _Printed | None:
    """The time in the line that is left when the date is taken out; None unless exactly one is printed."""
    times = [found for found in _TIME.finditer(rest) if found["M"] or found["half"]]
    if len({(found["H"], found["M"], found["half"]) for found in times}) != 1:
        return None
    clock = _clock(_hour(times[0]), times[0]["M"] or "0", times[0]["S"])
    if clock is None:
        return None
    after = _ZONE.match(rest, times[0].end())
    zone = _zone_of(after, datetime.combine(day, clock), words, outlet) if after else None
    return None if zone == "?" else _Printed(day, clock, bool(times[0]["S"]), zone)


def _hour(found: re.Match[str]) -> str:
    half, hour = (found["half"] or "").lower(), int(found["H"])
    if half.startswith("p") and hour < _NOON:
        hour += _NOON
    return "0" if half.startswith("a") and hour == _NOON else str(hour)


def _zone_of(after: re.Match[str], wall: datetime, words: DateWords, outlet: _Outlet) -> str | None:
    """The zone printed after a time; None for no zone, "?" for one that nobody can be sure of."""
    word, offset = after["word"] or "", after["offset"]
    if offset and word.upper() in {"", "UTC", "GMT", "Z"}:
        return _offset_name(offset) or "?"
    if word and wall.replace(tzinfo=_zone(outlet.zone)).tzname() == word.upper():
        return outlet.zone
    if known := words.zones.get(word.lower()):
        return known
    return "?" if word.isupper() and len(word) > 2 and word.endswith("T") else None  # noqa: PLR2004 - as in EST


def _relative(line: str, words: DateWords, outlet: _Outlet) -> ReadDate | None:
    """A date told from the moment the page was fetched: "2 hours ago", "yesterday, 21:34"."""
    if outlet.fetched_at is None:
        return None
    now = outlet.fetched_at.astimezone(_zone(outlet.zone))
    if found := _ago_pattern(words).search(line):
        return _ago(found, words, now, outlet)
    if found := _days_pattern(tuple(words.days)).match(line):
        day = now.date() - timedelta(days=words.days[_key(found["word"])])
        return _resolve(_read_clock(line[found.end() :], day, words, outlet) or _Printed(day), outlet)
    return None


def _ago(found: re.Match[str], words: DateWords, now: datetime, outlet: _Outlet) -> ReadDate | None:
    unit = words.units[_key(found["unit"])]
    number = int(found["n"]) if found["n"].isdigit() else words.numbers[_key(found["n"])]
    then = now - timedelta(seconds=number * unit)
    if unit >= 86_400:  # noqa: PLR2004 - a day's seconds
        return _resolve(_Printed(then.date()), outlet)
    return ReadDate(day=then.date(), at=then.astimezone(UTC), zone=outlet.zone, precision="minute")


def _foreign(line: str, language: str | None, outlet: _Outlet) -> ReadDate | None:
    """What dateparser reads in a language we have no words for, if day and year are printed as it says."""
    if language in languages.known() or _NUMBERS.search(line):
        return None  # what our own tables refuse stays refused: dateparser would swap day and month
    opened = _IN_FOREIGN_WORDS.search(line)
    line = line[opened.start() if opened else 0 :][:_LONGEST_FOREIGN]
    code = (language or "").lower().split("-")[0]
    figures = re.findall(r"[0-9]+", line)
    if code not in language_order or not any(len(figure) == 4 for figure in figures):  # noqa: PLR2004 - a year's figures
        return None
    settings = {
        "STRICT_PARSING": True,
        "REQUIRE_PARTS": ["day", "month", "year"],
        "DATE_ORDER": outlet.order,
        "PARSERS": ["absolute-time"],
    }
    found = dateparser.parse(line, languages=[code], settings=settings)
    if found is None or str(found.year) not in figures or not {str(found.day), f"{found.day:02}"} & set(figures):
        return None
    printed_time = f"{found:%H:%M}" in line or f"{found:%H.%M}" in line
    if not printed_time:
        return _resolve(_Printed(found.date()), outlet)
    zone = None if found.tzinfo is None else _offset_name(f"{found:%z}")
    return _resolve(_Printed(found.date(), found.time().replace(tzinfo=None), bool(found.second), zone), outlet)


def _resolve(printed: _Printed, outlet: _Outlet) -> ReadDate | None:
    """The printed wall time put on the world's clock."""
    if not EARLIEST.year <= printed.day.year <= _LATEST_YEAR:
        return None
    if printed.clock is None:
        return ReadDate(day=printed.day, at=None, zone=outlet.zone, precision="day")
    in_utc = printed.by_machine and printed.zone == "UTC"
    zone = outlet.zone if printed.zone is None or (in_utc and outlet.lies_utc) else printed.zone
    wall = datetime.combine(printed.day, printed.clock, tzinfo=_zone(zone))
    day = wall.astimezone(_zone(outlet.zone)).date() if in_utc else printed.day
    return ReadDate(day=day, at=wall.astimezone(UTC), zone=zone, precision="second" if printed.seconds else "minute")


def _within(found: ReadDate | None, outlet: _Outlet) -> ReadDate | None:
    """The date, unless it lies outside of the years an article may have."""
    if found is None or found.day < EARLIEST:
        return None
    if outlet.fetched_at is None:
        return found
    latest = outlet.fetched_at.astimezone(_zone(outlet.zone)) + _GRACE
    too_late = found.day > latest.date() or (found.at is not None and found.at > latest)
    return None if too_late else found


def _unmodified(line: str, words: DateWords) -> str:
    """The line up to the word that opens the date of the last change, if a date stands before that word."""
    found = _words_pattern(tuple(words.modified)).search(line) if words.modified else None
    return line if found is None or not re.search(r"[0-9]{4}", line[: found.start()]) else line[: found.start()]


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _clock(hour: str, minute: str, second: str | None) -> time | None:
    try:
        return time(int(hour), int(minute), int(second or 0))
    except ValueError:
        return None


def _offset_name(printed: str | None) -> str | None:
    """One spelling for an offset ("+07:00", "UTC" for zero); None for none or an impossible one."""
    if printed is None:
        return None
    if printed.upper() in {"Z", "UT", "UTC", "GMT"}:
        return "UTC"
    figures = printed[1:].replace(":", "")
    hours, minutes = (figures[:-2], figures[-2:]) if len(figures) > 2 else (figures, "00")  # noqa: PLR2004 - HMM or HHMM
    if int(hours) > 14 or int(minutes) > 59:  # noqa: PLR2004 - Kiribati's clock is the farthest
        return None
    sign = "+" if printed.startswith("+") else "-"
    return "UTC" if int(hours) == int(minutes) == 0 else f"{sign}{int(hours):02}:{minutes}"


@cache
def _zone(name: str) -> tzinfo:
    """The zone of an IANA name or an offset such as "+07:00"."""
    if name == "UTC":
        return UTC
    if not name.startswith(("+", "-")):
        return ZoneInfo(name)
    offset = timedelta(hours=int(name[1:3]), minutes=int(name[4:6]))
    return timezone(-offset if name.startswith("-") else offset)


def _either(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@cache
def _words_pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{_either(words)})\b", re.IGNORECASE)


@cache
def _month_pattern(months: tuple[str, ...]) -> re.Pattern[str]:
    month = _either(months)
    return re.compile(
        rf"(?<![0-9])(?P<d1>[0-9]{{1,2}})(?:st|nd|rd|th)?\.?(?:\sof)?[\s./-]{{0,3}}\b(?P<m1>{month})\b[\s.,'/-]{{1,4}}(?P<y1>[0-9]{{4}})(?![0-9])"
        rf"|\b(?P<m2>{month})\b\.?\s(?P<d2>[0-9]{{1,2}})(?:st|nd|rd|th)?,?\s(?P<y2>[0-9]{{4}})(?![0-9])",
        re.IGNORECASE,
    )


def _ago_pattern(words: DateWords) -> re.Pattern[str]:
    return _ago_words(tuple(words.numbers), tuple(words.units), tuple(sorted(words.ago)))


@cache
def _ago_words(numbers: tuple[str, ...], units: tuple[str, ...], ago: tuple[str, ...]) -> re.Pattern[str]:
    number = rf"[0-9]{{1,4}}|{_either(numbers)}"
    return re.compile(
        rf"(?<![0-9A-Za-z.,])(?P<n>{number})\s?(?P<unit>{_either(units)})\s(?:{_either(ago)})\b",
        re.IGNORECASE,
    )


@cache
def _days_pattern(days: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?P<word>{_either(days)})\b", re.IGNORECASE)
