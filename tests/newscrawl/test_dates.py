import json
import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from _pytest.mark import ParameterSet
from hypothesis import given
from hypothesis import strategies as st

from newscrawl import date_words, languages
from newscrawl.dates import EARLIEST, ReadDate, read

CASES = Path(__file__).parents[1] / "cases" / "dates"
ZONES = {
    "id": "Asia/Jakarta",
    "en": "America/New_York",
    "ms": "Asia/Kuala_Lumpur",
    "es": "Europe/Madrid",
    "pt": "America/Sao_Paulo",
    "fr": "Europe/Paris",
    "de": "Europe/Berlin",
    "nl": "Europe/Amsterdam",
    "it": "Europe/Rome",
    "tr": "Europe/Istanbul",
}
"""Where the clocks stand of the outlets whose dates the cases print."""
FETCHED = datetime(2025, 6, 24, 3, 0, tzinfo=UTC)
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2025, 6, 24))
WALLS = st.builds(datetime.combine, st.dates(date(1991, 1, 1), date(2025, 6, 1)), st.times())
WORDS = sorted(
    {
        word
        for code in languages.known()
        for table in (languages.load(code).dates,)
        for word in (*table.months, *table.days, *table.labels, *table.modified, *table.units, *table.ago)
    }
)
PIECES = st.sampled_from([
    *WORDS, *"0123456789 -/.:,TZ", "+07:00", "WIB", "EST", "2025", "23", "lalu", "ago", "jam",
    "pm", "\0", "\u200f", "\u202e", "٢٣", "２０２５", "hace", "vor", "il y a", "h",
])  # fmt: skip
PRINTED = st.one_of(
    st.text(max_size=80),
    st.lists(PIECES, max_size=14).map("".join),
    st.lists(PIECES, max_size=14).map(" ".join),
)


def cases() -> Iterator[ParameterSet]:
    for path in sorted(CASES.glob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8")):
            marks = [pytest.mark.xfail(reason=case["xfail"], strict=True)] if "xfail" in case else []
            yield pytest.param(path.stem, case, id=f"{path.stem}: {case['name']}", marks=marks)


def as_printed(found: ReadDate | None) -> dict[str, str | None] | None:
    if found is None:
        return None
    at = None if found.at is None else found.at.isoformat()
    return {"day": found.day.isoformat(), "at": at, "zone": found.zone, "precision": found.precision}


@pytest.mark.parametrize(("code", "case"), list(cases()))
def test_dates(code: str, case: dict[str, Any]) -> None:
    fetched_at = case.get("fetched_at", FETCHED)
    if isinstance(fetched_at, str):
        fetched_at = datetime.fromisoformat(fetched_at)
    more = {key: case[key] for key in ("order", "lies_utc") if key in case}
    found = read(case["text"], language=code, zone=case.get("zone", ZONES[code]), fetched_at=fetched_at, **more)
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
        ("2025. 6. 23.", "ko", date(2025, 6, 23)),
        ("2025. 06. 23. 21:34", "hu", date(2025, 6, 23)),
        ("٢٣ يونيو ٢٠٢٥", "ar", date(2025, 6, 23)),
        ("23 มิถุนายน 2568", "th", None),
        ("۲ تیر ۱۴۰۴", "fa", None),
        ("27 ذو الحجة 1446", "ar", None),
    ],
)
def test_other_languages(text: str, language: str | None, day: date | None) -> None:
    found = read(text, language=language, fetched_at=FETCHED)
    assert (found.day if found else None) == day


@pytest.mark.parametrize(
    ("text", "language", "at"),
    [
        ("23 июня 2025, 9:34", "ru", "09:34"),
        ("입력 2025.06.23 15:20", "ko", "15:20"),
        ("입력 2025.06.23 오후 3:20", "ko", None),
        ("2025年6月23日 午後9:34", "ja", None),
        ("23/06/2025 9:34 de la noche", "es", None),
        ("23/06/2025 21:34 de la noche", "es", "21:34"),
        ("June 23, 2025 12:00 midnight", "en", None),
        ("23 Juni 2025 12.30 malam", "id", None),
        ("23 Jun 2025 9:34 pagi", "ms", "09:34"),
        ("23/06/2025 à 21:34 et modifié à 22:10", "fr", "21:34"),
        ("23/06/2025, il y a 21 h", "fr", None),
        ("23 June 2025 21:34, 2h ago", "en", "21:34"),
    ],
)
def test_a_time_is_read_only_where_its_half_of_the_day_is_sure(text: str, language: str, at: str | None) -> None:
    found = read(text, language=language, fetched_at=FETCHED)
    assert found is not None
    assert found.day == date(2025, 6, 23)
    assert (None if found.at is None else f"{found.at:%H:%M}") == at


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("22 Juni 2025 (23/06/2025)", "id"),
        ("Version 10.06.24", "de"),
        ("10.06.24.1", "de"),
        ("06/05/25", "en"),
        ("2 months 5 days ago", "en"),
        ("two months and five days ago", "en"),
        ("2 atau 3 jam lalu", "id"),
        ("vor einem halben Tag", "de"),
        ("1.5 hours ago", "en"),
        ("il y a 1h20", "fr"),
        ("Kemarin malam warga berkumpul", "id"),
        ("Baca berita hari ini", "id"),
        ("30 mai et 1er juin 2025", "fr"),
        ("1446 Zulhijah 27", "id"),
    ],
)
def test_what_is_unclear_is_no_date(text: str, language: str) -> None:
    assert read(text, language=language, fetched_at=FETCHED) is None


@given(
    PRINTED, st.sampled_from([*languages.known(), None, "xx"]), st.sampled_from(["DMY", "MDY", "YMD"]), st.booleans()
)
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


@pytest.mark.parametrize("code", languages.known())
def test_every_month_word_is_read_in_any_letters(code: str) -> None:
    for word, month in languages.load(code).dates.months.items():
        day = date(2024, month, 23)
        for printed in (word, word.title(), word.upper(), unmarked(word), unmarked(word).upper()):
            for text in (f"23 {printed} 2024", f"23. {printed}. 2024", f"{printed} 23, 2024"):
                found = read(text, language=code, fetched_at=FETCHED)
                assert found is not None, text
                assert found.day == day, text


@pytest.mark.parametrize("code", languages.known())
def test_every_word_for_an_amount_of_time_counts_back(code: str) -> None:
    words = languages.load(code).dates
    for told in words.ago:
        for unit, seconds in words.units.items():
            text = told.replace("…", f"2 {unit}") if "…" in told else f"2 {unit} {told}"
            found = read(text, language=code, fetched_at=FETCHED)
            assert found is not None, text
            assert found.day == (FETCHED - timedelta(seconds=2 * seconds)).date(), text
            assert (found.at is None) == (seconds >= 86_400), text


@pytest.mark.parametrize("code", languages.known())
def test_every_word_for_a_day_counts_back_and_takes_a_time(code: str) -> None:
    for word, days in languages.load(code).dates.days.items():
        day = FETCHED.date() - timedelta(days=days)
        for text in (word, word.upper(), f"{word}, 02:34", f"Outlet | {word}"):
            found = read(text, language=code, fetched_at=FETCHED)
            assert found is not None, text
            assert found.day == day, text
            assert (found.at is not None) == ("02:34" in text), text


@pytest.mark.parametrize("code", languages.known())
def test_of_two_dates_the_one_of_publication_is_read(code: str) -> None:
    words = languages.load(code).dates
    for new in words.labels:
        for old in words.modified:
            for text in (
                f"{new}: 22/06/2025 08:00, {old}: 23/06/2025 09:00",
                f"{old.title()}: 23/06/2025 09:00 | {new.title()}: 22/06/2025 08:00",
                f"22/06/2025 08:00 ({old} 23/06/2025 09:00)",
            ):
                found = read(text, language=code, fetched_at=FETCHED)
                assert found is not None, text
                assert found.at == datetime(2025, 6, 22, 8, tzinfo=UTC), text


def unmarked(word: str) -> str:
    return date_words.fold(word)


@given(st.text(max_size=80))
def test_a_folded_line_is_as_long_as_it_was(text: str) -> None:
    assert len(date_words.fold(text)) == len(text)


def test_no_folded_month_means_another_one_in_another_language() -> None:
    meant: dict[str, set[int]] = {}
    for code in languages.known():
        for word, month in date_words.of(code).months.items():
            meant.setdefault(word, set()).add(month)
    assert not {word: months for word, months in meant.items() if len(months) > 1}


def test_an_hour_that_the_clock_shows_twice_is_told_apart() -> None:
    """In Berlin the clocks went back from 3 to 2 at 01:00 UTC on 26 October 2025."""
    for hours, at in ((1, 1), (2, 0)):
        found = read(
            f"vor {hours} Stunden",
            language="de",
            zone="Europe/Berlin",
            fetched_at=datetime(2025, 10, 26, 2, 30, tzinfo=UTC),
        )
        assert found is not None
        assert found.at == datetime(2025, 10, 26, at, 30, tzinfo=UTC)


SEED = 20250624
JUNK = [
    *"-/.:,|()[]'’\"•–— \t\n", "  ", "\0", "\ud800", "\u200f", "\u202e", "\u2066", "\ufeff", "\u00a0", "İ", "ı", "ſ",
    "\N{KELVIN SIGN}", "٢٣", "２０２５", "๒๕๖๘", "۱۴۰۴", "²", "½", "令和7年", "Kompas.com - ", "T", "Z", "H", "😀",
    "x" * 300, "9" * 300,
]  # fmt: skip
MONTHS = sorted({word for code in languages.known() for word in languages.load(code).dates.months})
NUMBERS = [*map(str, range(32)), *map(str, range(1985, 2032)), "0000", "9999", "1446", "2568", "0001", "24:00", "99:99"]
ZONE_WORDS = [
    "WIB",
    "WITA",
    "GMT+7",
    "UTC",
    "+07:00",
    "-0330",
    "+99:99",
    "EST",
    "MESZ",
    "IST",
    "(WIT)",
    "GMT",
    "−05:00",
]


def fuzzed(source: random.Random) -> str:
    """A line that looks more or less like a date: pieces at random, or a date with something done to it."""
    line = source.choice([pieced, damaged, damaged])(source)
    return line * source.choice([1] * 40 + [500])


def pieced(source: random.Random) -> str:
    kinds = [WORDS, NUMBERS, NUMBERS, JUNK, ZONE_WORDS, [clock(source)], [" "]]
    pieces = [source.choice(source.choice(kinds)) for _ in range(source.randrange(1, 14))]
    return source.choice(["", " ", " ", "/", "-"]).join(pieces)


def damaged(source: random.Random) -> str:
    day, month, year = source.randrange(34), source.randrange(14), source.choice([*range(1988, 2028), 9999, 1446, 2568])
    line = source.choice([
        f"{day} {source.choice(MONTHS)} {year}",
        f"{source.choice(MONTHS)} {day}, {year}",
        f"{day}/{month}/{year}",
        f"{day:02}.{month:02}.{year}",
        f"{year}-{month:02}-{day:02}T{clock(source)}:00",
        f"{source.randrange(100)} {source.choice(WORDS)} {source.choice(WORDS)}",
    ])  # fmt: skip
    line += source.choice(["", f" {clock(source)}", f", {clock(source)} {source.choice(ZONE_WORDS)}"])
    for _ in range(source.choice([0, 0, 1, 1, 2, 3])):
        at, cut = source.randrange(len(line) + 1), source.randrange(3)
        piece = source.choice(source.choice([JUNK, NUMBERS, WORDS, ZONE_WORDS, [" "], [""]]))
        line = line[:at] + piece + line[at + cut :]
    return line


def clock(source: random.Random) -> str:
    return f"{source.randrange(26):02}{source.choice(':::.h')}{source.randrange(62):02}"


def test_ten_thousand_lines_are_read_without_harm_and_within_the_limits() -> None:
    source = random.Random(SEED)
    codes = [*languages.known(), None, "xx", "ja", "ar", "th", "fa", "pl"]
    read_ones = 0
    for _ in range(10_000):
        text, code, order = fuzzed(source), source.choice(codes), source.choice(["DMY", "MDY", "YMD"])
        found = read(text, language=code, order=order, zone="Asia/Jakarta", fetched_at=FETCHED)
        if found is None:
            continue
        read_ones += 1
        assert EARLIEST <= found.day <= date(2025, 6, 26), (text, code)
        assert found.at is None or found.at <= FETCHED + timedelta(hours=48), (text, code)
    assert read_ones > 500, "the generator should make some dates that can be read"


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
