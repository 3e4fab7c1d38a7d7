from __future__ import annotations

import math
import random
import zlib

import numpy as np
import pytest
from datasketch import MinHash
from hypothesis import given
from hypothesis import strategies as st

from dedupe.shingles import jaccard
from dedupe.signatures import crc32, estimate, signature

SLOTS = 128
MEMBERS = st.frozensets(st.text(st.characters(codec=None), max_size=12), max_size=40)


@given(MEMBERS, st.sampled_from([3, 8, 64, SLOTS]))
def test_values_are_those_of_datasketch_for_the_same_hash(members: frozenset[str], slots: int) -> None:
    theirs = MinHash(num_perm=slots, hashfunc=crc32, scheme="affine32")
    for member in members:
        theirs.update(member.encode("utf-8", "surrogatepass"))
    assert np.array_equal(signature(members, slots), theirs.hashvalues)


@given(MEMBERS)
def test_equal_sets_have_equal_signatures_in_any_order_and_number(members: frozenset[str]) -> None:
    listed = sorted(members)
    assert np.array_equal(signature(listed, SLOTS), signature([*reversed(listed), *listed], SLOTS))
    assert estimate(signature(listed, SLOTS), signature(listed, SLOTS)) == 1


def test_signing_one_set_leaves_the_next_alone() -> None:
    first = signature(["a", "b"], SLOTS)
    signature(["c"], SLOTS)
    assert np.array_equal(first, signature(["a", "b"], SLOTS))
    assert len(set(signature([], SLOTS).tolist())) == 1


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.8, 0.95])
@pytest.mark.parametrize("size", [10, 200])
def test_the_estimate_stays_within_its_error_bound(share: float, size: int) -> None:
    chance = random.Random(7)
    errors = []
    for number in range(40):
        words = [f"{number} {chance.random()}" for _ in range(2 * size)]
        common = round(size * 2 * share / (1 + share))
        a, b = frozenset(words[:size]), frozenset(words[size - common : 2 * size - common])
        errors.append(estimate(signature(a, SLOTS), signature(b, SLOTS)) - jaccard(a, b))
    standard = 0.5 / math.sqrt(SLOTS)
    assert max(map(abs, errors)) <= 4.5 * standard
    assert abs(sum(errors) / len(errors)) <= 3 * standard / math.sqrt(len(errors))


def test_the_hash_is_the_32_bit_crc() -> None:
    assert crc32(b"newscrawl") == zlib.crc32(b"newscrawl") < 2**32
