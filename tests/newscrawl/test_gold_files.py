import json
from pathlib import Path
from typing import Any, get_args

import pytest

from dedupe.model import QuoteKind

GOLD = Path(__file__).parents[2] / "data" / "gold" / "quotes"
FILES = [pytest.param(GOLD / f"{code}.json", id=code) for code in ("en", "id")]
MARKS = "“”‘’\"'"
LEAST_CASES, LEAST_QUOTES = 60, 120


def cases(path: Path) -> list[dict[str, Any]]:
    return list(json.loads(path.read_text(encoding="utf-8")))


def spans(case: dict[str, Any]) -> list[tuple[int, int]]:
    """Where the quotations of a case stand in its body, each searched after the one before."""
    found, after = [], 0
    for quote in case["quotes"]:
        start = case["body"].find(quote["text"], after)
        assert start >= 0, f"{case['name']}: after character {after} there is no {quote['text']!r}"
        after = start + len(quote["text"])
        found.append((start, after))
    return found


@pytest.mark.parametrize("path", FILES)
def test_records_say_what_they_should(path: Path) -> None:
    for case in cases(path):
        assert set(case) == {"name", "body", "quotes"}, case["name"]
        assert case["body"].strip() == case["body"], case["name"]
        for quote in case["quotes"]:
            assert set(quote) == {"text", "kind", "speaker", "role", "cue"}, case["name"]
            assert quote["kind"] in get_args(QuoteKind), case["name"]
            assert quote["text"] == quote["text"].strip() != "", case["name"]
            assert all(quote[key] is None or quote[key].strip() for key in ("speaker", "role", "cue")), case["name"]


@pytest.mark.parametrize("path", FILES)
def test_texts_stand_in_the_body_in_order_after_a_mark(path: Path) -> None:
    for case in cases(path):
        for start, _ in spans(case):
            assert case["body"][:start].rstrip(" ")[-1:] in MARKS, f"{case['name']}: no mark before {start}"


@pytest.mark.parametrize("path", FILES)
def test_who_and_how_are_printed_in_the_body(path: Path) -> None:
    for case in cases(path):
        printed = case["body"]
        for quote in case["quotes"]:
            told = [quote["role"] or "", quote["cue"] or "", *(quote["speaker"] or "").split()]
            assert [words for words in told if words not in printed] == [], case["name"]


@pytest.mark.parametrize("path", FILES)
def test_no_case_stands_there_twice(path: Path) -> None:
    every = cases(path)
    assert len({case["name"] for case in every}) == len({case["body"] for case in every}) == len(every)


@pytest.mark.parametrize("path", FILES)
def test_there_are_enough_to_judge_by(path: Path) -> None:
    every = cases(path)
    assert len(every) >= LEAST_CASES
    assert sum(len(case["quotes"]) for case in every) >= LEAST_QUOTES
    assert any(not case["quotes"] for case in every), "a text without speech tells what is found where nothing is"
