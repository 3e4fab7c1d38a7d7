from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe import verify as v
from dedupe.model import Article
from dedupe.profile import NAMES, Profile
from dedupe.vocabulary import Vocabulary

MakeProfile = Callable[..., Profile]
PIECES = st.sampled_from([
    "banjir", "Sagara", "1.200 rumah", "yang", "di", "Lembah Hijau.", "\n",
    "“Air naik cepat sekali malam itu,” kata Darma.",
    "“Malam itu air naik cepat sekali,” ujar Darma.", "gempa 5,4", "😀", "東京で地震", "\ud800",
])  # fmt: skip
BODIES = st.lists(PIECES, max_size=25).map(" ".join)
DAYS = st.integers(739_000, 739_004)


@given(a=BODIES, b=BODIES, title_a=BODIES, title_b=BODIES, day_a=DAYS, day_b=DAYS, dated=st.booleans())
def test_laws_of_a_pair(
    make_profile: MakeProfile,
    vocabulary: Vocabulary,
    a: str,
    b: str,
    title_a: str,
    title_b: str,
    day_a: int,
    day_b: int,
    *,
    dated: bool,
) -> None:
    one = make_profile(1, title_a, a, day=day_a, dated=dated)
    other = make_profile(2, title_b, b, day=day_b)
    found = v.verify(one, other, vocabulary)
    assert found == v.verify(other, one, vocabulary)
    values = measured(one, other)
    assert values == measured(other, one)
    assert all(0 <= value <= 1 for name, value in values.items() if name != "days")
    assert values["days"] == (abs(day_a - day_b) if dated else 0)
    assert recomputed(found.evidence) == pytest.approx(found.score, abs=2e-6)
    assert v.score(values) == pytest.approx(found.score, abs=2e-6)
    assert 0 <= found.score <= 1


def measured(one: Profile, other: Profile) -> dict[str, float]:
    """The value of each feature of a pair."""
    return dict(zip(v.FEATURES, v.Comparer().measure(one, [other])[0].tolist(), strict=True))


def recomputed(evidence: Any) -> float:
    """The score from the evidence as a reader would add it up, after a trip through JSON."""
    printed = json.loads(json.dumps(evidence))
    features = [feature for name, feature in printed.items() if name not in {"base", "text"}]
    assert all(feature["contribution"] == round(feature["value"] * feature["weight"], 6) for feature in features)
    return 1 / (1 + math.exp(-(printed["base"] + sum(feature["contribution"] for feature in features))))


ARTICLES = st.lists(st.tuples(BODIES, BODIES, DAYS, st.booleans(), st.sampled_from(["id", "en", ""])), max_size=6)


@given(BODIES, ARTICLES)
def test_one_with_many_is_one_with_each(make_profile: MakeProfile, body: str, articles: list[Any]) -> None:
    one = make_profile(1, "Banjir Sagara", body)
    others = [
        make_profile(n, title, text, day=day, dated=dated, language=language)
        for n, (title, text, day, dated, language) in enumerate(articles, 2)
    ]
    comparer = v.Comparer()
    found = comparer.measure(one, others)
    assert found.shape == (len(others), len(v.FEATURES))
    for row, other in zip(found, others, strict=True):
        assert row == pytest.approx(v.Comparer().measure(one, [other])[0], abs=1.01e-4)
        assert row == pytest.approx(comparer.measure(other, [one])[0], abs=1.01e-4)
    assert not comparer.table.any()


def test_a_comparer_reaches_words_of_any_number(make_profile: MakeProfile, new_vocabulary: Any) -> None:
    known = new_vocabulary()
    comparer = v.Comparer()
    for edge in (1023, 1024, 2048, 9_000):
        known.numbers([f"kata{n}" for n in range(edge - len(known.words))])
        one, same = (make_profile(n, "", f"baru{edge} dan lama{edge}", known=known) for n in (1, 2))
        assert comparer.measure(one, [same])[0][0] == pytest.approx(1)


@given(BODIES)
def test_a_text_is_like_itself(make_profile: MakeProfile, vocabulary: Vocabulary, body: str) -> None:
    one, same = (make_profile(number, "Judul", body) for number in (1, 2))
    assert measured(one, same)["words"] == pytest.approx(1, abs=1e-4)
    assert v.verify(one, same, vocabulary).score >= 0.9
    assert not len(one.shingles) or v.verify(one, same, vocabulary).kind == "same_text"


@pytest.mark.parametrize(("first", "last"), [(1, 3_652_059), (739_000, 739_600), (739_000, 741_000)])
def test_no_gap_of_days_is_too_wide(make_profile: MakeProfile, vocabulary: Vocabulary, first: int, last: int) -> None:
    one, other = (make_profile(n, "Banjir Sagara", LONG, day=day) for n, day in enumerate((first, last)))
    found = v.verify(one, other, vocabulary)
    assert found.evidence["days"]["value"] == last - first
    assert found.score == v.score(measured(one, other)) == 0


def test_names_in_the_opening_of_one_text_only_count_alike_in_both_directions(make_profile: MakeProfile) -> None:
    one, other = make_profile(1, "", "hujan turun di sagara"), make_profile(2, "", "hujan turun di Sagara")
    assert not len(one.lede)
    assert measured(one, other)["lede"] == measured(other, one)["lede"] == 0.75


def test_every_pair_of_the_demo_adds_up_and_its_shared_words_are_in_both(
    make_profile: MakeProfile, vocabulary: Vocabulary, told: tuple[tuple[str, Article], ...]
) -> None:
    profiles = [make_profile(n, article.title, article.body) for n, (_, article) in enumerate(told[:20])]
    for one, other in combinations(profiles, 2):
        pair = v.verify(one, other, vocabulary)
        assert recomputed(pair.evidence) == pytest.approx(pair.score, abs=2e-6)
        for name in ("words", "numbers", "names", "lede", "title"):
            ours, theirs = (
                set(vocabulary.printed({"words": p.vector}.get(name, getattr(p, name, p.vector)).words))
                for p in (one, other)
            )
            shown = pair.evidence[name].get("shared", [])
            assert set(shown) <= ours & theirs
            assert len(shown) == min(v.SHARED_SHOWN, len(ours & theirs))


def profiled(number: int, names: dict[int, float]) -> Profile:
    """An article of nothing but names with these weights."""
    words = sorted(names)
    weights = np.zeros((len(words), 5), dtype=np.float32)
    weights[:, NAMES] = [names[word] for word in words]
    return Profile(
        article_id=number,
        outlet="warta",
        language="id",
        day=739_000,
        dated=True,
        words=np.array(words, dtype=np.int32),
        weights=weights,
        totals=weights.sum(axis=0, dtype=np.float64),
        quotations=(),
        sequence=np.empty(0, dtype=np.uint32),
        fingerprints=np.empty(0, dtype=np.uint32),
    )


def alike(a: dict[int, float], b: dict[int, float]) -> float:
    """The weighted Jaccard similarity of two sets."""
    return measured(profiled(1, a), profiled(2, b))["names"]


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ({}, {}, 0),
        ({7: 1.0}, {}, 0),
        ({7: 2.0}, {7: 1.0}, 0.5),
        ({7: 1.0, 8: 1.0}, {7: 1.0, 9: 2.0}, 0.25),
        ({7: 0.0}, {7: 0.0}, 0),
    ],
)
def test_weighted_overlap(a: dict[int, float], b: dict[int, float], expected: float) -> None:
    assert alike(a, b) == expected == alike(b, a)


WEIGHED = st.dictionaries(st.integers(0, 3000) | st.integers(0, 5), st.floats(0, 9, width=32))


@given(WEIGHED, WEIGHED)
def test_weighted_overlap_is_a_symmetric_share_though_weights_differ(a: dict[int, float], b: dict[int, float]) -> None:
    assert alike(a, b) == pytest.approx(alike(b, a))
    assert 0 <= alike(a, b) <= 1
    union = sum(max(a.get(word, 0), b.get(word, 0)) for word in a.keys() | b.keys())
    common = sum(min(a[word], b[word]) for word in a.keys() & b.keys())
    assert alike(a, b) == pytest.approx(common / union if union else 0.0, abs=1e-4)


@given(st.dictionaries(st.integers(0, 40), st.sampled_from([0.5, 1.0, 2.0])), st.randoms(use_true_random=False))
def test_the_heaviest_shared_words_come_first_and_equals_in_alphabetical_order(
    raw: dict[int, float], chance: random.Random
) -> None:
    words = [f"kata{n:02}" for n in range(41)]
    chance.shuffle(words)
    found = v.Comparer().shared_words([profiled(1, raw), profiled(2, raw)], [(0, 1)], words)[0].get("names", [])
    assert found == sorted((words[n] for n in raw), key=lambda word: (-raw[words.index(word)], word))[: v.SHARED_SHOWN]


def test_a_word_that_weighs_nothing_is_no_evidence() -> None:
    words = ["yang", "sagara"]
    both = [profiled(number, {0: 0.0, 1: 2.0}) for number in (1, 2)]
    assert v.Comparer().shared_words(both, [(0, 1)], words)[0]["names"] == ["sagara"]


def heaviest_by_hand(a: Profile, b: Profile, column: int, words: Sequence[str]) -> list[str]:
    """The shared words of one set, found without any array operation over several pairs."""
    ours, theirs = (dict(zip(one.words.tolist(), one.weights[:, column], strict=True)) for one in (a, b))
    both = {words[number]: ours[number] * theirs[number] for number in ours.keys() & theirs.keys()}
    ranked = sorted((word for word, weight in both.items() if weight), key=lambda word: (-both[word], word))
    return ranked[: v.SHARED_SHOWN]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12), st.integers(1, 60))
def test_the_shared_words_of_many_pairs_are_those_of_each_alone(
    make_profile: MakeProfile,
    vocabulary: Vocabulary,
    told: tuple[tuple[str, Article], ...],
    pairs: list[tuple[int, int]],
    portion: int,
) -> None:
    profiles = [make_profile(n, article.title, article.body) for n, (_, article) in enumerate(told[:6])]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(v, "WORDS_AT_ONCE", portion)
        found = v.Comparer().shared_words(profiles, pairs, vocabulary.words)
    assert len(found) == len(pairs)
    for shown, (one, other) in zip(found, pairs, strict=True):
        for name, column in v.SETS.items():
            wanted = heaviest_by_hand(profiles[one], profiles[other], column, vocabulary.words)
            assert shown.get(name, []) == (sorted(wanted) if name == "numbers" else wanted)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=20), st.integers(1, 60))
def test_many_pairs_are_measured_as_each_alone(
    make_profile: MakeProfile, told: tuple[tuple[str, Article], ...], pairs: list[tuple[int, int]], portion: int
) -> None:
    profiles = [make_profile(n, article.title, article.body) for n, (_, article) in enumerate(told[:6])]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(v, "WORDS_AT_ONCE", portion)
        found = v.Comparer().measure_pairs(profiles, pairs)
    assert found.shape == (len(pairs), len(v.FEATURES))
    for row, (one, other) in zip(found, pairs, strict=True):
        assert row == pytest.approx(v.Comparer().measure(profiles[one], [profiles[other]])[0], abs=1.01e-4)


LONG = "banjir merendam rumah warga di tepi sungai sejak malam hari dan belum surut pagi ini " * 2
OTHER = "gempa mengguncang pulau seberang tanpa korban menurut petugas yang berjaga di menara pantai sore kemarin"
ALMOST = (
    "kapal tambang karam di muara sesudah dihantam ombak besar dan delapan awaknya selamat berenang ke tepian "
    "lalu dijemput perahu nelayan yang kebetulan pulang melaut pagi buta itu"
)


@pytest.mark.parametrize(
    ("a", "b", "kind"),
    [
        (LONG, LONG, "same_text"),
        (LONG.upper(), LONG + ".", "same_text"),
        (f"{LONG} {ALMOST}", f"{ALMOST} {OTHER[:40]}", "same_text"),
        (LONG, OTHER, "same_story"),
        ("satu dua tiga", "satu dua tiga", "same_text"),
        ("", "", "same_story"),
        (OTHER + " dan satu", "menara pantai sore kemarin", "same_story"),
    ],
)
def test_kind(make_profile: MakeProfile, vocabulary: Vocabulary, a: str, b: str, kind: str) -> None:
    same_words = "Kabar Pagi Dari Pantai Timur"
    assert v.verify(make_profile(1, same_words, a), make_profile(2, same_words, b), vocabulary).kind == kind


@pytest.mark.parametrize(
    ("a", "b", "wordings"),
    [
        ("“satu dua tiga empat lima enam,” kata A.", "“satu dua tiga empat lima tujuh,” kata A.", 2),
        ("“satu dua tiga empat lima enam,” kata A.", "“tiga belas ekor sapi mati mendadak,” kata A.", 0),
        ("tanpa kutipan", "“satu dua tiga empat lima enam,” kata A.", 0),
    ],
)
def test_the_shared_quotation_is_shown_in_both_wordings(
    make_profile: MakeProfile, vocabulary: Vocabulary, a: str, b: str, wordings: int
) -> None:
    pair = v.verify(make_profile(1, "x", a), make_profile(2, "y", b), vocabulary)
    assert len(pair.evidence["quotations"].get("shared", ())) == wordings
    assert (pair.evidence["quotations"]["value"] > 0) == bool(wordings)
