"""Pure: the words around a cue -> the speaker's name and role."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import takewhile

from newscrawl.languages import Speech

WINDOW = 200
"""Characters beside a cue that are looked at: a name with its office fits, and no text costs more than its length."""

_MOST_WORDS = 16
_LONG_NAME = 4  # a name of so many words may begin with part of an office
_TOKEN = re.compile(r"[ \t]{0,2}(\([A-Z][\w /&.-]{0,24}\)|[\w][\w'’`-]{0,40}\.?|&)")
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
        return self.text.lower().rstrip(".")

    @property
    def is_capital(self) -> bool:
        return self.text[0].isupper()

    @property
    def is_acronym(self) -> bool:
        letters = self.text.strip("().")
        return len(letters) > 1 and letters.isupper()


HE = Speaker(None)
"""He, she, it: whoever was named last."""


def after(text: str, speech: Speech, names: Names) -> Speaker | None:
    """The speaker whose name opens a text, as in "Agis, wakil wali kota, di Bandung"."""
    words = _phrase(text, 0, speech)
    if not words:
        return HE if _first_word(text) in speech.pronouns else None
    return _with_apposition(text, words, speech, names)


def before(text: str, speech: Speech, names: Names) -> Speaker | None:
    """The speaker whose name closes a text, or is its subject, as in "Wakil Wali Kota Serang, Nur Agis Aulia, "."""
    starts = [0, *(found.end() for found in _COMMA.finditer(text))]
    pieces = [(start, _phrase(text, start, speech)) for start in starts]
    whole = [
        index for index, (_, words) in enumerate(pieces) if words and _reaches_end(text, words[-1].end, speech)
    ]
    for index in sorted(range(len(pieces)), key=lambda index: (index not in whole, index)):
        start, words = pieces[index]
        words = words if start else _without_opener(words, speech, names)
        if words and not _is_circumstance(text, start, speech):
            return _with_apposition(text, words, speech, names)
    return _subject_at_end(text, speech, names)


def _without_opener(words: list[_Word], speech: Speech, names: Names) -> list[_Word]:
    """The words of a phrase that opens a sentence, without a first word that has its capital only from there."""
    if not words or not words[0].is_capital or words[0].lower in speech.titles | speech.honorifics | names.lone:
        return words
    if words[0].text in names.inside or words[0].lower not in names.common:
        return words
    return words[1:]


def _reaches_end(text: str, end: int, speech: Speech) -> bool:
    """Whether nothing but a comma, an age or an adverb stands between a phrase and the next comma or the end."""
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
    if word.lower in speech.name_stops and not (words and is_role and word.lower in speech.links | speech.determiners):
        return False
    if word.is_capital or word.text.startswith("("):
        return bool(words) or not word.text.startswith("(")
    if not words:
        return word.lower in speech.describers or (word.lower in speech.titles)
    if word.lower in speech.particles:
        return _next_is_capital(text, word.end) or _first_word(text[word.end : word.end + 10]) in speech.particles
    if word.lower in speech.describers and not is_role:
        return _next_is_capital(text, word.end)
    in_role = is_role or words[-1].lower in speech.role_words
    return in_role and (
        _is_role_word(word, speech) or word.lower in speech.determiners or word.text[0].isdigit() or word.text == "&"
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
    return (len(letters) == 1 and word.is_capital) or letters in speech.honorifics or (
        len(letters) <= 3 and word.is_capital and letters in speech.titles  # noqa: PLR2004 - as in "Gen."
    )


def _next_is_capital(text: str, at: int) -> bool:
    found = _LEAD.match(text, at)
    at = found.end() if found else at
    return at < len(text) and text[at].isupper()


def _trimmed(words: list[_Word], speech: Speech) -> list[_Word]:
    while words and (words[-1].lower in speech.links or words[-1].lower in speech.particles):
        words.pop()
    return words


def _with_apposition(text: str, words: list[_Word], speech: Speech, names: Names) -> Speaker:
    """The speaker of a phrase with what stands behind a comma: "Direktur X, Budi Santoso" or "Budi, direktur X"."""
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
    return words[0].lower in speech.titles or words[0].lower in speech.describers or _last_describer(words, speech) > 0


def _names_better(following: list[_Word], speaker: Speaker, text: str, speech: Speech, names: Names) -> bool:
    """Whether the phrase behind the comma is the name, and the first one an office to its end ("Bupati X, Agis, ")."""
    is_name = all(word.is_capital and not _is_role_word(word, speech) for word in following)
    rest = text[following[-1].end :].lstrip()
    is_list = _first_word(rest[1:]) in speech.links if rest.startswith(",") else _first_word(rest) in speech.links
    first_known = frozenset((speaker.name or "").lower().split()) & names.lone
    is_closed = not rest or rest[0] in ",.(" or len(following) > 1
    return is_name and is_closed and not is_list and not first_known


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
    if not name or not name[0].is_capital:
        return Speaker(_join(named))
    return Speaker(_join(name), _join(named[:at]))


def _role_end(words: list[_Word], speech: Speech) -> int:
    """Where the role of a phrase ends: after its last bracket or lower-case word, and all role words that follow."""
    bracket = max((index for index, word in enumerate(words) if word.text.startswith("(")), default=-1)
    at = max(bracket + 1 if bracket + 1 < len(words) else 0, _last_describer(words, speech) + 1)
    while at < len(words) and _is_role_word(words[at], speech):
        at += 1
    return at


def _last_describer(words: list[_Word], speech: Speech) -> int:
    """The place of the last lower-case noun for a person, -1 where there is none."""
    return max(
        (i for i, word in enumerate(words) if not word.is_capital and word.lower in speech.describers), default=-1
    )


def _first_word(text: str) -> str:
    found = re.match(r"\s*([\w'’-]{1,40})", text)
    return found[1].lower() if found else ""


def _join(words: list[_Word]) -> str:
    return " ".join(word.text for word in words)
