"""Pure: paragraphs -> the spans between quotation marks, whatever they hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONGEST = 3000
"""Characters of a quotation in one paragraph; more is a mark that was never closed."""

_DEEPEST = 8  # marks open at one time; more is noise
_DOUBLE = re.compile(r"[\"“”„‟«»]")
_OPENING = frozenset("“„‟«")
_EITHER = frozenset('"')
_PARAGRAPH = re.compile(r"[^\n]+")
_SINGLE_OPENS = re.compile(r"(?<!\w)(?:‘(?=\S)|'(?=[^\W\d_]))")
_SINGLE_CLOSES = re.compile(r"(?<=[,.?!…])[’'](?!\w)")
_FREE_BEFORE = frozenset("([—–-/“‘")
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


def spans(body: str, *, single_marks: bool) -> list[Span]:
    """Every span between quotation marks, in order, none inside another, none across paragraphs.

    An unclosed mark is dropped at the end of its paragraph, unless the next paragraph opens with a mark:
    then a quotation goes on there. One pass, whatever the marks.
    """
    found: list[Span] = []
    for paragraph in _PARAGRAPH.finditer(body):
        doubles = _doubles(body, paragraph.start(), paragraph.end())
        found += doubles
        if single_marks and not doubles:
            found += _singles(body, paragraph.start(), paragraph.end())
    return found


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
    """Whether the paragraph after this end opens with a mark."""
    following = body[end : end + 8].lstrip()
    return bool(following) and (following[0] in _OPENING or following[0] in _EITHER or following[0] == "”")


def _singles(body: str, start: int, end: int) -> Iterator[Span]:
    """Utterances in single marks: they close after a comma or a full stop, which no apostrophe does."""
    at = start
    while opens := _SINGLE_OPENS.search(body, at, end):
        closes = _SINGLE_CLOSES.search(body, opens.end(), end)
        if closes is None:
            return
        if closes.start() - opens.end() <= LONGEST:
            yield Span(opens.end(), closes.start(), opens.start(), closes.end())
        at = closes.end()
