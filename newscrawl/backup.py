"""Copies of a store and its raw pages, checked before they get their name; and the way back."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from dedupe import StoreError, connect, open_store, sync
from newscrawl import archive
from newscrawl.config import Config
from newscrawl.lock import lock

ROOM_LEFT = 16 * 1024 * 1024
"""Bytes that must stay free on the disk beside a copy."""


@dataclass(frozen=True)
class Copy:
    """One file of a backup."""

    path: Path
    size: int


@dataclass(frozen=True)
class Backup:
    """What a backup came to."""

    folder: Path
    files: tuple[Copy, ...]
    removed: tuple[Path, ...]
    """Older backups that were taken away, because more than were to be kept stood there."""


@dataclass(frozen=True)
class Restored:
    """What was put in its place."""

    files: tuple[Path, ...]
    put_aside: tuple[Path, ...]
    """What stood there before, under its new name."""


def files_of(db: Path) -> tuple[Path, Path]:
    """Return the two files of a store: articles, and raw pages."""
    return db, archive.archive_path(db)


def folder_for(db: Path, config: Config) -> Path:
    """Return where the backups of a store lie."""
    return config.backup_folder or db.parent / "backups"


def back_up(db: Path, folder: Path, keep: int) -> Backup:
    """Copy a store and its raw pages as they are at one moment each, whoever writes to them meanwhile.

    The articles come first: a raw page is kept before its article, so the second copy holds every page of the first.
    The copies are checked and on the disk before their folder gets its name.

    Raises:
        StoreError: there is no store, a file is damaged, or the copy could not be written.
    """
    open_store(db, readonly=True, of_any_version=True).close()
    present = [path for path in files_of(db) if path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        refuse_full_disk(folder, present)
        with TemporaryDirectory(dir=folder, prefix=f".{db.stem}-writing-") as work:
            for path in present:
                copy(path, Path(work) / path.name)
            sync(Path(work))
            target = put_in_place(Path(work), folder, db.stem)
        sync(folder)
        files = tuple(Copy(target / path.name, (target / path.name).stat().st_size) for path in present)
        return Backup(target, files, remove_old(folder, db, keep))
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{folder}: the backup could not be written ({error}). No older one was touched.") from error


def refuse_full_disk(folder: Path, files: list[Path]) -> None:
    """Leave before anything is written where the copies cannot fit.

    Raises:
        StoreError: the disk has too little room.
    """
    wanted = sum(path.stat().st_size for path in files) + ROOM_LEFT
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise StoreError(
            f"{folder}: the disk has {megabytes(free)} free, a backup may take {megabytes(wanted)}."
            " Make room, or name another disk with --to."
        )


def megabytes(size: int) -> str:
    """Return a size in megabytes for people."""
    return f"{size / 1_000_000:.1f} MB"


def copy(path: Path, to: Path) -> None:
    """Copy one database and check the copy, bit and structure.

    Raises:
        StoreError: the file is damaged.
    """
    try:
        with closing(connect(path, readonly=True)) as source:
            source.execute("VACUUM INTO ?", (str(to),))
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError):
            raise  # a disk that is full, a file that is locked: the file itself is sound
        raise StoreError(f"{path}: is damaged ({error}). `newscrawl restore` brings an older backup back.") from error
    if faults := faults_in(to):
        raise StoreError(f"{path}: is damaged ({faults}). `newscrawl restore` brings an older backup back.")
    with to.open("rb") as file:
        os.fsync(file.fileno())


def faults_in(path: Path) -> str:
    """Return what SQLite finds wrong with a database file; empty where it is sound."""
    try:
        with closing(connect(path, readonly=True)) as connection:
            found = [row[0] for row in connection.execute("PRAGMA integrity_check(5)")]
            dangling = connection.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.Error as error:
        return str(error)
    if dangling:
        found.append(f"{len(dangling)} rows of {dangling[0]['table']} name rows that are not there")
    return "; ".join(one for one in found if one != "ok")


def put_in_place(work: Path, folder: Path, stem: str) -> Path:
    """Give a finished backup its name: the store's and the time's."""
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    taken = [number for path in folder.iterdir() if (number := number_of(path, f"{stem}-{stamp}")) is not None]
    target = folder / (f"{stem}-{stamp}" + (f"-{max(taken) + 1}" if taken else ""))
    target.mkdir()  # where another backup makes it at this very moment, this fails, and says so
    os.replace(work, target)  # noqa: PTH105 - an empty folder gives way, atomically
    work.mkdir()  # what TemporaryDirectory will take away
    return target


def number_of(path: Path, name: str) -> int | None:
    """Return which backup of its second a folder is, from 0; None where it is none of that name."""
    found = re.fullmatch(rf"{re.escape(name)}(?:-(\d{{1,9}}))?", path.name)
    return int(found[1] or 0) if found else None


def remove_old(folder: Path, db: Path, keep: int) -> tuple[Path, ...]:
    """Take away all but the newest backups of this store; nothing else in the folder is touched."""
    removed = []
    for path in backups(folder, db)[keep:]:
        for file in files_of(path / db.name):
            file.unlink(missing_ok=True)
        try:
            path.rmdir()
        except OSError:
            continue  # somebody keeps something else there: the folder stays
        removed.append(path)
    return tuple(removed)


def backups(folder: Path, db: Path) -> list[Path]:
    """Return the backups of a store in a folder, the newest first."""
    if not folder.is_dir():
        return []
    named = re.compile(rf"{re.escape(db.stem)}-(\d{{8}}T\d{{6}}Z)(?:-(\d{{1,9}}))?")
    found = {
        (match[1], int(match[2] or 0)): path
        for path in folder.iterdir()
        if (match := named.fullmatch(path.name)) and (path / db.name).is_file()
    }
    return [path for _, path in sorted(found.items(), reverse=True)]


# --- the way back -------------------------------------------------------------------------------


def restore(source: Path, db: Path) -> Restored:
    """Put a backup in the place of a store; what stood there keeps lying beside it under another name.

    Raises:
        StoreError: the backup is none or is damaged, or the store is in use.
        LockHeldError: a run is at work on the store.
    """
    source = whole(source, db)
    if source.resolve() == db.resolve():
        raise StoreError(f"{source}: is the store itself; name a backup.")
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    with lock(db, "restore"):
        try:
            return exchanged(source, db, stamp)
        except (sqlite3.Error, OSError) as error:
            raise StoreError(f"{db}: the backup could not be put in its place ({error}).") from error


def exchanged(source: Path, db: Path, stamp: str) -> Restored:
    """Copy a backup beside the store, then exchange the files: the articles first, for raw pages may be more."""
    pairs = [(one, to) for one, to in zip(files_of(source), files_of(db), strict=True) if one.exists()]
    refuse_full_disk(db.parent, [one for one, _ in pairs])
    with TemporaryDirectory(dir=db.absolute().parent, prefix=f".{db.stem}-restoring-") as work:
        for one, _ in pairs:
            copy(one, Path(work) / one.name)
        for _, to in pairs:
            settle(to)
        aside = []
        for one, to in pairs:
            aside += put_aside(to, stamp)
            os.replace(Path(work) / one.name, to)  # noqa: PTH105 - both are on one disk
            sync(to.absolute().parent)
    return Restored(tuple(to for _, to in pairs), tuple(aside))


def whole(source: Path, db: Path) -> Path:
    """Return the articles' file of a backup that is named by its folder or by that file, once it is found sound.

    Raises:
        StoreError: it is none, or is damaged.
    """
    if source.is_dir():
        inside = [source / db.name, *sorted(p for p in source.glob("*.db") if not p.name.endswith("pages.db"))]
        source = next((path for path in inside if path.is_file()), source / db.name)
    if not source.exists():
        raise StoreError(f"{source}: there is no such backup. `newscrawl backup` writes one.")
    open_store(source, readonly=True, of_any_version=True).close()
    for path in files_of(source):
        if path.exists() and (faults := faults_in(path)):
            raise StoreError(f"{path}: is damaged ({faults}); the store was left as it is. Take another backup.")
    return source


def settle(path: Path) -> None:
    """Bring what lies in a write-ahead log into its file: left there, SQLite would put it into the new one.

    Raises:
        StoreError: somebody has the file open.
    """
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path, timeout=1)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        if "locked" in str(error) or "busy" in str(error):
            raise StoreError(
                f"{path}: is open elsewhere. Stop what reads it (`newscrawl serve`), then again."
            ) from None
        raise
    except sqlite3.DatabaseError:
        pass  # damaged: it is put aside with its log


def put_aside(path: Path, stamp: str) -> list[Path]:
    """Give a file, and a log that could not be settled, a second name; return those names."""
    kept = []
    for name in (f"{path.name}-wal", f"{path.name}-shm", path.name):
        old = path.with_name(name)
        if old.exists():
            new = path.with_name(name.replace(path.name, f"{path.name}.before-{stamp}", 1))
            os.link(old, new)
            kept.append(new)
            if old != path:
                old.unlink()
    return kept
