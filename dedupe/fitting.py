"""A query and an article -> how well it fits the headline, a quotation or a passage, and where the passage stands."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cached_property
from itertools import pairwise
from typing import Literal

from dedupe.word_index import SLACK, WORDS_OF_A_TITLE, Weights
from dedupe.words import LONGEST_TEXT, WORD, words

FitKind = Literal["title", "quotation", "text"]

SHORTEST_SPAN = 12
"""Words of a passage that is looked for at least: a few words asked for may stand apart."""
JUST_BELOW = 0.999
"""A passage never beats the headline or the quotation that is the very text."""
NEARLY = 0.95
"""A quotation that has so much of what the best passage of the text has is what was looked for."""
OF_THE_ORDER = 0.1
"""Share of a fit that is lost where no two words follow each other as in the query: it tells the text itself from
another on the same event."""
WORDS_MARKED = 400
"""Words of a query, and of a passage, that are aligned to mark what both have: more than any paragraph."""
AROUND = 240
"""Characters shown before and behind a passage inside a long paragraph."""
APOSTROPHES = "’‘ʼ`´"
DIACRITICS = re.compile("[\u0300-\u036f]+")
BLANK = re.compile(r"\s")


@dataclass(frozen=True)
class Fit:
    """How well an article fits what was asked for."""

    score: float
    """0 to 1."""
    kind: FitKind
    start: int = 0
    end: int = 0
    """The words of the text, counted from 0, between which the passage stands; of a quotation `start` is the number."""


@dataclass(frozen=True)
class Piece:
    """A part of a text: found in the query too, or not."""

    text: str
    is_shared: bool


def folded(text: str) -> str:
    """Return a text as it is compared: without case and diacritics, all apostrophes one.

    >>> folded("Jum’at di Café")
    "jum'at di cafe"
    """
    if text.isascii():
        return text.casefold()
    for apostrophe in APOSTROPHES:
        text = text.replace(apostrophe, "'")
    return DIACRITICS.sub("", unicodedata.normalize("NFKD", text.casefold()))


def folded_words(text: str) -> list[str]:
    """Return the words of a text as they are compared."""
    return words(folded(text[:LONGEST_TEXT]))


@dataclass(frozen=True)
class Query:
    """What was asked for, as words with their weights."""

    words: Sequence[str]
    """Folded, in order."""
    weigh: Weights

    @cached_property
    def distinct(self) -> frozenset[str]:
        """Return each word once."""
        return frozenset(self.words)

    @cached_property
    def total(self) -> float:
        """Return the weight of all words together."""
        return self.weigh.together(self.distinct)

    @cached_property
    def following(self) -> frozenset[tuple[str, str]]:
        """Return the pairs of words that follow each other."""
        return frozenset(pairwise(self.words))

    def in_order(self, there: Sequence[str]) -> float:
        """Return what share of the words that follow each other do so there, 0 to 1; 1 for a single word."""
        return len(self.following.intersection(pairwise(there))) / len(self.following) if self.following else 1.0


def best_fit(query: Query, title: str, quotations: Sequence[str], body: str) -> Fit:
    """Return how well a query fits an article, and what of it does."""
    found = passage(query, folded_words(body))
    said = quoted_fit(query, quotations)
    if said.score >= NEARLY * found.score:
        found = replace(said, score=max(said.score, found.score))
    if len(query.words) <= WORDS_OF_A_TITLE:
        found = max(Fit(alike(query, folded_words(title)), "title"), found, key=lambda fit: fit.score)
    return found


def quoted_fit(query: Query, quotations: Sequence[str]) -> Fit:
    """Return how well a query fits the best of some quotations, as a whole or as a part of it, and which it is."""
    fits = []
    for number, said in enumerate(quotations):
        there = folded_words(said)
        fits.append(Fit(max(alike(query, there), passage(query, there).score), "quotation", number))
    return max(fits, key=lambda fit: fit.score, default=Fit(0.0, "quotation"))


def alike(query: Query, there: Sequence[str]) -> float:
    """Return how like a query a whole headline or quotation is: the shared words' weight among that of all."""
    theirs = frozenset(there)
    common = query.weigh.together(query.distinct & theirs)
    if not common:
        return 0.0
    beside = len(theirs - query.distinct) * (query.total / len(query.distinct))
    return common / (query.total + beside) * shaded(query.in_order(there))


def shaded(order: float) -> float:
    """Return what is left of a fit where so much of the order is."""
    return 1.0 - OF_THE_ORDER * (1.0 - order)


def passage(query: Query, body: Sequence[str]) -> Fit:
    """Return the passage, at most about twice as long as the query, that has most of its words by weight."""
    span = max(SHORTEST_SPAN, 2 * len(query.words))
    hits = [(place, word) for place, word in enumerate(body) if word in query.distinct]
    inside: Counter[str] = Counter()
    weight = best = 0.0
    first = start = end = 0
    for place, word in hits:
        if not inside[word]:
            weight += query.weigh(word)
        inside[word] += 1
        while place - hits[first][0] >= span:
            inside[hits[first][1]] -= 1
            if not inside[hits[first][1]]:
                weight -= query.weigh(hits[first][1])
            first += 1
        if weight > best + SLACK:
            best, start, end = weight, hits[first][0], place + 1
    if not best:
        return Fit(0.0, "text")
    score = min(1.0, best / query.total) * JUST_BELOW * shaded(query.in_order(body[start : start + span]))
    return Fit(score, "text", start, end)


# --- where it stands ----------------------------------------------------------------------------


def shown(body: str, start: int, end: int) -> str:
    """Return the paragraphs in which the words between two places stand, cut where they are long."""
    found = [match.span() for match in WORD.finditer(body[:LONGEST_TEXT])][start:end]
    if not found:
        return ""
    first, last = found[0][0], found[-1][1]
    begin = body.rfind("\n", 0, first) + 1
    stop = body.find("\n", last)
    stop = len(body) if stop < 0 else stop
    before, behind = first - begin > AROUND, stop - last > AROUND
    if before:
        blank = BLANK.search(body, first - AROUND, first)
        begin = blank.end() if blank else first
    if behind:
        stop = next((last + AROUND - back for back in range(AROUND) if body[last + AROUND - back].isspace()), last)
    return f"{'… ' if before else ''}{body[begin:stop]}{' …' if behind else ''}"


def marked(text: str, query: str) -> tuple[Piece, ...]:
    """Return a text cut into pieces: words that stand in the query in the same order, and the rest.

    What was moved is marked where at least two words stayed together.

    >>> [piece.text for piece in marked("Warga Lantera mengungsi.", "lantera mengungsi")]
    ['Warga ', 'Lantera mengungsi', '.']
    """
    printed = list(WORD.finditer(text))
    there = [folded(match.group()) for match in printed]
    asked = folded_words(query)
    aligned = SequenceMatcher(None, there[:WORDS_MARKED], asked[:WORDS_MARKED], autojunk=False)
    shared = {at for block in aligned.get_matching_blocks() for at in range(block.a, block.a + block.size)}
    following = frozenset(pairwise(asked))
    shared |= {at + step for at, pair in enumerate(pairwise(there)) if pair in following for step in (0, 1)}
    spans: list[tuple[int, int]] = []
    for at in sorted(shared):
        start, end = printed[at].span()
        if at - 1 in shared and not text[spans[-1][1] : start].strip():
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((start, end))
    return tuple(cut(text, spans))


def cut(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[Piece]:
    """Yield a text in pieces: the spans, which stand in order, and what is between them."""
    place = 0
    for start, end in spans:
        if start > place:
            yield Piece(text[place:start], is_shared=False)
        yield Piece(text[start:end], is_shared=True)
        place = end
    if place < len(text):
        yield Piece(text[place:], is_shared=False)
