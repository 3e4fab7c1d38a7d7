"""What newscrawl lends the journalist's pages: the forms of a typed address, kept raw pages, the lock."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from datasette import hookimpl

from dedupe import Store, connect, open_store
from dedupe.site.asked import BusyError, Ties, lend
from newscrawl import urls
from newscrawl.archive import Archive, archive_path
from newscrawl.lock import LockHeldError, held_by, lock


@hookimpl
def startup() -> None:
    """Lend when Datasette starts."""
    lend(Ties(addresses=urls.typed, raw_body=raw_body, deciding=deciding))


def raw_body(db: Path, key: str) -> bytes | None:
    """Return a kept raw page of a store, or None where it is not kept (any more)."""
    path = archive_path(db)
    if not path.exists():
        return None
    try:
        with closing(connect(path, readonly=True)) as connection:
            return Archive(connection).body(key)
    except (KeyError, sqlite3.Error):
        return None


@contextmanager
def deciding(db: Path, what: str) -> Iterator[Store]:
    """Open a store for an editor's decision, under its lock; one that is not there any more is not made.

    Raises:
        BusyError: another run is at work on the store.
        StoreError: the store cannot be opened.
    """
    open_store(db, readonly=True).close()
    try:
        with lock(db, f"serve --editor ({what})"), open_store(db) as store:
            yield store
    except LockHeldError as error:
        raise BusyError(command_at_work(held_by(db) or "")) from error


def command_at_work(holder: str) -> str:
    """Return the command that the holder of a lock is running, empty where it does not name one.

    >>> command_at_work("`newscrawl run warta` (process 12, since 2026-05-06T08:00:00Z)")
    'newscrawl run warta'
    """
    return holder.split("`", 2)[1] if holder.count("`") > 1 else ""
