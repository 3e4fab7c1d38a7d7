"""Pure: the one time that stands in a line whose day is known, with its zone."""

from __future__ import annotations

import re
from datetime import date, datetime

from newscrawl import moments
from newscrawl.date_words import Line, Words, fold
from newscrawl.moments import Printed, Printer

OFFSET = r"[+\-−][0-9]{1,2}(?::?[0-9]{2})?"

_HALF_DAY = 12
_PARTS = {
    "a": range(12),
    "p": range(12, 24),
    "pagi": range(12),
    "pg": range(12),
    "tengah hari": range(11, 15),
    "tgh": range(11, 15),
    "siang": range(10, 16),
    "petang": range(12, 24),
    "ptg": range(12, 24),
    "sore": range(14, 19),
    "malam": range(18, 24),
    "mlm": range(18, 24),
    "tengah malam": range(3),
}
"""Part of the day as printed behind a time of twelve hours (a.m., p.m., the Malay words) -> the hours that it has."""
_MALAY_PARTS = "|".join(sorted((part for part in _PARTS if len(part) > 1), key=len, reverse=True))
_TIME = re.compile(
    r"(?<![0-9:+])(?<![0-9]\.)(?<!gmt-)(?<!utc-)(?P<H>[01]?[0-9]|2[0-3])"
    r"(?:(?:[:.]|\s?[hu]\s?)(?P<M>[0-5][0-9])(?:[:.](?P<S>[0-5][0-9]))?)?(?![0-9]|[:.][0-9])"
    r"(?:\s?(?P<whole>uhr|[hu])\b\.?|\s(?:uur|horas|heures|hs|hrs)\b\.?)?"
    rf"\s?(?P<part>[ap]\.?\s?m\b\.?|(?:{_MALAY_PARTS})\b)?"
)
_UNSURE = re.compile(
    r"오전|오후|[上下]午|午[前後]|[早晚]上|\b[صم]\b|[πμ]\.?\s?μ\b|\b(?:утра|дня|вечера|ночи|sang|chieu|toi)\b"
    r"|\b(?:midnight|afternoon|evening|abends|nachmittags|nachts|de la (?:tarde|noche)|da (?:tarde|noite))\b"
    r"|\b(?:del pomeriggio|di sera|du soir|de l'apres-midi|'?s (?:avonds|middags)|aksam|gece|ogleden sonra)\b"
)
"""Parts of the day that are not read: beside them a time of twelve hours is no sure time."""
_ZONE = re.compile(rf"\s{{0,2}}[(\[]?(?P<word>[^\W\d_]{{1,5}})?\s?(?P<offset>{OFFSET}(?![0-9]))?")


def read(rest: Line, day: date, words: Words, printer: Printer) -> Printed | None:
    """Return the time in the line that is left when the date is taken out; None unless exactly one is printed."""
    times = [found for found in _TIME.finditer(rest.folded) if found["M"] or found["part"] or found["whole"]]
    if len({_figures(found) for found in times}) != 1:
        return None
    found = times[0]
    hour = None if _UNSURE.search(rest.folded) and int(found["H"]) <= _HALF_DAY else _hour(found)
    clock = moments.clock(hour, found["M"] or "0", found["S"]) if hour else None
    if clock is None:
        return None
    after = _ZONE.match(rest.printed, found.end())
    zone = _zone_of(after, datetime.combine(day, clock), words, printer) if after else None
    return None if zone == "?" else Printed(day, clock, bool(found["S"]), zone)


def _figures(found: re.Match[str]) -> tuple[int, str | None, str | None]:
    return int(found["H"]), found["M"], found["part"]


def _hour(found: re.Match[str]) -> str | None:
    """The hour of twenty-four; None where the part of the day does not have it."""
    hour = int(found["H"])
    if found["part"] is None:
        return str(hour)
    hours = {hour} if hour > _HALF_DAY else {hour, (hour + _HALF_DAY) % 24}
    half = found["part"] not in _PARTS
    meant = hours & {*_PARTS[found["part"][0] if half else found["part"]]}
    return str(meant.pop()) if len(meant) == 1 else None


def _zone_of(after: re.Match[str], wall: datetime, words: Words, printer: Printer) -> str | None:
    """The zone printed after a time; None for no zone, "?" for one that nobody can be sure of."""
    word, offset = after["word"] or "", after["offset"]
    if offset and word.upper() in {"", "UTC", "GMT", "Z"}:
        return moments.offset_name(offset) or "?"
    if word and wall.replace(tzinfo=moments.clock_of(printer.zone)).tzname() == word.upper():
        return printer.zone
    short = len(word) == 2 and not word.isupper()  # noqa: PLR2004 - "et" is French and Eastern Time
    if not short and (known := words.zones.get(fold(word))):
        return known
    return "?" if word.isupper() and len(word) > 2 and word.endswith("T") else None  # noqa: PLR2004 - as in EST
