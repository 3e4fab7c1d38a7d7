from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe import HostState, HostStore, RobotsCopy, open_store
from dedupe.host_store import read, rounded_up

HOST = "news.example"
NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[HostStore]:
    with open_store(tmp_path / "news.db") as store:
        yield HostStore(store)


def test_nothing_is_known_of_a_new_host(hosts: HostStore) -> None:
    assert hosts.host(HOST) is None
    assert hosts.robots("http://news.example") is None
    assert hosts.paused() == []


def test_pauses_in_a_row_are_counted_and_none_is_made_shorter(hosts: HostStore) -> None:
    hosts.note_host(HOST, LATER, "http-429")
    hosts.note_host(HOST, NOW, "http-503")
    expected = HostState(host=HOST, paused_until=LATER, reason="http-503", pauses=2)
    assert hosts.host(HOST) == expected


def test_an_answer_ends_the_pauses(hosts: HostStore) -> None:
    hosts.note_host(HOST, LATER, "http-429", 3.0)
    hosts.note_host(HOST)
    assert hosts.host(HOST) == HostState(host=HOST, reason="http-429", crawl_delay=3.0)


def test_the_next_turn_is_never_made_earlier(hosts: HostStore) -> None:
    hosts.note_turn(HOST, LATER, 2.5)
    hosts.note_turn(HOST, NOW, 1.0)
    assert hosts.host(HOST) == HostState(host=HOST, next_at=LATER, crawl_delay=2.5)
    hosts.note_host(HOST, LATER, "http-503")
    state = hosts.host(HOST)
    assert state is not None
    assert (state.next_at, state.paused_until) == (LATER, LATER)


def test_paused_hosts_are_listed_the_longest_first(hosts: HostStore) -> None:
    now = datetime.now(UTC)
    for name, minutes in (("a.example", 5), ("b.example", 50), ("c.example", -5)):
        hosts.note_host(name, now + timedelta(minutes=minutes), "http-429")
    assert [state.host for state in hosts.paused()] == ["b.example", "a.example"]


@pytest.mark.parametrize(
    "copy",
    [
        RobotsCopy(origin="http://a.example"),
        RobotsCopy(origin="http://a.example", status=404, fetched_at=NOW),
        RobotsCopy(origin="http://a.example", status=200, body=b"\x00\xff" * 100, fetched_at=NOW),
        RobotsCopy(origin="http://a.example", status=200, body=b"", fetched_at=NOW, unreachable_since=LATER),
    ],
)
def test_a_robots_txt_comes_back_as_it_was(hosts: HostStore, copy: RobotsCopy) -> None:
    hosts.note_robots(RobotsCopy(origin=copy.origin, status=200, body=b"before", fetched_at=NOW))
    hosts.note_robots(copy)
    assert hosts.robots(copy.origin) == copy


@given(st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - hypothesis wants naive bounds
def test_no_stored_moment_is_early_nor_later_than_a_millisecond(at: datetime) -> None:
    stored = read(rounded_up(at))
    assert stored is not None
    assert timedelta(0) <= stored - at <= timedelta(milliseconds=1)
