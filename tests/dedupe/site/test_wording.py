from __future__ import annotations

import re
import string
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.site.wording import LANGUAGES, Wording, chosen, load

ENGLISH, INDONESIAN = load("en"), load("id")
HTML = files("dedupe.site") / "html"
KEY = re.compile(r"""\bt\(\s*"([^"]+)"(\s*~)?""")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_sentences(language: str) -> None:
    assert set(load(language).said) == set(ENGLISH.said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_has_the_same_places(language: str) -> None:
    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    other = load(language).said
    assert {key: places(text) for key, text in ENGLISH.said.items()} == {
        key: places(other[key]) for key in ENGLISH.said
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_empty_and_no_month_missing(language: str) -> None:
    wording = load(language)
    assert all(text.strip() for text in wording.said.values())
    assert len(wording.months) == 12


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_says_who_copied_or_who_broke_a_story(language: str) -> None:
    forbidden = re.compile(r"\b(plagiari|stole|stolen|broke the|menjiplak|dijiplak|plagiat)", re.IGNORECASE)
    assert not [text for text in load(language).said.values() if forbidden.search(text)]


def test_every_sentence_that_a_template_asks_for_is_there() -> None:
    missing = []
    for page in HTML.iterdir():
        for key, goes_on in KEY.findall(page.read_text("utf-8")):
            there = any(one.startswith(key) for one in ENGLISH.said) if goes_on else key in ENGLISH.said
            if not there:
                missing.append((page.name, key))
    assert not missing


@pytest.mark.parametrize(
    ("accepts", "asked", "language"),
    [
        ("", "", "en"),
        ("id", "", "id"),
        ("id-ID,id;q=0.9,en;q=0.8", "", "id"),
        ("en-GB,en;q=0.9,id;q=0.8", "", "en"),
        ("fr, id;q=0.8, en;q=0.5", "", "id"),
        ("id;q=0", "", "en"),
        ("id;q=abc, en", "", "en"),
        ("id", "en", "en"),
        ("id", "xx", "id"),
        ("\x00;;;,,,=q", "", "en"),
    ],
)
def test_the_reader_s_choice_wins_then_the_browser_s(accepts: str, asked: str, language: str) -> None:
    assert chosen(accepts, asked).language == language


@given(st.text(), st.text(max_size=20))
def test_any_header_leads_to_a_language(accepts: str, asked: str) -> None:
    assert chosen(accepts, asked).language in LANGUAGES


@pytest.mark.parametrize(
    ("wording", "said"),
    [
        (ENGLISH, ("1 outlet", "1,234 outlets", "5 May 2026", "5 May 2026, 01:02\u00a0UTC")),
        (INDONESIAN, ("1 media", "1.234 media", "5 Mei 2026", "5 Mei 2026, 01:02\u00a0UTC")),
    ],
)
def test_numbers_and_days_as_people_write_them(wording: Wording, said: tuple[str, ...]) -> None:
    assert said == (
        wording("outlets", 1),
        wording("outlets", 1_234),
        wording.day("2026-05-05"),
        wording.moment("2026-05-05T01:02:03Z"),
    )


@given(st.text(alphabet=st.characters(exclude_categories=["N"])))
def test_what_is_no_day_stays_as_it_is(text: str) -> None:
    assert (ENGLISH.day(text), ENGLISH.moment(text)) == (text, text)


@pytest.mark.parametrize(
    ("printed", "is_machine"),
    [
        ("2026-05-06T08:52:00+07:00", True),
        ("2026-05-06", True),
        ("20260506", True),
        ("1778000000", True),
        ("Rabu, 6 Mei 2026 08:15 WIB", False),
        ("6 Mei 2026", False),
        ("06/05/2026", False),
        ("", False),
    ],
)
def test_a_date_for_machines_is_told_from_one_for_people(printed: str, *, is_machine: bool) -> None:
    assert ENGLISH.is_machine(printed) == is_machine
