"""Raw bodies (zstd) in `pages.db`, kept before anything is read from them."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Self

import zstandard
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from dedupe import StoreError, connect, moment, transaction

LEVEL = 3
"""zstd level: 258 real pages shrink to 17% of their size at 0.7 ms each; level 6: to 16% at 2.1 ms."""
ROWS_AT_ONCE = 500
"""Rows that are read before others may write."""
SCHEMA = (
    # A raw body, once for each content.
    "CREATE TABLE IF NOT EXISTS bodies (hash TEXT PRIMARY KEY, size INTEGER NOT NULL, body BLOB NOT NULL)",
    # A fetch: when an address gave which body.
    """
    CREATE TABLE IF NOT EXISTS fetches (
        id            INTEGER PRIMARY KEY,
        url           TEXT NOT NULL,
        asked_for     TEXT NOT NULL,
        outlet        TEXT NOT NULL,
        fetched_at    TEXT NOT NULL,
        status        INTEGER NOT NULL,
        content_type  TEXT NOT NULL,
        hash          TEXT NOT NULL REFERENCES bodies (hash)
    )
    """,
    # The history of one address.
    "CREATE INDEX IF NOT EXISTS fetches_by_url ON fetches (url)",
    # Which fetches gave a body: what a record repeats, and whether a body may go.
    "CREATE INDEX IF NOT EXISTS fetches_by_hash ON fetches (hash)",
    # All pages of one article.
    "CREATE INDEX IF NOT EXISTS fetches_by_asked_for ON fetches (asked_for)",
)


@dataclass(frozen=True)
class Fetch:
    """One fetched page: its address, the address first asked for, and what came."""

    url: str
    asked_for: str
    outlet: str
    status: int
    content_type: str
    body: bytes
    fetched_at: datetime


@dataclass(frozen=True)
class Packed:
    """A fetch with its body as the archive keeps it."""

    fetch: Fetch
    """Its body left empty."""
    key: str
    """SHA-256 of the body, hex."""
    size: int
    body: bytes
    """Packed with zstd."""


def packed(fetch: Fetch, key: str | None = None) -> Packed:
    """Return a fetch as the archive keeps it; its body's key need not be worked out again where it is known."""
    body = compressor().compress(fetch.body)
    return Packed(replace(fetch, body=b""), key or key_of(fetch.body), len(fetch.body), body)


def key_of(body: bytes) -> str:
    """Return the key of a raw body."""
    return hashlib.sha256(body).hexdigest()


@cache
def compressor() -> zstandard.ZstdCompressor:
    """Return the compressor of this process; making one takes as long as a small page."""
    return zstandard.ZstdCompressor(level=LEVEL)


class Archive:
    """Raw bodies by content hash, and which fetch gave which."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def keep(self, fetch: Fetch) -> str:
        """Commit a raw body and its fetch; return the body's key (SHA-256, hex)."""
        key = key_of(fetch.body)
        with transaction(self.connection):
            if not self.has(key):
                return self.keep_packed(packed(fetch, key))
            self.keep_fetch(fetch, key)
        return key

    def keep_packed(self, page: Packed) -> str:
        """Commit a raw body that is packed already, and its fetch; return the body's key."""
        with transaction(self.connection):
            self.connection.execute(
                "INSERT OR IGNORE INTO bodies (hash, size, body) VALUES (?, ?, ?)", (page.key, page.size, page.body)
            )
            self.keep_fetch(page.fetch, page.key)
        return page.key

    def has(self, key: str) -> bool:
        """Tell whether there is a body with this key."""
        return bool(self.connection.execute("SELECT 1 FROM bodies WHERE hash = ?", (key,)).fetchone())

    def keep_fetch(self, fetch: Fetch, key: str) -> None:
        """Write down which body a fetch gave, once."""
        run = self.connection.execute
        fetched_at = moment(fetch.fetched_at)
        same = (fetch.url, fetched_at, key)
        if run("SELECT 1 FROM fetches WHERE url = ? AND fetched_at = ? AND hash = ?", same).fetchone():
            return
        run(
            "INSERT INTO fetches (url, asked_for, outlet, fetched_at, status, content_type, hash)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (fetch.url, fetch.asked_for, fetch.outlet, fetched_at, fetch.status, fetch.content_type, key),
        )

    def transaction(self) -> AbstractContextManager[None]:
        """Hold several bodies as one write."""
        return transaction(self.connection)

    def body(self, key: str) -> bytes:
        """Return a raw body as it was fetched.

        Raises:
            KeyError: there is no such body.
        """
        row = self.connection.execute("SELECT body, size FROM bodies WHERE hash = ?", (key,)).fetchone()
        if row is None:
            raise KeyError(key)
        return unpacked(row["body"], row["size"])

    def fetches(  # noqa: PLR0913 - one argument for each way to choose
        self,
        *,
        after: int = 0,
        since: str = "",
        until: str = "9999",
        outlet: str | None = None,
        url: str | None = None,
        asked_for: str | None = None,
    ) -> Iterator[Kept]:
        """Yield what was fetched, bodies left where they are, in the order in which it came in.

        `since` and `until` are days or moments, `until` not included.
        """
        chosen = "id > ? AND fetched_at >= ? AND fetched_at < ?"
        values: list[Any] = [after, since, until]
        for column, value in (("outlet", outlet), ("url", url), ("asked_for", asked_for)):
            if value is not None:
                chosen += f" AND {column} = ?"
                values.append(value)
        while rows := self.connection.execute(
            f"SELECT * FROM fetches WHERE {chosen} ORDER BY id LIMIT {ROWS_AT_ONCE}", values
        ).fetchall():
            yield from (Kept(**dict(row)) for row in rows)
            values[0] = rows[-1]["id"]

    def has_earlier(self, fetch: Kept, since: str = "") -> bool:
        """Tell whether a fetch is not the first that its address led to."""
        found = self.connection.execute(
            "SELECT 1 FROM fetches WHERE asked_for = ? AND id < ? AND fetched_at >= ?",
            (fetch.asked_for, fetch.id, since),
        ).fetchone()
        return bool(found)

    def fetch_at(self, url: str, fetched_at: str) -> Kept | None:
        """Return the fetch of an address at a moment."""
        row = self.connection.execute(
            "SELECT * FROM fetches WHERE url = ? AND fetched_at = ?", (url, fetched_at)
        ).fetchone()
        return Kept(**dict(row)) if row else None

    def packed_bodies(self, keys: Iterable[str]) -> dict[str, tuple[bytes, int]]:
        """Return bodies as they lie here, each with its size unpacked; of those that are still kept."""
        found = {}
        for key in dict.fromkeys(keys):
            row = self.connection.execute("SELECT body, size FROM bodies WHERE hash = ?", (key,)).fetchone()
            if row:
                found[key] = (row["body"], row["size"])
        return found

    def number(self) -> int:
        """Return the number of the last fetch."""
        return int(self.connection.execute("SELECT coalesce(max(id), 0) FROM fetches").fetchone()[0])

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


@dataclass(frozen=True)
class Kept:
    """A fetch as the archive has it."""

    id: int
    url: str
    asked_for: str
    outlet: str
    fetched_at: str
    """UTC, as stored."""
    status: int
    content_type: str
    hash: str

    @property
    def at(self) -> datetime:
        """When it was fetched."""
        return datetime.fromisoformat(self.fetched_at)

    def with_body(self, body: bytes) -> Fetch:
        """Return the fetch with its body."""
        return Fetch(self.url, self.asked_for, self.outlet, self.status, self.content_type, body, self.at)


def unpacked(body: bytes, size: int) -> bytes:
    """Return a body as it was fetched."""
    return zstandard.ZstdDecompressor().decompress(body, max_output_size=size)


def archive_path(db: Path) -> Path:
    """Return where the archive of a store lies: `pages.db` beside `news.db`, `NAME-pages.db` beside any other."""
    return db.with_name("pages.db" if db.name == "news.db" else f"{db.stem}-pages.db")


def open_archive(db: Path) -> Archive:
    """Return the archive that belongs to a store, made where there is none.

    Raises:
        StoreError: the file cannot be used.
    """
    path = archive_path(db)
    try:
        connection = connect(path, readonly=False)
        for statement in SCHEMA:
            connection.execute(statement)
    except sqlite3.Error as error:
        raise StoreError(f"{path}: cannot be used as the archive of raw pages ({error}).") from error
    return Archive(connection)


class KeepRaw:
    """Downloader middleware: commits the raw body of an article's page before anybody reads it."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> KeepRaw:
        """Return the middleware of a crawler."""
        return cls(crawler)

    async def process_response(self, request: Request, response: Response) -> Response:
        """Return the response when its body is committed, the body's key in `meta["raw"]`."""
        if request.meta.get("keep_raw") and response.status == 200:  # noqa: PLR2004 - HTTP's OK
            spider = self.crawler.spider
            content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
            request.meta["raw"] = await spider.frontier.writes.bodies.commit(  # type: ignore[union-attr]
                Fetch(
                    url=response.url,
                    asked_for=request.meta["asked_for"],
                    outlet=spider.name,  # type: ignore[union-attr]
                    status=response.status,
                    content_type=content_type,
                    body=response.body,
                    fetched_at=datetime.now(UTC),
                )
            )
        return response
