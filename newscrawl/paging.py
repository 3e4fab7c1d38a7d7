"""pure: a page of an article -> the address of its next page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

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
_PAGE_KEYS = ("page", "halaman", "hal", "p", "pg", "seite", "pagina")
_PATH_NUMBER = re.compile(
    r"(?:/(?:page|halaman|hal|p)?[/-]?|[-_](?:page|p|hal)?[-_]?)(\d{1,2})(\.html?)?/?$", re.IGNORECASE
)


def next_page(page: str | Selector, url: str, rules: Rules = NO_RULES) -> str | None:
    """The address of the article's next page, or None on its last.

    A link counts where the outlet's selector, `rel=next` or its words say "next" *and* it leads to the
    next number of the same article: many outlets say `rel=next` of the next article.
    """
    root = page.root if isinstance(page, Selector) else _tree(page)
    if root is None:
        return None
    links = [target for link in root.iter("a", "link") if (target := absolute(url, link.get("href")))]
    for link in (*_named(root, rules), *_marked(root), *_worded(root)):
        target = absolute(url, link)
        if target and follows(target, url):
            return (
                None if _ends_before(target, url, root) or _is_sister(target, url, links) else target.split("#", 1)[0]
            )
    return None


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
    root = markup.parse(html[: markup.MAX_CHARACTERS])
    return None if root is None or markup.unreadable(root) else root


def _named(root: Tree, rules: Rules) -> list[str]:
    found = markup.select(root, rules.next_page_css)
    return [item if isinstance(item, str) else item.get("href") or "" for item in found]


def _marked(root: Tree) -> list[str]:
    return [
        link.get("href") or "" for link in root.iter("link", "a") if "next" in (link.get("rel") or "").lower().split()
    ]


def _worded(root: Tree) -> list[str]:
    """Links that read "next page", and those whose text is a page's number."""
    links = [(link.get("href") or "", markup.line(link.text_content()[:60])) for link in root.iter("a")]
    return [href for href, text in links if _NEXT.match(text)] + _in_figures(root)


def _in_figures(root: Tree) -> list[str]:
    """Links whose text is a page's number."""
    links = ((link.get("href") or "", markup.line(link.text_content()[:60])) for link in root.iter("a"))
    return [href for href, text in links if text.isdecimal() and len(text) < DIGITS]


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
    match = _PATH_NUMBER.search(stem)
    return [(stem[: match.start()] + (match[2] or ""), int(match[1]))] if match else []
