"""pure: a page's tree -> the same without what is never the article: menus, boxes of links, offers, captions."""

from __future__ import annotations

import re
from copy import copy
from functools import lru_cache
from itertools import pairwise

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

from newscrawl import markup
from newscrawl.markup import Tree

LONG = 60
"""Bytes; shorter texts are labels, teasers and menus."""
SHARE = 0.3
"""An element that holds more of the page's long texts than this stays, whatever its class calls it."""
SURE_SHARE = 0.75
"""The same for footers and cookie notices: on a short page they hold half of the words."""
NAME = 300
"""Characters of a class and an id that are looked at."""

_SILENT = tuple(markup.SILENT - {"figure", "input", "link", "meta", "source", "track", "embed"})
_GONE = frozenset(["aside", "dialog", "fieldset", "figcaption", "figure", "form", "h1", "input", "label", "menu"])
_BOXES = frozenset(
    [
        "a",
        "address",
        "blockquote",
        "center",
        "details",
        "div",
        "dl",
        "h2",
        "h3",
        "h4",
        "h5",
        "header",
        "li",
        "ol",
        "p",
        "section",
        "span",
        "table",
        "time",
        "ul",
    ]
)
_WITH_ID = frozenset(["div", "section", "ul", "table"])
_ROLES = frozenset(["alertdialog", "banner", "complementary", "contentinfo", "dialog", "menu", "navigation", "search"])
_HIDING = frozenset(["hidden", "hide"])
_SURE = frozenset(["consent", "cookie", "cookies", "footer", "gdpr"])
_WORDS = frozenset(
    [
        "ad", "ads", "advert", "advertisement", "advertising", "advertorial", "bio", "biography", "breadcrumb",
        "breadcrumbs", "byline", "bylines", "caption", "captions", "comment", "comments", "copyright",
        "dateline", "disclaimer", "disqus", "donate", "donation", "factbox", "feedback", "figcaption",
        "infobox", "legal", "modal", "mostread", "nav", "navigation", "newsletter", "newsletters", "noprint",
        "outbrain", "pager", "pagination", "poll", "popular", "popup", "promo", "promobox", "promos",
        "promotion", "quiz", "readmore", "recirc", "recirculation", "recommendation", "recommendations",
        "recommended", "related", "share", "sharebar", "shares", "sharing", "sidebar", "signup", "social",
        "socials", "sponsor", "sponsored", "subscribe", "subscription", "subscriptions", "survey", "taboola",
        "taglist", "tags", "teaser", "teasers", "timestamp", "toolbar", "trending",
    ]
)  # fmt: skip
_PAIRS = frozenset(
    [
        ("about", "author"), ("also", "read"), ("article", "meta"), ("article", "tags"), ("author", "bio"),
        ("author", "box"), ("author", "card"), ("author", "details"), ("author", "info"), ("baca", "juga"),
        ("call", "to"), ("entry", "meta"), ("expandable", "box"), ("fact", "box"), ("image", "caption"),
        ("image", "credit"), ("image", "widget"), ("img", "credit"), ("info", "box"), ("more", "from"),
        ("more", "news"), ("more", "on"), ("more", "stories"), ("most", "read"), ("most", "viewed"),
        ("photo", "credit"), ("post", "meta"), ("published", "date"), ("read", "also"), ("read", "more"),
        ("read", "time"), ("screen", "reader"), ("see", "also"), ("sign", "up"), ("sr", "only"),
        ("tag", "list"), ("up", "next"), ("visually", "hidden"), ("wp", "caption"),
    ]
)  # fmt: skip
_BODY = re.compile(r"(?:article|story|entry|post)[-_]{0,2}(?:body|content|text)(?![a-z])", re.IGNORECASE)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def pruned(root: Tree) -> Tree:
    """A copy of a page without the elements that are never its article."""
    tree = copy(root)
    etree.strip_elements(tree, *_SILENT, with_tail=False)
    sizes = long_texts(tree)
    out: list[Tree] = []
    open_elements = [tree]
    while open_elements:
        for child in open_elements.pop():
            share = most_of_page(child)
            if share and sizes[child] <= share * sizes[tree]:
                out.append(child)
            else:
                open_elements.append(child)
    for element in out:
        markup.take_out(element)
    return tree


def long_texts(root: Tree) -> dict[Tree, int]:
    """Bytes in the longer texts of each element: of characters that say more, fewer are written."""
    sizes: dict[Tree, int] = {}
    for element in reversed(list(root.iter())):
        sizes[element] = size = sizes.get(element, 0) + _long(element.text)
        parent = element.getparent()
        if parent is not None:
            sizes[parent] = sizes.get(parent, 0) + size + _long(element.tail)
    return sizes


def _long(text: str | None) -> int:
    size = len(text.encode("utf-8", "ignore")) if text else 0
    return size if size >= LONG else 0


def most_of_page(element: Tree) -> float:
    """The share of the page up to which an element is taken out; 0 where it always stays."""
    tag = element.tag
    if tag in _GONE:
        return SHARE
    if tag == "footer":
        return SURE_SHARE
    if tag not in _BOXES and "-" not in tag:
        return 0
    name = element.get("class") or ""
    if tag in _WITH_ID:
        name = f"{name} {element.get('id') or ''}"
    if len(name) > 1 and (share := _most_by_name(name[:NAME])):
        return share
    return SHARE if _is_unseen(element) else 0


def _is_unseen(element: Tree) -> bool:
    return element.get("aria-hidden") == "true" or element.get("role") in _ROLES or markup.is_hidden(element)


@lru_cache(maxsize=20_000)
def _most_by_name(name: str) -> float:
    words = [word.lower() for word in _WORD.findall(name)]
    if not _SURE.isdisjoint(words):
        return SURE_SHARE
    if not _HIDING.isdisjoint(name.split()):
        return SHARE
    if _BODY.search(name):
        return 0
    named = not _WORDS.isdisjoint(words) or not _PAIRS.isdisjoint(pairwise(words))
    return SHARE if named else 0
