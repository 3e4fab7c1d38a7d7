"""pure: captions and last lines -> who made the picture, and where the outlet says the text comes from."""

from __future__ import annotations

import re
from collections.abc import Sequence

from newscrawl.said import alike, people

_WIRES = (
    r"antara(?: ?news)?|reuters|afp|ap|xinhua|dpa|epa|ansa|efe|bernama|kyodo|tass|infopublik|"
    r"pna|upi|bloomberg|anadolu|aa"
)
_PHOTO = r"foto|photo|fotografer|photograph|picture|image|bild|credit|crédit|kredit|gambar|ilustrasi foto"
_OFFICE = r"dok\.?|dokumentasi|doc\.?|ist\.?|istimewa|humas|handout|courtesy(?: of)?"

_IN_BRACKETS = re.compile(
    rf"\s{{0,3}}[(\[]\s{{0,3}}((?:{_PHOTO})\s{{0,3}}[:/]\s{{0,3}}[^()\[\]]{{2,120}}|(?:{_OFFICE})\b[^()\[\]]{{0,120}}|"
    rf"(?:{_WIRES})\b[^()\[\]]{{0,80}}|©[^()\[\]]{{1,120}})[)\]]\s{{0,3}}\.?\s{{0,3}}$",
    re.IGNORECASE,
)
_LABELLED = re.compile(rf"(?:^|[\s.|(])(?:{_PHOTO})\s{{0,3}}[:/]\s{{0,3}}([^:]{{2,120}})$", re.IGNORECASE)
_AGENCY = re.compile(
    r"[\s.,|(]((?:ANTARA FOTO|AFP PHOTO|AFP|AP Photo|Reuters|Getty Images|EPA(?:-EFE)?)/"
    r"[\w '/-]{2,60})[.)]?$",
    re.IGNORECASE,
)
_SLASHED = re.compile(
    r"\b((?:[^\W\d_][\w'-]{0,40} ){0,2}[^\W\d_][\w'-]{0,40}/"
    r"(?:Antara|Reuters|AFP|AP|EPA|dpa)(?: [\w/]{1,40}){0,2})\.?$",
    re.IGNORECASE,
)
# "(KOMPAS.com/NAME)", "(detikcom/Name Name)": the outlet and its photographer.
_BOTH = re.compile(
    r"[(\[](?=[^()\[\]]{0,80}[^\W\d][ .][^\W\d])\s{0,3}"
    r"([^()\[\]/:\d]{2,40}/\s{0,3}[^\W\d_][^()\[\]/:\d]{1,40})[)\]]\s{0,3}\.?\s{0,3}$"
)
_PICTURE_BY = re.compile(r"[-–—.|]\s{0,3}((?:Picture|Photo|Pictures|Photos|Gambar|Foto)\s(?:by|oleh)\s[^.|]{2,60})\.?$")
_SIGN = re.compile(r"\s{0,3}(©\s{0,3}[^©]{2,100})$")
_LABEL = re.compile(
    rf"^(?:(?:{_PHOTO})\s{{0,3}}[:/]|(?:pictures?|photos?|gambar|foto)\s(?:by|oleh)\s)\s{{0,3}}", re.IGNORECASE
)

_TEXT_SOURCE = re.compile(r"^(?:sumber|source|quelle|fuente|fonte)\s{0,3}:\s{0,3}(.{2,100})$", re.IGNORECASE)
_TEXT_WIRE = re.compile(
    rf"[(\[]\s{{0,3}}((?:{_WIRES})(?:/[\w. ]{{1,40}})?)\s{{0,3}}[)\]]\s{{0,3}}(?:\(\*{{1,3}}\))?\s{{0,3}}$",
    re.IGNORECASE,
)
# "LONDON (Reuters) -", "Manila, 4 May (AFP) —", and a wire's name alone as it writes itself: "AFP -".
_DATELINE = re.compile(
    rf"[^()\n]{{0,60}}\(\s{{0,3}}((?i:{_WIRES})(?:/[\w. ]{{1,40}})?)\s{{0,3}}\)\s{{0,3}}[-–—:]|"
    r"(Reuters|REUTERS|AFP|AP|Antara|ANTARA|dpa|Xinhua|XINHUA|Bernama|BERNAMA|ANSA|EFE|UPI)\s{1,3}[-–—]"
)
_OF_OFFICE = re.compile(
    r"^(?:dok\.?|dokumentasi|doc\.?|humas|handout|courtesy(?: of)?)\s{0,3}[:/.]?\s{0,3}(.{2,100})$",
    re.IGNORECASE,
)


_SIGNED = re.compile(
    r"(?:By|Von|Par|Por|Oleh|Door|Penulis|Reporter|Laporan)\s{0,2}:?\s{1,3}(?=[^\W\d_])[^.!?]{3,80}", re.IGNORECASE
)
_NAME = re.compile(r"(?:[^\W\d_][\w'’.-]{0,24}\s){1,3}[^\W\d_][\w'’-]{1,24}")
OPENING = 3
"""Lines before which a text is signed, where that is not at its end."""


def of_signature(lines: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Names that a text is signed with, and the text without the line that says "By" them.

    >>> of_signature(["By Ada Quill, Tideport", "The ferry is back."])
    (('Ada Quill',), ['The ferry is back.'])
    """
    for place, line in enumerate(lines[:OPENING]):
        if _SIGNED.fullmatch(line) and (names := people([line])):
            return names, [*lines[:place], *lines[place + 1 :]]
    for line in (*lines[:1], *lines[1:][-1:]):
        if _NAME.fullmatch(line) and all(word[0].isupper() for word in line.split()):
            return people([line]), list(lines)
    return (), list(lines)


def of_caption(caption: str | None) -> tuple[str | None, str | None]:
    """The caption as printed, and the credit in it.

    >>> of_caption("Panen raya di Desa Tirta. (Dok. Pemkot Arunika)")[1]
    'Dok. Pemkot Arunika'
    """
    text = (caption or "")[:1000]
    for pattern in (_IN_BRACKETS, _AGENCY, _BOTH, _LABELLED, _SLASHED, _PICTURE_BY, _SIGN):
        if match := pattern.search(text):
            return caption, _LABEL.sub("", match[1]).strip(" .)") or None
    return caption, None


def of_text(lines: Sequence[str], image_credit: str | None = None, own: str = "") -> str | None:
    """The press office or wire that the text's end or its dateline names, else the office whose picture it is.

    A wire's dateline in its `own` pages (the outlet's name) is no credit.

    >>> of_text(["Harga cabai turun.", "Warga lega. (Antara)"])
    'Antara'
    """
    for line in reversed(lines[-3:]):
        if match := _TEXT_WIRE.search(line[-200:]) or _TEXT_SOURCE.search(line[:200]):
            return match[1].strip(" .")
    for line in lines[:OPENING]:
        if match := _DATELINE.match(line[:200]):
            wire = (match[1] or match[2]).strip(" .")
            return None if own and alike(own).startswith(alike(wire)) else wire
    office = _OF_OFFICE.search(image_credit or "")
    return office[1].strip() if office else None
