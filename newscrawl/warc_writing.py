"""Kept pages -> one WARC file, written beside its place, read back record by record, then given its name."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import uuid
import warnings
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from dedupe import sync
from newscrawl.archive import Archive, Kept, unpacked
from newscrawl.files import FileError, FileReport
from newscrawl.warc import ASKED_FOR, OUTLET, TornPageError, page_body, warc_records

WARC = "WARC/1.1"
NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://warc.newscrawl.example/")
"""Records are numbered by what they hold: the same fetch has the same id in every file."""
UNSENT = "headers other than these were not kept; no cookies were sent"


@dataclass
class Exported:
    """What a WARC file holds."""

    path: Path
    fetches: int = 0
    pages: int = 0
    """Records with a body; the others say that the body came again."""
    bytes: int = 0
    without_body: int = 0
    """Fetches that were left out, for their body is not kept any more."""


def export(archive: Archive, out: Path, fetches: Iterable[Kept]) -> Exported:
    """Write fetches to a new WARC file and return what it holds; it has its name only once it is read back whole.

    Raises:
        FileError: the file is there already, cannot be written, or is not what was to be written.
    """
    if out.exists():
        raise FileError(f"{out}: is there already; give the name of a new file")
    part = out.with_name(f".{out.name}.{os.getpid()}.part")
    report = Exported(out)
    try:
        with part.open("xb") as file:
            write(archive, WARCWriter(file, gzip=out.name.endswith(".gz"), warc_version=WARC), fetches, report, out)
            file.flush()
            os.fsync(file.fileno())
        found = sum(1 for _ in verified(part))
        if found != report.fetches:
            raise FileError(f"{out}: {found} of {report.fetches} records could be read back; is the disk sound?")
        report.bytes = part.stat().st_size
        part.rename(out)
        sync(out.parent)
    except OSError as error:
        raise FileError(f"{out}: cannot be written ({error.strerror or error})") from error
    finally:
        part.unlink(missing_ok=True)
    return report


def write(archive: Archive, writer: WARCWriter, fetches: Iterable[Kept], report: Exported, out: Path) -> None:
    """Write a record for each fetch: a response, or for a body that is in the file already, a revisit."""
    about = {
        "software": f"newscrawl {version('newscrawl')}",
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "description": f"kept pages; bodies as fetched, {UNSENT}",
    }
    put(writer, writer.create_warcinfo_record(out.name, about))
    with closing(Written()) as written:
        for fetch in fetches:
            first = written.first(fetch.hash)
            if first:
                put(writer, revisit(writer, fetch, *first))
            else:
                found = archive.packed_bodies([fetch.hash])
                if not found:
                    report.without_body += 1
                    continue
                digest = put(writer, response(writer, fetch, unpacked(*found[fetch.hash])))
                written.note(fetch.hash, digest, fetch.url, fetch.fetched_at)
                report.pages += 1
            report.fetches += 1


class Written:
    """Which bodies are in a file, and where first: in a temporary file of its own, so that memory stays flat."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect("")
        self.connection.execute("CREATE TABLE written (hash TEXT, digest TEXT, url TEXT, fetched_at TEXT)")
        self.connection.execute("CREATE INDEX by_hash ON written (hash)")
        self.connection.execute("CREATE INDEX by_digest ON written (digest)")

    def first(self, key: str) -> tuple[str, str, str] | None:
        """Return address, time and digest of the record that holds a body."""
        found: tuple[str, str, str] | None = self.connection.execute(
            "SELECT url, fetched_at, digest FROM written WHERE hash = ?", (key,)
        ).fetchone()
        return found

    def by_digest(self, digest: str) -> str:
        """Return the key of the body with a digest; empty where there is none."""
        found = self.connection.execute("SELECT hash FROM written WHERE digest = ?", (digest,)).fetchone()
        return str(found[0]) if found else ""

    def note(self, key: str, digest: str, url: str = "", fetched_at: str = "") -> None:
        """Remember the record that holds a body."""
        self.connection.execute("INSERT INTO written VALUES (?, ?, ?, ?)", (key, digest, url, fetched_at))

    def close(self) -> None:
        """Forget everything."""
        self.connection.close()


def response(writer: WARCWriter, fetch: Kept, body: bytes) -> ArcWarcRecord:
    """Return the record of a fetch with its body."""
    return writer.create_warc_record(
        fetch.url,
        "response",
        payload=BytesIO(body),
        length=len(body),
        http_headers=http_head(fetch, len(body)),
        warc_headers_dict=head(fetch),
    )


def revisit(writer: WARCWriter, fetch: Kept, url: str, fetched_at: str, digest: str) -> ArcWarcRecord:
    """Return the record of a fetch whose body is in the file already, under another time or address."""
    return writer.create_revisit_record(
        fetch.url, digest, url, fetched_at, http_headers=http_head(fetch), warc_headers_dict=head(fetch)
    )


def head(fetch: Kept) -> dict[str, str]:
    """Return the fields of a record's head that say what was fetched when."""
    name = uuid.uuid5(NAMESPACE, f"{fetch.url} {fetch.fetched_at} {fetch.hash}")
    return {
        "WARC-Record-ID": f"<urn:uuid:{name}>",
        "WARC-Date": fetch.fetched_at,
        ASKED_FOR: fetch.asked_for,
        OUTLET: fetch.outlet,
    }


def http_head(fetch: Kept, length: int | None = None) -> StatusAndHeaders:
    """Return what is known of the answer's own head."""
    known = [("Content-Type", " ".join(fetch.content_type.split()) or "text/html")]
    if length is not None:
        known.append(("Content-Length", str(length)))
    return StatusAndHeaders(f"{fetch.status} {'OK' if fetch.status == 200 else 'Status'}", known, protocol="HTTP/1.1")  # noqa: PLR2004 - HTTP's OK


def put(writer: WARCWriter, record: ArcWarcRecord) -> str:
    """Write a record and return the digest of its payload."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # warcio leaves its temporary files to the collector
        writer.write_record(record)
    return str(record.rec_headers.get_header("WARC-Payload-Digest") or "")


# --- reading back -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Checked:
    """A record of a WARC file whose digests agree."""

    url: str
    fetched_at: str
    hash: str
    """SHA-256 of the page, hex."""
    is_revisit: bool


def verified(path: Path, report: FileReport | None = None) -> Iterator[Checked]:
    """Yield the pages of a WARC file whose digests agree; the others are named in the report.

    Raises:
        FileError: the file is damaged.
    """
    report = report or FileReport(path)
    with path.open("rb") as file, closing(Written()) as written:
        for _, record in warc_records(file, path, report):
            kind = record.rec_type
            if kind not in {"response", "revisit"}:
                report.skipped[str(kind)[:60]] += 1
                continue
            report.records += 1
            rec = record.rec_headers
            url, at = str(rec.get_header("WARC-Target-URI") or ""), str(rec.get_header("WARC-Date") or "")
            digest = str(rec.get_header("WARC-Payload-Digest") or "")
            if kind == "revisit":
                key = written.by_digest(digest)
                trouble = "" if key else "what it repeats is not in this file"
            else:
                key, trouble = body_hash(record)
            if trouble or not key:
                report.tell(f"{path}, record {report.records} ({url}): {trouble}")
                continue
            if kind == "response":
                written.note(key, digest)
            report.outcomes[kind] += 1
            yield Checked(url, at, key, kind == "revisit")


def body_hash(record: ArcWarcRecord) -> tuple[str, str]:
    """Return the SHA-256 of a record's body, and what is wrong with it: one without a digest is not verified."""
    try:
        body = page_body(record)
    except TornPageError as error:
        return "", str(error)
    if record.digest_checker.passed is not True:
        return "", "it has no digest"
    return hashlib.sha256(body).hexdigest(), ""
