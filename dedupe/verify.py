"""candidate pair -> score with its evidence.

The score is a sum that a reader can check: each feature's value times its weight. `evidence` keeps every value, weight
and contribution, and what the two articles share.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dedupe.model import PairKind
from dedupe.profile import Profile
from dedupe.shingles import containment, jaccard
from dedupe.words import cosine

WEIGHTS: Mapping[str, float] = {
    "words": 1.0,
    "title": 0.15,
    "names": 0.10,
    "numbers": 0.05,
    "quotations": 0.20,
    "days": -0.06,
}
"""Weights of the features, chosen on dev data (english-dev, english-topics-dev and the demo's events) by random search
over 260 settings; see docs/architecture.md."""
SAME_QUOTATION = 0.4
"""Two wordings of one utterance share at least this part of their words: reworded quotations of one event .5 and more,
other pairs at most .12 (founding pair)."""
SAME_TEXT_JACCARD = 0.5
SAME_TEXT_CONTAINMENT = 0.6
SHINGLES_OF_A_TEXT = 20
"""Below this a containment says nothing: two sentences of boilerplate would do."""
SHARED_SHOWN = 12
WORTH_READING_TEXT = 0.2
"""Cosine below which no pair measured shared half its shingles; their texts are not compared."""


@dataclass(frozen=True)
class Verified:
    """What comparing two articles came to."""

    kind: PairKind
    score: float
    """Sum of the contributions in the evidence: about 0 for unrelated texts, at most 1.5 (the weights added up)."""
    evidence: Mapping[str, Any]


def measure(a: Profile, b: Profile) -> dict[str, float]:
    """Return the value of each feature of a pair, rounded as it is kept.

    All lie between 0 and 1, but for `days`, the gap between the printed days; `measure(a, b)` equals `measure(b, a)`.
    """
    quotation, _ = shared_quotation(a, b)
    values = {
        "words": cosine(a.vector, b.vector),
        "title": cosine(a.title_vector, b.title_vector),
        "names": weighted_overlap(a.names, b.names),
        "numbers": jaccard(a.numbers, b.numbers),
        "quotations": max(0.0, quotation - SAME_QUOTATION) / (1 - SAME_QUOTATION),
        "days": float(abs(a.day - b.day)) if a.dated and b.dated else 0.0,
    }
    return {name: round(value, 4) for name, value in values.items()}


def score(values: Mapping[str, float]) -> float:
    """Return the score that measured values add up to."""
    return round(sum(round(value * WEIGHTS[name], 6) for name, value in values.items()), 6)


def verify(a: Profile, b: Profile, values: Mapping[str, float] | None = None) -> Verified:
    """Return the score of a pair with its evidence; `verify(a, b)` equals `verify(b, a)`.

    `values` are those of `measure`, where they are at hand.
    """
    if b.article_id < a.article_id:
        a, b = b, a
    values = values or measure(a, b)
    shared = {
        "words": heaviest(a.vector, b.vector),
        "title": heaviest(a.title_vector, b.title_vector),
        "names": heaviest(a.names, b.names),
        "numbers": sorted(a.numbers & b.numbers)[:SHARED_SHOWN],
        "quotations": shared_quotation(a, b)[1],
    }
    evidence: dict[str, Any] = {
        name: {
            "value": value,
            "weight": WEIGHTS[name],
            "contribution": round(value * WEIGHTS[name], 6),
            **({"shared": shared[name]} if shared.get(name) else {}),
        }
        for name, value in values.items()
    }
    alike, contained = text_overlap(a, b) if values["words"] >= WORTH_READING_TEXT else (0.0, 0.0)
    evidence["text"] = {"jaccard": round(alike, 4), "containment": round(contained, 4)}
    return Verified(kind_of(alike, contained, a, b), score(values), evidence)


def text_overlap(a: Profile, b: Profile) -> tuple[float, float]:
    """Return exact Jaccard and containment of the two texts' shingles."""
    return jaccard(a.shingles, b.shingles), containment(a.shingles, b.shingles)


def kind_of(alike: float, contained: float, a: Profile, b: Profile) -> PairKind:
    """Return `same_text` for reprints and for texts that stand in one another, else `same_story`."""
    long_enough = min(len(a.shingles), len(b.shingles)) >= SHINGLES_OF_A_TEXT
    is_same = alike >= SAME_TEXT_JACCARD or (long_enough and contained >= SAME_TEXT_CONTAINMENT)
    return "same_text" if is_same else "same_story"


def weighted_overlap(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    """Return the Jaccard similarity of two weighted sets, between 0 and 1 (Ruzicka 1958).

    A member may weigh a little more in the set of the later article: document frequencies grow in between.
    """
    common = math.fsum([min(a[name], b[name]) for name in a.keys() & b.keys()])
    union = math.fsum(a.values()) + math.fsum(b.values()) - common
    return min(1.0, common / union) if union > 0 else 0.0


def heaviest(a: Mapping[str, float], b: Mapping[str, float]) -> list[str]:
    """Return the shared members that weigh most, heaviest first."""
    common = a.keys() & b.keys()
    return heapq.nlargest(SHARED_SHOWN, common, key=lambda word: (a[word] * b[word], word))


def shared_quotation(a: Profile, b: Profile) -> tuple[float, list[str]]:
    """Return how alike the two most similar quotations are (Jaccard of words), and both wordings where they are one."""
    best, wordings = SAME_QUOTATION, ("", "")
    for text, said in a.quotations:
        for other_text, other_said in b.quotations:
            most = len(said) / len(other_said)  # what the Jaccard similarity of sets so large can be, or its inverse
            if best < most < 1 / best and (alike := jaccard(said, other_said)) > best:
                best, wordings = alike, (text, other_text)
    return (best, list(wordings)) if best > SAME_QUOTATION else (0.0, [])
