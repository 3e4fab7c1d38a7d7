"""Records -> plain values: what JSON can hold, what a spreadsheet does not run."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a cell begins with that spreadsheets take for a formula (OWASP, CSV Injection)."""


def as_plain(value: object) -> Any:
    """Return a value as JSON can hold it: records as objects, times as ISO 8601 text."""
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: as_plain(getattr(value, f.name)) for f in fields(value)}  # asdict() spoils counters in 3.11
    if isinstance(value, dict):
        return {str(key): as_plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [as_plain(one) for one in value]
    if isinstance(value, date | datetime | Path):
        return str(value) if isinstance(value, Path) else value.isoformat()
    return value


def defused(value: object) -> object:
    """Return a cell that no spreadsheet runs: a text that looks like a formula gets an apostrophe before it.

    >>> defused("=HYPERLINK(1)"), defused("Bandung"), defused(-3)
    ("'=HYPERLINK(1)", 'Bandung', -3)
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_SIGNS) else value
