from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe import RobotsCopy
from newscrawl import robots_rules
from newscrawl.robots_rules import MOST_BYTES, Answer, Rules, after, is_fresh, ours, rules

NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)
ORIGIN = "https://news.example"
PAGE = f"{ORIGIN}/news/1"
CLOSED = "User-agent: *\nDisallow: /\n"


def told(text: str) -> Rules:
    return rules(after(RobotsCopy(origin=ORIGIN), Answer(200, text.encode()), NOW), NOW)


@pytest.mark.parametrize(
    ("text", "is_allowed"),
    [
        ("", True),
        ("User-agent: *\nDisallow: /", False),
        ("User-agent: *\nDisallow: /news/", False),
        ("User-agent: *\nDisallow: /sport/", True),
        ("User-agent: *\nDisallow:", True),
        ("\ufeffUser-agent: *\nDisallow: /", False),
        ("user-agent: NEWSCRAWL\ndisallow: /", False),
        ("User-agent: newscrawl/2.0 (a comment)\nDisallow: /", False),
        ("User-agent: news\nDisallow: /", True),
        ("User-agent: crawl\nDisallow: /", True),
        ("User-agent: newscrawler\nDisallow: /", True),
        ("User-agent: newscrawl-images\nDisallow: /", True),
        ("User-agent: *\nDisallow: /\n\nUser-agent: newscrawl\nAllow: /", True),
        ("User-agent: newscrawl\nAllow: /\n\nUser-agent: *\nDisallow: /", True),
        ("User-agent: other\nUser-agent: newscrawl\nDisallow: /", False),
        ("User-agent: newscrawl\nUser-agent: other\nDisallow: /", False),
        ("User-agent: newscrawl\n\nUser-agent: other\n# both\nDisallow: /", False),
        ("User-agent: newscrawl\nSitemap: https://news.example/s.xml\nUser-agent: other\nDisallow: /", False),
        ("User-agent: newscrawl\nDisallow: /a\n\nUser-agent: newscrawl\nDisallow: /news", False),
        ("User-agent: newscrawl\nNoindex: /\nUser-agent: other\nDisallow: /", False),
        ("User-agent: other\nNoindex: /\nUser-agent: newscrawl\nDisallow: /", False),
        ("User-agent: other\nDisallow: /\n", True),
        ("User-agent: *\nDisallow: /news\nAllow: /news/1", True),
        ("User-agent: *\nDisallow: /*/1$", False),
        ("User-agent: *\r\nDisallow: /news\r\n", False),
        ("User-agent: *\rDisallow: /news\r", False),
        ("User-agent: * # everybody\nDisallow: /news # these", False),
        ("Disallow: /", True),
        ("<!doctype html><html><title>Home</title></html>", True),
        ("\x00\ufffd:::\nUser-agent\n:\n", True),
    ],
)
def test_what_is_allowed(text: str, is_allowed: bool) -> None:  # noqa: FBT001 - a case
    assert told(text).allows(PAGE) == is_allowed


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("User-agent: *\nCrawl-delay: 5", 5),
        ("User-agent: *\nCrawl-delay: 0.5", 0.5),
        ("User-agent: *\nCrawl-delay: 5\n\nUser-agent: newscrawl\nDisallow: /x", 0),
        ("User-agent: other\nCrawl-delay: 5", 0),
        ("User-agent: *\nRequest-rate: 1/10", 10),
        ("User-agent: *\nRequest-rate: 30/1m", 2),
        ("User-agent: *\nRequest-rate: 1/10\nCrawl-delay: 3", 10),
        ("User-agent: *\nCrawl-delay: -1", 0),
        ("User-agent: *\nCrawl-delay: nan", 0),
        ("User-agent: *\nCrawl-delay: inf", 0),
        ("User-agent: *\nCrawl-delay: 1e300", 86400),
        ("User-agent: *\nRequest-rate: 1/99999999999999d", 86400),
        ("User-agent: *\nRequest-rate: 0/0", 0),
        ("User-agent: *\nCrawl-delay: soon", 0),
    ],
)
def test_how_fast(text: str, seconds: float) -> None:
    assert told(text).crawl_delay == pytest.approx(seconds)


@pytest.mark.parametrize(
    ("status", "is_allowed"),
    [
        *((status, True) for status in (204, 401, 403, 404, 410)),
        *((status, False) for status in (200, 301, 304, 429, 500, 503, 599, 700, None)),
    ],
)
def test_what_an_answer_means(status: int | None, is_allowed: bool) -> None:  # noqa: FBT001 - a case
    body = CLOSED.encode() if status == 200 else b""
    found = rules(after(RobotsCopy(origin=ORIGIN), Answer(status, body), NOW), NOW, "the reason")
    assert found.allows(PAGE) == is_allowed
    assert bool(found.unreachable) == (not is_allowed and status != 200)


def test_a_copy_holds_for_a_day() -> None:
    copy = after(RobotsCopy(origin=ORIGIN), Answer(200, b""), NOW)
    assert is_fresh(copy, NOW + timedelta(hours=23, minutes=59))
    assert not is_fresh(copy, NOW + timedelta(hours=24))
    assert not is_fresh(copy, NOW - timedelta(seconds=1)), "a copy from the future"
    assert not is_fresh(RobotsCopy(origin=ORIGIN), NOW)


@pytest.mark.parametrize(("first", "is_allowed_later"), [(None, True), (b"", True), (CLOSED.encode(), False)])
def test_unreachable_for_a_month(first: bytes | None, is_allowed_later: bool) -> None:  # noqa: FBT001 - a case
    copy = RobotsCopy(origin=ORIGIN)
    if first is not None:
        copy = after(copy, Answer(200, first), NOW - timedelta(days=2))
    for days in range(30):
        copy = after(copy, Answer(503), NOW + timedelta(days=days))
        assert not rules(copy, NOW + timedelta(days=days)).allows(PAGE)
    assert copy.unreachable_since == NOW
    assert rules(copy, NOW + timedelta(days=30)).allows(PAGE) == is_allowed_later
    assert after(copy, Answer(200, b""), NOW).unreachable_since is None


def test_no_more_is_read_than_half_a_megabyte() -> None:
    filler = "# nothing\n" * (MOST_BYTES // 10)
    assert told(CLOSED + filler).allows(PAGE) is False
    assert told(filler + CLOSED).allows(PAGE) is True


HOSTILE = {
    "robots and rules": "".join(f"User-agent: a{n}\n" for n in range(20_000))
    + "User-agent: *\n"
    + "Disallow: /q\n" * 15_000,
    "groups": "".join(f"User-agent: newscrawl\nDisallow: /q{n}\n" for n in range(12_000)),
    "stars": "User-agent: *\n" + f"Disallow: /{'*a' * 1000}b$\n" * 240,
    "one line": "User-agent: *\nDisallow: /" + "q" * 500_000,
    "spaces": "User-agent:" + " " * 500_000 + "*\nDisallow: /q\n",
    "colons": ":" * 500_000,
    "line ends": "\x0b\x0c\x1c\x85\u2028" * 80_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_costs_little(name: str) -> None:
    """Where reading it were quadratic, this test would not end."""
    found = told(HOSTILE[name])
    assert found.allows(f"{ORIGIN}/{'a' * 2000}") in {True, False}
    assert found.crawl_delay == 0


directives = ["User-agent: *", "useragent newscrawl", "User agent:x", "Dissalow: /a", "Allow: /a/b", "Sitemap: /s", ""]
noise = st.text(st.characters(codec="utf-8", exclude_characters=":"), max_size=20)
lines = st.lists(st.one_of(st.sampled_from(directives), noise), max_size=12).map("\n".join)


@given(lines)
def test_our_lines_say_to_us_what_the_file_says(text: str) -> None:
    whole = robots_rules.Protego.parse(text)
    found = told(text)
    for path in ("/", "/a", "/a/b", "/a/b/c", "/c"):
        assert found.allows(f"{ORIGIN}{path}") == whole.can_fetch(f"{ORIGIN}{path}", "newscrawl")


@given(lines)
def test_taking_our_lines_twice_says_the_same(text: str) -> None:
    once, twice = told(text), told("\n".join(ours(text)))
    assert twice.crawl_delay == once.crawl_delay
    for path in ("/", "/a", "/a/b", "/a/b/c", "/c"):
        assert twice.allows(f"{ORIGIN}{path}") == once.allows(f"{ORIGIN}{path}")
