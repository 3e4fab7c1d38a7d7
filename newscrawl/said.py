"""pure: what one layer of a page says of its article, and the names in a byline."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

T = TypeVar("T")

MAX_LENGTH = 1_000
"""Longer facts are cut: no outlet's headline or caption is that long."""
MAX_NAME = 80
MAX_WORDS = 7
"""Of a name; more are a title, an office or a sentence."""
MAX_PEOPLE = 30


@dataclass(frozen=True, kw_only=True)
class Said:
    """Facts as one layer of a page prints them (JSON-LD, meta tags, selectors); None where it is silent."""

    is_article: bool = False
    """True where the layer says in so many words that the page is an article."""
    title: str | None = None
    headings: tuple[str, ...] = ()
    """What the page prints as headings outside its menus, the likeliest to be the article's first."""
    standfirst: str | None = None
    body: str | None = None
    authors: tuple[str, ...] = ()
    editors: Iterable[str] = ()
    """Who is printed as the editor, and no writer."""
    published: str | None = None
    modified: str | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None
    image_url: str | None = None
    caption: str | None = None
    credit: str | None = None
    publisher: str | None = None
    is_free: bool | None = None
    addresses: tuple[str, ...] = ()

    def with_(self, **facts: Any) -> Said:
        """The same with some facts changed."""
        return replace(self, **facts)


def first(values: Iterable[T | None]) -> T | None:
    """The first value that says something."""
    return next((value for value in values if value not in (None, "", ())), None)


def clean(raw: str | None) -> str | None:
    """A fact on one line, without entities, tags and control characters; None where nothing stays."""
    if not raw:
        return None
    text = html.unescape(raw[: 4 * MAX_LENGTH])
    text = _TAG.sub(" ", html.unescape(text) if "&" in text else text)
    return " ".join(_NO_TEXT.sub("", text).split())[:MAX_LENGTH] or None


_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,400}>")
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

# "By", "written by" and their like before a name, in the languages whose bylines were seen.
_BYLINE = re.compile(
    r"^(?:written by|reported by|reporting by|story by|posted by|by|oleh|penulis|reporter|laporan|"
    r"kontributor|pewarta|autor(?:in|es)?|author|editor)\b\s{0,3}[:\-–]?\s{1,3}|"
    r"^(?:text|texte|texto|redaktion|von|par|por|door|av|af|di|da)\s{0,3}:\s{0,3}",
    re.IGNORECASE,
)
# These also open surnames ("Von Trapp"), so two more words have to follow.
_PREPOSITION = re.compile(r"^(?:(?:Von|Par|Por|Door) (?=[^\W\d_a-z]\S{1,40} [^\W\d_a-z])|von (?=[^\W\d_a-z]))")
_BETWEEN = re.compile(
    r"(?<=[^\W\d_][^\W\d_]),(?=[^\W\d_])|\s{0,3}[,;|/•·]\s{1,3}|\s{0,3}[;|•·]\s{0,3}|\s{1,3}(?:and|dan|und|et|y|e|og|och|en|&|\+|with)\s{1,3}"
)
_BRACKETED = re.compile(r"\s{1,3}[(\[][^()\[\]]{0,40}[)\]]?$")
# "Name - Outlet", and a role without a comma before it.
_BEHIND_DASH = re.compile(r"\s{1,3}[-–—]\s{1,3}.{1,80}$|\s(?:기자|記者)$")
# Behind a comma or a bar: what the person is, or where it was printed.
_NO_SECOND = re.compile(
    r"\b(?:reporter|editor|correspondent|writer|journalist|columnist|contributor|bureau chief|staff|desk|"
    r"redakt(?:eur|eurin|or|ur|örin)|korrespondent(?:in)?|reporterin|chefredakt\w{1,8}|wartawan|jurnalis|kontributor|"
    r"redaktur|penulis|periodista|corresponsal|redactora?|journaliste|correspondante?|rédact\w{2,6}|giornalista|"
    r"photographer|fotograf\w{0,2}|producer|professor|analyst)s?\b|^(?:www\.)?[\w-]{1,40}(?:\.[\w-]{2,20}){1,3}$",
    re.IGNORECASE,
)
_RUBRIC = re.compile(r"(?:in|im|en|di|dans|on|at|updated|published)\s", re.IGNORECASE)  # "By Ada Quill, in News, Sea"
_NO_NAME = re.compile(
    r"^(?:image|photo|foto|bild|picture|credit|source|quelle|sumber|video|grafik)s?\s{0,3}:|https?:|www\.|@|\d{3}|\d[.:]\d|^(?:admin|administrator|redaksi|editor|staff|unknown|none|null|guest|(?:onze\s)?(?:nieuws|web)?redactie)$",
    re.IGNORECASE,
)


# What follows in a byline is not the writer.
_HELPERS = re.compile(
    r"\s{0,3}[,;|/•·(\-–]?\s{0,3}\b(?:(?:editor|redaktur|penyunting|foto(?:grafer)?|photo(?:s|graph(?:y|s|er))?)\s{0,3}"
    r"(?::|\bby\b)|(?:edited|editing) by\b).{0,200}$",
    re.IGNORECASE,
)
# "By Ada Quill, Tideport": one word behind a full name and a comma is where it was written.
_PLACE = re.compile(
    r"^((?:By|Von|Par|Por|Door)\s{1,3}[^\W\d_][^\s,]{0,30}(?:\s[^\s,]{1,30}){1,3}),\s{1,3}[^\W\d_][\w-]{2,30}$"
)


def people(raw: Iterable[str], *, besides: str = "") -> tuple[str, ...]:
    """Names out of printed bylines, in order, each once; `besides` is the outlet's name, no author.

    >>> people(["By Rara Wulandari | Harbour Times"], besides="Harbour Times")
    ('Rara Wulandari',)
    """
    names: dict[str, str] = {}
    for text in raw:
        line = _PLACE.sub(r"\1", clean(text) or "")
        for order, part in enumerate(_BETWEEN.split(_HELPERS.sub("", line) or line)):
            if order and _RUBRIC.match(part):
                break
            bare = _PREPOSITION.sub("", _BYLINE.sub("", _BRACKETED.sub("", part)))
            name = _BEHIND_DASH.sub("", bare).strip(" .,:-–—|()")
            if _is_name(name) and not _is_outlet(name, besides, order) and not (order and _NO_SECOND.search(name)):
                names.setdefault(alike(name), name)
    return tuple(names.values())[:MAX_PEOPLE]


def _is_outlet(name: str, outlet: str, order: int) -> bool:
    """True for the outlet's name, and behind a writer's for what opens with it: "Harbour Times North"."""
    return (bool(outlet) and (name.startswith(f"{outlet} ") if order else False)) or alike(name) == alike(outlet)


def _is_name(text: str) -> bool:
    return 1 < len(text) <= MAX_NAME and len(text.split()) <= MAX_WORDS and not _NO_NAME.search(text)


def alike(name: str) -> str:
    """The letters and digits of a name, to compare spellings by."""
    return _BETWEEN_LETTERS.sub("", name.lower())


_BETWEEN_LETTERS = re.compile(r"[\W_]+")
