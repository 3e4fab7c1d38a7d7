"""One TOML a language: quote marks, speech verbs, date words, furniture lines."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import Any, Literal

SingleMarks = Literal["", "utterances", "any"]

_NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Speech:
    """How a language reports speech. All words are lower-case except where said."""

    single_marks: SingleMarks = ""
    """Whether ‘…’ also marks speech: `utterances` that close behind a comma or full stop, or `any` words."""
    dialogue: bool = False
    """Whether a paragraph that opens with a dash is speech: "— No vamos —dijo Ana"."""
    drops_subject: bool = False
    """Whether a cue without a name means the last speaker named: "…", dijo."""
    verb_last: bool = False
    """Whether the speaker stands before the quotation and the cue behind it: "Yılmaz, “…” dedi"."""
    verb_first: bool = False
    """Whether the speaker may follow the cue anywhere in a sentence: "Am Montag sagte Klose: …"."""
    open_roles: bool = False
    """Whether any nouns in small letters may describe a speaker: "portavoz de la policía local"."""
    subject_first: bool = False
    """Whether a speaker stands before the cue where the cue does not follow the quotation at once."""
    cues: frozenset[str] = frozenset()
    """Words that stand beside a speaker's name: "ujar", "said"."""
    cues_of_last: frozenset[str] = frozenset()
    """Words that say "he said" by themselves and mean the last speaker named: "ujarnya"."""
    cues_before: frozenset[str] = frozenset()
    """Further words that lead in a quotation which follows: "mengatakan", "told"."""
    cues_behind: frozenset[str] = frozenset()
    """Words that are cues only right behind a quotation, before the name: "so", "diyen"."""
    according: tuple[str, ...] = ()
    """Words before a speaker in a reported sentence: "menurut", "according to"."""
    according_last: frozenset[str] = frozenset()
    """The same for the last speaker named: "menurutnya"."""
    pronouns: frozenset[str] = frozenset()
    titles: frozenset[str] = frozenset()
    """Words of offices and forms of address that open a role: "wakil", "president"."""
    offices: frozenset[str] = frozenset()
    """Offices in small letters of which a story has one holder: "wali kota", "mayor"."""
    role_words: frozenset[str] = frozenset()
    """Words that may stand inside a role, after its opening word: "keuangan", "finance"."""
    describers: frozenset[str] = frozenset()
    """Lower-case nouns that may stand for a speaker: "warga", "spokeswoman"."""
    title_endings: tuple[str, ...] = ()
    """Endings of titles written as one word: "meister" of "Hafenmeister"."""
    honorifics: frozenset[str] = frozenset()
    """Forms of address that belong to neither name nor role: "pak", "mr"."""
    particles: frozenset[str] = frozenset()
    """Lower-case words inside names: "bin", "van"."""
    articles: frozenset[str] = frozenset()
    """Words that may open a speaker's description and are left out: "seorang", "a"."""
    links: frozenset[str] = frozenset()
    """Lower-case words that go on a role: "dan", "of"."""
    role_links: frozenset[str] = frozenset()
    """Those of the links behind which a second office follows: "sekaligus"."""
    joints: frozenset[str] = frozenset()
    """Words between two people who speak together: "dan", "and"."""
    outcries: frozenset[str] = frozenset()
    """Nouns of what others cry into a speech: "seruan", "shouts"."""
    elisions: frozenset[str] = frozenset()
    """Short words that stand before an apostrophe and belong to no name: "l", "dell"."""
    determiners: frozenset[str] = frozenset()
    """Words that close a description: "itu"."""
    prepositions: frozenset[str] = frozenset()
    """Words after which a name is not the subject of the sentence: "di", "in"."""
    name_stops: frozenset[str] = frozenset()
    """Words often capitalised at the start of a sentence that are no names."""
    locatives: frozenset[str] = frozenset()
    """Words behind which a name is a place: "di", "in", "kabupaten"."""
    org_words: frozenset[str] = frozenset()
    """Words that open the name of an organisation or a thing: "bank", "terminal"."""
    places: frozenset[str] = frozenset()
    """Places that close a role printed without a comma: "serang" in "Wali Kota Serang Nur Agis"."""
    adverbs: frozenset[str] = frozenset()
    """Words that may stand between a cue and its speaker, or between a speaker and a cue: "lagi", "also"."""
    work_words: frozenset[str] = frozenset()
    """Words before marks that hold a title, a motto or a nickname: "berjudul", "film", "so-called"."""


@dataclass(frozen=True, kw_only=True)
class DateWords:
    """The words of printed dates, lower-case."""

    months: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    weekdays: frozenset[str] = frozenset()
    zones: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Printed zone -> IANA name or UTC offset."""
    units: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """Unit of "3 hours ago" -> seconds; from a day up only the day is known."""
    ago: frozenset[str] = frozenset()
    """Words beside the number: behind it ("ago"), or, where they end in " …", before it ("vor …")."""
    days: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """"yesterday" -> 1: days before the page was fetched."""
    numbers: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """"an" hour ago -> 1, "half an" -> 0.5."""
    labels: frozenset[str] = frozenset()
    """Words around a date that say nothing of it or open the date of publication: "pukul", "published"."""
    modified: frozenset[str] = frozenset()
    """Words that open a second date, of the last change: "diperbarui", "updated"."""


@dataclass(frozen=True, kw_only=True)
class Language:
    """What the readers must know of one language; a language without a file has empty tables."""

    code: str
    name: str = ""
    speech: Speech = Speech()
    dates: DateWords = DateWords()
    furniture: tuple[re.Pattern[str], ...] = ()
    """Lines that are not the article."""
    furniture_tail: tuple[re.Pattern[str], ...] = ()
    """Headings of a list of other articles: what follows is not the article either."""


def known() -> tuple[str, ...]:
    """The codes of the languages that have a file, in order."""
    names = (entry.name for entry in resources.files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def load(code: str) -> Language:
    """The language of an ISO 639-1 code or tag ("id", "id-ID"); empty tables where it has no file."""
    return _load(code.strip().lower().replace("_", "-").split("-", 1)[0])


@cache
def _files() -> Mapping[str, Traversable]:
    return {code: resources.files(__name__) / f"{code}.toml" for code in known()}


def _load(code: str) -> Language:
    return _read(code) if code in _files() else Language(code=code)


@cache
def _read(code: str) -> Language:
    raw = tomllib.loads(_files()[code].read_text(encoding="utf-8"))
    furniture = raw.get("furniture", _NOTHING)
    return Language(
        code=code,
        name=raw["name"],
        speech=_speech(raw.get("speech", _NOTHING)),
        dates=_dates(raw.get("dates", _NOTHING)),
        furniture=_patterns(furniture.get("lines", ())),
        furniture_tail=_patterns(furniture.get("tail", ())),
    )


def _speech(raw: Mapping[str, Any]) -> Speech:
    ordered = {"according", "title_endings"}
    lists = {
        key: tuple(value) if key in ordered else frozenset(value)
        for key, value in raw.items()
        if isinstance(value, list)
    }
    flags = {key: value for key, value in raw.items() if not isinstance(value, list)}
    tables: dict[str, Any] = {**flags, **lists}
    return Speech(**tables)


def _dates(raw: Mapping[str, Any]) -> DateWords:
    tables: dict[str, Any] = {
        key: MappingProxyType(value) if isinstance(value, dict) else frozenset(value) for key, value in raw.items()
    }
    return DateWords(**tables)


def _patterns(lines: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(line, re.IGNORECASE) for line in lines)
