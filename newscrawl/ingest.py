"""WARC and JSON Lines files -> articles in the store; what cannot be one becomes a reject with its reason."""

from __future__ import annotations

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import urlsplit

import py3langid
from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from dedupe import Article, Reject, Store
from newscrawl import clean, dates, outlets, pipelines, urls
from newscrawl.archive import Archive, Fetch

BATCH = 200
"""Records in one transaction: a kill loses at most this much work, and running again gives it back."""
LONGEST_LINE = 5 * 1024 * 1024
LONGEST_PAGE = 5 * 1024 * 1024
LONGEST_TITLE = 200
GZIP = b"\x1f\x8b"
TEXT_FIELDS = ("outlet", "title", "published", "language")


class FileError(Exception):
    """A file that cannot be read to its end; the message names the place and the remedy."""


@dataclass
class FileReport:
    """What one file gave."""

    path: Path
    records: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    """`new`, `version`, `unchanged` and `rejected`, each with its number."""
    reasons: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    """Lines and records that could not be read, each with its place."""
    error: str | None = None
    """Why reading ended early or could not begin."""


Record = Article | Reject | Fetch


def ingest(path: Path, store: Store, archive: Archive, progress: Callable[[int], object] | None = None) -> FileReport:
    """Store what a file holds, batch by batch, and return what it gave. Everything good before an error is kept."""
    report = FileReport(path)
    try:
        records = read_file(path, report)
        while batch := list(islice(records, BATCH)):
            save(batch, store, archive, report)
            if progress:
                progress(len(batch))
    except FileError as error:
        report.error = str(error)
    return report


def save(batch: list[Record], store: Store, archive: Archive, report: FileReport) -> None:
    """Keep one batch: raw bodies first, then articles and rejects in one transaction."""
    fetches = [record for record in batch if isinstance(record, Fetch)]
    with archive.transaction():
        keys = {id(fetch): archive.keep(fetch) for fetch in fetches}
    with store.transaction():
        for record in batch:
            read = page_article(record, keys[id(record)]) if isinstance(record, Fetch) else record
            if isinstance(read, Reject):
                store.save_reject(read)
                report.outcomes["rejected"] += 1
                report.reasons[read.reason] += 1
            else:
                report.outcomes[store.save_article(read).outcome] += 1


def page_article(fetch: Fetch, raw: str) -> Article | Reject:
    """Return the article of a fetched page."""
    habits = outlets.habits_at(fetch.url)
    return replace(pipelines.read_page(fetch.body, fetch.url, fetch.content_type, habits, fetch.fetched_at), raw=raw)


def read_file(path: Path, report: FileReport) -> Iterator[Record]:
    """Yield the records of a WARC or JSON Lines file, told apart by what it begins with.

    Raises:
        FileError: the file cannot be opened, is neither, or breaks off.
    """
    if path.is_dir():
        raise FileError(f"{path}: is a directory; name the files in it, for example {path}/*.warc.gz")
    try:
        with ExitStack() as stack:
            file = stack.enter_context(path.open("rb"))
            opening = beginning(file, path)
            if opening.startswith(b"WARC/"):
                yield from read_warc(file, path, report)
            elif opening.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
                stream: IO[bytes] = file
                if file.peek(2)[:2] == GZIP:
                    stream = cast("IO[bytes]", stack.enter_context(gzip.open(file)))
                yield from read_lines(stream, path, report)
            else:
                raise FileError(
                    f"{path}: is neither a WARC file nor JSON Lines (it begins with {opening[:20]!r});"
                    ' WARC begins with "WARC/", JSON Lines with "{"'
                )
    except OSError as error:
        raise FileError(f"{path}: cannot be read ({error.strerror or error})") from error


def beginning(file: Any, path: Path) -> bytes:
    """Return the first bytes of a file, unpacked where it is gzip.

    Raises:
        FileError: the file is empty or its gzip is broken from the start.
    """
    packed = file.peek(65_536)
    if not packed:
        raise FileError(f"{path}: is empty")
    if not packed.startswith(GZIP):
        return bytes(packed[:100])
    try:
        return zlib.decompressobj(wbits=31).decompress(packed, 100)
    except zlib.error as error:
        raise FileError(f"{path}: its gzip cannot be unpacked ({error}); fetch or pack the file again") from error


# --- JSON Lines ---------------------------------------------------------------------------------


def read_lines(stream: IO[bytes], path: Path, report: FileReport) -> Iterator[Record]:
    """Yield an article or a reject for each line."""
    number = 0
    while True:
        try:
            line = stream.readline(LONGEST_LINE + 1)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise FileError(
                f"{path}, after line {number}: the file breaks off ({error}); fetch it again, what came is kept"
            ) from error
        if not line:
            return
        number += 1
        if len(line) > LONGEST_LINE:
            skip_line(stream)
        if line.strip():
            report.records += 1
            yield from read_line(line, number, path, report)


def skip_line(stream: IO[bytes]) -> None:
    """Read on to the end of a line that is too long to keep."""
    while (piece := stream.readline(65_536)) and not piece.endswith(b"\n"):
        pass


def read_line(line: bytes, number: int, path: Path, report: FileReport) -> Iterator[Record]:
    """Yield the article of one line, or the reject that names the line."""
    place = f"{path}, line {number}"
    try:
        yield line_article(line)
    except BadLineError as error:
        report.broken.append(f"{place}: {error.detail}")
        url = error.url or f"file:{path.name}#{number}"
        yield Reject(url=url, stage="ingest", reason=error.reason, detail=f"{place}: {error.detail}")


class BadLineError(Exception):
    """A line that holds no article: a short code, and what is wrong with it."""

    def __init__(self, reason: str, detail: str, url: str | None = None) -> None:
        super().__init__(reason)
        self.reason, self.detail, self.url = reason, detail, url


def line_article(line: bytes) -> Article | Reject:
    """Return the finished article of one line of JSON.

    Raises:
        BadLineError: the line is no JSON object with at least an address and a body.
    """
    if len(line) > LONGEST_LINE:
        raise BadLineError("too-long", f"longer than {LONGEST_LINE} bytes")
    try:
        said = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadLineError("bad-json", f"is not JSON ({str(error)[:100]})") from error
    if not isinstance(said, dict):
        raise BadLineError("bad-record", "is not a JSON object")
    url, body = said.get("url"), said.get("body")
    if not isinstance(url, str) or urlsplit_host(url) is None:
        raise BadLineError("bad-record", f'has no http address in "url" ({str(url)[:100]!r})')
    url = clean.text(url)
    if not isinstance(body, str) or not body.strip():
        raise BadLineError("bad-record", 'has no text in "body"', url)
    wrong = [name for name in TEXT_FIELDS if not isinstance(said.get(name), str | None)]
    if wrong:
        raise BadLineError("bad-record", f'"{wrong[0]}" is not a string', url)
    return pipelines.finish(as_printed(url, body, said), outlets.habits_at(url))


def urlsplit_host(url: str) -> str | None:
    """Return the host of a web address, or None for anything else."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return parts.hostname if parts.scheme in {"http", "https"} else None


def as_printed(url: str, body: str, said: dict[str, Any]) -> Article:
    """Return the article that a line describes, its dates and quotations not read yet."""
    paragraphs = clean.paragraphs(body)
    authors = said.get("authors") or ()
    given = (authors,) if isinstance(authors, str) else authors
    return Article(
        url=urls.canonical(url),
        outlet=clean.text(said.get("outlet") or "") or (urlsplit_host(url) or "").removeprefix("www."),
        title=clean.text(said.get("title") or "") or next(iter(paragraphs), "")[:LONGEST_TITLE],
        body="\n".join(paragraphs),
        authors=tuple(clean.text(author) for author in given if isinstance(author, str)),
        language=(said.get("language") or "").strip().lower()[:2] or py3langid.classify(body[:3000])[0],
        published_text=clean.text(said.get("published") or "") or None,
        provenance={
            name: "given" for name in ("title", "body", "authors", "language", "published_text") if said.get(name)
        },
        addresses=tuple(dict.fromkeys((url, urls.canonical(url)))),
        fetched_at=datetime.now(UTC),
    )


# --- WARC ---------------------------------------------------------------------------------------


def read_warc(file: IO[bytes], path: Path, report: FileReport) -> Iterator[Record]:
    """Yield a fetch for each HTML page of a WARC file, and a reject for each that came torn.

    Raises:
        FileError: the file breaks off or is damaged.
    """
    try:
        for record in ArchiveIterator(file, check_digests=True):
            if record.rec_type == "response" and is_page(record):
                report.records += 1
                yield warc_page(record, path, report)
    except (ArchiveLoadFailed, zlib.error, EOFError, ValueError) as error:
        place = f"{path}, after {report.records} pages"
        raise FileError(
            f"{place}: the file is damaged ({str(error)[:100]}); fetch it again, what came is kept"
        ) from error
    if is_cut(path):
        raise FileError(f"{path}, after {report.records} pages: the file breaks off; fetch it again, what came is kept")


def is_cut(path: Path) -> bool:
    """Tell whether a gzip file ends inside a member (warcio does not)."""
    with path.open("rb") as file:
        if file.read(2) != GZIP:
            return False
        file.seek(0)
        unpacker = zlib.decompressobj(wbits=31)
        while piece := unpacker.unconsumed_tail or unpacker.unused_data or file.read(1 << 20):
            if unpacker.eof:
                unpacker = zlib.decompressobj(wbits=31)
            unpacker.decompress(piece, 1 << 20)
        return not unpacker.eof


def is_page(record: ArcWarcRecord) -> bool:
    """Tell whether a record is a page that was there, and HTML."""
    headers = record.http_headers
    if headers is None or headers.get_statuscode() != "200":
        return False
    content_type = (headers.get_header("Content-Type") or "text/html").lower()
    return "html" in content_type


def warc_page(record: ArcWarcRecord, path: Path, report: FileReport) -> Fetch | Reject:
    """Return the fetch that a record keeps; a torn or outsized one is a reject."""
    url = str(record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
    body = record.content_stream().read(LONGEST_PAGE + 1)
    trouble = ""
    if len(body) > LONGEST_PAGE:
        trouble = f"larger than {LONGEST_PAGE} bytes"
    elif getattr(record.raw_stream, "limit", 0) > 0:
        trouble = "the record breaks off"
    elif record.digest_checker.passed is False:
        trouble = f"its digest does not agree ({'; '.join(record.digest_checker.problems)[:100]})"
    elif urlsplit_host(url) is None:
        trouble = f"its address is none ({url[:100]!r})"
    if trouble:
        report.broken.append(f"{path}, page {report.records} ({url}): {trouble}")
        reject_url = url or f"file:{path.name}#{report.records}"
        return Reject(url=reject_url, stage="ingest", reason="torn-record", detail=f"{path}: {trouble}")
    return Fetch(
        url=url,
        asked_for=url,
        outlet=outlet_name(url),
        status=200,
        content_type=record.http_headers.get_header("Content-Type") or "",
        body=body,
        fetched_at=warc_date(record),
    )


def outlet_name(url: str) -> str:
    """Return the name of the outlet that an address belongs to: ours, or its host."""
    outlet = outlets.at(url)
    return outlet.name if outlet else (urlsplit_host(url) or "").removeprefix("www.")


def warc_date(record: ArcWarcRecord) -> datetime:
    """Return when a record was fetched; now where it does not say so."""
    read = dates.read(str(record.rec_headers.get_header("WARC-Date") or ""), language=None)
    return read.at if read and read.at else datetime.now(UTC)
