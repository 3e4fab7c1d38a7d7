from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl.hosts import Host, Pace, host, host_of, throttled


@dataclass
class Clock:
    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


def waits(seconds: float) -> float:
    return seconds


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://News.Example/a", "news.example"),
        ("https://news.example.:443/a", "news.example"),
        ("https://news.example:80/a", "news.example:80"),
        ("http://127.0.0.1:8080/a", "127.0.0.1:8080"),
        ("http://[::1]:8080/a", "[::1]:8080"),
        ("http://[::1]/a", "[::1]"),
    ],
)
def test_the_host_of_an_address(url: str, name: str) -> None:
    assert host_of(url) == name
    assert host(name) is host(name)


def test_a_delay_counts_from_start_to_start() -> None:
    clock = Clock()
    one = Host("a", clock, Pace(delay=2))
    one.begin()
    clock.now += 5
    one.end()
    assert one.wait() <= 0
    one.begin()
    assert one.wait() == 2


def test_a_crawl_delay_counts_from_the_answer_and_longer_ones_win() -> None:
    clock = Clock()
    one = Host("a", clock, Pace(delay=2))
    one.begin()
    clock.now += 5
    one.end()
    one.ask_slower("http://a", 10)
    one.ask_slower("https://a", 3)
    assert one.wait() == 10
    one.ask_slower("http://a", 0)
    assert one.pace.crawl_delay == 3


def test_a_pause_is_never_made_shorter() -> None:
    one = Host("a", Clock())
    one.pause(60)
    one.pause(5)
    assert one.wait() == 60


def test_a_crawl_delay_means_one_at_a_time() -> None:
    one = Host("a", Clock(), Pace(at_once=4))
    one.begin()
    assert not one.is_full
    one.ask_slower("http://a", 1)
    assert one.is_full


@given(st.floats(0, 100), st.floats(0, 1))
def test_chance_keeps_to_its_share(delay: float, jitter: float) -> None:
    gap = Pace(delay=delay, jitter=jitter).gap()
    assert delay * (1 - jitter) - 1e-9 <= gap <= delay * (1 + jitter) + 1e-9


@given(st.floats(0, 100), st.floats(0, 100))
def test_throttling_keeps_between_its_bounds(delay: float, latency: float) -> None:
    assert 0.5 <= throttled(delay, latency, least=0.5, most=60, at_once=1) <= 60


@given(st.integers(1, 12), st.integers(1, 3))
def test_turns_come_in_order_and_never_more_at_once(callers: int, at_once: int) -> None:
    one = Host("a", pace=Pace(at_once=at_once))
    order: list[int] = []
    most = 0

    async def ask(number: int) -> None:
        nonlocal most
        await one.turn(waits)
        order.append(number)
        most = max(most, one.asking)
        await asyncio.sleep(0)
        one.end()

    async def all_of_them() -> None:
        await asyncio.gather(*map(ask, range(callers)))

    asyncio.run(all_of_them())
    assert order == list(range(callers))
    assert most <= at_once
    assert (one.asking, list(one.waiting)) == (0, [])


def test_who_gives_up_leaves_the_queue_and_the_next_goes_on() -> None:
    one = Host("a")

    def refuse(_: float) -> float:
        raise LookupError

    async def play() -> list[str]:
        await one.turn(waits)
        impatient = asyncio.ensure_future(one.turn(waits))
        patient = asyncio.ensure_future(one.turn(waits))
        await asyncio.sleep(0)
        with pytest.raises(LookupError):
            await one.turn(refuse)
        impatient.cancel()
        one.end()
        await patient
        return ["patient"] if impatient.cancelled() and one.asking == 1 else []

    assert asyncio.run(play()) == ["patient"]
    assert not one.waiting
