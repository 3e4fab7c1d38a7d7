"""Articles of one story -> what an outlet left out: what most of the others have and it has not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dedupe.compare import Utterance, facts_of, stands_in
from dedupe.model import Article
from dedupe.words import words

LEAST_OTHERS = 2
"""Other outlets that must have a thing before an outlet without it has left it out; with one, it is the other's own."""


@dataclass(frozen=True)
class LeftOut:
    """What one outlet left out of a story."""

    outlet: str
    quotations: tuple[Utterance, ...]
    facts: tuple[str, ...]
    """Names and numbers, in alphabetical order."""


def left_out(articles: Sequence[Article], said: Sequence[Utterance]) -> tuple[LeftOut, ...]:
    """Return, for each outlet of a story, the utterances, names and numbers that at least half of the others have.

    At least LEAST_OTHERS of them, that is; outlets that left out nothing of the kind do not stand in the answer.
    """
    texts = by_outlet(articles)
    needed = max(LEAST_OTHERS, len(texts) // 2)
    if len(texts) <= needed:
        return ()
    having = Counter(fact for bodies in texts.values() for fact in frozenset().union(*map(facts_of, bodies)))
    common = sorted(fact for fact, outlets in having.items() if outlets >= needed)
    shared = [one for one in said if len({wording.outlet for wording in one.wordings}) >= needed]
    found = []
    for outlet, bodies in texts.items():
        text = f" {' '.join(word for body in bodies for word in words(body))} "
        missing = tuple(fact for fact in common if not stands_in(fact, text))
        unsaid = tuple(one for one in shared if all(wording.outlet != outlet for wording in one.wordings))
        if missing or unsaid:
            found.append(LeftOut(outlet, unsaid, missing))
    return tuple(found)


def by_outlet(articles: Sequence[Article]) -> Mapping[str, list[str]]:
    """Return the texts of a story's articles by outlet, in the order in which outlets come first."""
    found: dict[str, list[str]] = {}
    for article in articles:
        found.setdefault(article.outlet, []).append(article.body)
    return found
