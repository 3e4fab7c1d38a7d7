"""Atom feeds (RFC 4287) of what a page tells of."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement, tostring

from dedupe.site.answer import Answer, Entry

NAMESPACE = "http://www.w3.org/2005/Atom"
NEVER = "1970-01-01T00:00:00Z"
FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold."""


def atom(answer: Answer, root: str, path: str) -> bytes:
    """Return a feed of the answer's entries; `root` is scheme and host, `path` the feed's own address."""
    entries = answer.entries or ()
    feed = Element("feed", xmlns=NAMESPACE)
    add(feed, "title", f"{answer.title} · newscrawl")
    add(feed, "id", f"{root}{path}")
    SubElement(feed, "link", rel="self", href=f"{root}{path}", type="application/atom+xml")
    SubElement(feed, "link", rel="alternate", href=f"{root}{path.removesuffix('.atom')}", type="text/html")
    add(feed, "updated", max((entry.updated for entry in entries), default=NEVER))
    add(SubElement(feed, "author"), "name", "newscrawl")
    for entry in entries:
        feed.append(as_element(entry, root))
    written: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return written


def as_element(entry: Entry, root: str) -> Element:
    """Return one entry."""
    address = entry.path if entry.path.startswith(("http://", "https://")) else f"{root}{entry.path}"
    element = Element("entry")
    add(element, "title", entry.title)
    add(element, "id", address)
    SubElement(element, "link", rel="alternate", href=FORBIDDEN.sub("", address), type="text/html")
    add(element, "updated", entry.updated)
    if entry.author:
        add(SubElement(element, "author"), "name", entry.author)
    if entry.summary:
        add(element, "summary", entry.summary)
    return element


def add(parent: Element, name: str, text: str) -> None:
    """Put an element with a text into another."""
    SubElement(parent, name).text = FORBIDDEN.sub("", text)
