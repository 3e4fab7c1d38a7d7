"""pure: the bytes of a sitemap, packed or not, XML or text -> its entries, and what is wrong with the file."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

MAX_ENTRIES = 50_000
"""As the sitemap protocol has it; what comes after is not read."""
MAX_UNPACKED = 50 * 1024 * 1024
"""As the sitemap protocol has it: a sitemap of more bytes is cut there, which is what a gzip bomb meets."""
MAX_TAGS = 2_000_000
"""Forty for each entry; a file of more is cut there."""
MAX_DEPTH = 256
"""Real ones are five deep; each level costs memory until it ends."""
MAX_FACT = 2_000
"""Characters of an address or a title; what comes after is left out."""
_PIECE = 64 * 1024

BROKEN, CUT = "broken-listing", "listing-cut"


@dataclass(frozen=True)
class Flaw:
    """Why a listing may have named more than could be read of it."""

    reason: str
    """`broken-listing`, or `listing-cut` where a limit of ours was reached."""
    detail: str


class SitemapFile:
    """A sitemap's file, read once from its start; `flaw` says in the end what was wrong with it."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self.flaw: Flaw | None = None

    def entries(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Each `<url>` or `<sitemap>` as its kind and facts, or each line of a text file.

        Malformed XML is given as far as it can be read; external entities are never fetched.
        """
        pieces = self.unpacked()
        opening = next(pieces, b"").lstrip(b"\xef\xbb\xbf \t\r\n")
        is_xml = opening.startswith(b"<")
        found = self.of_xml(chain([opening], pieces)) if is_xml else self.of_text(b"".join([opening, *pieces]))
        for number, entry in enumerate(found):
            if number >= MAX_ENTRIES:
                self.note(CUT, f"it has more than {MAX_ENTRIES} entries; those after are not read")
                return
            yield entry

    def note(self, reason: str, detail: str) -> None:
        """Note what is wrong; what was noted first stays."""
        self.flaw = self.flaw or Flaw(reason, detail)

    def unpacked(self) -> Iterator[bytes]:
        """The file in pieces, unpacked where it is gzip; a torn or bad gzip ends where it breaks."""
        stream: io.BufferedIOBase = io.BytesIO(self.body)
        if self.body.startswith(b"\x1f\x8b"):
            stream = gzip.GzipFile(fileobj=stream)
        left = MAX_UNPACKED
        while left > 0:
            try:
                piece = stream.read(min(_PIECE, left))
            except (EOFError, gzip.BadGzipFile, zlib.error) as error:
                self.note(BROKEN, f"the packed file is torn or damaged: {error}")
                return
            if not piece:
                return
            left -= len(piece)
            yield piece
        self.note(CUT, f"it has more than {MAX_UNPACKED} bytes; those after are not read")

    def of_text(self, text: bytes) -> Iterator[tuple[str, Mapping[str, str]]]:
        """The addresses of a text file."""
        rows = text.split(b"\n", 2 * MAX_ENTRIES)[: 2 * MAX_ENTRIES]
        addresses = [row.strip() for row in rows if row.strip().startswith(b"http")]
        if not addresses:
            self.note(BROKEN, "it is neither XML nor a list of addresses" if text else "it is empty")
        for address in addresses:
            yield "url", {"loc": address[: 2 * MAX_FACT].decode("utf-8", "replace")}

    def of_xml(self, pieces: Iterator[bytes]) -> Iterator[tuple[str, Mapping[str, str]]]:
        """The entries of an XML file; no tree is built of it, so memory stays flat whatever it holds."""
        seen = _Seen()
        parser = etree.XMLParser(
            target=seen, recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        for piece in _escaped(pieces):
            parser.feed(piece)
            yield from seen.taken()
            if seen.tags > MAX_TAGS:
                self.note(CUT, f"it has more than {MAX_TAGS} elements; those after are not read")
                return
            if seen.depth > MAX_DEPTH:
                self.note(BROKEN, f"its elements stand more than {MAX_DEPTH} deep in each other")
                return
        try:
            parser.close()
        except etree.XMLSyntaxError as error:
            self.note(BROKEN, f"the XML is damaged: {error}")
        if fatal := [said for said in parser.feed_error_log if said.level == etree.ErrorLevels.FATAL]:
            self.note(BROKEN, f"the XML is damaged in line {fatal[0].line}: {fatal[0].message.strip()}")


_KEPT = frozenset({"loc", "lastmod", "title", "publication_date"})
_CONTAINERS = frozenset({"url", "sitemap"})
_ELSEWHERE = frozenset({"image", "video"})


class _Seen:
    """What lxml's parser tells of a sitemap as it goes along."""

    def __init__(self) -> None:
        self.tags = self.depth = self.aside = 0
        self.found: list[tuple[str, Mapping[str, str]]] = []
        self.facts: dict[str, str] = {}
        self.kept = ""
        """The element whose text is being read."""
        self.texts: list[str] = []

    def start(self, tag: str, _: Any) -> None:
        name = _local(tag)
        self.tags += 1
        self.depth += 1
        self.settle()
        if name in _ELSEWHERE:
            self.aside += 1
        elif name in _KEPT and not self.aside:
            self.kept = name

    def data(self, text: str) -> None:
        if self.kept:
            self.texts.append(text[:MAX_FACT])

    def end(self, tag: str) -> None:
        name = _local(tag)
        self.depth -= 1
        self.settle()
        if name in _ELSEWHERE:
            self.aside -= 1
        elif name in _CONTAINERS:
            self.found.append((name, self.facts))
            self.facts = {}

    def settle(self) -> None:
        """Keep the text that was read; the first of a name counts."""
        if self.kept and (text := "".join(self.texts).strip()[:MAX_FACT]):
            self.facts.setdefault(self.kept, text)
        self.kept = ""
        self.texts.clear()

    def taken(self) -> list[tuple[str, Mapping[str, str]]]:
        """What came since this was last asked."""
        found, self.found = self.found, []
        return found

    def close(self) -> None:
        """There is no result but what was told on the way."""


def _local(tag: str) -> str:
    """An element's name without its namespace."""
    return tag[max(tag.rfind("}"), tag.rfind(":")) + 1 :]


_BARE = re.compile(rb"&(?!(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|\w{1,10});)")
_OPEN_END = 12


def _escaped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces with every bare `&` escaped: a recovering parser would drop it, and the address change."""
    rest = b""
    for piece in pieces:
        text = rest + piece
        cut = text.find(b"&", max(0, len(text) - _OPEN_END))
        text, rest = (text, b"") if cut < 0 else (text[:cut], text[cut:])
        yield _BARE.sub(b"&amp;", text)
    yield _BARE.sub(b"&amp;", rest)
