from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.shingles import common, fingerprints, fingerprints_of, jaccard, overlap, shingles

SETS = st.frozensets(st.integers(0, 12))
RUNS = st.lists(st.integers(0, 2**32 - 1) | st.integers(0, 3), max_size=40)


def laid(members: frozenset[int] | set[int]) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """A set as shingles come: sorted, each once."""
    return np.array(sorted(members), dtype=np.uint64)


def hashed(words: list[int]) -> list[int]:
    found: list[int] = shingles(np.array(words, dtype=np.uint32)).tolist()
    return found


@pytest.mark.parametrize(
    ("words", "expected"),
    [([], 0), ([7], 1), ([7, 8], 1), ([7, 8, 9], 1), ([7, 8, 9, 10], 2), ([7] * 9, 1), ([1, 2, 3, 1, 2, 3], 3)],
)
def test_how_many_shingles_a_text_has(words: list[int], expected: int) -> None:
    assert len(hashed(words)) == expected


@given(RUNS)
def test_shingles_are_the_runs_of_three_words_each_once_and_sorted(words: list[int]) -> None:
    runs = {tuple(words[n : n + 3]) for n in range(max(1, len(words) - 2))} if words else set()
    found = hashed(words)
    assert found == sorted(set(found))
    assert len(found) == len(runs)
    assert set(found) == {hashed(list(run))[0] for run in runs}


@given(st.permutations([1, 2, 3]), st.permutations([1, 2, 3]))
def test_the_order_of_words_is_part_of_a_shingle(one: list[int], other: list[int]) -> None:
    assert (hashed(one) == hashed(other)) == (one == other)


def test_a_text_without_words_and_the_word_whose_hash_is_zero_are_two() -> None:
    assert hashed([]) != hashed([0]) != hashed([0, 0]) != hashed([0, 0, 0])


CASES = [
    (set(), set(), 0, 0),
    ({1}, set(), 0, 0),
    ({1, 2}, {1, 2}, 1, 1),
    ({1, 2, 3}, {2, 3, 4}, 0.5, 2 / 3),
    ({1, 2, 3, 4}, {1}, 0.25, 1),
]


@pytest.mark.parametrize(("a", "b", "alike", "contained"), CASES)
def test_jaccard_and_containment(a: set[int], b: set[int], alike: float, contained: float) -> None:
    assert jaccard(a, b) == alike
    assert overlap(laid(a), laid(b)) == (alike, contained)


@given(SETS | st.frozensets(st.integers(0, 2**64 - 1)), SETS)
def test_overlap_is_set_arithmetic(a: frozenset[int], b: frozenset[int]) -> None:
    assert common(laid(a), laid(b)) == len(a & b)
    contained = len(a & b) / min(len(a), len(b)) if a and b else 0.0
    assert overlap(laid(a), laid(b)) == (jaccard(a, b), contained)


@given(SETS, SETS)
def test_both_are_symmetric_shares_and_containment_is_no_smaller(a: frozenset[int], b: frozenset[int]) -> None:
    alike, contained = overlap(laid(a), laid(b))
    assert (alike, contained) == overlap(laid(b), laid(a))
    assert jaccard(a, b) == jaccard(b, a)
    assert 0 <= alike <= contained <= 1
    assert (alike == 1) == (a == b != frozenset())


@given(SETS, SETS, SETS)
def test_jaccard_distance_keeps_the_triangle(a: frozenset[int], b: frozenset[int], c: frozenset[int]) -> None:
    def apart(one: frozenset[int], other: frozenset[int]) -> float:
        return 0.0 if one == other else 1 - jaccard(one, other)

    assert apart(a, c) <= apart(a, b) + apart(b, c) + 1e-12


@given(st.lists(RUNS | st.lists(st.integers(0, 2**32 - 1), min_size=100, max_size=300), min_size=1, max_size=8))
def test_fingerprints_of_many_texts_are_those_of_each_alone(texts: list[list[int]]) -> None:
    words = [np.array(text, dtype=np.uint32) for text in texts]
    assert [one.tolist() for one in fingerprints_of(words)] == [fingerprints(one).tolist() for one in words]
