"""A link, headline, quotation or paragraph -> the articles that have it, and their story."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dedupe import word_index
from dedupe.fitting import Fit, Piece, Query, best_fit, folded, marked, shown
from dedupe.store import Store
from dedupe.story_store import StoryStore
from dedupe.words import words

MatchKind = Literal["url", "title", "quotation", "text", "same_text", "same_story"]
Tried = Literal["nothing", "address", "words", "common_words"]
"""What was looked for: nothing, an address, words, or words that are too common to be looked for."""

LEAST_ASKED = 1.0
"""Weight that a query's words must have together: "the" and "yang" alone ask for nothing."""
FITS = 0.5
"""Share of the query's words, weighed by rarity, that must stand together in one headline, quotation or passage."""
LONGEST_QUERY = 20_000
ADDRESSES_IN_A_TEXT = 3


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
    tried: Tried = "words"


def look_up(store: Store, query: str, addresses: Sequence[str] = ()) -> Found:
    """Return the articles that have what was asked for, and the other coverage of their story.

    `addresses` are the forms of the query as a URL, if it is or has one (`addresses_in`); any string is a valid query.
    """
    kept = StoryStore(store)
    by_address = store.article_at(address.encode("utf-8", "backslashreplace").decode() for address in addresses)
    if by_address is not None:
        return found_at(kept, query, {by_address: (1.0, "url")}, "address")
    if addresses and not any(map(str.isspace, query.strip())):
        return Found(query, None, (), "address")
    direct = {i: (fit.score, fit.kind) for i, fit in search(kept, query[:LONGEST_QUERY]).items()}
    if direct:
        return found_at(kept, query, direct, "words")
    return Found(query, None, (), tried(kept, query[:LONGEST_QUERY]))


def addresses_in(query: str, forms: Callable[[str], Sequence[str]]) -> tuple[str, ...]:
    """Return the forms of a query that is an address, or of the addresses in it: a shared headline brings its link."""
    whole = tuple(forms(query.strip()))
    if whole:
        return whole
    inside = [word for word in query[:LONGEST_QUERY].split() if "://" in word][:ADDRESSES_IN_A_TEXT]
    return tuple(form for word in inside for form in forms(word))


def found_at(kept: StoryStore, query: str, direct: Mapping[int, tuple[float, MatchKind]], how: Tried) -> Found:
    """Return what was found directly, the best first, then the rest of the story of the best."""
    best = next(iter(direct))
    story_id = kept.stories_of([best]).get(best)
    others = [match for match in others_of(kept.store, story_id, best) if match.article_id not in direct]
    return Found(query, story_id, (*matches(kept.store, direct), *others), how)


def matches(store: Store, direct: Mapping[int, tuple[float, MatchKind]]) -> Iterable[Match]:
    """Yield the articles that were found directly, the best first."""
    rows = store.rows_in(
        "SELECT id AS article_id, outlet, url, title, published_text, first_seen_at FROM articles WHERE id IN ({})",
        direct,
    )
    by_id = {row["article_id"]: dict(row) for row in rows}
    for article_id, (score, kind) in direct.items():
        yield Match(**by_id[article_id], score=round(score, 4), kind=kind)


def others_of(store: Store, story_id: int | None, best: int) -> Iterable[Match]:
    """Yield the articles of a story in the order of their time, each with the score and kind of its pair with the best.

    Where only the story joins the two, the score is 0.
    """
    rows = store.rows(
        """
        SELECT a.id AS article_id, a.outlet, a.url, a.title, a.published_text, a.first_seen_at,
               round(coalesce(p.score, 0.0), 4) AS score, coalesce(p.kind, 'same_story') AS kind
          FROM coverage AS c JOIN articles AS a ON a.id = c.article_id
          LEFT JOIN pairs AS p ON p.a = min(c.article_id, :best) AND p.b = max(c.article_id, :best)
         WHERE c.story_id = :story
         ORDER BY coalesce(a.published_at, a.published_day, a.first_seen_at), a.id""",
        {"story": story_id, "best": best},
    )
    return (Match(**dict(row)) for row in rows)


# --- searching by words -------------------------------------------------------------------------


def weighed(kept: StoryStore, text: str) -> Query:
    """Return the words of a text with what they weigh."""
    printed = [(folded(word), word) for word in words(text)]
    return Query([word for word, _ in printed], word_index.weights(kept, dict(printed)))


def search(kept: StoryStore, text: str) -> dict[int, Fit]:
    """Return the articles whose headline, quotation or text holds what was typed in, best first, with how they fit."""
    query = weighed(kept, text)
    if not query.words or query.total < LEAST_ASKED:
        return {}
    near = word_index.candidates(kept.store, query.weigh, FITS * query.total)
    if len(query.words) <= word_index.WORDS_OF_A_TITLE:
        near = [*word_index.headlined(kept.store, query.words), *near]
    fits = {article_id: fit_of(kept.store, article_id, query) for article_id in dict.fromkeys(near)}
    fitting = {article_id: fit for article_id, fit in fits.items() if fit.score >= FITS}
    return dict(sorted(fitting.items(), key=lambda item: (-item[1].score, item[0])))


def fit_of(store: Store, article_id: int, query: Query) -> Fit:
    """Return how well a query fits an article."""
    row = store.rows("SELECT title, body FROM articles WHERE id = ?", (article_id,))[0]
    said = store.rows("SELECT text FROM quotes WHERE article_id = ? ORDER BY position", (article_id,))
    return best_fit(query, row["title"], [one["text"] for one in said], row["body"])


def tried(kept: StoryStore, text: str) -> Tried:
    """Return what was looked for where nothing was found."""
    if not text.strip():
        return "nothing"
    return "words" if weighed(kept, text).total >= LEAST_ASKED else "common_words"


# --- showing ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Place:
    """Where in an article stands what was asked for."""

    kind: MatchKind
    pieces: tuple[Piece, ...]
    """The headline, quotation or paragraph, cut where the words of the query begin and end."""
    speaker: str | None = None


def place(store: Store, article_id: int, text: str) -> Place:
    """Return the headline, quotation or passage of an article that fits a query best, the words of both marked."""
    query = weighed(StoryStore(store), text[:LONGEST_QUERY])
    article = store.rows("SELECT title, body FROM articles WHERE id = ?", (article_id,))[0]
    said = store.rows("SELECT text, speaker FROM quotes WHERE article_id = ? ORDER BY position", (article_id,))
    fit = best_fit(query, article["title"], [one["text"] for one in said], article["body"])
    if fit.kind == "title":
        return Place("title", marked(article["title"], text))
    if fit.kind == "quotation":
        return Place("quotation", marked(said[fit.start]["text"], text), said[fit.start]["speaker"])
    return Place("text", marked(shown(article["body"], fit.start, fit.end), text))
