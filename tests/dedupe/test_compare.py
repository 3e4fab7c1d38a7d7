from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe import Article
from dedupe.compare import Own, bare, marked, own, passages, utterances
from dedupe.model import Quote
from dedupe.words import words

Make = Callable[..., Article]


@pytest.mark.parametrize(
    ("text", "against", "expected"),
    [
        ("a b c", "a b c", [("a b c", "same")]),
        ("a b c", "", [("a b c", "other")]),
        ("", "a", []),
        ("a b c", "x y z", [("a b c", "other")]),
        ("Kuncinya, BUKAN mesin.", "kuncinya bukan mesin", [("Kuncinya, BUKAN mesin.", "same")]),
        ("bukan mesin mahal", "mesin mahal bukan", [("bukan", "other"), ("mesin mahal", "same")]),
        (
            "Kami datang untuk belajar langsung",
            "Jadi kami datang belajar langsung",
            [("Kami datang", "same"), ("untuk", "other"), ("belajar langsung", "same")],
        ),
        ("satu — dua", "satu — dua", [("satu — dua", "same")]),
    ],
)
def test_marked(text: str, against: str, expected: list[tuple[str, str]]) -> None:
    assert list(marked(text, against)) == expected


SPOKEN = st.lists(st.sampled_from(["Kami", "kami,", "datang", "tidak", "—", "12,5"]), max_size=20).map(" ".join)


@given(SPOKEN, SPOKEN)
def test_marked_runs_make_the_text_again_and_same_words_stand_in_both(text: str, against: str) -> None:
    runs = list(marked(text, against))
    assert " ".join(run for run, _ in runs) == text
    there = [bare(word) for word in against.split()]
    assert all(bare(word) in there for run, mark in runs if mark == "same" for word in run.split())
    assert all("same" in {one[1], other[1]} for one, other in pairwise(runs))


def saying(make: Make, outlet: str, *said: tuple[str | None, str]) -> Article:
    """An article that quotes each (speaker, words)."""
    quotes = tuple(Quote(text=text, start=0, end=0, kind="direct", speaker=speaker) for speaker, text in said)
    return make("a", "", outlet=outlet, quotes=quotes)


def test_one_utterance_in_three_wordings_is_shown_once(make: Make) -> None:
    articles = [
        saying(make, "warta", ("Surya Pradita", "Tempat pembuangan kami hampir penuh, jadi kami datang belajar")),
        saying(
            make,
            "muara",
            ("Surya", "Kami datang belajar, tempat pembuangan kami sudah hampir penuh"),
            ("Lestari", "Kuncinya kebiasaan memilah sejak dari dapur"),
        ),
        saying(make, "bukit", ("Surya Pradipta", "Tempat pembuangan hampir penuh, kami datang belajar langsung")),
    ]
    found = utterances(articles)
    assert [len(utterance.wordings) for utterance in found] == [3, 1]
    assert set(found[0].speakers) == {"Surya Pradita", "Surya", "Surya Pradipta"}
    assert [mark for _, mark in found[0].wordings[0].marked] == ["same"]
    assert {wording.outlet for wording in found[0].wordings} == {"warta", "muara", "bukit"}


@pytest.mark.parametrize(
    ("said", "groups"),
    [
        ([], 0),
        (["Air naik cepat sekali malam itu", "Gempa terasa lama di pulau kami"], 2),
        (["Air naik cepat sekali malam itu"] * 4, 1),
        (["😀", "…"], 2),
    ],
)
def test_utterances(make: Make, said: list[str], groups: int) -> None:
    articles = [saying(make, f"o{n}", (None, text)) for n, text in enumerate(said)]
    found = utterances(articles)
    assert len(found) == groups
    assert sum(len(utterance.wordings) for utterance in found) == len(said)


def test_fragments_are_no_utterances(make: Make) -> None:
    fragment = Quote(text="dapur yang sudah mengepul", start=0, end=0, kind="fragment")
    assert utterances([make("a", "", quotes=(fragment,))]) == []


WIRE = "Gempa bumi berkekuatan 5,4 mengguncang laut di selatan Tanjung Pelita, Kamis pagi."


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("", "", []),
        (WIRE, WIRE, [WIRE[:-1]]),
        (WIRE, WIRE.lower().replace(",", " ;"), []),
        ("satu dua tiga empat", "satu dua tiga empat", []),
        ("satu dua tiga empat lima", "satu dua tiga empat lima", ["satu dua tiga empat lima"]),
        ("Satu, dua tiga empat LIMA! x", "y satu dua tiga; empat lima", ["Satu, dua tiga empat LIMA"]),
        ("a b c d e x f g h i j", "f g h i j y a b c d e", ["a b c d e", "f g h i j"]),
        ("p q a b c d e f g", "a b c d e z a b c d e f g", ["a b c d e f g"]),
    ],
)
def test_passages(a: str, b: str, expected: list[str]) -> None:
    if ";" in b and "5,4" in a:
        expected = ["mengguncang laut di selatan Tanjung Pelita, Kamis pagi"]  # "5 ;4" is two numbers
    assert passages(a, b) == expected


TEXTS = st.lists(st.sampled_from("abc"), max_size=40).map(" ".join)


@given(TEXTS, TEXTS)
def test_passages_stand_in_both_texts(a: str, b: str) -> None:
    for passage in passages(a, b):
        assert passage in a
        assert f" {' '.join(words(passage))} " in f" {' '.join(words(b))} "
    assert bool(passages(a, b)) == bool(passages(b, a))


def test_passages_of_hostile_texts_come_soon() -> None:
    chance = random.Random(1)
    a, b = (" ".join(chance.choice("ab") for _ in range(100_000)) for _ in range(2))
    assert all(len(passage.split()) >= 5 for passage in passages(a, b))
    assert passages("a " * 100_000, "a " * 100_000)


def test_what_each_alone_has(make: Make) -> None:
    shared = "Gempa berkekuatan 5,4 mengguncang laut selatan Tanjung Pelita pada Kamis pagi."
    lonely = "Petugas mercusuar Nusadua mencatat 17 gempa susulan kecil sebelum matahari benar-benar naik."
    articles = {1: make("a", f"{shared}\n{lonely}"), 2: make("b", f"{shared}\nAmat kecil.")}
    assert own(articles) == {
        1: Own(paragraphs=(lonely,), facts=("17", "nusadua")),
        2: Own(paragraphs=(), facts=()),
    }


def test_a_fact_that_the_other_prints_in_lower_case_or_at_the_start_is_no_own_fact(make: Make) -> None:
    articles = {1: make("a", "Kata warga Sagara, air naik."), 2: make("b", "sagara tenang")}
    assert own(articles)[1].facts == ()


def test_one_article_has_nothing_to_be_compared_with(make: Make) -> None:
    assert own({1: make("a", "Gempa di Selat Baru mengguncang 120 rumah warga pesisir utara.")}) == {1: Own((), ())}
    assert own({}) == {}
