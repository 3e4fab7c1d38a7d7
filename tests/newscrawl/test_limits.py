"""What one run takes from an outlet; what is over a limit stays due."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.utils.test import get_crawler

from newscrawl.limits import Limits, pattern

HOME = "https://news.example"


class Made(Spider):
    name = "made"
    not_asked: ClassVar[list[tuple[str, str]]] = []

    def not_admitted(self, request: Request, limit: str) -> None:
        self.not_asked.append((request.url, limit))


def limits(**settings: Any) -> Limits:
    crawler = get_crawler(Made, settings_dict={"RUN_PAGES": 0, "RUN_MINUTES": 0, "RUN_DEPTH": 3, **settings})
    crawler.spider = Made.from_crawler(crawler)
    return Limits.from_crawler(crawler)


def article(path: str, **more: Any) -> Request:
    return Request(f"{HOME}{path}", meta={"asked_for": f"{HOME}{path}"}, **more)


def through(limits: Limits, results: Iterable[Any], depth: int = 0) -> list[Any]:
    """What comes through of what a page at some depth led to."""
    response = Response(HOME, request=Request(HOME, meta={"listing_depth": depth}))
    return list(limits.process_spider_output(response, results))


def counted(limits: Limits) -> dict[str, int]:
    return {name: n for name, n in limits.crawler.stats.get_stats().items() if name.startswith("newscrawl/")}


@pytest.mark.parametrize(
    ("url", "folded"),
    [
        (f"{HOME}/agenda/2026/05/06", "news.example/agenda/0/0/0"),
        (f"{HOME}/agenda?day=6&month=5#x", "news.example/agenda?day=0&month=0"),
        ("http://news.example/agenda/1999/1/1", "news.example/agenda/0/0/0"),
        (f"{HOME}/read/123/a-fire-in-town", "news.example/read/0/a-fire-in-town"),
        (f"{HOME}/{'9' * 100_000}", None),
        ("nothing", ""),
    ],
)
def test_numbers_are_folded(url: str, folded: str | None) -> None:
    assert folded is None or pattern(url) == folded
    assert len(pattern(url)) <= 2000


@given(st.text(max_size=60), st.integers(0, 10**12), st.integers(0, 10**12))
def test_addresses_that_differ_in_a_number_are_one_pattern(path: str, one: int, other: int) -> None:
    assert pattern(f"{HOME}/a{one}/{path}") == pattern(f"{HOME}/a{other}/{path}")


def test_a_run_takes_so_many_pages_and_counts_the_others() -> None:
    found = limits(RUN_PAGES=3)
    asked = [article(f"/{word}") for word in "abcde"]
    assert through(found, asked) == asked[:3]
    assert through(found, [article("/f")]) == []
    assert counted(found) == {"newscrawl/capped": 3, "newscrawl/capped/pages": 3}
    assert Made.not_asked[-3:] == [(f"{HOME}/{word}", "pages") for word in "def"], "the outlet is told"


def test_listings_items_and_later_pages_are_no_pages_of_articles() -> None:
    found = limits(RUN_PAGES=1)
    later = article("/a?page=2", cb_kwargs={"parts": ()})
    results = [article("/a"), Request(f"{HOME}/feed"), {"an": "item"}, later]
    assert through(found, results) == results


def test_a_calendar_has_an_end() -> None:
    found = limits(PATTERN_PAGES=10)
    days = [article(f"/agenda/{2000 + n // 300}/{n % 300}") for n in range(1000)]
    slugs = [article(f"/read/{n}/{word}") for n, word in enumerate(("fire", "flood", "vote") * 3)]
    assert through(found, [*days, *slugs]) == [*days[:10], *slugs]
    assert counted(found)["newscrawl/capped/pattern"] == 990


def test_listings_lead_only_so_deep() -> None:
    found = limits(RUN_DEPTH=2)
    [first] = through(found, [Request(f"{HOME}/a.xml")])
    assert first.meta["listing_depth"] == 1
    [second] = through(found, [Request(f"{HOME}/b.xml")], depth=1)
    assert through(found, [Request(f"{HOME}/c.xml")], depth=second.meta["listing_depth"]) == []
    assert through(found, [article("/a")], depth=9), "articles are not listings"


def test_no_limit_is_no_limit() -> None:
    found = limits(RUN_DEPTH=0, PATTERN_PAGES=0)
    asked = [article(f"/{n}") for n in range(3000)] + [Request(f"{HOME}/a.xml")]
    assert through(found, asked, depth=50) == asked
    assert counted(found) == {}


async def collected(results: AsyncIterator[Any]) -> list[Any]:
    return [result async for result in results]


def test_first_requests_and_asynchronous_answers_have_the_same_limits() -> None:

    async def given_one_by_one(requests: list[Request]) -> AsyncIterator[Request]:
        for request in requests:
            yield request

    found = limits(RUN_PAGES=3)
    requests = [article(f"/{word}") for word in "abcd"]
    first = asyncio.run(collected(found.process_start(given_one_by_one(requests[:2]))))
    response = Response(HOME, request=Request(HOME))
    more = asyncio.run(collected(found.process_spider_output_async(response, given_one_by_one(requests[2:]))))
    assert [*first, *more] == requests[:3]
