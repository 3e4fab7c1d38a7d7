"""The persistent band index: articles go in under their band values, and those that meet there come out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedupe import bands
from dedupe.bands import Values
from dedupe.distinct import distinct
from dedupe.story_store import StoryStore

ASKING_AT_ONCE = 250
"""Articles whose meetings are counted together: in a crowd a quarter of a million, at some eighty bytes."""


@dataclass(frozen=True)
class Signed:
    """One article as the index sees it."""

    article_id: int
    day: int
    values: Values

    @property
    def member(self) -> int:
        """What stands in the index for it."""
        return bands.member(self.article_id, self.day)


@dataclass(frozen=True)
class Entries:
    """What stands in one epoch of the index under some values, sorted by value."""

    values: Values
    members: Values


class BandIndex:
    """The band index of a store; counts how many entries a full value has pushed out."""

    def __init__(self, kept: StoryStore) -> None:
        self.kept = kept
        self.pushed_out = 0

    def take_in(self, batch: Sequence[Signed]) -> Mapping[int, list[int]]:
        """Put articles into the index; return for each those that it met most often, best first, within the window."""
        later, earlier = self.in_batch(batch)
        by_epoch: dict[int, list[Signed]] = {}
        for one in batch:
            for epoch in bands.epochs(one.day):
                by_epoch.setdefault(epoch, []).append(one)
        there = {}
        for epoch, asking in sorted(by_epoch.items()):
            asked = distinct(np.concatenate([one.values for one in asking]))
            there[epoch] = Entries(*self.kept.band_entries(epoch, asked.tolist()))
            self.insert(epoch, there[epoch], [one for one in asking if bands.epoch(one.day) == epoch])
        found: dict[int, list[int]] = {}
        for first in range(0, len(batch), ASKING_AT_ONCE):
            some = batch[first : first + ASKING_AT_ONCE]
            inside = np.isin(later, [one.article_id for one in some])
            meetings = [(later[inside], earlier[inside])]
            for epoch, entries in there.items():
                if asking := [one for one in some if epoch in bands.epochs(one.day)]:
                    meetings.append(met(epoch, entries, asking))
            who, whom = (np.concatenate(side) for side in zip(*meetings, strict=True))
            found |= bands.most_met(who, whom)
        return dict(sorted(found.items()))

    def under(self, asking: Mapping[int, tuple[int, Sequence[int]]]) -> dict[int, list[tuple[int, int]]]:
        """Return which articles, with their days, stand under some values around a day: asker -> its day and values."""
        by_epoch: dict[int, set[int]] = {}
        for day, values in asking.values():
            for epoch in bands.epochs(day):
                by_epoch.setdefault(epoch, set()).update(values)
        found: dict[int, list[tuple[int, int]]] = {}
        for epoch, asked in sorted(by_epoch.items()):
            there, members = self.kept.band_entries(epoch, sorted(asked))
            ids, days = bands.article_and_day(epoch, members)
            for value, article_id, day in zip(there.tolist(), ids.tolist(), days.tolist(), strict=True):
                found.setdefault(value, []).append((article_id, day))
        return found

    @staticmethod
    def in_batch(batch: Sequence[Signed]) -> tuple[Values, Values]:
        """Return who meets whom among new articles, the later first."""
        ids = np.array([one.article_id for one in batch], dtype=np.int64)
        later, earlier = bands.meetings([one.values for one in batch], [one.day for one in batch])
        return ids[later], ids[earlier]

    def insert(self, epoch: int, there: Entries, new: Sequence[Signed]) -> None:
        """Put the new articles of an epoch into the index: under each value at most BUCKET, the newest stay."""
        if not new:
            return
        values = np.concatenate([there.values, *(one.values for one in new)])
        members = np.concatenate([there.members, np.repeat([o.member for o in new], [len(o.values) for o in new])])
        is_new = np.arange(len(values)) >= len(there.values)
        order = np.lexsort((-members, values))
        values, members, is_new = values[order], members[order], is_new[order]
        stays = place_in_run(values) < bands.BUCKET
        self.pushed_out += int(np.count_nonzero(~stays))
        for change, chosen in ((self.kept.add_to_bands, stays & is_new), (self.kept.take_from_bands, ~stays & ~is_new)):
            change((epoch, *entry) for entry in zip(values[chosen].tolist(), members[chosen].tolist(), strict=True))


def met(epoch: int, there: Entries, asking: Sequence[Signed]) -> tuple[Values, Values]:
    """Return who asks and whom it meets in an epoch within the window, once for each value the two share."""
    asked = np.concatenate([one.values for one in asking])
    asker = np.repeat(np.arange(len(asking)), [len(one.values) for one in asking])
    order = np.argsort(asked, kind="stable")
    asked, asker = asked[order], asker[order]
    first = np.searchsorted(asked, there.values, "left")
    times = np.searchsorted(asked, there.values, "right") - first
    entry = np.repeat(np.arange(len(times)), times)
    who = asker[np.repeat(first, times) + np.arange(len(entry)) - np.repeat(np.cumsum(times) - times, times)]
    ids = np.array([one.article_id for one in asking], dtype=np.int64)
    days = np.array([one.day for one in asking], dtype=np.int64)
    whom, day = bands.article_and_day(epoch, there.members[entry])
    near = (np.abs(day - days[who]) <= bands.WINDOW_DAYS) & (whom != ids[who])
    return ids[who[near]], whom[near]


def place_in_run(values: Values) -> npt.NDArray[np.int64]:
    """Return how many equal values stand before each of some sorted values."""
    starts = np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]]))
    return np.arange(len(values)) - np.repeat(starts, np.diff(np.concatenate([starts, [len(values)]])))
