"""Why two articles are, or are not, in one story: every part of the score with what the two have in common."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dedupe.compare import Utterance
from dedupe.explaining import explain
from dedupe.model import Article
from dedupe.site.answer import Answer, Moved
from dedupe.site.asked import Asked


@dataclass(frozen=True)
class Side:
    """One of the two articles."""

    article_id: int
    outlet: str
    outlet_title: str
    title: str
    published_text: str | None
    published_day: date | None
    published_at: datetime | None


@dataclass(frozen=True)
class Reasons:
    """A pair with its evidence."""

    a: Side
    b: Side
    story_id: int | None
    """The story that both are in, or None."""
    kind: str
    score: float
    evidence: dict[str, Any]
    passages: tuple[str, ...]
    quotations: tuple[Utterance, ...]


def side(article_id: int, article: Article, outlet_title: str) -> Side:
    """Return one side of a pair."""
    return Side(
        article_id,
        article.outlet,
        outlet_title,
        article.title,
        article.published_text,
        article.published_day,
        article.published_at,
    )


def page(asked: Asked) -> Answer | Moved | None:
    """Return the page of a pair, or None where one of the articles is not there."""
    a, b = int(asked.named["a"]), int(asked.named["b"])
    titles: dict[int, str] = dict(
        tuple(row)
        for row in asked.store.rows(
            "SELECT a.id, coalesce(o.title, a.outlet) FROM articles AS a LEFT JOIN outlets AS o ON o.name = a.outlet"
            " WHERE a.id IN (?, ?)",
            (a, b),
        )
    )
    if len(titles) != 2:  # noqa: PLR2004 - a pair
        return None
    found = explain(asked.store, a, b)
    shown = Reasons(
        a=side(a, found.a, titles[a]),
        b=side(b, found.b, titles[b]),
        story_id=found.same_story,
        kind=found.pair.kind,
        score=found.pair.score,
        evidence=dict(found.pair.evidence),
        passages=found.passages,
        quotations=found.quotations,
    )
    return Answer(
        template="why.html",
        title=asked.wording("why.title"),
        data=shown,
        rows=[{"a": a, "b": b, "kind": shown.kind, "score": shown.score, "story_id": shown.story_id}],
    )
