"""Pure: text as printed -> text to read and compare, with the lines that are not the article apart."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import ftfy

from newscrawl.languages import Language

_REMEMBERED_LENGTH = 2_000  # characters; a page of longer lines must not fill the memory
_ROUNDS = 8  # text escaped or garbled twice over settles in three
_FTFY = ftfy.TextFixerConfig(uncurl_quotes=False, fix_line_breaks=False, explain=False)
_LINE_ENDS = re.compile(r"[\n\r\v\f\u2028\u2029]+")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_AMPERSANDS = re.compile(r"&(?:amp;)+", re.IGNORECASE)
# Soft hyphen, Mongolian vowel separator, zero-width and direction marks, word joiner and kin, BOM.
_INVISIBLE = re.compile(r"[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_SPACES = re.compile(r"\s+")
_MANY_MARKS = re.compile(r"[^\w\s!-~]{31,}")
_MOST_ACCENTS = 30
"""Combining marks in a row, as in UAX 15's stream-safe form: normalising takes a longer row's length squared."""
_LONGEST_GARBLED = 100_000
"""Characters; a longer line is no paragraph, and repairing its encoding would take seconds."""
_LONG_LINE = ftfy.TextFixerConfig(uncurl_quotes=False, fix_line_breaks=False, fix_encoding=False, explain=False)
# A no-break space (byte A0) read as Windows-1257: "PraktikĀ Judi". No word has Ā after a small letter.
_BALTIC_SPACE = re.compile(r"(?<=[a-zà-öø-ÿ0-9,.;:!?)\]”’\"'%])\u0100|(?<!\S)\u0100(?!\S)")

_TAGS = re.compile(r"</?(?:p|br|div|span|em|strong|b|i)\b[^<>]{0,200}>", re.IGNORECASE)
_DATELINE = re.compile(r"(?P<place>[^–—\n]{2,60}?)\s?(?:[–—]|(?<=\s)-|(?<=\))-|--)[-–—]?\s+")
_SITE_NAME = re.compile(r"\b[\w-]{2,30}\.(?:com?|id|net|org|news|tv|co\.id|co\.uk|example)\b", re.IGNORECASE)
_AGENCY = re.compile(r"[A-Z][\w .,'/-]{1,40} \([A-Z][\w .]{1,24}\)")
_CAPITAL_NAMES = re.compile(r"[A-Z][A-Z0-9.' -]{2,30}, [A-Z][A-Za-z0-9.' -]{2,30}")
_PLACE = re.compile(r"[A-Z]{3,20}(?: [A-Z]{2,20}){0,3}")
_EDITORS_MARK = re.compile(
    r"(?:^|(?<=[\s.!?”\"’)]))(?:[(\[](?:\*{1,3}|[A-Za-z]{1,8}\d?(?:[/-][A-Za-z0-9]{1,8}){1,3}|[a-z]{2,5})[)\]]\.?|\*{3})$"
)
_MARK_LENGTH = 60
_CAPTION_HEAD = 24  # characters
_GLUED = re.compile(r"[.?!][\"”’»)\]]{0,3}\s?(?=[^\W\d_][^:.?!]{2,30}:\s?\S)")
_LONGEST_GLUED = 300  # characters
_OPENING_LINES = 8  # a standfirst or a heading may stand before the paragraph with the dateline
_PROSE = re.compile(r"[.][”\"’')\]]{0,3}$")
_NOT_A_LETTER = re.compile(r"[\W_]+")


def text(raw: str) -> str:
    r"""One paragraph with broken characters repaired and white space collapsed; quotation marks as printed.

    >>> text("Praktik\u0100 Judi\u00a0di  \u200bRuko")
    'Praktik Judi di Ruko'
    """
    if _PLAIN.fullmatch(raw):
        return " ".join(raw.split())
    return _remembered(raw) if len(raw) <= _REMEMBERED_LENGTH else _settled(raw)


_PLAIN = re.compile(r"[ -%'-~“”‘’–—…]*")
"""Texts with nothing to repair: no ampersand, no letter that mojibake could begin with. Most lines are of this kind."""


def _settled(raw: str) -> str:
    for _ in range(_ROUNDS):
        if (repaired := _repair(raw)) == raw:
            break
        raw = repaired
    return raw


_remembered = lru_cache(maxsize=8192)(_settled)
"""An article's lines pass here several times on their way, and furniture with every article."""


def paragraphs(raw: str) -> list[str]:
    """The non-empty lines of a text, each cleaned."""
    return [line for line in map(text, _LINE_ENDS.split(raw)) if line]


def body(
    paragraphs: Iterable[str],
    *,
    language: Language,
    outlet_title: str,
    extra: tuple[re.Pattern[str], ...] = (),
    caption: str | None = None,
) -> tuple[list[str], list[str]]:
    """The paragraphs of the article, and the lines that are not the article, each in order.

    `extra` are an outlet's own patterns, searched in each line. Lines after the heading of a list of other
    articles are left out until prose goes on: a list in the middle of an article does not take its rest away.
    """
    lines = [line for line in map(text, paragraphs) if line]
    rule = _Furniture(language, extra, _captions(lines, caption))
    kept, left_out = _sort(lines, rule, outlet_title)
    ending = _ending(kept, rule)
    return kept, left_out + ending


@dataclass(frozen=True)
class _Furniture:
    """Says of a line whether it is not the article."""

    language: Language
    extra: tuple[re.Pattern[str], ...]
    captions: frozenset[str]

    def has(self, line: str) -> bool:
        return not line or self.opens_list(line) or self.is_one(line)

    def is_one(self, line: str) -> bool:
        """Whether a line is furniture by itself: a caption, or what a pattern finds."""
        patterns = (*self.language.furniture, *self.extra)
        return self.is_caption(line) or any(p.search(line) for p in patterns)

    def is_caption(self, line: str) -> bool:
        """Whether a line only repeats a caption; few begin as one does, and most are told by that."""
        if "<" not in line:
            head = _key(line[:_CAPTION_HEAD])
            if not any(caption.startswith(head) for caption in self.captions):
                return False
        return bool(self.captions) and _key(line) in self.captions

    def opens_list(self, line: str) -> bool:
        return any(pattern.search(line) for pattern in self.language.furniture_tail)


def _sort(lines: list[str], rule: _Furniture, outlet_title: str) -> tuple[list[str], list[str]]:
    """Lines of the article and other lines; the first lines of the article without a dateline."""
    kept: list[str] = []
    left_out: list[str] = []
    in_list = False
    for line in lines:
        in_list = rule.opens_list(line) or (in_list and not _PROSE.search(line))
        if in_list or rule.is_one(line):
            left_out.append(line)
            continue
        rest = text(_TAGS.sub(" ", line))
        dateline, rest = ("", rest) if len(kept) >= _OPENING_LINES else _dateline(rest, outlet_title)
        left_out += [dateline] if dateline else []
        rest = text(rest)  # what was cut off may have hidden a broken character
        rest, glued = _unglued(rest, rule)
        (left_out if rest != line and rule.has(rest) else kept).append(rest)
        left_out += [glued] if glued else []
    return kept, [line for line in left_out if line]


def _unglued(line: str, rule: _Furniture) -> tuple[str, str]:
    """A paragraph without the label and headline of another article glued to its end, and those.

    Only what has a colon behind its first words: sentences of an article may begin with the words alone.
    """
    end = len(line)
    for found in _GLUED.finditer(line, max(0, end - _LONGEST_GLUED)):
        rest = line[found.end() :]
        if rule.has(rest) and not _PROSE.search(rest):
            return text(line[: found.end()]), rest
    return line, ""


def _ending(kept: list[str], rule: _Furniture) -> list[str]:
    """The editors' marks taken off the end of `kept`, in order."""
    marks: list[str] = []
    while kept and (found := _marks(kept[-1]))[0]:
        marks += found[0]
        rest = text(found[1])
        kept.pop()
        if rule.has(rest):
            marks += [rest] if rest else []
        else:
            kept.append(rest)
    return marks[::-1]


def _marks(line: str) -> tuple[list[str], str]:
    """The editors' marks at a line's end, the last one first, and the line without them."""
    found: list[str] = []
    end = len(line)
    while mark := _EDITORS_MARK.search(line[max(0, end - _MARK_LENGTH) : end]):
        found.append(mark[0])
        end -= len(mark[0])
        while end and line[end - 1].isspace():
            end -= 1
    return found, line[:end]


def _dateline(line: str, outlet_title: str) -> tuple[str, str]:
    """An opening such as "OUTLET.com -" or "OUTLET, CITY –", and the rest of the line."""
    start = 0
    while (found := _DATELINE.match(line, start)) and _names_source(found["place"], outlet_title):
        start = found.end()
    return line[:start].strip(), line[start:]


def _names_source(place: str, outlet_title: str) -> bool:
    title = _key(re.sub(r"(?i)\.(?:com?|id|net|org|news|tv|co\.id)$", "", outlet_title.strip()))
    return (
        bool(title and title in _key(place))
        or bool(_SITE_NAME.search(place))
        or bool(_AGENCY.fullmatch(place.strip()))
        or bool(_CAPITAL_NAMES.fullmatch(place.strip()))
        or bool(_PLACE.fullmatch(place.strip()))
    )


def _captions(lines: list[str], caption: str | None) -> frozenset[str]:
    """Keys of lines that only repeat the picture's caption: as named, or printed again with its tags."""
    tagged = {_key(line) for line in lines if _TAGS.match(line)}
    counts = Counter(map(_key, lines)) if tagged else Counter[str]()
    named = {_key(text(caption))} if caption else set()
    return frozenset((named | {key for key in tagged if counts[key] > 1}) - {""})


def _key(line: str) -> str:
    return _NOT_A_LETTER.sub("", _TAGS.sub(" ", line)).casefold()


def _repair(raw: str) -> str:
    if _SURROGATES.search(raw):
        raw = raw.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
    config = _FTFY if len(raw) <= _LONGEST_GARBLED else _LONG_LINE
    fixed = ftfy.fix_text(_few_accents(_AMPERSANDS.sub("&", raw.replace("\0", ""))), config)
    fixed = _INVISIBLE.sub("", _BALTIC_SPACE.sub(" ", fixed))
    return _SPACES.sub(" ", unicodedata.normalize("NFC", _CONTROL.sub("", fixed))).strip()


def _few_accents(raw: str) -> str:
    """The text with no more accents on one letter than any writing has."""
    return raw if raw.isascii() else _MANY_MARKS.sub(lambda found: _stream_safe(found[0]), raw)


def _stream_safe(marks: str) -> str:
    kept: list[str] = []
    row = 0
    for mark in marks:
        row = row + 1 if unicodedata.combining(mark) else 0
        if row <= _MOST_ACCENTS:
            kept.append(mark)
    return "".join(kept)
