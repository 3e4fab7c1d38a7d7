"""Pure: printed date -> moment or day, with precision and zone."""

from __future__ import annotations

import re
from datetime import datetime

import dateparser
from dateparser.data.languages_info import language_order

from newscrawl import date_words, machine_dates, moments, relative_dates, written_dates
from newscrawl.date_words import Line
from newscrawl.moments import EARLIEST, Precision, Printed, Printer, ReadDate

__all__ = ["EARLIEST", "Precision", "ReadDate", "read"]

_LONGEST = 200  # characters of a printed line that are looked at
_LONGEST_FOREIGN = 64  # characters that dateparser is given: it is slow on long text
_FOREIGN_DAY = re.compile(
    r"(?<![0-9.,:/-])[0-9]{1,2}(?:\.|º|er)?\s(?:de\s)?[^\W\d_]{3,12}\.?\s(?:de\s)?[0-9]{4}(?![0-9])"
)


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
    `fetched_at` and are as rough as they were printed. Of a date of publication and one of the last change in
    one line the first is read. Dates before 1990, or more than two days after the page was fetched, are no dates.

    >>> read("Senin (23/6/2025)", language="id", zone="Asia/Jakarta").day.isoformat()
    '2025-06-23'
    """
    printer = Printer(zone, order.upper(), fetched_at, lies_utc)
    line = date_words.line_of(text, _LONGEST)
    code = None if language is None else language.strip().lower().replace("_", "-").split("-", 1)[0]
    printed = machine_dates.read(line.printed) or _by_people(line, code, printer)
    return moments.within(moments.resolve(printed, printer), printer) if printed else None


def _by_people(line: Line, language: str | None, printer: Printer) -> Printed | None:
    """A date in words and figures, the surest reading first; what is printed and unclear is not tried again."""
    if machine_dates.opened_by_year(line):
        return machine_dates.year_first(line, printer)
    tables = date_words.tables(language)
    if written := written_dates.find(line, tables, printer):
        return written_dates.the_one(written, printer)
    for words in tables:
        if found := relative_dates.read(line, words, printer):
            return found
    return _foreign(line.printed, language, printer)


def _foreign(line: str, language: str | None, printer: Printer) -> Printed | None:
    """What dateparser reads in a language we have no words for, if day and year are printed as it says."""
    if language is None or language in date_words.known() or not any(map(str.isalpha, line)):
        return None  # what our own tables and figures refuse stays refused
    opened = _FOREIGN_DAY.search(line)
    line = line[opened.start() if opened else 0 :][:_LONGEST_FOREIGN]
    figures = re.findall(r"[0-9]+", line)
    if language not in language_order or not any(len(figure) == 4 for figure in figures):  # noqa: PLR2004 - a year's figures
        return None
    settings = {
        "STRICT_PARSING": True,
        "REQUIRE_PARTS": ["day", "month", "year"],
        "DATE_ORDER": printer.order,
        "PARSERS": ["absolute-time"],
    }
    found = dateparser.parse(line, languages=[language], settings=settings)
    if found is None or str(found.year) not in figures or not {str(found.day), f"{found.day:02}"} & set(figures):
        return None
    if not any(f"{found.hour:{width}}{mark}{found:%M}" in line for width in ("", "02") for mark in ":."):
        return Printed(found.date())  # midnight, or a half of the day that it took for another
    zone = None if found.tzinfo is None else moments.offset_name(f"{found:%z}")
    return Printed(found.date(), found.time().replace(tzinfo=None, microsecond=0), bool(found.second), zone)
