"""pure: the text, byline and date of a page we have no selectors for (our own rules, trafilatura where unsure)."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

from newscrawl import byline, headline, markup, prose, prune
from newscrawl.markup import Tree
from newscrawl.said import Said, clean

# trafilatura warns about each page it finds no text on; `page.read` says so itself, as a reject.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

_FURNITURE_XPATH = [
    './/*[contains(@class, "read__others") or contains(@class, "baca-juga") or contains(@class, "bacajuga")]',
]


SURE = 0.85
"""The share of the page's prose in the article's box from which our own reading is believed."""
SHORT = 500
"""Bytes; a shorter answer is checked by the next reading. Measured, as the next ones, on the 439 pages of
`bench/extraction.py`, where 40 of them took trafilatura's quick reading too, and 20 its slow one."""
PROSE_SHARE = 3
"""The quick reading is checked where the page's paragraphs hold this many times its text."""
LABEL = 40
"""Characters; shorter paragraphs are menus and labels."""
GAIN = 1.5
"""The slow reading is taken where it brings this many times the text."""


def body(root: Tree) -> list[str]:
    """The article's lines, headings and list items on lines of their own.

    Our own reading; trafilatura's where a page's prose is not in one box, for it knows more kinds of pages.
    """
    tree = prune.pruned(root)
    lines, share = prose.article(tree)
    if share >= SURE and len("".join(lines).encode("utf-8", "ignore")) >= SHORT:
        return lines
    if markup.count(root) > MOST_ELEMENTS or len(markup.content(root)) > MOST_TEXT:
        return lines
    return _second_reading(root, tree) or lines


MOST_ELEMENTS, MOST_TEXT = 6_000, 1_000_000
"""Larger pages are not read twice: trafilatura would take seconds."""


def _second_reading(root: Tree, tree: Tree) -> list[str]:
    """What trafilatura reads quickly and precisely, or slowly where that found little.

    Tables stay on: old outlets lay articles out in them.
    """
    quick = _extracted(tree, fast=True)
    if len(quick) >= SHORT and len(quick) * PROSE_SHARE >= in_paragraphs(root):
        return _lines(quick)
    slow = _extracted(root, fast=False)
    return _lines(slow if len(slow) > GAIN * len(quick) else quick)


def _extracted(root: Tree, *, fast: bool) -> str:
    from trafilatura import bare_extraction  # noqa: PLC0415 - a fifth of a second; most pages are read without it

    found = bare_extraction(
        markup.as_lxml_html(root),
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
    return [line for line in unmarked if line and not prose.is_label(line)]


_MARKS = re.compile(r"^- |^\|(?:-{3}\|)*| ?\|$")


def in_paragraphs(root: Tree) -> int:
    """Characters in the page's paragraphs, the short ones left out."""
    lengths = (len(markup.line(markup.content(paragraph))) for paragraph in root.iter("p"))
    return sum(length for length in lengths if length >= LABEL)


def read(root: Tree, known: Said, publisher: str | None = None) -> Said:
    """What the visible page says: its headline; byline, date, caption and picture where its metadata is silent."""
    page_title = headline.page_title(root)
    headings = headline.headings(root, page_title)
    h1 = headline.main(root, headings, page_title)
    below = () if known.authors and known.published else byline.below(h1)
    return Said(
        title=headline.text_of(h1) or headline.unsuffixed(page_title),
        headings=tuple(text for heading, whole in headings for text in headline.spellings(heading, whole)),
        authors=() if known.authors else byline.writers(root, below, publisher),
        published=None if known.published else printed_date(root, h1, below),
        caption=None if known.caption else lead_caption(root),
        image_url=None if known.image_url else lead_image(root, h1),
    )


DATE = 60
"""Characters; longer is no date alone."""
INNER = 3
"""Elements in a date; more is a box of other things."""


def printed_date(root: Tree, h1: Tree | None = None, below: Sequence[str] = ()) -> str | None:
    """The date in the `<time>`, `itemprop` or so called element next to the headline, else in a line below it."""
    dated: list[tuple[int, str]] = []
    here = 0
    for place, element in enumerate(root.iter("h1", "h2", "h3", "time", "span", "meta", "abbr", "div", "p", "li")):
        if element is h1:
            here = place
        elif _is_dated(element) and (text := _dated_text(element)):
            dated.append((place, text))
    if dated:
        # A clock in the masthead stands before the headline, dates of other articles far behind it.
        return min(dated, key=lambda pair: pair[0] - here if pair[0] > here else BEFORE * (here - pair[0]))[1]
    return next((line for line in below if len(line) <= DATE and _FULL_DATE.search(line)), None)


BEFORE = 3
"""How many times farther a date before the headline counts than one behind it."""


def _dated_text(element: Tree) -> str | None:
    texts = (element.get("datetime"), element.get("content"), _short(element))
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


_FULL_DATE = re.compile(
    r"(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d{2}|(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2}|"
    r"\d{1,2}\.?\s[^\W\d_]{3,12}\.?,?\s(?:19|20)\d{2}|[^\W\d_]{3,12}\.?\s\d{1,2}(?:st|nd|rd|th)?,?\s(?:19|20)\d{2}|"
    r"(?:19|20)\d{2}年\s?\d{1,2}月\s?\d{1,2}日|\d{1,2}[./]\d{1,2}[./]\d{2}\b.{1,8}\b\d{1,2}[:.]\d{2})(?!\d)"
)
_HAS_DATE = re.compile(r"\d{4}|\d{1,2}[./-]\d{1,2}[./-]\d{2}")
_DATE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:date|dateline|datetime|publish\w{0,6}|pubdate|timestamp|posted-on|tanggal|waktu|datum|fecha)\b",
    re.IGNORECASE,
)


def lead_caption(root: Tree) -> str | None:
    """The first printed `<figcaption>`."""
    captions = (clean(markup.text_of(element)) for element in root.iter("figcaption"))
    return next((text for text in captions if text), None)


PIXELS = 200
"""Narrower or lower pictures are buttons, faces and trackers."""


def lead_image(root: Tree, h1: Tree | None) -> str | None:
    """The source of the first picture of some size in the article, or behind the headline."""
    articles = [element for element in root.iter("article") if h1 is None or h1 in set(element.iter("h1"))]
    pictures = articles[0].iter("img") if articles else _AFTER(h1) if h1 is not None else ()
    return next((source for image in pictures if (source := _source(image)) and not _is_small(image)), None)


_AFTER = etree.XPath("following::img[position() <= 20]")


def _source(image: Tree) -> str | None:
    sources = (image.get(name) for name in ("data-src", "data-original", "data-lazy-src", "src"))
    return next((source for source in sources if source and not source.startswith("data:")), None)


def _is_small(image: Tree) -> bool:
    sizes = [size for name in ("width", "height") if (size := (image.get(name) or "").removesuffix("px")).isdecimal()]
    return any(len(size) > DIGITS or int(size) < PIXELS for size in sizes)


DIGITS = 5


TEASER = 80
"""Characters; the teasers of a list mostly stay shorter."""
LONG = 200


def reads_as_text(lines: Sequence[str]) -> bool:
    """True where two lines, or a long one, are sentences of an article rather than headlines of a list."""
    ended = [len(line) for line in lines if line.rstrip("\"'”’»)(*] ").endswith((".", "!", "?", "…", "。"))]
    return sum(length >= TEASER for length in ended) > 1 or max(ended, default=0) >= LONG
