"""Articles of one story -> quotations in all their wordings, shared passages, what each alone has."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import chain, islice
from typing import Literal

from dedupe.model import Article, Quote
from dedupe.shingles import jaccard
from dedupe.verify import SAME_QUOTATION
from dedupe.words import WORD, names, numbers, words

PASSAGE_WORDS = 5
"""Shorter runs of shared words are idiom, not a shared passage."""
WORDS_COMPARED = 5_000
"""Words of a text that passages are looked for in: four times the longest ordinary article."""
PLACES_TRIED = 8
"""Places of the other text that a passage is followed from; only a refrain stands in more."""
OWN_PARAGRAPH = 0.25
"""A paragraph is an article's own where no other paragraph of the story shares more of its words and numbers."""
FACTS_KEPT = 512
"""Texts whose names and numbers are kept at hand: those of the stories that are being read."""
SHORT_PARAGRAPH = 6
"""Words below which a paragraph (a sub-heading, a cue) is not called anybody's own."""

Mark = Literal["same", "other"]


@dataclass(frozen=True)
class Wording:
    """One outlet's wording of an utterance."""

    outlet: str
    url: str
    quote: Quote
    marked: tuple[tuple[str, Mark], ...]
    """The wording cut into runs: words that the first wording has too, and words that it has not."""


@dataclass(frozen=True)
class Utterance:
    """One quotation in all its wordings, the fullest first."""

    speakers: tuple[str, ...]
    """The speaker as each outlet spells it."""
    wordings: tuple[Wording, ...]


def utterances(articles: Sequence[Article]) -> list[Utterance]:
    """Return each quotation of a story once, with its wordings; those that most outlets print come first.

    Two quotations are one utterance where they share enough of their words (Jaccard above verify.SAME_QUOTATION).
    """
    groups: list[list[tuple[Article, Quote, frozenset[str]]]] = []
    having: dict[str, list[int]] = {}
    said = [(a, q, frozenset(words(q.text))) for a in articles for q in a.quotes if q.kind != "fragment"]
    for article, quote, spoken in sorted(said, key=lambda one: -len(one[2])):
        near = {place for word in spoken for place in having.get(word, ())}
        home = max(sorted(near), key=lambda place: jaccard(spoken, groups[place][0][2]), default=None)
        if home is not None and jaccard(spoken, groups[home][0][2]) > SAME_QUOTATION:
            groups[home].append((article, quote, spoken))
            continue
        for word in spoken:
            having.setdefault(word, []).append(len(groups))
        groups.append([(article, quote, spoken)])
    found = [utterance([(article, quote) for article, quote, _ in group]) for group in groups]
    return sorted(found, key=lambda u: -len({wording.outlet for wording in u.wordings}))


def utterance(said: Sequence[tuple[Article, Quote]]) -> Utterance:
    """Return one utterance from its wordings, each marked against the first."""
    first = said[0][1].text
    speakers = dict.fromkeys(quote.speaker for _, quote in said if quote.speaker)
    wordings = (Wording(a.outlet, a.url, q, tuple(marked(q.text, first))) for a, q in said)
    return Utterance(tuple(speakers), tuple(wordings))


def marked(text: str, against: str) -> Iterable[tuple[str, Mark]]:
    """Yield a text cut into runs of words, each marked as standing in `against` in the same order or not.

    >>> list(marked("Bandung adalah saudara tua", "Bandung bagi kami saudara tua"))
    [('Bandung', 'same'), ('adalah', 'other'), ('saudara tua', 'same')]
    """
    printed = text.split()
    matcher = SequenceMatcher(
        None, [bare(word) for word in printed], [bare(w) for w in against.split()], autojunk=False
    )
    place = 0
    for block in matcher.get_matching_blocks():
        if block.a > place:
            yield " ".join(printed[place : block.a]), "other"
        if block.size:
            yield " ".join(printed[block.a : block.a + block.size]), "same"
        place = block.a + block.size


def bare(word: str) -> str:
    """Return a word without its punctuation, case-folded; the word itself where nothing else is left."""
    return "".join(WORD.findall(word.casefold())) or word


def passages(a: str, b: str) -> list[str]:
    """Return the runs of at least PASSAGE_WORDS words that stand in both texts, as the first prints them.

    The longest run from each place on, wherever it stands in the other text: an outlet may have changed the order.
    """
    printed = list(islice(WORD.finditer(a), WORDS_COMPARED))
    ours, theirs = [match.group().casefold() for match in printed], words(b)[:WORDS_COMPARED]
    places: dict[tuple[str, ...], list[int]] = {}
    for start in range(len(theirs) - PASSAGE_WORDS + 1):
        places.setdefault(tuple(theirs[start : start + PASSAGE_WORDS]), []).append(start)
    found: list[str] = []
    start = 0
    while start <= len(ours) - PASSAGE_WORDS:
        there = places.get(tuple(ours[start : start + PASSAGE_WORDS]), [])[:PLACES_TRIED]
        size = max((run_length(ours, start, theirs, place) for place in there), default=0)
        if size:
            found.append(a[printed[start].start() : printed[start + size - 1].end()])
        start += size or 1
    return found


def run_length(ours: Sequence[str], start: int, theirs: Sequence[str], place: int) -> int:
    """Return how many words are the same from two places on."""
    most = min(len(ours) - start, len(theirs) - place)
    return next((size for size in range(most) if ours[start + size] != theirs[place + size]), most)


@dataclass(frozen=True)
class Own:
    """What one article of a story has and no other does."""

    paragraphs: tuple[str, ...]
    facts: tuple[str, ...]
    """Names and numbers that stand in no other article, in alphabetical order."""


def own(articles: Mapping[int, Article]) -> dict[int, Own]:
    """Return, for each article of a story, what it alone has."""
    paragraphs = {i: [(p, content_words(p)) for p in a.body.split("\n")] for i, a in articles.items()}
    told = Told({i: [said for _, said in all_said] for i, all_said in paragraphs.items()})
    said_by = {i: words(a.body) for i, a in articles.items()}
    having = {i: frozenset(said) for i, said in said_by.items()}
    everything = {i: f" {' '.join(said)} " for i, said in said_by.items()}
    found: dict[int, Own] = {}
    for i, article in articles.items():
        others = [j for j in articles if j != i]
        found[i] = Own(
            paragraphs=tuple(p for p, said in paragraphs[i] if others and told.only_by(i, said)),
            facts=tuple(
                sorted(
                    fact
                    for fact in facts_of(article.body)
                    if others and not any(stands_in(fact, everything[j]) for j in those_with(fact, having, others))
                )
            ),
        )
    return found


@lru_cache(maxsize=FACTS_KEPT)
def facts_of(body: str) -> frozenset[str]:
    """Return the names and numbers of a text."""
    return names(body) | numbers(body)


def those_with(fact: str, having: Mapping[int, frozenset[str]], others: Iterable[int]) -> Iterator[int]:
    """Yield those of some texts that have every word of a fact: only in them can it stand."""
    parts = fact.split(" ")
    return (j for j in others if having[j].issuperset(parts))


def stands_in(fact: str, text: str) -> bool:
    """Tell whether a name or number stands as whole words in a text of case-folded words with a space around each."""
    return f" {fact} " in text


def content_words(paragraph: str) -> frozenset[str]:
    """Return the longer words and the numbers of a paragraph: what it says, without its particles."""
    return frozenset(word for word in words(paragraph) if len(word) > 3 or word[0].isdigit())  # noqa: PLR2004 - see above


class Told:
    """The paragraphs of a story, by their words: who else says much of the same."""

    def __init__(self, paragraphs: Mapping[int, Sequence[frozenset[str]]]) -> None:
        self.by: dict[frozenset[str], set[int]] = {}
        for article_id, all_said in paragraphs.items():
            for said in all_said:
                self.by.setdefault(said, set()).add(article_id)
        self.holding: dict[str, list[int]] = {}
        self.said = list(self.by)
        for place, said in enumerate(self.said):
            for word in said:
                self.holding.setdefault(word, []).append(place)

    def only_by(self, article_id: int, said: frozenset[str]) -> bool:
        """Tell whether a paragraph of an article is long enough, and no other article says much of the same."""
        if len(said) < SHORT_PARAGRAPH:
            return False
        shared = Counter(chain.from_iterable(self.holding[word] for word in said))
        return all(
            common < OWN_PARAGRAPH * (len(said) + len(self.said[place]) - common)
            for place, common in shared.items()
            if self.by[self.said[place]] != {article_id}
        )
