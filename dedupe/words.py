"""text -> words, keywords, names, numbers; document frequencies."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

WORD = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:['’`-][^\W\d_]+)*")
"""A number with its separators, or letters with inner apostrophes and hyphens."""
WORD_OR_BREAK = re.compile(rf"{WORD.pattern}|[,;()/–—]")
"""What ends a name is read too: "Kota Muara Jati, Surya Pradipta" are two."""
WORDS_OF_A_NAME = 4
LONGEST_TEXT = 200_000
"""Characters read for words; the longest article measured has 60,000."""
SENTENCE_END = re.compile(r"[.!?:…]['\"”’»)]*\s+|\n+|^\W+|[“\"„«]")
TITLE_WEIGHT = 3.0
LEAD_WEIGHT = 2.0
LEAD_WORDS = 100
"""Weights of a word in the title and in the first hundred words, as measured best on AllSides events."""
PRIOR_ARTICLES = 2_000
"""How many articles the shipped table of a language counts for beside the store's own."""


def words(text: str) -> list[str]:
    """Return the words and numbers of a text, case-folded, in order.

    >>> words("Wali Kota, Jum'at: Rp1,2 miliar")
    ['wali', 'kota', "jum'at", 'rp', '1,2', 'miliar']
    """
    return WORD.findall(text[:LONGEST_TEXT].casefold())


def numbers(text: str) -> frozenset[str]:
    """Return the numbers of a text as printed, single digits left out.

    >>> sorted(numbers("5,4 SR, 3 orang, 1.200 rumah"))
    ['1.200', '5,4']
    """
    return numbers_among(words(text))


def numbers_among(words: Iterable[str]) -> frozenset[str]:
    """Return those of these words that are numbers of more than one digit."""
    return frozenset(word for word in words if len(word) > 1 and word[0].isdigit())


TOKEN = re.compile(rf"{WORD.pattern}|[.!?:…\n“\"„«,;()/–—]")
"""Words and what parts them."""
BREAKS = frozenset('.!?:…\n“"„«,;()/–—')
ENDS = frozenset('.!?:…\n“"„«')
"""Behind these a capital letter only opens a sentence."""


@dataclass(frozen=True)
class Read:
    """One text as the comparison reads it."""

    words: list[str]
    """Words and numbers, case-folded, in order."""
    named: set[str]
    """Words that are capitalised inside a sentence: those of names."""


def read(text: str, *, opens: bool = True) -> Read:
    """Return the words of a text and which of them belong to names.

    With `opens` the first word opens a sentence; a headline does not tell, so its first word counts as a name too.

    >>> sorted(read("Hujan turun di Kota Muara Jati. Warga Karang mengungsi.").named)
    ['jati', 'karang', 'kota', 'muara']
    """
    printed = TOKEN.findall(text[:LONGEST_TEXT])
    folded = list(map(str.casefold, printed))
    named: set[str] = set()
    for raw, word in zip(printed, folded, strict=True):
        if raw != word and raw != raw.lower():  # "straße" is folded too, but is no name
            if not opens and len(word) > 1:
                named.add(word)
            opens = False
        else:
            opens = word in ENDS
    return Read([word for word in folded if word not in BREAKS], named)


def names(text: str) -> frozenset[str]:
    """Return runs of capitalised words that do not merely open a sentence, case-folded.

    A rough reading without a dictionary: it finds places, persons and offices in languages that capitalise names.

    >>> sorted(names("Hujan turun di Kota Muara Jati. Warga Karang mengungsi."))
    ['karang', 'kota muara jati']
    >>> sorted(names("Yang hadir Wakil Wali Kota Muara Jati, Surya Pradipta."))
    ['surya pradipta', 'wali kota muara jati']
    """
    found: set[str] = set()
    for sentence in SENTENCE_END.split(text[:LONGEST_TEXT]):
        run: list[str] = []
        for place, word in enumerate([*WORD_OR_BREAK.findall(sentence), ","]):
            if word[0].isupper() and len(word) > 1 and place > 0:
                run.append(word.casefold())
            elif run:
                found.add(" ".join(run[-WORDS_OF_A_NAME:]))
                run = []
    return frozenset(found)


@dataclass(frozen=True)
class Frequencies:
    """In how many articles of a language each word stands: the store's own count over a shipped prior."""

    articles: int
    counts: Mapping[str, int]
    prior: Mapping[str, float]
    """Word -> share of articles, between 0 and 1; empty for a language without a table."""

    def idf(self, word: str) -> float:
        """Return the smoothed inverse document frequency of a word, at least 0 (ln, unit: nats)."""
        weight = PRIOR_ARTICLES if self.prior else 0
        total = self.articles + weight
        seen = self.counts.get(word, 0) + self.prior.get(word, 0.0) * weight
        return max(0.0, math.log((total + 1) / (seen + 1)))


@cache
def prior(language: str) -> Mapping[str, float]:
    """Return the shipped shares of articles that hold a common word of a language; empty where there is no table."""
    table = files("dedupe") / "frequencies" / f"{language}.tsv"
    if not re.fullmatch(r"[a-z]{2,3}", language) or not table.is_file():
        return {}
    lines = [line for line in table.read_text("utf-8").splitlines() if line[:1] != "#"]
    cells = "\t".join(lines).split(
        "\t"
    )  # one call for thousands of lines: the first clustering of a process waits for this
    return dict(zip(cells[::2], map(float, cells[1::2]), strict=True))


def weighted_counts(title: Sequence[str], body: Sequence[str]) -> dict[str, float]:
    """Return how often each word stands in an article, given by its words, the title and the lead counted more.

    The weight of n mentions is 1 + ln n (sublinear: Manning et al., Introduction to Information Retrieval, 6.4.1).
    """
    mentions: Counter[str] = Counter()
    for word in title:
        mentions[word] += TITLE_WEIGHT  # type: ignore[assignment]
    for word in body[:LEAD_WORDS]:
        mentions[word] += LEAD_WEIGHT  # type: ignore[assignment]
    mentions.update(body[LEAD_WORDS:])
    return {word: 1.0 + math.log(count) for word, count in mentions.items()}


def vector(title: Sequence[str], body: Sequence[str], frequencies: Frequencies) -> dict[str, float]:
    """Return the TF-IDF vector of an article given by its words, of length 1 (empty without words)."""
    raw = {word: weight * frequencies.idf(word) for word, weight in weighted_counts(title, body).items()}
    length = math.sqrt(sum(weight * weight for weight in raw.values()))
    return {word: weight / length for word, weight in raw.items() if weight > 0} if length else {}


def keywords(weights: Mapping[str, float], most: int = 60) -> tuple[str, ...]:
    """Return the words of a vector with the greatest weights, greatest first; ties in alphabetical order."""
    ranked = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
    return tuple(word for word, _ in ranked[:most])


def cosine(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    """Return the cosine of two vectors of length 1, between 0 and 1."""
    return min(1.0, math.fsum([a[word] * b[word] for word in a.keys() & b.keys()]))
