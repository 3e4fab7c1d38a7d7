"""The seen-table and the listings: what is known, due, fetched, failed, gone, and when it is asked for next."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dedupe.store import Store, moment


@dataclass(frozen=True, kw_only=True)
class Announced:
    """An address that a listing names."""

    url: str
    """The canonical one."""
    text: str | None = None
    """The date that the listing prints beside it."""
    asked_as: str | None = None
    """The spelling to ask for, where that is another."""
    news_at: datetime


@dataclass(frozen=True, kw_only=True)
class PageState:
    """What is known of a page: as much as a crawl needs to ask for it."""

    url: str
    status: str
    """`due`, `article`, `reject` or `failed`."""
    failures: int
    first_seen_at: datetime
    announced_text: str | None = None
    announced_url: str | None = None
    article_id: int | None = None
    raw: str | None = None
    """Key of the body that was last read."""
    etag: str | None = None
    last_modified: str | None = None
    last_fetched_at: datetime | None = None
    next_due_at: datetime | None = None
    missed_at: datetime | None = None
    gone_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ListingState:
    """What is known of a listing."""

    url: str
    outlet: str
    kind: str
    parent: str | None = None
    is_pending: bool = False
    """Whether its parent has named it since it was last read."""
    said_modified: str | None = None
    read_modified: str | None = None
    read_as: str | None = None
    http_status: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    links: int = 0
    failures: int = 0
    poll_seconds: int | None = None
    last_asked_at: datetime | None = None
    last_read_at: datetime | None = None
    last_news_at: datetime | None = None
    next_due_at: datetime | None = None


PAGE_COLUMNS = ", ".join(PageState.__dataclass_fields__)
LISTING_COLUMNS = tuple(ListingState.__dataclass_fields__)


class PageStore:
    """Reads and writes of pages and listings."""

    def __init__(self, store: Store) -> None:
        self.store = store

    # --- pages -----------------------------------------------------------------------------------

    def pages(self, urls: Iterable[str]) -> dict[str, PageState]:
        """Return what is known of those addresses that are known."""
        rows = self.store.rows_in(f"SELECT {PAGE_COLUMNS} FROM pages WHERE url IN ({{}})", urls)
        return {row["url"]: as_page(row) for row in rows}

    def announce(self, outlet: str, announced: Iterable[Announced], at: datetime) -> None:
        """Remember addresses as due: to be fetched, whatever became of them before."""
        with self.store.transaction():
            self.store.connection.executemany(
                """
                INSERT INTO pages (url, outlet, status, announced_text, announced_url, first_seen_at, news_at)
                VALUES (?, ?, 'due', ?, ?, ?, ?)
                ON CONFLICT (url) DO UPDATE SET
                    status = 'due', failures = 0, next_due_at = NULL, announced_url = excluded.announced_url
                """,
                (
                    (one.url, outlet, one.text, one.asked_as, moment(at), moment(min(one.news_at, at)))
                    for one in announced
                ),
            )

    def to_ask(self, outlet: str, at: datetime, most: int, failed_before: datetime | None = None) -> list[PageState]:
        """Return pages of an outlet that are due, to be tried or looked at again, the newest first.

        With `failed_before` also those that failed before that moment and wait for their next try.
        """
        rows = self.store.rows(
            f"""
            SELECT {PAGE_COLUMNS} FROM (
                SELECT * FROM (
                    SELECT * FROM pages INDEXED BY pages_due
                     WHERE outlet = :outlet AND status = 'due' AND coalesce(next_due_at, '') <= :at
                     ORDER BY news_at DESC, url LIMIT :most)
                UNION ALL
                SELECT * FROM (
                    SELECT * FROM pages INDEXED BY pages_again
                     WHERE outlet = :outlet AND status <> 'due' AND next_due_at <= :at
                     ORDER BY news_at DESC, url LIMIT :most)
                UNION ALL
                SELECT * FROM (
                    SELECT * FROM pages
                     WHERE outlet = :outlet AND status = 'failed' AND +next_due_at > :at
                       AND last_fetched_at < :failed_before
                     ORDER BY news_at DESC, url LIMIT :most))
             ORDER BY news_at DESC, url LIMIT :most
            """,
            {
                "outlet": outlet,
                "at": moment(at),
                "most": most,
                "failed_before": moment(failed_before) if failed_before else "",
            },
        )
        return [as_page(row) for row in rows]

    def note_fetched(
        self, url: str, *, etag: str | None, last_modified: str | None, next_due_at: datetime | None, is_look: bool
    ) -> None:
        """Remember what a page was fetched with, and when it is looked at again; it is there, whatever was before."""
        self.store.connection.execute(
            "UPDATE pages SET etag = ?, last_modified = ?, next_due_at = ?, missed_at = NULL, gone_at = NULL,"
            " looks = looks + ? WHERE url = ?",
            (etag, last_modified, stored(next_due_at), int(is_look), url),
        )

    def note_unchanged(self, url: str, at: datetime, next_due_at: datetime | None) -> None:
        """Remember that a page is as it was when last read."""
        with self.store.transaction():
            self.store.connection.execute(
                "UPDATE pages SET status = CASE WHEN article_id IS NULL THEN status ELSE 'article' END, failures = 0,"
                " last_fetched_at = ?, next_due_at = ?, missed_at = NULL, gone_at = NULL, looks = looks + 1"
                " WHERE url = ?",
                (moment(at), stored(next_due_at), url),
            )

    def note_missing(self, url: str, at: datetime, next_due_at: datetime | None, *, is_gone: bool) -> None:
        """Remember that a page answers 404 or 410, for good or not yet."""
        self.store.connection.execute(
            "UPDATE pages SET missed_at = coalesce(missed_at, :at), gone_at = CASE WHEN :gone THEN :at END,"
            " last_fetched_at = :at, next_due_at = :next, status = CASE WHEN status <> 'due' THEN status"
            " WHEN article_id IS NULL THEN 'failed' ELSE 'article' END WHERE url = :url",
            {"at": moment(at), "gone": is_gone, "next": stored(next_due_at), "url": url},
        )

    def put_off(self, url: str, until: datetime | None) -> None:
        """Leave a page alone until a moment; without one until a listing names it again."""
        self.store.connection.execute("UPDATE pages SET next_due_at = ? WHERE url = ?", (stored(until), url))

    # --- listings --------------------------------------------------------------------------------

    def listings(self, urls: Iterable[str]) -> dict[str, ListingState]:
        """Return what is known of those listings that are known."""
        rows = self.store.rows_in("SELECT * FROM listings WHERE url IN ({})", urls)
        return {row["url"]: as_listing(row) for row in rows}

    def plan(self, outlet: str, kind: str, parent: str, named: Iterable[tuple[str, str | None]], at: datetime) -> None:
        """Remember listings, each with its last change as printed, as to be read: a killed crawl goes on with them."""
        with self.store.transaction():
            self.store.connection.executemany(
                """
                INSERT INTO listings (url, outlet, kind, parent, is_pending, said_modified, first_seen_at)
                VALUES (?, ?, ?, ?, 1, ?, ?)
                ON CONFLICT (url) DO UPDATE SET
                    is_pending = 1, parent = excluded.parent, said_modified = excluded.said_modified
                """,
                ((url, outlet, kind, parent, said, moment(at)) for url, said in named),
            )

    def pending(self, outlet: str, parent: str) -> list[str]:
        """Return the listings that one led to and that are not read yet, the last named address first."""
        rows = self.store.rows(
            "SELECT url FROM listings WHERE outlet = ? AND parent = ? AND is_pending ORDER BY url DESC",
            (outlet, parent),
        )
        return [row["url"] for row in rows]

    def undated(self, outlet: str, parent: str) -> list[ListingState]:
        """Return the listings that one led to without saying when they changed, and that are read."""
        rows = self.store.rows(
            "SELECT * FROM listings WHERE outlet = ? AND parent = ? AND said_modified IS NULL AND NOT is_pending"
            " ORDER BY url DESC",
            (outlet, parent),
        )
        return [as_listing(row) for row in rows]

    def links_below(self, outlet: str, parent: str) -> dict[str, int]:
        """Return the listings that one led to, each with how many links to articles it had when last read."""
        rows = self.store.rows("SELECT url, links FROM listings WHERE outlet = ? AND parent = ?", (outlet, parent))
        return {row["url"]: row["links"] for row in rows}

    def save_listing(self, state: ListingState, at: datetime) -> None:
        """Write what is known of a listing now."""
        values = {name: as_stored(getattr(state, name)) for name in LISTING_COLUMNS}
        kept = ", ".join(f"{name} = excluded.{name}" for name in LISTING_COLUMNS if name not in {"url", "parent"})
        with self.store.transaction():
            self.store.connection.execute(
                f"INSERT INTO listings ({', '.join(values)}, first_seen_at)"
                f" VALUES ({', '.join(f':{name}' for name in values)}, :first_seen_at)"
                f" ON CONFLICT (url) DO UPDATE SET {kept}",
                {**values, "first_seen_at": moment(at)},
            )


def as_page(row: sqlite3.Row) -> PageState:
    """Return the state that a row of `pages` holds."""
    return PageState(**{name: as_read(name, row[name]) for name in PageState.__dataclass_fields__})


def as_listing(row: sqlite3.Row) -> ListingState:
    """Return the state that a row of `listings` holds."""
    said = {name: as_read(name, row[name]) for name in LISTING_COLUMNS}
    return ListingState(**{**said, "is_pending": bool(said["is_pending"])})


def as_read(name: str, value: Any) -> Any:
    """Return a stored value; moments are in columns whose name ends with `_at`."""
    return datetime.fromisoformat(value) if name.endswith("_at") and isinstance(value, str) else value


def as_stored(value: object) -> object:
    """Return a value as SQLite keeps it."""
    return moment(value) if isinstance(value, datetime) else value


def stored(at: datetime | None) -> str | None:
    """Return a moment as stored, None where there is none."""
    return moment(at) if at else None
