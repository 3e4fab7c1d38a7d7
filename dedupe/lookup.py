"""A link, headline, quotation or paragraph -> the articles that have it, and their story."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from dedupe import compare
from dedupe.model import Article
from dedupe.profile import profile, read
from dedupe.store import Store
from dedupe.story_store import StoryStore
from dedupe.verify import Verified, verify
from dedupe.vocabulary import Vocabulary
from dedupe.words import words

MatchKind = Literal["url", "title", "quotation", "text", "same_text", "same_story"]
Fit = tuple[float, MatchKind]
"""How well an article fits what was asked for (0 to 1), and what of it does."""

RARE_WORDS_ASKED = 12
"""Words of a query that the full-text index is asked for, the rarest first."""
CANDIDATES_READ = 60
LEAST_ASKED = 1.0
"""Weight that a query's words must have together: "the" and "yang" alone ask for nothing."""
FITS = 0.5
"""Share of the query's words, weighed by rarity, that must stand together in one headline, quotation or passage."""
WORDS_OF_A_HEADLINE = 25
LONGEST_QUERY = 20_000
JUST_BELOW = 0.999
"""A passage never beats the headline or the quotation that is the very text."""


@dataclass(frozen=True)
class Match:
    """One article that a look-up found."""

    article_id: int
    outlet: str
    url: str
    title: str
    published_text: str | None
    first_seen_at: str
    score: float
    kind: MatchKind
    """How it was found: by address, headline, quotation or text; or as coverage of the same story."""


@dataclass(frozen=True)
class Found:
    """What a look-up found: the story, if any, and its articles, direct matches first."""

    query: str
    story: int | None
    matches: tuple[Match, ...]


def look_up(store: Store, query: str, addresses: Sequence[str] = ()) -> Found:
    """Return the articles that have what was asked for, and the other coverage of their story.

    `addresses` are the forms of the query as a URL, if it is one; any string is a valid query.
    """
    kept = StoryStore(store)
    by_address = store.article_at(address.encode("utf-8", "backslashreplace").decode() for address in addresses)
    direct: dict[int, Fit] = {by_address: (1.0, "url")} if by_address is not None else {}
    if not direct and not addresses:
        direct = search(kept, query[:LONGEST_QUERY])
    if not direct:
        return Found(query, None, ())
    best = next(iter(direct))
    story_id = kept.stories_of([best]).get(best)
    scored: dict[int, Fit] = dict(direct)
    for other in coverage_order(store, story_id):
        if other not in scored:
            scored[other] = stored_pair(store, best, other)
    return Found(query, story_id, tuple(match(store, i, score, kind) for i, (score, kind) in scored.items()))


def coverage_order(store: Store, story_id: int | None) -> list[int]:
    """Return the articles of a story in the order of their time."""
    rows = store.rows(
        "SELECT a.id FROM coverage AS c JOIN articles AS a ON a.id = c.article_id WHERE c.story_id = ?"
        " ORDER BY coalesce(a.published_at, a.published_day, a.first_seen_at), a.id",
        (story_id,),
    )
    return [row["id"] for row in rows]


def stored_pair(store: Store, a: int, b: int) -> Fit:
    """Return score and kind of a pair as stored, or those of a pair that only the story joins."""
    found = store.rows("SELECT score, kind FROM pairs WHERE a = ? AND b = ?", (min(a, b), max(a, b)))
    return (found[0]["score"], found[0]["kind"]) if found else (0.0, "same_story")


def match(store: Store, article_id: int, score: float, kind: MatchKind) -> Match:
    """Return one match from the article's row."""
    row = store.rows(
        "SELECT id AS article_id, outlet, url, title, published_text, first_seen_at FROM articles WHERE id = ?",
        (article_id,),
    )[0]
    return Match(**dict(row), score=round(score, 4), kind=kind)


# --- searching by words -------------------------------------------------------------------------


def search(kept: StoryStore, query: str) -> dict[int, Fit]:
    """Return the articles whose headline, quotation or text holds the query, best first, with score and kind."""
    asked = words(query)
    if not asked:
        return {}
    weigh = rarity(kept, asked)
    if sum(weigh(word) for word in set(asked)) < LEAST_ASKED:
        return {}
    ranked = sorted(set(asked), key=lambda word: (-weigh(word), word))[:RARE_WORDS_ASKED]
    found = {i: best_fit(kept.store, i, asked, weigh) for i in candidates(kept.store, ranked)}
    fitting = {i: fit for i, fit in found.items() if fit[0] >= FITS}
    return dict(sorted(fitting.items(), key=lambda item: (-item[1][0], item[0])))


class rarity:  # noqa: N801 - used like a function
    """How much a word of the query weighs: its inverse document frequency, in the language that knows it best."""

    def __init__(self, kept: StoryStore, asked: Sequence[str]) -> None:
        languages = [row["language"] for row in kept.store.rows("SELECT language FROM counted_articles")]
        self.tables = [kept.frequencies(language, asked) for language in languages]

    def __call__(self, word: str) -> float:
        """Return the weight of a word, at least a little above 0."""
        return min((table.idf(word) for table in self.tables), default=1.0) + 0.05


def candidates(store: Store, asked: Iterable[str]) -> list[int]:
    """Return the articles that the full-text index ranks best for any of these words (BM25)."""
    expression = fts_any(asked)
    if not expression:
        return []
    rows = store.rows(
        "SELECT rowid FROM articles_fts WHERE articles_fts MATCH ? ORDER BY bm25(articles_fts, 3.0, 1.0) LIMIT ?",
        (expression, CANDIDATES_READ),
    )
    return [row["rowid"] for row in rows]


def fts_any(asked: Iterable[str]) -> str:
    """Return an FTS5 expression for any of these words; every token stands in double quotes, so any string is valid."""
    tokens = (re.sub(r'["\x00]', " ", word).strip() for word in asked)
    return " OR ".join(f'"{token}"' for token in tokens if token)


def best_fit(store: Store, article_id: int, asked: Sequence[str], weigh: rarity) -> Fit:
    """Return how well the query fits the headline, a quotation or a passage of an article, and which of them."""
    row = store.rows("SELECT title, body FROM articles WHERE id = ?", (article_id,))[0]
    quotes = store.rows("SELECT text FROM quotes WHERE article_id = ?", (article_id,))
    fits: list[Fit] = [
        (share(asked, words(row["title"]), weigh) if len(asked) <= WORDS_OF_A_HEADLINE else 0.0, "title"),
        *((share(asked, words(quote["text"]), weigh), "quotation") for quote in quotes),
        (passage_share(asked, words(row["body"]), weigh), "text"),
    ]
    return max(fits, key=lambda fit: fit[0])


def share(asked: Sequence[str], there: Sequence[str], weigh: rarity) -> float:
    """Return the weighted Jaccard similarity of the query's words and a headline's or quotation's."""
    ours, theirs = set(asked), set(there)
    common = sum(weigh(word) for word in ours & theirs)
    total = sum(weigh(word) for word in ours | theirs)
    return common / total if total else 0.0


def passage_share(asked: Sequence[str], body: Sequence[str], weigh: rarity) -> float:
    """Return the greatest weighted share of the query's words that stand in one passage about twice its length."""
    ours = set(asked)
    total = sum(weigh(word) for word in ours)
    span = max(12, 2 * len(asked))
    step = max(1, span // 4)
    best = 0.0
    for start in range(0, max(1, len(body) - span + step), step):
        there = ours.intersection(body[start : start + span])
        best = max(best, sum(weigh(word) for word in there) / total)
    return best * JUST_BELOW


# --- explaining ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Explanation:
    """Why two articles are, or are not, in one story."""

    a: Article
    b: Article
    pair: Verified
    same_story: int | None
    """The story that both are in, or None."""
    passages: tuple[str, ...]
    quotations: tuple[compare.Utterance, ...]


def explain(store: Store, a: int, b: int) -> Explanation:
    """Return the evidence for a pair: as stored where the pair is, else computed now."""
    kept = StoryStore(store)
    one, other = store.article(a), store.article(b)
    placed = kept.stories_of([a, b])
    together = placed[a] if len(placed) == 2 and placed[a] == placed[b] else None  # noqa: PLR2004 - a pair
    shared = [u for u in compare.utterances([one, other]) if len(u.wordings) > 1]
    return Explanation(
        one,
        other,
        verified_pair(kept, a, b),
        together,
        tuple(compare.passages(one.body, other.body)),
        tuple(shared),
    )


def verified_pair(kept: StoryStore, a: int, b: int) -> Verified:
    """Return the pair as stored, or verified now."""
    found = kept.store.rows("SELECT * FROM pairs WHERE a = ? AND b = ?", (min(a, b), max(a, b)))
    if found:
        return Verified(found[0]["kind"], found[0]["score"], json.loads(found[0]["evidence"]))
    vocabulary = Vocabulary(kept.counts)
    first, second = (profile(read(text, vocabulary), vocabulary) for text in kept.texts((a, b)))
    return verify(first, second, vocabulary)
