"""Pure: a phrase of words -> the name and the role in it."""

from __future__ import annotations

import re
from itertools import takewhile

from newscrawl.languages import Speech
from newscrawl.name_words import NUMERAL, Names, Speaker, Word, is_role_word, printed

_SHORT_NAME = 2
_LONG_NAME = 4  # a name of so many words may begin with part of an office
_PARTY_BEHIND = re.compile(r"\([^)]{1,26}\)")


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
        or (
            len(words) > _SHORT_NAME
            and any(_is_office_inside(words, index, speech) for index in range(1, len(words) - 1))
        )
    )


def _is_office_inside(words: list[Word], index: int, speech: Speech) -> bool:
    """Whether an office stands between unknown words and a name: "Fenwick Mayor Greta Holloway".

    The head of an organisation's name does the same before a full name: "Prakirawan Stasiun Lumba Ketut Wirasana".
    """
    one, following = words[index], words[index + 1]
    is_firm = one.lower in speech.org_words and not speech.subject_first and len(words) > index + _SHORT_NAME
    is_firm = is_firm and words[0].lower not in speech.org_words
    is_office = one.is_capital and (is_firm or one.lower in speech.titles)
    if not is_office:
        return False
    is_name = (
        following.is_capital and following.lower not in speech.honorifics and not NUMERAL.fullmatch(following.text)
    )
    return is_name and not is_role_word(following, speech)


def split(words: list[Word], speech: Speech, names: Names) -> Speaker:
    """A phrase as name and role; where only an office is printed, it is the name."""
    named = without_honorifics(words, speech)
    if not opens_role(named, speech):
        return Speaker(printed(named))
    at = _role_end(named, speech)
    is_linked = 0 < at < len(named) and named[at - 1].lower in speech.links
    at = _past_firm(named, _past_places(named, at, names), speech, names) if named[at:] else at
    is_free = at < len(named) and not _is_address(named[at], speech)
    is_free = is_free and (named[at].lower not in names.lone or named[at].text in names.firms)
    if at and is_free and named[at - 1].lower in speech.org_words and len(named) - at == _LONG_NAME - 1:
        at += 1  # "Fraksi Bahari Willy Aditama"
    if is_linked and len(named) - at >= _LONG_NAME - 1 and named[at].lower not in names.lone:
        at = len(named) - 2  # a first and a last name; what stands before them belongs to the office
    if _needs_place(named, at, speech, names):
        at = len(named) - _SHORT_NAME
    addressed = (index for index in range(at + 1, len(named) - 1) if _is_address(named[index], speech))
    at = next(addressed, at)
    name = without_honorifics(_without_origin(named[at:], speech), speech) if named[at:] else []
    name = name[:-1] if len(name) > 1 and _PARTY_BEHIND.fullmatch(name[-1].text) else name
    is_still_linked = bool(name) and at > 0 and named[at - 1].lower in speech.links
    if not name or not name[0].is_capital or is_still_linked or all(word.lower in names.places for word in name):
        return Speaker(printed(named))
    return Speaker(printed(name), printed(_without_naming(named[:at], speech)))


def _without_origin(name: list[Word], speech: Speech) -> list[Word]:
    """A full name without what stands behind it: "Dianne Moss of Fenwick"."""
    full = range(_SHORT_NAME, len(name) - 1)
    ends = (index for index in full if _is_origin(name[index], speech))
    end = next(ends, len(name))
    return name[:end] if all(one.is_capital for one in name[:end]) else name


def _is_origin(one: Word, speech: Speech) -> bool:
    """Whether a word leads in where somebody is from: "of"."""
    return one.lower in speech.links and one.lower in speech.prepositions


def _without_naming(role: list[Word], speech: Speech) -> list[Word]:
    """A role without the word that leads in the name: "warga bernama"."""
    return role[:-1] if len(role) > 1 and role[-1].lower in speech.work_words and not role[-1].is_capital else role


def _needs_place(named: list[Word], at: int, speech: Speech, names: Names) -> bool:
    """Whether unknown words behind an office of a place or a firm are its name and a name of two words.

    "Bupati Karang Asih Lestari Wening", "Manajer PT Gula Manis Rudi Hartawan".
    """
    rest = named[at:]
    if at == 0 or len(rest) < _LONG_NAME or speech.subject_first or not all(one.is_capital for one in rest):
        return False
    office = named[at - 1]
    is_place = office.lower in speech.offices or office.lower in speech.org_words or office.text[0].isdigit()
    return is_place and names.lone.isdisjoint(one.lower for one in rest)


def _is_address(one: Word, speech: Speech) -> bool:
    """Whether a word is a form of address that a name follows: "KH"; one letter may be an initial."""
    return one.lower in speech.honorifics and len(one.lower) > 1


def _past_places(named: list[Word], at: int, names: Names) -> int:
    """Where the name begins behind an office: past its place, and past what stands elsewhere without the name."""
    last = len(named) - 1
    while at < last and named[at].lower in names.places and named[at].lower not in names.lone:
        at += 1
    while (
        last - at >= _SHORT_NAME and named[at].lower in names.common - names.lone and named[at].text not in names.firms
    ):
        at += 1  # "Humas Karnaval Kemerdekaan Catharina Widya", where a carnival is an ordinary word
    if len(named) - at >= _LONG_NAME:
        return at + next((index for index, word in enumerate(named[at:]) if word.lower in names.lone), 0)
    for index in range(at + 1, len(named)):
        if named[index].lower in names.lone and all(
            _stands_apart(named[before], named[before + 1], names) for before in range(at, index)
        ):
            skipped = {word.lower for word in named[at:index]}
            return index if index < last or skipped <= names.alone | names.places else at
    return at


def _stands_apart(one: Word, following: Word, names: Names) -> bool:
    return any(other.lower() != following.lower for other in names.followers.get(one.lower, ()))


def _past_firm(named: list[Word], at: int, speech: Speech, names: Names) -> int:
    """Where the name begins behind an office and a place or firm that no table knows.

    "Bupati Lembah Hijau Wayan Sukmana", where "Wayan" is printed alone and "Hijau" without "Wayan"; "Kepala BPBD
    Sagara Agus Wirahadi", where "Sagara" is printed alone and with another name behind it.
    """
    if at == 0 or not speech.places or len(named) - at <= _SHORT_NAME or named[at].lower in names.lone:
        return at
    is_firm = named[at - 1].lower in speech.org_words
    known = names.lone | names.alone
    at = _past_long_firm(named, at, names)
    if len(named) - at <= _SHORT_NAME or named[at].lower in names.lone:
        return at
    for index in range(at + 1, len(named)):
        is_far = index - at > 1 and named[at - 1].lower in speech.titles | speech.role_words
        is_apart = is_firm or is_far or _stands_apart(named[index - 1], named[index], names)
        if named[index].lower in known:
            return index if is_apart and index < len(named) - 1 and not _is_particle(named[index], speech) else at
        if named[index - 1].lower in known:
            break
    followers = names.followers.get(named[at].lower, ())
    others = [one.lower() for one in followers if one[:1].isupper() and one.lower() != named[at + 1].lower]
    is_firm = bool(others) and (named[at].lower in names.alone or any(one in known for one in others))
    return at + 1 if is_firm else at


def _past_long_firm(named: list[Word], at: int, names: Names) -> int:
    """Where the name begins behind a firm of two words or more that is printed elsewhere without it, or behind a place.

    "Direktur Kertas Jelita Bagas Wiratno", where Kertas Jelita has a sentence of its own.
    """
    last = len(named) - 1
    firm = next((index for index in range(last - 1, at, -1) if named[index].lower in names.places), at - 1) + 1
    if firm > at:
        return firm
    for index in range(at + 1, last - 1):
        is_apart = _stands_apart(named[index], named[index + 1], names)
        if named[index].lower in names.lone or named[index - 1].lower in names.lone:
            break
        if is_apart and named[index].text in names.inside and named[index + 1].is_capital:
            return index + 1
    return at


def _is_particle(one: Word, speech: Speech) -> bool:
    return one.lower in speech.particles


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
    end, was_role, run = 0, False, 0
    for index, one in enumerate(words[:last]):
        is_origin = run >= _SHORT_NAME and end > 0 and _is_origin(one, speech)
        if is_origin and speech.titles.isdisjoint(word.lower for word in words[index:]):
            break  # "Senator Dianne Moss of Fenwick"
        is_firm = 0 < index < last - 1 and one.is_capital and one.lower in speech.org_words and not speech.open_roles
        run = run + 1 if one.is_capital and not is_role_word(one, speech) else 0
        is_joint = not one.is_capital and (one.lower in speech.links or one.lower in speech.particles)
        is_inner_capital = speech.open_roles and index > 0 and one.is_capital and not one.is_acronym
        is_part = (is_firm or _describes(one, speech)) and not is_inner_capital
        was_role = (was_role or one.lower not in speech.particles) if is_joint else is_part
        end = index + 1 if was_role else end
    return end


def _describes(one: Word, speech: Speech) -> bool:
    """Whether a word of a phrase is part of its role: an office, or any noun in small letters."""
    is_noun = not one.is_capital and one.lower not in speech.particles and one.lower not in speech.honorifics
    return is_noun or is_role_word(one, speech)


def _is_degree(one: Word, speech: Speech) -> bool:
    """Whether capitals behind a name may be a degree: no known office or place is written so."""
    return (one.is_acronym or one.text[0] == "(") and not (
        one.lower in speech.role_words or one.lower in speech.titles or one.lower in speech.places
    )
