import re
from pathlib import Path
from typing import Any

import pytest

from dedupe import Store, coverage, merge, open_store
from dedupe.site.single import is_root, single_file

MADE = "2026-05-11T08:00:00Z"


def one_file(store: Store, story: int = 1, **said: Any) -> str:
    found = coverage(store, story)
    assert found is not None
    return single_file(store, found, made_at=MADE, **said)


def test_a_file_tells_the_whole_story(reading: Store) -> None:
    found = coverage(reading, 1)
    assert found is not None
    page = one_file(reading)
    for one in found.coverage:
        assert one.url in page
        assert one.outlet_title in page
    for heading in (
        "Coverage in time order",
        "Quotations",
        "What each outlet alone has",
        "Outlets where it was not seen",
    ):
        assert heading in page


@pytest.mark.parametrize("language", ["en", "id"])
def test_a_file_needs_no_server(language: str, reading: Store) -> None:
    page = one_file(reading, language=language)
    assert f'<html lang="{language}">' in page
    assert not re.findall(r"<(?:script|link|img|iframe|form)\b", page)
    assert "@import" not in page
    assert "url(" not in page
    leads = set(re.findall(r'(?:href|src)="([^"]*)"', page))
    own = {one.removeprefix("#") for one in leads if one.startswith("#")}
    assert own <= set(re.findall(r'id="([^"]*)"', page))
    assert all(one.startswith(("https://", "http://", "#")) for one in leads)
    assert "default-src 'none'" in page


def test_a_permanent_address_stands_there_only_where_there_is_one(reading: Store) -> None:
    assert "/story/1" not in one_file(reading)
    assert 'href="https://news.example/story/1"' in one_file(reading, root="https://news.example/")


def test_decisions_stand_in_the_file(own_store: Path) -> None:
    with open_store(own_store) as store:
        merge(store, 1, 2, by="Wening", why="one visit")
        page = one_file(store)
    assert "Wening joined stories here" in page
    assert "one visit" in page


@pytest.mark.parametrize(
    ("named", "is_one"),
    [
        ("https://news.example", True),
        ("http://127.0.0.1:8001/", True),
        ("https://news.example/pages/", True),
        ("", False),
        ("news.example", False),
        ("javascript:alert(1)", False),
        ("https://a.example/?x", False),
        ("https://a.example/#x", False),
        ("https://me@a.example/", False),
        ("https://", False),
        ("https://[x/", False),
        ("https://a.example/ b", False),
    ],
)
def test_roots(named: str, is_one: bool) -> None:  # noqa: FBT001 - a table
    assert is_root(named) is is_one


# --- the command --------------------------------------------------------------------------------


def test_story_html_writes_one_file(told_store: Path, tmp_path: Path, invoke: Any) -> None:
    target = tmp_path / "story.html"
    target.write_text("before")
    done = invoke(
        "story", "1", "--html", target, "--db", told_store, "--language", "id", "--root", "https://news.example"
    )
    assert done.exit_code == 0
    assert done.stdout == f"Story 1 is in {target}.\n"
    assert "https://news.example/story/1" in target.read_text("utf-8")
    assert [one.name for one in tmp_path.iterdir()] == ["story.html"]


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("999999", "--html", "{}/a.html"), 4, "is not in"),
        (("--html", "{}/a.html"), 2, "wants the ID"),
        (("1", "--html", "{}/none/a.html"), 2, "no such folder"),
        (("1", "--html", "{}"), 2, "is no file"),
        (("1", "--html", "{}/a.html", "--root", "news.example"), 2, "is no web address"),
    ],
)
def test_story_html_says_what_is_wrong(
    args: tuple[str, ...], code: int, said: str, told_store: Path, tmp_path: Path, invoke: Any
) -> None:
    done = invoke("story", *(one.format(tmp_path) for one in args), "--db", told_store)
    assert done.exit_code == code
    assert said in done.stderr
    assert not list(tmp_path.iterdir())


def test_story_html_never_takes_the_place_of_the_store(own_store: Path, invoke: Any) -> None:
    before = own_store.read_bytes()
    done = invoke("story", "1", "--html", own_store, "--db", own_store)
    assert done.exit_code == 2
    assert own_store.read_bytes() == before
