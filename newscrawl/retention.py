"""What is kept how long: WARC files taken in, and kept pages let go once nothing waits for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from warcio.recordloader import ArcWarcRecord

from dedupe import ReadingStore, Reject, Store, transaction
from newscrawl import warc
from newscrawl.archive import Archive, Kept
from newscrawl.files import FileError, FileReport
from newscrawl.ingest import save_reject
from newscrawl.reading import fetch_of, told
from newscrawl.warc_writing import Exported, export, verified

AT_ONCE = 500
"""Fetches deleted, or taken in, in one transaction."""


# --- taking in ----------------------------------------------------------------------------------


def take_in(path: Path, store: Store, archive: Archive, progress: Callable[[int], object] | None = None) -> FileReport:
    """Keep the pages of a WARC file in the archive, digests checked; torn records become rejects with their place.

    Nothing is read from them: the next run, or `reextract`, does. Taken in twice, nothing changes.
    """
    report = FileReport(path)
    try:
        with path.open("rb") as file:
            records = warc.warc_records(file, path, report)
            is_open = True
            while is_open:
                with archive.transaction(), store.transaction():
                    is_open = any_left(records, path, store, archive, report)
                if progress:
                    progress(AT_ONCE)
    except FileError as error:
        report.error = str(error)
    except OSError as error:
        report.error = f"{path}: cannot be read ({error.strerror or error})"
    return report


def any_left(
    records: Iterator[tuple[int, ArcWarcRecord]], path: Path, store: Store, archive: Archive, report: FileReport
) -> bool:
    """Keep what the next records hold; tell whether there may be more."""
    for _ in range(AT_ONCE):
        try:
            place, record = next(records, (0, None))
        except FileError as error:
            report.error = str(error)
            return False
        if record is None:
            return False
        if record.rec_type == "revisit":
            report.outcomes[kept_revisit(record, archive)] += 1
        elif reason := warc.no_page(record):
            report.skipped[reason] += 1
        else:
            report.records += 1
            page = warc.warc_page(record, place, path, report.records)
            fetch = fetch_of(page)
            if isinstance(fetch, Reject):
                report.outcomes["rejected"] += 1
                report.reasons[fetch.reason] += 1
                report.tell(told(page, fetch))
                save_reject(fetch, store)
            else:
                before = archive.number()
                archive.keep(fetch)
                report.outcomes["new" if archive.number() > before else "unchanged"] += 1
    return True


def kept_revisit(record: ArcWarcRecord, archive: Archive) -> str:
    """Keep the fetch of a body that came again, where it is said of which page and that is kept."""
    head = record.rec_headers
    named = [str(head.get_header(f"WARC-Refers-To-{name}") or "").strip("<>") for name in ("Target-URI", "Date")]
    first = archive.fetch_at(*named)
    url = str(head.get_header("WARC-Target-URI") or "").strip("<>")
    if first is None or not url:
        return "revisit of a page that is not kept"
    fetch = replace(
        first.with_body(b""),
        url=url,
        asked_for=str(head.get_header(warc.ASKED_FOR) or url),
        outlet=str(head.get_header(warc.OUTLET) or first.outlet)[: warc.LONGEST_NAME],
        fetched_at=warc.warc_date(record),
    )
    before = archive.number()
    with archive.transaction():
        archive.keep_fetch(fetch, first.hash)
    return "new" if archive.number() > before else "unchanged"


# --- letting go ---------------------------------------------------------------------------------


@dataclass
class Pruned:
    """What was let go of the archive."""

    before: str
    fetches: int = 0
    bodies: int = 0
    bytes: int = 0
    """Of the bodies, as they lay there."""
    unread: int = 0
    """Old fetches that were kept, for they are neither article nor reject yet."""
    not_verified: int = 0
    """Old fetches that were kept, for they are not in the verified file."""
    exported: Exported | None = None
    troubles: list[str] = field(default_factory=list)
    """Records of the file that could not be verified."""
    is_vacuumed: bool = False


def prune(  # noqa: PLR0913 - one call of the operator's command
    store: Store,
    archive: Archive,
    before: str,
    *,
    verified_in: Path | None = None,
    export_to: Path | None = None,
    with_vacuum: bool = False,
) -> Pruned:
    """Let go of the pages fetched before a moment, except those that are still work to do.

    With a file, or a folder to export to, only what stands in that file with digests that agree is let go. What was
    read from the pages stays; it can not be read again after a change of rules. The caller holds the lock.

    Raises:
        FileError: the file cannot be read or written; nothing is let go then.
    """
    result = Pruned(before)
    run = archive.connection.execute
    run("CREATE TEMP TABLE IF NOT EXISTS old (id INTEGER PRIMARY KEY, is_verified INTEGER NOT NULL DEFAULT 0)")
    run("DELETE FROM temp.old")
    kept = ReadingStore(store)
    for fetch in archive.fetches(until=before):
        if kept.is_accounted_for((fetch.asked_for, fetch.url), fetch.hash, fetch.fetched_at):
            run("INSERT INTO temp.old (id) VALUES (?)", (fetch.id,))
        else:
            result.unread += 1
    if export_to and run("SELECT 1 FROM temp.old").fetchone():
        result.exported = export(archive, free_name(export_to, before), old(archive))
        verified_in = result.exported.path
    if verified_in:
        keep_unverified(archive, verified_in, result)
    delete(archive, result)
    if with_vacuum:
        run("VACUUM")
        result.is_vacuumed = True
    return result


def old(archive: Archive) -> Iterator[Kept]:
    """Yield the fetches that are to go."""
    last = 0
    while rows := archive.connection.execute(
        f"SELECT f.* FROM temp.old AS o JOIN fetches AS f USING (id) WHERE id > ? ORDER BY id LIMIT {AT_ONCE}", (last,)
    ).fetchall():
        yield from (Kept(**dict(row)) for row in rows)
        last = rows[-1]["id"]


def free_name(folder: Path, before: str) -> Path:
    """Return a name in a folder that no file has.

    Raises:
        FileError: there can be no folder.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"{folder}: cannot be a folder for WARC files ({error.strerror or error})") from error
    stem = f"pages-before-{before[:10]}"
    number = 1
    while (path := folder / f"{stem}{f'-{number}' if number > 1 else ''}.warc.gz").exists():
        number += 1
    return path


def keep_unverified(archive: Archive, path: Path, result: Pruned) -> None:
    """Take out of what is to go whatever is not in a file with digests that agree.

    Raises:
        FileError: the file cannot be read to its end.
    """
    report = FileReport(path)
    run = archive.connection.execute
    try:
        for one in verified(path, report):
            run(
                "UPDATE temp.old SET is_verified = 1 WHERE id IN"
                " (SELECT id FROM fetches WHERE url = ? AND fetched_at = ? AND hash = ?)",
                (one.url, one.fetched_at, one.hash),
            )
    except OSError as error:
        raise FileError(f"{path}: cannot be read ({error.strerror or error})") from error
    result.troubles = report.broken
    result.not_verified = run("DELETE FROM temp.old WHERE NOT is_verified").rowcount


def delete(archive: Archive, result: Pruned) -> None:
    """Delete the fetches that are to go, and the bodies that no fetch gives any more."""
    run = archive.connection.execute
    while rows := run(
        f"SELECT f.id, f.hash FROM temp.old AS o JOIN fetches AS f USING (id) ORDER BY id LIMIT {AT_ONCE}"
    ).fetchall():
        with transaction(archive.connection):
            for row in rows:
                run("DELETE FROM fetches WHERE id = ?", (row["id"],))
                size = run(
                    "SELECT length(body) FROM bodies AS b WHERE hash = ?"
                    " AND NOT EXISTS (SELECT 1 FROM fetches AS f WHERE f.hash = b.hash)",
                    (row["hash"],),
                ).fetchone()
                if size:
                    run("DELETE FROM bodies WHERE hash = ?", (row["hash"],))
                    result.bodies += 1
                    result.bytes += size[0]
            result.fetches += len(rows)
