from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe import bands
from dedupe.model import Article
from dedupe.profile import Profile
from dedupe.shingles import overlap
from dedupe.vocabulary import Vocabulary

MakeProfile = Callable[..., Profile]
VOCABULARY = ["".join(syllables) for syllables in product(("ba", "ku", "si", "tor"), repeat=5)]
STRANGE = ["".join(syllables) for syllables in product(("me", "lo", "wi", "dan"), repeat=5)]


@given(st.integers(1, 800_000))
def test_the_parts_of_a_day_hold_every_day_of_the_window(day: int) -> None:
    parts = bands.epochs(day)
    within = range(day - bands.WINDOW_DAYS, day + bands.WINDOW_DAYS + 1)
    assert {bands.epoch(other) for other in within} == set(parts)
    assert len(parts) <= 2


def values_of(vocabulary: Vocabulary, *profiles: Profile) -> list[list[int]]:
    """The band values of each article."""
    return [found.tolist() for found in bands.band_values(profiles, vocabulary)]


def test_a_member_is_an_article_and_its_day() -> None:
    for day in range(1, 20):
        there = np.array([bands.member(article_id, day) for article_id in (1, 77, 2**50)], dtype=np.int64)
        articles, days = bands.article_and_day(bands.epoch(day), there)
        assert articles.tolist() == [1, 77, 2**50]
        assert set(days.tolist()) == {day}
        assert sorted(there.tolist()) == there.tolist()
    assert bands.EPOCH_DAYS <= 8


@given(st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=120), st.integers(0, 5))
def test_equal_texts_are_always_candidates(
    make_profile: MakeProfile, vocabulary: Vocabulary, said: list[str], seed: int
) -> None:
    shuffled = random.Random(seed).sample(said, len(said))
    one, same, other = values_of(
        vocabulary,
        *(make_profile(1, "Judul", " ".join(said)) for _ in range(2)),
        make_profile(3, "Judul", " ".join(shuffled)),
    )
    assert one == same == sorted(set(one))
    assert one == values_of(vocabulary, make_profile(1, "Judul", " ".join(said)))[0]
    assert all(0 <= value < 2**63 for value in one)
    if len(said) <= 100:  # beyond the lead the order of words changes their weights
        assert [value for value in one if value >> 32 < 400] == [value for value in other if value >> 32 < 400]


def test_the_band_values_of_a_text_are_the_same_in_every_run(
    make_profile: MakeProfile, new_vocabulary: Callable[[], Vocabulary]
) -> None:
    said = [f"kata {word}" for word in VOCABULARY[:150]]
    found = []
    for order in (VOCABULARY[:150], VOCABULARY[150::-1], VOCABULARY):
        known = new_vocabulary()
        for word in order:
            known.numbers([word])
        found += values_of(known, make_profile(1, "Judul", " ".join(said), known=known))
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize(("share", "least"), [(0.5, 0.5), (0.6, 0.8), (0.7, 0.93)])
def test_texts_that_share_half_their_shingles_meet_in_a_band(
    make_profile: MakeProfile, vocabulary: Vocabulary, share: float, least: float
) -> None:
    chance = random.Random(3)
    met = tried = by_text = 0
    for _ in range(60):
        said = [chance.choice(VOCABULARY) for _ in range(300)]
        kept = 2 + round(298 * 2 * share / (1 + share))
        other = said[:kept] + chance.sample(STRANGE, 300 - kept)
        a, b = make_profile(1, "", " ".join(said)), make_profile(2, "", " ".join(other))
        assert overlap(a.shingles, b.shingles)[0] == pytest.approx(share, abs=0.03)
        one, two = values_of(vocabulary, a, b)
        shared = set(one) & set(two)
        tried += 1
        met += bool(shared)
        by_text += any(value >> 32 >= bands.TEXT.first for value in shared)
    assert by_text / tried >= least
    assert met == tried


def test_an_article_without_words_has_no_bands(make_profile: MakeProfile, vocabulary: Vocabulary) -> None:
    empty = [make_profile(1, "", ""), make_profile(2, "…", "!!! 😀")]
    assert values_of(vocabulary, *empty) == [[], []]
    assert values_of(vocabulary) == []
    said = make_profile(3, "Banjir", "Banjir di Sagara")
    assert values_of(vocabulary, empty[0], said, empty[1]) == [[], *values_of(vocabulary, said), []]


def test_many_are_signed_as_one_by_one(
    make_profile: MakeProfile, vocabulary: Vocabulary, told: tuple[tuple[str, Article], ...]
) -> None:
    profiles = [make_profile(n, article.title, article.body) for n, (_, article) in enumerate(told[:30])]
    assert values_of(vocabulary, *profiles) == [values_of(vocabulary, one)[0] for one in profiles]


def test_a_reworded_quotation_makes_two_texts_candidates(make_profile: MakeProfile, vocabulary: Vocabulary) -> None:
    said = "Kuncinya bukan mesin mahal, melainkan kebiasaan warga memilah sampah sejak dari dapur masing-masing"
    other = "Bukan mesin mahal kuncinya, tetapi kebiasaan warga memilah sampah sejak dari dapur"
    a = make_profile(1, "Kunjungan Dua Wakil", f"“{said},” ujar Lestari.")
    b = make_profile(2, "Rombongan Pulang Sore", f"Perjalanan itu ditutup jamuan. “{other},” kata dia.")
    one, two = values_of(vocabulary, a, b)
    assert set(one) & set(two)


# --- meetings ------------------------------------------------------------------------------------

VALUES = st.lists(st.frozensets(st.integers(0, 6), max_size=5), max_size=12)


def arrays(drawn: list[frozenset[int]]) -> list[bands.Values]:
    return [np.array(sorted(one), dtype=np.int64) for one in drawn]


@given(VALUES, st.lists(st.integers(1, 9), min_size=12, max_size=12))
def test_meetings_are_those_of_a_plain_search(drawn: list[frozenset[int]], days: list[int]) -> None:
    later, earlier = bands.meetings(arrays(drawn), days[: len(drawn)])
    plain = [
        (there, here)
        for here, there in combinations(range(len(drawn)), 2)
        for _ in drawn[here] & drawn[there]
        if abs(days[here] - days[there]) <= bands.WINDOW_DAYS
    ]
    assert sorted(zip(later.tolist(), earlier.tolist(), strict=True)) == sorted(plain)


def test_under_one_value_only_those_next_to_each_other_meet() -> None:
    count = 3 * bands.BUCKET
    later, earlier = bands.meetings(arrays([frozenset({5})] * count), [7] * count)
    assert int((later - earlier).max()) == bands.BUCKET - 1
    assert int((later - earlier).min()) == 1
    assert len(later) == sum(count - step for step in range(1, bands.BUCKET))


MEETINGS = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 30)), max_size=200)


@given(MEETINGS, st.integers(1, 12))
def test_those_met_most_are_those_of_a_plain_count(met: list[tuple[int, int]], most: int) -> None:
    who, whom = np.array(met, dtype=np.int64).reshape(-1, 2).T
    found = bands.most_met(who, whom, most)
    times = Counter(met)
    assert found == {
        one: sorted({b for a, b in met if a == one}, key=lambda b: (-times[one, b], -b))[:most] for one, _ in set(met)
    }


def test_in_a_crowd_those_met_no_oftener_than_everybody_are_left_out() -> None:
    crowd = [(1, other) for other in range(10, 10 + bands.CROWD + 1)]
    often = [(1, 10 + n) for n in range(bands.CANDIDATES // 2)]
    asked = [(2, other) for _, other in crowd[: bands.CROWD]]

    def found(meetings: list[tuple[int, int]]) -> dict[int, list[int]]:
        who, whom = np.array(meetings, dtype=np.int64).T
        return bands.most_met(who, whom)

    assert found([*crowd, *often])[1] == sorted((other for _, other in often), reverse=True)
    assert found(crowd)[1] == sorted((other for _, other in crowd), reverse=True)[: bands.IN_A_CROWD]
    assert len(found(asked)[2]) == bands.CANDIDATES
