"""Pure: a text outside of its quotations -> what it tells about names, and the fullest form of each person's."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property
from typing import NamedTuple

from newscrawl.languages import Speech
from newscrawl.name_words import CAPITAL, Names, Speaker, any_of, first_word
from newscrawl.speakers import WINDOW, after

_WORD = re.compile(r"[^\W\d_][\w'’-]{0,60}")
_CAPITAL_WORD = re.compile(rf"([{CAPITAL}](?<![\w'’-].)[\w'’-]{{0,60}})(?=([ ][^\W\d_][\w'’-]{{0,60}})?)")
_CAPITAL_RUN = re.compile(rf"[{CAPITAL}](?<![\w'’-].)[\w'’-]{{0,60}}(?:[ ][{CAPITAL}][\w'’-]{{0,60}}){{0,20}}")
_POSSESSIVE = re.compile(r"['’]s$")
# Patterns that begin with a class of characters are found several times faster than those that begin with a choice.
_SENTENCE = re.compile(rf"[\n.!?](?:(?<=\n)|\s{{1,3}}(?=[{CAPITAL}0-9]))")
_MOST_NAMES = 400  # more people than speak in any article
_MOST_FORMS = 12  # longer forms of one name that are looked at
_LONGEST_NAME = 6
_LONGEST_OFFICE = 3  # words: "wakil wali kota"
_NAME_BEFORE = 48
_OFFICE_BEFORE = 120
_IS_NAME_GOING_ON = re.compile(rf"\s[{CAPITAL}(]")
_SENTENCE_PART = re.compile(r"[\n\0;:–—.!?](?:(?<![.!?])|\s)")


def sentence_starts(masked: str) -> Iterator[int]:
    """Where sentences begin."""
    yield 0
    for found in _SENTENCE.finditer(masked):
        yield found.end()


class CueWord(NamedTuple):
    """A speech word as it stands in a text."""

    text: str
    start: int
    end: int


def names(masked: str, cues: Iterable[CueWord], speech: Speech) -> Names:
    """What the text outside of its quotations tells about names."""
    pairs = _CAPITAL_WORD.findall(masked)
    heads = (_CAPITAL_WORD.match(masked, start) for start in sentence_starts(masked))
    at_heads = Counter(head[1] for head in heads if head)
    printed = Counter(word for word, _ in pairs)
    followers: dict[str, set[str]] = defaultdict(set)
    for word, following in set(pairs):
        followers[word.lower()].add(following.lstrip())
    common = frozenset(word for word in set(_WORD.findall(masked)) if not word[0].isupper())
    runs = [run.lower().split(" ") for run in set(_CAPITAL_RUN.findall(masked))]
    named = (run[1:] if run[0] in speech.name_stops or run[0] in common else run for run in runs)
    alone = frozenset(run[0] for run in named if len(run) == 1)
    lone = _lone(masked, cues, speech)
    return Names(
        lone=lone,
        inside=frozenset(word for word, count in printed.items() if count > at_heads[word]),
        common=common,
        places=frozenset(_places(masked, speech)) - lone - speech.titles - speech.name_stops,
        followers=followers,
        firms=frozenset(one for head in speech.org_words & followers.keys() for one in followers[head]),
        alone=alone - common,
        surnames=frozenset(_surnames(runs, speech)) - common if speech.subject_first else frozenset(),
    )


def _surnames(runs: Iterable[Sequence[str]], speech: Speech) -> Iterator[str]:
    """The last words of names of two or three words in which no office, place or organisation is known."""
    others = _no_names(speech)
    for run in runs:
        if 2 <= len(run) <= 3 and others.isdisjoint(run):  # noqa: PLR2004 - a full name
            yield run[-1]


@cache
def _no_names(speech: Speech) -> frozenset[str]:
    return speech.titles | speech.role_words | speech.org_words | speech.name_stops | speech.places


def _lone(masked: str, cues: Iterable[CueWord], speech: Speech) -> frozenset[str]:
    """Names of one word beside a cue: "ujar Agis", "Agis mengatakan"."""
    found = set()
    for match in cues:
        word = _WORD.match(masked, match.end + 1)
        rest = masked[word.end() : word.end() + 2] if word else ""
        if word and word[0][0].isupper() and not _IS_NAME_GOING_ON.match(rest):
            found.add(word[0].lower())
        lead = masked[max(0, match.start - _NAME_BEFORE) : match.start].split()
        previous = lead[-2] if len(lead) > 1 else "."
        is_lone = not _is_named(previous) and previous.lower() not in speech.locatives
        if lead and lead[-1].isalpha() and lead[-1].istitle() and is_lone:
            found.add(lead[-1].lower())
    return frozenset(found - speech.titles - speech.name_stops - speech.describers - speech.role_words)


def _is_named(word: str) -> bool:
    return word[0].isupper() and word[-1].isalpha()


def _places(masked: str, speech: Speech) -> Iterator[str]:
    """The words of names that stand behind "di" or "Kabupaten", though not behind "Wali Kota" or "Kepala Desa"."""
    text = f"\n{masked}"
    for found in _place_pattern(speech).finditer(text):
        lead = text[max(0, found.start(1) - _NAME_BEFORE) : found.start(1)].split()
        head, previous = found[1].split()[0], lead[-1] if lead else "-"
        is_body = head.lower() in speech.role_words or head.lower() in speech.org_words
        is_office = is_body and previous.lower() in speech.titles
        if not is_office:
            yield from found[2].lower().split()


@cache
def _place_pattern(speech: Speech) -> re.Pattern[str]:
    capital = rf"[{CAPITAL}][\w'’-]{{2,30}}"
    return re.compile(rf"\W({any_of(speech.locatives)}[ ]({capital}(?:[ ]{capital})?))\b(?![ ][{CAPITAL}])")


@cache
def _full_name_pattern(speech: Speech) -> re.Pattern[str]:
    """Two capital words or more, with what may stand between them in an office or a name: "Head of Trade Ana Sol"."""
    small = any_of((speech.links | speech.particles | speech.articles) - speech.joints)
    capital = rf"[{CAPITAL}](?<!\w.)(?:(?:[\w'’-]{{0,4}}\.){{1,3}}|[\w'’-]{{0,40}})"
    return re.compile(rf"{capital}(?:[ ](?:{small}[ ]){{0,2}}{capital}){{1,9}}")


def is_thing(speaker: Speaker, known: Names, speech: Speech) -> bool:
    """Whether a speaker is an organisation or a thing rather than a person."""
    words = [word for word in (speaker.name or "").split() if word not in speech.joints]
    if speaker.role is not None or not words:
        return False
    first = words[0].lower()
    if (speaker.name or "").islower():
        is_person = any(word in speech.titles or word in speech.describers for word in words)
        return not is_person or not speech.org_words.isdisjoint(words)
    if first in known.lone and len(words) == 1 and first not in speech.org_words:
        return words[0] in known.firms or (words[0].isupper() and len(words[0]) > 1)
    return (
        all(word.isupper() and len(word) > 1 for word in words)
        or (_is_acronym(words[0]) and speech.titles.isdisjoint(word.lower() for word in words))
        or first in speech.org_words
        or (speech.subject_first and len(words) > 1 and words[-1].lower() in speech.org_words)
        or (len(words) == 1 and words[0] in known.firms)
        or (first not in known.lone and words[-1].lower() in speech.places and len(words) > 1)
        or any(word.lower() in known.common and word.lower() not in known.lone for word in words)
        or (first in speech.role_words and first not in speech.titles)
    )


def _is_acronym(word: str) -> bool:
    """Whether a word is the short name of an organisation, longer than two initials: "KPU"."""
    return len(word) > 2 and word.isupper() and word.isalpha()  # noqa: PLR2004 - as said


class Form(NamedTuple):
    """One longer form of a name, with the place where it is printed and the words of the name in lower case."""

    start: int
    speaker: Speaker
    words: frozenset[str]


def name_words(speaker: Speaker) -> frozenset[str]:
    """The words of a speaker's name in lower case."""
    return frozenset((speaker.name or "").lower().replace(".", "").split())


class People:
    """The persons of one article: a short name or an office gives the fullest form printed there."""

    def __init__(self, masked: str, met: Sequence[tuple[int, Speaker]], known: Names, speech: Speech) -> None:
        """Takes every speaker met beside a cue or as a subject, with the place."""
        self._masked, self._known, self._speech = masked, known, speech
        self._met = [(at, speaker) for at, speaker in met if speaker.name]
        self._speakers = {name_words(speaker) for _, speaker in self._met}
        wanted = {word for _, speaker in self._met[:_MOST_NAMES] for word in name_words(speaker)}
        self._all = sorted(
            [*self._printed(wanted), *(Form(at, who, name_words(who)) for at, who in self._met)], key=lambda f: f.start
        )
        self._forms = self._index(wanted)

    def fullest(self, speaker: Speaker, at: int) -> Speaker:
        """The speaker under the fullest name printed in the article, with the role printed beside it."""
        if speaker.name is None or not self._speech.joints.isdisjoint(speaker.name.split()):
            return speaker
        if speaker.role is None and self._is_office(speaker):
            holder = self._holder(speaker, at)
            if holder or speaker.name.islower():
                return holder or speaker
        words = name_words(speaker)
        role = frozenset((speaker.role or "").lower().split())
        joints = self._speech.joints
        more = [(form, form.words - words) for form in self._longer(words) if joints.isdisjoint(form.words)]
        longer = [form for form, added in more if added and not added <= role and not added <= self._known.places]
        spoken = [form for form in longer if form.start <= at and form.words in self._speakers]
        nearest = max(spoken, key=lambda form: form.start, default=None)
        nearest = nearest or min(longer, key=lambda form: form.start, default=None)
        if nearest:
            whole = max((form for form in longer if form.words >= nearest.words), key=lambda form: len(form.words))
            speaker = Speaker(whole.speaker.name, speaker.role or self._role(whole.speaker) or nearest.speaker.role)
        return speaker if speaker.role else Speaker(speaker.name, self._role(speaker))

    def _is_office(self, speaker: Speaker) -> bool:
        return (speaker.name or "").lower() in self._speech.offices

    def _holder(self, speaker: Speaker, at: int) -> Speaker | None:
        """The one person printed before a place with a role that begins with these words: "wali kota"."""
        held = [form for form in self._held[(speaker.name or "").lower()] if form.start < at]
        return held[0].speaker if len(held) == 1 else None

    @cached_property
    def _held(self) -> dict[str, list[Form]]:
        """Office in small letters -> the first two persons printed with it."""
        found: dict[str, list[Form]] = defaultdict(list)
        for form in self._all:
            words = (form.speaker.role or "").lower().split()
            for office in {" ".join(words[:count]) for count in range(1, _LONGEST_OFFICE + 1)} & self._speech.offices:
                names = {one.speaker.name for one in found[office]}
                if form.speaker.name not in names and len(names) < 2:  # noqa: PLR2004 - two are one too many
                    found[office].append(form)
        return found

    def _role(self, speaker: Speaker) -> str | None:
        words = name_words(speaker)
        forms = self._longer(words)
        roles = [form.speaker.role for form in forms if form.speaker.role and form.words == words]
        return max((role for role in roles if role.endswith(roles[0])), key=len, default=None)

    def _longer(self, words: frozenset[str]) -> list[Form]:
        """The printed forms that have all words of a name."""
        lists = [self._forms[word] for word in words if word in self._forms]
        if not lists or len(lists) < len(words):
            return []
        return [form for form in min(lists, key=len) if form.words >= words]

    def _index(self, wanted: set[str]) -> dict[str, list[Form]]:
        """Word of a name -> the forms with it, in order of place; a dozen different ones at most."""
        found: dict[str, list[Form]] = defaultdict(list)
        for form in self._all:
            for word in form.words & wanted:
                forms = found[word]
                is_new = all(one.speaker != form.speaker for one in forms[-_MOST_FORMS:])
                if is_new and len(forms) < _MOST_FORMS:
                    forms.append(form)
        return found

    def _printed(self, wanted: set[str]) -> Iterator[Form]:
        """Full names with a wanted word anywhere in the text, with the office before or behind them."""
        read: dict[str, int] = defaultdict(int)
        for found in _full_name_pattern(self._speech).finditer(self._masked):
            printed = {word.strip(".,") for word in _POSSESSIVE.sub("", found[0].lower()).split()}
            words = printed & wanted
            lead = self._masked[max(0, found.start() - 20) : found.start()].split()
            is_place = bool(lead) and lead[-1].lower() in self._speech.locatives
            if not words or (is_place and self._speech.titles.isdisjoint(printed)):
                continue
            if min(read[word] for word in words) >= _MOST_FORMS:
                continue
            for word in words:
                read[word] += 1
            start = self._office_before(found.start())
            text = self._masked[start : found.start() + WINDOW].split("\n", 1)[0]
            if _POSSESSIVE.search(found[0]):
                text = _POSSESSIVE.sub("", self._masked[start : found.end()])
            speaker = after(text, self._speech, self._known, is_beside_cue=False)
            if speaker and self._is_full(speaker) and not is_thing(speaker, self._known, self._speech):
                yield Form(start, speaker, name_words(speaker))

    def _office_before(self, at: int) -> int:
        """Where the office before a name begins ("mayor of Port Haven, "), the name's own place where there is none."""
        window = _SENTENCE_PART.split(self._masked[max(0, at - _OFFICE_BEFORE) : at])[-1]
        piece = window.rstrip(", ").rpartition(", ")[2]
        start = at - len(window) + window.rfind(piece)
        opened, previous, is_named = at, "", False
        for found in _WORD.finditer(piece):
            word = found[0].lower()
            if opened == at and (word in self._speech.titles or word in self._speech.describers):
                if previous in self._speech.prepositions:
                    return at
                opened = start + found.start()
            elif found[0] in self._speech.determiners or self._opens_other(
                word, start + found.end(), is_named=is_named
            ):
                opened = at
            is_named = found[0][0].isupper()
            previous = previous if word in self._speech.articles else word
        return opened

    def _opens_other(self, word: str, end: int, *, is_named: bool) -> bool:
        """Whether a word says that what stands before it is no office of who follows: "Mayor Sol and", "note from"."""
        if word in self._speech.joints:
            following = first_word(self._masked[end : end + _NAME_BEFORE]) if is_named else ""
            return following in self._speech.titles or following in self._speech.honorifics
        is_small = word in self._speech.links or word in self._speech.particles
        return word in self._speech.prepositions and not is_small

    def _is_full(self, speaker: Speaker) -> bool:
        words = (speaker.name or "").split()
        is_place = all(word.lower() in self._known.places for word in words)
        return 1 <= len(words) <= _LONGEST_NAME and words[0][0].isupper() and not is_place
