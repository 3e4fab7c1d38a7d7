"""One writer at a time: a lock beside the store, which the system lets go when its holder dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dedupe import now


class LockHeldError(Exception):
    """Another run is at work on the store; the message names it."""


@contextmanager
def lock(db: Path, command: str) -> Iterator[None]:
    """Hold the lock of a store.

    Raises:
        LockHeldError: another process holds it.
    """
    db.parent.mkdir(parents=True, exist_ok=True)
    path = db.with_name(f"{db.name}.lock")
    with path.open("a+", encoding="utf-8") as file:
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
