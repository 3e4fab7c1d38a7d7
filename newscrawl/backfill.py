"""Pure: history by days: which parts of a sitemap index, which links and which index pages fall between two days."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from newscrawl import dates
from newscrawl.discovery import Link

LONGEST = 366 * 50
"""Days; the web is younger."""
_MARK = r"(?:[-_/.]|&[a-z]{1,6}=)?"
_NAMED = re.compile(
    rf"(?<!\d)((?:19|20)\d\d)(?:{_MARK}(0[1-9]|1[0-2])(?:{_MARK}(0[1-9]|[12]\d|3[01]))?)?(?!\d)", re.IGNORECASE
)
_DAY_IN_PATH = re.compile(r"/((?:19|20)\d\d)[/-]?(0[1-9]|1[0-2])[/-]?(0[1-9]|[12]\d|3[01])(?!\d)")
_LONGEST_ADDRESS = 2000


class WindowError(ValueError):
    """Days that are no days or in the wrong order; the message says how to give them."""


@dataclass(frozen=True)
class Window:
    """The days of a back-fill, both included."""

    since: date
    until: date

    def __str__(self) -> str:
        """Return the days as they stand behind the address of a listing that is read for them."""
        return f"{self.since}..{self.until}"

    def days(self) -> Iterator[date]:
        """Yield the days, the newest first."""
        for before in range((self.until - self.since).days + 1):
            yield self.until - timedelta(days=before)

    def holds(self, first: date, last: date) -> bool:
        """Tell whether some day from `first` to `last` is in the window."""
        return first <= self.until and last >= self.since


def window(since: str, until: str, today: date) -> Window | None:
    """Return the window that an operator asks for; None where neither day is given.

    Raises:
        WindowError: a day is none, or the last one comes before the first.
    """
    if not since and not until:
        return None
    first, last = day(since or until, "--since"), day(until, "--until") if until else today
    if not since:
        raise WindowError(f"--until {until}: give the first day of the back-fill too, as --since YYYY-MM-DD.")
    if first > last:
        raise WindowError(f"--since {first} comes after --until {last}.")
    if (last - first).days > LONGEST:
        raise WindowError(f"--since {first}: is more than fifty years before {last}.")
    return Window(first, last)


def day(text: str, option: str) -> date:
    """Return a day as an operator writes it.

    Raises:
        WindowError: it is none.
    """
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise WindowError(f"{option} {text[:40]}: is no day; write it as YYYY-MM-DD, for example 2025-06-23.") from None


def named_days(url: str) -> tuple[date, date] | None:
    """Return the first and last day of the year, month or day in a sitemap's name; None where it names none.

    >>> [str(day) for day in named_days("https://harian.example/sitemap-2025-06.xml")]
    ['2025-06-01', '2025-06-30']
    """
    named = _NAMED.findall(url[:_LONGEST_ADDRESS])
    if not named:
        return None
    year, month, number = (int(part) if part else None for part in named[-1])  # the last one is the file's own
    try:
        first = date(year or 1, month or 1, number or 1)
    except ValueError:
        return None
    if number:
        return first, first
    following = date(first.year + (month or 12) // 12, (month or 12) % 12 + 1, 1)
    return first, following - timedelta(days=1)


def day_in_address(url: str) -> date | None:
    """Return the day that an article's address names (`/2025/06/23/`)."""
    found = _DAY_IN_PATH.search(url[:_LONGEST_ADDRESS])
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def day_of(text: str | None) -> date | None:
    """Return the day of a printed date."""
    read = dates.read(text, language=None) if text else None
    return read.day if read else None


def may_hold(part: Link, wanted: Window) -> bool:
    """Tell whether a part of a sitemap index may name articles of the window: by its name, else by its last change."""
    if span := named_days(part.url):
        return wanted.holds(*span)
    changed = day_of(part.modified_text)
    return changed is None or changed >= wanted.since


def is_wanted(link: Link, wanted: Window) -> bool:
    """Tell whether an article is of the window, as far as its announcement shows; when in doubt it is."""
    told = day_of(link.published_text) or day_in_address(link.url)
    if told:
        return wanted.holds(told, told)
    changed = day_of(link.modified_text)
    return changed is None or changed >= wanted.since


def newest_first(parts: list[Link]) -> list[Link]:
    """Return the parts of a sitemap index, the newest first; those that say nothing keep their order at the end."""
    return sorted(parts, key=_newness, reverse=True)


def _newness(part: Link) -> tuple[date, date]:
    span = named_days(part.url)
    changed = day_of(part.modified_text)
    return (changed or (span[1] if span else date.min), span[1] if span else date.min)


def index_address(pattern: str, of: date, number: int = 1) -> str:
    """Return the address of an index page.

    Raises:
        WindowError: the pattern is none.

    >>> index_address("https://harian.example/indeks?date={date:%Y-%m-%d}", date(2025, 6, 23))
    'https://harian.example/indeks?date=2025-06-23'
    """
    try:
        return pattern.format(date=of, page=number)
    except (KeyError, IndexError, ValueError, AttributeError) as error:
        raise WindowError(
            f"index_pages = {pattern[:200]!r}: is no pattern ({error}); write the day as {{date:%Y-%m-%d}}"
            " and, where it stands in the address, the number of the page as {page}."
        ) from None


def was_whole(read_at: datetime | None, of: date) -> bool:
    """Tell whether a day was over, everywhere, when its index page was read: nothing can have come since."""
    return read_at is not None and read_at.astimezone(UTC).date() > of + timedelta(days=1)
