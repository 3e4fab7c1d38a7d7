"""Sets -> MinHash signatures (datasketch), many permutations at once."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from datasketch import MinHash

Signature = npt.NDArray[np.uint32]


def crc32(data: bytes) -> int:
    """Return the 32-bit CRC of some bytes: a hash for MinHash, whose permutations mix it further."""
    return zlib.crc32(data)


@cache
def empty(slots: int) -> MinHash:
    """Return an empty MinHash of so many slots; its permutations are made once and shared by its copies."""
    from datasketch import MinHash  # noqa: PLC0415 - it loads scipy, which a look-up should not wait for

    return MinHash(num_perm=slots, hashfunc=crc32, scheme="affine32")


def signature(members: Iterable[str], slots: int) -> Signature:
    """Return the MinHash signature of a set of strings: `slots` values of 32 bits (Broder 1997).

    Equal sets have equal signatures; the share of equal slots estimates the Jaccard similarity with a standard error
    of at most 0.5 / sqrt(slots). An empty set has the greatest value in every slot.
    """
    sketch = empty(slots).copy()
    encoded = [member.encode("utf-8", "surrogatepass") for member in members]
    if encoded:
        sketch.update_batch(encoded)
    return np.asarray(sketch.hashvalues, dtype=np.uint32)


def estimate(a: Signature, b: Signature) -> float:
    """Return the estimated Jaccard similarity of the two sets, between 0 and 1."""
    return float(np.mean(a == b))
