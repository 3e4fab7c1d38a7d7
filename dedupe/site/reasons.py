"""Why two articles are, or are not, in one story: every part of the score with what the two have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dedupe.compare import Utterance
from dedupe.lookup import explain
from dedupe.model import Article
from dedupe.site.answer import Answer, Moved
from dedupe.site.asked import Asked


@dataclass(frozen=True)
class Side:
    """One of the two articles."""

    article_id: int
    outlet: str
    title: str
    published_text: str | None


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


def side(article_id: int, article: Article) -> Side:
    """Return one side of a pair."""
    return Side(article_id, article.outlet, article.title, article.published_text)


def page(asked: Asked) -> Answer | Moved | None:
    """Return the page of a pair, or None where one of the articles is not there."""
    a, b = int(asked.named["a"]), int(asked.named["b"])
    there = asked.store.rows("SELECT id FROM articles WHERE id IN (?, ?)", (a, b))
    if len(there) != 2:  # noqa: PLR2004 - a pair
        return None
    found = explain(asked.store, a, b)
    shown = Reasons(
        a=side(a, found.a),
        b=side(b, found.b),
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
