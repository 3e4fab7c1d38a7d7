"""What was learned from labelled data: the weights of the score, and the thresholds of each language."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

FILE = "scoring.toml"


@dataclass(frozen=True)
class Thresholds:
    """Mean scores from which articles and stories of a language grow together."""

    dated: float
    """An article with a printed day joins a story."""
    undated: float
    """The same where a printed day is missing: the words alone must say it."""
    merge: float
    """Two stories of several articles become one at so many times the score of a single article."""


@dataclass(frozen=True)
class Links:
    """Scores, the days between left out, from which two stories are linked instead of merged."""

    same_topic: float
    next_development: float
    """The same where the one follows the other within days."""


def learned() -> Mapping[str, Any]:
    """Return the file as it stands: weights, thresholds, and what they were learned from."""
    return tomllib.loads((files("dedupe") / FILE).read_text("utf-8"))


_LEARNED = learned()
BASE: float = _LEARNED["base"]
"""Log-odds of a pair that shares nothing and has no days between."""
WEIGHTS: Mapping[str, float] = _LEARNED["weights"]
"""Log-odds for each unit of a feature."""
THRESHOLDS: Mapping[str, Thresholds] = {code: Thresholds(**said) for code, said in _LEARNED["thresholds"].items()}
OTHER = THRESHOLDS["other"]
"""Of languages that no labelled data is at hand for."""
LINKS = Links(**_LEARNED["links"])


def thresholds(language: str) -> Thresholds:
    """Return the thresholds of a language."""
    return THRESHOLDS.get(language, OTHER)
