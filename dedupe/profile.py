"""article -> what it is compared by: words, title, names, numbers, quotations and shingles, as arrays, weighed."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice, pairwise

import numpy as np
import numpy.typing as npt

from dedupe import words as w
from dedupe.distinct import distinct
from dedupe.shingles import Shingles, fingerprints_of, runs
from dedupe.tokens import tokens
from dedupe.vocabulary import Numbers, Vocabulary

WORDS_OF_A_QUOTATION = 5
"""Shorter quotations ("kakak", a film's title) say nothing about the event."""
QUOTATIONS_COMPARED = 40
"""An interview has more; its first forty are enough to know it again."""
LONGEST_QUOTATION = 10_000
LEDE_WORDS = 60
"""Words of the body that, with the headline, say who and where."""
CHARACTERS_AT_ONCE = 250_000
"""Texts read together: some 15 MB of memory, and small enough for the processor's cache."""
IN_TITLE, IN_LEAD, IN_REST = int(w.TITLE_WEIGHT), int(w.LEAD_WEIGHT), 1
COUNTED, TITLE_NAME, BODY_NAME, OPENING = 3, 4, 8, 16
"""Bits said of a mention of a word: by how much it counts, whether it is of a name, whether it opens the body."""
MARK_BITS, WORD_BITS = 5, 32
WEIGHED_AT_ONCE = 200
VECTOR, TITLE, NAMES, LEDE, NUMBERS = range(5)
"""The columns of a profile's weights."""

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
    words: Numbers
    """The words of headline and body by their numbers, ascending, each once."""
    weights: Weights
    """One row a word, one column a set that it may be in: 0 where it is not."""
    totals: npt.NDArray[np.float64]
    """Sums of the columns."""
    quotations: tuple[Quotation, ...]
    """The quotations worth comparing."""
    sequence: npt.NDArray[np.uint32]
    """The hashes of the body's words in order."""
    fingerprints: npt.NDArray[np.uint32]
    """A few of the body's runs of words: two texts that share a passage share some."""

    @cached_property
    def vector(self) -> Weighted:
        """All words of headline and body: TF-IDF, of length 1."""
        return self.column(VECTOR)

    @cached_property
    def title(self) -> Weighted:
        """The headline's words: TF-IDF, of length 1."""
        return self.column(TITLE)

    @cached_property
    def names(self) -> Weighted:
        """Words of names with their inverse document frequency."""
        return self.column(NAMES)

    @cached_property
    def lede(self) -> Weighted:
        """Words of the names in headline and opening, the same way."""
        return self.column(LEDE)

    @cached_property
    def numbers(self) -> Weighted:
        """Numbers of more than one digit, each with weight 1."""
        return self.column(NUMBERS)

    def column(self, which: int) -> Weighted:
        """Return the words that have a weight in a column."""
        weights = self.weights[:, which]
        there = np.flatnonzero(weights)
        return Weighted(self.words[there], weights[there], float(self.totals[which]))

    @cached_property
    def runs(self) -> Shingles:
        """The shingle that begins at each place of the body."""
        return runs(self.sequence)

    @cached_property
    def shingles(self) -> Shingles:
        """The body's shingles: sorted, each once."""
        return distinct(self.runs)

    @cached_property
    def marks(self) -> frozenset[int]:
        """The fingerprints as a set."""
        return frozenset(self.fingerprints.tolist())

    @cached_property
    def text_hash(self) -> bytes:
        """Hash of the body's words in order: equal for texts that differ in nothing but case and punctuation."""
        return hashlib.blake2b(self.sequence.tobytes(), digest_size=16).digest()


@dataclass(frozen=True)
class Reading:
    """An article's words by their numbers, before they are weighed."""

    text: Text
    distinct: Numbers
    """The words of headline and body, ascending, each once: those it counts for in the document frequencies."""
    mentions: npt.NDArray[np.int32]
    """How often each stands there, the headline and the lead counted more."""
    in_title: npt.NDArray[np.int32]
    """How often each stands in the headline."""
    marks: npt.NDArray[np.uint8]
    """Of each, whether it is of a name and opens the body: TITLE_NAME, BODY_NAME, OPENING added up."""
    body: Numbers
    """The body's words in order."""
    quotations: tuple[Quotation, ...]

    def without_text(self) -> Reading:
        """Return the same without the text itself: all that weighing it again needs, in a third of the memory."""
        return replace(self, text=replace(self.text, title="", body="", quotations=()))


def read(text: Text, vocabulary: Vocabulary) -> Reading:
    """Return an article's words, names and quotations, by their numbers in the vocabulary."""
    return read_all([text], vocabulary)[0]


def read_all(texts: Iterable[Text], vocabulary: Vocabulary) -> list[Reading]:
    """Return the words of articles, read together in portions that fit the memory."""
    readings: list[Reading] = []
    portion: list[Text] = []
    characters = 0
    for text in texts:
        portion.append(text)
        characters += len(text.title) + len(text.body)
        if characters >= CHARACTERS_AT_ONCE:
            readings += read_portion(portion, vocabulary)
            portion, characters = [], 0
    return readings + (read_portion(portion, vocabulary) if portion else [])


def read_portion(texts: Sequence[Text], vocabulary: Vocabulary) -> list[Reading]:
    """Return the words of articles, all read at once."""
    said = [quotation for text in texts for quotation in text.quotations[:QUOTATIONS_COMPARED]]
    found = tokens(
        [
            *(part for text in texts for part in printed(text)),
            *((quotation[:LONGEST_QUOTATION], True) for quotation in said),
        ]
    )
    numbers, bounds = vocabulary.numbers_of(found), found.bounds.tolist()
    heads = bounds[: 2 * len(texts) + 1]
    words = distinct_words(numbers[: heads[-1]], found.named, np.array(heads))
    quotations = worth_comparing(said, (numbers[a:b] for a, b in pairwise(bounds[2 * len(texts) :])))
    readings = []
    for text, told, body, end in zip(texts, words, heads[1::2], heads[2::2], strict=True):
        of_text = tuple(one for one in islice(quotations, len(text.quotations[:QUOTATIONS_COMPARED])) if one)
        readings.append(Reading(text, *told, numbers[body:end].copy(), of_text))
    return readings


def printed(text: Text) -> tuple[tuple[str, bool], tuple[str, bool]]:
    """Return what is read for words, headline and body; the first word of the body opens a sentence."""
    return (text.title[: w.LONGEST_TEXT], False), (text.body[: w.LONGEST_TEXT], True)


def distinct_words(
    numbers: Numbers, named: npt.NDArray[np.bool_], bounds: npt.NDArray[np.int64]
) -> Iterator[tuple[Numbers, npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.uint8]]]:
    """Yield the distinct words of each article, with mentions, mentions in the title, and marks.

    The words of headlines and bodies follow each other and begin at `bounds`. Article, word and what is said of the
    mention are packed into one number, so that a plain sort brings the mentions of a word in an article together.
    """
    part = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds))
    place = np.arange(len(numbers)) - bounds[:-1][part]
    in_body = (part & 1).astype(np.bool_)
    said = np.where(in_body, np.where(place < w.LEAD_WORDS, IN_LEAD, IN_REST), IN_TITLE)
    said += named[: len(numbers)] * np.where(in_body, BODY_NAME, TITLE_NAME)
    said += OPENING * (in_body & (place < LEDE_WORDS))
    packed = np.sort((((part >> 1) << WORD_BITS | numbers) << MARK_BITS) | said)
    said, word = packed & ((1 << MARK_BITS) - 1), packed >> MARK_BITS
    first = np.flatnonzero(np.diff(word, prepend=-1))
    counted = said & COUNTED
    mentions, in_title, marks = (
        (np.add.reduceat(counted, first), np.add.reduceat(counted == IN_TITLE, first, dtype=np.int64),
         np.bitwise_or.reduceat(said, first)) if len(first) else (word, word, word)
    )  # fmt: skip
    distinct = (word[first] & ((1 << WORD_BITS) - 1)).astype(np.int32)
    ends = np.searchsorted(word[first] >> WORD_BITS, np.arange(len(bounds) // 2 + 1)).tolist()
    for a, b in pairwise(ends):
        yield (
            distinct[a:b].copy(),
            mentions[a:b].astype(np.int32),
            in_title[a:b].astype(np.int32),
            marks[a:b].astype(np.uint8),
        )


def worth_comparing(quotations: Sequence[str], words: Iterable[Numbers]) -> Iterator[Quotation | None]:
    """Yield each quotation with the set of its words, None for those that say too little."""
    for quotation, numbers in zip(quotations, words, strict=True):
        distinct = frozenset(numbers.tolist())
        yield Quotation(quotation, distinct) if len(distinct) >= WORDS_OF_A_QUOTATION else None


def profile(reading: Reading, vocabulary: Vocabulary) -> Profile:
    """Return what an article is compared by."""
    return profiles([reading], vocabulary)[0]


def profiles(readings: Sequence[Reading], vocabulary: Vocabulary) -> list[Profile]:
    """Return what articles are compared by; those of one language are weighed together."""
    found: dict[int, Profile] = {}
    by_language: dict[str, list[int]] = {}
    for at, reading in enumerate(readings):
        by_language.setdefault(reading.text.language, []).append(at)
    for language, places in by_language.items():
        for first in range(0, len(places), WEIGHED_AT_ONCE):
            portion = places[first : first + WEIGHED_AT_ONCE]
            weighed = weigh([readings[at] for at in portion], language, vocabulary)
            found.update(zip(portion, weighed, strict=True))
    return [found[at] for at in range(len(readings))]


def weigh(readings: Sequence[Reading], language: str, vocabulary: Vocabulary) -> Iterator[Profile]:
    """Yield what articles of one language are compared by."""
    words = np.concatenate([reading.distinct for reading in readings])
    marks = np.concatenate([reading.marks for reading in readings])
    ends = np.cumsum([len(reading.distinct) for reading in readings])
    article = np.repeat(np.arange(len(readings)), [len(reading.distinct) for reading in readings])
    rarity = vocabulary.rarity(language, words)
    in_lede = (marks & TITLE_NAME > 0) | (marks & (BODY_NAME | OPENING) == BODY_NAME | OPENING)
    columns = [
        of_length_one(np.concatenate([reading.mentions for reading in readings]), rarity, ends),
        of_length_one(np.concatenate([reading.in_title for reading in readings]), rarity, ends),
        rarity * (marks & (TITLE_NAME | BODY_NAME) > 0),
        rarity * in_lede,
        vocabulary.digits[words].astype(np.float64),
    ]
    weights = np.stack(columns, axis=1, dtype=np.float32)
    totals = np.stack([np.bincount(article, column, len(readings)) for column in columns], axis=1)
    bodies = [vocabulary.hashes[reading.body] for reading in readings]
    spans = pairwise([0, *ends.tolist()])
    for reading, total, (start, end), body, marked in zip(
        readings, totals, spans, bodies, fingerprints_of(bodies), strict=True
    ):
        text = reading.text
        yield Profile(
            text.article_id,
            text.outlet,
            text.language,
            text.day,
            text.dated,
            reading.distinct,
            weights[start:end].copy(),
            total,
            reading.quotations,
            body,
            marked,
        )


def of_length_one(
    mentions: npt.NDArray[np.int32], rarity: npt.NDArray[np.float64], ends: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Return the TF-IDF weights of articles' words, those of each article a vector of length 1, or all 0.

    The weight of n mentions is 1 + ln n (sublinear: Manning et al., Introduction to Information Retrieval, 6.4.1).
    """
    raw = np.where(mentions > 0, 1.0 + np.log(np.maximum(mentions, 1)), 0.0) * rarity
    squares = (raw * raw).tolist()
    # fsum: the same to the last bit, whatever numbers the words have
    lengths = [math.sqrt(math.fsum(squares[a:b])) for a, b in pairwise([0, *ends.tolist()])]
    weights: npt.NDArray[np.float64] = raw / np.repeat([length or 1.0 for length in lengths], np.diff(ends, prepend=0))
    return weights


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
