"""Words -> how much each tells, and the articles that hold most of them: asked of the full-text index, rarest first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dedupe.store import Store
from dedupe.story_store import StoryStore

ENTRIES_READ = 120_000
"""Entries of the index read for one query, the rarest words first, as many as fit: with 50,000 one passage in thirty
was not found among a million articles, with 150,000 every one."""
WORDS_ASKED = 64
"""Words of a query that the index is asked for at most: a whole article's rarest tell it from all others."""
TOGETHER_ASKED = 4
"""The rarest words that are asked for together, where fewer than this were few enough to be asked for one by one."""
CANDIDATES = 40
SLACK = 1e-5
"""Sums of the same weights in another order differ by less."""
RARE_ENOUGH = 7.0
"""Most that a word weighs, ln(1,000 or so): one that a thousandth of the articles has tells enough, and one that nobody
has, put in by whoever changed the text, must not outweigh those that are right."""
LEAST_WEIGHT = 0.05
"""What a word weighs that stands in every article."""
WORDS_OF_A_TITLE = 25
TITLE = "title : "
"""An FTS5 expression behind this is looked for in headlines alone."""

Ids = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Weights:
    """What the words of a query weigh, and in how many articles each stands."""

    weight: Mapping[str, float]
    articles: Mapping[str, int]

    def __call__(self, word: str) -> float:
        """Return the weight of a word of the query."""
        return self.weight[word]

    def together(self, words: frozenset[str]) -> float:
        """Return the weight of some words of the query."""
        return sum(map(self.weight.__getitem__, words))


def weights(kept: StoryStore, printed: Mapping[str, str]) -> Weights:
    """Return what words weigh: the inverse document frequency of each in the language that knows it best.

    `printed` tells of each folded word how it was spelled, for that is how words are counted.
    """
    spelled = list(printed.values())
    languages = [row["language"] for row in kept.store.rows("SELECT language FROM counted_articles")]
    tables = [kept.frequencies(language, spelled) for language in languages]
    weight = {
        word: min(RARE_ENOUGH, min((table.idf(raw) for table in tables), default=1.0)) + LEAST_WEIGHT
        for word, raw in printed.items()
    }
    return Weights(weight, {w: sum(table.counts.get(raw, 0) for table in tables) for w, raw in printed.items()})


def candidates(store: Store, weigh: Weights, least: float) -> list[int]:
    """Return the articles that have most of the words by weight, those first, the newest of equals first.

    Left out are those that cannot have words of the weight `least`.
    """
    ranked = sorted(weigh.weight, key=lambda word: (weigh.articles[word], -weigh(word), word))
    votes: list[tuple[Ids, float]] = []
    left = ENTRIES_READ
    for word in ranked[:WORDS_ASKED]:
        if weigh.articles[word] > left:
            break
        votes.append((holding(store, quoted(word), left), weigh(word)))
        left -= len(votes[-1][0])
    not_asked = weigh.together(frozenset(ranked[len(votes) :]))
    if len(votes) < TOGETHER_ASKED:
        rarest = ranked[:TOGETHER_ASKED]
        votes.append((holding(store, all_of(rarest), left), weigh.together(frozenset(rarest))))
    return most_voted(votes, least - not_asked)


def headlined(store: Store, asked: Sequence[str]) -> list[int]:
    """Return the newest articles whose headline has all of these words."""
    expression = all_of(asked)
    if not expression:
        return []
    rows = store.rows(
        "SELECT rowid FROM articles_fts WHERE articles_fts MATCH ? ORDER BY rowid DESC LIMIT ?",
        (f"{TITLE}({expression})", CANDIDATES),
    )
    return [row["rowid"] for row in rows]


def holding(store: Store, expression: str, most: int) -> Ids:
    """Return the articles that fit an FTS5 expression, at most so many."""
    if not expression:
        return np.empty(0, dtype=np.int64)
    return listed(
        store,
        "SELECT group_concat(rowid) FROM (SELECT rowid FROM articles_fts WHERE articles_fts MATCH ? LIMIT ?)",
        (expression, most),
    )


def listed(store: Store, sql: str, values: Sequence[object]) -> Ids:
    """Return the ids that a query gives as one text, `group_concat`: ten times as fast as a row for each."""
    return np.fromstring(store.value(sql, values) or "", dtype=np.int64, sep=",")


def most_voted(votes: Sequence[tuple[Ids, float]], least: float) -> list[int]:
    """Return the ids with the greatest sums of weights from `least` on, the greatest first, of equals the newest."""
    everyone = np.concatenate([np.empty(0, dtype=np.int64), *(ids for ids, _ in votes)])
    ids, place = np.unique(everyone, return_inverse=True)
    weight = np.repeat([weight for _, weight in votes], [len(ids) for ids, _ in votes])
    summed = np.bincount(place, weights=weight, minlength=len(ids)).round(6)
    enough = np.flatnonzero(summed >= least - SLACK)
    order = np.lexsort((-ids[enough], -summed[enough]))[:CANDIDATES]
    found: list[int] = ids[enough[order]].tolist()
    return found


def quoted(word: str) -> str:
    r"""Return a word as an FTS5 string, so that nothing in it is taken for syntax; empty where nothing is left.

    >>> quoted("NEAR("), quoted('a"b'), quoted("\0")
    ('"NEAR("', '"a b"', '')
    """
    said = re.sub(r'["\x00]', " ", word).strip()
    return f'"{said}"' if said else ""


def all_of(asked: Sequence[str]) -> str:
    """Return an FTS5 expression for all of these words; empty for none."""
    return " AND ".join(filter(None, map(quoted, asked)))
