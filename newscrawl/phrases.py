"""Pure: text beside a cue -> the words of the phrase that names or describes a person."""

from __future__ import annotations

import re

from newscrawl.languages import Speech
from newscrawl.name_words import CAPITAL, Word, first_word, is_role_word, is_short_form, next_is_capital, word

COMMA = re.compile(r"[ \t]?,[ \t]{0,2}")
_MOST_WORDS = 16
_MOST_SMALL = 7  # words of a description in small letters
_TOKEN = re.compile(
    rf"[ \t]{{0,2}}(\([{CAPITAL}][\w /&.-]{{0,24}}\)|(?:[{CAPITAL}]\.){{2,6}}|[\w][\w'’`/-]{{0,40}}\.?|&)"
)
_PARTY = re.compile(r"\([A-Z]{1,3}-[A-Za-z.]{1,16}\)")  # behind a name: "(D-Calif.)"
_THREE_NAMES = re.compile(rf"(?:[ ][{CAPITAL}][\w-]{{1,30}}){{3}}")
_FIELDS = re.compile(  # the list in "Bidang Politik, Hukum, dan Keamanan"
    rf",[ ](?=(?:[{CAPITAL}][\w-]{{2,30}}(?:[ ][{CAPITAL}][\w-]{{2,30}})?,[ ]){{0,3}}(\w{{1,4}})[ ][{CAPITAL}])"
)


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
        if not words and one.lower in speech.cues_of_last:
            break
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
    if one.text.isalpha():
        return 0
    head = re.split("['’]", one.text, maxsplit=1)[0]
    return len(head) + 1 if head in speech.articles and len(head) + 1 < len(one.text) else 0


def _goes_on(text: str, one: Word, words: list[Word], speech: Speech, *, is_role: bool, is_open: bool) -> bool:  # noqa: PLR0913 - what is read so far
    """Whether a word belongs to the name or description whose first words are given."""
    joins = _joins_office(text, one, words, speech)
    is_small_part = one.lower in speech.links or one.lower in speech.role_words or one.lower in speech.determiners
    is_open_part = is_open and bool(words) and is_small_part
    if one.lower in speech.name_stops and not joins and not is_open_part:
        is_inner = len(words) > 2 and next_is_capital(text, one.end)  # noqa: PLR2004 - "... Industri Hasil Hutan"
        is_inner = is_inner or (len(words) > 1 and words[-1].is_capital and words[-1].lower in speech.org_words)
        if not _is_part_of_role(one, words, speech, is_role=is_role, is_inner=is_inner):
            return False
    if not words:
        is_known = one.lower in speech.describers or one.lower in speech.titles
        is_addressed = one.lower in speech.honorifics and next_is_capital(text, one.end)
        return one.text[0].isupper() or is_known or is_addressed or (is_open and _is_plain(one, speech))
    if one.text[0].isdigit() and not words[-1].is_capital and not next_is_capital(text, one.end):
        return False  # an age: "petani 57 tahun"
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
        is_followed = next_is_capital(text, one.end) or first_word(text[one.end : one.end + 10]) in speech.links
        return one.lower in speech.determiners or (is_joint and is_followed)
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
    is_office = bool(words) and (is_role or words[0].lower in speech.titles or words[0].lower in speech.describers)
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


def _trimmed(words: list[Word], speech: Speech) -> list[Word]:
    while words and (
        words[-1].lower in speech.links or words[-1].lower in speech.particles or _PARTY.fullmatch(words[-1].text)
    ):
        words.pop()
    is_possessive = bool(words) and words[-1].text.endswith(("'s", "’s"))
    return [] if is_possessive else words
