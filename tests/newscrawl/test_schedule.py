"""When what is asked for again: laws of the schedule, and what an operator may set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl import schedule
from newscrawl.schedule import TRIES, Schedule

NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

moments = st.timedeltas(timedelta(days=-9000), timedelta(days=9000)).map(NOW.__add__)
spans = st.timedeltas(timedelta(0), timedelta(days=400))
bounds = st.tuples(st.floats(0.1, 5000), st.floats(0.1, 5000)).map(lambda two: (min(two), max(two)))
schedules = st.builds(Schedule, poll_minutes=bounds, looks_hours=st.lists(st.floats(-1, 2000), max_size=6).map(tuple))


# --- listings ------------------------------------------------------------------------------------


@given(schedules, st.lists(st.integers(0, 3), max_size=40))
def test_a_listings_time_stays_between_its_bounds(when: Schedule, brought: list[int]) -> None:
    poll = schedule.next_poll(None, 0, when)
    least, most = when.bounds()
    for news in brought:
        before, poll = poll, schedule.next_poll(poll, news, when)
        assert least <= poll <= most
        assert poll <= before if news else poll >= before


def test_a_listing_that_brings_nothing_is_asked_half_as_often_each_time_and_one_that_does_twice_as_often() -> None:
    poll, told = schedule.next_poll(None, 0, Schedule()), []
    for news in (0, 0, 0, 0, 0, 0, 0, 1, 1):
        poll = schedule.next_poll(poll, news, Schedule())
        told.append(poll.total_seconds() / 60)
    assert told == [60, 120, 240, 480, 960, 1440, 1440, 720, 360]


@given(schedules, moments, st.integers(0, 3))
def test_a_listing_is_never_due_at_once_after_it_was_read(when: Schedule, now: datetime, news: int) -> None:
    assert schedule.poll_again(now, schedule.next_poll(None, news, when)) > now


@given(schedules, moments, st.integers(1, 200))
def test_a_listing_that_fails_is_asked_ever_later(when: Schedule, now: datetime, failures: int) -> None:
    first, second = (schedule.poll_after_failure(now, n, when) for n in (failures, failures + 1))
    assert now < first <= second <= now + when.bounds()[1]


@pytest.mark.parametrize("minutes", [(0, 5), (-1, 5), (10, 5)])
def test_bounds_in_the_wrong_order_are_told(minutes: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="poll_minutes"):
        Schedule(poll_minutes=minutes).bounds()


# --- articles ------------------------------------------------------------------------------------


@given(schedules, moments, spans)
def test_the_next_look_lies_ahead_and_the_looks_end(when: Schedule, seen: datetime, age: timedelta) -> None:
    looked = schedule.next_look(seen, seen + age, when, None)
    assert looked is None or looked > seen + age
    times = 0
    at = seen
    while (at_next := schedule.next_look(seen, at, when, None)) is not None:
        assert at_next > at
        at, times = at_next, times + 1
    assert times <= len(when.looks_hours)


@given(moments, st.lists(spans, min_size=2).map(sorted))
def test_a_later_moment_never_has_an_earlier_look(seen: datetime, ages: list[timedelta]) -> None:
    looks = [schedule.next_look(seen, seen + age, Schedule(), None) for age in ages]
    known = [look or datetime.max.replace(tzinfo=UTC) for look in looks]
    assert all(earlier <= later for earlier, later in pairwise(known))


@pytest.mark.parametrize(
    ("age", "look"),
    [(0, 1), (0.5, 1), (1, 6), (5.9, 6), (7, 24), (24, 168), (167, 168), (168, None), (9999, None)],
)
def test_the_looks_of_an_article(age: float, look: int | None) -> None:
    found = schedule.next_look(NOW, NOW + age * HOUR, Schedule(), NOW - DAY)
    assert found == (None if look is None else NOW + look * HOUR)


def test_what_was_old_when_first_seen_is_not_looked_at_again() -> None:
    assert schedule.next_look(NOW, NOW, Schedule(), NOW - 8 * DAY) is None
    assert schedule.next_look(NOW, NOW, Schedule(looks_hours=()), None) is None


@given(moments, st.integers(1, TRIES - 2))
def test_pauses_after_failures_grow_until_a_page_is_left_alone(now: datetime, failures: int) -> None:
    first, second = schedule.next_try(failures, now), schedule.next_try(failures + 1, now)
    assert first is not None
    assert second is not None
    assert now < first < second
    assert schedule.next_try(TRIES, now) is None


@given(moments, spans)
def test_a_page_is_gone_a_day_after_it_was_missed_and_is_asked_for_then(now: datetime, since: timedelta) -> None:
    assert not schedule.is_gone(None, now)
    assert schedule.is_gone(now - since, now) == (since >= DAY)
    again = schedule.next_miss(now - since, now)
    assert again > now
    assert schedule.is_gone(now - since, again)


@given(moments, spans, spans)
def test_a_change_is_never_followed_into_the_past(first: datetime, age: timedelta, since: timedelta) -> None:
    now = first + age
    assert schedule.after_change(first, now - min(since, age), now) >= now
    assert schedule.after_change(first, first, now) == now
