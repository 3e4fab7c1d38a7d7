"""One answer in every form it can be asked for: a page, JSON, CSV, an Atom feed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from dedupe.plain import as_plain, defused

Form = Literal["html", "json", "csv", "atom"]
FORMS: tuple[Form, ...] = ("json", "csv", "atom")
"""Forms beside the page itself, as the ending of its address names them."""


@dataclass(frozen=True)
class Entry:
    """One entry of a feed."""

    path: str
    """The permanent address of what it tells of, without scheme and host; a whole address for an outlet's own page."""
    title: str
    updated: str
    """UTC, ISO 8601."""
    summary: str = ""
    author: str = ""


@dataclass(frozen=True)
class Answer:
    """What a page says, before it is given a form."""

    template: str
    """File in `html/` (Datasette would take a folder called `templates` for its own pages)."""
    title: str
    data: object
    """The record that the page shows; JSON gives all of it."""
    rows: Sequence[Mapping[str, object]] = ()
    """The page's main table, for CSV."""
    entries: Sequence[Entry] | None = None
    """What a feed of this page announces; None where the page has no feed."""
    status: int = 200
    extra: Mapping[str, object] = field(default_factory=dict)
    """What only the page needs: choices of a form, links onward."""

    @property
    def forms(self) -> tuple[Form, ...]:
        """Return the other forms that this answer has."""
        return tuple(form for form in FORMS if form != "atom" or self.entries is not None)


@dataclass(frozen=True)
class Moved:
    """Where what was asked for is found now."""

    path: str
    is_permanent: bool = True


@dataclass(frozen=True)
class Download:
    """Bytes as they were kept, never shown as a page of ours."""

    body: bytes
    name: str


def as_json(answer: Answer) -> str:
    """Return an answer's record as JSON."""
    return json.dumps(as_plain(answer.data), ensure_ascii=False, indent=2)


def as_csv(answer: Answer) -> str:
    """Return an answer's table as CSV, cells that a spreadsheet would run as formulas defused."""
    text = io.StringIO()
    columns = list(dict.fromkeys(name for row in answer.rows for name in row))
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([defused(cell(row.get(name))) for name in columns] for row in answer.rows)
    return text.getvalue()


def cell(value: object) -> object:
    """Return one value of a table: lists as text with semicolons between."""
    plain = as_plain(value)
    return "; ".join(map(str, plain)) if isinstance(plain, list) else plain
