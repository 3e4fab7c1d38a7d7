from __future__ import annotations

import math
import random
import zlib
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe import words as w
from dedupe.model import Article
from dedupe.profile import Profile
from dedupe.verify import verify
from dedupe.vocabulary import MOST_WORDS, Vocabulary

MakeProfile = Callable[..., Profile]
New = Callable[[], Vocabulary]
WORDS = st.lists(st.sampled_from(["banjir", "gempa", "yang", "12", "東京"]) | st.text(max_size=3), max_size=30)


def folded(words: list[str]) -> list[str]:
    """Words as texts are read into them."""
    return [word.casefold() for word in words]


@given(st.lists(WORDS.map(folded), max_size=6))
def test_a_word_has_one_number_whenever_it_is_met(met: list[list[str]]) -> None:
    known = Vocabulary(lambda _language, _words: (0, {}))
    given_out = [known.numbers(words).tolist() for words in met]
    assert [known.printed(known.numbers(words)) for words in met] == met
    assert [known.numbers(words).tolist() for words in met] == given_out
    assert len(set(known.words)) == len(known.words)


def test_hashes_and_digits_are_those_of_the_word(new_vocabulary: New) -> None:
    known = new_vocabulary()
    said = [f"kata{n}" for n in range(3000)] + ["12", "7", "1.200", "\ud800"]
    at = known.numbers(said)
    assert known.hashes[at].tolist() == [zlib.crc32(word.encode("utf-8", "surrogatepass")) for word in said]
    assert {said[n] for n in np.flatnonzero(known.digits[at])} == {"12", "1.200"}


class Counted:
    """Document frequencies as a store gives them, and what was asked."""

    def __init__(self, articles: int, counts: Mapping[str, int]) -> None:
        self.articles, self.counts = articles, counts
        self.asked: list[str] = []

    def __call__(self, _language: str, words: Sequence[str]) -> tuple[int, Mapping[str, int]]:
        self.asked += words
        return self.articles, {word: self.counts[word] for word in words if word in self.counts}


@pytest.mark.parametrize("language", ["id", "en", "", "xx"])
def test_rarity_is_the_inverse_document_frequency(language: str) -> None:
    counts = {"sering": 100, "kadang": 10, "yang": 90}
    known = Vocabulary(Counted(100, counts))
    said = ["sering", "kadang", "yang", "tidak ada", "kadang"]
    plain = w.Frequencies(100, counts, w.prior(language))
    assert known.rarity(language, known.numbers(said)).tolist() == pytest.approx([plain.idf(word) for word in said])


def test_the_store_is_asked_for_a_word_once() -> None:
    counted = Counted(100, {})
    known = Vocabulary(counted)
    for _ in range(3):
        known.rarity("xx", known.numbers(["satu", "dua", "satu"]))
    assert sorted(counted.asked) == ["dua", "satu"]


def test_counting_new_articles_is_as_reading_the_store_anew() -> None:
    known = Vocabulary(Counted(100, {"banjir": 5}))
    said = ["banjir", "gempa", "lain"]
    known.rarity("xx", known.numbers(["banjir"]))
    known.count("xx", 10, known.numbers(["banjir", "gempa"]), np.array([3, 1]))
    anew = Vocabulary(Counted(110, {"banjir": 8, "gempa": 1}))
    assert known.rarity("xx", known.numbers(said)).tolist() == anew.rarity("xx", anew.numbers(said)).tolist()


def test_languages_are_counted_apart() -> None:
    known = Vocabulary(lambda language, words: (10, dict.fromkeys(words, 9 if language == "xx" else 0)))
    at = known.numbers(["kata"])
    assert known.rarity("xx", at)[0] == pytest.approx(math.log(11 / 10))
    assert known.rarity("yy", at)[0] == pytest.approx(math.log(11))


def test_rarity_is_never_negative_though_another_process_counted_meanwhile() -> None:
    known = Vocabulary(lambda _language, words: (1, dict.fromkeys(words, 50)))
    assert known.rarity("xx", known.numbers(["kata"])).tolist() == [0.0]


def test_a_vocabulary_says_when_it_is_full(new_vocabulary: New) -> None:
    known = new_vocabulary()
    known.learn(f"k{n}" for n in range(MOST_WORDS))
    assert not known.is_full
    known.learn(["satu lagi"])
    assert known.is_full


@pytest.mark.parametrize("seed", range(3))
def test_the_order_in_which_words_were_met_changes_no_score_and_no_evidence(
    make_profile: MakeProfile, new_vocabulary: New, told: tuple[tuple[str, Article], ...], seed: int
) -> None:
    articles = [article for _, article in told[:16]]
    everything = sorted({word for one in articles for word in w.words(f"{one.title} {one.body}")})
    found = []
    for chance in (random.Random(seed), random.Random(seed + 100)):
        known = new_vocabulary()
        for word in chance.sample(everything, len(everything)):
            known.numbers([word])
        profiles = [make_profile(n, one.title, one.body, known=known) for n, one in enumerate(articles)]
        found.append([verify(one, other, known) for one in profiles for other in profiles])
    for one, other in zip(*found, strict=True):
        assert one.score == pytest.approx(other.score, abs=1e-4)
        assert one.kind == other.kind
        for name, feature in one.evidence.items():
            if name not in {"base", "text"}:
                assert feature.get("shared") == other.evidence[name].get("shared"), name
                assert feature["value"] == pytest.approx(other.evidence[name]["value"], abs=1e-4)
