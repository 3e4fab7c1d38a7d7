"""pure: feed, sitemap, news sitemap, section page -> links with their dates."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any
from xml.sax import SAXException

import feedparser

from newscrawl import markup, urls
from newscrawl.metadata import absolute
from newscrawl.said import clean
from newscrawl.sitemap_files import BROKEN, CUT, MAX_ENTRIES, MAX_UNPACKED, Flaw, SitemapFile

__all__ = ["MAX_ENTRIES", "MAX_UNPACKED", "Flaw", "Link", "Listed", "feed", "next_section", "section", "sitemap"]

FEED_ENTRIES = 5_000
"""What comes after is not read; feeds of outlets have 10 to 500."""
FEED_TAGS = 100_000
"""Start and end tags, twenty for each entry; for what fits into 5 MB feedparser may take 15 s and 600 MB."""
_ENTRY = re.compile(rb"<(?:item|entry)\b", re.IGNORECASE)
_TAG = re.compile(rb"<")


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
class Listed:
    """What one listing names: pages, and where it is an index, further sitemaps."""

    links: tuple[Link, ...] = ()
    parts: tuple[Link, ...] = ()
    flaw: Flaw | None = field(default=None, compare=False)
    """Why it may have named more."""

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The addresses of the further sitemaps."""
        return tuple(part.url for part in self.parts)


def anything(_: str) -> bool:
    """Every address is wanted."""
    return True


def feed(body: bytes, url: str) -> Listed:
    """The links of an RSS, Atom or RDF feed in its order, each once; broken feeds give what can be read."""
    body, flaw = _within_limits(body)
    # A stream, never bare bytes: those feedparser would first try to open as a file's name.
    parsed = feedparser.parse(
        io.BytesIO(body),
        response_headers={"content-location": url},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    found: dict[str, Link] = {}
    for entry in parsed.entries:
        if link := _entry(entry, url):
            found.setdefault(link.url, link)
    return Listed(links=tuple(found.values()), flaw=flaw or _flaw_of_feed(parsed))


def _within_limits(body: bytes) -> tuple[bytes, Flaw | None]:
    """The part of a feed that is read."""
    for what, mark, most in (("entries", _ENTRY, FEED_ENTRIES), ("tags", _TAG, FEED_TAGS)):
        if further := next(islice(mark.finditer(body), most, None), None):
            return body[: further.start()], Flaw(CUT, f"it has more than {most} {what}; those after are not read")
    return body, None


def _flaw_of_feed(parsed: Any) -> Flaw | None:
    """What feedparser says is wrong, where an entry may be lost by it."""
    error = parsed.get("bozo_exception")
    if isinstance(error, SAXException):
        return Flaw(BROKEN, f"the XML is damaged: {error}"[:500])
    return None if parsed.get("version") or parsed.entries else Flaw(BROKEN, "it is no RSS, Atom or RDF feed")


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


def sitemap(body: bytes, url: str, is_wanted: Callable[[str], bool] = anything) -> Listed:
    """The pages or sitemaps that a sitemap names: plain, index, news, gzip or a text file of addresses.

    Malformed XML gives what can be read; external entities are never fetched. Of pages only those are kept whose
    address `is_wanted`.
    """
    links: list[Link] = []
    parts: list[Link] = []
    file = SitemapFile(body)
    for kind, facts in file.entries():
        printed = facts.get("loc", "").replace("&amp;", "&")  # escaped twice, or in CDATA
        address = printed if urls.is_settled(printed) else absolute(url, printed)
        if address and kind == "sitemap":
            parts.append(_link(address, facts))
        elif address and is_wanted(address):
            links.append(_link(address, facts))
    return Listed(links=tuple(links), parts=tuple(parts), flaw=file.flaw)


def _link(address: str, facts: Mapping[str, str]) -> Link:
    return Link(
        url=address,
        title=clean(facts.get("title")),
        published_text=clean(facts.get("publication_date")),
        modified_text=clean(facts.get("lastmod")),
    )


_WEB = re.compile(r"^(?:https?:)?/|^[\w?.][^:]*$", re.IGNORECASE)


def section(html: str, url: str, link_css: str) -> Listed:
    """The links that a section page shows in its order, each once, with their printed words.

    Where the selector matches something around links (a card, a headline), the links in it count.
    """
    root = markup.parse(html[: markup.MAX_CHARACTERS])
    why = "empty, or of too many elements" if root is None else markup.unreadable(root)
    if why:
        return Listed(flaw=Flaw(BROKEN, f"the page is not read: {why}"))
    found: dict[str, Link] = {}
    for anchor in (anchor for element in markup.select(root, link_css) for anchor in _anchors(element)):
        address = absolute(url, anchor.get("href"))
        if address is None or not _WEB.match(anchor.get("href").strip()):
            continue
        address = address.split("#", 1)[0]
        title = clean(markup.text_of(anchor)) or clean(anchor.get("title"))
        if address not in found or (title and not found[address].title):
            found[address] = Link(url=address, title=title)
    return Listed(links=tuple(found.values()))


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
