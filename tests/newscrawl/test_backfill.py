"""Which parts of a sitemap index, links and index pages fall between two days."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl import backfill
from newscrawl.backfill import Window, WindowError
from newscrawl.discovery import Link

SITE = "https://harian.example"
JUNE = Window(date(2025, 6, 1), date(2025, 6, 30))
TODAY = date(2026, 5, 6)


@pytest.mark.parametrize(
    ("name", "days"),
    [
        ("/sitemap-2025-06.xml", ("2025-06-01", "2025-06-30")),
        ("/sitemap_202412.xml.gz", ("2024-12-01", "2024-12-31")),
        ("/sitemap/2025/06/23.xml", ("2025-06-23", "2025-06-23")),
        ("/sitemap-20250623.xml", ("2025-06-23", "2025-06-23")),
        ("/sitemap.xml?yyyy=2025&mm=06&dd=23", ("2025-06-23", "2025-06-23")),
        ("/sitemap-2024.xml", ("2024-01-01", "2024-12-31")),
        ("/2019/sitemap-2025-02.xml", ("2025-02-01", "2025-02-28")),
        ("/sitemap-2025-02-30.xml", None),
        ("/sitemap-17.xml", None),
        ("/sitemap-120250623.xml", None),
        ("/" + "1" * 100_000, None),
    ],
)
def test_days_in_a_sitemaps_name(name: str, days: tuple[str, str] | None) -> None:
    found = backfill.named_days(SITE + name)
    assert (found and tuple(map(str, found))) == days


@pytest.mark.parametrize(
    ("name", "changed", "may"),
    [
        ("/sitemap-2025-06.xml", None, True),
        ("/sitemap-2025-05.xml", "2026-01-01", False),
        ("/sitemap-2025.xml", None, True),
        ("/posts-1.xml", "2025-05-31", False),
        ("/posts-1.xml", "2025-06-01T00:00:00+00:00", True),
        ("/posts-1.xml", "2026-01-01", True),
        ("/posts-1.xml", "yesterday-ish", True),
        ("/posts-1.xml", None, True),
    ],
)
def test_parts_that_may_hold_something_of_the_window(name: str, changed: str | None, may: bool) -> None:  # noqa: FBT001 - a case
    assert backfill.may_hold(Link(url=SITE + name, modified_text=changed), JUNE) is may


@pytest.mark.parametrize(
    ("link", "is_wanted"),
    [
        (Link(url=f"{SITE}/a", published_text="Mon, 23 Jun 2025 08:00:00 +0700"), True),
        (Link(url=f"{SITE}/a", published_text="2025-07-01"), False),
        (Link(url=f"{SITE}/2025/06/23/a"), True),
        (Link(url=f"{SITE}/2025/05/23/a", modified_text="2025-06-23"), False),
        (Link(url=f"{SITE}/a", modified_text="2025-05-31"), False),
        (Link(url=f"{SITE}/a", modified_text="2025-08-31"), True),
        (Link(url=f"{SITE}/a"), True),
    ],
)
def test_links_of_the_window(link: Link, is_wanted: bool) -> None:  # noqa: FBT001 - a case
    assert backfill.is_wanted(link, JUNE) is is_wanted


def test_the_newest_parts_come_first() -> None:
    parts = [
        Link(url=f"{SITE}/old", modified_text="2020-01-01"),
        Link(url=f"{SITE}/x"),
        Link(url=f"{SITE}/sitemap-2025-06.xml"),
        Link(url=f"{SITE}/new", modified_text="2026-01-01T10:00:00Z"),
    ]
    assert [part.url.rsplit("/", 1)[1] for part in backfill.newest_first(parts)] == [
        "new", "sitemap-2025-06.xml", "old", "x",
    ]  # fmt: skip


@given(st.dates(date(1990, 1, 1), date(2030, 1, 1)), st.integers(0, 400))
def test_every_day_of_a_window_comes_once_the_newest_first(since: date, days: int) -> None:
    until = date.fromordinal(since.toordinal() + days)
    wanted = backfill.window(str(since), str(until), TODAY)
    assert wanted is not None
    found = list(wanted.days())
    assert (found[0], found[-1], len(found)) == (until, since, days + 1)
    assert all(wanted.holds(day, day) for day in found)


def test_the_last_day_of_a_window_is_today_unless_given() -> None:
    assert backfill.window("2026-05-01", "", TODAY) == Window(date(2026, 5, 1), TODAY)
    assert backfill.window("", "", TODAY) is None


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [
        ("23/6/2025", "", "YYYY-MM-DD"),
        ("2025-06-23", "later", "--until later"),
        ("", "2025-06-23", "--since"),
        ("2025-06-23", "2025-06-01", "after"),
        ("1066-10-14", "", "fifty years"),
    ],
)
def test_days_that_are_none_are_told(since: str, until: str, said: str) -> None:
    with pytest.raises(WindowError, match=said):
        backfill.window(since, until, TODAY)


@pytest.mark.parametrize("pattern", ["https://x.example/{day}", "https://x.example/{date:%Y", "{0}", "{date.nothing}"])
def test_a_pattern_of_index_pages_that_is_none_is_told(pattern: str) -> None:
    with pytest.raises(WindowError, match="index_pages"):
        backfill.index_address(pattern, TODAY)


def test_a_day_is_read_whole_when_it_was_over_everywhere() -> None:
    read = datetime(2025, 6, 25, 0, 1, tzinfo=UTC)
    assert backfill.was_whole(read, date(2025, 6, 23))
    assert not backfill.was_whole(read, date(2025, 6, 24))
    assert not backfill.was_whole(None, date(2025, 6, 23))


@given(st.text(max_size=300))
def test_any_address_names_days_or_none(url: str) -> None:
    found = backfill.named_days(url)
    assert found is None or found[0] <= found[1]
    backfill.day_in_address(url)
