"""Pure: the date words of a language, folded, with the patterns made of them; a printed line folded alike."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from newscrawl import languages
from newscrawl.languages import DateWords

_BEFORE = " …"
"""Closes the words of `ago` that stand before the number: "vor …"."""


def _folds() -> dict[int, str]:
    """Each Latin letter with a mark -> the letter; what lower() would make two letters of -> one."""
    marked = {code: unicodedata.normalize("NFD", chr(code))[0] for code in range(0xC0, 0x250)}
    return {code: letter for code, letter in marked.items() if letter.isascii() and letter.isalpha()} | {
        ord("ı"): "i",
        ord("ſ"): "s",
        ord("\N{KELVIN SIGN}"): "k",
        ord("’"): "'",
        ord("`"): "'",
        ord("ʼ"): "'",
    }


_FOLDS = _folds()


def fold(text: str) -> str:
    """Return the text in small letters without marks, as long as it was: AOÛT and août are one word.

    >>> fold("HAZİRAN, août")
    'haziran, aout'
    """
    return text.translate(_FOLDS).lower()


@dataclass(frozen=True)
class Line:
    """A printed line, and the same line folded, letter under letter."""

    printed: str
    folded: str

    def without(self, spans: Iterable[tuple[int, int]]) -> Line:
        """Return the line with bars where these spans were."""
        printed, folded = self.printed, self.folded
        for start, end in spans:
            bars = "|" * (end - start)
            printed, folded = f"{printed[:start]}{bars}{printed[end:]}", f"{folded[:start]}{bars}{folded[end:]}"
        return Line(printed, folded)


def line_of(text: str, longest: int) -> Line:
    """Return the line that a reader sees: no marks of direction, figures as 0 to 9, single spaces."""
    seen = text[: 2 * longest]
    if not seen.isascii():
        seen = unicodedata.normalize("NFC", "".join(map(_seen, seen)))
    printed = " ".join(seen.replace("\0", " ").split())[:longest]
    return Line(printed, fold(printed))


def _seen(letter: str) -> str:
    if letter.isdecimal():
        return str(unicodedata.decimal(letter))
    return "" if unicodedata.category(letter) == "Cf" else letter


@dataclass(frozen=True)
class Words:
    """The date words of one language, folded, and what is searched for with them."""

    months: Mapping[str, int]
    zones: Mapping[str, str]
    units: Mapping[str, int]
    days: Mapping[str, int]
    numbers: Mapping[str, float]
    dated: re.Pattern[str]
    """A day with its month in words and its year."""
    ranges: re.Pattern[str]
    """The end of what stands before a date that is the last of several days."""
    ago: tuple[re.Pattern[str], ...]
    relative_day: re.Pattern[str]
    openings: re.Pattern[str]
    """A word that opens the date of publication (`new`) or of the last change (`old`)."""

    def published_part(self, line: Line) -> Line:
        """Return the line without dates of later changes, if a date stands in what is left."""
        opened = [*self.openings.finditer(line.folded)]
        if not any(found["old"] for found in opened):
            return line
        ends = [*(found.start() for found in opened[1:]), len(line.folded)]
        changes = [(found.start(), end) for found, end in zip(opened, ends, strict=True) if found["old"]]
        kept = line.without(changes)
        return kept if self._says_when(kept) else line

    def without_ago(self, line: Line) -> Line:
        """Return the line without "2 hours ago", whose figures are no time of day."""
        return line.without(found.span() for pattern in self.ago for found in pattern.finditer(line.folded))

    def _says_when(self, line: Line) -> bool:
        searched = (_YEAR, self.relative_day, *self.ago)
        return any(pattern.search(line.folded) for pattern in searched)


_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")


def tables(language: str | None) -> tuple[Words, ...]:
    """Return the words to try: the language's own, then English, which machines print; all for no language."""
    codes = known() if language is None else (language, "en")
    return tuple(words for code in dict.fromkeys(codes) if (words := of(code)).months)


@cache
def known() -> tuple[str, ...]:
    """Return the languages that have a file; asked of the disk once."""
    return languages.known()


def of(language: str) -> Words:
    """Return the words of one language; none for one without a file."""
    return _of(language if language in known() else "")


@cache
def _of(language: str) -> Words:
    return _words(languages.load(language).dates)


@cache
def all_words() -> Words:
    """Return the zones of all languages and their words for publication and change; no other words."""
    every = [languages.load(code).dates for code in known()]
    return _words(
        DateWords(
            zones={word: zone for words in every for word, zone in words.zones.items()},
            labels=frozenset(word for words in every for word in words.labels),
            modified=frozenset(word for words in every for word in words.modified),
        )
    )


def _words(raw: DateWords) -> Words:
    months = {fold(word): month for word, month in raw.months.items()}
    units = {fold(word): seconds for word, seconds in raw.units.items()}
    days = {fold(word): number for word, number in raw.days.items()}
    numbers = {fold(word): number for word, number in raw.numbers.items()}
    return Words(
        months=months,
        zones={fold(word): zone for word, zone in raw.zones.items()},
        units=units,
        days=days,
        numbers=numbers,
        dated=_dated(either(months)),
        ranges=_ranges(either(months)),
        ago=_ago(either(numbers), either(units), raw.ago),
        relative_day=re.compile(rf"\b(?P<word>{either(days)})\b"),
        openings=re.compile(rf"\b(?:(?P<old>{either(raw.modified)})|(?P<new>{either(raw.labels)}))\b"),
    )


def either(words: Iterable[str]) -> str:
    """Return the pattern of one of these words, the longest first; one that never matches for none."""
    return "|".join(re.escape(fold(word)) for word in sorted(words, key=len, reverse=True)) or r"(?!)"


_OF = r"(?:of|de|del|di|d')"


def _dated(month: str) -> re.Pattern[str]:
    return re.compile(
        r"(?<![0-9])(?P<d1>[0-9]{1,2})(?:st|nd|rd|th|er|re|ste|de|e|[º°ª])?\.?"
        rf"(?:\s{_OF}\s?)?[\s./-]{{0,3}}\b(?P<m1>{month})\b(?:[\s.,'/-]{{1,4}}|\.?\sdel?\s)(?P<y1>[0-9]{{4}})(?![0-9])"
        rf"|\b(?P<m2>{month})\b\.?\s(?P<d2>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:,\s?|\s)(?P<y2>[0-9]{{4}})(?![0-9])"
    )


_UNTIL = r"[-–—&/]|(?:s/d|s\.d\.?|dan|hingga|sampai|and|to|until|through|bis|und|au|et|al|y|a|e|ao|tot|en|t/m|ve|ila)\s"


def _ranges(month: str) -> re.Pattern[str]:
    number = r"(?:3[01]|[12][0-9]|0?[1-9])"
    month = rf"(?:\s(?:{_OF}\s)?(?:{month})\b\.?)?"
    return re.compile(rf"(?<![0-9a-z:.]){number}(?:st|nd|rd|th)?\.?{month}\s?(?:{_UNTIL})\s?$")


def _ago(number: str, unit: str, words: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    """The patterns of "2 hours and 5 minutes ago" and of "vor 2 Stunden und 5 Minuten"."""

    def amount(place: int) -> str:
        return rf"(?P<n{place}>[0-9]{{1,4}}|(?:{number}))\s?(?P<u{place}>{unit})\b\.?"

    def joined(first: str, last: str) -> str:
        return rf"{first},?\s(?:[^\W\d_]{{1,3}}\s)?{last}"

    before = either(word.removesuffix(_BEFORE) for word in words if word.endswith(_BEFORE))
    behind = either(word for word in words if not word.endswith(_BEFORE))
    opened = r"(?<![0-9\w.,–-])"
    return (
        re.compile(rf"{opened}{joined(amount(1), amount(2))}\s(?:{behind})\b"),
        re.compile(rf"{opened}{amount(1)}\s(?:{behind})\b"),
        re.compile(rf"\b(?:{before})\s{joined(amount(1), amount(2))}(?!\s?[0-9])"),
        re.compile(rf"\b(?:{before})\s{amount(1)}(?!\s?[0-9])"),
    )
