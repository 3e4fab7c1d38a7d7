"""WARC files -> pages: streamed, digests checked, from any record on; and how a page in one is unpacked."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from contextlib import redirect_stderr
from dataclasses import dataclass
from datetime import UTC, datetime
from io import SEEK_END, StringIO
from pathlib import Path
from typing import IO

import brotli
import zstandard
from warcio.archiveiterator import ArchiveIterator
from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord

from newscrawl import dates
from newscrawl.files import GZIP, FileError, FileReport, first_line, host_of

LONGEST_PAGE = 5 * 1024 * 1024
ASKED_FOR, OUTLET = "Newscrawl-Asked-For", "Newscrawl-Outlet"
"""Fields of our own in a record's head: the address that a page was asked for under, and whose it is."""
LONGEST_NAME = 200


@dataclass(frozen=True)
class WarcPage:
    """A page as a record keeps it, its content codings not undone."""

    place: int
    """Byte of the file at which its record begins."""
    number: int
    """Of the pages in the file, from 1."""
    path: Path
    url: str
    fetched_at: datetime
    content_type: str = ""
    codings: tuple[str, ...] = ()
    body: bytes = b""
    asked_for: str = ""
    outlet: str = ""
    trouble: str = ""
    """Why the record is not believed."""

    @property
    def size(self) -> int:
        """Bytes that it holds."""
        return len(self.body)


def read_warc(file: IO[bytes], path: Path, report: FileReport, start: int = 0) -> Iterator[WarcPage]:
    """Yield the HTML pages of a WARC file, torn ones too; with `start`, those behind the record at that byte.

    Raises:
        FileError: the file breaks off or is damaged.
    """
    for place, record in warc_records(file, path, report, start):
        if start and place == start:
            continue  # stored before
        if reason := no_page(record):
            report.skipped[reason] += 1
        else:
            report.records += 1
            yield warc_page(record, place, path, report.reached)


def warc_records(
    file: IO[bytes], path: Path, report: FileReport, start: int = 0
) -> Iterator[tuple[int, ArcWarcRecord]]:
    """Yield the records of a WARC file, each with the byte it begins at.

    Raises:
        FileError: what follows is no record, or the last one breaks off.
    """
    file.seek(start)
    found = ArchiveIterator(file, check_digests=True)
    place = start
    while True:
        aside = StringIO()  # warcio prints what it steps over on stderr
        try:
            with redirect_stderr(aside):
                record = next(found, None)
        # warcio fails with an AttributeError on a head without an address, as a torn one is
        except (ArchiveLoadFailed, AttributeError, EOFError, ValueError, zlib.error) as error:
            told = f"{path}, after {report.reached} pages"
            hint = "unpack it with gunzip" if "non-chunked gzip" in str(error) else "fetch it again, what came is kept"
            raise FileError(f"{told}: the file is damaged ({first_line(str(error))}); {hint}") from error
        if aside.getvalue():
            report.tell(f"{path}, after {report.reached} pages: {first_line(aside.getvalue())}")
        if record is None:
            break
        place = found.offset
        yield place, record
    if is_cut(file, place):
        raise FileError(f"{path}, after {report.reached} pages: the file breaks off; fetch it again, what came is kept")


def is_cut(file: IO[bytes], last: int) -> bool:
    """Tell whether a WARC file ends where no record ends, from where its last one begins on (warcio does not)."""
    file.seek(0)
    if file.read(2) == GZIP:
        return is_cut_gzip(file, last)
    file.seek(max(0, file.seek(0, SEEK_END) - 4))
    return not file.read().endswith((b"\r\n\r\n", b"\n\n"))


def is_cut_gzip(file: IO[bytes], last: int) -> bool:
    """Tell whether a gzip file ends inside a member, or in what is no gzip; looked at from a member on."""
    file.seek(last)
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
        return str(record.rec_type)[:60] or "no type"
    if (status := headers.get_statuscode()) != "200":
        return f"http-{status[:3]}"
    content_type = (headers.get_header("Content-Type") or "text/html").lower()
    return "" if "html" in content_type else content_type.partition(";")[0].strip()[:60] or "no type"


def warc_page(record: ArcWarcRecord, place: int, path: Path, number: int) -> WarcPage:
    """Return the page that a record keeps, with what makes it doubtful."""
    head, http = record.rec_headers, record.http_headers
    url = str(head.get_header("WARC-Target-URI") or "").strip("<>")
    body, trouble = b"", "" if host_of(url) else f"its address is none ({url[:100]!r})"
    try:
        body = page_body(record)
    except TornPageError as error:
        trouble = str(error)
    return WarcPage(
        place=place,
        number=number,
        path=path,
        url=url,
        fetched_at=warc_date(record),
        content_type=http.get_header("Content-Type") or "",
        codings=tuple(name.strip() for name in (http.get_header("Content-Encoding") or "").lower().split(",")),
        body=b"" if trouble else body,
        asked_for=str(head.get_header(ASKED_FOR) or url),
        outlet=str(head.get_header(OUTLET) or "")[:LONGEST_NAME],
        trouble=trouble,
    )


class TornPageError(Exception):
    """The body of a record cannot be read; the message says why."""


def page_body(record: ArcWarcRecord) -> bytes:
    """Return the page that a record keeps, in the content coding it came in.

    Raises:
        TornPageError: the record breaks off, was changed, or is too large.
    """
    if record.rec_headers.get_header("Content-Length") is None:
        raise TornPageError("its head does not say how long it is")
    if record.http_headers is None:
        raise TornPageError("it holds no answer of a server")
    if cut := record.rec_headers.get_header("WARC-Truncated"):
        raise TornPageError(f"its crawler cut it off ({first_line(str(cut))})")
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
    return body


def plain(body: bytes, codings: tuple[str, ...]) -> bytes:
    """Return a page without its content codings, the last one undone first.

    Raises:
        TornPageError: it cannot be unpacked, or would be too large.
    """
    for coding in reversed(codings):
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


def warc_date(record: ArcWarcRecord) -> datetime:
    """Return when a record was fetched; now where it does not say so."""
    read = dates.read(str(record.rec_headers.get_header("WARC-Date") or ""), language=None)
    return read.at if read and read.at else datetime.now(UTC)
