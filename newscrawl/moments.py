"""Pure: wall time as printed -> day or moment on the world's clock, within the years an article may have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo

EARLIEST = date(1990, 1, 1)
"""No outlet's page is older; an older date is a default value, somebody's birthday or another calendar's."""

_LATEST_YEAR = 2100  # where it is not known when the page was fetched
_GRACE = timedelta(hours=48)  # clocks run ahead, and papers print tomorrow's date

Precision = Literal["second", "minute", "day"]


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
class Printed:
    """What stands there, before a zone is applied: wall time, and the zone if one is printed."""

    day: date
    clock: time | None = None
    seconds: bool = False
    zone: str | None = None
    by_machine: bool = False


@dataclass(frozen=True)
class Printer:
    """What is known of who printed the date, and when it was seen."""

    zone: str
    order: str
    fetched_at: datetime | None
    lies_utc: bool


def resolve(printed: Printed, printer: Printer) -> ReadDate | None:
    """Return the printed wall time put on the world's clock."""
    if not EARLIEST.year <= printed.day.year <= _LATEST_YEAR:
        return None
    if printed.clock is None:
        return ReadDate(day=printed.day, at=None, zone=printer.zone, precision="day")
    in_utc = printed.by_machine and printed.zone == "UTC"
    zone = printer.zone if printed.zone is None or (in_utc and printer.lies_utc) else printed.zone
    wall = datetime.combine(printed.day, printed.clock, tzinfo=clock_of(zone))
    day = wall.astimezone(clock_of(printer.zone)).date() if in_utc else printed.day
    return ReadDate(day=day, at=wall.astimezone(UTC), zone=zone, precision="second" if printed.seconds else "minute")


def within(found: ReadDate | None, printer: Printer) -> ReadDate | None:
    """Return the date, unless it lies outside of the years an article may have."""
    if found is None or found.day < EARLIEST:
        return None
    if printer.fetched_at is None:
        return found
    latest = printer.fetched_at.astimezone(clock_of(printer.zone)) + _GRACE
    too_late = found.day > latest.date() or (found.at is not None and found.at > latest)
    return None if too_late else found


def day(year: str, month: str, number: str) -> date | None:
    """Return the day these figures name; None where the calendar has none."""
    try:
        return date(int(year), int(month), int(number))
    except ValueError:
        return None


def clock(hour: str, minute: str, second: str | None) -> time | None:
    """Return the time of day these figures name; None where no clock shows it."""
    try:
        return time(int(hour), int(minute), int(second or 0))
    except ValueError:
        return None


def offset_name(printed: str | None) -> str | None:
    """Return one spelling for an offset ("+07:00", "UTC" for zero); None for none or an impossible one."""
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
def clock_of(zone: str) -> tzinfo:
    """Return the clock of an IANA name or an offset such as "+07:00"."""
    if zone == "UTC":
        return UTC
    if not zone.startswith(("+", "-")):
        return ZoneInfo(zone)
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6]))
    return timezone(-offset if zone.startswith("-") else offset)
