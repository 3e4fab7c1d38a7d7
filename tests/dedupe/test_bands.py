from __future__ import annotations

import random
from collections.abc import Callable
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe import bands
from dedupe.profile import Profile
from dedupe.shingles import jaccard

MakeProfile = Callable[..., Profile]
VOCABULARY = ["".join(syllables) for syllables in product(("ba", "ku", "si", "tor"), repeat=5)]
STRANGE = ["".join(syllables) for syllables in product(("me", "lo", "wi", "dan"), repeat=5)]


@given(st.integers(1, 800_000))
def test_the_parts_of_a_day_hold_every_day_of_the_window(day: int) -> None:
    parts = bands.epochs(day)
    within = range(day - bands.WINDOW_DAYS, day + bands.WINDOW_DAYS + 1)
    assert {bands.epoch(other) for other in within} == set(parts)
    assert len(parts) <= 3


@given(st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=120), st.integers(0, 5))
def test_equal_texts_are_always_candidates(make_profile: MakeProfile, said: list[str], seed: int) -> None:
    shuffled = random.Random(seed).sample(said, len(said))
    one, same = (bands.band_values(make_profile(n, "Judul", " ".join(said))) for n in (1, 2))
    assert one == same
    assert len(set(one)) == len(one)
    assert all(0 <= value < 2**63 for value in one)
    if len(said) <= 100:  # beyond the lead the order of words changes their weights
        other = bands.band_values(make_profile(3, "Judul", " ".join(shuffled)))
        assert {value for value in one if value >> 32 < 400} == {value for value in other if value >> 32 < 400}


@pytest.mark.parametrize(("share", "least"), [(0.5, 0.85), (0.7, 0.99)])
def test_texts_that_share_half_their_shingles_meet_in_a_band(
    make_profile: MakeProfile, share: float, least: float
) -> None:
    chance = random.Random(3)
    met = tried = 0
    for _ in range(60):
        said = [chance.choice(VOCABULARY) for _ in range(300)]
        kept = 2 + round(298 * 2 * share / (1 + share))
        other = said[:kept] + chance.sample(STRANGE, 300 - kept)
        a, b = make_profile(1, "", " ".join(said)), make_profile(2, "", " ".join(other))
        assert jaccard(a.shingles, b.shingles) == pytest.approx(share, abs=0.03)
        tried += 1
        met += bool(set(bands.text_bands(400, a)) & set(bands.text_bands(400, b)))
    assert met / tried >= least


def test_an_article_without_words_has_no_bands(make_profile: MakeProfile) -> None:
    assert bands.band_values(make_profile(1, "", "")) == []
    assert bands.band_values(make_profile(1, "…", "!!! 😀")) == []


def test_a_reworded_quotation_makes_two_texts_candidates(make_profile: MakeProfile) -> None:
    said = "Kuncinya bukan mesin mahal, melainkan kebiasaan warga memilah sampah sejak dari dapur masing-masing"
    other = "Bukan mesin mahal kuncinya, tetapi kebiasaan warga memilah sampah sejak dari dapur"
    a = make_profile(1, "Kunjungan Dua Wakil", f"“{said},” ujar Lestari.")
    b = make_profile(2, "Rombongan Pulang Sore", f"Perjalanan itu ditutup jamuan. “{other},” kata dia.")
    assert set(bands.band_values(a)) & set(bands.band_values(b))


@given(st.lists(st.integers(1, 30), max_size=200), st.integers(1, 50))
def test_candidates_are_capped_and_best_first(hits: list[int], most: int) -> None:
    found = bands.candidates(hits, most)
    assert len(found) == min(most, len(set(hits)))
    counts = [hits.count(article_id) for article_id in found]
    assert counts == sorted(counts, reverse=True)
    assert all(hits.count(other) <= counts[-1] for other in set(hits) - set(found))
