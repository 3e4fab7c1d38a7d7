from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl.retry_after import LONGEST, growing, wait

NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)


def http_date(at: datetime) -> bytes:
    return format_datetime(at, usegmt=True).encode()


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (b"0", 0),
        (b"1", 1),
        (b" 120 ", 120),
        (b"86400", 86400),
        (b"86401", LONGEST),
        (b"9" * 18, LONGEST),
        (http_date(NOW + timedelta(seconds=90)), 90),
        (http_date(NOW - timedelta(days=9)), 0),
        (http_date(NOW + timedelta(days=900)), LONGEST),
        (b"Wednesday, 06-May-26 12:00:30 GMT", 30),
        (b"Wed May  6 12:00:30 2026", 30),
        (b"Wed, 06 May 2026 14:00:30 +0200", 30),
        (b"Fri, 31 Dec 9999 23:59:59 GMT", LONGEST),
        (b"Fri, 31 Dec 9999 23:59:59 -2359", None),
        (b"Mon, 01 Jan 0001 00:00:00 +2359", 0),
        (None, None),
        (b"", None),
        (b"soon", None),
        (b"-5", None),
        (b"1.5", None),
        (b"1e9", None),
        (b"9" * 5000, None),
        (b"Wed, 06 May 2026 12:00:30 GMT" + b" " * 5000 + b"x", None),
        ("\u0661\u0662".encode(), None),
        (b"\xff\xfe\x00", None),
        (b"Wed, 99 Foo 2026 99:99:99 GMT", None),
    ],
)
def test_how_long(header: bytes | None, seconds: float | None) -> None:
    assert wait(header, None, NOW) == seconds


def test_a_date_is_measured_by_both_clocks_and_the_longer_wait_taken() -> None:
    until = http_date(NOW + timedelta(seconds=60))
    assert wait(until, http_date(NOW - timedelta(seconds=40)), NOW) == 100
    assert wait(until, http_date(NOW + timedelta(seconds=40)), NOW) == 60
    assert wait(until, b"never", NOW) == 60


@given(st.binary(max_size=80), st.binary(max_size=40))
def test_nothing_that_a_host_says_is_an_error_or_more_than_a_day(header: bytes, date: bytes) -> None:
    seconds = wait(header, date, NOW)
    assert seconds is None or 0 <= seconds <= LONGEST


@given(st.floats(0, 1e6), st.integers(0, 10**9))
def test_pauses_grow_up_to_a_day(first: float, pauses: int) -> None:
    assert growing(first, pauses) <= growing(first, pauses + 1) <= LONGEST
