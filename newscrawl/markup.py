"""pure: bytes -> text -> one parsed tree, and the printed lines of any part of it."""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from copy import deepcopy
from functools import lru_cache
from typing import Any, TypeAlias

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types
from lxml.html import HtmlElementClassLookup  # type: ignore[import-untyped]  # see above
from parsel.csstranslator import HTMLTranslator

Tree: TypeAlias = Any  # lxml ships no types

MAX_CHARACTERS = 5 * 1024 * 1024
"""Longer pages are refused: worst-case markup costs 90 times its size in memory."""
MAX_DEPTH = 256
"""Deeper pages are refused: libxml2 drops what lies below 2,046 levels, and CSS slows down long before."""

MAX_ELEMENTS = 50_000
"""Pages of more elements are refused; the largest of 258 real ones has 4,098."""

MAX_TAGS = 2 * MAX_ELEMENTS
"""End tags; pages of more are refused before they are parsed: a tree of 300,000 elements takes 130 MB."""

SMALL = 5_000
"""Elements; smaller pages are never too much for a selector."""
MAX_PATHS = 400_000
"""The depths of all elements together; the most of 439 real pages is 64,201. A selector with four descendant steps
takes the square of it: 36 s at three million."""

BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "dd",
        "details",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "html",
        "li",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
SILENT = frozenset(
    [
        "audio",
        "button",
        "canvas",
        "embed",
        "figure",
        "head",
        "iframe",
        "input",
        "link",
        "math",
        "meta",
        "nav",
        "noscript",
        "object",
        "script",
        "select",
        "source",
        "style",
        "svg",
        "template",
        "textarea",
        "track",
        "video",
    ]
)
"""Elements whose text nobody reads as part of an article."""

_DECLARED = re.compile(
    rb"""<(?:meta|\?xml)[^>]{0,256}?(?:charset|encoding)\s{0,8}=\s{0,8}["']?\s{0,8}([\w:.+-]{2,40})""",
    re.IGNORECASE,
)
_HEADER = re.compile(r"charset\s{0,8}=\s{0,8}[\"']?\s{0,8}([\w:.+-]{2,40})", re.IGNORECASE)
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Browsers read these labels as the larger set, and outlets rely on it.
_WIDER = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_READABLE = frozenset(
    [
        "utf-8",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "big5",
        "big5hkscs",
        "gb18030",
        "cp932",
        "cp949",
        "euc_jp",
        "iso2022_jp",
        "koi8-r",
        "koi8-u",
        "mac-roman",
        "mac-cyrillic",
        "cp866",
        "cp874",
        "cp1250",
        "cp1251",
        "cp1252",
        "cp1253",
        "cp1254",
        "cp1255",
        "cp1256",
        "cp1257",
        "cp1258",
        "tis-620",
    ]
    + [f"iso8859-{number}" for number in (*range(2, 12), *range(13, 17))]
)
_HIDDEN = re.compile(r"display\s{0,4}:\s{0,4}none|visibility\s{0,4}:\s{0,4}hidden", re.IGNORECASE)
_TAG = re.compile(
    r"<\s{0,4}(?:!doctype\s{1,8}html|html|head|body|article|div|meta|title|p|h1|section|main)\b",
    re.IGNORECASE,
)


def decode(body: bytes, content_type: str = "") -> str:
    """The page as text: by its byte order mark, as UTF-8 where it is valid, else by header, then meta.

    Valid UTF-8 goes before what is declared: wrong declarations are common, and text of another encoding is
    hardly ever valid UTF-8.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    text = body.decode("utf-8", "replace")
    if "\ufffd" not in text and b"\x1b" not in body and b"\0" not in body[:512]:
        return text
    declared = list(_declared(body, content_type))
    special = next((name for name in declared if name.startswith(("utf-16", "iso2022"))), None)
    if special and (b"\0" in body[:512] or b"\x1b" in body):
        return body.decode(special, "replace")
    texts = (body.decode(encoding, "replace") for encoding in dict.fromkeys(["utf-8", *declared, "cp1252"]))
    best = next(texts)
    for text in texts:
        if (fewest := best.count("\ufffd")) == 0:
            break
        best = text if text.count("\ufffd") * 4 < fewest else best
    return best


def _declared(body: bytes, content_type: str) -> Iterator[str]:
    """Encodings that header and markup name, as Python's names, dangerous and unknown ones left out."""
    labels = [match[1] for match in [_HEADER.search(content_type[:512])] if match]
    labels += [match[1].decode("ascii", "replace") for match in _DECLARED.finditer(body[:4096])]
    for label in labels:
        try:
            name = codecs.lookup(label).name
        except (LookupError, ValueError):
            continue
        name = _WIDER.get(name, name)
        if name in _READABLE:
            yield name


def looks_like_html(html: str) -> bool:
    """True where the text has at least one tag that every HTML page has."""
    return _TAG.search(html) is not None


LARGE = 2_000_000
"""Characters; attributes of larger pages are cut where they hold more than any class, link or style does."""
_LONG_VALUE = re.compile(r"""(?<==["'])[^"'<>]{20000,}""")


def parse(html: str) -> Tree | None:
    """The page as one lxml tree, None for an empty one or too many tags; comments, NULs and surrogates are left out."""
    if has_too_many_tags(html):
        return None
    if len(html) > LARGE:
        html = _LONG_VALUE.sub("", html)
    markup = (html.replace("\0", "") if "\0" in html else html).encode("utf-8", "ignore")
    # Not lxml.html's parser: that asks Python for the class of every element that is looked at.
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, huge_tree=True
    )
    try:
        return etree.fromstring(markup, parser=parser)  # None for nothing but white space and comments
    except etree.ParserError:
        return None


def as_lxml_html(root: Tree) -> Tree:
    """A copy of a tree whose elements are `lxml.html`'s, for libraries that ask for those."""
    parser = root.getroottree().parser
    parser.set_element_class_lookup(HtmlElementClassLookup())
    return deepcopy(root)


content = etree.XPath("string()", smart_strings=False)
"""All text under an element, as it stands in the page."""


def readable(html: str) -> tuple[Tree | None, str | None]:
    """The page as one tree that nobody changes, or why there is none; parsed once for all who read one page."""
    last, found = _last_read[0]
    if last is not html:
        found = _readable(html)
        _last_read[0] = (html, found)
    return found


_last_read: list[tuple[str, tuple[Tree | None, str | None]]] = [("", (None, "not-html"))]
"""The page that was read last, known by its place in memory: hashing it would take longer than reading some facts."""


def _readable(html: str) -> tuple[Tree | None, str | None]:
    if len(html) > MAX_CHARACTERS or has_too_many_tags(html):
        return None, "too-large"
    root = parse(html) if looks_like_html(html) else None
    if root is None:
        return None, "not-html"
    trouble = unreadable(root)
    return (None, trouble) if trouble else (root, None)


def has_too_many_tags(html: str) -> bool:
    """Whether a page would be too large a tree; most are too short for that, and counting takes a tenth of parsing."""
    return len(html) > len("</") * MAX_TAGS and html.count("</") > MAX_TAGS


def unreadable(root: Tree) -> str | None:
    """`too-deep` or `too-large` where a tree is past what its readers bear."""
    if _IS_DEEP(root):
        return "too-deep"
    if (elements := count(root)) > MAX_ELEMENTS:
        return "too-large"
    return "too-deep" if elements > SMALL and paths(root) > MAX_PATHS else None


def paths(root: Tree) -> int:
    """The depths of all elements together."""
    depth = total = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            depth += 1
            total += depth
        else:
            depth -= 1
    return total


_IS_DEEP = etree.XPath(f"boolean({'/*' * (MAX_DEPTH + 1)})")
_COUNT = etree.XPath("count(//*)")


def count(root: Tree) -> int:
    """How many elements a page has."""
    return int(_COUNT(root))


def line(raw: str | None) -> str:
    """The text on one line, every run of white space one space."""
    return " ".join((raw or "").split())


def text_of(element: Tree) -> str:
    """An element's printed text on one line."""
    return " ".join(lines(element))


def is_hidden(element: Tree) -> bool:
    """True where the markup itself says that the element is not shown."""
    return element.get("hidden") is not None or _HIDDEN.search(element.get("style", "")[:400]) is not None


def lines(root: Tree, dropped: Collection[Tree] = ()) -> list[str]:
    """The printed lines under an element: blocks and `<br><br>` break lines, a single `<br>` is a space."""
    buffer: list[str] = []
    walker = etree.iterwalk(root, events=("start", "end"))
    out = set(dropped)
    for event, element in walker:
        tag = element.tag
        if event == "start":
            if element is not root and (tag in SILENT or element in out or is_hidden(element)):
                walker.skip_subtree()
                buffer.append("\n\n" if tag in BLOCKS else " ")
                continue
            buffer.append("\n\n" if tag in BLOCKS else "\n" if tag == "br" else "")
            buffer.append(element.text or "" if tag == "pre" else (element.text or "").replace("\n", " "))
        else:
            buffer.append("\n\n" if tag in BLOCKS else "")
            if element is not root:
                buffer.append((element.tail or "").replace("\n", " "))
    found = (line(part) for part in _PARAGRAPH.split("".join(buffer)))
    return [part for part in found if part]


_PARAGRAPH = re.compile(r"\n[ \t\r\xa0]{0,200}\n[ \t\r\xa0\n]{0,200}")


def select(root: Tree, css: str) -> list[Tree]:
    """Elements that a CSS selector matches, in document order; an empty selector matches none."""
    if steps := _simple(css):
        chosen = steps[0].under(root)
        for step in steps[1:]:
            chosen = [one for area in outermost(chosen) for one in step.under(area) if one is not area]
        return chosen
    found = compiled(css)(root) if css else []
    return found if isinstance(found, list) else [found]


class _Simple:
    """The elements of a tag with some classes: what most selectors say, and XPath takes long for."""

    def __init__(self, tag: str, classes: Sequence[str]) -> None:
        self.tag, self.classes = tag, frozenset(classes)
        # Of some tags a page has so many that making objects of them takes longer; and of an element's predicate
        # libxml2 makes far more than of an attribute's.
        holding = "".join(f"[contains(., '{name}')]" for name in classes)
        place = f"/@class{holding}/.." if classes else ""
        self.xpath = etree.XPath(f"descendant-or-self::{tag}{place}") if tag in _COMMON else None

    def under(self, root: Tree) -> list[Tree]:
        """The elements from a root on; where there are many, those whose class attribute holds the classes' letters."""
        found = self.xpath(root) if self.xpath else root.iter(self.tag)
        return [one for one in found if self.classes.issubset((one.get("class") or "").split())]


_STEP = r"(?:[a-z][a-z0-9]{0,20}|(?=\.))(?:\.[a-zA-Z_][\w-]{0,80}){0,5}"
_SIMPLE = re.compile(rf"{_STEP}(?:[ ]{{1,5}}{_STEP}){{0,5}}")
_COMMON = frozenset({"*", "a", "b", "div", "i", "li", "p", "section", "span", "td", "ul"})


@lru_cache(maxsize=2_000)
def _simple(css: str) -> tuple[_Simple, ...] | None:
    """What finds a selector such as `h1`, `.byline` or `.tags a` in the quickest way, None for any other."""
    if not _SIMPLE.fullmatch(css.strip()):
        return None
    parted = (step.split(".") for step in css.split())
    return tuple(_Simple(tag or "*", classes) for tag, *classes in parted)


@lru_cache(maxsize=2_000)
def compiled(css: str) -> Any:
    """A CSS selector as a compiled XPath."""
    return etree.XPath(_TRANSLATOR.css_to_xpath(css), smart_strings=False)


_TRANSLATOR = HTMLTranslator()


def values(root: Tree, css: str) -> list[str]:
    """Printed texts that a CSS selector matches; `::text` and `::attr(name)` work as in parsel."""
    found = (line(item) if isinstance(item, str) else text_of(item) for item in select(root, css))
    return [item for item in found if item]


def outermost(elements: Iterable[Tree]) -> list[Tree]:
    """The elements that lie in no other one of them."""
    chosen = list(elements)
    inside = set(chosen)
    return [element for element in chosen if not any(parent in inside for parent in element.iterancestors())]


def take_out(element: Tree) -> None:
    """Removes an element from its tree, the text behind it stays."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + element.tail
        else:
            before.tail = (before.tail or "") + element.tail
    parent.remove(element)
