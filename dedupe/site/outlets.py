"""The outlets: how much of each is here and how fresh, what it covers first and alone, with whom it shares text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote, unquote

from dedupe.site.answer import Answer, Entry
from dedupe.site.asked import Asked
from dedupe.store import Store

DAYS = 30
"""The time, up to an outlet's newest printed day, in which its page looks at what it covers first, alone and shared."""
STORIES_NAMED = 10
ARTICLES = 20
"""Articles of one page of the newest."""
MOST_PAGES = 500
OUT_AT = (
    "CASE WHEN {0}.published_at IS NOT NULL THEN {0}.published_at WHEN {0}.published_day IS NULL THEN {0}.first_seen_at"
    " ELSE min({0}.first_seen_at, {0}.published_day || 'T23:59:59Z') END"
)
"""When an article was out at the latest: the printed time; without one the end of the printed day or first seen."""


@dataclass(frozen=True)
class Listed:
    """One outlet of the list."""

    outlet: str
    title: str
    language: str | None
    country: str | None
    articles: int
    first_day: str | None
    last_day: str | None
    last_crawled_at: str | None
    """End of the last run that crawled it to its end; None where it was only read from files."""
    last_result: str | None
    open_alarms: int


@dataclass(frozen=True)
class Alarm:
    """Something that is otherwise than the outlet's own past says it should be."""

    kind: str
    subject: str
    """Which selector, where the kind is `selector`; else empty."""
    since: str
    text: str
    """In English, as newscrawl wrote it."""


@dataclass(frozen=True)
class Health:
    """How the last run at an outlet went."""

    last_run_at: str
    finished: str
    """How the crawl ended, `finished` where all went well; empty where nothing is written down of it."""
    ending: str
    """The same; where nothing is written down, how the run as a whole stands (`running`, `crashed`)."""
    last_finished_at: str | None
    saved: int
    new_versions: int
    rejected: int
    failed: int
    alarms: tuple[Alarm, ...]
    """Those that stand, the oldest first."""


@dataclass(frozen=True)
class Told:
    """A story of the outlet."""

    story_id: int
    title: str
    day: str | None
    outlets: int


@dataclass(frozen=True)
class SharedWith:
    """Another outlet with some of the same texts."""

    outlet: str
    title: str
    texts: int
    earlier: int
    """Of these, texts that this outlet had first."""
    later: int
    """Of these, texts that the other outlet had first; what is left had the same moment."""
    example: int
    """The newest article of this outlet among them."""


@dataclass(frozen=True)
class Recent:
    """What an outlet did in the last DAYS days of its articles."""

    since: str
    until: str
    articles: int
    stories: int
    shared_stories: int
    """Of these, stories that another outlet covers too."""
    firsts: int
    """Of these, stories in which it was the first."""
    alone: int
    """Stories that no other outlet covers."""
    first_in: tuple[Told, ...]
    alone_in: tuple[Told, ...]
    shares: tuple[SharedWith, ...]


@dataclass(frozen=True)
class Newest:
    """One of an outlet's newest articles."""

    article_id: int
    title: str
    url: str
    published_text: str | None
    published_day: str | None
    published_at: str | None
    first_seen_at: str
    story_id: int | None
    story_outlets: int


@dataclass(frozen=True)
class OutletPage:
    """One outlet."""

    outlet: str
    title: str
    homepage: str | None
    language: str | None
    country: str | None
    first_seen_at: str
    articles: int
    first_day: str | None
    last_day: str | None
    health: Health | None
    """None where it was never crawled here."""
    recent: Recent | None
    """None where no article of it is dated."""
    newest: tuple[Newest, ...]
    page: int
    has_more: bool


def listing(asked: Asked) -> Answer:
    """Return the list of all outlets, in the order of their titles."""
    shown = listed(asked.store)
    return Answer(
        template="outlets.html",
        title=asked.wording("outlets_page.title"),
        data=shown,
        rows=[vars(one) for one in shown],
    )


def listed(store: Store) -> tuple[Listed, ...]:
    """Return all outlets with how much of each is here."""
    rows = store.rows(
        """
        SELECT o.name AS outlet, coalesce(o.title, o.name) AS title, o.language, o.country,
               (SELECT count(*) FROM articles AS a WHERE a.outlet = o.name) AS articles,
               (SELECT min(a.published_day) FROM articles AS a WHERE a.outlet = o.name) AS first_day,
               (SELECT max(a.published_day) FROM articles AS a WHERE a.outlet = o.name) AS last_day,
               (SELECT r.finished_at FROM run_outlets AS ro JOIN runs AS r ON r.id = ro.run_id
                 WHERE ro.outlet = o.name AND ro.finished IN ('finished', 'run-minutes')
                 ORDER BY ro.run_id DESC LIMIT 1)
                 AS last_crawled_at,
               (SELECT ro.finished FROM run_outlets AS ro WHERE ro.outlet = o.name ORDER BY ro.run_id DESC LIMIT 1)
                 AS last_result,
               (SELECT count(*) FROM alarms AS l WHERE l.outlet = o.name AND l.ended IS NULL) AS open_alarms
          FROM outlets AS o ORDER BY title COLLATE NOCASE, o.name"""
    )
    return tuple(Listed(**dict(row)) for row in rows)


def page(asked: Asked) -> Answer | None:
    """Return an outlet's page, or None where the store has no such outlet."""
    store, name = asked.store, unquote(asked.named["name"])
    found = store.rows(
        "SELECT coalesce(title, name) AS title, homepage, language, country, first_seen_at,"
        " (SELECT count(*) FROM articles WHERE outlet = :name) AS articles,"
        " (SELECT min(published_day) FROM articles WHERE outlet = :name) AS first_day,"
        " (SELECT max(published_day) FROM articles WHERE outlet = :name) AS last_day"
        "  FROM outlets WHERE name = :name",
        {"name": name},
    )
    if not found:
        return None
    number = asked.number("page", most=MOST_PAGES) or 1
    latest = newest(store, name, number)
    shown = OutletPage(
        outlet=name,
        **dict(found[0]),
        health=health(store, name),
        recent=recent(store, name),
        newest=latest[:ARTICLES],
        page=number,
        has_more=len(latest) > ARTICLES,
    )
    return Answer(
        template="outlet.html",
        title=shown.title,
        data=shown,
        rows=[vars(one) for one in shown.newest],
        entries=[
            Entry(f"/article/{one.article_id}", one.title, one.first_seen_at, one.published_text or "", shown.title)
            for one in shown.newest
        ],
        extra={"with_page": lambda other: f"/outlet/{quote(name, safe='')}?page={other}#newest", "days": DAYS},
    )


def newest(store: Store, name: str, number: int) -> tuple[Newest, ...]:
    """Return one page of an outlet's articles, the newest printed day first, and one more where there is one."""
    rows = store.rows(
        "SELECT a.id AS article_id, a.title, a.url, a.published_text, a.published_day, a.published_at, a.first_seen_at,"
        "       c.story_id, coalesce(s.outlets, 0) AS story_outlets"
        "  FROM articles AS a LEFT JOIN coverage AS c ON c.article_id = a.id"
        "  LEFT JOIN stories AS s ON s.id = c.story_id"
        " WHERE a.outlet = ?"
        " ORDER BY a.published_day DESC, a.published_at DESC, a.first_seen_at DESC, a.id DESC LIMIT ? OFFSET ?",
        (name, ARTICLES + 1, (number - 1) * ARTICLES),
    )
    return tuple(Newest(**dict(row)) for row in rows)


def health(store: Store, name: str) -> Health | None:
    """Return how the last run at an outlet went, or None where there was none."""
    rows = store.rows(
        "SELECT h.last_run_at, h.finished, coalesce(nullif(h.finished, ''), r.status) AS ending, h.last_finished_at,"
        "       h.saved, h.new_versions, h.rejected, h.failed"
        "  FROM outlet_health AS h JOIN runs AS r ON r.id = h.last_run_id WHERE h.outlet = ?",
        (name,),
    )
    alarms = store.rows(
        "SELECT kind, subject, since, text FROM alarms WHERE outlet = ? AND ended IS NULL ORDER BY since, id", (name,)
    )
    return Health(**dict(rows[0]), alarms=tuple(Alarm(**dict(row)) for row in alarms)) if rows else None


def recent(store: Store, name: str) -> Recent | None:
    """Return what an outlet did in the DAYS days up to its newest printed day; days in the future are not taken."""
    until: str | None = store.value(
        "SELECT max(published_day) FROM articles WHERE outlet = ? AND published_day <= date('now', '+1 day')", (name,)
    )
    if until is None:
        return None
    since = (date.fromisoformat(until) - timedelta(days=DAYS - 1)).isoformat()
    asked = {"name": name, "since": since, "until": until}
    told = stories(store, asked)
    with_others = [row for row in told if row["others_at"] is not None]
    first = [row for row in with_others if row["at"] < row["others_at"]]
    alone = [row for row in told if row["others_at"] is None]
    return Recent(
        since=since,
        until=until,
        articles=sum(row["articles"] for row in told),
        stories=len(told),
        shared_stories=len(with_others),
        firsts=len(first),
        alone=len(alone),
        first_in=tuple(as_told(row) for row in first[:STORIES_NAMED]),
        alone_in=tuple(as_told(row) for row in alone[:STORIES_NAMED]),
        shares=shares(store, asked),
    )


def stories(store: Store, asked: dict[str, str]) -> list[Any]:
    """Return the stories of an outlet's articles of some days: when it was out with them, and when the others were."""
    return store.rows(
        f"""
        WITH mine AS MATERIALIZED (
            SELECT c.story_id, count(*) AS articles, min({OUT_AT.format("a")}) AS at
              FROM articles AS a JOIN coverage AS c ON c.article_id = a.id
             WHERE a.outlet = :name AND a.published_day BETWEEN :since AND :until
             GROUP BY c.story_id)
        SELECT s.id, s.title, s.last_day, s.outlets, m.articles, m.at,
               CASE WHEN s.outlets > 1 THEN
                   (SELECT min({OUT_AT.format("b")}) FROM coverage AS d JOIN articles AS b ON b.id = d.article_id
                     WHERE d.story_id = s.id AND b.outlet <> :name) END AS others_at
          FROM mine AS m JOIN stories AS s ON s.id = m.story_id
         ORDER BY s.last_day DESC, s.outlets DESC, s.id DESC""",
        asked,
    )


def as_told(row: Any) -> Told:
    """Return a story of an outlet from its row."""
    return Told(row["id"], row["title"], row["last_day"], row["outlets"])


def shares(store: Store, asked: dict[str, str]) -> tuple[SharedWith, ...]:
    """Return the outlets that have some of the texts of an outlet's articles of some days, those with most first."""
    rows = store.rows(
        f"""
        WITH mine AS MATERIALIZED (
            SELECT m.family_id, max(a.id) AS article_id, min({OUT_AT.format("a")}) AS at
              FROM articles AS a JOIN family_members AS m ON m.article_id = a.id
             WHERE a.outlet = :name AND a.published_day BETWEEN :since AND :until
             GROUP BY m.family_id),
        theirs AS (
            SELECT b.outlet, mine.article_id, mine.at, min({OUT_AT.format("b")}) AS others_at
              FROM mine JOIN family_members AS m ON m.family_id = mine.family_id
              JOIN articles AS b ON b.id = m.article_id
             WHERE b.outlet <> :name
             GROUP BY mine.family_id, b.outlet)
        SELECT t.outlet, coalesce(o.title, t.outlet) AS title, count(*) AS texts,
               sum(t.at < t.others_at) AS earlier, sum(t.at > t.others_at) AS later, max(t.article_id) AS example
          FROM theirs AS t LEFT JOIN outlets AS o ON o.name = t.outlet
         GROUP BY t.outlet ORDER BY texts DESC, title COLLATE NOCASE""",
        asked,
    )
    return tuple(SharedWith(**dict(row)) for row in rows)
