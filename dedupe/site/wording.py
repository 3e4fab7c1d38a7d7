"""What the pages say, in the reader's language: English or Indonesian."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from importlib.resources import files

LANGUAGES = ("en", "id")
"""The first is what a reader gets whose browser asks for none of them."""
LONGEST_HEADER = 500
MACHINE_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d{8,14}")
"""How a date begins that was written for machines (ISO 8601, seconds since 1970)."""
FAMILY = re.compile(r"[^-_(]*[-_(]")
"""How a code begins that is one of many alike: `http-`, `closespider_`, `its process died (`."""


@dataclass(frozen=True)
class Wording:
    """The words of the interface in one language."""

    language: str
    said: Mapping[str, str]
    months: tuple[str, ...]

    def __call__(self, key: str, number: int | None = None, /, **values: object) -> str:
        """Return a sentence by its key; with a number, the form for one or for many.

        Raises:
            KeyError: there is no such sentence.
        """
        if number is None:
            return self.said[key].format(**values)
        form = self.said.get(f"{key}.one", self.said[key]) if number == 1 else self.said[key]
        return form.format(n=self.count(number), **values)

    def code(self, table: str, code: str) -> str | None:
        """Return the words for a code of the store; None where there are none: a plugin's, or a later version's.

        A code without words of its own has those of its family, where there are any: `http-*` for `http-418`.
        """
        family = FAMILY.match(code)
        general = self.said.get(f"codes.{table}.{family[0]}*") if family else None
        return self.said.get(f"codes.{table}.{code}", general)

    def count(self, number: int) -> str:
        """Return a number with the language's mark between thousands."""
        return f"{number:,}".replace(",", self.said["thousands"])

    def share(self, part: float | None) -> str:
        """Return a share between 0 and 1 in percent; a dash where it is not known."""
        return "–" if part is None else f"{part * 100:.0f}%"

    def day(self, text: str | date | None) -> str:
        """Return a day as people write it; what is no day stays as it is."""
        if text is None:
            return ""
        try:
            at = date.fromisoformat(str(text)[:10])
        except ValueError:
            return str(text)
        return f"{at.day} {self.months[at.month - 1]} {at.year}"

    def moment(self, text: str | datetime | None) -> str:
        """Return a moment as people write it, in UTC; what is no moment stays as it is."""
        if text is None:
            return ""
        try:
            at = datetime.fromisoformat(str(text))
        except ValueError:
            return str(text)
        return f"{self.day(at.date())}, {at:%H:%M}\u00a0UTC"

    def is_machine(self, printed: str) -> bool:
        """Tell whether a date as printed was written for machines, so that people want the day beside it."""
        return MACHINE_DATE.match(printed.strip()) is not None


@cache
def load(language: str) -> Wording:
    """Return the wording of a language that there is one for."""
    said = tomllib.loads((files("dedupe.site") / "messages" / f"{language}.toml").read_text("utf-8"))
    months = tuple(said.pop("months"))
    return Wording(language, dict(flat(said)), months)


def flat(table: Mapping[str, object], before: str = "") -> list[tuple[str, str]]:
    """Return the sentences of nested tables under dotted keys."""
    found: list[tuple[str, str]] = []
    for key, value in table.items():
        name = f"{before}{key}"
        found += flat(value, f"{name}.") if isinstance(value, dict) else [(name, str(value))]
    return found


def chosen(accepts: str, asked: str = "") -> Wording:
    """Return the wording a reader asked for, or the first one that the browser says it prefers (RFC 9110, 12.5.4).

    >>> chosen("fr, id;q=0.8, en;q=0.5").language, chosen("id", "en").language, chosen("").language
    ('id', 'en', 'en')
    """
    if asked in LANGUAGES:
        return load(asked)
    preferred = sorted(
        ((weight(rest), -place, tag.strip().lower()[:2]) for place, (tag, rest) in enumerate(parts(accepts))),
        reverse=True,
    )
    return load(next((tag for q, _, tag in preferred if q > 0 and tag in LANGUAGES), LANGUAGES[0]))


def parts(accepts: str) -> list[tuple[str, str]]:
    """Return the languages of a header with what follows each."""
    return [(tag, rest) for tag, _, rest in (one.partition(";") for one in accepts[:LONGEST_HEADER].split(","))]


def weight(rest: str) -> float:
    """Return the weight that a header gives a language: 1 where it says none, 0 where it says nonsense."""
    name, _, value = rest.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
