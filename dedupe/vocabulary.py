"""Words -> small numbers, their hashes and document frequencies; one for a clustering run, flat in memory."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from dedupe.distinct import distinct, first_places
from dedupe.tokens import Keys, Places, Tokens, keys_of
from dedupe.words import PRIOR_ARTICLES, prior

MOST_WORDS = 400_000
"""Words kept at hand, 60 MB; a run that meets more begins anew with an empty vocabulary."""

Numbers = npt.NDArray[np.int32]
Counts = Callable[[str, Sequence[str]], tuple[int, Mapping[str, int]]]
"""Language, words -> number of counted articles, and in how many of them each word stands."""


@dataclass
class Table:
    """The document frequencies of one language: arrays by a word's number, NaN where it was not asked for yet."""

    articles: int
    seen: npt.NDArray[np.float64] = field(default_factory=lambda: np.full(1024, np.nan))
    """In how many articles a word stands, the shipped prior counted in."""


class Numbering:
    """Keys of words -> their numbers: an open-addressed table (Knuth, TAOCP 6.4), asked for many at once."""

    def __init__(self) -> None:
        self.key: Keys = np.zeros(4096, dtype=np.uint64)
        self.number: Numbers = np.full(4096, -1, dtype=np.int32)
        self.count = 0

    def find(self, keys: Keys) -> Numbers:
        """Return the number of each key, -1 where it has none."""
        last = len(self.number) - 1
        at = (keys & np.uint64(last)).astype(np.int64)
        found = self.number[at]
        lost = np.flatnonzero((found >= 0) & (self.key[at] != keys))
        while len(lost):
            at[lost] = (at[lost] + 1) & last
            found[lost] = self.number[at[lost]]
            lost = lost[(found[lost] >= 0) & (self.key[at[lost]] != keys[lost])]
        return found

    def add(self, keys: Keys) -> None:
        """Give the next numbers to keys that have none, each given once; at most half of the places are taken."""
        numbers = np.arange(self.count, self.count + len(keys), dtype=np.int32)
        self.count += len(keys)
        if 2 * self.count > len(self.number):
            taken = self.number >= 0
            keys, numbers = np.concatenate([self.key[taken], keys]), np.concatenate([self.number[taken], numbers])
            size = 1 << (4 * self.count).bit_length()
            self.key, self.number = np.zeros(size, dtype=np.uint64), np.full(size, -1, dtype=np.int32)
        last = len(self.number) - 1
        at = (keys & np.uint64(last)).astype(np.int64)
        while len(at):
            free = self.number[at] < 0
            self.number[at[free]], self.key[at[free]] = numbers[free], keys[free]
            without = self.number[at] != numbers  # two that wanted one place: the last got it
            at, numbers, keys = (at[without] + 1) & last, numbers[without], keys[without]


class Vocabulary:
    """Numbers the words it meets; `hashes` gives the hash that signatures are made of, `rarity` the weight."""

    def __init__(self, counts: Counts) -> None:
        self.counts = counts
        self.numbering = Numbering()
        self.words: list[str] = []
        self.hashes: npt.NDArray[np.uint32] = np.empty(1024, dtype=np.uint32)
        self.digits: npt.NDArray[np.bool_] = np.empty(1024, dtype=np.bool_)
        """Whether a word is a number of more than one digit."""
        self.tables: dict[str, Table] = {}

    @property
    def is_full(self) -> bool:
        """Whether more words were met than are kept at hand."""
        return len(self.words) > MOST_WORDS

    def numbers(self, words: Sequence[str]) -> Numbers:
        """Return the numbers of words, new ones taken in."""
        return self.numbered(keys_of(words), lambda places: [words[at] for at in places.tolist()])

    def numbers_of(self, tokens: Tokens) -> Numbers:
        """Return the numbers of the words of texts, new ones taken in."""
        return self.numbered(tokens.keys, tokens.spelled)

    def numbered(self, keys: Keys, spelled: Callable[[Places], list[str]]) -> Numbers:
        """Return the numbers of words given by their keys; `spelled` tells the words at places where they are new."""
        found = self.numbering.find(keys)
        new = np.flatnonzero(found < 0)
        if len(new):
            places = new[first_places(keys[new])]
            self.take_in(keys[places], spelled(places))
            found[new] = self.numbering.find(keys[new])
        return found

    def printed(self, words: Numbers) -> list[str]:
        """Return the words of these numbers."""
        return [self.words[number] for number in words.tolist()]

    def learn(self, words: Iterable[str]) -> None:
        """Take in words, those that are new in the order they come."""
        self.numbers(list(words))

    def take_in(self, keys: Keys, words: Sequence[str]) -> None:
        """Take in words that are new, each given once."""
        first, last = len(self.words), len(self.words) + len(words)
        self.numbering.add(keys)
        self.words += words
        if last > len(self.hashes):
            more = max(last, 2 * len(self.hashes)) - len(self.hashes)
            self.hashes = np.concatenate([self.hashes, np.empty(more, dtype=np.uint32)])
            self.digits = np.concatenate([self.digits, np.empty(more, dtype=np.bool_)])
        self.hashes[first:last] = [zlib.crc32(word.encode("utf-8", "surrogatepass")) for word in words]
        self.digits[first:last] = [len(word) > 1 and word[0].isdigit() for word in words]

    def table(self, language: str) -> Table:
        """Return the document frequencies of a language."""
        if language not in self.tables:
            self.tables[language] = Table(self.counts(language, [])[0])
        table = self.tables[language]
        if len(table.seen) < len(self.words):
            more = np.full(max(len(self.words), 2 * len(table.seen)) - len(table.seen), np.nan)
            table.seen = np.concatenate([table.seen, more])
        return table

    def rarity(self, language: str, words: Numbers) -> npt.NDArray[np.float64]:
        """Return the smoothed inverse document frequency of words, at least 0 (ln, unit: nats)."""
        table = self.table(language)
        known = table.seen[words]
        unknown = np.isnan(known)
        if unknown.any():
            self.ask(language, table, distinct(words[unknown]))
            known = table.seen[words]
        total = table.articles + (PRIOR_ARTICLES if prior(language) else 0)
        return np.maximum(0.0, np.log((total + 1) / (known + 1)))

    def ask(self, language: str, table: Table, words: Numbers) -> None:
        """Learn in how many articles these words stand."""
        names = self.printed(words)
        _, counted = self.counts(language, names)
        share = prior(language)
        table.seen[words] = [counted.get(word, 0) + PRIOR_ARTICLES * share.get(word, 0.0) for word in names]

    def count(self, language: str, articles: int, words: Numbers, times: npt.NDArray[np.int64]) -> None:
        """Add the words of so many new articles to what is known; the store counts for itself."""
        self.rarity(language, words)
        table = self.table(language)
        table.articles += articles
        table.seen[words] += times
