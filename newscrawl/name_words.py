"""Pure: the words of names and offices, and what a text tells about them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from types import MappingProxyType
from typing import NamedTuple

from newscrawl.languages import Speech

CAPITAL = "".join(chr(code) for code in range(0x530) if chr(code).isupper())
"""Every capital letter of the Latin, Greek and Cyrillic alphabets, for use inside a class of a pattern."""

NUMERAL = re.compile(r"[IV]+")
"""Of a name: "Tom Barrow III"."""

_LEAD = re.compile(r"[ \t]{0,2}")
_FIRST = re.compile(r"\s{0,8}([\w'’-]{1,40})")


class Speaker(NamedTuple):
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
    followers: Mapping[str, AbstractSet[str]] = field(default_factory=lambda: MappingProxyType({}))
    """Word with a capital -> the words that follow it anywhere in the text, as printed."""
    firms: frozenset[str] = frozenset()
    """Words that stand behind the head of an organisation's name ("PT Rona"), as printed."""
    alone: frozenset[str] = frozenset()
    """Words printed somewhere with a capital and without another such word before or behind them."""
    surnames: frozenset[str] = frozenset()
    """Words that close a name of two or three words."""


class Word(NamedTuple):
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
        return len(letters) > 1 and letters.isupper() and not NUMERAL.fullmatch(letters)


def any_of(words: Iterable[str]) -> str:
    """A pattern of any of some words in either case, the longest first; of nothing where there are none.

    Letters that words share are looked at once, and each as a class: a pattern that ignores case is far slower.
    """
    return _tails(sorted(words)) or "(?!)"


def _tails(words: Sequence[str]) -> str:
    by_letter = {letter: [word[1:] for word in those] for letter, those in groupby(filter(None, words), itemgetter(0))}
    parts = [_letter(letter) + _tails(rest) for letter, rest in by_letter.items()]
    parts += [""] if parts and "" in words else []
    return "".join(parts) if len(parts) < 2 else f"(?:{'|'.join(parts)})"  # noqa: PLR2004 - one way needs no brackets


def _letter(letter: str) -> str:
    either = {letter, *(one for one in (letter.lower(), letter.upper()) if len(one) == 1)}
    either |= {"İ", "ı"} if letter in "iı" else set()
    return f"[{''.join(map(re.escape, sorted(either)))}]" if len(either) > 1 else re.escape(letter)


def word(text: str, start: int, speech: Speech) -> Word:
    """The word of a printed form that begins at a place."""
    bare = text
    if speech.elisions and ("'" in text or "’" in text):
        head, rest = re.split("['’]", text, maxsplit=1)
        bare = rest if rest and head.lower() in speech.elisions else text
    lower = bare.lower() if bare.isalpha() and bare.isascii() else _bare(bare)
    if speech.title_endings and lower not in speech.titles and lower.endswith(speech.title_endings):
        lower = next(ending for ending in speech.title_endings if lower.endswith(ending))
    return Word(text, lower, start, start + len(text), bare[0].isupper())


def _bare(text: str) -> str:
    return text.replace("İ", "i").lower().rstrip(".").removesuffix("'s").removesuffix("’s")


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
