"""A file that `ingest` is given: what it is, what it gave, and why it could not be read."""

from __future__ import annotations

import zlib
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

OPENING = 100
"""Bytes of a file that tell what it is."""
GZIP = b"\x1f\x8b"
BLANK = b" \t\r\n\xef\xbb\xbf"
"""White space of JSON, and the bytes of the mark (BOM) that some programs set before a text."""
LINES_SUFFIXES = frozenset({".jsonl", ".ndjson"})

MOST_TOLD = 1_000
"""Troubles that a report names: a file of any size is read in the same memory."""


class FileError(Exception):
    """A file that cannot be read to its end; the message names the place and the remedy."""


@dataclass
class FileReport:
    """What one file gave."""

    path: Path
    records: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    """`new`, `version`, `older`, `reread`, `unchanged` and `rejected`, each with its number."""
    reasons: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    """Records of a WARC that are no news pages, by what they are; and why they were not read."""
    broken: list[str] = field(default_factory=list)
    """Lines and records that could not be read, each with its place; of very many the first."""
    more_broken: int = 0
    """Those that are not named there."""
    error: str | None = None
    """Why reading ended early or could not begin."""
    finished_before: str | None = None
    """When the file was read to its end before; nothing of it was read again then."""
    went_on_after: int = 0
    """Records that an earlier reading, which did not come to its end, had stored already."""

    def tell(self, trouble: str) -> None:
        """Note what was wrong with a line or record."""
        if len(self.broken) < MOST_TOLD:
            self.broken.append(trouble)
        else:
            self.more_broken += 1

    @property
    def reached(self) -> int:
        """How many records of the file were read, by this reading and an earlier one."""
        return self.went_on_after + self.records


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


def host_of(url: str) -> str | None:
    """Return the host of a web address, or None for anything else."""
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    return parts.hostname if parts.scheme in {"http", "https"} else None


def first_line(text: str) -> str:
    """Return the first line of a message that says something, cut to 100 characters."""
    return " ".join(text.split("\n\n", maxsplit=1)[0].split())[:100]
