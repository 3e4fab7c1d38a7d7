"""candidate pair -> score with its evidence.

The score is the probability, by logistic regression, that two articles tell one story: each feature's value times its
weight, added to a base, and the sum squashed to between 0 and 1. A reader can check it from `evidence`, which keeps
every value, weight and contribution.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from dedupe.distinct import firsts
from dedupe.kinship import Kinship, kind_of, kinship, told_text
from dedupe.model import PairKind
from dedupe.profile import LEDE, NAMES, NUMBERS, TITLE, VECTOR, Profile, Quotation, Weights
from dedupe.scoring import BASE, WEIGHTS
from dedupe.shingles import jaccard
from dedupe.vocabulary import Numbers, Vocabulary

FEATURES = tuple(WEIGHTS)
SAME_QUOTATION = 0.4
"""Two wordings of one utterance share at least this part of their words: reworded quotations of one event .5 and more,
other pairs at most .12 (founding pair)."""
SHARED_SHOWN = 12
SETS = {"words": VECTOR, "title": TITLE, "names": NAMES, "lede": LEDE, "numbers": NUMBERS}
"""The features whose shared words are told, with the columns of a profile's weights."""
SET_OF = {column: name for name, column in SETS.items()}
QUOTATIONS = FEATURES.index("quotations")
WORTH_READING_QUOTATIONS = 0.1
"""Cosine below which quotations are not compared: texts that share an utterance share its words."""

WORDS_AT_ONCE = 400_000
"""Words compared at once, of the second articles of pairs: 16 MB."""

Places = npt.NDArray[np.int64]
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
    """Compares many pairs of articles at once: the words that a pair shares are found by their numbers."""

    def __init__(self) -> None:
        self.table: Places = np.zeros(1024, dtype=np.int64)
        """By a word's number, where it stands among those of the article looked at, counted from 1; else 0."""

    def measure(self, one: Profile, others: Sequence[Profile]) -> Values:
        """Return the value of each feature of an article with each of the others, as `measure_pairs` does."""
        return self.measure_pairs([one, *others], [(0, at) for at in range(1, len(others) + 1)])

    def measure_pairs(self, profiles: Sequence[Profile], pairs: Sequence[tuple[int, int]]) -> Values:
        """Return the value of each feature of each pair, given by places in `profiles`, rounded as it is kept.

        All lie between 0 and 1, but for `days`, the gap between the printed days; the order of a pair does not matter.
        Memory is some 40 bytes for each word of the second articles, portions of WORDS_AT_ONCE words or one pair.
        """
        if not pairs:
            return np.empty((0, len(FEATURES)))
        laid = Laid.out(profiles)
        found = np.empty((len(pairs), len(FEATURES)))
        for places, some in laid.portions(pairs):
            found[places] = self.measured(profiles, laid, some)
        return np.round(found, 4)

    def shared_words(
        self, profiles: Sequence[Profile], pairs: Sequence[tuple[int, int]], words: Sequence[str]
    ) -> list[dict[str, list[str]]]:
        """Return for each pair, given by places in `profiles`, the shared words that weigh most in each set.

        At most SHARED_SHOWN a set, heaviest first, among equals in alphabetical order; numbers are in that order
        altogether. Sets that share nothing are left out. `words` are those of the vocabulary, by their numbers.
        """
        found: list[dict[str, list[str]]] = [{} for _ in pairs]
        if not pairs:
            return found
        laid = Laid.out(profiles)
        for places, some in laid.portions(pairs):
            owner, here, there = self.shared(laid, some)
            weights = laid.weights[here] * laid.weights[there]
            for (at, column), heaviest in heaviest_words(owner, weights, laid.words[here], words).items():
                found[places[at]][SET_OF[column]] = sorted(heaviest) if column == NUMBERS else heaviest
        return found

    def measured(self, profiles: Sequence[Profile], laid: Laid, pairs: Places) -> Values:
        """Return the values of some pairs, those of one first article following each other."""
        owner, here, there = self.shared(laid, pairs)
        ours, theirs = laid.weights[here], laid.weights[there]

        def summed(values: npt.NDArray[np.float32]) -> Values:
            total: Values = np.bincount(owner, values, len(pairs)).astype(np.float64)
            return total

        def ratio(part: Values, whole: Values, empty: float) -> Values:
            share: Values = np.divide(part, whole, out=np.full(len(pairs), empty), where=whole > 0)
            return share

        def alike(column: int) -> Values:
            """The Jaccard similarity of weighted sets (Ruzicka 1958)."""
            common = summed(np.minimum(ours[:, column], theirs[:, column]))
            return ratio(common, totals[0][:, column] + totals[1][:, column] - common, 0.0)

        totals = laid.totals[pairs[:, 0]], laid.totals[pairs[:, 1]]
        words = np.minimum(1.0, summed(ours[:, VECTOR] * theirs[:, VECTOR]))
        # how much of each lede's names the other text has too: another place or person sets look-alike events apart
        lede_there = ratio(summed(ours[:, LEDE] * (theirs[:, VECTOR] > 0)), totals[0][:, LEDE], 0.5)
        lede_here = ratio(summed(theirs[:, LEDE] * (ours[:, VECTOR] > 0)), totals[1][:, LEDE], 0.5)
        both = [(profiles[one], profiles[other]) for one, other in pairs.tolist()]
        columns = {
            "words": words,
            "title": summed(ours[:, TITLE] * theirs[:, TITLE]),
            "names": alike(NAMES),
            "lede": (lede_there + lede_here) / 2,
            "numbers": alike(NUMBERS),
            "quotations": np.array(
                [
                    quoted(a, b)[0] if a.quotations and b.quotations and w >= WORTH_READING_QUOTATIONS else 0.0
                    for (a, b), w in zip(both, words.tolist(), strict=True)
                ]
            ),
            "days": np.zeros(len(pairs)),
        }
        found: Values = np.minimum(1.0, np.stack([columns[name] for name in FEATURES], axis=1))
        found[:, FEATURES.index("days")] = [abs(a.day - b.day) if a.dated and b.dated else 0 for a, b in both]
        return found

    def shared(self, laid: Laid, pairs: Places) -> tuple[Places, Places, Places]:
        """Return the words that pairs share: for each the pair, and where it stands in one and in the other article."""
        sizes = laid.sizes[pairs[:, 1]]
        ends = np.cumsum(sizes)
        there = np.arange(ends[-1]) + np.repeat(laid.starts[pairs[:, 1]] - (ends - sizes), sizes)
        words = laid.words[there]
        self.reach(laid.most)
        hits, here = [], []
        turns = [0, *(np.flatnonzero(np.diff(pairs[:, 0])) + 1).tolist(), len(pairs)]
        for first, last in pairwise(turns):
            one = int(pairs[first, 0])
            start, end = int(laid.starts[one]), int(laid.starts[one] + laid.sizes[one])
            low, high = int(ends[first] - sizes[first]), int(ends[last - 1])
            mine = laid.words[start:end]
            self.table[mine] = np.arange(start + 1, end + 1)
            found = self.table[words[low:high]]
            self.table[mine] = 0
            hit = np.flatnonzero(found)
            hits.append(hit + low)
            here.append(found[hit] - 1)
        hit = np.concatenate(hits)
        return np.searchsorted(ends, hit, "right"), np.concatenate(here), there[hit]

    def reach(self, most: int) -> None:
        """Make the table long enough for a word's number."""
        if most >= len(self.table):
            self.table = np.zeros(2 * most, dtype=np.int64)


@dataclass(frozen=True)
class Laid:
    """The words and weights of several articles, one after another."""

    words: Numbers
    weights: Weights
    starts: Places
    sizes: Places
    totals: Values
    most: int
    """The greatest number of a word."""

    @classmethod
    def out(cls, profiles: Sequence[Profile]) -> Laid:
        """Return the words of articles laid one after another."""
        words = np.concatenate([one.words for one in profiles])
        sizes = np.array([len(one.words) for one in profiles], dtype=np.int64)
        weights = np.concatenate([one.weights for one in profiles])
        totals = np.stack([one.totals for one in profiles])
        return cls(words, weights, np.cumsum(sizes) - sizes, sizes, totals, int(words.max(initial=0)))

    def portions(self, pairs: Sequence[tuple[int, int]]) -> Iterator[tuple[list[int], Places]]:
        """Yield pairs in portions of WORDS_AT_ONCE words or one pair, those of one first article following each other.

        Each portion comes with where its pairs stand among those given.
        """
        order = sorted(range(len(pairs)), key=lambda at: pairs[at][0])
        ranked = np.array([pairs[at] for at in order], dtype=np.int64)
        for first, last in portions(self.sizes[ranked[:, 1]], WORDS_AT_ONCE):
            yield order[first:last], ranked[first:last]


def portions(sizes: Places, most: int) -> Iterator[tuple[int, int]]:
    """Yield from where to where things of some sizes are taken together: at most so much, or one alone."""
    ends = np.cumsum(sizes)
    first = 0
    while first < len(sizes):
        before = ends[first] - sizes[first]
        last = max(first + 1, int(np.searchsorted(ends, before + most, "right")))
        yield first, last
        first = last


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
    pairs: Sequence[tuple[Profile, Profile]],
    values: Sequence[npt.NDArray[np.float64]],
    scored: Sequence[float],
    texts: Sequence[Kinship],
    shared: Sequence[Mapping[str, Sequence[str]]],
) -> list[Verified]:
    """Return measured pairs, the smaller id first in each, with their evidence: what texts and words they share."""
    found = []
    for (a, b), row, total, text, words in zip(pairs, values, scored, texts, shared, strict=True):
        utterance = quoted(a, b)[1] if row[QUOTATIONS] else None
        told = evidence(row, {**words, "quotations": [said.text for said in utterance or ()]})
        found.append(Verified(kind_of(text), total, {**told, "text": told_text(text)}))
    return found


def verify(a: Profile, b: Profile, vocabulary: Vocabulary) -> Verified:
    """Return the score of a pair with its evidence; `verify(a, b)` equals `verify(b, a)`."""
    a, b = sorted((a, b), key=lambda one: one.article_id)
    comparer = Comparer()
    values = comparer.measure(a, [b])
    shared = comparer.shared_words([a, b], [(0, 1)], vocabulary.words)
    return verified([(a, b)], [values[0]], scores(values).tolist(), [kinship(a, b)], shared)[0]


def heaviest_words(
    owner: Places, weights: Weights, numbers: Numbers, words: Sequence[str]
) -> dict[tuple[int, int], list[str]]:
    """Return the words that weigh most in each column of each owner, given in the order of the owners.

    At most SHARED_SHOWN, heaviest first, among equals in alphabetical order; `numbers` are those of the words.
    """
    column, at = np.nonzero(weights.T)
    weight = weights[at, column]
    order = np.lexsort((-weight, owner[at], column))
    column, at, weight = column[order], at[order], weight[order]
    first = np.flatnonzero(firsts(column) | firsts(owner[at]))
    sizes = np.diff(first, append=len(at))
    least = weight[first + np.minimum(sizes, SHARED_SHOWN) - 1]
    kept = weight >= np.repeat(least, sizes)
    ranked: dict[tuple[int, int], list[tuple[float, str]]] = {}
    for one, which, heavy, number in zip(
        owner[at[kept]].tolist(), column[kept].tolist(), weight[kept].tolist(), numbers[at[kept]].tolist(), strict=True
    ):
        ranked.setdefault((one, which), []).append((-heavy, words[number]))
    return {key: [word for _, word in sorted(found)[:SHARED_SHOWN]] for key, found in ranked.items()}
