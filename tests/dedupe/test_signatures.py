from __future__ import annotations

import math
import random
import subprocess
import sys
from collections.abc import Collection

import numpy as np
import pytest
from datasketch import MinHash
from hypothesis import given
from hypothesis import strategies as st

from dedupe import signatures as s
from dedupe.bands import KEYWORD, NAME, QUOTATION, TITLE
from dedupe.shingles import jaccard

SLOTS = 128
MEMBERS = st.frozensets(st.integers(0, 2**32 - 1) | st.integers(0, 5), max_size=40)


def signed(sets: Collection[Collection[int]], slots: int = SLOTS) -> s.Signatures:
    """The signatures of sets of hashes."""
    members = np.array([member for one in sets for member in one], dtype=np.uint32)
    return s.signatures(members, np.array([len(one) for one in sets], dtype=np.int64), slots)


@given(st.lists(MEMBERS, max_size=6), st.sampled_from([3, 4, 32, 64, SLOTS]))
def test_values_are_those_of_datasketch_for_the_same_hashes(sets: list[frozenset[int]], slots: int) -> None:
    ours = signed(sets, slots)
    assert ours.shape == (len(sets), slots)
    for row, members in zip(ours, sets, strict=True):
        hashes = iter(sorted(members))
        theirs = MinHash(num_perm=slots, scheme="affine32", hashfunc=lambda _, given=hashes: next(given))
        for _ in members:
            theirs.update(b"")
        assert np.array_equal(row, theirs.hashvalues)


def test_the_permutations_at_hand_are_those_of_datasketch() -> None:
    used = {signal.slots for signal in (KEYWORD, TITLE, NAME, QUOTATION)}
    assert s.shipped().keys() >= used, "run `python bench/permutations.py`"
    for slots, ours in s.shipped().items():
        theirs = MinHash(num_perm=slots, scheme="affine32").permutations
        assert np.array_equal(ours, theirs), "run `python bench/permutations.py`, and raise clustering.ENGINE"


def test_signing_for_the_index_loads_no_scipy() -> None:
    said = "import sys, dedupe.signatures as s, dedupe; s.permutations(32); print('scipy' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"


@pytest.mark.parametrize("count", [1, 5, 125, 10**9])
@given(sets=st.lists(MEMBERS, max_size=12))
def test_signed_in_portions_is_signed_at_once(count: int, sets: list[frozenset[int]]) -> None:
    at_once = signed(sets, 8)
    with pytest.MonkeyPatch.context() as small:
        small.setattr(s, "HASHES_AT_ONCE", count)
        small.setattr(s, "HASHES_OF_ONE", count)
        assert np.array_equal(signed(sets, 8), at_once)


@given(MEMBERS)
def test_equal_sets_have_equal_signatures_in_any_order_and_number(members: frozenset[int]) -> None:
    listed = sorted(members)
    one, other = signed([listed, [*reversed(listed), *listed]])
    assert np.array_equal(one, other)
    assert s.estimate(one, other) == 1


@given(st.lists(st.integers(0, 2**32 - 1), min_size=1, max_size=1_200))
def test_signed_alone_is_signed_among_others(members: list[int]) -> None:
    assert np.array_equal(signed([members])[0], signed([members, [1]])[0])


def test_signing_changes_no_hashes_and_an_empty_set_has_a_value_of_its_own() -> None:
    hashes = np.arange(5, dtype=np.uint32)
    first = s.signatures(hashes, np.array([2, 0, 3]), SLOTS)
    assert hashes.tolist() == [0, 1, 2, 3, 4]
    assert np.array_equal(first, s.signatures(hashes, np.array([2, 0, 3]), SLOTS))
    assert set(first[1].tolist()) == {int(s.EMPTY)}
    assert signed([]).shape == (0, SLOTS)


@pytest.mark.parametrize("share", [0.0, 0.2, 0.5, 0.8, 0.95])
@pytest.mark.parametrize("size", [10, 200])
def test_the_estimate_stays_within_its_error_bound(share: float, size: int) -> None:
    chance = random.Random(7)
    errors = []
    for _ in range(40):
        members = chance.sample(range(2**32), 2 * size)
        common = round(size * 2 * share / (1 + share))
        a, b = frozenset(members[:size]), frozenset(members[size - common : 2 * size - common])
        one, other = signed([a, b])
        errors.append(s.estimate(one, other) - jaccard(a, b))
    standard = 0.5 / math.sqrt(SLOTS)
    assert max(map(abs, errors)) <= 4.5 * standard
    assert abs(sum(errors) / len(errors)) <= 3 * standard / math.sqrt(len(errors))
