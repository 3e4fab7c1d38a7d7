"""WARC and JSON Lines files -> articles in the store; what cannot be one becomes a reject with its reason."""

from __future__ import annotations

import gzip
import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, redirect_stderr
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from io import SEEK_END, StringIO
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import urlsplit

import brotli
import py3langid
import zstandard
from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from dedupe import Article, Reject, Store, moment
from newscrawl import clean, dates, learning, metadata, outlets, pipelines, urls
from newscrawl.archive import Archive, Fetch

BATCH = 200
"""Records in one transaction: a kill loses at most this much work, and running again gives it back."""
LONGEST_LINE = 5 * 1024 * 1024
LONGEST_PAGE = 5 * 1024 * 1024
LONGEST_TITLE = 200
OPENING = 100
"""Bytes of a file that tell what it is."""
GZIP = b"\x1f\x8b"
BLANK = b" \t\r\n\xef\xbb\xbf"
"""White space of JSON, and the bytes of the mark (BOM) that some programs set before a text."""
LINES_SUFFIXES = frozenset({".jsonl", ".ndjson"})
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
    skipped: Counter[str] = field(default_factory=Counter)
    """Records of a WARC that are no news pages, by what they are; and why they were not read."""
    broken: list[str] = field(default_factory=list)
    """Lines and records that could not be read, each with its place."""
    error: str | None = None
    """Why reading ended early or could not begin."""


Record = Article | Reject | Fetch


def ingest(path: Path, store: Store, archive: Archive, progress: Callable[[int], object] | None = None) -> FileReport:
    """Store what a file holds, batch by batch, and return what it gave. Everything good before an error is kept."""
    report = FileReport(path)
    try:
        for batch in batches(read_file(path, report)):
            save(batch, store, archive, report, progress or (lambda _: None))
    except FileError as error:
        report.error = str(error)
    return report


def batches(records: Iterable[Record]) -> Iterator[list[Record]]:
    """Yield records in batches; what came before an error comes before the error."""
    batch: list[Record] = []
    try:
        for record in records:
            batch.append(record)
            if len(batch) == BATCH:
                yield batch
                batch = []
    except FileError:
        yield batch
        raise
    yield batch


def save(
    batch: list[Record], store: Store, archive: Archive, report: FileReport, progress: Callable[[int], object]
) -> None:
    """Keep one batch: raw bodies first, then articles and rejects in one transaction."""
    fetches = [record for record in batch if isinstance(record, Fetch)]
    with archive.transaction():
        keys = {id(fetch): archive.keep(fetch) for fetch in fetches}
    with store.transaction():
        for record in batch:
            progress(1)
            read = page_article(record, keys[id(record)]) if isinstance(record, Fetch) else record
            if isinstance(read, Reject):
                store.save_reject(read)
                report.outcomes["rejected"] += 1
                report.reasons[read.reason] += 1
            elif (article_id := kept_before(read, store)) is not None:
                store.add_addresses(article_id, read)
                report.outcomes["unchanged"] += 1
            else:
                report.outcomes[learning.save(store, read).outcome] += 1


def kept_before(article: Article, store: Store) -> int | None:
    """Return the id of the article whose earlier version this is; None where it is news.

    A file may hold one address with two texts: read again, neither is a new version. Where files say when a page was
    fetched, a text that came back later is one.
    """
    article_id = store.article_at((article.url, *article.addresses))
    fetched_at = moment(article.fetched_at) if article.raw and article.fetched_at else None
    found: int | None = store.value(
        "SELECT v.article_id FROM versions AS v JOIN articles AS a ON a.id = v.article_id"
        " WHERE v.article_id = ? AND v.number < a.version AND v.title = ? AND v.body = ?"
        " AND coalesce(?, v.seen_at) = v.seen_at",
        (article_id, article.title, article.body, fetched_at),
    )
    return found


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
            elif is_lines(opening, path):
                stream: IO[bytes] = file
                if file.peek(2)[:2] == GZIP:
                    stream = cast("IO[bytes]", stack.enter_context(gzip.open(file)))
                yield from read_lines(stream, path, report)
            else:
                raise FileError(
                    f"{path}: is neither a WARC file nor JSON Lines (it begins with {opening[:20]!r});"
                    ' WARC begins with "WARC/", JSON Lines with "{"'
                )
            if not report.records:
                raise FileError(f"{path}: holds no {'news page' if report.skipped else 'record'}")
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
        return bytes(packed[:OPENING])
    unpacker = zlib.decompressobj(wbits=31)
    try:
        opening = unpacker.decompress(packed, OPENING)
    except zlib.error as error:
        raise FileError(f"{path}: its gzip cannot be unpacked ({error}); fetch or pack the file again") from error
    if not opening:
        raise FileError(f"{path}: {'is empty' if unpacker.eof else 'breaks off at once; fetch it again'}")
    return opening


def is_lines(opening: bytes, path: Path) -> bool:
    """Tell whether a file is JSON Lines: it begins with an object, or its first line is broken and its name says so."""
    if opening.lstrip(BLANK).startswith(b"{"):
        return True
    return b"\x00" not in opening and bool(LINES_SUFFIXES.intersection(path.suffixes[-2:]))


# --- JSON Lines ---------------------------------------------------------------------------------


def read_lines(stream: IO[bytes], path: Path, report: FileReport) -> Iterator[Record]:
    """Yield an article or a reject for each line."""
    for number, line in enumerate(lines(stream, path), 1):
        if line.strip(BLANK):
            report.records += 1
            yield from read_line(line, number, path, report)


def lines(stream: IO[bytes], path: Path) -> Iterator[bytes]:
    """Yield the lines of a file; of one that is too long only so much that this shows.

    Raises:
        FileError: the file breaks off.
    """
    number = 0
    try:
        while line := stream.readline(LONGEST_LINE + 1):
            number += 1
            yield line
            if is_too_long(line):
                skip_line(stream)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FileError(
            f"{path}, after line {number}: the file breaks off ({error}); fetch it again, what came is kept"
        ) from error


def is_too_long(line: bytes) -> bool:
    """Tell whether a line was cut at the limit."""
    return len(line) > LONGEST_LINE and not line.endswith(b"\n")


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
    if is_too_long(line):
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
    if not isinstance(said.get("authors"), str | list | None):
        raise BadLineError("bad-record", '"authors" is neither a list nor a string', url)
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
    language = metadata.language(said.get("language"))
    return Article(
        url=urls.canonical(url),
        outlet=clean.text(said.get("outlet") or "") or (urlsplit_host(url) or "").removeprefix("www."),
        title=clean.text(said.get("title") or "") or next(iter(paragraphs), "")[:LONGEST_TITLE],
        body="\n".join(paragraphs),
        authors=tuple(name for author in given if isinstance(author, str) and (name := clean.text(author))),
        language=language or py3langid.classify("\n".join(paragraphs)[:3000])[0],
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
    for record in warc_records(file, path, report):
        if reason := no_page(record):
            report.skipped[reason] += 1
        else:
            report.records += 1
            yield warc_page(record, path, report)
    if is_cut(file):
        raise FileError(f"{path}, after {report.records} pages: the file breaks off; fetch it again, what came is kept")


def warc_records(file: IO[bytes], path: Path, report: FileReport) -> Iterator[ArcWarcRecord]:
    """Yield the records of a WARC file.

    Raises:
        FileError: what follows is no record.
    """
    found = ArchiveIterator(file, check_digests=True)
    while True:
        aside = StringIO()  # warcio prints what it steps over on stderr
        try:
            with redirect_stderr(aside):
                record = next(found, None)
        # warcio fails with an AttributeError on a head without an address, as a torn one is
        except (ArchiveLoadFailed, AttributeError, EOFError, ValueError, zlib.error) as error:
            place = f"{path}, after {report.records} pages"
            hint = "unpack it with gunzip" if "non-chunked gzip" in str(error) else "fetch it again, what came is kept"
            raise FileError(f"{place}: the file is damaged ({first_line(str(error))}); {hint}") from error
        if aside.getvalue():
            report.broken.append(f"{path}, after {report.records} pages: {first_line(aside.getvalue())}")
        if record is None:
            return
        yield record


def first_line(text: str) -> str:
    """Return the first line of a message that says something, cut to 100 characters."""
    return " ".join(text.split("\n\n", maxsplit=1)[0].split())[:100]


def is_cut(file: IO[bytes]) -> bool:
    """Tell whether a WARC file ends where no record ends (warcio does not)."""
    file.seek(0)
    if file.read(2) == GZIP:
        return is_cut_gzip(file)
    file.seek(max(0, file.seek(0, SEEK_END) - 4))
    return not file.read().endswith((b"\r\n\r\n", b"\n\n"))


def is_cut_gzip(file: IO[bytes]) -> bool:
    """Tell whether a gzip file ends inside a member, or in what is no gzip."""
    file.seek(0)
    unpacker = zlib.decompressobj(wbits=31)
    try:
        while piece := unpacker.unused_data or file.read(65_536):
            if unpacker.eof:
                unpacker = zlib.decompressobj(wbits=31)
            unpacker.decompress(piece)
    except zlib.error:
        return True
    return not unpacker.eof


def no_page(record: ArcWarcRecord) -> str:
    """Return why a record is no page that was there, and HTML; empty where it is one."""
    headers = record.http_headers
    if record.rec_type != "response" or headers is None:
        return str(record.rec_type)[:60]
    if (status := headers.get_statuscode()) != "200":
        return f"http-{status[:3]}"
    content_type = (headers.get_header("Content-Type") or "text/html").lower()
    return "" if "html" in content_type else content_type.partition(";")[0].strip()[:60]


def warc_page(record: ArcWarcRecord, path: Path, report: FileReport) -> Fetch | Reject:
    """Return the fetch that a record keeps; a torn or outsized one is a reject."""
    url = str(record.rec_headers.get_header("WARC-Target-URI") or "").strip("<>")
    body = b""
    trouble = "" if urlsplit_host(url) else f"its address is none ({url[:100]!r})"
    try:
        body = page_body(record)
    except TornPageError as error:
        trouble = str(error)
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


class TornPageError(Exception):
    """The body of a record cannot be read; the message says why."""


def page_body(record: ArcWarcRecord) -> bytes:
    """Return the page that a record keeps, unpacked.

    Raises:
        TornPageError: the record breaks off, was changed, is too large, or is packed in a way that cannot be undone.
    """
    if record.rec_headers.get_header("Content-Length") is None:
        raise TornPageError("its head does not say how long it is")
    is_chunked = (record.http_headers.get_header("Transfer-Encoding") or "").lower() == "chunked"
    stream = ChunkedDataReader(record.raw_stream) if is_chunked else record.raw_stream
    try:
        body: bytes = stream.read(LONGEST_PAGE + 1)
    except (EOFError, ValueError, zlib.error) as error:
        raise TornPageError(f"the record is damaged ({first_line(str(error))})") from error
    if len(body) > LONGEST_PAGE:
        raise TornPageError(f"larger than {LONGEST_PAGE} bytes")
    if getattr(record.raw_stream, "limit", 0) > 0:
        raise TornPageError("the record breaks off")
    if record.digest_checker.passed is False:
        raise TornPageError(f"its digest does not agree ({first_line('; '.join(record.digest_checker.problems))})")
    codings = (record.http_headers.get_header("Content-Encoding") or "").lower().split(",")
    for coding in reversed([name.strip() for name in codings]):
        body = unpacked(body, coding)
    return body


def unpacked(body: bytes, coding: str) -> bytes:
    """Return a body without one content coding; as it is where the archive had unpacked it already.

    Raises:
        TornPageError: it cannot be unpacked, or would be too large.
    """
    unpack = UNPACKERS.get(coding)
    is_plain = body.lstrip().startswith((b"<", b"\xef\xbb\xbf"))
    if unpack is None or is_plain or not body:
        return body
    try:
        return unpack(body)
    except (EOFError, brotli.error, zlib.error, zstandard.ZstdError) as error:
        raise TornPageError(f"its {coding} cannot be unpacked ({first_line(str(error))})") from error


def inflated(body: bytes) -> bytes:
    """Return an unpacked gzip or deflate body, with any of the three heads it may have.

    Raises:
        EOFError: it breaks off, or is too large.
    """
    unpacker = zlib.decompressobj(wbits=47 if body.startswith((GZIP, b"\x78")) else -15)
    found = unpacker.decompress(body, LONGEST_PAGE)
    if not unpacker.eof:
        raise EOFError(f"it breaks off, or is larger than {LONGEST_PAGE} bytes")
    return found


def unbrotlied(body: bytes) -> bytes:
    """Return an unpacked brotli body.

    Raises:
        EOFError: it breaks off, or is too large.
    """
    unpacker = brotli.Decompressor()
    found: bytes = unpacker.process(body, output_buffer_limit=LONGEST_PAGE)
    if not unpacker.is_finished():
        raise EOFError(f"it breaks off, or is larger than {LONGEST_PAGE} bytes")
    return found


def unzstded(body: bytes) -> bytes:
    """Return an unpacked zstd body.

    Raises:
        EOFError: it breaks off, or is too large.
    """
    unpacker = zstandard.ZstdDecompressor().decompressobj()
    found = b""
    for start in range(0, len(body), 1024):  # in portions, for a few bytes may unpack to very many
        if unpacker.eof or len(found) > LONGEST_PAGE:
            break
        found += unpacker.decompress(body[start : start + 1024])
    if not unpacker.eof or len(found) > LONGEST_PAGE:
        raise EOFError(f"it breaks off, or is larger than {LONGEST_PAGE} bytes")
    return found


UNPACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": inflated,
    "x-gzip": inflated,
    "deflate": inflated,
    "br": unbrotlied,
    "zstd": unzstded,
}
"""Content codings; warcio's own reader fails on some of them, and takes a gzip that breaks off for whole."""


def outlet_name(url: str) -> str:
    """Return the name of the outlet that an address belongs to: ours, or its host."""
    outlet = outlets.at(url)
    return outlet.name if outlet else (urlsplit_host(url) or "").removeprefix("www.")


def warc_date(record: ArcWarcRecord) -> datetime:
    """Return when a record was fetched; now where it does not say so."""
    read = dates.read(str(record.rec_headers.get_header("WARC-Date") or ""), language=None)
    return read.at if read and read.at else datetime.now(UTC)
