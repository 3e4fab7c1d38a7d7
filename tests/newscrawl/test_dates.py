import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from _pytest.mark import ParameterSet
from hypothesis import given
from hypothesis import strategies as st

from newscrawl import languages
from newscrawl.dates import EARLIEST, ReadDate, read

CASES = Path(__file__).parents[1] / "cases" / "dates"
ZONES = {"id": "Asia/Jakarta", "en": "America/New_York"}
FETCHED = datetime(2025, 6, 24, 3, 0, tzinfo=UTC)
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2025, 6, 24))
WALLS = st.builds(datetime.combine, st.dates(date(1991, 1, 1), date(2025, 6, 1)), st.times())
WORDS = sorted(
    {
        word
        for code in languages.known()
        for table in (languages.load(code).dates,)
        for word in (*table.months, *table.days, *table.labels)
    }
)
PIECES = st.sampled_from([
    *WORDS, *"0123456789 -/.:,TZ", "+07:00", "WIB", "EST", "2025", "23", "lalu", "ago", "jam",
    "pm", "\0",
])  # fmt: skip
PRINTED = st.one_of(
    st.text(max_size=80),
    st.lists(PIECES, max_size=14).map("".join),
    st.lists(PIECES, max_size=14).map(" ".join),
)


def cases() -> Iterator[ParameterSet]:
    for code in ("id", "en"):
        for case in json.loads((CASES / f"{code}.json").read_text(encoding="utf-8")):
            marks = [pytest.mark.xfail(reason=case["xfail"], strict=True)] if "xfail" in case else []
            yield pytest.param(code, case, id=f"{code}: {case['name']}", marks=marks)


def as_printed(found: ReadDate | None) -> dict[str, str | None] | None:
    if found is None:
        return None
    at = None if found.at is None else found.at.isoformat()
    return {"day": found.day.isoformat(), "at": at, "zone": found.zone, "precision": found.precision}


@pytest.mark.parametrize(("code", "case"), list(cases()))
def test_dates(code: str, case: dict[str, Any]) -> None:
    fetched_at = case.get("fetched_at", FETCHED)
    more = {key: case[key] for key in ("order", "lies_utc") if key in case}
    found = read(case["text"], language=code, zone=ZONES[code], fetched_at=fetched_at, **more)
    assert as_printed(found) == case["read"]


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("23. Juni 2025", "de", date(2025, 6, 23)),
        ("lundi 23 juin 2025 à 21:34", "fr", date(2025, 6, 23)),
        ("2025年6月23日 21:34", "ja", date(2025, 6, 23)),
        ("23 de junio de 2025", "es", date(2025, 6, 23)),
        ("juni 2025", "de", None),
        ("23. Juni", "de", None),
        ("23 Juni 2025", "xx", None),
        ("23 Juni 2025", None, date(2025, 6, 23)),
        ("23 June 2025", None, date(2025, 6, 23)),
        ("Mon, 23 Jun 2025 21:34:00 +0700", None, date(2025, 6, 23)),
    ],
)
def test_other_languages(text: str, language: str | None, day: date | None) -> None:
    found = read(text, language=language, fetched_at=FETCHED)
    assert (found.day if found else None) == day


@given(PRINTED, st.sampled_from(["id", "en", None, "xx"]), st.sampled_from(["DMY", "MDY", "YMD"]), st.booleans())
def test_whatever_is_printed_lies_within_the_limits(
    text: str,
    language: str | None,
    order: str,
    lies_utc: bool,  # noqa: FBT001 - drawn by hypothesis
) -> None:
    found = read(text, language=language, order=order, zone="Asia/Jakarta", fetched_at=FETCHED, lies_utc=lies_utc)
    if found is None:
        return
    assert EARLIEST <= found.day <= date(2025, 6, 26)
    assert (found.at is None) == (found.precision == "day")
    assert found.at is None or (found.at.tzinfo is UTC and found.at <= FETCHED + timedelta(hours=48))
    assert found.at is None or abs((found.at.date() - found.day).days) <= 1


@given(st.text(max_size=60), st.sampled_from(["de", "fr", "ja", "es", "ar"]))
def test_other_languages_lie_within_the_limits(text: str, language: str) -> None:
    found = read(f"{text} 2024", language=language, fetched_at=FETCHED)
    assert found is None or found.day.year in {2024, 2025}


@given(DAYS, st.sampled_from(sorted(languages.load("id").dates.months)))
def test_every_month_word_is_read(day: date, word: str) -> None:
    month = languages.load("id").dates.months[word]
    day = day.replace(month=month, day=min(day.day, 28))
    if day <= FETCHED.date():
        assert read(f"{day.day} {word.title()} {day.year}", language="id", fetched_at=FETCHED).day == day


@given(WALLS, st.sampled_from(["WIB", "WITA", "WIT"]))
def test_a_printed_time_is_the_same_moment_in_utc(wall: datetime, word: str) -> None:
    zone = ZoneInfo(languages.load("id").dates.zones[word.lower()])
    found = read(f"{wall:%d/%m/%Y, %H:%M} {word}", language="id", zone="Asia/Jakarta", fetched_at=FETCHED)
    assert found.day == wall.date()
    assert found.at == wall.replace(second=0, microsecond=0, tzinfo=zone).astimezone(UTC)


@given(DAYS)
def test_a_printed_day_stays_a_day(day: date) -> None:
    for text in (f"{day.day}/{day.month}/{day.year}", day.isoformat()):
        found = read(text, language="id", zone="Asia/Jakarta", fetched_at=FETCHED)
        assert (found.day, found.at, found.precision) == (day, None, "day")


@given(st.integers(min_value=0, max_value=10**16).map(str))
def test_figures_alone_are_no_date(figures: str) -> None:
    assert read(figures, language="id", fetched_at=FETCHED) is None


@pytest.mark.parametrize(
    "text",
    [
        "1" * 1_000_000,
        "23 Juni " * 100_000,
        "a" * 1_000_000,
        "- " * 500_000,
        "\0" * 1_000_000,
        "12:" * 300_000,
    ],
)
def test_huge_texts_come_back(text: str) -> None:
    assert read(text, language="id", fetched_at=FETCHED) is None


def test_without_the_time_of_fetching_only_the_first_limit_holds() -> None:
    assert read("23 Juni 2031", language="id").day == date(2031, 6, 23)
    assert read("23 Juni 1989", language="id") is None
