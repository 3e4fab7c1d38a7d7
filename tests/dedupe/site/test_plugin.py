import re
from pathlib import Path
from typing import Any

import pytest
from datasette.app import Datasette

from dedupe.site.abouts import ENDINGS, groups
from dedupe.site.plugin import PAGES
from dedupe.site.rendering import is_web
from dedupe.site.wording import LANGUAGES, load


def plain(db: Path, open_pages: Any, **said: Any) -> Any:
    """The pages as `datasette news.db` serves them."""
    return open_pages(db, app=Datasette([str(db)], **said).app())


@pytest.mark.parametrize(
    "path", ["/", "/story/1", "/article/1", "/why/1/2", "/outlets", "/speakers", "/about", "/look", "/search"]
)
def test_plain_datasette_serves_the_pages_too(path: str, told_store: Path, open_pages: Any) -> None:
    pages = plain(told_store, open_pages)
    assert pages.ask(path).status_code == 200
    assert "newscrawl.css" in pages.ask(path).text


def test_plain_datasette_keeps_its_own_pages_and_has_no_editor(told_store: Path, open_pages: Any) -> None:
    pages = plain(told_store, open_pages)
    assert pages.ask("/news/story_list.json?_shape=array&_size=1").json()
    assert pages.ask("/edit").status_code == pages.ask("/edit?token=").status_code == 404
    assert pages.ask("/nowhere").status_code == 404
    assert pages.ask("/-/static-plugins/newscrawl/newscrawl.css").headers["content-type"].startswith("text/css")


def test_where_sql_is_off_plain_datasette_shows_no_tables(told_store: Path, open_pages: Any) -> None:
    pages = plain(told_store, open_pages, settings={"default_allow_sql": False})
    for path in ("/news", "/news/articles", "/news.json?sql=select+1"):
        answer = pages.ask(path)
        assert answer.status_code == 403
        assert str(told_store.parent) not in answer.text
    assert "newscrawl.css" in pages.ask("/news").text
    assert pages.ask("/story/1").status_code == 200


@pytest.mark.parametrize(
    "metadata", [{"allow": {"id": "owner"}}, {"databases": {"news": {"allow": {"id": "owner"}}}}, {"allow": False}]
)
def test_who_may_not_see_datasette_does_not_see_the_pages(metadata: Any, told_store: Path, open_pages: Any) -> None:
    pages = plain(told_store, open_pages, metadata=metadata)
    for path in ("/", "/story/1", "/story/1.json", "/article/1", "/search?q=hujan"):
        answer = pages.ask(path)
        assert answer.status_code == 403
        assert "Sungai" not in answer.text


def test_datasette_without_a_store_says_so(open_pages: Any) -> None:
    assert open_pages(Path(), app=Datasette(memory=True).app()).ask("/").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_about_tells_every_definition_once(language: str, told_store: Path, open_pages: Any) -> None:
    t = load(language)
    terms = [term for group in groups(t) for term in group.terms]
    told = {term.meaning for term in terms}
    defined = {
        key
        for key in t.said
        if key.rpartition(".")[2].endswith(ENDINGS) and "." in key and not key.startswith("about.")
    }
    assert {t.said[key] for key in defined if "{" not in t.said[key]} <= told
    assert not [key for key in defined if "{" in t.said[key]], "a definition with a figure in it cannot stand in /about"
    assert len({term.anchor for term in terms}) == len(terms)
    assert all(term.term and term.meaning for term in terms)
    for group in groups(t):  # each has a name of its own in the reader's language, never the key of a sentence
        titles = [group.title, *(term.term for term in group.terms)]
        assert not set(titles) & {key.partition(".")[0] for key in t.said}
        assert len(set(titles[1:])) == len(titles) - 1
    page = open_pages(told_store).ask("/about", headers={"accept-language": language}).text
    assert page.count("<dt ") == len(terms)


def test_about_is_linked_from_every_page(told_store: Path, open_pages: Any) -> None:
    for path in ("/", "/story/1", "/article/1", "/outlets", "/nowhere"):
        assert '<a href="/about">' in open_pages(told_store).ask(path).text


@pytest.mark.parametrize(
    "path",
    ["/", "/story/1", "/article/1", "/why/1/2", "/about", "/outlets", "/speakers", "/search?q=air", "/look?q=air"],
)
def test_pages_never_say_who_copied_or_broke(path: str, told_store: Path, open_pages: Any) -> None:
    text = open_pages(told_store).ask(path).text
    sentences = re.split(r"[.<>]", text)
    said = [one for one in sentences if re.search(r"\b(?:copied|copies|plagiar\w+|broke|stole\w*)\b", one)]
    assert not [one for one in said if not re.search(r"\b(?:not|never|nothing)\b", one)]


def test_every_address_has_one_page() -> None:
    assert len({path for path, _ in PAGES}) == len(PAGES)


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("https://a.example/", True),
        ("HTTP://a.example", True),
        ("javascript:alert(1)", False),
        ("data:text/html,x", False),
        (" https://a.example", False),
        ("https://a.example/\n", False),
        ("//a.example", False),
        ("", False),
        (None, False),
        ("httpss://a", False),
        ("\x00https://a.example", False),
        ("https:/a.example", False),
    ],
)
def test_what_may_become_a_link(url: Any, is_one: bool) -> None:  # noqa: FBT001 - a table
    assert is_web(url) is is_one


def test_a_language_is_kept_once_chosen(told_store: Path, open_pages: Any) -> None:
    pages = open_pages(told_store)
    answer = pages.ask("/about?lang=id")
    assert "HttpOnly" in answer.headers["set-cookie"] or "httponly" in answer.headers["set-cookie"].lower()
    assert '<html lang="id">' in pages.ask("/about").text
    assert "set-cookie" not in pages.ask("/about?lang=<script>").headers
