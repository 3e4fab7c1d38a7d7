from __future__ import annotations

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe import words as w
from dedupe.model import Article

TEXTS = st.text(st.characters(codec=None), max_size=200)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("   \n\t", []),
        ("Wali Kota, Jum'at: Rp1,2 miliar", ["wali", "kota", "jum'at", "rp", "1,2", "miliar"]),
        ("Jum’at anak-anak", ["jum’at", "anak-anak"]),
        ("12.30 WIB, 1.200.000 (3)", ["12.30", "wib", "1.200.000", "3"]),
        ("COVID-19 naik", ["covid", "19", "naik"]),
        ("-- 'kutip' --", ["kutip"]),
        ("Straße STRASSE", ["strasse", "strasse"]),
        ("東京で地震", ["東京で地震"]),
        ("a_b", ["a", "b"]),
        ("\0\ud800\udfff", []),
        ("😀 😀", []),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert w.words(text) == expected


@given(TEXTS)
def test_words_of_words_are_the_words(text: str) -> None:
    once = w.words(text)
    assert w.words(" ".join(once)) == once


@pytest.mark.parametrize("piece", ["'", "-", "a-", "1.", ".''''", " ", "A", "A ", "“", "\n", "a' "])
def test_long_texts_are_read_in_one_pass(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    assert sum(map(len, w.words(text))) <= w.LONGEST_TEXT
    assert all(len(name.split()) <= 4 for name in w.names(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5,4 SR, 3 orang, 1.200 rumah", {"5,4", "1.200"}),
        ("tanpa angka", set()),
        ("10 10 10", {"10"}),
    ],
)
def test_numbers(text: str, expected: set[str]) -> None:
    assert w.numbers(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hujan turun di Kota Muara Jati. Warga Karang mengungsi.", {"kota muara jati", "karang"}),
        ("Hujan turun.\nWarga mengungsi.", set()),
        ("kata Surya. “Kami datang,” ujar Lestari", {"surya", "lestari"}),
        ("oleh Satu Dua Tiga Empat Lima Enam", {"tiga empat lima enam"}),
        ("", set()),
        ("東京で地震", set()),
    ],
)
def test_names(text: str, expected: set[str]) -> None:
    assert w.names(text) == expected


@pytest.mark.parametrize(
    ("text", "opens", "words", "named"),
    [
        ("", True, [], set()),
        ("Hujan turun di Kota Muara Jati. Warga Karang mengungsi.", True, None, {"kota", "muara", "jati", "karang"}),
        ("Hujan turun.\nWarga mengungsi.", True, ["hujan", "turun", "warga", "mengungsi"], set()),
        ("Hujan Turun", True, None, {"turun"}),
        ("Hujan Turun", False, None, {"hujan", "turun"}),
        ("kata Surya. “Kami datang,” ujar Lestari", True, None, {"surya", "lestari"}),
        ("hadir Surya (Wakil), Lestari", True, None, {"surya", "wakil", "lestari"}),
        ("oleh COVID-19 di iPhone X", True, ["oleh", "covid", "19", "di", "iphone", "x"], {"covid", "iphone"}),
        ("in der straße", True, ["in", "der", "strasse"], set()),
        ("οδος και λόγος", True, None, set()),
        ("東京で地震", True, ["東京で地震"], set()),
        ("\0\ud800\udfff", True, [], set()),
        ("di \ud800Sagara\0Muara", True, ["di", "sagara", "muara"], {"sagara", "muara"}),
    ],
)
def test_read(text: str, words: list[str] | None, named: set[str], *, opens: bool) -> None:
    found = w.read(text, opens=opens)
    assert found.words == (w.words(text) if words is None else words)
    assert found.named == named


@given(TEXTS)
def test_named_words_are_words_of_the_text(text: str) -> None:
    found = w.read(text)
    assert found.named <= set(found.words)
    assert not any(word in w.BREAKS for word in found.words)
    assert found.named <= w.read(text, opens=False).named


@given(st.text(st.sampled_from("abcXYZß09 .,:;!?…'’`-–—“”\"„«»()/\n\t_😀東"), max_size=80))
def test_one_pass_reads_the_words_that_many_read(text: str) -> None:
    assert w.read(text).words == w.words(text)
    assert w.read(text.lower()).named == set()


PLAIN = st.lists(
    st.lists(st.sampled_from(["hujan", "di", "Sagara", "Muara", "Jati", "yang", "Surya"]), min_size=1, max_size=5),
    max_size=5,
).map(lambda sentences: " ".join(" ".join(["Warga", *sentence]) + "." for sentence in sentences))
"""Sentences without marks inside, each opened by a word that is no name."""


@given(PLAIN)
def test_on_plain_sentences_both_readings_find_the_words_of_the_same_names(text: str) -> None:
    by_runs = {word for name in w.names(text) for word in name.split()}
    assert by_runs <= w.read(text).named
    if all(len(run.split()) <= w.WORDS_OF_A_NAME for run in re.findall(r"(?:\b[A-Z]\w* ?)+", text)):
        assert w.read(text).named == by_runs


def test_on_the_demo_both_readings_find_nearly_the_same_names(told: tuple[tuple[str, Article], ...]) -> None:
    both = either = 0
    for _, article in told:
        named = w.read(article.body).named
        by_runs = {word for name in w.names(article.body) for word in name.split()}
        both, either = both + len(named & by_runs), either + len(named | by_runs)
        assert w.read(article.body).words == w.words(article.body)
    assert both >= 0.9 * either


@pytest.mark.parametrize(
    "piece", ["'", "-", "a-", "1.", ".''", " ", "A", "A ", "“", "\n", "a' ", "\0", "\ud800", "Ada "]
)
def test_at_most_the_longest_text_is_read(piece: str) -> None:
    found = w.read(piece * (1_000_000 // len(piece)))
    assert sum(map(len, found.words)) <= w.LONGEST_TEXT
    assert found.named <= set(found.words)


@given(st.text(st.characters(codec=None), max_size=8))
def test_an_unknown_language_has_no_table(language: str) -> None:
    assert language in {"id", "en"} or w.prior(language) == {}


@pytest.mark.parametrize("language", ["../id", "id.tsv", "ID", "id\n", "x" * 400, "\0", "\ud800"])
def test_a_language_code_opens_no_other_file(language: str) -> None:
    assert w.prior(language) == {}


def test_shipped_tables_hold_shares() -> None:
    for language in ("id", "en"):
        table = w.prior(language)
        assert len(table) > 500
        assert all(0 < share <= 1 for share in table.values())


def test_idf_is_never_negative_and_falls_with_the_count() -> None:
    table = w.Frequencies(100, {"sering": 100, "kadang": 10}, {})
    assert table.idf("sering") == 0
    assert table.idf("kadang") == pytest.approx(math.log(101 / 11))
    assert table.idf("tidak ada") == pytest.approx(math.log(101))
    assert w.Frequencies(0, {}, {}).idf("x") == 0


def test_the_shipped_table_counts_for_some_thousand_articles() -> None:
    table = w.Frequencies(0, {}, {"yang": 0.9})
    assert table.idf("yang") == pytest.approx(math.log(2001 / 1801))


def test_weighted_counts_of_title_lead_and_rest() -> None:
    body = ["lead"] + ["isi"] * w.LEAD_WORDS + ["ekor"]
    found = w.weighted_counts(["judul"], body)
    assert found["judul"] == pytest.approx(1 + math.log(w.TITLE_WEIGHT))
    assert found["lead"] == pytest.approx(1 + math.log(w.LEAD_WEIGHT))
    assert found["ekor"] == 1


WORDS = st.lists(st.sampled_from(["banjir", "gempa", "yang", "di", "pasar", "12", "2026"]), max_size=30)


@given(WORDS, WORDS)
def test_a_vector_has_length_one_or_nothing(title: list[str], body: list[str]) -> None:
    found = w.vector(title, body, w.Frequencies(10, {"banjir": 3}, {}))
    assert not found or math.isclose(math.hypot(*found.values()), 1.0)


VECTORS = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0.01, 1), max_size=8).map(
    lambda raw: {k: v / math.hypot(*raw.values()) for k, v in raw.items()}
)


@given(VECTORS, VECTORS)
def test_cosine_is_symmetric_and_a_share(a: dict[str, float], b: dict[str, float]) -> None:
    assert w.cosine(a, b) == w.cosine(b, a)
    assert 0 <= w.cosine(a, b) <= 1
    assert not a or w.cosine(a, a) == pytest.approx(1)


def test_keywords_are_the_heaviest_and_ties_alphabetical() -> None:
    assert w.keywords({"b": 0.5, "a": 0.5, "c": 0.9, "d": 0.1}, most=3) == ("c", "a", "b")
    assert w.keywords({}) == ()
