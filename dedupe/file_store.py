"""Which files were ingested, and how far: a killed reading goes on, a finished file is not read again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from dedupe.store import Store, now


@dataclass(frozen=True)
class Reached:
    """A file by its content, and how far it was read before."""

    hash: str
    place: int = 0
    """Bytes of a WARC, lines of JSON Lines; all before it is stored."""
    records: int = 0
    finished_at: str | None = None


class FileStore:
    """Reads and writes of the table `ingested_files`."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def begin(self, path: Path, *, again: bool = False) -> Reached:
        """Return how far a file was read before, written down as begun; with `again`, from its start.

        Raises:
            OSError: the file cannot be read.
        """
        stat = path.stat()
        place = (str(path.absolute()), stat.st_size, stat.st_mtime_ns)
        key = self.store.value(
            "SELECT hash FROM ingested_files WHERE path = ? AND size = ? AND changed_ns = ?", place
        ) or content_hash(path)
        with self.store.transaction():
            run = self.store.connection.execute
            run(
                "INSERT INTO ingested_files (hash, path, size, changed_ns, started_at) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (hash) DO UPDATE SET path = excluded.path, changed_ns = excluded.changed_ns",
                (key, *place, now()),
            )
            if again:
                run(
                    "UPDATE ingested_files SET place = 0, records = 0, started_at = ?, finished_at = NULL"
                    " WHERE hash = ?",
                    (now(), key),
                )
        row = self.store.rows("SELECT place, records, finished_at FROM ingested_files WHERE hash = ?", (key,))[0]
        return Reached(key, *row)

    def note(self, key: str, place: int, records: int, *, is_finished: bool = False) -> None:
        """Write how far a file is stored; the caller's transaction holds what was read of it."""
        self.store.connection.execute(
            "UPDATE ingested_files SET place = ?, records = ?, finished_at = ? WHERE hash = ?",
            (place, records, now() if is_finished else None, key),
        )


def content_hash(path: Path) -> str:
    """Return the SHA-256 of a file, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
