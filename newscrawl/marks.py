"""Pure: paragraphs -> the spans between quotation marks, whatever they hold."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from newscrawl.languages import SingleMarks

LONGEST = 3000
"""Characters of a quotation in one paragraph; more is a mark that was never closed."""

_DEEPEST = 8  # marks open at one time; more is noise
_DOUBLE = re.compile(r"[\"“”„‟«»‹›]")
_OPENING = frozenset("“„‟«‹")
_EITHER = frozenset('"')
_PARAGRAPH = re.compile(r"[^\n]+")
_SINGLE_OPENS = re.compile(r"(?<!\w)(?:‘(?=\S)|'(?=[^\W\d_])(?!(?:s|t|n|k|m|r|em|ns|tis|twas)\b))")
_UTTERANCE_CLOSES = re.compile(r"(?<=[,.?!…])[’'](?!\w)")
_CURLY_CLOSES = re.compile(r"(?<=[^\s‘])’(?!\w)")
_ANY_CLOSES = re.compile(r"(?<=[^\s‘'])[’'](?!\w)")
_SENTENCE_ENDS = frozenset(",.;:?!…)–—-’")
_FREE_BEFORE = frozenset("([—–-/“‘¿¡")
_SPACED_CLOSES = frozenset({", ", "? ", "! ", ". ", "… "})
_FREE_AFTER = frozenset(",.;:!?)]—–-/”’…")


@dataclass(frozen=True)
class Span:
    """The words between two marks: `start` and `end` of the words, `opens` and `closes` with the marks."""

    start: int
    end: int
    opens: int
    closes: int
    is_reopened: bool = False
    """Left open at the end of its paragraph, and opened anew in the next one."""
    is_set_apart: bool = False
    """A paragraph without marks that the page sets as a block quotation."""


def spans(body: str, *, single_marks: SingleMarks) -> Iterator[Span]:
    """Every span between quotation marks, in order, none inside another, none across paragraphs.

    An unclosed mark is dropped at the end of its paragraph, unless the next paragraph opens with a mark:
    then a quotation goes on there. One pass, whatever the marks.
    """
    for paragraph in _PARAGRAPH.finditer(body):
        start, end = paragraph.span()
        doubles = _doubles(body, start, end)
        if single_marks == "any":
            yield from outermost([*doubles, *_singles(body, start, end, _ANY_CLOSES)])
        elif single_marks == "utterances" and not doubles:
            yield from _singles(body, start, end, _UTTERANCE_CLOSES)
        else:
            yield from doubles


def outermost(found: Iterable[Span]) -> list[Span]:
    """The spans in order of place, without those inside or across another that begins before."""
    kept: list[Span] = []
    for span in sorted(found, key=lambda span: (span.opens, -span.closes)):
        if not kept or span.opens >= kept[-1].closes:
            kept.append(span)
    return kept


def _doubles(body: str, start: int, end: int) -> list[Span]:
    opened: list[int] = []
    found: list[Span] = []
    for mark in _DOUBLE.finditer(body, start, end):
        if _opens(body, mark.start(), start, end, is_inside=bool(opened)):
            opened = [*opened[-_DEEPEST:], mark.start()]
        elif opened:
            _close(body, found, opened.pop(), mark.start(), mark.end())
    if opened and _goes_on(body, end):
        _close(body, found, opened.pop(), end, end, is_reopened=True)
    return found


def _opens(body: str, at: int, start: int, end: int, *, is_inside: bool) -> bool:
    """Whether the mark at a place opens, told from its neighbours: outlets open and close with any mark."""
    before = body[at - 1] if at > start else " "
    after = body[at + 1] if at + 1 < end else " "
    free_before = before.isspace() or before in _FREE_BEFORE
    free_after = after.isspace() or after in _FREE_AFTER
    if is_inside and body[at] in _EITHER and after.islower() and body[max(start, at - 2) : at] in _SPACED_CLOSES:
        return False  # ..., "ujar Agis: the space stands on the wrong side of the mark
    if free_before != free_after:
        return free_before
    return body[at] in _OPENING or not is_inside


def _close(  # noqa: PLR0913 - a mark pair, its text and where it goes
    body: str, found: list[Span], opens: int, end: int, closes: int, *, is_reopened: bool = False
) -> None:
    """Adds a span to those found, in place of the nested ones inside it."""
    nested = _count_after(found, opens)
    if any(body[inner.end - 1] == "," for inner in found[len(found) - nested :]):
        return  # the inner ones are quotations of their own: this mark was a stray one
    words = body[opens + 1 : end]
    text = words.strip()
    if not text or len(text) > LONGEST:
        return
    del found[len(found) - nested :]
    start = opens + 1 + len(words) - len(words.lstrip())
    found.append(Span(start, start + len(text), opens, closes, is_reopened))


def _count_after(found: list[Span], opens: int) -> int:
    count = 0
    while count < len(found) and found[-1 - count].opens > opens:
        count += 1
    return count


def _goes_on(body: str, end: int) -> bool:
    """Whether a whole sentence ends here and the paragraph after it opens with a mark."""
    if body[end - 1] not in _SENTENCE_ENDS:
        return False
    following = body[end : end + 8].lstrip()
    return bool(following) and (following[0] in _OPENING or following[0] in _EITHER or following[0] in "”»")


def _singles(body: str, start: int, end: int, closing: re.Pattern[str]) -> Iterator[Span]:
    """Words in single marks. What stands inside a word is an apostrophe.

    A curly mark that has no closing of the asked kind before the next one opens is closed by any.
    """
    opens = [(found.start(), found.end()) for found in _SINGLE_OPENS.finditer(body, start, end)]
    if not opens:
        return
    closes = [found.start() for found in closing.finditer(body, start, end)]
    curly = [found.start() for found in _CURLY_CLOSES.finditer(body, start, end)]
    reached = start
    for index, (mark, first) in enumerate(opens):
        if mark < reached:
            continue
        limit = opens[index + 1][0] if index + 1 < len(opens) else end
        close = _next(closes, first, end)
        if body[mark] == "‘" and (close is None or close > limit):
            close = _next(curly, first, limit)
        if close is not None and close - first <= LONGEST:
            yield Span(first, close, mark, close + 1)
            reached = close + 1


def _next(places: list[int], at: int, end: int) -> int | None:
    index = bisect_left(places, at)
    return places[index] if index < len(places) and places[index] < end else None
