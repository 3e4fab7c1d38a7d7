"""Pure: the words of names and offices, and what a text tells about them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from newscrawl.languages import Speech

CAPITAL = "".join(chr(code) for code in range(0x530) if chr(code).isupper())
"""Every capital letter of the Latin, Greek and Cyrillic alphabets, for use inside a class of a pattern."""

_NUMERAL = re.compile(r"[IV]+")  # of a name: "Tom Barrow III"
_LEAD = re.compile(r"[ \t]{0,2}")
_FIRST = re.compile(r"\s{0,8}([\w'’-]{1,40})")


@dataclass(frozen=True)
class Speaker:
    """A speaker as printed; `name` is None where only a pronoun stands there."""

    name: str | None
    role: str | None = None


@dataclass(frozen=True)
class Names:
    """What a whole text tells about its names; words in lower case except where said."""

    lone: frozenset[str] = frozenset()
    """Single names beside a cue ("ujar Agis"): they tell where a longer name begins."""
    inside: frozenset[str] = frozenset()
    """Words printed with a capital inside a sentence, as printed."""
    common: frozenset[str] = frozenset()
    """Words printed in small letters."""
    places: frozenset[str] = frozenset()
    """Words of names that stand behind "di", "in", "Kabupaten"."""
    followers: Mapping[str, frozenset[str]] = field(default_factory=lambda: MappingProxyType({}))
    """Word with a capital -> the words that follow it anywhere in the text."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a phrase; `lower` is what the tables know it by, without "d'" or "'s"."""

    text: str
    lower: str
    start: int
    end: int
    is_capital: bool
    has_comma: bool = False

    @property
    def is_acronym(self) -> bool:
        """Whether it is written in capitals, as an office is: "BPBD", "(Kadin)"."""
        letters = self.text.strip("().")
        return len(letters) > 1 and letters.isupper() and not _NUMERAL.fullmatch(letters)


def word(text: str, start: int, speech: Speech) -> Word:
    """The word of a printed form that begins at a place."""
    bare = text
    if speech.elisions and ("'" in text or "’" in text):
        head, rest = re.split("['’]", text, maxsplit=1)
        bare = rest if rest and head.lower() in speech.elisions else text
    lower = bare.replace("İ", "i").lower().rstrip(".").removesuffix("'s").removesuffix("’s")
    if speech.title_endings and lower not in speech.titles and lower.endswith(speech.title_endings):
        lower = next(ending for ending in speech.title_endings if lower.endswith(ending))
    return Word(text, lower, start, start + len(text), bare[0].isupper())


def first_word(text: str) -> str:
    """The first word in lower case, empty where none opens the text."""
    found = _FIRST.match(text)
    return found[1].lower() if found else ""


def printed(words: list[Word]) -> str:
    """The words as they stand in the text."""
    return " ".join(word.text + "," * word.has_comma for word in words).rstrip(",")


def next_is_capital(text: str, at: int) -> bool:
    """Whether the next word has a capital."""
    found = _LEAD.match(text, at)
    at = found.end() if found else at
    return at < len(text) and text[at].isupper()


def is_role_word(one: Word, speech: Speech) -> bool:
    """Whether a word may stand in an office or description."""
    return (
        one.lower in speech.titles
        or one.lower in speech.role_words
        or one.lower in speech.describers
        or one.lower in speech.links
        or one.lower in speech.places
        or (one.is_acronym and one.lower not in speech.honorifics)
        or one.text[0].isdigit()
        or one.text[0] == "("
    )


def is_short_form(one: Word, speech: Speech) -> bool:
    """Whether a full stop behind a word belongs to it: "Dr.", an initial."""
    letters = one.lower
    return (
        (len(letters) == 1 and one.is_capital)
        or "." in one.text[:-1]
        or letters in speech.honorifics
        or (len(letters) <= 3 and one.is_capital and letters in speech.titles)  # noqa: PLR2004 - as in "Gen."
    )
