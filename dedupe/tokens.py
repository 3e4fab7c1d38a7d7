"""Many texts at once -> their words: where each stands, what tells it from others, which are capitalised.

The words are those of `words.WORD`, found by array operations over all texts instead of a step for each word. A word is
told by a key of 64 bits, the hash of its case-folded letters; it is spelled only where somebody asks for it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]

OTHER, LETTER, DIGIT, IN_WORD, IN_NUMBER, BREAK, END, LONG_FOLD = range(8)
"""What a character is: of a word, of a number, what may stand inside one or the other, what parts two, what ends a
sentence, and what is folded to more than one character."""
CAPITAL = 128
"""Added to the kind of a letter that has a small form."""
PLAIN = np.uint8(CAPITAL - 1)
"""What the kind is without."""
KINDS = {
    **dict.fromkeys("'’`-", IN_WORD),
    **dict.fromkeys(".,:", IN_NUMBER),
    **dict.fromkeys(";()/–—", BREAK),
    **dict.fromkeys('!?…\n“"„«', END),
}
"""Behind an END a capital letter only opens a sentence; a full stop outside a number is one, a comma is a BREAK."""
NARROW = 256
"""Characters below this stand in one byte."""
REPLACED = ord("?")
MICRO, MU = 0xB5, 0x3BC
"""The one character that stands in one byte and is folded to one that does not."""
BASE = 0xD6E8FEB86659FD93
"""Odd, so that it can be undone, and 3 modulo 4, so that its powers differ in their low bits too."""


@dataclass(frozen=True)
class Tokens:
    """The words of some texts, in order."""

    keys: Keys
    """What tells a word from others, case-folded."""
    bounds: Places
    """Where the words of each text begin, and where the last end."""
    starts: Places
    ends: Places
    printed: str
    """What `starts` and `ends` point into: all texts in one."""
    kinds: npt.NDArray[np.uint8]
    """What each of its characters is, CAPITAL added."""

    @cached_property
    def named(self) -> npt.NDArray[np.bool_]:
        """Whether a word is capitalised inside a sentence: of a name."""
        capitals = np.searchsorted(self.starts, np.flatnonzero(self.kinds >= CAPITAL), "right") - 1
        named = np.zeros(len(self.starts), dtype=np.bool_)
        named[named_among(capitals, self.starts, self.ends, self.kinds & PLAIN)] = True
        return named

    def spelled(self, places: Places) -> list[str]:
        """Return the words at some places, case-folded."""
        spans = zip(self.starts[places].tolist(), self.ends[places].tolist(), strict=True)
        return [self.printed[start:end].casefold() for start, end in spans]


class Alphabet:
    """What each character is and what it is folded to: learned when it is met, so that no text waits for all."""

    def __init__(self) -> None:
        self.known = np.zeros(sys.maxunicode + 1, dtype=np.bool_)
        self.kind = np.zeros(sys.maxunicode + 1, dtype=np.uint8)
        self.folded = np.zeros(sys.maxunicode + 1, dtype=np.uint32)
        self.long: dict[int, str] = {}
        """Characters folded to several, of which the letters are kept."""
        self.learn(np.arange(NARROW, dtype=np.uint32))
        self.narrow_kind = self.kind[:NARROW].tobytes()
        self.narrow_fold = told(self.folded[:NARROW]).astype(np.uint8).tobytes()
        """Of the characters that one byte holds, as `bytes.translate` reads it: far faster than looking up each."""

    def learn(self, codes: npt.NDArray[np.uint32]) -> None:
        """Learn those of some characters that were not met before."""
        for code in set(codes[~self.known[codes]].tolist()):
            char = chr(code)
            fold = char.casefold()
            self.known[code], self.kind[code], self.folded[code] = True, kind_of(char, fold), ord(fold[0])
            if len(fold) > 1:
                self.long[code] = letters_of(char, fold)


def told(folded: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Return what stands for folded letters in keys: they themselves; only the small mu, of several codes, one."""
    return np.where(folded == MU, MICRO, folded)


def kind_of(char: str, fold: str) -> int:
    """Return what a character is, given what it is folded to."""
    if len(fold) > 1:
        return LONG_FOLD
    if char.isdecimal():
        return DIGIT
    if char.isalnum():
        return LETTER + CAPITAL * (char.lower() != char != fold)
    return KINDS.get(char, OTHER)


def letters_of(char: str, fold: str) -> str:
    """Return the letters of what one character is folded to, capital where it is; of nothing but marks, a space."""
    letters = "".join(filter(str.isalnum, fold)) or " "
    return letters.upper() if char.isupper() else letters


def spread(values: Keys) -> Keys:
    """Return numbers spread over all 64 bits, one for each (SplitMix64's finalizer: Steele, Lea and Flood 2014)."""
    mixed = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


NOWHERE: Places = np.empty(0, dtype=np.int64)
NO_CODES = np.empty(0, dtype=np.uint32)


@dataclass(frozen=True)
class Letters:
    """The characters of a text: those that one byte holds are looked up in tables of bytes, the few others apart."""

    narrow: bytes
    """One byte a character, REPLACED where it has no room."""
    wide: Places
    """Where that stands."""
    codes: npt.NDArray[np.uint32]
    """The characters there."""
    folds: bool

    @classmethod
    def of(cls, text: str, *, folds: bool = True) -> Letters:
        """Return the characters of a text."""
        if text.isascii():
            return cls(text.encode("ascii"), NOWHERE, NO_CODES, folds)
        narrow = text.encode("latin-1", "replace")
        wide = np.flatnonzero(np.frombuffer(narrow, dtype=np.uint8) == REPLACED)
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)[wide]
        ALPHABET.learn(codes)
        return cls(narrow, wide, codes, folds)

    def kind(self) -> npt.NDArray[np.uint8]:
        """Return what each character is."""
        kind = np.frombuffer(bytearray(self.narrow.translate(ALPHABET.narrow_kind)), dtype=np.uint8)
        kind[self.wide] = ALPHABET.kind[self.codes]
        return kind

    def keys(self, starts: Places, ends: Places) -> Keys:
        """Return what tells each word: a polynomial of its letters (Karp and Rabin 1987), from sums that run on."""
        size = len(self.narrow)
        POWERS.reach(size + 1)
        powers = POWERS.of_base[:size]
        narrow = self.narrow.translate(ALPHABET.narrow_fold) if self.folds else self.narrow
        sums = np.empty(size + 1, dtype=np.uint64)
        sums[0] = 0
        np.multiply(np.frombuffer(narrow, dtype=np.uint8), powers, out=sums[1:], dtype=np.uint64)
        letters = told(ALPHABET.folded[self.codes] if self.folds else self.codes)
        sums[1 + self.wide] = letters * powers[self.wide]
        np.cumsum(sums, out=sums)
        found: Keys = (sums[ends] - sums[starts]) * POWERS.inverse[starts]
        return spread(found)


class Powers:
    """The powers of BASE and their inverses, as many as the longest texts needed."""

    def __init__(self) -> None:
        self.of_base: Keys = np.ones(1, dtype=np.uint64)
        self.inverse: Keys = np.ones(1, dtype=np.uint64)

    def reach(self, count: int) -> None:
        """Have the powers below one at hand."""
        if count > len(self.of_base):
            size = 1 << (count - 1).bit_length()
            self.of_base = series(BASE, size)
            self.inverse = series(pow(BASE, -1, 2**64), size)


def series(base: int, size: int) -> Keys:
    """Return the powers of a number, modulo 2**64."""
    factors = np.full(size, base, dtype=np.uint64)
    factors[0] = 1
    return np.cumprod(factors, dtype=np.uint64)


ALPHABET = Alphabet()
POWERS = Powers()


def tokens(texts: Sequence[tuple[str, bool]]) -> Tokens:
    """Return the words of texts; each comes with whether its first word opens a sentence, which a headline's does not.

    Memory is some 60 bytes a character: the caller portions.
    """
    raw = "".join([("\n" if opens else ";") + text for text, opens in texts]) + "\n"
    sizes = np.array([len(text) + 1 for text, _ in texts], dtype=np.int64)
    letters = Letters.of(raw)
    kind = letters.kind()
    if (kind == LONG_FOLD).any():
        return tokens([(text.translate(ALPHABET.long), opens) for text, opens in texts])
    settle(kind, letters.narrow)
    plain = kind & PLAIN
    of_word = plain * (plain <= DIGIT)
    turns = of_word[1:] != of_word[:-1]
    starts = np.flatnonzero(turns & (of_word[1:] != OTHER)) + 1
    ends = np.flatnonzero(turns & (of_word[:-1] != OTHER)) + 1
    bounds = np.searchsorted(starts, np.concatenate([[0], np.cumsum(sizes)]))
    return Tokens(letters.keys(starts, ends), bounds, starts, ends, raw, kind)


def settle(kind: npt.NDArray[np.uint8], narrow: bytes) -> None:
    """Decide of what may stand inside words and numbers where it does; elsewhere it parts them or ends a sentence."""
    inner = np.flatnonzero((kind == IN_WORD) | (kind == IN_NUMBER))
    wanted = kind[inner] - (IN_WORD - LETTER)
    before, behind = (kind[inner + step] & PLAIN for step in (-1, 1))
    inside = (before == wanted) & (behind == wanted)
    printed = np.frombuffer(narrow, dtype=np.uint8)[inner]
    outside = np.where(wanted == LETTER, OTHER, np.where(printed == ord(","), BREAK, END))
    kind[inner] = np.where(inside, wanted, outside)


def named_among(capital: Places, starts: Places, ends: Places, kind: npt.NDArray[np.uint8]) -> Places:
    """Return which of the words with a capital letter belong to names: of more than one letter, opening no sentence."""
    parting = np.flatnonzero(kind >= BREAK)
    last = parting[np.searchsorted(parting, starts[capital]) - 1]
    before = np.concatenate([[-1], starts])[capital]
    opens = (kind[last] == END) & (last > before)
    found: Places = capital[~opens & (ends[capital] - starts[capital] > 1)]
    return found


def keys_of(words: Sequence[str]) -> Keys:
    """Return what tells each of these words, case-folded as they are."""
    sizes = np.array([len(word) for word in words], dtype=np.int64)
    ends = np.cumsum(sizes)
    return Letters.of("".join(words), folds=False).keys(ends - sizes, ends)
