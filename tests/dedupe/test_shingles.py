from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.shingles import containment, jaccard, shingles

SETS = st.frozensets(st.integers(0, 12))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], set()),
        (["a"], {"a"}),
        (["a", "b", "c"], {"a b c"}),
        (["a", "b", "c", "d"], {"a b c", "b c d"}),
        (["a"] * 9, {"a a a"}),
    ],
)
def test_shingles(words: list[str], expected: set[str]) -> None:
    assert shingles(words) == expected


@pytest.mark.parametrize(
    ("a", "b", "alike", "contained"),
    [
        (set(), set(), 0, 0),
        ({1}, set(), 0, 0),
        ({1, 2}, {1, 2}, 1, 1),
        ({1, 2, 3}, {2, 3, 4}, 0.5, 2 / 3),
        ({1, 2, 3, 4}, {1}, 0.25, 1),
    ],
)
def test_jaccard_and_containment(a: set[int], b: set[int], alike: float, contained: float) -> None:
    assert jaccard(a, b) == alike
    assert containment(a, b) == contained


@given(SETS, SETS)
def test_both_are_symmetric_shares_and_containment_is_no_smaller(a: frozenset[int], b: frozenset[int]) -> None:
    assert jaccard(a, b) == jaccard(b, a)
    assert containment(a, b) == containment(b, a)
    assert 0 <= jaccard(a, b) <= containment(a, b) <= 1
    assert (jaccard(a, b) == 1) == (a == b != frozenset())


@given(SETS, SETS, SETS)
def test_jaccard_distance_keeps_the_triangle(a: frozenset[int], b: frozenset[int], c: frozenset[int]) -> None:
    def apart(one: frozenset[int], other: frozenset[int]) -> float:
        return 0.0 if one == other else 1 - jaccard(one, other)

    assert apart(a, c) <= apart(a, b) + apart(b, c) + 1e-12
