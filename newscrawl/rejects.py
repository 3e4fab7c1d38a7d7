"""pure: a page that may be no article -> what it is instead: a section, a wall, a gallery, a page that is gone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from newscrawl import markup
from newscrawl.markup import Tree

Reason = tuple[str, str]
"""A short stable code, and what was seen."""

SHORT = 1_000
"""Characters; what a notice has with the teasers under it."""
CARDS = 6
"""Linked headings of a list; an article without metadata has four or five under it."""
TEASER = 250
"""Characters for each linked heading; less is a list of teasers, more an article with other articles' headings."""
PICTURES = 5
"""Pictures on a page without text, from which they are what it shows."""
CLOCKS = 6
"""Linked lines that begin with a time of day."""
SLUG = 3
"""Hyphens in the last part of an address; a section's has fewer."""

_NOT_FOUND = re.compile(
    r"\b(?:404|410)\b|not found|no longer (?:available|exists?)|does ?n.t exist|"
    r"tidak (?:dapat )?(?:ditemukan|tersedia)|tidak dijumpai|nicht (?:mehr )?(?:gefunden|verfügbar)|existiert nicht|"
    r"no (?:ha sido )?encontrad[ao]|no existe|introuvable|n.existe (?:pas|plus)|niet gevonden|bestaat niet|"
    r"non trovat[ao]|não encontrad[ao]|não existe|bulunamadı",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"\b(?:log ?in|sign ?in|masuk|log masuk|daftar masuk|anmelden|einloggen|anmeldung|iniciar sesión|inicia sesión|"
    r"acceder|se connecter|connexion|connectez-vous|inloggen|accedi|entrar|iniciar sessão|giriş yap)\b",
    re.IGNORECASE,
)
_OPENS_WITH_LOGIN = re.compile(
    rf"\W{{0,3}}(?:(?:please|silakan|bitte|por favor,?)\s)?{_LOGIN.pattern}.{{0,60}}$", re.IGNORECASE
)
_CONSENT = re.compile(
    r"cookie|consent|privacy settings|before you continue|we value your privacy|persetujuan|pengaturan privasi|"
    r"kami menghargai privasi|einwilligung|zustimm(?:en|ung)|datenschutz|privatsphäre|weiterlesen mit werbung|"
    r"consentimiento|privacidad|consentement|vie privée|toestemming|consenso|consentimento|çerez",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\W{0,2}(?:[01]?\d|2[0-3])[.:h][0-5]\d\b")
_HEADINGS = frozenset(["h2", "h3", "h4"])
_PATH_OF_SECTION = re.compile(r"[^/]*\d{3}|\.html?$", re.IGNORECASE)


def notice(root: Tree, titles: Sequence[str], lines: Sequence[str], *, is_known: bool) -> Reason | None:
    """The wall or notice that a page is which does not say that it is an article; `is_known`: a selector says so."""
    length = sum(map(len, lines))
    for title in titles:
        found = _NOT_FOUND.search(title)
        if found and (length < SHORT or (2 * len(found[0]) >= len(title) and not is_known)):
            return "soft-404", f"the title is {title[:80]!r} and the page does not say that it is an article"
        if _CONSENT.search(title) and _mostly_consent(lines):
            return "consent-wall", f"the title is {title[:80]!r} and its text is of cookies and consent"
        if _OPENS_WITH_LOGIN.match(title) and length < SHORT and asks_for_password(root):
            return "login-wall", f"the title is {title[:80]!r} over a log-in form"
    return None


def without_text(root: Tree, titles: Sequence[str], *, says_so: bool) -> Reason | None:
    """What a page with hardly any text shows instead of it."""
    if not says_so and (any(map(_LOGIN.search, titles)) or asks_for_password(root)):
        return "login-wall", "a log-in form and hardly any text"
    if not says_so and any(map(_CONSENT.search, titles)):
        return "consent-wall", f"the title is {titles[0][:80]!r} and there is hardly any text"
    if (pictures := _pictures(root)) >= PICTURES:
        return "gallery", f"{pictures} pictures and hardly any text"
    return None


def listing(root: Tree, url: str, lines: Sequence[str]) -> Reason | None:
    """The list of other articles that a page is."""
    if not urlsplit(url).path.strip("/"):
        return "section-page", "the outlet's first page"
    links = [link for link in root.iter("a") if link.get("href")]
    clocks = sum(_CLOCK.match(markup.line(_around(link)[:60])) is not None for link in links)
    cards = sum(map(_is_card, links))
    if (cards < CARDS and clocks < CLOCKS) or not _may_be_section(url):
        return None
    if clocks >= CLOCKS and sum(map(len, lines)) < TEASER * clocks:
        return "live-index", f"{clocks} links that begin with a time of day"
    if sum(map(len, lines)) < TEASER * cards:
        return "section-page", f"{cards} linked headings and {sum(map(len, lines))} characters of text"
    return None


def asks_for_password(root: Tree) -> bool:
    """True where a page has a field for a password."""
    return any(field.get("type") == "password" for field in root.iter("input"))


def _mostly_consent(lines: Sequence[str]) -> bool:
    told = sum(len(line) for line in lines if _CONSENT.search(line))
    return 2 * told >= sum(map(len, lines))


def _pictures(root: Tree) -> int:
    """Pictures that stand in a figure, a list or an article."""
    holders = {"figure", "li", "article", "main"}
    return sum(any(parent.tag in holders for parent in image.iterancestors()) for image in root.iter("img"))


def _around(link: Tree) -> str:
    """A link's text, or its line's, where a time of day stands before the link."""
    parent = link.getparent()
    before = (markup.content(parent)[:60] if parent is not None and len(parent) <= len(("time", "a")) else "") or ""
    return before if _CLOCK.match(markup.line(before)) else markup.content(link)[:60]


def _is_card(link: Tree) -> bool:
    """True for the link of a heading of a list."""
    parent = link.getparent()
    return (parent is not None and parent.tag in _HEADINGS) or any(child.tag in _HEADINGS for child in link)


def _may_be_section(url: str) -> bool:
    """True for an address without the slug or the number of an article."""
    last = urlsplit(url).path.rstrip("/").rpartition("/")[2]
    return last.count("-") < SLUG and _PATH_OF_SECTION.search(last) is None
