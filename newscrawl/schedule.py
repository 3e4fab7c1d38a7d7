"""Pure: when a listing is asked again, an article looked at again, a failed page tried again.

Every answer lies after `now`, or is None for "not of itself".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

FIRST_POLL = timedelta(minutes=30)
"""How long a listing is left alone after it was read for the first time."""
EARLY = 0.1
"""Part of a listing's time by which it may be asked early, so that a timer of the same length never just misses it."""
TRIES = 8
"""Failures in a row after which a page is left alone, some 17 days after the first; a listing may name it again."""
PAUSES = tuple(timedelta(minutes=m) for m in (10, 60, 360, 1440, 2880, 5760, 11520))
"""Pauses after the first, second ... failure of a page in a row."""
GONE_AFTER = timedelta(days=1)
"""A page that answers 404 or 410 twice is gone when so much time lies between the two answers."""
GONE_AGAIN = timedelta(days=7)
"""A page that is gone and still announced is asked for again after so long."""
SHARE_OF_AGE = 0.1
"""A listing that names a change again and again has a page fetched again after a tenth of its age at the soonest."""
NEVER = timedelta(days=36_500)


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """How often an outlet is asked."""

    poll_minutes: tuple[float, float] = (5, 1440)
    """Least and most time between two requests for one listing."""
    looks_hours: tuple[float, ...] = (1, 6, 24, 168)
    """When an article is looked at again, counted from when it was first seen."""

    def bounds(self) -> tuple[timedelta, timedelta]:
        """Return the least and the most time between two requests for one listing.

        Raises:
            ValueError: they are in the wrong order or not positive.
        """
        least, most = self.poll_minutes
        if not 0 < least <= most:
            raise ValueError(f"poll_minutes = {self.poll_minutes}: give the least and the most minutes, above 0")
        return timedelta(minutes=least), min(timedelta(minutes=most), NEVER)


def next_poll(before: timedelta | None, news: int, schedule: Schedule) -> timedelta:
    """Return how long a listing is left alone: twice as long as before where it brought nothing, else half as long."""
    least, most = schedule.bounds()
    if before is None:
        return min(max(FIRST_POLL, least), most)
    return max(before / 2, least) if news else min(max(before, least) * 2, most)


def poll_again(now: datetime, poll: timedelta) -> datetime:
    """Return from when on a listing may be asked again.

    >>> poll_again(datetime(2026, 5, 6, 12), timedelta(hours=1)).isoformat()
    '2026-05-06T12:54:00'
    """
    return now + max(poll * (1 - EARLY), timedelta(seconds=1))


def poll_after_failure(now: datetime, failures: int, schedule: Schedule) -> datetime:
    """Return when a listing that failed so many times in a row is asked again."""
    least, most = schedule.bounds()
    return now + min(least * (1 << min(failures - 1, 20)), most)


def next_look(first_seen: datetime, now: datetime, schedule: Schedule, published: datetime | None) -> datetime | None:
    """Return when an article is looked at again; None after the last look, and for one that was old when first seen."""
    looks = sorted(timedelta(hours=hours) for hours in schedule.looks_hours if hours > 0)
    if not looks or (published and first_seen - published > looks[-1]):
        return None
    return next((first_seen + look for look in looks if first_seen + look > now), None)


def next_try(failures: int, now: datetime) -> datetime | None:
    """Return when a page that failed so many times in a row is tried again; None when it is left alone."""
    if failures >= TRIES:
        return None
    return now + PAUSES[min(max(failures, 1), len(PAUSES)) - 1]


def is_gone(missed_at: datetime | None, now: datetime) -> bool:
    """Tell whether a page that was missing at one time, and is now, counts as gone."""
    return missed_at is not None and now - missed_at >= GONE_AFTER


def next_miss(missed_at: datetime | None, now: datetime) -> datetime:
    """Return when a missing page is asked for once more, to know whether it is gone."""
    return max((missed_at or now) + GONE_AFTER, now + timedelta(minutes=1))


def after_change(first_seen: datetime, last_fetched: datetime, now: datetime) -> datetime:
    """Return when a page is fetched again that a listing says has changed: now, unless it was fetched just before."""
    return max(now, last_fetched + max(now - first_seen, timedelta(0)) * SHARE_OF_AGE)
