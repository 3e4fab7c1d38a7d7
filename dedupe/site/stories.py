"""A story's page: who covered it since when, why it is one story, quotations in all wordings, what each alone has."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from dedupe.compare import passages
from dedupe.covering import ARTICLES_COMPARED, Coverage, Covered, coverage, emptied
from dedupe.not_seen import NotSeen, not_seen
from dedupe.site.answer import Answer, Entry, Moved
from dedupe.site.asked import Asked
from dedupe.store import Store

PAIRS_SHOWN = 60
DEVELOPMENTS = 3
"""Stories of the same running topic that are named on top: the nearest before and after."""


@dataclass(frozen=True)
class StoryPage:
    """One story in full, with the outlets that did not cover it."""

    story: Coverage
    not_seen: NotSeen
    side_by_side: SideBySide | None


@dataclass(frozen=True)
class SideBySide:
    """Two texts of a story beside each other."""

    a: int
    b: int
    left: tuple[tuple[Piece, ...], ...]
    """Paragraphs, each cut into pieces."""
    right: tuple[tuple[Piece, ...], ...]
    shared: tuple[str, ...]


@dataclass(frozen=True)
class Piece:
    """A part of a paragraph: shared with the other text, or not."""

    text: str
    is_shared: bool


def page(asked: Asked) -> Answer | Moved | None:
    """Return a story's page; the address of the story that it has become part of; None where there never was one."""
    story_id = int(asked.named["story_id"])
    found = coverage(asked.store, story_id)
    t = asked.wording
    if found is None:
        since = emptied(asked.store, story_id)
        if since is None:
            return None
        told = t("story.emptied", since=t.moment(since))
        return Answer(template="error.html", title=told, data={"status": 410, "told": told}, status=410)
    if found.story_id != story_id:
        return Moved(f"/story/{found.story_id}")
    by_id = {one.article_id: one for one in found.coverage}
    days = [one.published_day or one.first_seen_at[:10] for one in found.coverage]
    following = [one for one in found.linked if one.kind == "next_development"]
    shown = StoryPage(found, not_seen(asked.store, found), compared(asked, by_id))
    return Answer(
        template="story.html",
        title=found.title,
        data=shown,
        rows=[coverage_row(found.story_id, one) for one in found.coverage],
        entries=[
            Entry(
                one.url,
                f"{one.outlet_title}: {one.title}",
                one.first_seen_at,
                one.published_text or "",
                one.outlet_title,
            )
            for one in sorted(found.coverage, key=lambda one: one.first_seen_at, reverse=True)
        ],
        extra={
            "by_id": by_id,
            "by_url": {one.url: one for one in found.coverage},
            "titles": {one.outlet: one.outlet_title for one in found.coverage},
            "folded": folded,
            "as_printed": printed(bodies(asked.store, list(by_id)[:ARTICLES_COMPARED])),
            "before": [one for one in following if (one.first_day or "") < min(days, default="")][-DEVELOPMENTS:],
            "after": [one for one in following if (one.first_day or "") >= min(days, default="")][:DEVELOPMENTS],
            "pairs": found.pairs[:PAIRS_SHOWN],
            "earliest": found.coverage[0] if found.coverage else None,
            "first_seen": min((one.first_seen_at for one in found.coverage), default=None),
            "credits": credits_of(found),
        },
    )


def folded(them: Sequence[object], most: int, open_ones: int) -> int:
    """Return how many of a list stand open: all, unless there are more than `most`."""
    return len(them) if len(them) <= most else open_ones


def bodies(store: Store, article_ids: Sequence[int]) -> dict[int, str]:
    """Return the texts of some articles."""
    rows = store.rows_in("SELECT id, body FROM articles WHERE id IN ({})", article_ids)
    return {row["id"]: row["body"] for row in rows}


def printed(texts: Mapping[int, str]) -> Callable[..., str]:
    """Return what gives a name or number (which is compared in small letters) as a text prints it.

    It is looked for in one article, or with None in all; where it is not found so, it stays as it is.
    """
    everything = "\n".join(texts.values())

    @cache
    def as_printed(fact: str, article_id: int | None = None) -> str:
        between = r"[^\w\n]{1,3}".join(map(re.escape, fact.split(" ")))
        found = re.search(rf"(?<!\w){between}(?!\w)", texts.get(article_id or 0, everything), re.IGNORECASE)
        return found.group() if found else fact

    return as_printed


def coverage_row(story_id: int, one: Covered) -> dict[str, object]:
    """Return one line of the table of coverage."""
    return {
        "story_id": story_id,
        "article_id": one.article_id,
        "outlet": one.outlet,
        "title": one.title,
        "url": one.url,
        "published_text": one.published_text,
        "published_day": one.published_day,
        "published_at": one.published_at,
        "first_seen_at": one.first_seen_at,
        "source_credit": one.source_credit,
        "score": one.score,
        "text_elsewhere": one.text_elsewhere,
    }


def credits_of(found: Coverage) -> list[tuple[str, list[Covered]]]:
    """Return the sources that outlets credit, each with the articles that do, and last those that name none."""
    named: dict[str, list[Covered]] = {}
    for one in found.coverage:
        named.setdefault(one.source_credit or "", []).append(one)
    return sorted(named.items(), key=lambda item: (not item[0], -len(item[1])))


def compared(asked: Asked, by_id: dict[int, Covered]) -> SideBySide | None:
    """Return two articles of the story side by side where the reader chose two; None where not."""
    a, b = asked.number("a", most=2**63 - 1), asked.number("b", most=2**63 - 1)
    if a is None or b is None or a == b or a not in by_id or b not in by_id:
        return None
    return side_by_side(asked.store, a, b)


def side_by_side(store: Store, a: int, b: int) -> SideBySide:
    """Return two articles' texts with the passages that both have."""
    left, right = store.article(a).body, store.article(b).body
    ours, theirs = passages(left, right), passages(right, left)
    return SideBySide(a, b, pieces(left, ours), pieces(right, theirs), tuple(ours))


def pieces(body: str, shared: list[str]) -> tuple[tuple[Piece, ...], ...]:
    """Return a text's paragraphs, cut where shared passages begin and end; passages stand in the order of the text."""
    marks: list[tuple[int, int]] = []
    place = 0
    for passage in shared:
        start = body.find(passage, place)
        if start >= 0:
            place = start + len(passage)
            marks.append((start, place))
    found: list[tuple[Piece, ...]] = []
    start = 0
    for paragraph in body.split("\n"):
        found.append(tuple(cut(paragraph, start, marks)))
        start += len(paragraph) + 1
    return tuple(found)


def cut(paragraph: str, offset: int, marks: list[tuple[int, int]]) -> list[Piece]:
    """Return one paragraph in pieces; `offset` is where it begins in the whole text."""
    end, place, found = offset + len(paragraph), offset, []
    for start, stop in marks:
        first, last = max(start, offset), min(stop, end)
        if first >= last:
            continue
        if first > place:
            found.append(Piece(paragraph[place - offset : first - offset], is_shared=False))
        found.append(Piece(paragraph[first - offset : last - offset], is_shared=True))
        place = last
    if place < end:
        found.append(Piece(paragraph[place - offset :], is_shared=False))
    return found
