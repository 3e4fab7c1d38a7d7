"""pure: a page's headings and titles -> the headline printed above the article, and how other layers spell it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from newscrawl import markup
from newscrawl.markup import Tree
from newscrawl.said import alike, clean

MOST = 30
"""Headings of one level looked at on a page; the article's own is among the first."""
NEAR = 5
"""Levels above a heading, on which a path ("Home > City > This article") is told from the article."""
_PATH = re.compile("bread-?_?crumb")  # in a class, a test id, a type, a label
_ELSEWHERE = frozenset(["nav", "aside", "footer"])


def page_title(root: Tree) -> str | None:
    """What the title element says."""
    return clean(next((markup.content(element) for element in root.iter("title")), None))


def headings(root: Tree, title: str | None) -> list[tuple[Tree, str]]:
    """The printed headings that are not in menus and paths, and their texts: the `<h1>`, and where none is, lower ones.

    Where the only `<h1>` ends the page's path or is the outlet's name, outlets print the headline as `<h2>` or `<h3>`.
    """
    titled = words(title or "")
    first = _printed(root.iter("h1"))
    if any(titled & words(text) for _, text in first):
        return first
    return [*first, *_printed(root.iter("h2")), *_printed(root.iter("h3"))]


def _printed(elements: Iterator[Tree]) -> list[tuple[Tree, str]]:
    shown = ((element, _text(element)) for element in islice(elements, MOST) if not is_elsewhere(element))
    return [(element, text) for element, text in shown if text]


def _text(element: Tree) -> str | None:
    return clean(markup.line(element.text) if len(element) == 0 else markup.text_of(element))


def is_elsewhere(heading: Tree) -> bool:
    """True for a heading in a menu, beside the article, or at the end of the path that leads to it."""
    for distance, element in enumerate((heading, *heading.iterancestors())):
        if distance > NEAR or element.tag in {"article", "main"}:
            return False
        if element.tag in _ELSEWHERE or _is_path(element):
            return True
    return False


def _is_path(element: Tree) -> bool:
    said = " ".join([value[:300] for value in element.values()[:20]]).lower()
    return "crumb" in said and _PATH.search(said) is not None


def main(root: Tree, found: Sequence[tuple[Tree, str]], title: str | None) -> Tree | None:
    """The article's own heading: the first `<h1>` that shares words with the title element, else one that is it."""
    titled = words(title or "")
    first = [element for element, _ in found if element.tag == "h1"]
    agreeing = [element for element, text in found if element.tag == "h1" and titled & words(text)]
    second = [element for element, text in found if element.tag != "h1" and resembles(text, title or "")]
    return next(iter([*agreeing, *first, *second, *(h1 for h1 in root.iter("h1") if markup.text_of(h1))]), None)


def text_of(heading: Tree | None) -> str | None:
    """The text of a heading, without a part that is called its kicker."""
    if heading is None:
        return None
    text = _text(heading) or ""
    named = any(_KICKER.search((element.get("class") or "")[:400]) for element in _parts(heading)[:1])
    return next(spellings(heading, text)) if named else text or None


_KICKER = re.compile(
    r"kicker|over-?_?(?:line|title)|top-?_?line|dachzeile|spitzmarke|eyebrow|roofline|"
    r"(?:super|sur|ante|pre)-?_?(?:title|titre|titulo|heading|headline)|occhiello|catch-?line",
    re.IGNORECASE,
)


def spellings(heading: Tree, text: str) -> Iterator[str]:
    """What a heading may be called elsewhere: its text without the kicker that is set in an element of its own, all."""
    if (kicker := kicker_of(heading)) and text.startswith(kicker):
        yield text[len(kicker) :].lstrip(" :-–—|/•·")
    yield text


def kicker_of(heading: Tree) -> str:
    """The text of the first of several elements that make up a heading; "" where it is of one piece."""
    return next((_text(part) or "" for part in _parts(heading)), "")


def _parts(heading: Tree) -> list[Tree]:
    """The elements that a heading is put together from, where the text begins in the first of several."""
    inner = heading
    while len(inner) == 1 and not markup.line(inner.text) and not markup.line(inner[0].tail):
        inner = inner[0]
    whole = len(inner) == 0 or markup.line(inner.text) or not isinstance(inner[0].tag, str)
    return [] if whole or (len(inner) == 1 and not markup.line(inner[0].tail)) else list(inner)


SAME = 0.5
"""The share of the shorter title's words in the longer one, from which both are of one article."""


def resembles(one: str, other: str) -> bool:
    """True where two titles share most of the words of the shorter one."""
    a, b = words(one), words(other)
    return len(a & b) > SAME * min(len(a), len(b)) if a and b else False


def words(text: str) -> set[str]:
    """The words of a title, single letters left out."""
    return set(_WORD.findall(text.lower().replace("\xad", "")))


_WORD = re.compile(r"\w{2,}")

NAME_WORDS = 4
"""An outlet's name is of no more words, a headline of more."""


def unsuffixed(title: str | None, publisher: str | None = None) -> str | None:
    """A title without the outlet's name behind its last bar or dash.

    >>> unsuffixed("Pasar ikan dibuka lagi - Harbour Times", "Harbour Times")
    'Pasar ikan dibuka lagi'
    """
    head, mark, tail = (title or "").rpartition(" | ")
    if not mark:
        match = re.fullmatch(r"(.{1,900}) ([-–—•·:]) (.{1,99})", title or "")
        head, mark, tail = match.groups() if match else ("", "", "")
    same = publisher is not None and words(tail) <= words(publisher) | {"com", "www"}
    short = publisher is None and len(tail.split()) <= NAME_WORDS < len(head.split())
    return head.strip() if mark and head and (same or short) else title


_SUFFIX = re.compile(r"\s{0,3}(?:\s[-–—•·:]|[|ㅣ｜•·]|--?|[–—])\s{0,3}\S.{0,79}$")


def bare_title(title: str, others: Sequence[str], publisher: str | None = None) -> str:
    """A title without what is behind the headline: what another title of the page shows to be the site's.

    >>> bare_title("Pasar ikan dibuka lagi | Kota | 4.5.2026", ["Pasar ikan dibuka lagi"])
    'Pasar ikan dibuka lagi'
    """
    for other in others:
        if title.startswith(other) and len(title) > len(other) and _SUFFIX.fullmatch(title, len(other)):
            return other
        if title.endswith(("…", "...")) and other.startswith(title.rstrip(" .…")):
            return other
    once = unsuffixed(title, publisher) or title
    return once if once == title else unsuffixed(once, publisher) or once


def chosen(
    given: Sequence[tuple[str, str]], printed: Sequence[str], own: str | None, publisher: str | None
) -> tuple[str, str]:
    """The headline out of (title, rule) pairs, the most trusted first, what the page prints, and its own heading.

    What is both declared and printed; else what two declare; else what the page prints as this article's heading.

    >>> chosen([("Ferry: all about it", "json-ld"), ("Ferry is back", "meta")], ["Ferry is back"], None, None)
    ('Ferry is back', 'meta')
    """
    titles = [title for title, _ in given]
    bare = [
        (bare_title(title, [*titles[:place], *titles[place + 1 :], *([own] if own else [])], publisher), rule)
        for place, (title, rule) in enumerate(given)
    ]
    for spelling in printed:
        if same := next((pair for pair in bare if alike(pair[0]) == alike(spelling)), None):
            return same
    agree = len(bare) > 1 and len({alike(title) for title, _ in bare}) == 1
    longer = any(alike(title).startswith(alike(own or "")) for title, _ in bare)  # by a second line
    if own and own in printed and not agree and not longer and any(resembles(own, title) for title, _ in bare):
        return own, "generic"
    return bare[0] if bare else ("", "")
