"""Many texts at once -> their words: where each stands, what tells it from others, which are capitalised.

The words are those of `words.WORD`, found by array operations over all texts instead of a step for each word. A word is
told by a key of 64 bits, the hash of its case-folded letters; it is spelled only where somebody asks for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Keys = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]

OTHER, LETTER, DIGIT, IN_WORD, IN_NUMBER, BREAK, END, LONG_FOLD = range(8)
"""What a character is: of a word, of a number, what may stand inside one or the other, what parts two, what ends a
sentence, and what is folded to more than one character."""
CAPITAL = 128
"""Added to the kind of a letter that has a small form."""
KINDS = {
    **dict.fromkeys("'’`-", IN_WORD),
    **dict.fromkeys(".,:", IN_NUMBER),
    **dict.fromkeys(";()/–—", BREAK),
    **dict.fromkeys('!?…\n“"„«', END),
}
"""Behind an END a capital letter only opens a sentence; a full stop outside a number is one, a comma is a BREAK."""
BLOCK = 4096
BASE = 0xD6E8FEB86659FD93
"""Odd, so that it can be undone, and 3 modulo 4, so that its powers differ in their low bits too."""


@dataclass(frozen=True)
class Tokens:
    """The words of some texts, in order."""

    keys: Keys
    """What tells a word from others, case-folded."""
    named: npt.NDArray[np.bool_]
    """Whether it is capitalised inside a sentence: of a name."""
    bounds: Places
    """Where the words of each text begin, and where the last end."""
    starts: Places
    ends: Places
    letters: npt.NDArray[np.uint32]
    """What `starts` and `ends` point into: as printed, all texts in one."""

    def spelled(self, at: int) -> str:
        """Return a word, case-folded."""
        folded = ALPHABET.folded[self.letters[self.starts[at] : self.ends[at]]]
        return folded.tobytes().decode("utf-32-le", "surrogatepass")


class Alphabet:
    """What each character is, what it is folded to and its hash; grows to the greatest character met."""

    def __init__(self) -> None:
        self.kind = np.empty(0, dtype=np.uint8)
        self.folded = np.empty(0, dtype=np.uint32)
        self.hashed: Keys = np.empty(0, dtype=np.uint64)
        self.long: dict[int, str] = {}
        """Characters folded to several, of which the letters are kept."""

    def reach(self, greatest: int) -> None:
        """Learn the characters up to one."""
        if greatest < len(self.kind):
            return
        new = [chr(code) for code in range(len(self.kind), (greatest // BLOCK + 1) * BLOCK)]
        folds = [char.casefold() for char in new]
        self.long |= {ord(char): letters_of(char, fold) for char, fold in zip(new, folds, strict=True) if len(fold) > 1}
        kinds = [kind_of(char, fold) for char, fold in zip(new, folds, strict=True)]
        codes = np.array([ord(fold[0]) for fold in folds], dtype=np.uint32)
        self.kind = np.concatenate([self.kind, np.array(kinds, dtype=np.uint8)])
        self.folded = np.concatenate([self.folded, codes])
        self.hashed = np.concatenate([self.hashed, spread(codes.astype(np.uint64) + np.uint64(1))])


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
    codes = np.frombuffer(raw.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    ALPHABET.reach(int(codes.max()))
    kind = ALPHABET.kind.take(codes)
    if (kind == LONG_FOLD).any():
        return tokens([(text.translate(ALPHABET.long), opens) for text, opens in texts])
    capitals = np.flatnonzero(kind >= CAPITAL)
    kind &= CAPITAL - 1
    settle(kind, codes)
    of_word = kind * (kind <= DIGIT)
    edges = np.flatnonzero(of_word[1:] != of_word[:-1]) + 1
    starts, ends = edges[of_word[edges] != OTHER], edges[of_word[edges - 1] != OTHER]
    bounds = np.searchsorted(starts, np.concatenate([[0], np.cumsum(sizes)]))
    named = np.zeros(len(starts), dtype=np.bool_)
    named[named_among(np.searchsorted(starts, capitals, "right") - 1, starts, ends, kind)] = True
    return Tokens(keys(codes, starts, ends), named, bounds, starts, ends, codes)


def settle(kind: npt.NDArray[np.uint8], codes: npt.NDArray[np.uint32]) -> None:
    """Decide of what may stand inside words and numbers where it does; elsewhere it parts them or ends a sentence."""
    inner = np.flatnonzero((kind == IN_WORD) | (kind == IN_NUMBER))
    wanted = kind[inner] - (IN_WORD - LETTER)
    inside = (kind[inner - 1] == wanted) & (kind[inner + 1] == wanted)
    outside = np.where(wanted == LETTER, OTHER, np.where(codes[inner] == ord(","), BREAK, END))
    kind[inner] = np.where(inside, wanted, outside)


def named_among(capital: Places, starts: Places, ends: Places, kind: npt.NDArray[np.uint8]) -> Places:
    """Return which of the words with a capital letter belong to names: of more than one letter, opening no sentence."""
    parting = np.flatnonzero(kind >= BREAK)
    last = parting[np.searchsorted(parting, starts[capital]) - 1]
    before = np.concatenate([[-1], starts])[capital]
    opens = (kind[last] == END) & (last > before)
    found: Places = capital[~opens & (ends[capital] - starts[capital] > 1)]
    return found


def keys(codes: npt.NDArray[np.uint32], starts: Places, ends: Places) -> Keys:
    """Return what tells each word: a polynomial of its letters' hashes (Karp and Rabin 1987), from sums that run on."""
    POWERS.reach(len(codes) + 1)
    sums = np.zeros(len(codes) + 1, dtype=np.uint64)
    np.cumsum(ALPHABET.hashed.take(codes) * POWERS.of_base[: len(codes)], out=sums[1:])
    found: Keys = (sums[ends] - sums[starts]) * POWERS.inverse[starts]
    return spread(found)


def keys_of(words: Sequence[str]) -> Keys:
    """Return what tells each of these words, case-folded as they are."""
    codes = np.frombuffer("".join(words).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    ALPHABET.reach(int(codes.max(initial=0)))
    sizes = np.array([len(word) for word in words], dtype=np.int64)
    ends = np.cumsum(sizes)
    return keys(codes, ends - sizes, ends)
