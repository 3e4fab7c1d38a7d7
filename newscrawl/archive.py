"""Raw bodies (zstd) in `pages.db`, kept before anything is read from them."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import zstandard
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import Response

from dedupe import StoreError, connect, moment, transaction

LEVEL = 6
"""zstd level: pages shrink to a fifth at 1 ms a page."""
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


class Archive:
    """Raw bodies by content hash, and which fetch gave which."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def keep(self, fetch: Fetch) -> str:
        """Commit a raw body and its fetch; return the body's key (SHA-256, hex)."""
        key = hashlib.sha256(fetch.body).hexdigest()
        run = self.connection.execute
        with transaction(self.connection):
            if not run("SELECT 1 FROM bodies WHERE hash = ?", (key,)).fetchone():
                packed = zstandard.ZstdCompressor(level=LEVEL).compress(fetch.body)
                run("INSERT INTO bodies VALUES (?, ?, ?)", (key, len(fetch.body), packed))
            fetched_at = moment(fetch.fetched_at)
            same = (fetch.url, fetched_at, key)
            if not run("SELECT 1 FROM fetches WHERE url = ? AND fetched_at = ? AND hash = ?", same).fetchone():
                run(
                    "INSERT INTO fetches (url, asked_for, outlet, fetched_at, status, content_type, hash)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (
                        fetch.url,
                        fetch.asked_for,
                        fetch.outlet,
                        fetched_at,
                        fetch.status,
                        fetch.content_type,
                        key,
                    ),
                )
        return key

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
        return zstandard.ZstdDecompressor().decompress(row["body"], max_output_size=row["size"])

    def close(self) -> None:
        """Close the file."""
        self.connection.close()


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

    def process_response(self, request: Request, response: Response) -> Response:
        """Return the response, its body's key in `meta["raw"]`."""
        if request.meta.get("keep_raw") and response.status == 200:  # noqa: PLR2004 - HTTP's OK
            spider = self.crawler.spider
            content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
            request.meta["raw"] = spider.frontier.archive.keep(  # type: ignore[union-attr]
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
