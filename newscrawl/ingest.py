"""WARC and JSON Lines files -> articles in the store; what cannot be one becomes a reject with its reason."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, cast

from dedupe import Article, FileStore, Reached, ReadingStore, Reject, Store
from newscrawl import files, history, learning
from newscrawl.archive import Archive
from newscrawl.files import GZIP, FileError, FileReport
from newscrawl.jsonl import read_lines
from newscrawl.reading import Done, Readers, ReadersGoneError, Unread, read_one
from newscrawl.warc import read_warc

BATCH = 200
"""Records in one transaction: a kill loses at most this much work, and running again gives it back."""


def ingest(  # noqa: PLR0913 - one call of the operator's command
    path: Path,
    store: Store,
    archive: Archive,
    readers: Readers | None = None,
    progress: Callable[[int], object] | None = None,
    *,
    again: bool = False,
) -> FileReport:
    """Store what a file holds, batch by batch, and return what it gave. Everything good before an error is kept.

    A file whose reading was killed is gone on with where it was; one that was read to its end is not read again,
    unless `again` says so. The articles and rejects are the same whatever the number of processes.
    """
    report = FileReport(path)
    try:
        reached = begun(path, store, report, again=again)
        if not report.finished_before:
            for batch in batches((readers or Readers()).read(read_file(path, report, reached), read_one)):
                save(batch, store, archive, report, progress or (lambda _: None), reached)
            note_finished(store, reached, report)
    except FileError as error:
        report.error = str(error)
    except ReadersGoneError:
        report.error = (
            f"{path}: a process that read its pages was ended from outside (out of memory?); what came before is"
            " kept. Run the same command again, it goes on there; --jobs 1 needs least memory"
        )
    return report


def begun(path: Path, store: Store, report: FileReport, *, again: bool) -> Reached:
    """Return how far a file was read before.

    Raises:
        FileError: it cannot be opened.
    """
    if path.is_dir():
        raise FileError(f"{path}: is a directory; name the files in it, for example {path}/*.warc.gz")
    try:
        reached = FileStore(store).begin(path, again=again)
    except OSError as error:
        raise FileError(f"{path}: cannot be read ({error.strerror or error})") from error
    report.finished_before = reached.finished_at
    report.went_on_after = reached.records
    return reached


def note_finished(store: Store, reached: Reached, report: FileReport) -> None:
    """Write down that a file was read to its end."""
    with store.transaction():
        place = FileStore(store)
        place.note(reached.hash, report.path.stat().st_size, reached.records + report.records, is_finished=True)


def batches(read: Iterable[Done]) -> Iterator[list[Done]]:
    """Yield what was read in batches; what came before an error comes before the error."""
    batch: list[Done] = []
    try:
        for done in read:
            batch.append(done)
            if len(batch) == BATCH:
                yield batch
                batch = []
    except (FileError, ReadersGoneError):
        yield batch
        raise
    yield batch


def save(  # noqa: PLR0913, PLR0917 - one batch with everything it goes into
    batch: list[Done],
    store: Store,
    archive: Archive,
    report: FileReport,
    progress: Callable[[int], object],
    reached: Reached,
) -> None:
    """Keep one batch: raw bodies first, then articles, rejects and the place reached in one transaction."""
    if not batch:
        return
    with archive.transaction():
        for done in batch:
            if done.page:
                archive.keep_packed(done.page)
    with store.transaction():
        for done in batch:
            if done.trouble:
                report.tell(done.trouble)
            report.outcomes[saved(done, store, report)] += 1
            progress(1)
        stored = reached.records + sum(report.outcomes.values())
        FileStore(store).note(reached.hash, batch[-1].place, stored)


def saved(done: Done, store: Store, report: FileReport) -> str:
    """Store one article or reject, and return what came of it."""
    read = done.read
    if isinstance(read, Article):
        return history.save(store, read).outcome if done.page else line_saved(read, store)
    report.reasons[read.reason] += 1
    save_reject(read, store)
    return "rejected"


def save_reject(reject: Reject, store: Store) -> None:
    """Store a reject, unless it is the same record met again, or the page became an article later."""
    known = ReadingStore(store)
    if not known.is_known_reject(reject) and not known.is_overtaken(reject):
        store.save_reject(reject)


def line_saved(article: Article, store: Store) -> str:
    """Store the article of a line, which does not say when it was fetched, and return what came of it."""
    article_id = kept_before(article, store)
    if article_id is None:
        return learning.save(store, article).outcome
    store.add_addresses(article_id, article)
    return "unchanged"


def kept_before(article: Article, store: Store) -> int | None:
    """Return the id of the article whose earlier version this is; None where it is news.

    A file may hold one address with two texts: read again, neither is a new version.
    """
    found: int | None = store.value(
        "SELECT v.article_id FROM versions AS v JOIN articles AS a ON a.id = v.article_id"
        " WHERE v.article_id = ? AND v.number < a.version AND v.title = ? AND v.body = ?",
        (store.article_at((article.url, *article.addresses)), article.title, article.body),
    )
    return found


def read_file(path: Path, report: FileReport, reached: Reached | None = None) -> Iterator[Unread]:
    """Yield the pages of a WARC or the lines of a JSON Lines file, told apart by what it begins with.

    Raises:
        FileError: the file cannot be opened, is neither, or breaks off.
    """
    start = reached.place if reached else 0
    try:
        with ExitStack() as stack:
            file = stack.enter_context(path.open("rb"))
            opening = files.beginning(file, path)
            if opening.startswith(b"WARC/"):
                yield from read_warc(file, path, report, start)
            elif files.is_lines(opening, path):
                stream: IO[bytes] = file
                if file.peek(2)[:2] == GZIP:
                    stream = cast("IO[bytes]", stack.enter_context(gzip.open(file)))
                yield from read_lines(stream, path, report, start)
            else:
                raise FileError(
                    f"{path}: is neither a WARC file nor JSON Lines (it begins with {opening[:20]!r});"
                    ' WARC begins with "WARC/", JSON Lines with "{"'
                )
            if not report.records and not start:
                raise FileError(f"{path}: holds no {'news page' if report.skipped else 'record'}")
    except OSError as error:
        raise FileError(f"{path}: cannot be read ({error.strerror or error})") from error
