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

from dedupe.model import PairKind, TextKind
from dedupe.profile import LEDE, NAMES, NUMBERS, TITLE, VECTOR, Profile, Quotation, Weights
from dedupe.scoring import BASE, WEIGHTS
from dedupe.shingles import WORDS_A_SHINGLE, common, jaccard, runs
from dedupe.vocabulary import Numbers, Vocabulary

FEATURES = tuple(WEIGHTS)
SAME_QUOTATION = 0.4
"""Two wordings of one utterance share at least this part of their words: reworded quotations of one event .5 and more,
other pairs at most .12 (founding pair)."""
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
SHARED_SHOWN = 12
SETS = {"words": VECTOR, "title": TITLE, "names": NAMES, "lede": LEDE, "numbers": NUMBERS}
"""The features whose shared words are told, with the columns of a profile's weights."""
SHINGLES_OF_A_TEXT = 20
"""Below this a containment says nothing: two sentences of boilerplate would do."""
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
        order = sorted(range(len(pairs)), key=lambda at: pairs[at][0])
        ranked = np.array([pairs[at] for at in order], dtype=np.int64)
        found = np.empty((len(pairs), len(FEATURES)))
        for first, last in portions(laid.sizes[ranked[:, 1]], WORDS_AT_ONCE):
            found[order[first:last]] = self.measured(profiles, laid, ranked[first:last])
        return np.round(found, 4)

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
    pair: tuple[Profile, Profile], values: npt.NDArray[np.float64], scored: float, words: Sequence[str]
) -> Verified:
    """Return a measured pair with its evidence; `words` are those of the vocabulary, by their numbers."""
    a, b = sorted(pair, key=lambda one: one.article_id)
    utterance = quoted(a, b)[1] if values[FEATURES.index("quotations")] else None
    shared = {
        **shared_words(a, b, words),
        "quotations": [said.text for said in utterance or ()],
    }
    text = kinship(a, b)
    return Verified(kind_of(text), scored, {**evidence(values, shared), "text": told_text(text)})


def verify(a: Profile, b: Profile, vocabulary: Vocabulary) -> Verified:
    """Return the score of a pair with its evidence; `verify(a, b)` equals `verify(b, a)`."""
    values = Comparer().measure(a, [b])
    return verified((a, b), values[0], float(scores(values)[0]), vocabulary.words)


def shared_words(a: Profile, b: Profile, words: Sequence[str]) -> dict[str, list[str]]:
    """Return the shared words that weigh most in each set, heaviest first; among equals in alphabetical order."""
    if not len(a.words) or not len(b.words):
        return {}
    there = np.searchsorted(b.words, a.words)
    there[there == len(b.words)] = 0
    here = np.flatnonzero(b.words[there] == a.words)
    weights = a.weights[here] * b.weights[there[here]]
    numbers = a.words[here]
    found = {name: heaviest(weights[:, column], numbers, words) for name, column in SETS.items()}
    return {**found, "numbers": sorted(found["numbers"])}


def heaviest(weights: Weights, numbers: Numbers, words: Sequence[str]) -> list[str]:
    """Return the words that weigh most, at most SHARED_SHOWN; `numbers` are theirs, in the order of the weights."""
    at = np.flatnonzero(weights)
    if len(at) > SHARED_SHOWN:
        at = at[weights[at] >= np.partition(weights[at], -SHARED_SHOWN)[-SHARED_SHOWN]]
    ranked = sorted(zip((-weights[at]).tolist(), [words[number] for number in numbers[at].tolist()], strict=True))
    return [word for _, word in ranked[:SHARED_SHOWN]]


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
    run = runs(a.sequence)
    at = np.searchsorted(b.shingles, run)
    at[at == len(b.shingles)] = 0
    there = np.flatnonzero(b.shingles[at] == run)
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
