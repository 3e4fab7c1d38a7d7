"""Pure: a text outside of its quotations -> its cues, each with whoever speaks there."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import NamedTuple

from newscrawl import people
from newscrawl.languages import Speech
from newscrawl.marks import Span
from newscrawl.name_words import CAPITAL, Names, Speaker, any_of, first_word
from newscrawl.people import CueWord
from newscrawl.speakers import DEFINITE, HE, WINDOW, after, before, behind_circumstance

MASK = "\0"
REACH = 160
"""Characters between a quotation and a cue of the same sentence."""

_MOST = 10_000  # cues of one text
_FULL_NAMES = range(2, 4)  # words
_CLAUSE = re.compile(r"[\n\0–—.!?…:;](?:(?<=[\n\0])|(?<=[–—])\s|(?<![\n\0–—])[\])]?\s+)")
_WORD_BEFORE = re.compile(r"\b[\w'’-]{1,12}\Z")
_FIRST_CLAUSE = re.compile(r"[^,.!?\n\0]{3,80},\s")
_GAP = re.compile(r"\s{0,3}[,.]?\s{0,3}(?:[–—-]\s{0,3})?")
_VERB = re.compile(
    rf"(?P<comma>[ ]?,)?[ ](?![{CAPITAL}])(?P<verb>(?:s['’]est[ ]|a[ ]|ha[ ])?[^\W\d_]{{3,20}})[ ](?=[^\W\d_])"
)
_NAMED_VERB = re.compile(
    rf"[ ](?P<name>[{CAPITAL}][\w'’.-]{{1,30}}(?:[ ][{CAPITAL}][\w'’.-]{{0,30}}){{0,4}})[ ](?P<verb>[a-z]{{3,20}})\b"
)
_AGED = re.compile(rf"([{CAPITAL}][^,(\n\0]{{2,60}}) \(\d{{1,3}}(?: \w{{2,8}})?\)")
_CLOSED = re.compile(r"[\w'’-]{1,40}\s?(?:[.,;:(]|$)")
_WINDOW_ENDS = re.compile(r"[\n\0;:–—]")


class Cue(NamedTuple):
    """A speech word outside of marks, with whoever speaks there."""

    word: str
    start: int
    end: int
    speaker: Speaker | None
    """None where it is not said who speaks."""
    follows: int | None = None
    """The index of the span right before the cue."""

    def by(self, speaker: Speaker | None) -> Cue:
        """The same cue with another speaker."""
        return Cue(self.word, self.start, self.end, speaker, self.follows)


@dataclass(frozen=True)
class Reading:
    """A text, the same text with quotations blotted out, and its spans."""

    body: str
    masked: str
    spans: Sequence[Span]
    speech: Speech


def cues(reading: Reading) -> list[Cue]:
    """Every cue in order of place; pronouns and "-nya" forms stand for whoever was named last before them.

    A short name or an office gives the fullest name that the article prints for the person.
    """
    speech = reading.speech
    matches = list(islice(_cue_words_of(reading.masked, speech), _MOST))
    known = people.names(reading.masked, matches, speech)
    found = [cue for match in matches for cue in _cue(reading, match, known)]
    taken = {cue.follows for cue in found}
    found += [cue for index in range(len(reading.spans)) if index not in taken for cue in _verb(reading, index, known)]
    found.sort(key=lambda cue: cue.start)
    is_asked = any(cue.speaker and (not cue.speaker.name or cue.speaker.name in speech.offices) for cue in found)
    mentions = _mentions(reading, found, known) if is_asked else []
    met = [*mentions, *((cue.start, cue.speaker) for cue in found if cue.speaker and cue.speaker.name)]
    crowd = people.People(reading.masked, sorted(met, key=lambda one: one[0]), known, speech)
    resolved = _resolved(reading.masked, found, mentions, known, speech)
    return [cue.by(crowd.fullest(cue.speaker, cue.start)) if cue.speaker else cue for cue in resolved]


@cache
def cue_words(speech: Speech) -> re.Pattern[str]:
    """Any cue of a language."""
    return re.compile(rf"(?<![\w-]){_any_cue(speech)}(?![\w-])")


@cache
def _behind_no_word(speech: Speech) -> re.Pattern[str]:
    """Any cue of a language, with the sign before it: a pattern that begins so goes through a text far quicker."""
    return re.compile(rf"[^\w-]({_any_cue(speech)})(?![\w-])")


def _any_cue(speech: Speech) -> str:
    words = {*speech.cues, *speech.cues_of_last, *speech.cues_before, *speech.cues_behind}
    return any_of(words | {*speech.according, *speech.according_last})


def _cue_words_of(masked: str, speech: Speech) -> Iterator[CueWord]:
    """The cues of a text in order of place, whoever speaks there."""
    for found in _behind_no_word(speech).finditer(f"\n{masked}"):
        yield CueWord(found[1], found.start(1) - 1, found.end(1) - 1)


def _cue(reading: Reading, match: CueWord, known: Names) -> Iterator[Cue]:
    speech, word = reading.speech, match.text.lower()
    follows = _span_before(reading, match.start)
    if word in speech.cues_of_last or word in speech.according_last:
        yield Cue(match.text, match.start, match.end, HE, follows)
        return
    cue = Cue(match.text, match.start, match.end, None, follows)
    tail = _window_after(reading.masked, match.end)
    if word in speech.according:
        yield from _with(cue._replace(follows=None), after(tail, speech, known))
    elif follows is not None and word in speech.cues_behind:
        yield from _with(cue, after(tail, speech, known))
    elif follows is not None and (word in speech.cues or (speech.verb_last and word in speech.cues_before)):
        yield cue.by(_behind(reading, follows, tail, known))
    elif word not in speech.cues_behind:
        yield from _inside_sentence(reading, cue, tail, known)


def _verb(reading: Reading, index: int, known: Names) -> Iterator[Cue]:
    """A verb that no table knows, between an utterance and a person: "...," shrugged Bill Orr."""
    span, speech = reading.spans[index], reading.speech
    found = _VERB.match(reading.masked, span.closes)
    if speech.subject_first and not found and (cue := _named_verb(reading, index, known)):
        yield cue
    if not found or speech.verb_last or not (found["comma"] or reading.body[span.end - 1] in ",?!"):
        return
    word = found["verb"].lower().rpartition(" ")[2]
    if word in speech.name_stops or word in speech.prepositions or word in speech.adverbs or word in speech.pronouns:
        return
    tail = _window_after(reading.masked, found.end())
    speaker = after(tail, speech, known)
    name = (speaker.name if speaker else None) or "-"
    if name[0].isupper() and _CLOSED.match(tail[tail.find(name.split()[-1]) :]):
        yield Cue(found["verb"], found.start("verb"), found.end("verb"), speaker, index)


def _named_verb(reading: Reading, index: int, known: Names) -> Cue | None:
    """A verb that no table knows behind an utterance and a name: "...," Cuthbert Noakes chuckled."""
    span, speech = reading.spans[index], reading.speech
    found = _NAMED_VERB.match(reading.masked, span.closes)
    if not found or reading.body[span.end - 1] not in ",?!":
        return None
    verb, rest = found["verb"].lower(), reading.masked[found.end() : found.end() + 2]
    is_closed = not rest.strip() or rest[0] in ".," or reading.body[span.end - 1] == ","
    if not is_closed or verb in _no_verbs(speech):
        return None
    speaker = before(found["name"], speech, known)
    name = (speaker.name if speaker else None) or "-"
    is_whole = name[0].isupper() and found["name"].endswith(name.split()[-1])
    return Cue(found["verb"], found.start("verb"), found.end("verb"), speaker, index) if is_whole else None


@cache
def _no_verbs(speech: Speech) -> frozenset[str]:
    small = speech.name_stops | speech.prepositions | speech.adverbs | speech.pronouns | speech.links | speech.particles
    return small | speech.role_words | speech.titles | speech.describers


def _behind(reading: Reading, follows: int, tail: str, known: Names) -> Speaker | None:
    """The speaker of a cue right behind a quotation: "..." ujar Agis · Başkan Yılmaz, "..." dedi."""
    speech = reading.speech
    if not speech.verb_last:
        speaker = after(tail, speech, known)
        speaker = speaker or (behind_circumstance(tail, speech, known) if speech.open_roles else None)
        return speaker or (HE if speech.drops_subject else None)
    clause = _clause_before(reading.masked, reading.spans[follows].opens, speech)
    return (before(clause, speech, known) if clause.strip() else None) or HE


def _inside_sentence(reading: Reading, cue: Cue, tail: str, known: Names) -> Iterator[Cue]:
    """A cue away from any closing mark: "Agis mengatakan, ...", "Pemkot, kata dia, ...", "She said ..."."""
    speech, clause = reading.speech, _clause_before(reading.masked, cue.start, reading.speech)
    is_apart = clause.rstrip().endswith(",") or all(word.lower() in speech.adverbs for word in clause.split())
    word = cue.word.lower()
    is_verb = word in speech.cues_before or speech.subject_first
    subject = before(clause, speech, known) if is_verb and clause.strip() else None
    if speech.verb_first and word in speech.cues and first_word(clause) in speech.prepositions:
        subject = after(tail, speech, known) or subject
    if subject is not None:
        yield cue.by(subject)
    elif (
        (is_apart or speech.verb_first or word in speech.cues_before)
        and word in speech.cues
        and (named := after(tail, speech, known))
    ):
        yield cue.by(named)
    elif word in speech.cues_before:
        yield cue
    elif speech.drops_subject and not clause.strip():
        yield cue.by(HE)


def _with(cue: Cue, speaker: Speaker | None) -> Iterator[Cue]:
    if speaker is not None:
        yield cue.by(speaker)


def _span_before(reading: Reading, at: int) -> int | None:
    """The span right before a place, with nothing but a comma or an adverb between."""
    index = bisect_right(reading.spans, at, key=lambda span: span.closes) - 1
    if index < 0 or at - reading.spans[index].closes > REACH:
        return None
    gap = reading.masked[reading.spans[index].closes : at]
    if "\n" in gap and (gap.strip() or reading.body[reading.spans[index].end - 1] != ","):
        return None
    gap = _GAP.sub("", gap, count=1)
    return index if all(word.lower().rstrip(",") in reading.speech.adverbs for word in gap.split()) else None


def _window_after(masked: str, at: int) -> str:
    return _WINDOW_ENDS.split(masked[at : at + WINDOW], maxsplit=1)[0]


def _clause_before(masked: str, at: int, speech: Speech) -> str:
    """The text from the last full stop, colon or closing mark up to a place."""
    window = masked[max(0, at - WINDOW) : at]
    start = 0 if at <= WINDOW else max(window.find(" "), 0)
    breaks = reversed(list(_CLAUSE.finditer(window)))
    start = next((found.end() for found in breaks if not is_short_form(window, found.start(), speech)), start)
    return window[start:].lstrip(" ,")


def is_short_form(text: str, at: int, speech: Speech) -> bool:
    """Whether what stands at a place is a full stop that belongs to "Dr." or to an initial."""
    found = _WORD_BEFORE.search(text, max(0, at - 12), at) if text[at] == "." else None
    word = found[0] if found else ""
    return (
        (len(word) == 1 and word.isupper())
        or word.lower() in speech.honorifics
        or (len(word) <= 3 and word.lower() in speech.titles and word.istitle())  # noqa: PLR2004 - as in "Gen."
    )


def _mentions(reading: Reading, found: Sequence[Cue], known: Names) -> list[tuple[int, Speaker]]:
    """Persons met as the subject of a sentence without a cue: "Wali Kota Bandung, Erwin, menyambut ..."."""
    speech = reading.speech
    speaking = {word for cue in found if cue.speaker for word in _personal(cue.speaker, speech)}
    speaking &= {word.lower() for word in known.inside} | known.lone
    mentions = []
    for start in _subject_starts(reading.masked, speech):
        text = reading.masked[start : start + WINDOW].split("\n", 1)[0]
        speaker = after(text, speech, known, is_beside_cue=False) if _may_name(text, speech) else None
        if not speaker or not speaker.name:
            continue
        aged = _AGED.match(text)
        is_aged = aged is not None and aged[1] == speaker.name
        if speaker.role or is_aged or _is_person(speaker, speaking, known, speech):
            mentions.append((start, speaker))
    return mentions


def _may_name(text: str, speech: Speech) -> bool:
    first = first_word(text)
    return first not in speech.name_stops and first not in speech.prepositions and first not in speech.pronouns


def _is_person(speaker: Speaker, speaking: set[str], known: Names, speech: Speech) -> bool:
    """Whether the subject of a sentence speaks elsewhere, or has a full name of two or three words."""
    if people.is_thing(speaker, known, speech):
        return (speaker.name or "") in speech.offices
    words = (speaker.name or "").split()
    personal = _personal(speaker, speech)
    is_full = len(words) in _FULL_NAMES and all(word.istitle() for word in words) and len(personal) == len(words)
    is_place = all(word.lower() in known.places for word in words)
    is_surname = len(words) == 1 and speech.subject_first and personal <= known.surnames - known.places
    return bool(personal & speaking) or ((is_full or (is_surname and bool(personal))) and not is_place)


def _personal(speaker: Speaker, speech: Speech) -> frozenset[str]:
    words = people.name_words(speaker)
    return words - speech.titles - speech.role_words - speech.places - speech.describers - speech.particles


def _subject_starts(masked: str, speech: Speech) -> Iterator[int]:
    """Where a sentence's subject may stand: at its head, and behind a first clause that names no other speaker."""
    for start in people.sentence_starts(masked):
        yield start
        clause = _FIRST_CLAUSE.match(masked, start)
        if clause and first_word(clause[0]) not in speech.according:
            yield clause.end()


def _is_near(between: str) -> bool:
    """Whether a stretch goes no further than into the next paragraph."""
    return sum(bool(line.strip()) for line in between.split("\n")) <= 2  # noqa: PLR2004 - two paragraphs


def _resolved(
    masked: str, found: Sequence[Cue], mentions: Sequence[tuple[int, Speaker]], known: Names, speech: Speech
) -> list[Cue]:
    """The cues with "he" replaced by the person named last, or by an organisation where no person was named.

    A subject with neither an office nor a word to say anywhere takes the turn only in its own paragraph and the next.
    """
    speaking = {word for cue in found if cue.speaker for word in _personal(cue.speaker, speech)}
    last: Speaker | None = None
    passing: tuple[int, Speaker] | None = None
    resolved: list[Cue] = []
    waiting = list(reversed(mentions))
    seen: dict[str, Speaker] = {}
    is_anew = any(cue.speaker and cue.speaker.name is None and cue.speaker.role for cue in found)
    introduced = _introduced(masked, speech) if is_anew else frozenset()
    for cue in found:
        while waiting and waiting[-1][0] < cue.start:
            at, mentioned = waiting.pop()
            is_passing = last is not None and not mentioned.role and _personal(mentioned, speech).isdisjoint(speaking)
            last, passing = (last, (at, mentioned)) if is_passing else (mentioned, None)
            seen.update(_by_role(mentioned) if is_anew else ())
        speaker = cue.speaker
        if speaker and speaker.name is None:
            named = passing[1] if passing and _is_near(masked[passing[0] : cue.start]) else last
            if speaker.role:
                speaker = _described_anew(speaker.role, named, seen, introduced, speech)
                resolved.append(cue.by(speaker))
                is_same = named is not None and speaker.name == named.name
                passing = passing if is_same else (cue.start, speaker)
                continue
            speaker = named
        resolved.append(cue.by(speaker))
        seen.update(_by_role(speaker) if is_anew and speaker else ())
        if speaker and (last is None or not people.is_thing(speaker, known, speech)):
            is_unnamed = last is not None and (speaker.name or "").islower()
            last, passing = (last, (cue.start, speaker)) if is_unnamed else (speaker, None)
    return resolved


def _by_role(speaker: Speaker) -> Iterator[tuple[str, Speaker]]:
    """Each word of a person's role, with the person."""
    for word in (speaker.role or "").lower().split() if speaker.name else ():
        yield word.strip(","), speaker


def _introduced(masked: str, speech: Speech) -> frozenset[str]:
    """The nouns that an article of the indefinite kind introduces: "a farmer", "seorang petani"."""
    articles = any_of(speech.articles - DEFINITE)
    found = re.finditer(rf"\b{articles}((?:[ ][\w-]{{2,30}}){{1,3}})", masked)
    return frozenset(word for one in found for word in one[1].lower().split())


def _described_anew(
    description: str, named: Speaker | None, seen: Mapping[str, Speaker], introduced: frozenset[str], speech: Speech
) -> Speaker:
    """Who is meant by "politisi itu", "the lawyer": who has this in the role, or else whoever was named last.

    Who was introduced without a name ("a farmer ... the farmer") has none here either.
    """
    words = description.split()
    words = words[:-1] if words[-1].lower() in speech.determiners and len(words) > 1 else words
    head = words[-1 if speech.subject_first else 0].lower()
    if head in seen:
        named = seen[head]
    elif named is None or not named.name or named.name.islower() or head in introduced:
        return Speaker(description)
    return Speaker(named.name, named.role if speech.subject_first else " ".join(words))
