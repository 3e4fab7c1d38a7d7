"""pure: how long a host asks to be left alone: Retry-After, seconds or date (RFC 9110, 10.2.3), else ever longer."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST = 24 * 3600.0
"""Seconds; what asks for more is asked again tomorrow: a slip or malice must not silence an outlet for years."""
GROWTH = 3.0
"""A host that pauses again and again names no time: every pause is so many times the one before."""
_SECONDS = re.compile(rb"[0-9]{1,18}")
_LONGEST_TEXT = 64


def wait(header: bytes | None, date: bytes | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After asks for, None where it cannot be read.

    A date is measured by the host's own clock (its Date header) and by ours, and the longer wait is taken.

    >>> wait(b"120", None, datetime(2026, 5, 6, tzinfo=UTC))
    120.0
    >>> wait(b"Wed, 06 May 2026 00:00:30 GMT", None, datetime(2026, 5, 6, tzinfo=UTC))
    30.0
    """
    said = (header or b"").strip()
    if _SECONDS.fullmatch(said):
        return min(float(said), LONGEST)
    until = moment(said)
    if until is None:
        return None
    clocks = [now, moment((date or b"").strip()) or now]
    return min(max(0.0, *((until - clock).total_seconds() for clock in clocks)), LONGEST)


def moment(text: bytes) -> datetime | None:
    """Return the moment of an HTTP date, None for everything else."""
    if not text or len(text) > _LONGEST_TEXT or not text.isascii():
        return None
    try:
        read = parsedate_to_datetime(text.decode("ascii"))
        return (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError, IndexError):  # the parser's own, of dates that are none
        return None


def growing(first: float, pauses: int) -> float:
    """Return the seconds of a pause that names none, after so many in a row.

    >>> [growing(10, pauses) for pauses in (0, 1, 2, 400)]
    [10.0, 30.0, 90.0, 86400.0]
    """
    return min(first * GROWTH ** min(pauses, 20), LONGEST)
