"""An article's page: its text, quotations and versions, and where each field came from."""

from __future__ import annotations

from dataclasses import dataclass

from dedupe.changes import Run, changes
from dedupe.model import Article
from dedupe.site.answer import Answer, Download
from dedupe.site.asked import Asked
from dedupe.store import Store

VERSIONS_COMPARED = 20


@dataclass(frozen=True)
class Version:
    """The text of an article at one time."""

    number: int
    title: str
    seen_at: str
    modified_text: str | None
    raw: str | None
    title_changes: tuple[Run, ...]
    """Against the version before; empty for the first."""
    paragraphs: tuple[tuple[Run, ...], ...]
    """The same of the text: only paragraphs that differ, and one before and after each."""


@dataclass(frozen=True)
class Family:
    """Another article that has some of the same text."""

    article_id: int
    outlet: str
    outlet_title: str
    title: str
    kind: str | None
    shared: float
    is_earliest: bool
    seen_at: str


@dataclass(frozen=True)
class ArticlePage:
    """One article in full."""

    article_id: int
    article: Article
    outlet_title: str
    first_seen_at: str
    changed_at: str
    story_id: int | None
    story_outlets: int
    versions: tuple[Version, ...]
    family: tuple[Family, ...]


def page(asked: Asked) -> Answer | None:
    """Return an article's page, or None where there is no such article."""
    article_id, store = int(asked.named["article_id"]), asked.store
    found = store.rows(
        "SELECT a.*, coalesce(o.title, a.outlet) AS outlet_title, c.story_id, s.outlets AS story_outlets"
        "  FROM articles AS a LEFT JOIN outlets AS o ON o.name = a.outlet"
        "  LEFT JOIN coverage AS c ON c.article_id = a.id LEFT JOIN stories AS s ON s.id = c.story_id WHERE a.id = ?",
        (article_id,),
    )
    if not found:
        return None
    row, article = found[0], store.article(article_id)
    shown = ArticlePage(
        article_id=article_id,
        article=article,
        outlet_title=row["outlet_title"],
        first_seen_at=row["first_seen_at"],
        changed_at=row["changed_at"],
        story_id=row["story_id"],
        story_outlets=row["story_outlets"] or 0,
        versions=versions(store, article_id),
        family=family(store, article_id),
    )
    return Answer(
        template="article.html",
        title=article.title,
        data=shown,
        rows=[
            {"version": v.number, "seen_at": v.seen_at, "title": v.title, "modified_text": v.modified_text}
            for v in shown.versions
        ],
        extra={
            "provenance": sorted(article.provenance.items()),
            "paragraphs": article.body.split("\n"),
            "has_raw": {v.number for v in shown.versions if v.raw and asked.ties.raw_body(store.path, v.raw)},
        },
    )


def versions(store: Store, article_id: int) -> tuple[Version, ...]:
    """Return the versions of an article, the newest first, each with what changed against the one before."""
    rows = store.rows(
        "SELECT number, title, body, seen_at, modified_text, raw FROM versions WHERE article_id = ?"
        " ORDER BY number DESC LIMIT ?",
        (article_id, VERSIONS_COMPARED + 1),
    )
    found = []
    for place, row in enumerate(rows[:VERSIONS_COMPARED]):
        before = rows[place + 1] if place + 1 < len(rows) else None
        titles = changes(before["title"], row["title"])[0] if before else []
        texts = around_changes(changes(before["body"], row["body"])) if before else ()
        found.append(
            Version(row["number"], row["title"], row["seen_at"], row["modified_text"], row["raw"], tuple(titles), texts)
        )
    return tuple(found)


def around_changes(paragraphs: list[list[Run]]) -> tuple[tuple[Run, ...], ...]:
    """Return the paragraphs that changed, with one unchanged before and after each."""
    changed = {place for place, runs in enumerate(paragraphs) if any(kind != "same" for _, kind in runs)}
    near = {place + step for place in changed for step in (-1, 0, 1)}
    return tuple(tuple(runs) for place, runs in enumerate(paragraphs) if place in near)


def family(store: Store, article_id: int) -> tuple[Family, ...]:
    """Return the other articles of an article's family of texts, the earliest first."""
    family_id = store.value("SELECT family_id FROM family_members WHERE article_id = ?", (article_id,))
    rows = store.rows(
        "SELECT f.article_id, f.outlet, coalesce(o.title, f.outlet) AS outlet_title, f.title, f.kind, f.shared,"
        "       f.is_earliest, f.seen_at"
        "  FROM text_families AS f LEFT JOIN outlets AS o ON o.name = f.outlet"
        " WHERE f.family_id = ? AND f.article_id <> ? ORDER BY f.seen_at, f.article_id LIMIT 100",
        (family_id, article_id),
    )
    return tuple(Family(**{**dict(row), "is_earliest": bool(row["is_earliest"])}) for row in rows)


def raw(asked: Asked) -> Download | None:
    """Return the kept page of one version as it was fetched, to be saved and never shown as a page of ours."""
    article_id, number = int(asked.named["article_id"]), int(asked.named["version"])
    key = asked.store.value("SELECT raw FROM versions WHERE article_id = ? AND number = ?", (article_id, number))
    body = asked.ties.raw_body(asked.store.path, key) if key else None
    return None if body is None else Download(body, f"article-{article_id}-version-{number}.html")
