import re
from itertools import combinations

import pytest

from newscrawl import languages

CODES = languages.known()


def test_languages_with_a_file() -> None:
    assert {"id", "en"} <= set(CODES)


@pytest.mark.parametrize("code", CODES)
def test_every_file_fills_every_kind_of_table(code: str) -> None:
    language = languages.load(code)
    assert language.code == code
    assert language.name
    assert language.speech.cues
    assert language.furniture
    assert language.furniture_tail
    assert set(language.dates.months.values()) == set(range(1, 13))


@pytest.mark.parametrize("code", ["id-ID", "ID", " id_ID "])
def test_tags_are_read_by_their_language(code: str) -> None:
    assert languages.load(code) is languages.load("id")


def test_an_unknown_language_has_empty_tables() -> None:
    language = languages.load("xx")
    assert language == languages.Language(code="xx")
    assert not language.speech.cues
    assert not language.dates.months


@pytest.mark.parametrize("code", ["../id", "id/..", "__init__", "", "\0"])
def test_a_code_is_no_path(code: str) -> None:
    assert not languages.load(code).furniture


@pytest.mark.parametrize("code", CODES)
def test_words_are_in_small_letters(code: str) -> None:
    language = languages.load(code)
    tables = [value for value in vars(language.speech).values() if isinstance(value, (frozenset, tuple))]
    tables += [value for value in vars(language.dates).values() if isinstance(value, frozenset)]
    assert not [word for table in tables for word in table if word != word.lower()]


@pytest.mark.parametrize(("one", "other"), list(combinations(CODES, 2)))
def test_no_month_means_another_one_in_another_language(one: str, other: str) -> None:
    first, second = languages.load(one).dates.months, languages.load(other).dates.months
    assert not {word for word in first.keys() & second.keys() if first[word] != second[word]}, (
        "dates.read tries the tables one after the other: a word must not mean two months"
    )


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("line", ["baca " * 4000, "- " * 8000, "read also" + " " * 20000 + "x", "tags:" * 4000])
def test_furniture_patterns_are_linear(code: str, line: str) -> None:
    language = languages.load(code)
    for pattern in (*language.furniture, *language.furniture_tail):
        assert isinstance(pattern, re.Pattern)
        pattern.search(line)


def test_a_language_is_read_once() -> None:
    assert languages.load("id") is languages.load("id")
