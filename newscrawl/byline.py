"""pure: where a page prints its writer -> the writer's names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

from newscrawl import markup
from newscrawl.markup import Tree
from newscrawl.said import alike, people

BYLINE = 120
"""Characters; longer is the writer's biography."""
MOST = 6
"""Writers of one byline; more are a list of the outlet's staff."""
BELOW = 30
"""Lines below the headline in which byline and date are looked for."""
TEXTS = 150
_FOLLOWING = etree.XPath(f"following::text()[normalize-space()][position() <= {TEXTS}]", smart_strings=True)


def below(h1: Tree | None) -> tuple[str, ...]:
    """The printed lines that follow the headline, long ones cut."""
    found: dict[Tree, str] = {}
    for text in _FOLLOWING(h1) if h1 is not None else ():
        block = _block_around(text)
        if block is not None and block not in found:
            found[block] = markup.line(markup.content(block)[: 2 * BYLINE])
        if len(found) == BELOW:
            break
    return tuple(line for line in found.values() if line)


def _block_around(text: Any) -> Tree | None:
    """The block a text stands in; None for a script's."""
    element = text.getparent() if text.is_text else text.getparent().getparent()
    while element is not None and element.tag not in markup.BLOCKS:
        if element.tag in markup.SILENT:
            return None
        element = element.getparent()
    return element


def writers(root: Tree, lines: Sequence[str] = (), besides: str | None = None) -> tuple[str, ...]:
    """Names where pages usually print the writer; `lines` follow the headline, `besides` is the outlet."""

    def named(texts: Sequence[str]) -> tuple[str, ...]:
        if texts and besides and alike(texts[0]) == alike(besides):
            return ()  # the outlet signs; who follows signs another article
        names = people(texts, besides=besides or "")
        return tuple(name for name in names if not name.islower())[:MOST]

    places = _places(root)
    for elements in places[:LEAST]:
        if names := named(_texts(elements[:MOST])):
            return names
    for element in places[LEAST][:MOST]:  # the first and its like: further ones are of other articles
        if besides and alike(markup.text_of(element)) == alike(besides):
            break
        if named(_texts([element])):
            return named(_texts([like for like in places[LEAST] if like.getparent() is element.getparent()]))
    return named([line for line in lines if len(line) <= BYLINE and _SAYS_BY.match(line)][:1]) or signature(lines)


def _texts(elements: Sequence[Tree]) -> list[str]:
    texts = (markup.text_of(element) for element in elements)
    return [text for text in texts if 0 < len(text) <= BYLINE and not _EDITED.match(text)]


_EDITED = re.compile(r"(?:Editor|Redaktur|Penyunting|Edited by|Editing by)\b", re.IGNORECASE)


def _places(root: Tree) -> list[list[Tree]]:
    """Elements that may hold the writer, the surest kind first."""
    places: list[list[Tree]] = [[] for _ in range(LEAST + 1)]
    for element in _MAYBE(root):
        if (place := _place(element)) is not None:
            places[place].append(element)
    return places


_MAYBE = etree.XPath(
    "//*[contains(@class, 'uthor') or contains(@class, 'yline') or contains(@itemprop, 'author') or @rel] | //a[@href]"
)
LEAST = 5


def _place(element: Tree) -> int | None:
    """How sure a place of the writer an element is, 0 most; None where it is none."""
    get = element.get
    if "author" in (get("itemprop") or "").split():
        return 1
    if "author" in (get("rel") or "").split():
        return 0
    name = (get("class") or "")[:200].lower()
    if "author" in name or "byline" in name:
        if match := _BYLINE_CLASS.search(name):
            return 2 if match[1] else 4
        if _AUTHOR_CLASS.search(name):
            return LEAST
    if element.tag == "a" and _AUTHOR_PATH.search((get("href") or "")[:300]):
        return 3
    return None


_BYLINE_CLASS = re.compile(r"(author-?_?_?name|byline__name)|byline")
_AUTHOR_CLASS = re.compile(
    r"(?:^|\s)(?:(?!comment|related|teaser|card|reply)[a-z0-9]{1,30}(?:__|--?|_)){0,3}authors?(?:__(?:list-)?(?:item|link)|-\d)?(?:\s|$)"
)
_AUTHOR_PATH = re.compile(
    r"/(?:authors?|autor(?:en|es|a)?|auteurs?|penulis|reporters?|journalists?|contributors?|staff|by)/[^/?#]{2}",
    re.IGNORECASE,
)
_SAYS_BY = re.compile(
    r"(?:By|Von|Par|Por|Oleh|Door|Di|Penulis|Reporter)\s{0,2}:?\s{1,3}[^\W\d_]|"
    r"(?:by|von|par|por|oleh|door)(?:\s[A-ZÀ-ÖØ-Þ][\w'’.-]{0,24}){2,4}$"
)


PARAGRAPH = 120
"""Characters; the text of an article opens with a longer block."""
_NAME = r"(?:[^\W\d_][\w'’.-]{0,24}\s){1,3}[^\W\d_][\w'’-]{1,24}"
_NAMES = re.compile(rf"{_NAME}(?:\s?(?:,|/|&|\band\b|\bdan\b|\bund\b|\bet\b|\by\b)\s?{_NAME}){{1,3}}")


def signature(lines: Sequence[str]) -> tuple[str, ...]:
    """The two or more full names that stand alone right above the text; one alone may be a place or a subheading.

    >>> signature(["Ferry is back", "Ada Quill/Ola Marsh", "The ferry " * 30])
    ('Ada Quill', 'Ola Marsh')
    """
    opening = next((place for place, line in enumerate(lines) if len(line) >= PARAGRAPH), 0)
    line = lines[opening - 1] if opening else ""
    if not _NAMES.fullmatch(line) or not all(word[0].isupper() for word in line.split() if len(word) > 3):  # noqa: PLR2004  "and", "und"
        return ()
    return people([line.replace("/", ", ")])
