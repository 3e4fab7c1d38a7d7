"""What newscrawl lends the journalist's pages: the forms of a typed address, and the kept raw pages."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from datasette import hookimpl

from dedupe import connect
from dedupe.site.asked import Ties, lend
from newscrawl import urls
from newscrawl.archive import Archive, archive_path


@hookimpl
def startup() -> None:
    """Lend when Datasette starts."""
    lend(Ties(addresses=urls.typed, raw_body=raw_body))


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
