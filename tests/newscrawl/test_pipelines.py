from __future__ import annotations

from datetime import UTC, date, datetime

from hypothesis import given
from hypothesis import strategies as st

from dedupe import Article, Reject
from newscrawl import pipelines
from newscrawl.pipelines import Habits, finish
from newscrawl.rules import Rules

HABITS = Habits(rules=Rules(outlet="harian", title_text="Harian Teluk"), timezone="Asia/Makassar")
FETCHED = datetime(2026, 5, 7, 3, tzinfo=UTC)
BODY = "Warga menanam seribu bakau di pantai pada Sabtu pagi.\n“Kami mulai dari muara,” ujar Rara Wening, ketua warga."


def printed(body: str = BODY, published: str | None = "Rabu, 6 Mei 2026 23:30 WITA", language: str = "id") -> Article:
    return Article(
        url="https://harian.example.org/1",
        outlet="harian",
        title="Bakau  ditanam",
        body=body,
        language=language,
        published_text=published,
        fetched_at=FETCHED,
    )


def test_an_article_is_cleaned_dated_and_its_quotations_found() -> None:
    read = finish(printed(), HABITS)
    assert isinstance(read, Article)
    assert read.title == "Bakau ditanam"
    assert (read.published_day, read.published_at) == (date(2026, 5, 6), datetime(2026, 5, 6, 15, 30, tzinfo=UTC))
    [quote] = read.quotes
    assert read.body[quote.start : quote.end] == quote.text
    assert quote.speaker == "Rara Wening"


def test_a_day_without_a_time_stays_a_day() -> None:
    read = finish(printed(published="6 Mei 2026"), HABITS)
    assert isinstance(read, Article)
    assert (read.published_day, read.published_at, read.published_precision) == (date(2026, 5, 6), None, "day")


def test_what_cannot_be_read_as_a_date_stays_text() -> None:
    read = finish(printed(published="kapan-kapan"), HABITS)
    assert isinstance(read, Article)
    assert (read.published_text, read.published_day) == ("kapan-kapan", None)


def test_a_body_of_furniture_is_a_reject_with_the_reason() -> None:
    read = finish(printed("Baca juga: Bakau di muara\n(*)"), HABITS)
    assert isinstance(read, Reject)
    assert (read.reason, read.outlet) == ("no-text", "harian")
    assert "characters are left" in read.detail


@given(st.text(max_size=300), st.text(max_size=40), st.sampled_from(["id", "en", "xx", "", "../id"]))
def test_finishing_twice_is_finishing_once(body: str, published: str, language: str) -> None:
    once = finish(printed(f"{body}\n{BODY}", published, language), HABITS)
    assert isinstance(once, Article)
    twice = finish(once, HABITS)
    assert isinstance(twice, Article)
    assert twice == once
    assert all(once.body[quote.start : quote.end] == quote.text for quote in once.quotes)


@given(st.binary(max_size=400), st.text(max_size=20))
def test_any_bytes_are_an_article_or_a_reject(body: bytes, content_type: str) -> None:
    read = pipelines.read_page(body, "https://harian.example.org/1", content_type, HABITS, FETCHED)
    assert isinstance(read, Reject)
    assert read.reason
    assert read.seen_at == FETCHED
