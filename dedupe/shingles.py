"""text -> shingle set; exact Jaccard and containment."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import TypeVar

WORDS_A_SHINGLE = 3
"""Three words: long enough to be rare across independent texts of one event (median Jaccard .02), short enough to
survive light editing."""

Member = TypeVar("Member")


def shingles(words: Sequence[str], size: int = WORDS_A_SHINGLE) -> frozenset[str]:
    """Return the runs of `size` words of a text; a shorter text is one shingle, an empty one none.

    >>> sorted(shingles(["a", "b", "c", "d"]))
    ['a b c', 'b c d']
    """
    if len(words) <= size:
        return frozenset([" ".join(words)] if words else [])
    return frozenset(" ".join(words[i : i + size]) for i in range(len(words) - size + 1))


def jaccard(a: AbstractSet[Member], b: AbstractSet[Member]) -> float:
    """Return the share of members common to two sets, between 0 and 1 (0 for two empty sets)."""
    common = len(a & b)
    union = len(a) + len(b) - common
    return common / union if union else 0.0


def containment(a: AbstractSet[Member], b: AbstractSet[Member]) -> float:
    """Return the share of the smaller set that stands in the larger, between 0 and 1 (Broder 1997)."""
    smaller = min(len(a), len(b))
    return len(a & b) / smaller if smaller else 0.0
