"""text -> shingle set; exact Jaccard, containment."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from dedupe.distinct import distinct

WORDS_A_SHINGLE = 3
"""Three words: long enough to be rare across independent texts of one event (median Jaccard .02), short enough to
survive light editing."""
FACTOR = np.uint64(0x9E3779B97F4A7C15)
"""The golden ratio in 64 bits (Knuth, TAOCP 6.4): spreads the words' hashes over the shingle's."""

WORDS_A_FINGERPRINT = 5
"""Five words: texts that do not share text hardly share them, and of those of which a fifth of the words was edited a
third of the runs is left."""
ONE_IN = 24
"""One run of words in so many is a fingerprint. A passage of 120 words has five: two texts that share it miss each
other with a chance of .7%."""
LEAST_HASHES = np.uint64(2**64 // ONE_IN)
LEAST_FINGERPRINTS, MOST_FINGERPRINTS = 4, 32
"""Of a short text, and of a long one."""

Member = TypeVar("Member")
Shingles = npt.NDArray[np.uint64]


def shingles(words: npt.NDArray[np.uint32], size: int = WORDS_A_SHINGLE) -> Shingles:
    """Return the hashes of the runs of `size` words of a text, given by its words' hashes: sorted, each once.

    64 bits: two of a million different shingles are one with a chance of 3 in 100,000,000. A shorter text is one
    shingle, an empty one none.
    """
    return distinct(runs(words, size))


def runs(words: npt.NDArray[np.uint32], size: int = WORDS_A_SHINGLE) -> Shingles:
    """Return the hash of the run of words that begins at each place of a text, in order."""
    if not len(words):
        return np.empty(0, dtype=np.uint64)
    wide = words.astype(np.uint64)
    places = max(1, len(wide) - size + 1)
    run = np.zeros(places, dtype=np.uint64)
    for place in range(min(size, len(wide))):
        run = (run + wide[place : place + places] + np.uint64(1)) * FACTOR
        run ^= run >> np.uint64(29)
    return run


def fingerprints(words: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Return the least hashes of a text's runs of words, 32 bits of each: one run in ONE_IN (Manber 1994).

    Which runs they are does not depend on the rest of the text, so a passage is found wherever it stands.
    """
    return fingerprints_of([words])[0]


def fingerprints_of(texts: Sequence[npt.NDArray[np.uint32]]) -> list[npt.NDArray[np.uint32]]:
    """Return the fingerprints of many texts, the runs of all hashed together."""
    sizes = np.array([len(words) for words in texts], dtype=np.int64)
    run = runs(np.concatenate(texts), WORDS_A_FINGERPRINT)
    ends = np.cumsum(sizes)
    at = np.flatnonzero(run < LEAST_HASHES)
    owner = np.searchsorted(ends, at, "right")
    inside = at + WORDS_A_FINGERPRINT <= ends[owner]  # not a run that goes on into the next text
    found = np.split(run[at[inside]], np.searchsorted(owner[inside], np.arange(1, len(texts))))
    return [chosen_of(distinct(hashes), words) for hashes, words in zip(found, texts, strict=True)]


def chosen_of(hashes: Shingles, words: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Return the fingerprints of a text, given its runs of LEAST_HASHES: a short text has other ones too."""
    if len(hashes) < LEAST_FINGERPRINTS:
        hashes = distinct(runs(words, WORDS_A_FINGERPRINT))[:LEAST_FINGERPRINTS]
    return (hashes[:MOST_FINGERPRINTS] >> np.uint64(20)).astype(np.uint32)


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
