"""Pure: paragraphs that open with a dash -> the spoken parts: "—No vamos —dijo Ana—. El puerto cerró."."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newscrawl.marks import LONGEST, Span

_SPOKEN = re.compile(r"^(?:[—–―][ \t]?|-[ \t])(?=[^\s\d])", re.MULTILINE)
_DASH = re.compile(r"[—–―]")
_LEAD = re.compile(r"[\s,.;:]{0,6}")
_COMMA = re.compile(r"(?<=[,?!…])[ \t](?=\w)")
_MOST_DASHES = 200  # in one paragraph; more is a table or a rule


def spans(body: str, cues: re.Pattern[str]) -> Iterator[Span]:
    """The spoken parts of each paragraph that opens with a dash and has a cue behind the first of them."""
    for opening in _SPOKEN.finditer(body):
        end = body.find("\n", opening.end())
        end = len(body) if end < 0 else end
        found = list(_between_dashes(body, opening.start(), opening.end(), end, cues))
        yield from found or _before_comma(body, opening.start(), opening.end(), end, cues)


def _between_dashes(body: str, opens: int, start: int, end: int, cues: re.Pattern[str]) -> Iterator[Span]:
    """Speech, dash, narration, dash, speech: the first narration begins with a cue."""
    is_spoken = True
    for number, dash in enumerate(_DASH.finditer(body, start, end)):
        if number > _MOST_DASHES:
            return
        lead = _LEAD.match(body, dash.end(), end)
        after = lead.end() if lead else dash.end()
        if is_spoken and cues.match(body, after):
            yield from _span(body, start, dash.start(), opens, dash.end())
            is_spoken = False
        elif not is_spoken:
            is_spoken, start, opens = True, after, after
    if is_spoken and opens == start:
        yield from _span(body, start, end, opens, end)


def _before_comma(body: str, opens: int, start: int, end: int, cues: re.Pattern[str]) -> Iterator[Span]:
    """Speech, comma, narration that begins with a cue: "– Nous partons, dit Anna"."""
    for comma in _COMMA.finditer(body, start, min(end, start + LONGEST)):
        if cues.match(body, comma.end()):
            spoken = comma.start() - (body[comma.start() - 1] == ",")
            yield from _span(body, start, spoken, opens, comma.start())
            return


def _span(body: str, start: int, end: int, opens: int, closes: int) -> Iterator[Span]:
    words = body[start:end]
    text = words.strip()
    if text and len(text) <= LONGEST:
        start += len(words) - len(words.lstrip())
        yield Span(start, start + len(text), opens, closes)
