"""One story in full: who covered it in which order, the quotations in every wording, what each outlet alone has."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dedupe import compare
from dedupe.decisions import Decision, decisions
from dedupe.left_out import LeftOut, left_out
from dedupe.model import Article
from dedupe.store import Store
from dedupe.story_store import StoryStore

ARTICLES_COMPARED = 60
"""Articles of one story whose texts are compared with one another; a flood of reprints has nothing new to show."""


@dataclass(frozen=True)
class Covered:
    """One article of a story."""

    article_id: int
    outlet: str
    outlet_title: str
    url: str
    title: str
    published_text: str | None
    published_day: str | None
    published_at: str | None
    first_seen_at: str
    source_credit: str | None
    score: float
    """Mean score with the other articles of the story; 1 when alone."""
    text_elsewhere: float | None
    """Share of the text, 0 to 1, that stands in other articles of its family of texts, in this story or another."""
    shares_text_with: tuple[int, ...]
    """Articles of the story that have the same text, or in which it stands."""


@dataclass(frozen=True)
class StoryPair:
    """Why two articles are in one story; the evidence is printed by `explain`."""

    a: int
    b: int
    kind: str
    score: float


@dataclass(frozen=True)
class LinkedStory:
    """A story of the same running topic as another."""

    story_id: int
    title: str
    first_day: str | None
    last_day: str | None
    outlets: int
    kind: str
    """`next_development` where the one follows the other within days, else `same_topic`."""
    score: float
    """Score of the articles that stand for the two stories, the days between them left out."""


@dataclass(frozen=True)
class Coverage:
    """One story in full."""

    story_id: int
    title: str
    outlets: int
    """Outlets with at least one article."""
    articles: int
    independent_texts: int
    """Groups of articles that share no text with one another: reprints of one text count once."""
    coverage: tuple[Covered, ...]
    """In the order of time: as printed; by the day where no time was printed, else as first seen here."""
    quotations: tuple[compare.Utterance, ...]
    own: dict[int, compare.Own]
    """Article id -> what it alone has; left out where nothing."""
    left_out: tuple[LeftOut, ...]
    """What outlets have not that at least half of the others have."""
    pairs: tuple[StoryPair, ...]
    decisions: tuple[Decision, ...]
    """What editors have decided of it, the newest first."""
    linked: tuple[LinkedStory, ...]
    """Stories of the same running topic, in the order of their days."""


def resolve(store: Store, story_id: int) -> int | None:
    """Return the id that a story has now: its own, the one it was merged into, or None where there never was one."""
    found: int | None = store.value("SELECT id FROM stories WHERE id = ?", (story_id,))
    return found or store.value("SELECT story_id FROM story_aliases WHERE old_id = ?", (story_id,))


def emptied(store: Store, story_id: int) -> str | None:
    """Return since when a story has no article any more; None where it has, or where there never was such a story."""
    return StoryStore(store).emptied(story_id)


def coverage(store: Store, story_id: int) -> Coverage | None:
    """Return one story in full, or None where there is none with this id (or that once had it)."""
    now_at = resolve(store, story_id)
    if now_at is None:
        return None
    pairs = story_pairs(store, now_at)
    covered = covering(store, now_at, pairs)
    articles = {one.article_id: store.article(one.article_id) for one in covered[:ARTICLES_COMPARED]}
    said = tuple(compare.utterances(list(articles.values())))
    row = store.rows("SELECT title, outlets, articles FROM stories WHERE id = ?", (now_at,))[0]
    return Coverage(
        story_id=now_at,
        title=row["title"],
        outlets=row["outlets"],
        articles=row["articles"],
        independent_texts=independent([one.article_id for one in covered], pairs),
        coverage=covered,
        quotations=said,
        own=own_in(articles),
        left_out=left_out(list(articles.values()), said),
        pairs=pairs,
        decisions=tuple(decisions(store, now_at)),
        linked=linked_stories(store, now_at),
    )


def linked_stories(store: Store, story_id: int) -> tuple[LinkedStory, ...]:
    """Return the stories that are linked to a story, in the order of their days."""
    rows = store.rows(
        "SELECT linked_story_id, linked_title, linked_first_day, linked_last_day, linked_outlets, kind, score"
        "  FROM story_links_list WHERE story_id = ? ORDER BY linked_first_day, linked_story_id",
        (story_id,),
    )
    return tuple(LinkedStory(*row) for row in rows)


def own_in(articles: dict[int, Article]) -> dict[int, compare.Own]:
    """Return what each article alone has, those left out that have nothing of their own."""
    return {i: has for i, has in compare.own(articles).items() if has.paragraphs or has.facts}


def story_pairs(store: Store, story_id: int) -> tuple[StoryPair, ...]:
    """Return the verified pairs inside a story, highest score first."""
    rows = store.rows(
        """
        SELECT p.a, p.b, p.kind, p.score FROM coverage AS c
          JOIN pairs AS p ON p.a = c.article_id
          JOIN coverage AS d ON d.article_id = p.b AND d.story_id = c.story_id
         WHERE c.story_id = ? ORDER BY p.score DESC, p.a, p.b""",
        (story_id,),
    )
    return tuple(StoryPair(*row) for row in rows)


def covering(store: Store, story_id: int, pairs: Sequence[StoryPair]) -> tuple[Covered, ...]:
    """Return the articles of a story in the order of time."""
    shared: dict[int, list[int]] = {}
    for pair in pairs:
        if pair.kind == "same_text":
            shared.setdefault(pair.a, []).append(pair.b)
            shared.setdefault(pair.b, []).append(pair.a)
    rows = store.rows(
        """
        SELECT a.id AS article_id, a.outlet, coalesce(o.title, a.outlet) AS outlet_title, a.url, a.title,
               a.published_text, a.published_day,
               a.published_at, a.first_seen_at, a.source_credit, c.score,
               m.shared AS text_elsewhere
          FROM coverage AS c JOIN articles AS a ON a.id = c.article_id LEFT JOIN outlets AS o ON o.name = a.outlet
          LEFT JOIN family_members AS m ON m.article_id = a.id
         WHERE c.story_id = ?
         ORDER BY coalesce(a.published_day, substr(a.first_seen_at, 1, 10)),
                  coalesce(a.published_at, a.published_day, a.first_seen_at), a.id""",
        (story_id,),
    )
    return tuple(
        Covered(**dict(row), shares_text_with=tuple(sorted(shared.get(row["article_id"], ())))) for row in rows
    )


def independent(article_ids: Iterable[int], pairs: Iterable[StoryPair]) -> int:
    """Return how many groups remain when articles that share text are counted as one."""
    leads = {article_id: article_id for article_id in article_ids}

    def lead(article_id: int) -> int:
        while leads[article_id] != article_id:
            leads[article_id] = leads[leads[article_id]]
            article_id = leads[article_id]
        return article_id

    for pair in pairs:
        if pair.kind == "same_text":
            leads[lead(pair.b)] = lead(pair.a)
    return sum(lead(article_id) == article_id for article_id in leads)


@dataclass(frozen=True)
class StoryLine:
    """One line of the list of stories."""

    story_id: int
    title: str
    first_day: str | None
    last_day: str | None
    outlets: tuple[str, ...]
    articles: int
    independent_texts: int


def story_list(store: Store, *, least_outlets: int = 2, most: int = 50) -> list[StoryLine]:
    """Return the stories that most outlets cover, newest day first within the same number."""
    rows = store.rows(
        "SELECT id, title, first_day, last_day, articles FROM stories WHERE outlets >= ?"
        " ORDER BY outlets DESC, last_day DESC, id LIMIT ?",
        (least_outlets, most),
    )
    return [story_line(store, row) for row in rows]


def story_line(store: Store, row: sqlite3.Row) -> StoryLine:
    """Return one line from a story's row."""
    members = store.rows(
        "SELECT a.id, coalesce(o.title, a.outlet) AS outlet"
        " FROM coverage AS c JOIN articles AS a ON a.id = c.article_id"
        " LEFT JOIN outlets AS o ON o.name = a.outlet WHERE c.story_id = ?"
        " ORDER BY coalesce(a.published_at, a.published_day, a.first_seen_at), a.id",
        (row["id"],),
    )
    return StoryLine(
        story_id=row["id"],
        title=row["title"],
        first_day=row["first_day"],
        last_day=row["last_day"],
        outlets=tuple(dict.fromkeys(member["outlet"] for member in members)),
        articles=row["articles"],
        independent_texts=independent((m["id"] for m in members), story_pairs(store, row["id"])),
    )
