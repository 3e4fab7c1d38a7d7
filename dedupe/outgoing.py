"""Files that are made from a store: put in their place when they are whole and on the disk, or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

SQLITE_FILE = b"SQLite format 3\x00"


class ExportError(Exception):
    """A file that cannot be made from a store; the message names the input and the remedy."""


@contextmanager
def whole_file(target: Path, db: Path, may_replace: Callable[[Path], bool] = lambda _database: False) -> Iterator[Path]:
    """Hold a path to write to; what is written there takes the target's place at the end, and is on the disk then.

    A database gives way only where `may_replace` says so; the store itself never does.

    Raises:
        ExportError: the target is no place for a file, or the disk refuses it.
    """
    try:
        place = target.resolve()  # through a link, to what it names
        refuse_target(place, db, may_replace)
        with TemporaryDirectory(dir=place.parent, prefix=f".{place.name[:100]}-writing-") as work:
            path = Path(work) / place.name
            yield path
            sync(path)
            os.replace(path, place)  # noqa: PTH105 - both are on one disk, so this is atomic
        sync(place.parent)
    except BrokenPipeError:
        raise
    except (OSError, RuntimeError) as error:  # a loop of links is a RuntimeError in 3.11
        said = getattr(error, "strerror", None) or error
        raise ExportError(f"{target}: cannot be written ({said}). What stood there is untouched.") from error


def refuse_target(place: Path, db: Path, may_replace: Callable[[Path], bool]) -> None:
    """Raise where something else lies in the place of a file that is to be made.

    Raises:
        ExportError: it is the store, a database, a folder or no file at all; or its folder is missing.
    """
    if not place.parent.is_dir():
        raise ExportError(f"{place.parent}: there is no such folder; make it first, or name another place")
    if place.exists() and not place.is_file():
        raise ExportError(f"{place}: is no file; name a file that may be written")
    if place == db.resolve():
        raise ExportError(f"{place}: is the store itself; name another file")
    if is_database(place) and not may_replace(place):
        raise ExportError(f"{place}: is a database, and would be lost; name another file, or take it away first")


def is_database(path: Path) -> bool:
    """Tell whether a file is an SQLite database."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(SQLITE_FILE)) == SQLITE_FILE


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
