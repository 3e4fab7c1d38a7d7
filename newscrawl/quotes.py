"""Pure: paragraphs -> quotations with speaker, cue and kind."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice, pairwise
from typing import Literal

from dedupe import Quote
from newscrawl import dashes, languages, marks
from newscrawl.cues import MASK, REACH, Cue, Reading, cue_words, cues, is_short_form
from newscrawl.languages import Speech
from newscrawl.marks import Span
from newscrawl.name_words import CAPITAL, Names
from newscrawl.speakers import HE, WINDOW, after

_MOST = 5000  # quotations of one text; a novel has as many
_SAMPLE = 20_000  # characters that tell a text's language
_FEW_WORDS = 3  # fewer words in marks, without a cue, are a name or a title
_SENTENCE_ENDS = frozenset(".?!…")
_BREAK = re.compile(rf"[.!?…][\])]?(?=\s+[{CAPITAL}0-9]|\s+\0|\s*$)|[\n;]")
_HEADING = re.compile(rf"[{CAPITAL}0-9](?<=\n.)[^\n\0.:;]{{1,60}}[\w)](?=\n)")
_LINE = re.compile(r"[^\s][^\n]*")
_MOST_LINES = 100_000
_SIGNATURE = re.compile(rf"\s{{0,3}}[—–―-]{{1,2}}[ ]?([{CAPITAL}][^\n]{{2,120}})")
_TOLD_NEXT = re.compile(r"[ \t]{0,3}[.]?\n[^\n\0.]{0,60}")


def find(body: str, *, language: str | None, set_apart: Collection[str] = ()) -> tuple[Quote, ...]:
    """The quotations of a text whose paragraphs are separated by a newline, in order of place.

    What stands in marks, or behind a dialogue dash, is a quotation where a cue with a speaker is beside it, or
    where it is an utterance of its own; else (titles, mottoes, so-called words) it is none. A quotation that goes
    on over paragraphs, with a mark at the head of each, gives one record a paragraph, all of one speaker. A
    paragraph wholly in marks, told by the one before or behind it, is a block; and so is one that the page sets apart
    as a block quotation (`set_apart`: such lines of the body), where the paragraph before it ends with a cue or a
    colon, the one behind it opens with a cue, or it is signed below ("— Agis, wakil wali kota"). The speaker is the
    fullest name that the article prints for the person; two who speak together are one speaker as printed ("Andi dan
    Budi"), and where an office stands beside either name, the first of them. Without a language, the one is taken
    that explains most of the marks.
    The first 5,000 quotations are read: no article has more.
    """
    if language is not None:
        return _find(body, languages.load(language).speech, frozenset(set_apart))
    tries = (_find(body, languages.load(code).speech, frozenset(set_apart)) for code in _likely(body))
    return max(tries, key=lambda quotes: sum(quote.cue is not None for quote in quotes), default=())


def _likely(body: str) -> list[str]:
    """The two known languages with most of a text's small words."""
    words = re.findall(r"\w+", body[:_SAMPLE].lower())
    tables = {code: languages.load(code).speech for code in languages.known()}
    scores = {
        code: sum(word in speech.name_stops or word in speech.cues or word in speech.cues_of_last for word in words)
        for code, speech in tables.items()
    }
    return sorted(scores, key=lambda code: (-scores[code], code))[:2]


def _find(body: str, speech: Speech, set_apart: frozenset[str]) -> tuple[Quote, ...]:
    marked = _spans(body, speech)
    if set_apart:
        marked = marks.outermost([*_without_marks(body, marked, set_apart, speech), *marked])[:_MOST]
    if not marked:
        return ()
    body = body[: marked[-1].closes + 2 * WINDOW]
    reading = Reading(body, _masked(body, marked), marked, speech)
    return tuple(quote for quote in _reopened(reading, _run_on(reading, _explained(reading))) if quote)


def _without_marks(body: str, marked: Sequence[Span], set_apart: frozenset[str], speech: Speech) -> Iterator[Span]:
    """The paragraphs set apart that are neither in marks themselves nor narration with a quotation, nor a signature."""
    for found in islice(_LINE.finditer(body), _MOST_LINES):
        start, end = found.span()
        if found[0].strip() not in set_apart or _SIGNATURE.match(body, start):
            continue
        at = bisect_left(marked, start, key=lambda span: span.opens)
        inner = marked[at : bisect_left(marked, end, key=lambda span: span.opens)]
        is_in_marks = any(end - start - (span.closes - span.opens) <= _FEW_WORDS for span in inner)
        if not is_in_marks and not (inner and cue_words(speech).search(body, start, end)):
            yield Span(start, end, start, end, is_set_apart=True)


def _spans(body: str, speech: Speech) -> list[Span]:
    marked = islice(marks.spans(body, single_marks=speech.single_marks), _MOST)
    if not speech.dialogue:
        return list(marked)
    spoken = islice(dashes.spans(body, cue_words(speech)), _MOST)
    return marks.outermost(chain(marked, spoken))[:_MOST]


def _masked(body: str, marked: Sequence[Span]) -> str:
    pieces: list[str] = []
    at = 0
    for span in marked:
        pieces += [body[at : span.opens].replace(MASK, " "), MASK * (span.closes - span.opens)]
        at = span.closes
    masked = "".join([*pieces, body[at:].replace(MASK, " ")])
    return _HEADING.sub(lambda line: " " * len(line[0]), masked)


def _explained(reading: Reading) -> list[Quote | None]:
    """For each span its quotation, or None for marks that hold none."""
    found_cues = cues(reading)
    starts = [cue.start for cue in found_cues]
    found: list[Quote | None] = []
    for index, span in enumerate(reading.spans):
        at = bisect_left(starts, span.closes)
        behind = found_cues[at] if at < len(found_cues) else None
        ahead = found_cues[at - 1] if at else None
        previous = (reading.spans[index - 1], found[-1]) if index else None
        quote = (
            _set_apart(reading, index, ahead, behind)
            if span.is_set_apart
            else (
                _cue_behind(reading, index, behind)
                or _outcry(reading, span, ahead)
                or _cue_ahead(reading, span, ahead)
                or _continued(reading, span, previous)
                or _fragment(reading, span, behind, ahead)
                or _by_itself(reading, span, ahead, behind)
            )
        )
        found.append(quote)
    return found


def _set_apart(reading: Reading, index: int, ahead: Cue | None, behind: Cue | None) -> Quote | None:
    """A block quotation of the page: signed below, or told by the paragraph before or behind it."""
    span = reading.spans[index]
    if signed := _SIGNATURE.match(reading.body, span.closes):
        return _quote(reading, span, "block", Cue("", 0, 0, after(signed[1], reading.speech, Names())))
    lead = reading.masked[max(0, span.opens - REACH) : span.opens].rstrip()
    gap = reading.masked[ahead.end : span.opens].rstrip() if ahead else MASK
    if ahead and ahead.speaker and MASK not in gap and "\n" not in gap and _is_one_sentence(gap[:-1], reading.speech):
        return _quote(reading, span, "block", ahead)
    told = reading.masked[span.closes : behind.start] if behind else ""
    if behind and behind.speaker and (behind.follows == index or _TOLD_NEXT.fullmatch(told) or told == "\n"):
        return _quote(reading, span, "block", behind)
    return _quote(reading, span, "block", Cue("", 0, 0, None)) if lead.endswith(":") else None


def _run_on(reading: Reading, found: Sequence[Quote | None]) -> list[Quote | None]:
    """The quotations, where block quotations of the page that follow each other have one speaker."""
    result = list(found)
    pairs = list(pairwise(range(len(result))))
    for one, other in [*pairs, *((second, first) for first, second in reversed(pairs))]:
        span, told, silent = reading.spans[other], result[one], result[other]
        between = reading.body[min(span.closes, reading.spans[one].closes) : max(span.opens, reading.spans[one].opens)]
        if between.strip() or told is None:
            continue
        if silent and silent.speaker is None and silent.cue is None and silent.kind == "block":
            result[other] = replace(silent, speaker=told.speaker, role=told.role)
        if not (span.is_set_apart and reading.spans[one].is_set_apart):
            continue
        if result[other] is None:
            result[other] = replace(told, text=reading.body[span.start : span.end], start=span.start, end=span.end)
    return result


def _cue_behind(reading: Reading, index: int, cue: Cue | None) -> Quote | None:
    """Cue behind the words: "...," ujar Agis · "...," he said · "...," Doe, the mayor, said."""
    span = reading.spans[index]
    if cue is None:
        return None
    if cue.follows == index:
        is_part = not _is_utterance(reading, span) and _is_inside_sentence(reading, span)
        return _quote(reading, span, "fragment" if is_part else "direct", cue)
    gap = reading.masked[span.closes : cue.start]
    ends = reading.body[span.end - 1]
    if ends in _SENTENCE_ENDS - {"?", "!"} or not _is_one_sentence(gap, reading.speech):
        return None
    if cue.speaker is None and reading.speech.pronouns.isdisjoint(gap.lower().split()):
        return None
    is_beside = ends in ",?!" or gap.startswith(",")
    is_subject = MASK not in gap and cue.word.lower() in reading.speech.cues | reading.speech.cues_before
    return _quote(reading, span, "direct", cue) if is_beside and is_subject and reading.speech.subject_first else None


def _outcry(reading: Reading, span: Span, cue: Cue | None) -> Quote | None:
    """What others cry in the narration behind a quotation: "...," ujar Agis, disambut seruan warga, "Kapan?"."""
    if cue is None or cue.follows is None or not _is_utterance(reading, span):
        return None
    gap = reading.masked[cue.end : span.opens]
    if MASK in gap or not _is_one_sentence(gap, reading.speech):
        return None
    is_cry = not reading.speech.outcries.isdisjoint(re.findall(r"\w+", gap.lower()))
    return _quote(reading, span, "direct", Cue("", 0, 0, None)) if is_cry else None


def _is_inside_sentence(reading: Reading, span: Span) -> bool:
    """Whether words of the narration stand before the mark in its sentence: ... adalah “kakak”, kata Agis."""
    lead = reading.masked[max(0, span.opens - 3) : span.opens].rstrip(" ")
    return bool(lead) and (lead[-1].isalpha() or lead[-1] in "’'")


def _is_utterance(reading: Reading, span: Span) -> bool:
    first = reading.body[span.start]
    return first.isupper() or first.isdigit() or first in "….¿¡-—("


def _cue_ahead(reading: Reading, span: Span, cue: Cue | None) -> Quote | None:
    """Cue ahead of the words: Agis mengatakan, "..." · kata dia: "..." · She said: "..."."""
    if cue is None:
        return None
    gap = reading.masked[cue.end : span.opens]
    if gap.rstrip(" ").endswith(":\n") and MASK not in gap and _is_one_sentence(gap.rstrip(), reading.speech):
        return _quote(reading, span, "block", cue)
    if MASK in gap or not _is_one_sentence(gap, reading.speech):
        return None
    words = reading.body[span.start : span.end]
    leads = gap.rstrip()[-1:]
    is_utterance = _is_utterance(reading, span)
    if leads == ":" or (leads == "," and is_utterance) or (not leads and is_utterance and _count(words) >= _FEW_WORDS):
        return _quote(reading, span, "direct", cue)
    return None


def _continued(reading: Reading, span: Span, previous: tuple[Span, Quote | None] | None) -> Quote | None:
    """The second half of "...," kata Agis. "..." and of "...", said Doe, "...": same speaker, same cue."""
    if previous is None or previous[1] is None or previous[1].kind != "direct" or previous[1].cue is None:
        return None
    gap = reading.masked[previous[0].closes : span.opens]
    is_joined = gap.rstrip().endswith((".", ",", ";", ":", "–", "—")) or not gap.strip()
    if "\n" in gap or len(gap) > REACH or not is_joined or _breaks(gap.rstrip(" \t–—")[:-1], reading.speech):
        return None
    if _is_named_work(reading, span):
        return None
    return replace(previous[1], text=reading.body[span.start : span.end], start=span.start, end=span.end)


def _fragment(reading: Reading, span: Span, behind: Cue | None, ahead: Cue | None) -> Quote | None:
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


def _by_itself(reading: Reading, span: Span, ahead: Cue | None, behind: Cue | None) -> Quote | None:
    """A whole sentence in marks, without a cue: of whoever speaks in this paragraph, or beside a block of its own."""
    words = reading.body[span.start : span.end]
    if not span.is_reopened and (words[-1] not in _SENTENCE_ENDS or _count(words) < _FEW_WORDS):
        return None
    lead = reading.masked[max(0, span.opens - 3) : span.opens].rstrip(" ")
    if lead and lead[-1] not in ".?!:\n\0…" and not span.is_reopened:
        return None
    is_block = _fills_paragraph(reading, span)
    if is_block and behind and behind.speaker and behind.follows is None:
        told = reading.masked[span.closes : behind.start]
        if told and _TOLD_NEXT.fullmatch(told):
            return _quote(reading, span, "block", behind)
    between = reading.masked[ahead.end : span.opens] if ahead and span.opens - ahead.end < 5 * WINDOW else "\n\n"
    speaker = ahead.speaker if ahead and between.count("\n") <= 1 else None
    return _quote(reading, span, "block" if is_block else "direct", Cue("", 0, 0, speaker))


def _fills_paragraph(reading: Reading, span: Span) -> bool:
    lead = reading.body[max(0, span.opens - 1) : span.opens].strip(" ")
    rest = reading.body[span.closes : span.closes + 2].lstrip(" ")
    return lead in {"", "\n"} and rest[:1] in {"", "\n"}


def _reopened(reading: Reading, found: Sequence[Quote | None]) -> list[Quote | None]:
    """The quotations, where one that goes on in the next paragraph has the speaker told at its end or its head."""
    result: list[Quote | None] = []
    following: Quote | None = None
    for span, quote in zip(reversed(reading.spans), reversed(found), strict=True):
        if span.is_reopened and quote and following and quote.cue is None and following.cue:
            following = replace(quote, speaker=following.speaker, role=following.role, cue=following.cue)
        else:
            following = quote
        result.append(following)
    result.reverse()
    for index, span in enumerate(reading.spans[:-1]):
        first, second = result[index], result[index + 1]
        if span.is_reopened and first and first.cue and second and second.cue is None:
            result[index + 1] = replace(second, speaker=first.speaker, role=first.role, cue=first.cue)
    return result


def _quote(reading: Reading, span: Span, kind: Literal["direct", "fragment", "block"], cue: Cue) -> Quote:
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


def _is_named_work(reading: Reading, span: Span) -> bool:
    """Whether the word before the marks says that they hold a title, a motto or a nickname."""
    words = reading.masked[max(0, span.opens - 40) : span.opens].lower().split()
    if not words:
        return False
    last = words[-1].strip(":,").rpartition("'")[2].rpartition("’")[2]
    return last in reading.speech.work_words or " ".join(words[-2:]) in reading.speech.work_words


def _is_one_sentence(gap: str, speech: Speech) -> bool:
    return len(gap) <= REACH and not _breaks(gap, speech)


def _breaks(gap: str, speech: Speech) -> bool:
    """Whether a sentence ends in a piece of text."""
    return any(not is_short_form(gap, found.start(), speech) for found in _BREAK.finditer(gap))


def _count(words: str) -> int:
    return len(words.split())
