"""two texts -> what they have in common, whatever they tell: reprint, excerpt, a shared passage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from dedupe.model import PairKind, TextKind
from dedupe.profile import Profile
from dedupe.shingles import WORDS_A_SHINGLE, common

NEAR_IDENTICAL = 0.7
"""Jaccard of the shingles from which two texts are one but for a few words: one word in ten replaced leaves .57."""
EDITED = 0.3
"""Jaccard from which two texts are one, reworked: a fifth of the words replaced leaves .34; independent reports of one
event have .02."""
EXCERPT = 0.6
"""Share of a text's shingles in another from which it stands there."""
SHORTER = 0.8
"""Part of the other's length below which a contained text is an excerpt; longer ones are the same text, edited."""
SHORT_TEXT_JACCARD = 0.5
"""Jaccard from which two texts of few shingles are one."""
PASSAGE_WORDS = 40
"""Words of one shared passage from which two texts have copy in common; shared quotations have mostly 10 to 35."""
PASSAGE_SHINGLES = 6
"""Shared shingles, eight words, below which a run is idiom or a title, and no passage."""
BRIDGED = 4
"""Places without a shared shingle that a passage goes over: two changed words side by side."""
SHINGLES_OF_A_TEXT = 20
"""Below this a containment says nothing: two sentences of boilerplate would do."""


@dataclass(frozen=True)
class Kinship:
    """What two texts have in common, whatever they tell."""

    kind: TextKind | None
    """None where they share no text worth the name."""
    jaccard: float
    a_in_b: float
    """Share of the first text's shingles that stand in the second."""
    b_in_a: float
    words: int
    """Words of the passages that both have, counted in the first; of near copies, of all runs that both have."""

    @property
    def is_same_text(self) -> bool:
        """Whether one is the other, whole or in part; a passage alone does not make two texts one."""
        return self.kind not in {None, "shared_passage"}


STRANGERS = Kinship(None, 0.0, 0.0, 0.0, 0)


def share_text(a: Profile, b: Profile) -> bool:
    """Tell whether two texts have a fingerprint in common: what they would if they shared a passage."""
    return not a.marks.isdisjoint(b.marks)


def kinship(a: Profile, b: Profile) -> Kinship:
    """Return what two texts have in common; `kinship(b, a)` says the same the other way round."""
    size_a, size_b = len(a.shingles), len(b.shingles)
    shared = common(a.shingles, b.shingles)
    if not shared:
        return STRANGERS
    alike = shared / (size_a + size_b - shared)
    long = min(size_a, size_b) >= SHINGLES_OF_A_TEXT
    kind: TextKind | None = None
    words = shared + WORDS_A_SHINGLE - 1
    if alike == 1.0 and np.array_equal(a.sequence, b.sequence):
        kind = "identical"
    elif alike >= NEAR_IDENTICAL:
        kind = "near_identical"
    elif long and shared / min(size_a, size_b) >= EXCERPT and min(size_a, size_b) < SHORTER * max(size_a, size_b):
        kind = "excerpt"
    elif alike >= (EDITED if long else SHORT_TEXT_JACCARD):
        kind = "edited"
    if alike < NEAR_IDENTICAL:
        found = passage_lengths(a, b) if long and shared >= PASSAGE_SHINGLES else NO_PASSAGES
        words = int(found.sum())
        if kind is None and found.max(initial=0) >= PASSAGE_WORDS <= passage_lengths(b, a).max(initial=0):
            kind = "shared_passage"
    return Kinship(kind, round(alike, 4), round(shared / size_a, 4), round(shared / size_b, 4), words)


NO_PASSAGES = np.empty(0, dtype=np.int64)


def passage_lengths(a: Profile, b: Profile) -> npt.NDArray[np.int64]:
    """Return the words of each passage of the first text that the second has too, but for a few changed words."""
    at = np.searchsorted(b.shingles, a.runs)
    at[at == len(b.shingles)] = 0
    there = np.flatnonzero(b.shingles[at] == a.runs)
    if not len(there):
        return NO_PASSAGES
    opens = np.concatenate([[0], np.flatnonzero(np.diff(there) > BRIDGED + 1) + 1])
    ends = np.concatenate([opens[1:], [len(there)]])
    shared, places = ends - opens, there[ends - 1] - there[opens] + 1
    is_passage = (shared >= PASSAGE_SHINGLES) & (2 * shared >= places)
    return np.asarray(places[is_passage] + WORDS_A_SHINGLE - 1, dtype=np.int64)


def kind_of(text: Kinship) -> PairKind:
    """Return `same_text` for reprints and for texts that stand in one another, else `same_story`."""
    return "same_text" if text.is_same_text else "same_story"


def told_text(text: Kinship) -> dict[str, Any]:
    """Return what two texts have in common as the evidence of a pair keeps it."""
    return {
        "kind": text.kind,
        "jaccard": text.jaccard,
        "containment": max(text.a_in_b, text.b_in_a),
        "a_in_b": text.a_in_b,
        "b_in_a": text.b_in_a,
        "words": text.words,
    }
