"""pure: the text, byline and date of a page we have no selectors for (trafilatura, and our own rules)."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence

from trafilatura import bare_extraction

from newscrawl import markup
from newscrawl.markup import Tree
from newscrawl.said import Said, clean, people

# trafilatura warns about each page it finds no text on; `page.read` says so itself, as a reject.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

_FURNITURE_XPATH = [
    './/*[contains(@class, "read__others") or contains(@class, "baca-juga") or contains(@class, "bacajuga")]',
]
_BYLINE_CSS = (
    '[rel~="author"]',
    '[itemprop~="author"] [itemprop~="name"]',
    '[itemprop~="author"]',
    '[class*="author-name" i], [class*="author__name" i], [class*="authorname" i], [class*="byline__name" i]',
    '[class*="byline" i]',
)


SHORT = 500
"""Characters; a shorter answer of the quick reading is checked by the slow one. Measured, as the next ones,
on the 439 pages of `bench/extraction.py`, where 30 of them took the slow one too."""
PROSE_SHARE = 3
"""The quick reading is checked where the page's paragraphs hold this many times its text."""
LABEL = 40
"""Characters; shorter paragraphs are menus and labels."""
GAIN = 1.5
"""The slow reading is taken where it brings this many times the text."""


def body(root: Tree) -> list[str]:
    """The article's lines, headings and list items on lines of their own.

    trafilatura's quick and precise reading, its slow one where that found little. Tables stay on: old outlets
    lay articles out in them, and leaving tables out costs .007 of F1 on the 181-page benchmark.
    """
    quick = _extracted(root, fast=True)
    if len(quick) >= SHORT and len(quick) * PROSE_SHARE >= prose(root):
        return _lines(quick)
    slow = _extracted(root, fast=False)
    return _lines(slow if len(slow) > GAIN * len(quick) else quick)


def _extracted(root: Tree, *, fast: bool) -> str:
    found = bare_extraction(
        root,
        fast=fast,
        favor_precision=fast,
        include_comments=False,
        include_tables=True,
        prune_xpath=_FURNITURE_XPATH,
    )
    return getattr(found, "text", None) or ""


def _lines(text: str) -> list[str]:
    """Lines without the marks that trafilatura sets for list items and table cells."""
    unmarked = (markup.line(_MARKS.sub(" ", markup.line(raw))) for raw in text.split("\n"))
    return [line for line in unmarked if line]


_MARKS = re.compile(r"^- |^\|(?:-{3}\|)*| ?\|$")


def prose(root: Tree) -> int:
    """Characters in the page's paragraphs, the short ones left out."""
    lengths = (len(markup.line(paragraph.text_content())) for paragraph in root.iter("p"))
    return sum(length for length in lengths if length >= LABEL)


def read(root: Tree, known: Said, publisher: str | None = None) -> Said:
    """What the visible page says where its metadata is silent: headline, byline, date, caption."""
    return Said(
        title=None if known.title else heading(root),
        authors=() if known.authors else byline(root, publisher),
        published=None if known.published else printed_date(root),
        caption=None if known.caption else lead_caption(root),
    )


def heading(root: Tree) -> str | None:
    """The first `<h1>` that shares words with the title element, else the first, else that title."""
    headings = [text for h1 in root.iter("h1") if (text := clean(markup.text_of(h1)))]
    page_title = clean(next((element.text_content() for element in root.iter("title")), None))
    words = _words(page_title or "")
    agreeing = next((text for text in headings if words & _words(text)), None)
    return agreeing or next(iter(headings), None) or unsuffixed(page_title)


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
    same = publisher is not None and _words(tail) <= _words(publisher) | {"com", "www"}
    short = publisher is None and len(tail.split()) <= NAME_WORDS < len(head.split())
    return head.strip() if mark and head and (same or short) else title


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w{2,}", text.lower()))


BYLINE = 120
"""Characters; longer is the writer's biography."""


def byline(root: Tree, besides: str | None = None) -> tuple[str, ...]:
    """Names where pages usually print the writer."""
    for css in _BYLINE_CSS:
        texts = [text for text in markup.values(root, css)[:6] if len(text) <= BYLINE]
        if names := people(texts, besides=besides or ""):
            return names[:6]
    return ()


DATE = 60
"""Characters; longer is no date alone."""
INNER = 3
"""Elements in a date; more is a box of other things."""


def printed_date(root: Tree) -> str | None:
    """The date in the first `<time>` or `itemprop`, else in the first short text whose class calls it one."""
    dated = [element for element in root.iter("time", "span", "meta", "abbr", "div", "p") if _is_dated(element)]
    texts = (text for element in dated for text in (element.get("datetime"), element.get("content"), _short(element)))
    return next((text[:100] for text in texts if text and _HAS_DATE.search(text[:100])), None)


def _is_dated(element: Tree) -> bool:
    return (
        element.tag == "time" or element.get("itemprop") in {"datePublished", "dateCreated"} or _is_called_date(element)
    )


def _is_called_date(element: Tree) -> bool:
    return _DATE_CLASS.search((element.get("class") or "")[:200]) is not None and len(element) <= INNER


def _short(element: Tree) -> str | None:
    text = markup.text_of(element)
    return clean(text) if len(text) <= DATE else None


_HAS_DATE = re.compile(r"\d{4}|\d{1,2}[./-]\d{1,2}[./-]\d{2}")
_DATE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:date|dateline|datetime|publish\w{0,6}|pubdate|timestamp|posted-on|tanggal|waktu|datum|fecha)\b",
    re.IGNORECASE,
)


def lead_caption(root: Tree) -> str | None:
    """The first printed `<figcaption>`."""
    captions = (clean(markup.text_of(element)) for element in root.iter("figcaption"))
    return next((text for text in captions if text), None)


TEASER = 80
"""Characters; the teasers of a list mostly stay shorter."""
LONG = 200


def reads_as_text(lines: Sequence[str]) -> bool:
    """True where two lines, or a long one, are sentences of an article rather than headlines of a list."""
    ended = [len(line) for line in lines if line.rstrip("\"'”’»)(*] ").endswith((".", "!", "?", "…", "。"))]
    return sum(length >= TEASER for length in ended) > 1 or max(ended, default=0) >= LONG
