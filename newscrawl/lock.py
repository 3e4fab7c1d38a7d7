"""One writer at a time: a lock beside the store, which the system lets go when its holder dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from dedupe import StoreError, now


class LockHeldError(Exception):
    """Another run is at work on the store; the message names it."""


@contextmanager
def lock(db: Path, command: str) -> Iterator[None]:
    """Hold the lock of a store.

    Raises:
        LockHeldError: another process holds it.
        StoreError: there can be no file at this place.
    """
    with lock_file(db) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "another process"
            raise LockHeldError(f"{db}: {holder} is at work on this store. Try again when it has ended.") from None
        file.truncate(0)
        file.write(f"`newscrawl {command}` (process {os.getpid()}, since {now()})\n")
        file.flush()
        yield


def lock_file(db: Path) -> IO[str]:
    """Return the opened lock file beside a store.

    Raises:
        StoreError: there can be no file at this place.
    """
    if not db.name or db.is_dir():
        raise StoreError(f"{db}: is a directory; give the path of a SQLite file, for example {db / 'news.db'}.")
    try:
        db.parent.mkdir(parents=True, exist_ok=True)
        return db.with_name(f"{db.name}.lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise StoreError(f"{db}: cannot be used as a store ({error.strerror or error}).") from error
