"""pure: numbers -> the text format of Prometheus (version 0.0.4)."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
Sample = tuple[Mapping[str, str], float]
"""Labels and value."""


@dataclass(frozen=True)
class Metric:
    """One metric with its samples."""

    name: str
    says: str
    samples: Sequence[Sample]
    kind: str = "gauge"


def exposition(metrics: Sequence[Metric]) -> Iterator[str]:
    r"""Yield the lines of metrics; one without samples is left out.

    >>> list(exposition([Metric("articles", "Articles.", [({"outlet": 'a"b'}, 3)])]))[2] == r'articles{outlet="a\"b"} 3'
    True
    """
    for metric in metrics:
        if not metric.samples:
            continue
        yield f"# HELP {metric.name} {escaped(metric.says)}"
        yield f"# TYPE {metric.name} {metric.kind}"
        for labels, value in metric.samples:
            told = ",".join(f'{name}="{quoted(text)}"' for name, text in labels.items())
            yield f"{metric.name}{f'{{{told}}}' if told else ''} {number(value)}"


def escaped(text: str) -> str:
    """Return a text as it stands in a HELP line: on one line."""
    return without_surrogates(text).replace("\\", r"\\").replace("\n", r"\n")


def quoted(text: str) -> str:
    """Return a text as it stands in a label's quotation marks."""
    return escaped(text).replace('"', r"\"")


def without_surrogates(text: str) -> str:
    """Return a text as UTF-8 can hold it, without returns, which some readers take for the end of a line."""
    return text.replace("\r", " ").replace("\0", " ").encode("utf-8", "replace").decode()


def number(value: float) -> str:
    """Return a number as Prometheus reads it."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if float(value).is_integer() else repr(float(value))
