"""Pure: words beside a cue -> the phrase that names or describes a person, split into name and role."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import takewhile
from types import MappingProxyType

from newscrawl.languages import Speech

CAPITAL = "".join(chr(code) for code in range(0x530) if chr(code).isupper())
"""Every capital letter of the Latin, Greek and Cyrillic alphabets, for use inside a class of a pattern."""

COMMA = re.compile(r"[ \t]?,[ \t]{0,2}")

_MOST_WORDS = 16
_MOST_SMALL = 7  # words of a description in small letters
_LONG_NAME = 4  # a name of so many words may begin with part of an office
_TOKEN = re.compile(
    rf"[ \t]{{0,2}}(\([{CAPITAL}][\w /&.-]{{0,24}}\)|(?:[{CAPITAL}]\.){{2,6}}|[\w][\w'’`/-]{{0,40}}\.?|&)"
)
_NUMERAL = re.compile(r"[IV]+")  # of a name: "Tom Barrow III"
_PARTY = re.compile(r"\([A-Z]{1,3}-[A-Za-z.]{1,16}\)")  # behind a name: "(D-Calif.)"
_LEAD = re.compile(r"[ \t]{0,2}")
_FIRST = re.compile(r"\s{0,8}([\w'’-]{1,40})")
_THREE_NAMES = re.compile(rf"(?:[ ][{CAPITAL}][\w-]{{1,30}}){{3}}")
_FIELDS = re.compile(  # the list in "Bidang Politik, Hukum, dan Keamanan"
    rf",[ ](?=(?:[{CAPITAL}][\w-]{{2,30}}(?:[ ][{CAPITAL}][\w-]{{2,30}})?,[ ]){{0,3}}(\w{{1,4}})[ ][{CAPITAL}])"
)
_PARTY_BEHIND = re.compile(r"\([A-Z][\w/.-]{0,12}\)")


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


NO_NAMES = Names()


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


def phrase(text: str, at: int, speech: Speech, *, is_open: bool = False) -> list[Word]:
    """The words of the name or description that begins at a place; none where none begins.

    An open phrase may hold any noun in small letters: "lifeboat coxswain", "portavoz de la policía".
    """
    words: list[Word] = []
    is_open = is_open or speech.open_roles
    is_role = True
    while len(words) < _MOST_WORDS:
        found = _TOKEN.match(text, at)
        if not found:
            fields = _FIELDS.match(text, at) if is_role and words and words[0].is_capital else None
            if not fields or fields[1] not in speech.links or fields[1] in speech.prepositions:
                break
            words[-1] = Word(words[-1].text, words[-1].lower, words[-1].start, words[-1].end, True, True)
            at = fields.end()
            continue
        one = word(found[1], found.start(1), speech)
        is_last = one.text.endswith(".") and not is_short_form(one, speech)
        one = word(one.text.rstrip("."), one.start, speech) if is_last else one
        if not words and (article := _article(one, speech)):
            at = one.start + article if article < len(one.text) else found.end()
            if is_last:
                break
            continue
        if not _goes_on(text, one, words, speech, is_role=is_role, is_open=is_open):
            break
        is_role = is_role and is_role_word(one, speech)
        words.append(one)
        at = found.end()
        if is_last or one.lower in speech.determiners:
            break
    return _trimmed(words, speech)


def _article(one: Word, speech: Speech) -> int:
    """How many letters at the head of a first word are an article: "the", "l'" of "l'avocate"."""
    if one.text.lower() in speech.articles:
        return len(one.text)
    head = re.split("['’]", one.text, maxsplit=1)[0]
    return len(head) + 1 if head in speech.elisions and len(head) + 1 < len(one.text) else 0


def _goes_on(text: str, one: Word, words: list[Word], speech: Speech, *, is_role: bool, is_open: bool) -> bool:  # noqa: PLR0913 - what is read so far
    """Whether a word belongs to the name or description whose first words are given."""
    joins = _joins_office(text, one, words, speech)
    is_small_part = one.lower in speech.links or one.lower in speech.role_words or one.lower in speech.determiners
    is_open_part = is_open and bool(words) and is_small_part
    if one.lower in speech.name_stops and not joins and not is_open_part:
        is_inner = len(words) > 2 and next_is_capital(text, one.end)  # noqa: PLR2004 - "... Industri Hasil Hutan"
        if not _is_part_of_role(one, words, speech, is_role=is_role, is_inner=is_inner):
            return False
    if not words:
        is_known = one.lower in speech.describers or one.lower in speech.titles
        is_addressed = one.lower in speech.honorifics and next_is_capital(text, one.end)
        return one.is_capital or is_known or is_addressed or (is_open and _is_plain(one, speech))
    is_number = one.text[0].isdigit() and words[0].lower in speech.titles and next_is_capital(text, one.end)
    if one.is_capital or one.text[0] == "(" or joins or is_number:
        return True
    is_description = not words[0].is_capital or words[0].lower in speech.titles
    if is_open and is_description and words[0].lower not in speech.particles:
        return _open_goes_on(text, one, words, speech)
    return _small_goes_on(text, one, words, speech, is_role=is_role)


def _open_goes_on(text: str, one: Word, words: list[Word], speech: Speech) -> bool:
    """Whether a word in small letters goes on a description in small letters."""
    if any(word.is_capital for word in words[1:]):
        is_joint = one.lower in speech.links or one.lower in speech.particles
        return one.lower in speech.determiners or is_joint and (next_is_capital(text, one.end) or first_word(text[one.end : one.end + 10]) in speech.links)
    is_small_part = one.lower in speech.links or one.lower in speech.determiners or _is_plain(one, speech)
    return len(words) < _MOST_SMALL and is_small_part


def _is_plain(one: Word, speech: Speech) -> bool:
    """Whether a word in small letters may be a noun: it is none that the language knows as something else."""
    return one.text[0].isalpha() and not (
        (one.lower in speech.name_stops and one.lower not in speech.role_words)
        or one.lower in speech.prepositions
        or one.lower in speech.pronouns
        or one.lower in speech.adverbs
        or one.lower in speech.determiners
        or one.lower in speech.cues
        or one.lower in speech.cues_before
    )


def _is_part_of_role(one: Word, words: list[Word], speech: Speech, *, is_role: bool, is_inner: bool) -> bool:
    is_small_part = is_role and (one.lower in speech.links or one.lower in speech.determiners)
    is_office = bool(words) and (is_role or words[0].lower in speech.titles)
    return is_office and (is_small_part or (one.is_capital and (is_role_word(one, speech) or is_inner)))


def _small_goes_on(text: str, one: Word, words: list[Word], speech: Speech, *, is_role: bool) -> bool:
    """Whether a word in small letters goes on a name ("bin") or a role ("juru bicara")."""
    if one.lower in speech.particles:
        following = first_word(text[one.end : one.end + 10])
        return next_is_capital(text, one.end) or following in speech.particles
    if one.lower in speech.honorifics or (one.lower in speech.describers and not is_role):
        return next_is_capital(text, one.end)
    is_of_role = one.lower in speech.determiners or one.text == "&" or is_role_word(one, speech)
    return is_of_role and (is_role or words[-1].lower in speech.role_words)


def _joins_office(text: str, one: Word, words: list[Word], speech: Speech) -> bool:
    """Whether "dan" goes on an office with unknown words: "Kepala Bidang Kayu dan Rotan ..."."""
    if one.lower not in speech.links or len(words) < 2 or not next_is_capital(text, one.end):  # noqa: PLR2004 - a title and a word of the office
        return False
    following = first_word(text[one.end : one.end + 42])
    is_office = words[0].lower in speech.titles and (
        is_role_word(words[1], speech) or words[-1].is_acronym or bool(_THREE_NAMES.match(text, one.end))
    )
    return is_office and (following not in speech.titles or one.lower in speech.role_links)


def is_role_word(one: Word, speech: Speech) -> bool:
    """Whether a word may stand in an office or description."""
    return (
        one.lower in speech.titles
        or one.lower in speech.role_words
        or one.lower in speech.describers
        or one.lower in speech.links
        or one.lower in speech.places
        or one.is_acronym
        or one.text[0].isdigit()
        or one.text[0] == "("
    )


def _describes(one: Word, speech: Speech) -> bool:
    """Whether a word of a phrase is part of its role: an office, or any noun in small letters."""
    is_noun = not one.is_capital and one.lower not in speech.particles and one.lower not in speech.honorifics
    return is_noun or is_role_word(one, speech)


def is_short_form(one: Word, speech: Speech) -> bool:
    """Whether a full stop behind a word belongs to it: "Dr.", an initial."""
    letters = one.lower
    return (
        (len(letters) == 1 and one.is_capital)
        or "." in one.text[:-1]
        or letters in speech.honorifics
        or (len(letters) <= 3 and one.is_capital and letters in speech.titles)  # noqa: PLR2004 - as in "Gen."
    )


def next_is_capital(text: str, at: int) -> bool:
    """Whether the next word has a capital."""
    found = _LEAD.match(text, at)
    at = found.end() if found else at
    return at < len(text) and text[at].isupper()


def _trimmed(words: list[Word], speech: Speech) -> list[Word]:
    while words and (
        words[-1].lower in speech.links or words[-1].lower in speech.particles or _PARTY.fullmatch(words[-1].text)
    ):
        words.pop()
    is_possessive = bool(words) and words[-1].text.endswith(("'s", "’s"))
    return [] if is_possessive else words


def opens_role(words: list[Word], speech: Speech) -> bool:
    """Whether a phrase begins with an office or a description."""
    head = words[0]
    return (
        head.lower in speech.titles
        or head.lower in speech.describers
        or (not head.is_capital and head.lower not in speech.particles and head.lower not in speech.honorifics)
        or any(not word.is_capital and word.lower in speech.describers for word in words)
        or (speech.verb_last and any(word.lower in speech.titles for word in words))
        or (head.lower in speech.role_words and any(word.lower in speech.titles for word in words))
    )


def is_all_role(words: list[Word], speech: Speech) -> bool:
    """Whether a phrase is an office without a name."""
    return opens_role(words, speech) and split(words, speech, NO_NAMES).role is None


def split(words: list[Word], speech: Speech, names: Names) -> Speaker:
    """A phrase as name and role; where only an office is printed, it is the name."""
    named = without_honorifics(words, speech)
    if not opens_role(named, speech):
        return Speaker(printed(named))
    at = _role_end(named, speech)
    is_linked = 0 < at < len(named) and named[at - 1].lower in speech.links
    at = _past_places(named, at, speech, names) if named[at:] else at
    if at and named[at - 1].lower in speech.org_words and len(named) - at == _LONG_NAME - 1:
        at += 1  # "Fraksi Bahari Willy Aditama"
    if is_linked and at < len(named) and len(named) - at >= _LONG_NAME - 1:
        at = len(named) - 2  # a first and a last name; what stands before them belongs to the office
    name = without_honorifics(named[at:], speech) if named[at:] else []
    name = name[:-1] if len(name) > 1 and _PARTY_BEHIND.fullmatch(name[-1].text) else name
    is_still_linked = bool(name) and 0 < at and named[at - 1].lower in speech.links
    if not name or not name[0].is_capital or is_still_linked or all(word.lower in names.places for word in name):
        return Speaker(printed(named))
    return Speaker(printed(name), printed(named[:at]))


def _past_places(named: list[Word], at: int, speech: Speech, names: Names) -> int:
    """Where the name begins behind an office: past its place, and past what stands elsewhere without the name."""
    last = len(named) - 1
    while at < last and named[at].lower in names.places and named[at].lower not in names.lone:
        at += 1
    if len(named) - at >= _LONG_NAME:
        return at + next((index for index, word in enumerate(named[at:]) if word.lower in names.lone), 0)
    for index in range(at + 1, len(named)):
        if named[index].lower in names.lone and all(
            _stands_apart(named[before], named[before + 1], names) for before in range(at, index)
        ):
            return index
    return at


def _stands_apart(one: Word, following: Word, names: Names) -> bool:
    return bool(names.followers.get(one.lower, frozenset()) - {following.lower})


def without_honorifics(words: list[Word], speech: Speech) -> list[Word]:
    """A phrase without the forms of address before the name."""
    return words[sum(1 for _ in takewhile(lambda word: word.lower in speech.honorifics, words[:-1])) :]


def _role_end(words: list[Word], speech: Speech) -> int:
    """Where the role of a phrase ends: after its last bracket, lower-case noun or word of offices."""
    if speech.verb_last:  # the office closes with its title: "Duruliman Belediye Başkanı"
        return max((index + 1 for index, one in enumerate(words) if one.lower in speech.titles), default=0)
    last = len(words)
    while last > 1 and _is_degree(words[last - 1], speech) and not is_role_word(words[last - 2], speech):
        last -= 1
    end, was_role = 0, False
    for index, one in enumerate(words[:last]):
        is_joint = not one.is_capital and (one.lower in speech.links or one.lower in speech.particles)
        is_inner_capital = speech.open_roles and index > 0 and one.is_capital and not one.is_acronym
        is_part = _describes(one, speech) and not is_inner_capital
        was_role = (was_role or one.lower not in speech.particles) if is_joint else is_part
        end = index + 1 if was_role else end
    return end


def _is_degree(one: Word, speech: Speech) -> bool:
    """Whether capitals behind a name may be a degree: no known office or place is written so."""
    return one.is_acronym and not (
        one.lower in speech.role_words or one.lower in speech.titles or one.lower in speech.places
    )
