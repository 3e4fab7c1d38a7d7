"""Pure: paragraphs -> quotations with speaker, cue and kind."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from dedupe import Quote
from newscrawl import languages
from newscrawl.languages import Speech
from newscrawl.marks import Span, spans
from newscrawl.speakers import HE, WINDOW, Names, Speaker, after, before

_REACH = 160  # characters between a quotation and a cue of the same sentence
_LONG_NAME = 4
_FEW_WORDS = 3  # fewer words in marks, without a cue, are a name or a title
_MASK = "\0"
_UTTERANCE_ENDS = frozenset(",.?!…—–-")
_SENTENCE_ENDS = frozenset(".?!…")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_BREAK = re.compile(r"(?P<word>\b[\w'’-]{1,12})?[.!?…][\])]?(?=\s+[^\Wa-z_]|\s+\0|\s*$)|[\n;]")
_CLAUSE = re.compile(r"(?P<word>\b[\w'’-]{1,12})?[.!?…:;][\])]?\s+|[\n\0]|[–—]\s")
_FIRST_CLAUSE = re.compile(r"[^,.!?\n\0]{3,80},\s")
_GAP = re.compile(r"\s{0,3}[,.]?\s{0,3}(?:[–—-]\s{0,3})?")


def find(body: str, *, language: str | None) -> tuple[Quote, ...]:
    """The quotations of a text whose paragraphs are separated by a newline, in order of place.

    What stands in marks is a quotation where a cue with a speaker is beside it, or where it is an utterance
    of its own; else (titles, mottoes, so-called words) it is none. A quotation that goes on over paragraphs,
    with a mark at the head of each, gives one record a paragraph, all of one speaker. Without a language, the
    known language that explains most of the marks is taken.
    """
    if language is not None:
        return _find(body, languages.load(language).speech)
    tries = (_find(body, languages.load(code).speech) for code in languages.known())
    return max(tries, key=lambda quotes: sum(quote.cue is not None for quote in quotes), default=())


def _find(body: str, speech: Speech) -> tuple[Quote, ...]:
    marked = spans(body, single_marks=speech.single_marks)
    if not marked:
        return ()
    reading = _Reading(body, _masked(body, marked), marked, speech)
    return tuple(quote for quote in _reopened(reading, _explained(reading)) if quote)


@dataclass(frozen=True)
class _Cue:
    """A speech word outside of marks, with whoever speaks there."""

    word: str
    start: int
    end: int
    speaker: Speaker | None
    """None where it is not said who speaks."""
    follows: int | None = None
    """The index of the span right before the cue."""


@dataclass(frozen=True)
class _Reading:
    """A text, the same text with quotations blotted out, and its spans."""

    body: str
    masked: str
    spans: Sequence[Span]
    speech: Speech


def _masked(body: str, marked: Sequence[Span]) -> str:
    pieces: list[str] = []
    at = 0
    for span in marked:
        pieces += [body[at : span.opens].replace(_MASK, " "), _MASK * (span.closes - span.opens)]
        at = span.closes
    return "".join([*pieces, body[at:].replace(_MASK, " ")])


# Cues, in order of place, with the speaker each one names.


def _cues(reading: _Reading) -> list[_Cue]:
    """Every cue; pronouns and "-nya" forms stand for whoever was named last before them."""
    names = _names(reading)
    found = [
        cue for match in _cue_words(reading.speech).finditer(reading.masked) for cue in _cue(reading, match, names)
    ]
    return _resolved(found, _mentions(reading, found, names))


def _cue(reading: _Reading, match: re.Match[str], names: Names) -> Iterator[_Cue]:
    speech, word = reading.speech, match[0].lower()
    follows = _span_before(reading, match.start())
    cue = _Cue(match[0], match.start(), match.end(), None, follows)
    tail = _window_after(reading.masked, match.end())
    if word in speech.cues_of_last or word in speech.according_last:
        yield replace(cue, speaker=HE)
    elif word in speech.according:
        yield from _with(replace(cue, follows=None), after(tail, speech, names))
    elif follows is not None and word in speech.cues:
        yield replace(cue, speaker=after(tail, speech, names))
    else:
        yield from _inside_sentence(reading, cue, tail, names)


def _inside_sentence(reading: _Reading, cue: _Cue, tail: str, names: Names) -> Iterator[_Cue]:
    """A cue away from any closing mark: "Agis mengatakan, ...", "Pemkot, kata dia, ...", "She said ..."."""
    speech, clause = reading.speech, _clause_before(reading.masked, cue.start, reading.speech)
    is_apart = not clause.strip() or clause.rstrip().endswith(",")
    is_verb = cue.word.lower() in speech.cues_before or speech.subject_first
    subject = before(clause, speech, names) if is_verb and clause.strip() else None
    if subject is not None:
        yield replace(cue, speaker=subject)
    elif is_apart and cue.word.lower() in speech.cues:
        yield from _with(cue, after(tail, speech, names))
    elif cue.word.lower() in speech.cues_before:
        yield cue


def _with(cue: _Cue, speaker: Speaker | None) -> Iterator[_Cue]:
    if speaker is not None:
        yield replace(cue, speaker=speaker)


@cache
def _cue_words(speech: Speech) -> re.Pattern[str]:
    words = speech.cues | speech.cues_of_last | speech.cues_before | speech.according_last | set(speech.according)
    either = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{either or '(?!)'})(?![\w-])", re.IGNORECASE)


def _span_before(reading: _Reading, at: int) -> int | None:
    """The span right before a place, with nothing but a comma or an adverb between."""
    index = bisect_right(reading.spans, at, key=lambda span: span.closes) - 1
    if index < 0 or at - reading.spans[index].closes > _REACH:
        return None
    gap = _GAP.sub("", reading.masked[reading.spans[index].closes : at], count=1)
    words = gap.split()
    return (
        index if "\n" not in gap and all(word.lower().rstrip(",") in reading.speech.adverbs for word in words) else None
    )


def _window_after(masked: str, at: int) -> str:
    window = masked[at : at + WINDOW]
    return re.split(r"[\n\0;:]", window, maxsplit=1)[0]


def _clause_before(masked: str, at: int, speech: Speech) -> str:
    """The text from the last full stop, colon or closing mark up to a place."""
    window = masked[max(0, at - WINDOW) : at]
    start = 0 if at <= WINDOW else max(window.find(" "), 0)
    for found in _CLAUSE.finditer(window):
        if not _is_short_form(found, speech):
            start = found.end()
    return window[start:].lstrip(" ,")


def _is_short_form(found: re.Match[str], speech: Speech) -> bool:
    """Whether the full stop belongs to "Dr." or to an initial."""
    word = found["word"] or ""
    return found[0][len(word) : len(word) + 1] == "." and (
        (len(word) == 1 and word.isupper())
        or word.lower() in speech.honorifics
        or (len(word) <= 3 and word.lower() in speech.titles and word.istitle())  # noqa: PLR2004 - as in "Gen."
    )


def _names(reading: _Reading) -> Names:
    """What the text outside of its quotations tells about names."""
    starts = frozenset(_sentence_starts(reading.masked))
    words = [(found[0], found.start()) for found in _WORD.finditer(reading.masked)]
    return Names(
        lone=_lone_names(reading),
        inside=frozenset(word for word, at in words if word[0].isupper() and at not in starts),
        common=frozenset(word for word, _ in words if word[0].islower()),
    )


def _lone_names(reading: _Reading) -> frozenset[str]:
    found = set()
    for match in _cue_words(reading.speech).finditer(reading.masked):
        word = _WORD.match(reading.masked, match.end() + 1)
        rest = reading.masked[word.end() : word.end() + 2] if word else ""
        if word and word[0][0].isupper() and not re.match(r"\s[A-Z(]", rest):
            found.add(word[0].lower())
    return frozenset(found - reading.speech.titles - reading.speech.name_stops)


def _mentions(reading: _Reading, cues: Sequence[_Cue], names: Names) -> list[tuple[int, Speaker]]:
    """Speakers met as the subject of a sentence without a cue: "Wali Kota Bandung, Erwin, menyambut ..."."""
    people = {word for cue in cues if cue.speaker for word in _name_words(cue.speaker, reading.speech)}
    people &= {word.lower() for word in names.inside} | names.lone
    found = []
    for start in _subject_starts(reading.masked):
        speaker = after(reading.masked[start : start + WINDOW].split("\n", 1)[0], reading.speech, names)
        if speaker and speaker.name and (speaker.role or _is_person(speaker, people, reading.speech)):
            found.append((start, speaker))
    return found


def _is_person(speaker: Speaker, people: set[str], speech: Speech) -> bool:
    """Whether the subject of a sentence speaks elsewhere, or has a full name of two or three words.

    In Indonesian news organisations open sentences as often: there a full name costs more than it brings.
    """
    words = (speaker.name or "").split()
    is_full_name = speech.subject_first and 1 < len(words) < _LONG_NAME and all(word.istitle() for word in words)
    return bool(_name_words(speaker, speech) & people) or (
        is_full_name and len(_name_words(speaker, speech)) == len(words)
    )


def _name_words(speaker: Speaker, speech: Speech) -> frozenset[str]:
    words = frozenset((speaker.name or "").lower().split())
    return words - speech.titles - speech.role_words - speech.places - speech.describers - speech.particles


def _subject_starts(masked: str) -> Iterator[int]:
    """Where a sentence's subject may stand: at its head, and behind a first clause."""
    for start in _sentence_starts(masked):
        yield start
        if clause := _FIRST_CLAUSE.match(masked, start):
            yield clause.end()


def _sentence_starts(masked: str) -> Iterator[int]:
    yield 0
    for found in re.finditer(r"\n|[.!?]\s+(?=[^\Wa-z_])", masked):
        yield found.end()


def _resolved(cues: Sequence[_Cue], mentions: Sequence[tuple[int, Speaker]]) -> list[_Cue]:
    """The cues with "he" replaced by whoever was named last."""
    last: Speaker | None = None
    found: list[_Cue] = []
    waiting = list(reversed(mentions))
    for cue in cues:
        while waiting and waiting[-1][0] < cue.start:
            last = waiting.pop()[1]
        speaker = last if cue.speaker == HE else cue.speaker
        found.append(replace(cue, speaker=speaker))
        last = speaker or last
    return found


# Quotations, from the span and the cue that explains it.


def _explained(reading: _Reading) -> list[Quote | None]:
    """For each span its quotation, or None for marks that hold none."""
    cues = _cues(reading)
    starts = [cue.start for cue in cues]
    found: list[Quote | None] = []
    for index, span in enumerate(reading.spans):
        at = bisect_left(starts, span.closes)
        behind = cues[at] if at < len(cues) else None
        ahead = cues[at - 1] if at else None
        previous = (reading.spans[index - 1], found[-1]) if index else None
        quote = (
            _cue_behind(reading, index, behind)
            or _cue_ahead(reading, span, ahead)
            or _continued(reading, span, previous)
            or _fragment(reading, span, behind, ahead)
            or _by_itself(reading, span, ahead)
        )
        found.append(quote)
    return found


def _cue_behind(reading: _Reading, index: int, cue: _Cue | None) -> Quote | None:
    """Cue behind the words: "...," ujar Agis · "...," he said · "...," Doe, the mayor, said."""
    span = reading.spans[index]
    if cue is None:
        return None
    if cue.follows == index:
        return _quote(reading, span, "direct", cue)
    gap = reading.masked[span.closes : cue.start]
    ends = reading.body[span.end - 1]
    if ends in _SENTENCE_ENDS - {"?", "!"} or cue.speaker is None or not _is_one_sentence(gap, reading.speech):
        return None
    is_beside = ends in ",?!" or gap.startswith(",")
    is_subject = _MASK not in gap and cue.word.lower() in reading.speech.cues | reading.speech.cues_before
    return _quote(reading, span, "direct", cue) if is_beside and is_subject and reading.speech.subject_first else None


def _cue_ahead(reading: _Reading, span: Span, cue: _Cue | None) -> Quote | None:
    """Cue ahead of the words: Agis mengatakan, "..." · kata dia: "..." · She said: "..."."""
    if cue is None:
        return None
    gap = reading.masked[cue.end : span.opens]
    if _MASK in gap or not _is_one_sentence(gap, reading.speech):
        return None
    words = reading.body[span.start : span.end]
    leads = gap.rstrip()[-1:]
    is_utterance = words[0].isupper() or words[0].isdigit() or words[0] in "…."
    if leads == ":" or (leads == "," and is_utterance) or (not leads and is_utterance and _count(words) >= _FEW_WORDS):
        return _quote(reading, span, "direct", cue)
    return None


def _continued(reading: _Reading, span: Span, previous: tuple[Span, Quote | None] | None) -> Quote | None:
    """The second half of "...," kata Agis. "..." and of "...", said Doe, "...": same speaker, same cue."""
    if previous is None or previous[1] is None or previous[1].kind != "direct" or previous[1].cue is None:
        return None
    gap = reading.masked[previous[0].closes : span.opens]
    is_joined = gap.rstrip().endswith((".", ",", ";", ":", "–", "—")) or not gap.strip()
    if "\n" in gap or len(gap) > _REACH or not is_joined or _breaks(gap.rstrip()[:-1], reading.speech):
        return None
    if _is_named_work(reading, span):
        return None
    return replace(previous[1], text=reading.body[span.start : span.end], start=span.start, end=span.end)


def _fragment(reading: _Reading, span: Span, behind: _Cue | None, ahead: _Cue | None) -> Quote | None:
    """Some words in marks inside a reported sentence: Menurut Agis, Bandung adalah "kakak"."""
    if _is_named_work(reading, span):
        return None
    if ahead and ahead.speaker and _is_one_sentence(reading.masked[ahead.end : span.opens], reading.speech):
        return _quote(reading, span, "fragment", ahead)
    ends = reading.body[span.end - 1]
    if behind is None or behind.speaker is None or ends in _SENTENCE_ENDS:
        return None
    gap = reading.masked[span.closes : behind.start]
    return _quote(reading, span, "fragment", behind) if _is_one_sentence(gap, reading.speech) else None


def _by_itself(reading: _Reading, span: Span, ahead: _Cue | None) -> Quote | None:
    """A whole sentence in marks, without a cue: of whoever speaks in this paragraph or the one before."""
    words = reading.body[span.start : span.end]
    if not span.is_reopened and (words[-1] not in _SENTENCE_ENDS or _count(words) < _FEW_WORDS):
        return None
    lead = reading.masked[max(0, span.opens - 3) : span.opens].rstrip(" ")
    if lead and lead[-1] not in ".?!:\n\0…" and not span.is_reopened:
        return None
    between = reading.masked[ahead.end : span.opens] if ahead and span.opens - ahead.end < 5 * WINDOW else "\n\n"
    speaker = ahead.speaker if ahead and between.count("\n") <= 1 else None
    return _quote(reading, span, "direct", _Cue("", 0, 0, speaker))


def _reopened(reading: _Reading, found: Sequence[Quote | None]) -> list[Quote | None]:
    """The quotations, where one that goes on in the next paragraph has the speaker told at its end."""
    result: list[Quote | None] = []
    following: Quote | None = None
    for span, quote in zip(reversed(reading.spans), reversed(found), strict=True):
        if span.is_reopened and quote and following and quote.cue is None and following.cue:
            following = replace(quote, speaker=following.speaker, role=following.role)
        else:
            following = quote
        result.append(following)
    return result[::-1]


def _quote(reading: _Reading, span: Span, kind: Literal["direct", "fragment"], cue: _Cue) -> Quote:
    speaker = cue.speaker or HE
    return Quote(
        text=reading.body[span.start : span.end],
        start=span.start,
        end=span.end,
        kind=kind,
        speaker=speaker.name,
        role=speaker.role,
        cue=cue.word or None,
    )


def _is_named_work(reading: _Reading, span: Span) -> bool:
    """Whether the word before the marks says that they hold a title, a motto or a nickname."""
    words = reading.masked[max(0, span.opens - 40) : span.opens].lower().split()
    return bool(words) and (
        words[-1].strip(":,") in reading.speech.work_words or " ".join(words[-2:]) in reading.speech.work_words
    )


def _is_one_sentence(gap: str, speech: Speech) -> bool:
    return len(gap) <= _REACH and not _breaks(gap, speech)


def _breaks(gap: str, speech: Speech) -> bool:
    """Whether a sentence ends in a piece of text."""
    return any(not _is_short_form(found, speech) for found in _BREAK.finditer(gap))


def _count(words: str) -> int:
    return len(words.split())
