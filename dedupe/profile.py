"""article -> what it is compared by: words, title, names, numbers, quotations and shingles, weighted once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from dedupe import words as w
from dedupe.shingles import shingles

WORDS_OF_A_QUOTATION = 5
"""Shorter quotations ("kakak", a film's title) say nothing about the event."""
QUOTATIONS_COMPARED = 40
"""An interview has more; its first forty are enough to know it again."""


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

    @cached_property
    def title_words(self) -> tuple[str, ...]:
        """The words of the title, in order."""
        return tuple(w.words(self.title))

    @cached_property
    def body_words(self) -> tuple[str, ...]:
        """The words of the body, in order."""
        return tuple(w.words(self.body))


@dataclass(frozen=True)
class Profile:
    """One article as the comparison sees it. Vectors have length 1."""

    article_id: int
    outlet: str
    day: int
    dated: bool
    vector: Mapping[str, float]
    title_vector: Mapping[str, float]
    names: Mapping[str, float]
    """Words of names with their inverse document frequency."""
    numbers: frozenset[str]
    quotations: tuple[tuple[str, frozenset[str]], ...]
    """Each quotation with its set of words."""
    body_words: tuple[str, ...]

    @cached_property
    def shingles(self) -> frozenset[str]:
        """The body's shingles."""
        return shingles(self.body_words)

    @cached_property
    def text_hash(self) -> bytes:
        """Hash of the body's words in order: equal for texts that differ in nothing but case and punctuation."""
        return hashlib.blake2b(" ".join(self.body_words).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def distinct_words(text: Text) -> set[str]:
    """Return the set of words that an article counts for in the document frequencies."""
    return {*text.title_words, *text.body_words}


def profile(text: Text, frequencies: w.Frequencies) -> Profile:
    """Return what an article is compared by."""
    named = {word for name in w.names(f"{text.title}\n{text.body}") for word in name.split()}
    return Profile(
        article_id=text.article_id,
        outlet=text.outlet,
        day=text.day,
        dated=text.dated,
        vector=w.vector(text.title_words, text.body_words, frequencies),
        title_vector=w.vector((), text.title_words, frequencies),
        names={word: frequencies.idf(word) for word in named},
        numbers=w.numbers_among(text.body_words),
        quotations=tuple(compared(text.quotations)),
        body_words=text.body_words,
    )


def compared(quotations: Sequence[str]) -> list[tuple[str, frozenset[str]]]:
    """Return the quotations worth comparing, each with its set of words."""
    found = [(quotation, frozenset(w.words(quotation))) for quotation in quotations[:QUOTATIONS_COMPARED]]
    return [(quotation, said) for quotation, said in found if len(said) >= WORDS_OF_A_QUOTATION]
