"""article -> what it is compared by: words, title, names, numbers, quotations and shingles, as arrays, weighed."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from dedupe import words as w
from dedupe.shingles import Shingles, shingles
from dedupe.vocabulary import Numbers, Vocabulary

WORDS_OF_A_QUOTATION = 5
"""Shorter quotations ("kakak", a film's title) say nothing about the event."""
QUOTATIONS_COMPARED = 40
"""An interview has more; its first forty are enough to know it again."""
LEDE_WORDS = 60
"""Words of the body that, with the headline, say who and where."""

Weights = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Text:
    """What the store gives of an article for comparing."""

    article_id: int
    version: int
    outlet: str
    title: str
    body: str
    language: str
    """ISO 639-1, or '' where unknown."""
    day: int
    """Day number (`date.toordinal`): the printed day, else the day first seen here."""
    dated: bool
    """Whether the day was printed."""
    quotations: tuple[str, ...]


@dataclass(frozen=True)
class Weighted:
    """A set of words, by their numbers in the vocabulary, each once, with a weight for each."""

    words: Numbers
    weights: Weights
    total: float = field(default=0.0)
    """Sum of the weights."""

    def __len__(self) -> int:
        return len(self.words)


@dataclass(frozen=True)
class Quotation:
    """One quotation: as printed, and the set of its words."""

    text: str
    words: frozenset[int]


@dataclass(frozen=True)
class Profile:
    """One article as the comparison sees it."""

    article_id: int
    outlet: str
    language: str
    day: int
    dated: bool
    vector: Weighted
    """All words of headline and body: TF-IDF, of length 1."""
    title: Weighted
    """The headline's words: TF-IDF, of length 1."""
    names: Weighted
    """Words of names with their inverse document frequency."""
    lede: Weighted
    """Words of the names in headline and opening, the same way."""
    numbers: Weighted
    """Numbers of more than one digit, each with weight 1."""
    quotations: tuple[Quotation, ...]
    """The quotations worth comparing."""
    sequence: npt.NDArray[np.uint32]
    """The hashes of the body's words in order."""

    @cached_property
    def shingles(self) -> Shingles:
        """The body's shingles."""
        return shingles(self.sequence)

    @cached_property
    def text_hash(self) -> bytes:
        """Hash of the body's words in order: equal for texts that differ in nothing but case and punctuation."""
        return hashlib.blake2b(self.sequence.tobytes(), digest_size=16).digest()


@dataclass(frozen=True)
class Reading:
    """An article's words by their numbers, before they are weighted."""

    text: Text
    title: Numbers
    body: Numbers
    named: Numbers
    lede: Numbers
    quotations: tuple[Quotation, ...]

    @cached_property
    def distinct(self) -> Numbers:
        """The words that the article counts for in the document frequencies, each once."""
        return np.unique(np.concatenate([self.title, self.body]))


def read(text: Text, vocabulary: Vocabulary) -> Reading:
    """Return an article's words, names and quotations, by their numbers in the vocabulary."""
    title, body = w.read(text.title, opens=False), w.read(text.body)
    opening = {word for word in body.words[:LEDE_WORDS] if word in body.named}
    # numbers are given out in the order of first use, which must not depend on a set's order
    number = vocabulary.numbers
    return Reading(
        text,
        number(title.words),
        number(body.words),
        number(sorted(title.named | body.named)),
        number(sorted(title.named | opening)),
        tuple(compared(text.quotations, vocabulary)),
    )


def compared(quotations: Sequence[str], vocabulary: Vocabulary) -> Iterator[Quotation]:
    """Yield the quotations worth comparing, each with its set of words."""
    for quotation in quotations[:QUOTATIONS_COMPARED]:
        words = frozenset(vocabulary.numbers(w.words(quotation)).tolist())
        if len(words) >= WORDS_OF_A_QUOTATION:
            yield Quotation(quotation, words)


def profile(reading: Reading, vocabulary: Vocabulary) -> Profile:
    """Return what an article is compared by."""
    text = reading.text

    def rarity(words: Numbers) -> npt.NDArray[np.float64]:
        return vocabulary.rarity(text.language, words)

    figures = reading.distinct[vocabulary.digits[reading.distinct]]
    return Profile(
        article_id=text.article_id,
        outlet=text.outlet,
        language=text.language,
        day=text.day,
        dated=text.dated,
        vector=vector([(reading.title, w.TITLE_WEIGHT), *weighed_by_place(reading.body)], rarity),
        title=vector([(reading.title, 1.0)], rarity),
        names=weighted(reading.named, rarity(reading.named)),
        lede=weighted(reading.lede, rarity(reading.lede)),
        numbers=weighted(figures, np.ones(len(figures))),
        quotations=reading.quotations,
        sequence=vocabulary.hashes[reading.body],
    )


def weighed_by_place(body: Numbers) -> list[tuple[Numbers, float]]:
    """Return the body's words in two parts, the opening weighing more."""
    return [(body[: w.LEAD_WORDS], w.LEAD_WEIGHT), (body[w.LEAD_WORDS :], 1.0)]


def vector(parts: Sequence[tuple[Numbers, float]], rarity: Callable[[Numbers], npt.NDArray[np.float64]]) -> Weighted:
    """Return the TF-IDF vector, of length 1, of words that count by their part; empty where all are common.

    The weight of n mentions is 1 + ln n (sublinear: Manning et al., Introduction to Information Retrieval, 6.4.1).
    """
    words = np.concatenate([part for part, _ in parts])
    mentions = np.repeat([weight for _, weight in parts], [len(part) for part, _ in parts])
    distinct, at = np.unique(words, return_inverse=True)
    raw = (1.0 + np.log(np.bincount(at, mentions, len(distinct)))) * rarity(distinct)
    length = math.sqrt(math.fsum((raw * raw).tolist()))  # the same to the last bit, whatever numbers the words have
    heavy = raw > 0
    return weighted(distinct[heavy], raw[heavy] / length) if length else weighted(distinct[:0], raw[:0])


def weighted(words: Numbers, weights: npt.NDArray[np.float64]) -> Weighted:
    """Return a set of words with their weights, in the order of the words' numbers."""
    order = np.argsort(words)
    return Weighted(words[order], weights[order].astype(np.float32), float(weights.sum()))


def heaviest(weighed: Weighted, most: int, hashes: npt.NDArray[np.uint32]) -> Numbers:
    """Return the words of a set with the greatest weights, at most so many; among equals those of the least hashes.

    `hashes` are those of the vocabulary: a word's number tells when it was met, its hash is the same in every run.
    """
    if len(weighed) <= most:
        return weighed.words
    ranked = np.lexsort((hashes[weighed.words], -weighed.weights))
    return weighed.words[ranked[:most]]
