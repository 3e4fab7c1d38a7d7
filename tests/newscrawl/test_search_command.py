from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def ask(demo_copy: Path, invoke: Any) -> Callable[..., Any]:
    """A command on a copy of the demo's store."""
    return lambda name, *args: invoke(name, *args, "--db", demo_copy)


def test_search_prints_hits_with_what_was_found(ask: Any) -> None:
    done = ask("search", 'banjir sung* -"pasang naik"', "--most", 3)
    assert done.exit_code == 0
    assert "articles; best fit first" in done.stdout
    assert "[banjir]" in done.stdout.casefold()
    assert "More: --page 2" in done.stdout


def test_search_as_json_and_narrowed(ask: Any) -> None:
    narrowed = (
        "--outlet",
        "harian_muara",
        "--language",
        "id",
        "--from",
        "2020-01-01",
        "--to",
        "2030-01-01",
        "--newest",
    )
    said = json.loads(ask("search", "banjir", *narrowed, "--json").stdout)
    assert said["order"] == "newest"
    assert {hit["outlet"] for hit in said["hits"]} == {"harian_muara"}


def test_search_in_quotations(ask: Any) -> None:
    done = ask("search", "air", "--in", "quotations")
    assert done.exit_code == 0
    assert "quotations; best fit first" in done.stdout


@pytest.mark.parametrize(
    ("args", "code"), [(["zzzz"], 4), (["(((\ud800"], 4), (["", "--newest"], 4), (["banjir", "--from", "soon"], 2)]
)
def test_a_search_that_finds_nothing_or_is_none(args: list[str], code: int, ask: Any) -> None:
    assert ask("search", *args).exit_code == code


def test_a_search_may_begin_with_a_minus(demo_copy: Path, invoke: Any) -> None:
    done = invoke("search", "--db", demo_copy, "--", "-rob banjir")
    assert done.exit_code == 0
    assert invoke("search", "--db", demo_copy, "--", "-rob").exit_code == 4


def test_a_headline_with_its_link_is_checked_by_the_link(ask: Any, demo_copy: Path, rows: Any) -> None:
    ((title, url),) = rows(demo_copy, "SELECT title, url FROM articles LIMIT 1")
    said = json.loads(ask("check", f"Baca: {title} {url}", "--json").stdout)
    assert said["matches"][0]["url"] == url
    assert said["matches"][0]["kind"] == "url"
