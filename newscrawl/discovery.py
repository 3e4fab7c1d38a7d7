"""pure: feed, sitemap, news sitemap, section page -> links with their dates."""

from __future__ import annotations

import gzip
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import feedparser
from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

from newscrawl import markup
from newscrawl.metadata import absolute
from newscrawl.said import clean

MAX_ENTRIES = 50_000
"""As the sitemap protocol has it; what comes after is not read."""
MAX_UNPACKED = 50 * 1024 * 1024
"""As the sitemap protocol has it: a sitemap of more bytes is cut there, which is what a gzip bomb meets."""
_PIECE = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class Link:
    """One address that an outlet announces, with what the announcement prints beside it."""

    url: str
    published_text: str | None = None
    title: str | None = None
    modified_text: str | None = None
    printed_url: str | None = None
    """The spelling to ask for, where the outlet may not answer under the canonical one, which `url` is then."""


@dataclass(frozen=True, kw_only=True)
class Sitemap:
    """What one sitemap file names: pages, and where it is an index, further sitemaps."""

    links: tuple[Link, ...] = ()
    parts: tuple[Link, ...] = ()

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The addresses of the further sitemaps."""
        return tuple(part.url for part in self.parts)


def feed(body: bytes, url: str) -> list[Link]:
    """The links of an RSS, Atom or RDF feed in its order, each once; broken feeds give what can be read."""
    # A stream, never bare bytes: those feedparser would first try to open as a file's name.
    parsed = feedparser.parse(
        io.BytesIO(body),
        response_headers={"content-location": url},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    found: dict[str, Link] = {}
    for entry in parsed.entries[:MAX_ENTRIES]:
        if link := _entry(entry, url):
            found.setdefault(link.url, link)
    return list(found.values())


def _entry(entry: Any, url: str) -> Link | None:
    said = dict(entry)  # a plain dict: feedparser's own answers `updated` with `published`, and warns
    address = absolute(url, said.get("link") or said.get("id"))
    if address is None:
        return None
    return Link(
        url=address,
        title=clean(said.get("title")),
        published_text=clean(said.get("published")) or clean(said.get("updated")),
        modified_text=clean(said.get("updated")),
    )


def sitemap(body: bytes, url: str) -> Sitemap:
    """The pages or sitemaps that a sitemap names: plain, index, news, gzip or a text file of addresses.

    Malformed XML gives what can be read; external entities are never fetched.
    """
    stream = _unpacked(body)
    opening = next(stream, b"").lstrip(b"\xef\xbb\xbf \t\r\n")
    if not opening.startswith(b"<"):
        return _text_sitemap(opening, stream, url)
    links: list[Link] = []
    parts: list[Link] = []
    for kind, facts in _records(_chain(opening, stream)):
        address = absolute(url, facts.get("loc", "").replace("&amp;", "&"))  # escaped twice, or in CDATA
        if address and kind == "sitemap":
            parts.append(_link(address, facts))
        elif address:
            links.append(_link(address, facts))
        if len(links) + len(parts) >= MAX_ENTRIES:
            break
    return Sitemap(links=tuple(links), parts=tuple(parts))


def _link(address: str, facts: dict[str, str]) -> Link:
    return Link(
        url=address,
        title=clean(facts.get("title")),
        published_text=clean(facts.get("publication_date")),
        modified_text=clean(facts.get("lastmod")),
    )


def _text_sitemap(opening: bytes, stream: Iterator[bytes], url: str) -> Sitemap:
    rows = b"".join(_chain(opening, stream)).decode("utf-8", "replace").split("\n", MAX_ENTRIES)[:MAX_ENTRIES]
    addresses = (absolute(url, row.strip()) for row in rows if row.strip().startswith("http"))
    return Sitemap(links=tuple(Link(url=address) for address in addresses if address))


def _chain(opening: bytes, stream: Iterator[bytes]) -> Iterator[bytes]:
    yield opening
    yield from stream


def _unpacked(body: bytes) -> Iterator[bytes]:
    """The body in pieces, unpacked where it is gzip; a torn or bad gzip ends where it breaks."""
    stream: io.BufferedIOBase = io.BytesIO(body)
    if body.startswith(b"\x1f\x8b"):
        stream = gzip.GzipFile(fileobj=stream)
    left = MAX_UNPACKED
    while left > 0:
        try:
            piece = stream.read(min(_PIECE, left))
        except (EOFError, gzip.BadGzipFile, zlib.error):
            return
        if not piece:
            return
        left -= len(piece)
        yield piece


_KEPT = frozenset({"loc", "lastmod", "title", "publication_date"})
_CONTAINERS = frozenset({"url", "sitemap"})
_ELSEWHERE = frozenset({"image", "video"})


def _records(pieces: Iterator[bytes]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each `<url>` or `<sitemap>` as its kind and facts; what was read is let go, so memory stays flat."""
    parser = etree.XMLPullParser(
        events=("start", "end"),
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    facts: dict[str, str] = {}
    aside = 0
    for piece in _escaped(pieces):
        parser.feed(piece)
        for event, element in parser.read_events():
            name = re.split(r"[}:]", element.tag)[-1] if isinstance(element.tag, str) else ""
            if name in _ELSEWHERE:
                aside += 1 if event == "start" else -1
            if event == "start":
                continue
            if name in _KEPT and not aside and element.text:
                facts.setdefault(name, element.text.strip()[:2000])
            elif name in _CONTAINERS:
                yield name, facts
                facts = {}
            _forget(element, name)


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


def _forget(element: Any, name: str) -> None:
    if name in _CONTAINERS:
        parent = element.getparent()
        element.clear()
        while parent is not None and len(parent) > 1:
            del parent[0]


_WEB = re.compile(r"^(?:https?:)?/|^[\w?.][^:]*$", re.IGNORECASE)


def section(html: str, url: str, link_css: str) -> list[Link]:
    """The links that a section page shows in its order, each once, with their printed words.

    Where the selector matches something around links (a card, a headline), the links in it count.
    """
    root = markup.parse(html[: markup.MAX_CHARACTERS])
    if root is None or markup.unreadable(root):
        return []
    found: dict[str, Link] = {}
    for anchor in (anchor for element in markup.select(root, link_css) for anchor in _anchors(element)):
        address = absolute(url, anchor.get("href"))
        if address is None or not _WEB.match(anchor.get("href").strip()):
            continue
        address = address.split("#", 1)[0]
        title = clean(markup.text_of(anchor)) or clean(anchor.get("title"))
        if address not in found or (title and not found[address].title):
            found[address] = Link(url=address, title=title)
    return list(found.values())


_ONWARD = "a[rel~=next], link[rel~=next], a.next, li.next > a, .pagination .next a, a[aria-label='Next']"


def next_section(html: str, url: str, next_css: str) -> str | None:
    """The address of the page that goes on where a section or index page ends; None on the last."""
    root = markup.parse(html[: markup.MAX_CHARACTERS])
    if root is None or markup.unreadable(root):
        return None
    for element in markup.select(root, next_css or _ONWARD):
        address = absolute(url, element.get("href"))
        if address and _WEB.match(element.get("href").strip()) and address.split("#", 1)[0] != url.split("#", 1)[0]:
            return address.split("#", 1)[0]
    return None


def _anchors(element: Any) -> list[Any]:
    return [element] if element.tag == "a" else list(element.iter("a"))
