"""pure: a pruned page -> its blocks of text, and the lines of those that are the article."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types

from newscrawl import markup
from newscrawl.markup import Tree

LONG = 60
"""Characters; shorter blocks are labels, teasers and headings."""
WIDE = 2.5
"""What a Chinese, Japanese or Korean character counts, in Latin ones."""
LINKED, LONG_LINKED, LINKS_PROSE = 0.5, 0.85, 250
"""Above this share of link text a block is no prose; in blocks of 250 characters above .85."""
ONLY_LINK = 0.8
TAILING_LINK = 0.3
KEEP = 0.7
"""The article's box is the innermost one that holds this share of the prose of the box around it."""
NAMED = 0.2
"""So much less is asked of a box whose class calls it the article's body, so much more to leave one."""
SIBLING = 150
"""Characters of prose in a second box of the same class: then both are parts of one article."""
ARTICLE, ITEM_BODY = 0.4, 0.25
"""The share of the page's prose at which an `<article>` or an `itemprop=articleBody` is believed."""
UNENDED = 0.7
"""Where so many paragraphs end as sentences do, one outside of the box that does not is no paragraph."""
STRAY = 150
SHORTEST = 20
ENDING = 3
"""Lines at an article's end that are looked at for offers and rights."""
OFFER = 400

_HEADINGS = frozenset(["h2", "h3", "h4", "h5", "h6"])
_ITEMS = frozenset(["li", "dd", "dt"])
_LISTS = _ITEMS | {"ul", "ol", "td", "th", "tr", "tbody", "thead", "table", "dl"}
_HOLDERS = frozenset(
    [
        "article",
        "blockquote",
        "body",
        "center",
        "div",
        "form",
        "header",
        "html",
        "li",
        "main",
        "ol",
        "section",
        "span",
        "table",
        "tbody",
        "td",
        "tr",
        "ul",
    ]
)
_BREAKING = markup.BLOCKS - {"td", "th"}  # a table's row is one line
_NO_TEXT = re.compile("[\u00ad\u200b\ufeff]")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_ENDED = re.compile(r"[.!?…。।؟:;»”\"'’)\]】）」』］]$")
_STOPPED = re.compile(r"[.!?…。।؟][\"'”’»)]{0,3}$")
_NAMED = re.compile(
    r"(?:article|story|post|entry|news|content|detail|single|blog)[-_ ]{0,2}(?:body|content|text|copy|main|detail)|"
    r"(?:body|text|main)[-_]{0,2}(?:article|story|content|text)|rich-?text|^(?:article|story|text)$|paywall",
    re.IGNORECASE,
)
_WALL = re.compile(r"pay-?wall|premium|walled|hide|hidden|locked|subscriber|restricted", re.IGNORECASE)
_LABEL = re.compile(
    r"(?:advert(?:isement)?|anzeige|werbung|publicidad|publicité|pubblicità|iklan|reklame|annonce|reklama|реклама|広告|"
    r"comments?)[.:]?",
    re.IGNORECASE,
)
_CREDIT = re.compile(r"(?:image|photo|foto|bild|picture|quelle|source|fuente|sumber)s?\s?:\s", re.IGNORECASE)
_CLIP = re.compile(r"(?:\d{1,2}:)?\d{1,2}:\d{2}\s\D|>>|[▶►→]|©|.{0,149}\s©\s")
_OFFER = re.compile(
    r"newsletter|\b(?:subscribe|sign up|follow us|abonn\w{2,8}|suscr[ií]b\w{1,6}|berlangganan|ikuti kami)\b|©|"
    r"\bcopyright\b|all rights reserved|無断転載|무단",
    re.IGNORECASE,
)


@dataclass(eq=False)
class Block:
    """One printed line with the element it stands in."""

    text: str
    linked: float
    """Share of its characters that are link text."""
    owner: Tree
    box: Tree = None
    """Where it hangs in the article's tree: the parent of its outermost list, table or lone wrapper."""
    prose: float = 0
    """Its length where it reads as a paragraph."""

    @property
    def is_heading(self) -> bool:
        """True for a sub-heading."""
        return self.owner.tag in _HEADINGS

    @property
    def is_item(self) -> bool:
        """True for an item of a list."""
        return self.owner.tag in _ITEMS


def article(tree: Tree) -> tuple[list[str], float]:
    """The article's lines, and the share of the page's prose they were chosen from."""
    found = blocks(tree)
    weights = weighed(found)
    top = container(tree, weights)
    if top is None:
        return [], 0
    inside = set(top.iter())
    mine = [block for block in found if block.owner in inside]
    return lines(mine, top), weights[top] / weights[tree]


def blocks(tree: Tree) -> list[Block]:
    """Every printed line of a tree, in order; blocks and `<br><br>` break lines."""
    reader = _Reader(tree)
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if event == "start":
            reader.open(element)
        else:
            reader.close(element)
    reader.flush()
    return reader.found


class _Reader:
    """What is gathered of a line on the walk through a tree."""

    def __init__(self, tree: Tree) -> None:
        self.found: list[Block] = []
        self.owner = self.root = tree
        self.parts: list[str] = []
        self.linked = self.links = self.breaks = 0

    def open(self, element: Tree) -> None:
        tag = element.tag
        if tag in _BREAKING:
            self.flush()
            self.owner = element
        elif tag == "a":
            self.links += 1
        elif tag == "br":
            self.parts.append(" ")
            self.breaks += 1
            if self.breaks > 1:
                self.flush()
        elif tag in {"td", "th"}:
            self.parts.append(" ")
        self.add(element.text)

    def close(self, element: Tree) -> None:
        if element.tag in _BREAKING:
            self.flush()
            parent = element.getparent()
            self.owner = self.root if parent is None else parent
        elif element.tag == "a":
            self.links -= 1
        if element is not self.root:
            self.add(element.tail)

    def add(self, text: str | None) -> None:
        if not text:
            return
        self.parts.append(text)
        if not text.isspace():
            self.breaks = 0
            if self.links:
                self.linked += len(text.strip())

    def flush(self) -> None:
        text = markup.line(_NO_TEXT.sub("", "".join(self.parts))) if self.parts else ""
        if text:
            block = Block(text, self.linked / len(text), self.owner)
            block.prose = prose(block)
            self.found.append(block)
        self.parts.clear()
        self.linked = self.breaks = 0


def prose(block: Block) -> float:
    """The length of a paragraph in Latin characters; 0 for a short line and for a list of links."""
    length = len(block.text)
    if block.linked > (LINKED if length < LINKS_PROSE else LONG_LINKED):
        return 0
    size = length * WIDE if _WIDE.search(block.text) else length
    return size if size >= LONG else 0


def weighed(found: Sequence[Block]) -> Mapping[Tree, float]:
    """How much prose each element holds, list items and half-linked lines counted as less."""
    weights: dict[Tree, float] = {}
    for block in found:
        weight = block.prose * (1 - block.linked) * (0.5 if block.is_item else 1)
        element = block.owner
        while weight > 0 and element is not None:
            weights[element] = weights.get(element, 0) + weight
            element = element.getparent()
    return weights


def container(tree: Tree, weights: Mapping[Tree, float]) -> Tree | None:
    """The element around the article; None on a page without prose."""
    whole = weights.get(tree, 0)
    if not whole:
        return None
    bodies = [e for e, weight in weights.items() if weight > ITEM_BODY * whole and e.get("itemprop") == "articleBody"]
    if bodies:
        return max(bodies, key=weights.__getitem__)
    articles = [e for e, weight in weights.items() if weight > ARTICLE * whole and e.tag == "article"]
    node = max(articles, key=weights.__getitem__, default=tree)
    while (inner := _inner(node, weights)) is not None:
        node = inner
    return node


def _inner(node: Tree, weights: Mapping[Tree, float]) -> Tree | None:
    """The child that holds nearly all of an element's prose, where there is such a one."""
    best = max(node, key=lambda child: weights.get(child, 0), default=None)
    if best is None or best.tag not in _HOLDERS:
        return None
    asked = KEEP - NAMED * _is_named(best) + NAMED * _is_named(node)
    if weights.get(best, 0) < asked * weights[node]:
        return None
    parts = [
        child for child in node if child is not best and weights.get(child, 0) > (0 if child.tag == "p" else SIBLING)
    ]
    return None if any(_goes_with(part, best) for part in parts) else best


def _goes_with(part: Tree, best: Tree) -> bool:
    """True for a sister box of the article's, and for the free opening before what is behind a paywall."""
    alike = part.tag == best.tag and part.get("class") == best.get("class")
    return alike or part.tag == "p" or _WALL.search((best.get("class") or "")[:200]) is not None


def _is_named(element: Tree) -> bool:
    return any(_NAMED.search(name[:200]) for key in ("class", "id") if (name := element.get(key)))


def lines(mine: Sequence[Block], top: Tree) -> list[str]:
    """The article's lines out of the blocks of its box: prose, and what stands between prose in the same boxes."""
    boxes: dict[Tree, float] = {}
    for block in mine:
        block.box = _box(block.owner, top)
        boxes[block.box] = boxes.get(block.box, 0) + block.prose
    kept = _without_links(mine)
    long = [place for place, block in enumerate(kept) if block.prose]
    if not long:
        return [block.text for block in kept]
    main = max(boxes, key=boxes.__getitem__)
    first, last = _ends(kept, long, main)
    chosen = [b for place, b in enumerate(kept) if _belongs(b, place - first, place - last, main, boxes)]
    return _ended([block for block in chosen if not is_label(block.text)])


def is_label(text: str) -> bool:
    """True for what is set beside an article: "Advertisement", "Photo: Ada Quill", "2:34 The ferry in pictures"."""
    if len(text) > STRAY:
        return False
    return bool(_LABEL.fullmatch(text) or _CREDIT.match(text) or (_CLIP.match(text) and not _STOPPED.search(text)))


def _box(owner: Tree, top: Tree) -> Tree:
    element = owner
    while element is not top and (parent := element.getparent()) is not None:
        if element.tag in _LISTS or parent.tag in _LISTS or (_is_alone(element) and parent is not top):
            element = parent
        else:
            return parent
    return top


def _is_alone(element: Tree) -> bool:
    return element.getprevious() is None and element.getnext() is None


def _without_links(mine: Sequence[Block]) -> list[Block]:
    """Blocks that are not links to other pages, nor the heading of a list of such."""
    kept: list[Block] = []
    headed = False
    for block in mine:
        if block.linked >= ONLY_LINK or (block.linked > LINKED and (block.is_item or not _STOPPED.search(block.text))):
            if headed:
                kept.pop()
            headed = False
        else:
            kept.append(block)
            headed = block.is_heading
    return kept


def _ends(kept: Sequence[Block], long: Sequence[int], main: Tree) -> tuple[int, int]:
    """Places of the first and the last paragraph; a headline of another article is none."""
    left = list(long)

    def is_stray(block: Block) -> bool:
        return block.box is not main and len(block.text) < STRAY and not _ENDED.search(block.text)

    if sum(_ENDED.search(kept[place].text) is not None for place in long) > UNENDED * len(long):
        while len(left) > 1 and is_stray(kept[left[-1]]):
            left.pop()
        while len(left) > 1 and is_stray(kept[left[0]]):
            left.pop(0)
    return left[0], left[-1]


def _belongs(block: Block, after_first: int, after_last: int, main: Tree, boxes: Mapping[Tree, float]) -> bool:
    """True where a block between, before or behind the paragraphs is a part of the article too."""
    if after_first >= 0 >= after_last:
        return bool(block.prose) or block.is_heading or boxes[block.box] > 0
    if block.prose:
        return False
    stopped = _STOPPED.search(block.text) is not None
    if block.linked >= TAILING_LINK and not (stopped and block.box is main and len(block.text) > LONG):
        return False
    if after_last > 0:
        return block.box is main or (boxes[block.box] > 0 and (block.owner.tag in _LISTS or stopped))
    return block.box is main and len(block.text) > SHORTEST and (block.is_heading or stopped)


def _ended(chosen: list[Block]) -> list[str]:
    """The lines without offers, rights and bare headings at the end."""
    offers = {block for block in chosen[1:][-ENDING:] if len(block.text) < OFFER and _OFFER.search(block.text)}
    kept = [block for block in chosen if block not in offers]
    while kept and kept[-1].is_heading:
        kept.pop()
    return [block.text for block in kept]
