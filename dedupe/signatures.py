"""Sets -> MinHash signatures (datasketch's scheme and values), many sets at once."""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint32]
Signatures = npt.NDArray[np.uint32]
"""One row a set, one column a slot."""
EMPTY = np.uint32(0xFFFFFFFF)
"""What every slot of an empty set holds, as in datasketch."""
CELLS = 4_000_000
"""Hashes times slots worked on at once: 16 MB."""


@cache
def permutations(slots: int) -> tuple[Hashes, Hashes]:
    """Return the factors and summands of datasketch's permutations for so many slots (scheme affine32, its seed)."""
    from datasketch import MinHash  # noqa: PLC0415 - it loads scipy, which a look-up should not wait for

    factors, summands = MinHash(num_perm=slots, scheme="affine32").permutations
    return factors, summands


def mixed(hashes: Hashes) -> Hashes:
    """Return hashes spread over all 32 bits, by MurmurHash3's finalizer as datasketch applies it (Appleby 2011)."""
    spread = hashes ^ (hashes >> np.uint32(16))
    spread *= np.uint32(0x85EBCA6B)
    spread ^= spread >> np.uint32(13)
    spread *= np.uint32(0xC2B2AE35)
    spread ^= spread >> np.uint32(16)
    return spread


def signatures(hashes: Hashes, sizes: npt.NDArray[np.int64], slots: int) -> Signatures:
    """Return the MinHash signatures of many sets: `hashes` holds their members one set after another (Broder 1997).

    A row equals `MinHash(num_perm=slots, scheme="affine32")` of datasketch 2, fed with the same input hashes. The share
    of equal slots estimates the Jaccard similarity with a standard error of at most 0.5 / sqrt(slots).
    """
    found = np.full((len(sizes), slots), EMPTY, dtype=np.uint32)
    filled = np.flatnonzero(sizes)
    if not len(filled):
        return found
    factors, summands = permutations(slots)
    spread = mixed(hashes)
    ends = np.cumsum(sizes[filled])
    starts = ends - sizes[filled]
    first = 0
    while first < len(filled):
        # as many sets as fit the memory, at least one
        last = max(first + 1, int(np.searchsorted(ends, starts[first] + CELLS // slots, side="right")))
        piece = spread[starts[first] : ends[last - 1]]
        offsets = starts[first:last] - starts[first]
        block = np.empty((slots, last - first), dtype=np.uint32)
        permuted = np.empty_like(piece)
        for slot in range(slots):
            np.multiply(piece, factors[slot], out=permuted)
            np.add(permuted, summands[slot], out=permuted)
            np.minimum.reduceat(permuted, offsets, out=block[slot])
        found[filled[first:last]] = block.T
        first = last
    return found


def estimate(a: npt.NDArray[np.uint32], b: npt.NDArray[np.uint32]) -> float:
    """Return the estimated Jaccard similarity of the sets of two signatures, between 0 and 1."""
    return float(np.mean(a == b))
