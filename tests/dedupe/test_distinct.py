from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe.distinct import counted, distinct, first_places

NUMBERS = st.lists(st.integers(0, 2**63 - 1) | st.integers(0, 3), max_size=40)


@pytest.mark.parametrize("kind", [np.uint64, np.int64])
@given(numbers=NUMBERS)
def test_numbers_each_once_as_numpy_has_them(numbers: list[int], kind: type[np.uint64 | np.int64]) -> None:
    values = np.array(numbers, dtype=kind)
    words, times = np.unique(values, return_counts=True)
    _, first = np.unique(values, return_index=True)
    assert distinct(values).tolist() == words.tolist()
    assert [side.tolist() for side in counted(values)] == [words.tolist(), times.tolist()]
    assert first_places(values).tolist() == np.sort(first).tolist()
    assert values.tolist() == numbers
