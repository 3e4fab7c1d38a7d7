"""Pure: the words around a cue -> the speaker's name and role."""

from __future__ import annotations

import re
from functools import cache
from itertools import islice, takewhile

from newscrawl.languages import Speech
from newscrawl.name_words import CAPITAL, Names, Speaker, Word, first_word, is_role_word, next_is_capital, printed, word
from newscrawl.phrases import COMMA, phrase
from newscrawl.roles import opens_role, split, without_honorifics

WINDOW = 200
"""Characters beside a cue that are looked at: a name with its office fits."""

HE = Speaker(None)
"""He, she, it: whoever was named last."""

DEFINITE = frozenset({"the"})
"""Articles behind which a job without a name means somebody who was named before: "the lawyer"."""

_OPENER_ENDINGS = ("ing", "ly")  # "Facing a vote, ...", "Oddly, ..."
_LONGEST_JOINT = 12
_LONGEST_DEGREE = 3  # letters: "M.Sc"
_MOST_PLACES = 3
_LONGEST_SUBJECT = 9  # words of a subject without a name
_MOST_ADVERBS = 3
_MOST_CIRCUMSTANCE = 9  # words between a cue and its speaker
_OLD = re.compile(r"[0-9]{1,3}-year-old")
_AGE = re.compile(r"\s?(?:\(\d{1,3}(?: \w{2,8})?\)|,\s?\d{1,3}(?=,))")
_AGED = re.compile(r"[ ](?:\w{3,9}[ ])?\d{1,3}[ ]\w{3,6}[ ](\w{2,12})")  # "perempuan berusia 45 tahun itu"
_CLOSING = re.compile(r"\s{0,2}([\w'’-]{1,40})")
_WORDS = re.compile(r"[\w][\w'’.-]*")
_JOB = re.compile(rf"\s?([{CAPITAL}][\w'’-]{{1,24}})((?:[ ][^\W\d_{CAPITAL}][\w'’-]{{1,20}}){{1,3}})[ ](?=[{CAPITAL}])")
_TAIL = re.compile(r"[ ]([^\W\d_]{2,6})((?:[ ][^\W\d_][\w'’-]{0,20}){1,5})(?=\s?(?:[,.]|$))")


def after(text: str, speech: Speech, names: Names, *, is_beside_cue: bool = True) -> Speaker | None:
    """The speaker whose name opens a text, as in "Agis, wakil wali kota, di Bandung"."""
    return _definite(text, _after(text, speech, names, is_beside_cue=is_beside_cue), speech)


def before(text: str, speech: Speech, names: Names) -> Speaker | None:
    """The speaker who is the subject of a text: "Wakil Wali Kota Serang, Nur Agis Aulia, "."""
    return _definite(text, _before(text, speech, names), speech)


def _definite(text: str, speaker: Speaker | None, speech: Speech) -> Speaker | None:
    """The speaker; a job behind "the" stands for whoever was named last, where the text names no such office."""
    name = speaker.name if speaker else None
    if not speaker or not name or speaker.role or not name.islower() or first_word(text) not in DEFINITE:
        return speaker
    words = name.split()
    is_person = (words[-1] in speech.titles or words[-1] in speech.describers) and words[-1] not in speech.org_words
    is_one = len(words) < 3 and not words[-1].endswith("s") and name not in speech.offices  # noqa: PLR2004 - a job and an adjective
    return Speaker(None, name) if is_person and is_one else speaker


def _after(text: str, speech: Speech, names: Names, *, is_beside_cue: bool) -> Speaker | None:
    """The speaker whose name opens a text, as in "Agis, wakil wali kota, di Bandung".

    Beside a cue any noun in small letters may describe the speaker.
    """
    text = _without_adverbs(text, speech)
    first = first_word(text)
    if first in speech.pronouns:
        return HE
    words = phrase(text, 0, speech)
    found = _described(text, speech, names) or _pointed(text, words, speech) or _both(text, words, speech)
    if found:
        return found
    speaker = _with_apposition(text, words, speech, names) if words else None
    if words and speech.open_roles and not words[0].is_capital and not _is_introduced(first, words, speech):
        return None
    if not is_beside_cue or speech.open_roles or (speaker and speaker.name and speaker.name[0].isupper()):
        return speaker
    return _described_after(text, words, speech, names) or speaker


def _described_after(text: str, words: list[Word], speech: Speech, names: Names) -> Speaker | None:
    """Who is described by any nouns in small letters at the head of a text, where they tell more than its phrase."""
    described = phrase(text, 0, speech, is_open=True)
    better = _with_apposition(text, described, speech, names) if described else None
    is_pointed = bool(described) and described[-1].lower in speech.determiners
    if is_pointed and (pointed := _pointed(text, described, speech)):
        return pointed
    if better and (better.role or is_pointed):
        return better
    is_introduced = first_word(text) in speech.articles and len(described) >= len(words)
    return _with_tail(text, described, speech) if better and is_introduced else None


def _pointed(text: str, words: list[Word], speech: Speech) -> Speaker | None:
    """Whoever was named last, described anew: "politisi Partai Air itu"; without anybody named, the description."""
    if not words or speech.subject_first:
        return None
    end = words[-1].end
    if words[-1].lower not in speech.determiners:
        closing = _AGED.match(text, end) or _CLOSING.match(text, end)
        if not closing or closing[1].lower() not in speech.determiners:
            return None
        end = closing.end()
    comma = COMMA.match(text, end)
    is_named = comma is not None and next_is_capital(text, comma.end())
    return None if is_named or not opens_role(words, speech) else Speaker(None, text[words[0].start : end])


def _with_tail(text: str, described: list[Word], speech: Speech) -> Speaker | None:
    """A person without a name, with what goes on the description up to a comma: "man at the bus stop"."""
    rest = text[described[-1].end :]
    if not rest.strip() or rest.lstrip()[0] in ",.;(":
        return Speaker(printed(described))
    following = first_word(rest)
    if following not in speech.prepositions and following not in speech.name_stops:
        return None
    tail = _TAIL.match(rest) if speech.subject_first and following in speech.prepositions else None
    is_plain = tail is not None and tail[2].islower() and speech.pronouns.isdisjoint(tail[2].split())
    return Speaker(text[described[0].start : described[-1].end + (tail.end() if tail and is_plain else 0)])


def _described(text: str, speech: Speech, names: Names) -> Speaker | None:
    """The name behind a job in small letters whose first word has a capital: "Food inspector Leila Morrow"."""
    found = _JOB.match(text) if speech.subject_first else None
    head = found[1].lower() if found else ""
    if not found or head in names.lone or head in speech.name_stops or head in speech.titles:
        return None
    small = [word(one[0], one.start(), speech) for one in _WORDS.finditer(found[2])]
    is_job = small[-1].lower in speech.titles or small[-1].lower in speech.describers
    if not is_job or not all(_is_noun(one, speech) for one in small):
        return None
    named = phrase(text, found.end(), speech)
    if not named:
        return None
    speaker = split(named, speech, names)
    return Speaker(speaker.name, " ".join(filter(None, [found[0].strip(), speaker.role])))


def _is_noun(one: Word, speech: Speech) -> bool:
    """Whether a word in small letters may stand in a job: none of the words that the language knows as another."""
    return one.lower in speech.titles or one.lower not in _no_nouns(speech)


@cache
def _no_nouns(speech: Speech) -> frozenset[str]:
    others = speech.name_stops | speech.prepositions | speech.pronouns | speech.adverbs
    return others | speech.cues | speech.cues_before


def _both(text: str, words: list[Word], speech: Speech) -> Speaker | None:
    """Two people named without their offices who speak together, as printed: "Andi dan Budi"."""
    joint = first_word(text[words[-1].end : words[-1].end + _LONGEST_JOINT]) if words else ""
    if joint not in speech.joints or not _is_plain_name(words, speech) or text[: words[0].start].strip():
        return None
    behind = text[words[-1].end :]
    at = words[-1].end + len(behind) - len(behind.lstrip())
    if not text.startswith(joint, at):  # "Dan": the beginning of a sentence, or of a name
        return None
    second = phrase(text, at + len(joint), speech)
    rest = text[second[-1].end :].strip() if second else ""
    is_closed = not rest or rest[0] in ",.(" or first_word(rest) in speech.prepositions
    return Speaker(text[words[0].start : second[-1].end]) if _is_plain_name(second, speech) and is_closed else None


def _is_plain_name(words: list[Word], speech: Speech) -> bool:
    return bool(words) and all(one.is_capital and not is_role_word(one, speech) for one in words)


def behind_circumstance(text: str, speech: Speech, names: Names) -> Speaker | None:
    """The speaker behind a few words on place and time: "ieri in aula il consigliere Ivan Rossini"."""
    previous = ""
    for found in islice(_WORDS.finditer(COMMA.split(text, maxsplit=1)[0]), _MOST_CIRCUMSTANCE):
        one = word(found[0], found.start(), speech)
        following = first_word(text[found.end() :])
        is_office = one.lower in speech.articles and (following in speech.titles or following in speech.describers)
        is_bare = bool(previous) and previous not in speech.prepositions and previous not in speech.articles
        is_name = one.is_capital and is_bare and " " in printed(phrase(text, one.start, speech))
        if is_name or (is_office and previous not in speech.prepositions):
            return after(text[one.start :], speech, names)
        previous = one.lower if one.text[0].islower() else ""
    return None


def _without_adverbs(text: str, speech: Speech) -> str:
    """The text without adverbs at its head: "también Rosa Vidal"."""
    for _ in range(_MOST_ADVERBS):
        first = first_word(text)
        is_adverb = first in speech.adverbs or bool(_OLD.fullmatch(first))
        if not first or not is_adverb or text.lstrip()[0].isupper():
            return text
        text = text.lstrip()[len(first) :]
    return text


def _is_introduced(first: str, words: list[Word], speech: Speech) -> bool:
    """Whether words in small letters are a person's description: behind an article, or a known noun."""
    is_article = first in speech.articles or re.split("['’]", first, maxsplit=1)[0] in speech.elisions
    head = words[0].lower
    return is_article or head in speech.describers or head in speech.titles or head in speech.honorifics


def _before(text: str, speech: Speech, names: Names) -> Speaker | None:
    """The speaker who is the subject of a text, an office or a job in place of a name included."""
    if (described := _described(text, speech, names)) and described.name and described.name[0].isupper():
        return described
    return _whole_subject(text, speech) or _subject(text, speech, names)


def _subject(text: str, speech: Speech, names: Names) -> Speaker | None:
    """The speaker named or pointed at in one of the pieces between a text's commas."""
    starts = [0, *(found.end() for found in COMMA.finditer(text))]
    pieces = [(start, _whole_phrase(text, start, speech)) for start in starts]
    if pointed := next(filter(None, (_pointed(text, words, speech) for _, words in pieces)), None):
        return pointed
    is_joint = not speech.joints.isdisjoint(text.split())
    for start, words in pieces if is_joint else ():
        both = _both(text[start:], phrase(text[start:], 0, speech), speech) if words else None
        if both and _reaches_end(text, start + text[start:].index(both.name or "") + len(both.name or ""), speech):
            return both
    whole = [index for index, (_, words) in enumerate(pieces) if words and _reaches_end(text, words[-1].end, speech)]
    for index in sorted(range(len(pieces)), key=lambda index: (index not in whole, index)):
        start, words = pieces[index]
        words = words if start else _without_opener(words, speech, names)
        is_unknown = index not in whole and _is_unknown(words, speech, names)
        is_unknown = is_unknown and not _is_of_firm(text[words[-1].end :], speech)
        if is_unknown and (last := _subject_at_end(text, speech, names)):
            return last
        if is_unknown and speech.articles & DEFINITE and words[0].lower.endswith(_OPENER_ENDINGS):
            continue
        if words and first_word(text[start:]) not in speech.prepositions:
            return _with_apposition(text, words, speech, names)
    return _subject_at_end(text, speech, names)


def _whole_subject(text: str, speech: Speech) -> Speaker | None:
    """A description without a name that is all of a subject: "a woman walking her dog", "the annual report"."""
    words = text.split()
    is_long = len(words) > _LONGEST_SUBJECT or not speech.subject_first or speech.open_roles
    if is_long or len(words) < 2 or words[0].lower() not in speech.articles or "," in text:  # noqa: PLR2004 - an article and a noun
        return None
    rest = [one for one in words[1:] if one.lower() not in speech.adverbs]
    ends = {rest[0], rest[-1]} if rest else set(words)
    is_noun = bool(rest) and rest[0].isalpha() and speech.name_stops.isdisjoint(ends)
    is_noun = is_noun and speech.prepositions.isdisjoint(ends)
    is_small = is_noun and all(one.islower() and one[0].isalpha() for one in rest)
    is_office = is_small and " ".join(rest) in speech.offices
    is_clause = not all(words.isdisjoint(rest) for words in (speech.pronouns, speech.cues, speech.cues_before))
    is_work = not speech.work_words.isdisjoint(rest)  # a sign, a headline
    return Speaker(" ".join(rest)) if is_small and not (is_office or is_clause or is_work) else None


def _whole_phrase(text: str, start: int, speech: Speech) -> list[Word]:
    """The phrase at a place, with any nouns in small letters where it reaches its comma by them."""
    words = phrase(text, start, speech)
    if not words or _reaches_end(text, words[-1].end, speech) or not opens_role(words, speech):
        return words
    described = phrase(text, start, speech, is_open=True)
    is_whole = bool(described) and text[described[-1].end :].strip()[:1] in {"", ","}
    return described if is_whole else words


def _without_opener(words: list[Word], speech: Speech, names: Names) -> list[Word]:
    """The phrase at the head of a sentence, without a first word that has its capital only from there."""
    if not words or not words[0].is_capital:
        return words
    head = words[0]
    if head.lower in speech.titles or head.lower in speech.honorifics or head.lower in names.lone:
        return words
    if head.text in names.inside or head.lower not in names.common:
        return words
    return words[1:]


def _is_unknown(words: list[Word], speech: Speech, names: Names) -> bool:
    """Whether a phrase is one word that has its capital from the head of a sentence only."""
    if len(words) != 1 or not words[0].is_capital:
        return False
    return not opens_role(words, speech) and words[0].lower not in names.lone and words[0].text not in names.inside


def _is_of_firm(rest: str, speech: Speech) -> bool:
    """Whether what stands behind a name is only where its bearer comes from: "Reno dari PT Rumah Rotan"."""
    words = rest.split()
    is_from = len(words) > 1 and words[0] in speech.prepositions and words[0] in speech.links
    return is_from and all(one[0].isupper() or one in speech.links for one in words[1:])


def _reaches_end(text: str, end: int, speech: Speech) -> bool:
    """Whether only an age or an adverb stands between a phrase and the next comma or the end."""
    rest = _AGE.sub("", text[end:]).split(",", 1)[0].split()
    return all(word.lower() in speech.adverbs for word in rest)


def _subject_at_end(text: str, speech: Speech, names: Names) -> Speaker | None:
    """The name right before the end of the text, or a pronoun there."""
    words = [word(found[0], found.start(), speech) for found in _WORDS.finditer(text)]
    while words and words[-1].lower in speech.adverbs:
        words.pop()
    if not words:
        return None
    if words[-1].lower in speech.pronouns or words[0].lower in speech.pronouns:
        return HE
    tail = list(takewhile(lambda one: _may_be_named(one, speech), reversed(words)))[::-1]
    previous = words[-len(tail) - 1].lower if len(words) > len(tail) else ""
    if not tail or previous in speech.prepositions:
        return None
    found = phrase(text, tail[0].start, speech)
    return split(found, speech, names) if found else None


def _may_be_named(one: Word, speech: Speech) -> bool:
    return (
        (one.is_capital and one.lower not in speech.name_stops)
        or one.lower in speech.particles
        or one.lower in speech.describers
        or one.lower in speech.titles
    )


def _with_apposition(text: str, words: list[Word], speech: Speech, names: Names) -> Speaker:
    """The speaker of a phrase and what stands behind its comma: "Bupati X, Budi" or "Budi, bupati X"."""
    speaker = split(words, speech, names)
    if speaker.role is None and opens_role(words, speech):
        speaker = _of_two_offices(text, words, speech, names) or speaker
    age = _AGE.match(text, words[-1].end)
    comma = COMMA.match(text, age.end() if age else words[-1].end)
    following = _apposition(text, comma.end(), speech) if comma else []
    if not following or (comma and speaker.role and _is_party(text[comma.end() :], following, speech)):
        return speaker
    if opens_role(words, speech) and (chained := _behind_places(text, following, speech, names)):
        return Speaker(
            printed(chained), f"{printed(words)}, {text[following[0].start : chained[0].start].rstrip(', ')}"
        )
    if speaker.role is None and opens_role(words, speech):
        return _holder(following, speaker, speech, names)
    is_role = opens_role(following, speech)
    if speaker.role is None and is_role:
        return Speaker(speaker.name, printed(following))
    if not is_role and _names_better(following, words, speaker, text, speech, names):
        return Speaker(printed(without_honorifics(following, speech)), printed(words))
    return speaker


def _is_party(text: str, following: list[Word], speech: Speech) -> bool:
    """Whether an article leads in words with a capital, which are no name then: "Senator Moss, the Fenwick Whig,"."""
    return following[0].is_capital and not speech.open_roles and first_word(text) in speech.articles


def _of_two_offices(text: str, words: list[Word], speech: Speech, names: Names) -> Speaker | None:
    """Who is named behind a second office: "Kepala Dinas Air yang juga Ketua Panitia Rahmat Hidayat"."""
    rest = text[words[-1].end : words[-1].end + 20].lower()
    link = next((link for link in speech.role_links if " " in link and rest.startswith(f" {link} ")), None)
    further = phrase(text, words[-1].end + len(link) + 2, speech) if link else []
    second = split(further, speech, names) if further else HE
    return Speaker(second.name, f"{text[words[0].start : further[0].start]}{second.role}") if second.role else None


def _holder(following: list[Word], office: Speaker, speech: Speech, names: Names) -> Speaker:
    """Who holds an office, from the phrase behind its comma: a name, or a rank and a name."""
    named = without_honorifics(following, speech)
    if not opens_role(following, speech):
        return Speaker(printed(named), office.name) if named[0].is_capital else office
    ranked = split(following, speech, names) if following[0].is_capital else office
    return Speaker(ranked.name, f"{office.name}, {ranked.role}") if ranked.role else office


def _behind_places(text: str, following: list[Word], speech: Speech, names: Names) -> list[Word]:
    """The name behind an office and its places: "Camat Tirta, Kabupaten Saluran, Budi Santoso"."""
    for _ in range(_MOST_PLACES):
        head = following[0].lower
        is_place = head in speech.locatives or head in speech.places or head in names.places
        comma = COMMA.match(text, following[-1].end) if is_place and following[0].is_capital else None
        following = phrase(text, comma.end(), speech) if comma else []
        if not following:
            return []
        if len(following) > 1 and not any(is_role_word(word, speech) for word in following):
            return following
    return []


def _apposition(text: str, at: int, speech: Speech) -> list[Word]:
    """The phrase behind a comma; behind an article, or going on a known noun, any noun in small letters."""
    found = phrase(text, at, speech)
    if found and (found[0].is_capital or found[0].lower in speech.honorifics):
        return found
    is_known = bool(found) and (found[0].lower in speech.describers or found[0].lower in speech.titles)
    if not is_known and first_word(text[at:]) not in speech.articles:
        return []
    described = found if speech.open_roles else phrase(text, at, speech, is_open=True)
    rest = text[described[-1].end :] if described else "-"
    is_person = is_known or len(described) == 1 or any(is_role_word(one, speech) for one in described)
    is_closed = rest[:1] in {",", "."} or (first_word(rest) in speech.prepositions and (is_person or speech.open_roles))
    is_closed = is_closed or (is_known and not rest.strip())
    return described if is_closed else [] if speech.open_roles else found


def _names_better(  # noqa: PLR0913, PLR0917 - two phrases and what is known of names
    following: list[Word], words: list[Word], speaker: Speaker, text: str, speech: Speech, names: Names
) -> bool:
    """Whether the phrase behind the comma is the name, and all before it an office ("Bupati X, Agis, ")."""
    is_name = all(word.is_capital and not is_role_word(word, speech) for word in following)
    is_name = is_name and any(len(word.lower) > _LONGEST_DEGREE for word in following)
    rest = text[following[-1].end :].lstrip()
    is_list = first_word(rest[1:]) in speech.links if rest.startswith(",") else first_word(rest) in speech.links
    known = {word.lower for word in words} & names.lone
    is_lone = following[0].lower in names.lone and following[0].lower not in names.places
    is_full = len(following) > 1 or " " not in (speaker.name or "") or (speaker.role is not None and is_lone)
    is_closed = not rest or rest[0] in ",.(" or len(following) > 1
    if not is_name or not is_full or not is_closed or is_list or known:
        return False
    is_place = all(word.lower in names.places or word.lower in speech.places for word in following)
    is_long = min(len(words), len(following)) > 1
    return speaker.role is not None or (is_long and not is_place and _ends_in_place(words, names))


def _ends_in_place(words: list[Word], names: Names) -> bool:
    """Whether an unknown office closes with a place: "Syahbandar Teluk Rawa"."""
    return words[-1].lower in names.places and words[0].lower not in names.places
