"""candidate pair -> score with its evidence.

The score is the probability, by logistic regression, that two articles tell one story: each feature's value times its
weight, added to a base, and the sum squashed to between 0 and 1. A reader can check it from `evidence`, which keeps
every value, weight and contribution.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dedupe.model import PairKind
from dedupe.profile import Profile, Quotation, Weighted, Weights
from dedupe.scoring import BASE, WEIGHTS
from dedupe.shingles import jaccard, overlap
from dedupe.vocabulary import Numbers, Vocabulary

FEATURES = tuple(WEIGHTS)
SAME_QUOTATION = 0.4
"""Two wordings of one utterance share at least this part of their words: reworded quotations of one event .5 and more,
other pairs at most .12 (founding pair)."""
SAME_TEXT_JACCARD = 0.5
SAME_TEXT_CONTAINMENT = 0.6
SHARED_SHOWN = 12
SHINGLES_OF_A_TEXT = 20
"""Below this a containment says nothing: two sentences of boilerplate would do."""
WORTH_READING_TEXT = 0.25
"""Cosine below which no pair measured shared half its shingles; a low score is not looked at twice for its text."""
WORTH_READING_QUOTATIONS = 0.1
"""Cosine below which quotations are not compared: texts that share an utterance share its words."""

Values = npt.NDArray[np.float64]
"""One row a pair, one column a feature, in the order of FEATURES."""


@dataclass(frozen=True)
class Verified:
    """What comparing two articles came to."""

    kind: PairKind
    score: float
    """Probability that the two tell one story, between 0 and 1."""
    evidence: Mapping[str, Any]


class Comparer:
    """Compares one article with many: its words are laid out once, by their numbers, then looked up for all others."""

    def __init__(self) -> None:
        self.table: npt.NDArray[np.float32] = np.zeros(1024, dtype=np.float32)

    def measure(self, one: Profile, others: Sequence[Profile]) -> Values:
        """Return the value of each feature of an article with each of the others, rounded as it is kept.

        All lie between 0 and 1, but for `days`, the gap between the printed days; the order of a pair does not matter.
        """
        if not others:
            return np.empty((0, len(FEATURES)))
        texts = joined([other.vector for other in others])
        words = self.dot(one.vector, texts)
        columns = {
            "words": words,
            "title": self.dot(one.title, joined([other.title for other in others])),
            "names": self.alike(one.names, joined([other.names for other in others])),
            "lede": self.told(one, texts, joined([other.lede for other in others])),
            "numbers": self.alike(one.numbers, joined([other.numbers for other in others])),
            "quotations": np.array(
                [
                    quoted(one, other)[0] if w >= WORTH_READING_QUOTATIONS else 0.0
                    for other, w in zip(others, words, strict=True)
                ]
            ),
            "days": np.array([float(abs(one.day - o.day)) if one.dated and o.dated else 0.0 for o in others]),
        }
        return np.round(np.stack([columns[name] for name in FEATURES], axis=1), 4)

    def lay_out(self, words: npt.NDArray[np.int32], values: npt.NDArray[np.float32] | float) -> None:
        """Write values at the places of words."""
        self.reach(words)
        self.table[words] = values

    def reach(self, words: npt.NDArray[np.int32]) -> None:
        """Make the table long enough for these words."""
        if len(words) and (most := int(words.max())) >= len(self.table):
            self.table = np.concatenate([self.table, np.zeros(2 * most - len(self.table), dtype=np.float32)])

    def dot(self, one: Weighted, others: Joined) -> Values:
        """Return the cosine of one vector of length 1 with others, between 0 and 1."""
        found: Values = sums(self.at(others.words, one.words, one.weights) * others.weights, others.starts)
        return np.minimum(1.0, found)

    def at(self, words: Numbers, laid: Numbers, values: Weights | float) -> Weights:
        """Return the values of one set of words at the places of others, 0 where a word is not in the set."""
        self.lay_out(laid, values)
        self.reach(words)
        found = self.table[words]
        self.table[laid] = 0.0
        return found

    def alike(self, one: Weighted, others: Joined) -> Values:
        """Return the Jaccard similarity of weighted sets, between 0 and 1 (Ruzicka 1958)."""
        common = sums(np.minimum(self.at(others.words, one.words, one.weights), others.weights), others.starts)
        union = one.total + others.totals - common
        shares: Values = np.divide(common, union, out=np.zeros_like(common), where=union > 0)
        return np.minimum(1.0, shares)

    def told(self, one: Profile, texts: Joined, ledes: Joined) -> Values:
        """Return how much of each lede's names the other text has too, by weight, the mean of both directions.

        Another place or person in the opening is what sets look-alike events apart. A half where neither has names.
        """
        half = np.full(len(texts.totals), 0.5)
        ours = sums(self.at(texts.words, one.lede.words, one.lede.weights), texts.starts)
        in_theirs = ours / one.lede.total if one.lede.total else half
        theirs = sums(self.at(ledes.words, one.vector.words, 1.0) * ledes.weights, ledes.starts)
        in_ours: Values = np.divide(theirs, ledes.totals, out=half.copy(), where=ledes.totals > 0)
        return np.minimum(1.0, (in_theirs + in_ours) / 2)


class Joined(NamedTuple):
    """Several sets of words, one after another."""

    words: Numbers
    weights: Weights
    starts: npt.NDArray[np.int64]
    """Where each begins, and where the last ends."""
    totals: Values


def joined(sets: Sequence[Weighted]) -> Joined:
    """Return sets of words laid one after another."""
    return Joined(
        np.concatenate([one.words for one in sets]),
        np.concatenate([one.weights for one in sets]),
        np.array([0, *accumulate(len(one.words) for one in sets)]),
        np.array([one.total for one in sets]),
    )


def sums(values: npt.NDArray[np.float32], starts: npt.NDArray[np.int64]) -> Values:
    """Return the sums of the runs of values that begin at these places; the last place is the end."""
    total: Values = np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])
    return total[starts[1:]] - total[starts[:-1]]


def quoted(a: Profile, b: Profile) -> tuple[float, tuple[Quotation, Quotation] | None]:
    """Return how alike the two most similar quotations are, and those two: Jaccard of words from SAME_QUOTATION on.

    The value goes from 0 to 1; 0 and None where no two are one utterance.
    """
    best, found = SAME_QUOTATION, None
    for said in a.quotations:
        for other in b.quotations:
            most = len(said.words) / len(other.words)  # what the Jaccard of sets so large can be, or its inverse
            if best < most < 1 / best and (alike := jaccard(said.words, other.words)) > best:
                best, found = alike, (said, other)
    return (best - SAME_QUOTATION) / (1 - SAME_QUOTATION), found


FACTORS = np.array([WEIGHTS[name] for name in FEATURES])


def scores(values: Values) -> Values:
    """Return the score of each pair's values: the logistic function, written so that no gap of days overflows it."""
    log_odds: Values = BASE + values @ FACTORS
    return np.round(0.5 + 0.5 * np.tanh(log_odds / 2), 6)


def score(values: Mapping[str, float]) -> float:
    """Return the score that a pair's values, as kept, come to."""
    log_odds = BASE + math.fsum(value * WEIGHTS[name] for name, value in values.items())
    return round(0.5 + 0.5 * math.tanh(log_odds / 2), 6)


def evidence(values: npt.NDArray[np.float64], shared: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Return each feature's value, weight, contribution to the log-odds and what is shared, and the base of the sum."""
    told: dict[str, Any] = {"base": BASE}
    for name, value in zip(FEATURES, values.tolist(), strict=True):
        weight = WEIGHTS[name]
        told[name] = {"value": value, "weight": weight, "contribution": round(value * weight, 6)}
        if shared.get(name):
            told[name]["shared"] = shared[name]
    return told


def verified(
    pair: tuple[Profile, Profile], values: npt.NDArray[np.float64], scored: float, words: Sequence[str]
) -> Verified:
    """Return a measured pair with its evidence; `words` are those of the vocabulary, by their numbers."""
    a, b = sorted(pair, key=lambda one: one.article_id)
    utterance = quoted(a, b)[1] if values[FEATURES.index("quotations")] else None
    shared = {
        "words": heaviest_shared(a.vector, b.vector, words),
        "title": heaviest_shared(a.title, b.title, words),
        "names": heaviest_shared(a.names, b.names, words),
        "lede": heaviest_shared(a.lede, b.lede, words),
        "numbers": sorted(heaviest_shared(a.numbers, b.numbers, words)),
        "quotations": [said.text for said in utterance or ()],
    }
    alike, contained = overlap(a.shingles, b.shingles)
    text = {"jaccard": round(alike, 4), "containment": round(contained, 4)}
    return Verified(kind_of(alike, contained, a, b), scored, {**evidence(values, shared), "text": text})


def verify(a: Profile, b: Profile, vocabulary: Vocabulary) -> Verified:
    """Return the score of a pair with its evidence; `verify(a, b)` equals `verify(b, a)`."""
    values = Comparer().measure(a, [b])
    return verified((a, b), values[0], float(scores(values)[0]), vocabulary.words)


def heaviest_shared(a: Weighted, b: Weighted, words: Sequence[str]) -> list[str]:
    """Return the shared words that weigh most, heaviest first; among equals in alphabetical order."""
    common, here, there = np.intersect1d(a.words, b.words, assume_unique=True, return_indices=True)
    weight = a.weights[here] * b.weights[there]
    if len(common) > SHARED_SHOWN:
        at = np.flatnonzero(weight >= np.partition(weight, -SHARED_SHOWN)[-SHARED_SHOWN])
        common, weight = common[at], weight[at]
    ranked = sorted(zip((-weight).tolist(), (words[number] for number in common.tolist()), strict=True))
    return [word for _, word in ranked[:SHARED_SHOWN]]


def kind_of(alike: float, contained: float, a: Profile, b: Profile) -> PairKind:
    """Return `same_text` for reprints and for texts that stand in one another, else `same_story`."""
    long_enough = min(len(a.shingles), len(b.shingles)) >= SHINGLES_OF_A_TEXT
    is_same = alike >= SAME_TEXT_JACCARD or (long_enough and contained >= SAME_TEXT_CONTAINMENT)
    return "same_text" if is_same else "same_story"
