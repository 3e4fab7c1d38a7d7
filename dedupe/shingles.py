"""text -> shingle set; exact Jaccard, containment."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import TypeVar

import numpy as np
import numpy.typing as npt

WORDS_A_SHINGLE = 3
"""Three words: long enough to be rare across independent texts of one event (median Jaccard .02), short enough to
survive light editing."""
FACTOR = np.uint64(0x9E3779B97F4A7C15)
"""The golden ratio in 64 bits (Knuth, TAOCP 6.4): spreads the words' hashes over the shingle's."""

Member = TypeVar("Member")
Shingles = npt.NDArray[np.uint64]


def shingles(words: npt.NDArray[np.uint32], size: int = WORDS_A_SHINGLE) -> Shingles:
    """Return the hashes of the runs of `size` words of a text, given by its words' hashes: sorted, each once.

    64 bits: two of a million different shingles are one with a chance of 3 in 100,000,000. A shorter text is one
    shingle, an empty one none.
    """
    if not len(words):
        return np.empty(0, dtype=np.uint64)
    wide = words.astype(np.uint64)
    places = max(1, len(wide) - size + 1)
    run = np.zeros(places, dtype=np.uint64)
    for place in range(min(size, len(wide))):
        run = (run + wide[place : place + places] + np.uint64(1)) * FACTOR
        run ^= run >> np.uint64(29)
    return np.unique(run)


def common(a: npt.NDArray[np.generic], b: npt.NDArray[np.generic]) -> int:
    """Return how many members two sorted sets share."""
    if len(a) > len(b):
        a, b = b, a
    if not len(a):
        return 0
    at = np.searchsorted(b, a)
    at[at == len(b)] = len(b) - 1
    return int(np.count_nonzero(b[at] == a))


def overlap(a: Shingles, b: Shingles) -> tuple[float, float]:
    """Return exact Jaccard and containment of two sorted sets: what both share of all, and of the smaller (Broder)."""
    shared = common(a, b)
    union = len(a) + len(b) - shared
    return (shared / union, shared / min(len(a), len(b))) if shared else (0.0, 0.0)


def jaccard(a: AbstractSet[Member], b: AbstractSet[Member]) -> float:
    """Return the share of members common to two sets, between 0 and 1 (0 for two empty sets)."""
    common = len(a & b)
    union = len(a) + len(b) - common
    return common / union if union else 0.0
