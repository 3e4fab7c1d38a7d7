"""What is wrong with an installation and its store, each finding with its remedy."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import dedupe
from dedupe import connect
from newscrawl.config import Config

Level = Literal["good", "note", "trouble"]
"""`trouble` is what makes `newscrawl doctor` exit 3."""

LEAST_FREE = 500_000_000
"""Bytes on the disk below which a busy day may fill it."""
LEAST_FREE_FILES = 1000
AHEAD = timedelta(minutes=10)
"""How far a stored time may lie in the future before the clock is doubted."""
NETWORKED = frozenset({
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "lustre", "ncpfs", "glusterfs", "gfs2", "ocfs2",
    "beegfs", "fuse.sshfs", "fuse.glusterfs", "fuse.s3fs", "fuse.rclone", "fuse.gcsfuse", "fuse.davfs", "davfs",
    "vboxsf", "virtiofs", "prl_fs", "fuse.osxfs", "fuse.grpcfuse",
})  # fmt: skip
"""File systems on which several machines may write: SQLite's locks and shared memory are not safe there."""
WAL_RESET_FIXED = ((3, 44, 6), (3, 50, 7), (3, 51, 3))
"""Releases that mend the WAL-reset bug, which is there from 3.7.0 on: one for each line that was mended."""
PROXIES = ("http_proxy", "https_proxy", "all_proxy")


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    subject: str
    level: Level
    found: str
    remedy: str = ""


def findings(db: Path, config: Config, config_fault: str) -> Iterator[Finding]:
    """Yield everything that was looked at, from the installation to the last backup."""
    yield from of_configuration(config, config_fault)
    yield of_sqlite(sqlite3.sqlite_version_info)
    yield from of_packages(versions("scrapy", "dedupe"))
    yield from of_environment(os.environ)
    yield of_zones()
    yield from of_place(db)
    if db.exists():
        yield from of_store(db)
        yield of_lock(db, Path("/proc/locks"))
        yield of_backups(db, config)
    else:
        yield Finding("store", "note", f"{db}: there is none yet", "`newscrawl run` makes it.")


def of_configuration(config: Config, fault: str) -> Iterator[Finding]:
    """Yield what is to be said of the configuration."""
    if fault:
        yield Finding("configuration", "trouble", fault, "Mend what is named, and start `newscrawl doctor` again.")
        return
    found = str(config.path) if config.path else "none: everything is as shipped"
    yield Finding("configuration", "good", found, "" if config.path else "`newscrawl init` writes a commented one.")
    if not config.crawl_contact:
        remedy = "Set crawl.contact in newscrawl.toml to an address that outlets can write to."
        yield Finding("contact", "note", "none is set: no public host can be crawled", remedy)
    if config.path or config.outlets:
        yield of_outlets()


def of_outlets() -> Finding:
    """Return what is to be said of the outlets that the configuration names."""
    from newscrawl import outlets  # noqa: PLC0415 - Scrapy is only needed where there is a configuration
    from newscrawl.config import ConfigError  # noqa: PLC0415

    try:
        number = len(outlets.switched_on())
    except (ConfigError, outlets.UnknownOutletError) as error:
        return Finding("outlets", "trouble", str(error), "Mend the name in the configuration.")
    if not number:
        return Finding("outlets", "trouble", "all are switched off", "Change outlets.on or outlets.off.")
    return Finding("outlets", "good", f"{number} are switched on")


def of_sqlite(version: tuple[int, ...]) -> Finding:
    """Return what is to be said of SQLite."""
    name = ".".join(map(str, version))
    if version < (3, 37, 0):
        return Finding("SQLite", "trouble", f"{name} is too old", "Use a Python that is built with 3.37 or later.")
    with closing(sqlite3.connect(":memory:")) as connection:
        if not connection.execute("SELECT sqlite_compileoption_used('ENABLE_FTS5')").fetchone()[0]:
            return Finding(
                "SQLite", "trouble", f"{name} has no full text search", "Use a Python whose SQLite has FTS5."
            )
    if has_wal_reset_bug(version):
        return Finding(
            "SQLite", "note",
            f"{name} has the WAL-reset bug: two programs that write at one moment may, rarely, damage the file",
            "newscrawl writes from one process at a time. Let no other program write; 3.51.3 has it mended.",
        )  # fmt: skip
    return Finding("SQLite", "good", name)


def has_wal_reset_bug(version: tuple[int, ...]) -> bool:
    """Tell whether a release of SQLite has the bug in resetting a write-ahead log that two connections write to."""
    mended = any(version[:2] == fixed[:2] and version >= fixed for fixed in WAL_RESET_FIXED)
    return (3, 7, 0) <= version < WAL_RESET_FIXED[-1] and not mended


def versions(*names: str) -> dict[str, str]:
    """Return the versions of those distributions that are installed."""
    found = {}
    for name in names:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def of_packages(found: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what is to be said of packages that newscrawl stands on, or that stand in its way."""
    if not found.get("scrapy", "").startswith("2.19."):
        yield Finding(
            "Scrapy", "trouble", f"{found.get('scrapy', 'none')} is installed",
            "The guard leans on Scrapy 2.19: pip install 'scrapy~=2.19.0'.",
        )  # fmt: skip
    else:
        yield Finding("Scrapy", "good", found["scrapy"])
    here = Path(dedupe.__file__).parent
    if "dedupe" in found or not (here / "sql").is_dir():
        yield Finding(
            "package dedupe", "trouble", f"PyPI's dedupe {found.get('dedupe', '')} shares a name with a part of ours",
            "pip uninstall dedupe, then install newscrawl again; better: an environment of its own for each.",
        )  # fmt: skip


def of_environment(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what is to be said of variables that change what a crawl does."""
    module = environment.get("SCRAPY_SETTINGS_MODULE", "newscrawl.settings")
    if module != "newscrawl.settings":
        found = f"SCRAPY_SETTINGS_MODULE is {module!r}: other settings than newscrawl's"
        yield Finding("environment", "trouble", found, "Unset it for newscrawl.")
    proxies = [name for name in environment if name.lower() in PROXIES]
    if proxies:
        yield Finding("environment", "note", f"{', '.join(proxies)} is set; newscrawl uses no proxy", "")


def of_zones() -> Finding:
    """Return whether times of outlets can be read."""
    try:
        ZoneInfo("Asia/Jakarta")
    except ZoneInfoNotFoundError:
        return Finding("time zones", "trouble", "there is no time zone database", "Install tzdata (apt or pip).")
    return Finding("time zones", "good", "found")


# --- the place ----------------------------------------------------------------------------------


def of_place(db: Path) -> Iterator[Finding]:
    """Yield what is to be said of the folder, the disk and the permissions."""
    folder = nearest_folder(db)
    yield of_permissions(db, folder)
    usage, files = shutil.disk_usage(folder), os.statvfs(folder)
    size = sum(path.stat().st_size for path in siblings(db))
    free = f"{usage.free / 1e9:.1f} GB free"
    if usage.free < max(LEAST_FREE, size):
        remedy = "Make room; `newscrawl archive prune` takes out old raw pages."
        yield Finding("disk", "trouble", f"{free}, the store has {size / 1e9:.1f} GB: a backup would not fit", remedy)
    elif files.f_files and files.f_favail < LEAST_FREE_FILES:
        yield Finding("disk", "trouble", f"only {files.f_favail} more files can be made", "Remove files on this disk.")
    else:
        yield Finding("disk", "good", free)
    kind = file_system(folder.resolve(), text_of(Path("/proc/self/mounts")))
    if kind in NETWORKED:
        yield Finding(
            "file system",
            "trouble",
            f"{folder} lies on {kind}",
            "Put the store on a local disk; SQLite needs its locks.",
        )
    elif kind:
        yield Finding("file system", "good", kind)


def nearest_folder(db: Path) -> Path:
    """Return the folder of a store, or the nearest one above it that is there."""
    folder = db.absolute().parent
    while not folder.is_dir():
        folder = folder.parent
    return folder


def siblings(db: Path) -> list[Path]:
    """Return the files of a store that are there: articles, raw pages, their logs."""
    from newscrawl.archive import archive_path  # noqa: PLC0415 - brings Scrapy

    names = [f"{path}{end}" for path in (db, archive_path(db)) for end in ("", "-wal")]
    return [Path(name) for name in names if Path(name).exists()]


def of_permissions(db: Path, folder: Path) -> Finding:
    """Return whether the store may be read and written, and its folder too, as a write-ahead log needs."""
    if not os.access(folder, os.W_OK | os.X_OK):
        owner = f"its owner is number {folder.stat().st_uid}, this is number {os.getuid()}"
        return Finding("permissions", "trouble", f"{folder} cannot be written ({owner})", f"chown or chmod {folder}.")
    for path in siblings(db):
        if not os.access(path, os.R_OK | os.W_OK):
            owner = f"its owner is number {path.stat().st_uid}, this is number {os.getuid()}"
            return Finding("permissions", "trouble", f"{path} cannot be written ({owner})", f"chown or chmod {path}.")
        if path.stat().st_mode & 0o002:
            return Finding("permissions", "trouble", f"{path} can be written by everybody", f"chmod o-w {path}")
    return Finding("permissions", "good", f"{folder} can be written")


def text_of(path: Path) -> str:
    """Return the text of a file of the system; empty where the system has none."""
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return ""


def file_system(folder: Path, mounts: str) -> str:
    """Return the kind of file system that a folder lies on, from the system's table of mounts; empty where unknown."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        parts = line.split(" ")
        if len(parts) > 2:  # noqa: PLR2004 - device, place, kind
            place = re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), parts[1])
            if folder.is_relative_to(place) and len(place) >= best:
                best, kind = len(place), parts[2]
    return kind


# --- the store ----------------------------------------------------------------------------------


def of_store(db: Path) -> Iterator[Finding]:
    """Yield what is to be said of the store's files and of what waits in it."""
    sound = True
    for path in siblings(db):
        if not path.name.endswith("-wal"):
            finding = of_integrity(path)
            sound = sound and finding.level == "good"
            yield finding
    if sound:
        try:
            with closing(connect(db, readonly=True)) as connection:
                yield from of_contents(connection, datetime.now(UTC))
        except sqlite3.OperationalError as error:
            remedy = "Any command that writes brings it up to date: `newscrawl cluster`."
            yield Finding("store", "note", f"{db}: was written by another version ({error})", remedy)


def of_integrity(path: Path) -> Finding:
    """Return whether a file is sound: SQLite's quick check, and rows that name rows."""
    remedy = "`newscrawl restore` brings a backup back; the damaged file is kept aside."
    try:
        with closing(connect(path, readonly=True)) as connection:
            said = [str(row[0]) for row in connection.execute("PRAGMA quick_check(3)")]
            dangling = connection.execute("PRAGMA foreign_key_check").fetchmany(1)
    except sqlite3.Error as error:
        return Finding("integrity", "trouble", f"{path}: {error}", remedy)
    if said != ["ok"]:
        return Finding("integrity", "trouble", f"{path}: {'; '.join(said)[:300]}", remedy)
    if dangling:
        found = f"{path}: rows of {dangling[0]['table']} name rows that are not there"
        return Finding("integrity", "trouble", found, "Something else wrote to the file; " + remedy)
    return Finding("integrity", "good", f"{path}: sound")


def of_contents(connection: sqlite3.Connection, now: datetime) -> Iterator[Finding]:
    """Yield what is to be said of the clock, of what waits, and of runs that never ended."""

    def value(sql: str) -> int | str | None:
        found: int | str | None = connection.execute(sql).fetchone()[0]
        return found

    times = [value("SELECT max(first_seen_at) FROM articles"), value("SELECT max(started_at) FROM runs")]
    latest = max((datetime.fromisoformat(str(time)) for time in times if time), default=now)
    if latest > now + AHEAD:
        found = f"the store holds times up to {latest:%Y-%m-%d %H:%M} UTC, the clock says {now:%Y-%m-%d %H:%M}"
        yield Finding("clock", "trouble", found, "Set the clock (timedatectl set-ntp true) before the next run.")
    else:
        yield Finding("clock", "good", f"{now:%Y-%m-%d %H:%M} UTC")
    waiting = value("SELECT count(*) FROM pages WHERE status IN ('due', 'failed')")
    articles = value("SELECT count(*) FROM articles")
    yield Finding("pages", "good", f"{articles} articles; {waiting} pages wait to be fetched or failed")
    unfinished = value("SELECT count(*) FROM runs WHERE status = 'running'")
    if unfinished:
        remedy = "Nothing is lost: the next run marks them and goes on where they ended."
        yield Finding("runs", "note", f"{unfinished} stand as running: at work now, or killed", remedy)


def of_lock(db: Path, locks: Path) -> Finding:
    """Return who holds the store's lock, from the system's table: asking for it could turn a run away."""
    file = db.with_name(f"{db.name}.lock")
    if not file.exists() or not (held := text_of(locks)):
        return Finding("lock", "good", "nobody is at work on the store")
    state = file.stat()
    place = f"{os.major(state.st_dev):02x}:{os.minor(state.st_dev):02x}:{state.st_ino}"
    if any(place in line.split() for line in held.splitlines()):
        return Finding("lock", "note", f"{text_of(file).strip()[:200] or 'a process'} is at work on the store")
    return Finding("lock", "good", "nobody is at work on the store")


def of_backups(db: Path, config: Config) -> Finding:
    """Return when the last backup was made."""
    from newscrawl import backup  # noqa: PLC0415 - brings Scrapy

    found = backup.backups(backup.folder_for(db, config), db)
    if not found:
        return Finding("backup", "note", "there is none", "`newscrawl backup` writes one; put it into a timer.")
    return Finding("backup", "good", f"the last is {found[0]}")
