"""pure: a page of an article -> the address of its next page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from urllib.parse import parse_qs, urlsplit

from lxml import etree  # type: ignore[import-untyped]  # lxml ships no types
from parsel import Selector

from newscrawl import markup
from newscrawl.markup import Tree
from newscrawl.metadata import absolute
from newscrawl.rules import NO_RULES, Rules

_NEXT = re.compile(
    r"^\W{0,3}(?:halaman\s(?:selanjutnya|berikutnya)|selanjutnya|berikutnya|lanjut(?:kan)?|next(?:\spage)?|nächste(?:\sseite)?|weiter|"
    r"(?:página\s)?siguiente|(?:page\s)?suivante?|próxima(?:\spágina)?|»|›|→)\W{0,3}$",
    re.IGNORECASE,
)
DIGITS = 3
"""Of a page's number; no article has thousands of pages."""
HREF = 500
"""Characters at an address's end in which its page number is looked for."""
_PAGE_KEYS = ("page", "halaman", "hal", "p", "pg", "seite", "pagina")
_PATH_NUMBER = re.compile(
    r"(?:/(?:page|halaman|hal|seite|pagina|p)?[/-]?|[-_](?:page|p|hal|seite)?[-_]?)(\d{1,2})(\.html?)?/?$",
    re.IGNORECASE,
)

_LONGEST_PATH_NUMBER = 24
"""Characters: more than the pattern above can match."""


def next_page(page: str | Selector, url: str, rules: Rules = NO_RULES) -> str | None:
    """The address of the article's next page, or None on its last.

    A link counts where the outlet's selector, `rel=next` or its words say "next" *and* it leads to the
    next number of the same article: many outlets say `rel=next` of the next article.
    """
    root = page.root if isinstance(page, Selector) else _tree(page)
    if root is None:
        return None
    for link in (*_named(root, rules), *_marked(root), *_worded(root, url)):
        target = absolute(url, link)
        if target and follows(target, url):
            is_none = _ends_before(target, url, root) or _is_sister(target, url, _links(root, url))
            return None if is_none else target.split("#", 1)[0]
    return None


_WHOLE = re.compile(r"(?:all|full|semua|single|alles|todo|toutes?)", re.IGNORECASE)
_RAW_WHOLE = re.compile(rf"=(?=[aAfFsStT])(?i:{_WHOLE.pattern})(?![\w%])")
"""The same in a page's source; begins with the one sign that is looked for fastest."""
_ASKS_WHOLE = re.compile(rf"[?&;]\w{{1,12}}={_WHOLE.pattern}(?![\w%])", re.IGNORECASE)
_SAYS_WHOLE = re.compile(
    r"\W{0,3}(?:show all|view (?:all|as single page|on one page)|single page|all pages|one page|read all|all|"
    r"(?:(?:lihat|tampilkan|baca) )?semua(?: halaman)?|selengkapnya|"
    r"(?:alles )?auf einer seite(?: lesen)?|"
    r"ver todo|en una (?:sola )?página|tout(?: lire| afficher)?|sur une (?:seule )?page|"
    r"op één pagina|una pagina)\W{0,3}",
    re.IGNORECASE,
)
WHOLE_KEYS = (*_PAGE_KEYS, "showpage", "view", "onepage", "singlepage")


def whole_page(page: str | Selector, url: str, rules: Rules = NO_RULES) -> str | None:
    """The address of the form that prints all pages of an article on one, or None where the page links to none.

    A link counts where it leads to this article with `?page=all` or its like; where the page is asked for as that
    already, there is none.
    """
    root = page.root if isinstance(page, Selector) else _tree(page)
    if root is None or _is_whole(url) or (isinstance(page, str) and not _RAW_WHOLE.search(page)):
        return None
    stem = _asked(url) or _plain(url)
    own = [
        (target, link)
        for link in _ASKING(root)
        if _ASKS_WHOLE.search(href := link.get("href"))
        and (target := absolute(url, href))
        and _is_whole(target)
        and _plain(target)[0] == stem[0]
    ]
    # Most pages link to no such form: only where one does is the pager looked for.
    has_pager = bool(own) and (total_pages(page, url) > 1 or next_page(page, url, rules) is not None)
    for target, link in own:
        if has_pager or _SAYS_WHOLE.fullmatch(_text(link)):
            return target.split("#", 1)[0]
    return None


def _is_whole(url: str) -> bool:
    """True where an address's query asks for all pages."""
    asked = parse_qs(urlsplit(url).query[:500])
    return any(_WHOLE.fullmatch(value) for key in WHOLE_KEYS for value in asked.get(key, ()))


def total_pages(page: str | Selector, url: str) -> int:
    """How many pages the article has as its pager and `content_total_page` say; 1 where nothing does."""
    root = page.root if isinstance(page, Selector) else _tree(page)
    if root is None:
        return 1
    said = [meta.get("content") or "" for meta in root.iter("meta") if _TOTAL.fullmatch(meta.get("name") or "")]
    told = [int(value) for value in said if value.isascii() and value.isdecimal() and len(value) < DIGITS]
    links = (absolute(url, link) for link in _in_figures(root))
    return max([1, *told, *(number for link in links if link and (number := _page(link, url)))])


_TOTAL = re.compile(r"content_total_pages?|total_pages?", re.IGNORECASE)


# What a page points to, found by the parser's own code: pages have hundreds of links, and few say anything here.
_LINKS = etree.XPath("//*[self::a or self::link][@href]")
_ASKING = etree.XPath("//*[self::a or self::link][contains(@href, '=')]")
_IS_NEXT = "[contains(translate(., 'NEXT', 'next'), 'next')]"
_RELATED = etree.XPath(f"//a/@rel{_IS_NEXT}/.. | //link/@rel{_IS_NEXT}/..")
_ANCHORS = etree.XPath("//a[@href]")
_HREFS = etree.XPath("//a/@href", smart_strings=False)
_SHORT = etree.XPath(f"//a[@href][normalize-space()][string-length(normalize-space()) < {DIGITS}]")


def _text(link: Tree) -> str:
    """The first words of a link."""
    return markup.line(markup.content(link)[:60])


def _links(root: Tree, url: str) -> list[str]:
    return [target for link in _LINKS(root) if (target := absolute(url, link.get("href")))]


def _ends_before(target: str, url: str, root: Tree) -> bool:
    """True where the pager prints its pages' numbers and none is the target's: its "next" leads nowhere."""
    numbered = [absolute(url, link) for link in _in_figures(root)]
    pages = {page for link in numbered if link and (page := _page(link, url))}
    onward = _page(target, url)
    return len(pages) > 1 and onward is not None and onward > max(pages)


def _page(link: str, url: str) -> int | None:
    """The number of the page a link leads to, where it is of the same article."""
    stems = {stem for stem, _ in filter(None, (_asked(url), _plain(url), *_numbered(url)))}
    named = [_asked(link)] if _asked(link) else [*_numbered(link), _plain(link)]
    return next((number for stem, number in filter(None, named) if stem in stems), None)


def _is_sister(target: str, url: str, links: Sequence[str]) -> bool:
    """True for `/vote-25` behind `/vote-24`: no link to a first page shows the numbers to be one article's pages."""
    if _asked(url) or _asked(target) or _plain(url)[0] in {stem for stem, _ in _numbered(target)}:
        return False
    stems = {stem for stem, _ in _numbered(url)}
    firsts = {(stem, 1) for stem in stems}
    return not any(_plain(link)[0] in stems or not firsts.isdisjoint(_numbered(link)) for link in links)


def _tree(html: str) -> Tree | None:
    return markup.readable(html)[0]


def _named(root: Tree, rules: Rules) -> list[str]:
    found = markup.select(root, rules.next_page_css)
    return [item if isinstance(item, str) else item.get("href") or "" for item in found]


def _marked(root: Tree) -> list[str]:
    related = ((link.get("href"), link.get("rel")) for link in _RELATED(root))
    return [href for href, rel in related if href is not None and "next" in rel.lower().split()]


def _worded(root: Tree, url: str) -> Iterator[str]:
    """Links that read "next page", and those whose text is a page's number, where the address holds that number."""
    numbers = {str(number + 1) for _, number in filter(None, (_asked(url), _plain(url), *_numbered(url)))}
    onward = re.compile("|".join(map(_standing_alone, sorted(numbers))))
    if not onward.search("\n".join(href[-HREF:] for href in _HREFS(root))):
        return
    links = [link for link in _ANCHORS(root) if onward.search(link.get("href")[-HREF:])]
    texts = [(link.get("href"), _text(link)) for link in links]
    yield from (href for href, text in texts if _NEXT.match(text))
    yield from (href for href, text in texts if text.isdecimal() and len(text) < DIGITS)


def _standing_alone(number: str) -> str:
    """A pattern of a number, with or without a nought before it; begins with its digits, which are found fastest."""
    return rf"{number}(?!\d)(?:(?<!\d{number})|(?<=(?<!\d)0{number}))"


def _in_figures(root: Tree) -> list[str]:
    """Links whose text is a page's number."""
    texts = ((link.get("href"), _text(link)) for link in _SHORT(root))
    return [href for href, text in texts if text.isdecimal() and len(text) < DIGITS]


def follows(target: str, url: str) -> bool:
    """True where one address names the page after the other's, of the same article."""
    here = {_asked(url)} if _asked(url) else {_plain(url), *_numbered(url)}
    there = {_asked(target)} if _asked(target) else set(_numbered(target))
    return not there.isdisjoint({(stem, number + 1) for stem, number in filter(None, here)})


def _plain(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return (parts.hostname or "").removeprefix("www.") + parts.path[:2000].rstrip("/"), 1


def _asked(url: str) -> tuple[str, int] | None:
    """The article and its page number where the query says it (`?page=2`)."""
    asked = parse_qs(urlsplit(url).query[:500])
    for key in _PAGE_KEYS:
        value = asked.get(key, [""])[0]
        if value.isascii() and value.isdecimal() and len(value) <= DIGITS:
            return _plain(url)[0], int(value)
    return None


def _numbered(url: str) -> list[tuple[str, int]]:
    """The article and its page number where the end of the path may say it (`/2`, `-2.html`)."""
    stem, _ = _plain(url)
    match = _PATH_NUMBER.search(stem, max(0, len(stem) - _LONGEST_PATH_NUMBER))
    return [(stem[: match.start()] + (match[2] or ""), int(match[1]))] if match else []
