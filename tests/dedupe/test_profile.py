from __future__ import annotations

import math
import random
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe import words as w
from dedupe.profile import QUOTATIONS_COMPARED, Profile, Text, Weighted, heaviest, profiles, read, read_all
from dedupe.vocabulary import Vocabulary

MakeProfile = Callable[..., Profile]
BODY = "Banjir merendam 1.200 rumah di Lembah Hijau. “Air naik cepat sekali malam itu,” kata Darma."


def text_of(number: int, title: str, body: str, quotations: tuple[str, ...] = (), language: str = "id") -> Text:
    return Text(number, 1, "warta", title, body, language, 739_000, dated=True, quotations=quotations)


def test_a_profile_holds_what_an_article_is_compared_by(make_profile: MakeProfile, vocabulary: Vocabulary) -> None:
    found = make_profile(1, "Banjir Lembah Hijau", BODY)
    assert math.hypot(*found.vector.weights.tolist()) == pytest.approx(1)
    assert math.hypot(*found.title.weights.tolist()) == pytest.approx(1)
    assert set(vocabulary.printed(found.names.words)) == {"banjir", "lembah", "hijau", "darma"}
    assert set(vocabulary.printed(found.lede.words)) == {"banjir", "lembah", "hijau", "darma"}
    assert vocabulary.printed(found.numbers.words) == ["1.200"]
    assert (found.numbers.weights.tolist(), found.numbers.total) == ([1.0], 1.0)
    (said,) = found.quotations
    assert said.text == "Air naik cepat sekali malam itu,"
    assert {vocabulary.words[number] for number in said.words} == {"air", "naik", "cepat", "sekali", "malam", "itu"}
    assert len(found.sequence) == len(w.words(BODY))
    assert len(found.shingles) == len(found.sequence) - 2


def test_names_of_the_opening_are_those_of_the_lede(make_profile: MakeProfile, vocabulary: Vocabulary) -> None:
    found = make_profile(1, "Judul", "Banjir di Sagara. " + "hujan turun lagi " * 40 + "sampai ke Muara.")
    assert set(vocabulary.printed(found.names.words)) == {"judul", "sagara", "muara"}
    assert set(vocabulary.printed(found.lede.words)) == {"judul", "sagara"}


@pytest.mark.parametrize(
    ("one", "other", "is_equal"),
    [
        ("Banjir di Sagara.", "BANJIR — di “Sagara”!", True),
        ("Banjir di Sagara.", "Banjir di Sagara 2.", False),
        ("satu dua", "dua satu", False),
        ("", "…", True),
    ],
)
def test_the_text_hash_sees_words_only(make_profile: MakeProfile, one: str, other: str, *, is_equal: bool) -> None:
    hashes = [make_profile(1, "Judul", body).text_hash for body in (one, other)]
    assert (hashes[0] == hashes[1]) == is_equal


def test_short_quotations_say_nothing(vocabulary: Vocabulary) -> None:
    said = ("kakak", "satu dua tiga empat", "satu dua tiga empat lima")
    (found,) = read(text_of(1, "", "", quotations=said), vocabulary).quotations
    assert found.text == "satu dua tiga empat lima"
    assert found.words == frozenset(vocabulary.numbers(["satu", "dua", "tiga", "empat", "lima"]).tolist())
    many = text_of(1, "", "", quotations=("satu dua tiga empat lima",) * 500)
    assert len(read(many, vocabulary).quotations) == QUOTATIONS_COMPARED


@pytest.mark.parametrize(
    "body", ["", "\n\n", "😀", "東京で地震がありました", "kata " * 60_000, "\ud800 x", "'" * 9, "\0" * 9, "Satu"]
)
@pytest.mark.parametrize("language", ["id", "", "xx", "../id"])
def test_any_text_has_a_profile(make_profile: MakeProfile, body: str, language: str) -> None:
    found = make_profile(1, "", body, language=language)
    assert len(found.text_hash) == 16
    assert len(found.sequence) == len(w.words(body))
    assert len(found.vector) <= len(set(w.words(body)))
    for one in (found.vector, found.title, found.names, found.lede, found.numbers):
        assert len(one.words) == len(one.weights)
        assert np.all(np.isfinite(one.weights))
        assert np.all(np.diff(one.words) > 0)
        assert one.total == pytest.approx(float(one.weights.sum()), abs=1e-3)


def test_words_counted_are_those_of_title_and_body(vocabulary: Vocabulary) -> None:
    found = read(text_of(1, "Judul Baru", "isi baru"), vocabulary).distinct
    assert sorted(vocabulary.printed(found)) == ["baru", "isi", "judul"]


@given(st.lists(st.sampled_from(["Banjir", "banjir", "gempa", "1.200", "yang", "Sagara", "\n"]), max_size=150))
def test_the_vector_is_that_of_the_plain_reading(
    make_profile: MakeProfile, vocabulary: Vocabulary, said: list[str]
) -> None:
    title, body = "Banjir di Sagara", " ".join(said)
    found = make_profile(1, title, body)
    plain = w.vector(w.words(title), w.words(body), w.Frequencies(0, {}, w.prior("id")))
    ours = dict(zip(vocabulary.printed(found.vector.words), found.vector.weights.tolist(), strict=True))
    assert ours == pytest.approx(plain, abs=1e-6)
    assert set(vocabulary.printed(found.numbers.words)) == w.numbers(f"{title}\n{body}")


def test_weights_do_not_depend_on_the_numbers_that_words_have(
    make_profile: MakeProfile, new_vocabulary: Callable[[], Vocabulary]
) -> None:
    said = [f"kata{letter}" for letter in "abcdefghijklmnopqrstuvwxyz"] * 3
    random.Random(1).shuffle(said)
    weights = []
    for order in (said, said[::-1]):
        known = new_vocabulary()
        for word in order:
            known.numbers([word])
        found = make_profile(1, "Judul", " ".join(said), known=known)
        weights.append(dict(zip(known.printed(found.vector.words), found.vector.weights.tolist(), strict=True)))
    assert weights[0] == weights[1]


PIECES = st.sampled_from(
    ["Banjir", "banjir", "gempa 5,4", "Sagara.", "“Air naik cepat sekali malam,” kata Rama.", "\n"]
)
PRINTED = st.tuples(st.lists(PIECES, max_size=4).map(" ".join), st.lists(PIECES, max_size=90).map(" ".join))


@given(st.lists(st.tuples(PRINTED, st.sampled_from(["id", "en", ""])), max_size=6), st.integers(1, 400))
def test_many_articles_are_read_and_weighed_as_each_alone(
    vocabulary: Vocabulary, articles: list[tuple[tuple[str, str], str]], portion: int
) -> None:
    known = vocabulary
    texts = [text_of(n, *printed, language=language) for n, (printed, language) in enumerate(articles)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dedupe.profile.CHARACTERS_AT_ONCE", portion)
        patch.setattr("dedupe.profile.WEIGHED_AT_ONCE", 2)
        together = profiles(read_all(texts, known), known)
    assert len(together) == len(texts)
    for one, text in zip(together, texts, strict=True):
        alone = profiles([read(text, known)], known)[0]
        assert (one.article_id, one.language, one.quotations) == (alone.article_id, alone.language, alone.quotations)
        assert one.words.tolist() == alone.words.tolist()
        assert one.sequence.tolist() == alone.sequence.tolist()
        assert one.weights.tolist() == alone.weights.tolist()
        assert one.totals == pytest.approx(alone.totals)


@given(st.lists(st.integers(0, 3), max_size=12), st.integers(1, 12))
def test_the_heaviest_words_are_the_same_whatever_their_numbers(drawn: list[int], most: int) -> None:
    hashes = np.array([(n * 7 + 3) % 13 for n in range(len(drawn))], dtype=np.uint32)
    weights = np.array(drawn, dtype=np.float32)
    numbers = np.arange(len(drawn), dtype=np.int32)
    one = hashes[heaviest(Weighted(numbers, weights), most, hashes)]
    other = hashes[::-1][heaviest(Weighted(numbers, weights[::-1]), most, hashes[::-1])]
    assert set(one.tolist()) == set(other.tolist())
    ranked = sorted(zip((-weights).tolist(), hashes.tolist(), strict=True))
    assert set(one.tolist()) == {at for _, at in ranked[:most]}
