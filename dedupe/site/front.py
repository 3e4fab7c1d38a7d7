"""The front page: the stories of a day by number of outlets, and how fresh every outlet is."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from dedupe.site.answer import Answer, Entry
from dedupe.site.asked import Asked
from dedupe.store import Store

STORIES = 40
"""Stories of one page of the list."""
MOST_PAGES = 50
LONGEST_STORY = timedelta(days=30)
"""A story that began earlier before the day is not looked for under it: stories end within days."""
LEAST_OUTLETS = {"several": (2, 1_000_000), "one": (1, 1), "all": (1, 1_000_000)}
"""What `kind` asks for: least and most outlets of a story."""


@dataclass(frozen=True)
class Line:
    """One story of the list."""

    story_id: int
    title: str
    first_day: str
    last_day: str
    outlets: int
    articles: int
    first_seen_at: str | None
    named: tuple[str, ...]
    """Titles of the outlets, the earliest first; at most as many as fit a line."""


@dataclass(frozen=True)
class Fresh:
    """How fresh one outlet is."""

    outlet: str
    title: str
    language: str | None
    last_day: str | None
    """The newest printed day of its articles here."""
    last_crawled_at: str | None
    """End of the last run that crawled it to its end; None where it was only read from files."""
    last_result: str | None
    """How the last run at it ended: Scrapy's word, `finished` where all went well."""


@dataclass(frozen=True)
class Front:
    """One page of the stories of a day."""

    day: str | None
    earlier: str | None
    later: str | None
    kind: str
    outlet: str
    language: str
    page: int
    has_more: bool
    stories: tuple[Line, ...]
    freshness: tuple[Fresh, ...]


OUTLETS_NAMED = 6
COVERED_BY = (
    " AND EXISTS (SELECT 1 FROM coverage AS c JOIN articles AS a ON a.id = c.article_id"
    " WHERE c.story_id = s.id AND a.{} = ?)"
)


def page(asked: Asked) -> Answer:
    """Return the stories of a day: the newest day that has any, unless one is asked for."""
    store = asked.store
    kind = asked.said("kind") if asked.said("kind") in LEAST_OUTLETS else "several"
    day = asked_day(asked) or newest_day(store, *LEAST_OUTLETS[kind]) or newest_day(store)
    outlet, language = asked.said("outlet"), asked.said("language", 8)
    number = asked.number("page", most=MOST_PAGES) or 1
    found = stories(store, day, kind, outlet, language, number)
    shown = Front(
        day=day,
        earlier=neighbour(store, day, -1),
        later=neighbour(store, day, 1),
        kind=kind,
        outlet=outlet,
        language=language,
        page=number,
        has_more=len(found) > STORIES,
        stories=tuple(found[:STORIES]),
        freshness=freshness(store),
    )
    t = asked.wording
    entries = [
        Entry(
            f"/story/{one.story_id}",
            one.title,
            one.first_seen_at or f"{one.first_day}T00:00:00Z",
            t("outlets", one.outlets),
        )
        for one in shown.stories
    ]
    kept = {"day": asked.said("day"), "kind": kind, "outlet": outlet, "language": language}
    return Answer(
        template="front.html",
        title=t("front.title", day=t.day(day)) if day else t("front.empty"),
        data=shown,
        rows=[{"story_id": s.story_id, "title": s.title, "first_day": s.first_day, "last_day": s.last_day,
               "outlets": s.outlets, "articles": s.articles} for s in shown.stories],
        entries=entries,
        extra={
            "kinds": tuple(LEAST_OUTLETS),
            "outlets": [(one.outlet, one.title) for one in shown.freshness],
            "languages": sorted({one.language for one in shown.freshness if one.language}),
            "with_day": lambda other: f"/?{urlencode({**kept, 'day': other})}",
            "with_page": lambda other: f"/?{urlencode({**kept, 'page': other})}",
        },
    )  # fmt: skip


def asked_day(asked: Asked) -> str | None:
    """Return the day that was asked for, or None where what was typed in is no day."""
    try:
        return date.fromisoformat(asked.said("day", 10)).isoformat()
    except ValueError:
        return None


def newest_day(store: Store, least: int = 1, most: int = 1_000_000) -> str | None:
    """Return the newest day on which a story of so many outlets went on.

    Days that a page's clock set in the future are not taken.
    """
    found: str | None = store.value(
        "SELECT last_day FROM stories WHERE last_day <= date('now', '+1 day') AND outlets BETWEEN ? AND ?"
        " ORDER BY last_day DESC LIMIT 1",
        (least, most),
    )
    return found


def neighbour(store: Store, day: str | None, step: int) -> str | None:
    """Return the nearest day before or after with a story, or None."""
    if day is None:
        return None
    found: str | None = (
        store.value("SELECT max(last_day) FROM stories WHERE last_day < ?", (day,))
        if step < 0
        else store.value("SELECT min(last_day) FROM stories WHERE last_day > ?", (day,))
    )
    return found


def stories(store: Store, day: str | None, kind: str, outlet: str, language: str, number: int) -> list[Line]:  # noqa: PLR0913, PLR0917 - one argument a filter
    """Return one page of the stories that went on at a day, and one more where there is one."""
    if day is None:
        return []
    least, most = LEAST_OUTLETS[kind]
    latest = (date.fromisoformat(day) + LONGEST_STORY).isoformat() if day < "9999" else day
    where, values = "", [day, latest, day, least, most]
    if outlet:
        where += COVERED_BY.format("outlet")
        values.append(outlet)
    if language:
        where += COVERED_BY.format("language")
        values.append(language)
    rows = store.rows(
        "SELECT s.id, s.title, s.first_day, s.last_day, s.outlets, s.articles FROM stories AS s"
        f" WHERE s.last_day BETWEEN ? AND ? AND s.first_day <= ? AND s.outlets BETWEEN ? AND ?{where}"
        " ORDER BY s.outlets DESC, s.articles DESC, s.id LIMIT ? OFFSET ?",
        [*values, STORIES + 1, (number - 1) * STORIES],
    )
    return [line(store, row) for row in rows]


def line(store: Store, row: sqlite3.Row) -> Line:
    """Return one line of the list from a story's row."""
    seen, named = first_of(store, row["id"])
    return Line(
        story_id=row["id"],
        title=row["title"],
        first_day=row["first_day"],
        last_day=row["last_day"],
        outlets=row["outlets"],
        articles=row["articles"],
        first_seen_at=seen,
        named=named,
    )


def first_of(store: Store, story_id: int) -> tuple[str | None, tuple[str, ...]]:
    """Return when a story was first seen here, and the outlets that cover it in the order of their time."""
    rows = store.rows(
        "SELECT coalesce(o.title, a.outlet) AS title, min(a.first_seen_at) AS seen FROM coverage AS c"
        " JOIN articles AS a ON a.id = c.article_id LEFT JOIN outlets AS o ON o.name = a.outlet"
        " WHERE c.story_id = ? GROUP BY a.outlet"
        " ORDER BY min(coalesce(a.published_at, a.published_day, a.first_seen_at)) LIMIT ?",
        (story_id, OUTLETS_NAMED),
    )
    return min((row["seen"] for row in rows), default=None), tuple(row["title"] for row in rows)


def freshness(store: Store) -> tuple[Fresh, ...]:
    """Return how fresh every outlet is, in the order of their titles."""
    rows = store.rows(
        """
        SELECT o.name AS outlet, coalesce(o.title, o.name) AS title, o.language,
               (SELECT max(a.published_day) FROM articles AS a WHERE a.outlet = o.name) AS last_day,
               (SELECT max(r.finished_at) FROM run_outlets AS ro JOIN runs AS r ON r.id = ro.run_id
                 WHERE ro.outlet = o.name AND ro.finished IN ('finished', 'run-minutes')) AS last_crawled_at,
               (SELECT ro.finished FROM run_outlets AS ro WHERE ro.outlet = o.name ORDER BY ro.run_id DESC LIMIT 1)
                 AS last_result
          FROM outlets AS o ORDER BY title COLLATE NOCASE"""
    )
    return tuple(Fresh(**dict(row)) for row in rows)
