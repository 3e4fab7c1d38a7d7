"""One writer at a time: a lock beside the store, which the system lets go when its holder dies."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from dedupe import StoreError, now

LONGEST_HOLDER = 500
"""Characters read of a lock file: it is beside the store, and anybody might have written there."""
TRIES, PAUSE = 5, 0.02
"""`status` holds the lock for some microseconds to see whether it is free: no run is to end because of that."""
NAMED_WITHIN = 0.5
"""Seconds within which a holder has written who it is."""


class LockHeldError(Exception):
    """Another run is at work on the store; the message names it."""


@contextmanager
def lock(db: Path, command: str, program: str = "newscrawl") -> Iterator[None]:
    """Hold the lock of a store.

    Raises:
        LockHeldError: another process holds it.
        StoreError: there can be no file at this place, or its file system knows no locks.
    """
    with lock_file(db) as file:
        try:
            taken = any(has_taken(file) for _ in range(TRIES))
        except OSError as error:
            raise StoreError(
                f"{db}: its file system has no locks ({error.strerror or error}); keep the store on a local disk."
            ) from error
        if not taken:
            raise LockHeldError(f"{db}: {holder(file)} is at work on this store. Try again when it has ended.")
        said = command if command.startswith(program) else f"{program} {command}"
        with suppress(OSError):  # a disk that is full: the lock holds without a name
            file.truncate(0)
            os.write(file.fileno(), f"`{said}` (process {os.getpid()}, since {now()})\n".encode())
        try:
            yield
        finally:
            file.truncate(0)  # nobody is at work any more: nobody is to be named


def has_taken(file: IO[str]) -> bool:
    """Take the lock where it is free, and tell whether it was; wait a moment where it was not."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        time.sleep(PAUSE)
        return False
    return True


def holder(file: IO[str]) -> str:
    """Return who holds a lock, as its file says; one that has just taken it may not have written its name yet."""
    until = time.monotonic() + NAMED_WITHIN
    while True:
        file.seek(0)
        said = "".join(c for c in file.read(LONGEST_HOLDER).strip() if c.isprintable())
        if said or time.monotonic() > until:
            return said or "another process"
        time.sleep(0.01)


def held_by(db: Path) -> str | None:
    """Return who is at work on a store, None where nobody is; nothing is made and nobody is kept waiting."""
    try:
        with db.with_name(f"{db.name}.lock").open(encoding="utf-8", errors="replace") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return holder(file)
    except OSError:
        return None
    return None


def lock_file(db: Path) -> IO[str]:
    """Return the opened lock file beside a store.

    Raises:
        StoreError: there can be no file at this place.
    """
    if not db.name or db.is_dir():
        raise StoreError(f"{db}: is a directory; give the path of a SQLite file, for example {db / 'news.db'}.")
    try:
        db.parent.mkdir(parents=True, exist_ok=True)
        return db.with_name(f"{db.name}.lock").open("a+", encoding="utf-8", errors="replace")
    except OSError as error:
        raise StoreError(f"{db}: cannot be used as a store ({error.strerror or error}).") from error
