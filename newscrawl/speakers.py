"""Pure: the words around a cue -> the speaker's name and role."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile

from newscrawl.languages import Speech

WINDOW = 200
"""Characters beside a cue that are looked at: a name with its office fits."""

_MOST_WORDS = 16
_LONG_NAME = 4  # a name of so many words may begin with part of an office
_TOKEN = re.compile(r"[ \t]{0,2}(\([A-Z][\w /&.-]{0,24}\)|(?:[A-Z]\.){2,6}|[\w][\w'’`-]{0,40}\.?|&)")
_NUMERAL = re.compile(r"[IV]+")  # of a name: "Tom Barrow III"
_PARTY = re.compile(r"\([A-Z]{1,3}-[A-Za-z.]{1,16}\)")  # behind a name: "(D-Calif.)"
_LEAD = re.compile(r"[ \t]{0,2}")
_COMMA = re.compile(r"[ \t]?,[ \t]{0,2}")
_AGE = re.compile(r"\s?(?:\(\d{1,3}(?: tahun)?\)|,\s?\d{1,3}(?=,))")


@dataclass(frozen=True)
class Speaker:
    """A speaker as printed; `name` is None where only a pronoun stands there."""

    name: str | None
    role: str | None = None


@dataclass(frozen=True)
class Names:
    """What a whole text tells about its names."""

    lone: frozenset[str] = frozenset()
    """Single names beside a cue ("ujar Agis"), in lower case: they tell where a longer name begins."""
    inside: frozenset[str] = frozenset()
    """Words printed with a capital inside a sentence."""
    common: frozenset[str] = frozenset()
    """Words printed in small letters."""


NO_NAMES = Names()


@dataclass(frozen=True)
class _Word:
    text: str
    start: int
    end: int

    @property
    def lower(self) -> str:
        return self.text.lower().rstrip(".").removesuffix("'s").removesuffix("’s")

    @property
    def is_capital(self) -> bool:
        return self.text[0].isupper()

    @property
    def is_acronym(self) -> bool:
        letters = self.text.strip("().")
        return len(letters) > 1 and letters.isupper() and not _NUMERAL.fullmatch(letters)


HE = Speaker(None)
"""He, she, it: whoever was named last."""


def after(text: str, speech: Speech, names: Names) -> Speaker | None:
    """The speaker whose name opens a text, as in "Agis, wakil wali kota, di Bandung"."""
    words = _phrase(text, 0, speech)
    if not words:
        return HE if _first_word(text) in speech.pronouns else None
    return _with_apposition(text, words, speech, names)


def before(text: str, speech: Speech, names: Names) -> Speaker | None:
    """The speaker who is the subject of a text: "Wakil Wali Kota Serang, Nur Agis Aulia, "."""
    starts = [0, *(found.end() for found in _COMMA.finditer(text))]
    pieces = [(start, _phrase(text, start, speech)) for start in starts]
    whole = [index for index, (_, words) in enumerate(pieces) if words and _reaches_end(text, words[-1].end, speech)]
    for index in sorted(range(len(pieces)), key=lambda index: (index not in whole, index)):
        start, words = pieces[index]
        words = words if start else _without_opener(words, speech, names)
        if words and not _is_circumstance(text, start, speech):
            return _with_apposition(text, words, speech, names)
    return _subject_at_end(text, speech, names)


def _without_opener(words: list[_Word], speech: Speech, names: Names) -> list[_Word]:
    """The phrase at the head of a sentence, without a first word that has its capital only from there."""
    if not words or not words[0].is_capital or words[0].lower in speech.titles | speech.honorifics | names.lone:
        return words
    if words[0].text in names.inside or words[0].lower not in names.common:
        return words
    return words[1:]


def _reaches_end(text: str, end: int, speech: Speech) -> bool:
    """Whether only an age or an adverb stands between a phrase and the next comma or the end."""
    rest = _AGE.sub("", text[end:]).split(",", 1)[0].split()
    return all(word.lower() in speech.adverbs for word in rest)


def _is_circumstance(text: str, start: int, speech: Speech) -> bool:
    return _first_word(text[start:]) in speech.prepositions


def _subject_at_end(text: str, speech: Speech, names: Names) -> Speaker | None:
    """The name right before the end of the text, or a pronoun there."""
    words = [_Word(found[0], found.start(), found.end()) for found in re.finditer(r"[\w][\w'’.-]*", text)]
    while words and words[-1].lower in speech.adverbs:
        words.pop()
    if not words:
        return None
    if words[-1].lower in speech.pronouns or words[0].lower in speech.pronouns:
        return HE
    tail = list(takewhile(lambda word: _may_be_named(word, speech), reversed(words)))[::-1]
    previous = words[-len(tail) - 1].lower if len(words) > len(tail) else ""
    if not tail or previous in speech.prepositions:
        return None
    phrase = _phrase(text, tail[0].start, speech)
    return _split(phrase, speech, names) if phrase else None


def _may_be_named(word: _Word, speech: Speech) -> bool:
    return (
        (word.is_capital and word.lower not in speech.name_stops)
        or word.lower in speech.particles
        or word.lower in speech.describers
        or word.lower in speech.titles
    )


def _phrase(text: str, at: int, speech: Speech) -> list[_Word]:
    """The words of the name or description that begins at a place; none where none begins."""
    words: list[_Word] = []
    is_role = True
    while len(words) < _MOST_WORDS and (found := _TOKEN.match(text, at)):
        word = _Word(found[1], found.start(1), found.end(1))
        is_last = word.text.endswith(".") and not _is_short_form(word, speech)
        word = _Word(word.text.rstrip("."), word.start, word.end - 1) if is_last else word
        if not words and word.lower in speech.articles:
            at = found.end()
            continue
        if not _goes_on(text, word, words, speech, is_role=is_role):
            break
        is_role = is_role and _is_role_word(word, speech)
        words.append(word)
        at = found.end()
        if is_last or word.lower in speech.determiners:
            break
    return _trimmed(words, speech)


def _goes_on(text: str, word: _Word, words: list[_Word], speech: Speech, *, is_role: bool) -> bool:
    """Whether a word belongs to the name or description whose first words are given."""
    joins = _joins_office(text, word, words, speech)
    if word.lower in speech.name_stops and not joins and not _is_part_of_role(word, words, speech, is_role=is_role):
        return False
    if not words:
        return word.is_capital or word.lower in speech.describers | speech.titles
    return word.is_capital or word.text[0] == "(" or joins or _small_goes_on(text, word, words, speech, is_role=is_role)


def _is_part_of_role(word: _Word, words: list[_Word], speech: Speech, *, is_role: bool) -> bool:
    is_small_part = word.lower in speech.links | speech.determiners
    return bool(words) and is_role and (is_small_part or (word.is_capital and _is_role_word(word, speech)))


def _small_goes_on(text: str, word: _Word, words: list[_Word], speech: Speech, *, is_role: bool) -> bool:
    """Whether a word in small letters goes on a name ("bin") or a role ("juru bicara")."""
    if word.lower in speech.particles:
        following = _first_word(text[word.end : word.end + 10])
        return _next_is_capital(text, word.end) or following in speech.particles
    if word.lower in speech.honorifics or (word.lower in speech.describers and not is_role):
        return _next_is_capital(text, word.end)
    is_of_role = word.lower in speech.determiners or word.text == "&" or _is_role_word(word, speech)
    return is_of_role and (is_role or words[-1].lower in speech.role_words)


def _joins_office(text: str, word: _Word, words: list[_Word], speech: Speech) -> bool:
    """Whether "dan" goes on an office of which one word is unknown: "Ketua Asosiasi Kopi dan Teh ..."."""
    return (
        word.lower in speech.links
        and len(words) > 2  # noqa: PLR2004 - a title, a word of offices, the unknown word
        and _is_role_word(words[-2], speech)
        and words[-2].lower not in speech.titles
        and _next_is_capital(text, word.end)
    )


def _is_role_word(word: _Word, speech: Speech) -> bool:
    return (
        word.lower in speech.titles
        or word.lower in speech.role_words
        or word.lower in speech.describers
        or word.lower in speech.links
        or word.lower in speech.places
        or word.is_acronym
        or word.text[0].isdigit()
        or word.text.startswith("(")
    )


def _is_short_form(word: _Word, speech: Speech) -> bool:
    letters = word.lower
    return (
        (len(letters) == 1 and word.is_capital)
        or "." in word.text[:-1]
        or letters in speech.honorifics
        or (
            len(letters) <= 3 and word.is_capital and letters in speech.titles  # noqa: PLR2004 - as in "Gen."
        )
    )


def _next_is_capital(text: str, at: int) -> bool:
    found = _LEAD.match(text, at)
    at = found.end() if found else at
    return at < len(text) and text[at].isupper()


def _trimmed(words: list[_Word], speech: Speech) -> list[_Word]:
    while words and (words[-1].lower in speech.links | speech.particles or _PARTY.fullmatch(words[-1].text)):
        words.pop()
    is_possessive = bool(words) and words[-1].text.endswith(("'s", "’s"))
    return [] if is_possessive else words


def _with_apposition(text: str, words: list[_Word], speech: Speech, names: Names) -> Speaker:
    """The speaker of a phrase and what stands behind its comma: "Bupati X, Budi" or "Budi, bupati X"."""
    speaker = _split(words, speech, names)
    end = words[-1].end
    age = _AGE.match(text, end)
    comma = _COMMA.match(text, age.end() if age else end)
    following = _phrase(text, comma.end(), speech) if comma else []
    if not following:
        return speaker
    is_role = _opens_role(following, speech)
    if speaker.role is None and _is_all_role(words, speech) and not is_role and following[0].is_capital:
        return Speaker(_join(following), _join(words))
    if speaker.role is None and is_role and not _is_all_role(words, speech):
        return Speaker(speaker.name, _join(following))
    if speaker.role is not None and not is_role and _names_better(following, speaker, text, speech, names):
        return Speaker(_join(following), _join(words))
    return speaker


def _opens_role(words: list[_Word], speech: Speech) -> bool:
    return (
        words[0].lower in speech.titles | speech.describers
        or _last_describer(words, speech) > 0
        or (words[0].lower in speech.role_words and any(word.lower in speech.titles for word in words))
    )


def _names_better(following: list[_Word], speaker: Speaker, text: str, speech: Speech, names: Names) -> bool:
    """Whether the phrase behind the comma is the name, and all before it an office ("Bupati X, Agis, ")."""
    is_name = all(word.is_capital and not _is_role_word(word, speech) for word in following)
    rest = text[following[-1].end :].lstrip()
    is_list = _first_word(rest[1:]) in speech.links if rest.startswith(",") else _first_word(rest) in speech.links
    first_known = frozenset((speaker.name or "").lower().split()) & names.lone
    is_full = len(following) > 1 or " " not in (speaker.name or "")
    is_closed = not rest or rest[0] in ",.(" or len(following) > 1
    return is_name and is_full and is_closed and not is_list and not first_known


def _is_all_role(words: list[_Word], speech: Speech) -> bool:
    return _opens_role(words, speech) and _split(words, speech, NO_NAMES).role is None


def _split(words: list[_Word], speech: Speech, names: Names) -> Speaker:
    """A phrase as name and role; where only an office is printed, it is the name."""
    named = words[sum(1 for _ in takewhile(lambda word: word.lower in speech.honorifics, words[:-1])) :]
    if not _opens_role(named, speech):
        return Speaker(_join(named))
    at = _role_end(named, speech)
    name = named[at:]
    if len(name) >= _LONG_NAME:
        at += next((index for index, word in enumerate(name) if word.lower in names.lone), 0)
        name = named[at:]
    if not name or not name[0].is_capital or named[at - 1].lower in speech.links:
        return Speaker(_join(named))
    return Speaker(_join(name), _join(named[:at]))


def _role_end(words: list[_Word], speech: Speech) -> int:
    """Where the role of a phrase ends: after its last bracket, lower-case noun or word of offices."""
    last = len(words)
    while last > 1 and _is_degree(words[last - 1], speech) and not _is_role_word(words[last - 2], speech):
        last -= 1
    return max((i + 1 for i, word in enumerate(words[:last]) if _is_role_word(word, speech)), default=0)


def _is_degree(word: _Word, speech: Speech) -> bool:
    """Whether capitals behind a name may be a degree: no known office or place is written so."""
    return word.is_acronym and word.lower not in speech.role_words | speech.titles | speech.places


def _last_describer(words: list[_Word], speech: Speech) -> int:
    """The place of the last lower-case noun for a person, -1 where there is none."""
    return max(
        (i for i, word in enumerate(words) if not word.is_capital and word.lower in speech.describers),
        default=-1,
    )


def _first_word(text: str) -> str:
    found = re.match(r"\s*([\w'’-]{1,40})", text)
    return found[1].lower() if found else ""


def _join(words: list[_Word]) -> str:
    return " ".join(word.text for word in words)
