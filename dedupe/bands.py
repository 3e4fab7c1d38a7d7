"""signatures -> candidate pairs, from a persistent band index.

An article is looked up under several cheap signals, each a MinHash over *rare* features: its top keywords, its
title, its names, its quotations, and the shingles of its text. Two articles that share any band value within some
days are candidates; `verify` decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedupe.profile import Profile, Weighted, heaviest
from dedupe.signatures import mixed, signatures
from dedupe.vocabulary import Vocabulary

WINDOW_DAYS = 3
"""Reports of one event appear within three days (99% of the labelled pairs)."""
EPOCH_DAYS = 7
"""Days that share a part of the index: inserts stay local, a window touches one part or two. At most 8 (`member`)."""
BUCKET = 12
"""Articles kept under one band value of an epoch, and met under it in one batch; what more share is furniture, a
topic of the week or a flood, and its newest articles stand for it. With 64 the stories of all dev corpora are as good,
and a store that takes in 16,000 articles a day reads four times as much of the index for each."""
CANDIDATES = 20
"""Articles verified for one new article, those that share most bands first: 16 gave the same stories as 40 on all dev
corpora, while asking for two shared bands lost .002 of english-dev."""
CROWD = 5 * CANDIDATES
"""Articles met from which an article is in a crowd: on a day of ten thousand articles it meets some hundreds."""
IN_A_CROWD = 4
"""Articles verified in a crowd, if no more were met more often than the one after the last CANDIDATE: what is left are
chance meetings, of which one in three hundred is a pair."""

KEYWORDS = 60
KEYWORD_SLOTS, TITLE_SLOTS, NAME_SLOTS, QUOTATION_SLOTS = 32, 4, 4, 3
RARE = 1.0
"""Inverse document frequency from which a word of a name is looked up."""
QUOTATIONS_INDEXED = 4
RARE_WORDS_OF_A_QUOTATION = 8

Values = npt.NDArray[np.int64]
"""Band values: number of the band in the high 32 bits, hash in the low ones."""


def epoch(day: int) -> int:
    """Return the part of the index that a day belongs to."""
    return day // EPOCH_DAYS


def epochs(day: int) -> range:
    """Return the parts of the index that hold the days within the window around a day."""
    return range(epoch(day - WINDOW_DAYS), epoch(day + WINDOW_DAYS) + 1)


def member(article_id: int, day: int) -> int:
    """Return what stands in the index for an article: its id, and the day within the epoch in the lowest 3 bits."""
    return article_id << 3 | day % EPOCH_DAYS


def article_and_day(epoch: int, members: Values) -> tuple[Values, Values]:
    """Return the articles of an epoch's entries, and their days."""
    return members >> 3, epoch * EPOCH_DAYS + (members & 7)


@dataclass(frozen=True)
class Signal:
    """A kind of features that articles are found by: which bands it has."""

    first: int
    """Number of its first band."""
    slots: int
    rows: int = 1


KEYWORD = Signal(0, KEYWORD_SLOTS)
TITLE = Signal(100, TITLE_SLOTS)
NAME = Signal(200, NAME_SLOTS)
QUOTATION = Signal(300, QUOTATION_SLOTS)
TEXT = Signal(400, 1)
"""Its values are the fingerprints of the text themselves: a passage is found inside a longer text, where signatures
would ask the whole texts to be alike."""


def band_values(profiles: Sequence[Profile], vocabulary: Vocabulary) -> list[Values]:
    """Return the band values of each article, in ascending order, each once."""
    owners: list[npt.NDArray[np.int64]] = []
    values: list[Values] = []

    def add(signal: Signal, sets: Sequence[npt.NDArray[np.uint32]], owner: npt.NDArray[np.int64]) -> None:
        sizes = np.array([len(one) for one in sets], dtype=np.int64)
        filled = np.flatnonzero(sizes)
        if len(filled):
            found = banded(signal, signatures(np.concatenate(sets), sizes, signal.slots)[filled])
            owners.append(np.repeat(owner[filled], found.shape[1]))
            values.append(found.ravel())

    everyone = np.arange(len(profiles))
    hashes = vocabulary.hashes
    add(KEYWORD, [hashes[heaviest(profile.vector, KEYWORDS, hashes)] for profile in profiles], everyone)
    add(TITLE, [hashes[profile.title.words] for profile in profiles], everyone)
    add(NAME, [hashes[profile.names.words[profile.names.weights > RARE]] for profile in profiles], everyone)
    said = [(at, words) for at, profile in enumerate(profiles) for words in indexed_quotations(profile, hashes)]
    add(QUOTATION, [hashes[words] for _, words in said], np.array([at for at, _ in said], dtype=np.int64))
    owners.append(np.repeat(everyone, [len(profile.fingerprints) for profile in profiles]))
    values += [text_values(profile) for profile in profiles]
    return parted(np.concatenate(owners), np.concatenate(values), len(profiles)) if values else [EMPTY] * len(profiles)


EMPTY: Values = np.empty(0, dtype=np.int64)


def text_values(profile: Profile) -> Values:
    """Return the band values of an article's text alone."""
    return profile.fingerprints.astype(np.int64) | TEXT.first << 32


def banded(signal: Signal, signed: npt.NDArray[np.uint32]) -> Values:
    """Return the band values of signatures: one row an article, one column a band."""
    rows = signed.reshape(len(signed), -1, signal.rows)
    value = rows[:, :, 0]
    for row in range(1, signal.rows):
        value = mixed(value) * np.uint32(31) + rows[:, :, row]
    numbers = np.arange(signal.first, signal.first + rows.shape[1], dtype=np.int64) << 32
    return numbers + value.astype(np.int64)


def indexed_quotations(profile: Profile, hashes: npt.NDArray[np.uint32]) -> Iterator[npt.NDArray[np.int32]]:
    """Yield the rare words of an article's longest quotations."""
    for said in sorted((one.words for one in profile.quotations), key=len, reverse=True)[:QUOTATIONS_INDEXED]:
        words = np.array(sorted(said), dtype=np.int32)
        at = np.searchsorted(profile.vector.words, words)
        at[at == len(profile.vector)] = 0
        known = profile.vector.words[at] == words if len(profile.vector) else np.zeros(len(words), dtype=bool)
        yield heaviest(Weighted(words[known], profile.vector.weights[at[known]]), RARE_WORDS_OF_A_QUOTATION, hashes)


def parted(owners: npt.NDArray[np.int64], values: Values, count: int) -> list[Values]:
    """Return the values of each owner, sorted, each once."""
    order = np.lexsort((values, owners))
    owners, values = owners[order], values[order]
    is_new = np.ones(len(values), dtype=bool)
    is_new[1:] = (owners[1:] != owners[:-1]) | (values[1:] != values[:-1])
    owners, values = owners[is_new], values[is_new]
    return np.split(values, np.searchsorted(owners, np.arange(1, count)))


def meetings(values: Sequence[Values], days: Sequence[int]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return which articles of a batch meet under a band value within the window: (later, earlier) for each meeting.

    Only the BUCKET next to each other under one value meet: a flood costs no more.
    """
    owner = np.repeat(np.arange(len(values)), [len(one) for one in values])
    together = np.concatenate([*values, EMPTY])
    order = np.lexsort((owner, together))
    together, owner = together[order], owner[order]
    day = np.asarray(days, dtype=np.int64)
    later, earlier = [EMPTY], [EMPTY]
    for step in range(1, min(BUCKET, len(together))):
        same = np.flatnonzero(together[step:] == together[:-step])
        if not len(same):
            break
        first, second = owner[same], owner[same + step]
        near = np.abs(day[first] - day[second]) <= WINDOW_DAYS
        later.append(second[near])
        earlier.append(first[near])
    return np.concatenate(later), np.concatenate(earlier)


def most_met(asking: npt.NDArray[np.int64], met: npt.NDArray[np.int64], most: int = CANDIDATES) -> dict[int, list[int]]:
    """Return for each asking article those it met most often, at most `most`; ties go to the newer.

    In a crowd those are left out that were met no more often than the next one after `most`, but for IN_A_CROWD.
    """
    if not len(asking):
        return {}
    meetings = np.sort(asking << 32 | met)  # up to a million: sorted as numbers, not as pairs
    starts = np.flatnonzero(np.concatenate([[True], meetings[1:] != meetings[:-1]]))
    times = np.diff(np.concatenate([starts, [len(meetings)]]))
    asking, met = meetings[starts] >> 32, meetings[starts] & 0xFFFFFFFF
    run = np.cumsum(np.concatenate([[False], asking[1:] != asking[:-1]]))
    seldom = (run + 1) * (int(times.max()) + 1) - times
    order = len(seldom) - 1 - np.argsort(seldom[::-1], kind="stable")
    asking, met, times = asking[order], met[order], times[order]
    first = np.flatnonzero(np.concatenate([[True], asking[1:] != asking[:-1]]))
    sizes = np.diff(np.concatenate([first, [len(asking)]]))
    of_the_crowd = np.where(sizes > CROWD, times[np.minimum(first + most, len(times) - 1)], 0)
    often = np.add.reduceat(times > np.repeat(of_the_crowd, sizes), first)
    kept = np.minimum(np.minimum(sizes, most), np.maximum(often, IN_A_CROWD))
    return {
        int(asking[start]): met[start : start + size].tolist()
        for start, size in zip(first.tolist(), kept.tolist(), strict=True)
    }
