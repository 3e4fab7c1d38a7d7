"""Sets -> MinHash signatures (datasketch's scheme and values), many sets at once."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint32]
Signatures = npt.NDArray[np.uint32]
"""One row a set, one column a slot."""
EMPTY = np.uint32(0xFFFFFFFF)
"""What every slot of an empty set holds, as in datasketch."""
FILE = "permutations.tsv"
HASHES_AT_ONCE = 1 << 17
"""Hashes permuted at once: half a megabyte, which stays in the processor's cache from slot to slot."""
HASHES_OF_ONE = 512
"""Hashes of one set permuted at once for all slots."""


@cache
def permutations(slots: int) -> tuple[Hashes, Hashes]:
    """Return the factors and summands of datasketch's permutations for so many slots (scheme affine32, its seed).

    Those of the numbers of slots that bands have lie in a file, as `bench/permutations.py` had them from datasketch.
    """
    if slots in shipped():
        factors, summands = shipped()[slots]
    else:
        from datasketch import MinHash  # noqa: PLC0415 - it loads scipy: .4 s, more than clustering a day's crawl

        factors, summands = MinHash(num_perm=slots, scheme="affine32").permutations
    return factors, summands


@cache
def shipped() -> dict[int, tuple[Hashes, Hashes]]:
    """Return the permutations at hand, by the number of slots."""
    rows = [line.split("\t") for line in (files("dedupe") / FILE).read_text("utf-8").splitlines() if line[0] != "#"]
    return {
        int(slots): (np.array(factors.split(), dtype=np.uint32), np.array(summands.split(), dtype=np.uint32))
        for slots, factors, summands in rows
    }


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
    if len(filled) == 1:
        found[filled[0]] = signature(spread, factors, summands)
        return found
    ends = np.cumsum(sizes[filled])
    starts = ends - sizes[filled]
    first = 0
    while first < len(filled):
        # as many sets as fit the memory, at least one
        last = max(first + 1, int(np.searchsorted(ends, starts[first] + HASHES_AT_ONCE, side="right")))
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


def signature(spread: Hashes, factors: Hashes, summands: Hashes) -> Hashes:
    """Return the signature of one set, all slots at once: a step for each slot would take five times as long."""
    found = np.full(len(factors), EMPTY, dtype=np.uint32)
    for first in range(0, len(spread), HASHES_OF_ONE):
        permuted = factors[:, None] * spread[first : first + HASHES_OF_ONE] + summands[:, None]
        np.minimum(found, permuted.min(axis=1), out=found)
    return found


def estimate(a: npt.NDArray[np.uint32], b: npt.NDArray[np.uint32]) -> float:
    """Return the estimated Jaccard similarity of the sets of two signatures, between 0 and 1."""
    return float(np.mean(a == b))
