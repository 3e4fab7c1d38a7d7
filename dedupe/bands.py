"""signatures -> candidate pairs, from a persistent band index.

An article is looked up under several cheap signals, each a MinHash over *rare* features: its top keywords, its
title, its names, its quotations, and the shingles of its text. Two articles that share any band value within some
days are candidates; `verify` decides. Recall and cost of these signals were measured on AllSides events and 8,340
Indonesian articles.
"""

from __future__ import annotations

import heapq
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np

from dedupe.profile import Profile
from dedupe.signatures import signature
from dedupe.words import keywords

WINDOW_DAYS = 3
"""Reports of one event appear within three days (99% of the labelled pairs)."""
EPOCH_DAYS = 4
"""Days that share a part of the index: inserts stay local, a window touches two or three parts."""
BUCKET = 64
"""Newest articles read from one band value; a value that more share is furniture or a flood."""
CANDIDATES = 20
"""Articles verified for one new article, those that share most bands first: 16 gave the same stories as 40 on all dev
corpora, while asking for two shared bands lost .002 of english-dev."""

KEYWORD_SLOTS, TITLE_SLOTS, NAME_SLOTS, QUOTATION_SLOTS = 64, 8, 4, 3
QUOTATIONS_INDEXED = 4
RARE_WORDS_OF_A_QUOTATION = 8
TEXT_SLOTS, TEXT_ROWS = 128, 4
"""32 bands of 4 rows find nearly all pairs of Jaccard 0.5 and more; the exact check comes after."""


def epoch(day: int) -> int:
    """Return the part of the index that a day belongs to."""
    return day // EPOCH_DAYS


def epochs(day: int) -> range:
    """Return the parts of the index that hold the days within the window around a day."""
    return range(epoch(day - WINDOW_DAYS), epoch(day + WINDOW_DAYS) + 1)


def band_values(profile: Profile) -> list[int]:
    """Return the band values of an article: number of the band in the high 32 bits, hash in the low ones."""
    return list(dict.fromkeys(number << 32 | value for number, value in numbered_bands(profile)))


def numbered_bands(profile: Profile) -> Iterator[tuple[int, int]]:
    """Yield (number of the band, value) for every signal of an article."""
    yield from one_row_bands(0, keywords(profile.vector), KEYWORD_SLOTS)
    yield from one_row_bands(100, profile.title_vector, TITLE_SLOTS)
    yield from one_row_bands(200, (name for name, rarity in profile.names.items() if rarity > 1), NAME_SLOTS)
    longest = heapq.nlargest(QUOTATIONS_INDEXED, profile.quotations, key=lambda quotation: len(quotation[1]))
    for _, said in longest:
        rare = heapq.nlargest(RARE_WORDS_OF_A_QUOTATION, said, key=lambda word: (profile.vector.get(word, 0.0), word))
        yield from one_row_bands(300, rare, QUOTATION_SLOTS)
    yield from text_bands(400, profile)


def one_row_bands(first: int, features: Iterable[str], slots: int) -> Iterator[tuple[int, int]]:
    """Yield a band for each slot of a set's signature; nothing for an empty set."""
    members = list(features)
    if members:
        yield from ((first + slot, int(value)) for slot, value in enumerate(signature(members, slots)))


def text_bands(first: int, profile: Profile) -> Iterator[tuple[int, int]]:
    """Yield the bands of the text's shingles, several rows a band."""
    if profile.shingles:
        rows = np.reshape(signature(profile.shingles, TEXT_SLOTS), (-1, TEXT_ROWS))
        yield from ((first + band, zlib.crc32(row.tobytes())) for band, row in enumerate(rows))


def candidates(hits: Iterable[int], most: int = CANDIDATES) -> list[int]:
    """Return the articles met most often among the hits of the index, at most `most`; ties go to the newer."""
    counted = Counter(hits)
    return heapq.nlargest(most, counted, key=lambda article_id: (counted[article_id], article_id))
