"""Words -> small numbers, their hashes and document frequencies; one for a clustering run, flat in memory."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

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


class Vocabulary:
    """Numbers the words it meets; `hashes` gives the hash that signatures are made of, `rarity` the weight."""

    def __init__(self, counts: Counts) -> None:
        self.counts = counts
        self.number: dict[str, int] = {}
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
        found = list(map(self.number.get, words))
        if None in found:
            self.learn({word for word, at in zip(words, found, strict=True) if at is None})
            found = list(map(self.number.get, words))
        return np.array(found, dtype=np.int32)

    def printed(self, words: Numbers) -> list[str]:
        """Return the words of these numbers."""
        return [self.words[number] for number in words.tolist()]

    def learn(self, words: Iterable[str]) -> None:
        """Take in words that are new."""
        for word in sorted(words):
            at = len(self.words)
            if at == len(self.hashes):
                self.hashes = np.concatenate([self.hashes, np.empty_like(self.hashes)])
                self.digits = np.concatenate([self.digits, np.empty_like(self.digits)])
            self.number[word] = at
            self.words.append(word)
            self.hashes[at] = zlib.crc32(word.encode("utf-8", "surrogatepass"))
            self.digits[at] = len(word) > 1 and word[0].isdigit()

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
            self.ask(language, table, np.unique(words[unknown]))
            known = table.seen[words]
        total = table.articles + (PRIOR_ARTICLES if prior(language) else 0)
        return np.maximum(0.0, np.log((total + 1) / (known + 1)))

    def ask(self, language: str, table: Table, words: Numbers) -> None:
        """Learn in how many articles these words stand."""
        names = [self.words[at] for at in words]
        _, counted = self.counts(language, names)
        share = prior(language)
        table.seen[words] = [counted.get(word, 0) + PRIOR_ARTICLES * share.get(word, 0.0) for word in names]

    def count(self, language: str, articles: int, words: Numbers, times: npt.NDArray[np.int64]) -> None:
        """Add the words of so many new articles to what is known; the store counts for itself."""
        self.rarity(language, words)
        table = self.table(language)
        table.articles += articles
        table.seen[words] += times
