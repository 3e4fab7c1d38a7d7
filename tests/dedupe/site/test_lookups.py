from __future__ import annotations

import csv
import io
import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import pytest

from dedupe import Article, Store, open_store
from dedupe.site.lookups import MATCHES_SHOWN, address_words
from dedupe.store import now

REWORDED = "Setiap hari Muara Jati menghasilkan kira-kira 380 ton sampah dan tempat pembuangan akhir kami hampir penuh"
STORY = re.compile(r'<a href="(/story/\d+)">')


@pytest.fixture
def pages(told_store: Path, open_pages: Any) -> Any:
    """The demo's pages; newscrawl lends its reading of addresses, as in a server."""
    return open_pages(told_store)


def look(pages: Any, query: str, form: str = "") -> Any:
    return pages.ask(f"/look{form}?q={quote_plus(query.encode('utf-8', 'surrogatepass'))}")


def story_at(page: str) -> str:
    """The first story that a page leads to."""
    found = STORY.search(page)
    assert found is not None
    return found[1]


def test_a_reworded_quotation_leads_to_its_story_in_one_more_click(pages: Any) -> None:
    page = look(pages, REWORDED).text
    story = pages.ask(story_at(page)).text
    assert "Muara Jati" in unescape(story)
    assert page.index(story_at(page)) < page.index("<mark>") < page.index("</main>")
    assert "380 ton" in re.sub(r"</?mark>", "", page)


def test_what_was_found_is_marked_in_its_quotation(pages: Any) -> None:
    direct = look(pages, REWORDED, ".json").json()["direct"]
    assert len(direct) >= 2
    assert {one["place"]["kind"] for one in direct} == {"quotation"}
    for one in direct:
        assert any(piece["is_shared"] for piece in one["place"]["pieces"])


@pytest.mark.parametrize("tail", ["", "?utm_source=x"])
def test_an_address_leads_to_its_article_and_story(pages: Any, reading: Store, tail: str) -> None:
    url = reading.value("SELECT url FROM articles LIMIT 1")
    said = look(pages, f"{url}{tail}", ".json").json()
    assert [(one["match"]["url"], one["match"]["kind"]) for one in said["direct"]] == [(url, "url")]
    assert said["story"]["articles"] == len(said["others"]) + 1


def test_a_headline_shared_with_its_link_is_found_by_the_link(pages: Any, reading: Store) -> None:
    row = reading.rows("SELECT url, title FROM articles LIMIT 1")[0]
    said = look(pages, f"{row['title']}\n{row['url']}", ".json").json()
    assert said["direct"][0]["match"]["url"] == row["url"]


def test_an_unknown_link_beside_words_leaves_the_words(pages: Any, reading: Store) -> None:
    title = reading.value("SELECT title FROM articles LIMIT 1")
    assert look(pages, f"{title} https://never.example/x", ".json").json()["direct"]


def test_every_headline_is_found_and_every_answer_names_its_story_first(pages: Any, reading: Store) -> None:
    for row in reading.rows("SELECT id, title FROM articles WHERE id % 7 = 0"):
        page = look(pages, row["title"]).text
        assert f'href="/article/{row["id"]}"' in page
        assert page.index(story_at(page)) < page.index(f'href="/article/{row["id"]}"')


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("", "Type or paste"),
        ("   ", "Type or paste"),
        ("xyzzy plugh", "half of these words"),
        ("yang", "tell none from another"),
        ("https://never.example/2026/banjir-rendam-lantera-8127.html", "No article here was met under this address"),
    ],
)
def test_where_nothing_is_found_it_says_what_was_tried_and_what_to_do(pages: Any, query: str, says: str) -> None:
    answer = look(pages, query)
    assert answer.status_code == 200
    main = answer.text[answer.text.index("<main") :]
    assert says in unescape(main)
    assert "<li>" in main


def test_an_unknown_address_offers_its_words_and_the_forms_that_were_tried(pages: Any) -> None:
    page = unescape(look(pages, "https://never.example/2026/banjir-rendam-lantera-8127.html?x=1").text)
    assert "/look?q=banjir%20rendam%20lantera" in page or "/look?q=banjir+rendam+lantera" in page
    assert "<li>https://never.example/2026/banjir-rendam-lantera-8127.html" in page


def test_what_is_known_of_a_page_without_article_is_said(own_store: Path, open_pages: Any) -> None:
    with open_store(own_store) as store:
        store.save_page("https://warta.example/due", "warta", "failed", now())
        store.connection.execute(
            "INSERT INTO rejects (url, stage, reason, first_seen_at, last_seen_at) VALUES (?, 'read', 'gallery', ?, ?)",
            ("https://warta.example/foto", now(), now()),
        )
    pages = open_pages(own_store)
    assert look(pages, "https://warta.example/foto", ".json").json()["known"]["reason"] == "gallery"
    assert "made of it: the page shows pictures" in look(pages, "https://warta.example/foto").text
    assert look(pages, "https://warta.example/due", ".json").json()["known"]["reason"] is None
    assert "has not been read yet" in look(pages, "https://warta.example/due").text


def test_articles_in_no_story_are_shown_too(tmp_path: Path, open_pages: Any, make: Any) -> None:
    with open_store(tmp_path / "news.db") as store:
        store.save_article(make("a", "Banjir merendam Lantera.", title="Lantera Terendam Banjir"))
    page = look(open_pages(tmp_path / "news.db"), "Lantera terendam banjir").text
    assert "Lantera Terendam Banjir" in re.sub(r"</?mark>", "", page)
    assert "not grouped" in page


def test_a_flood_is_named_in_part(tmp_path: Path, open_pages: Any, make: Any) -> None:
    with open_store(tmp_path / "news.db") as store:
        for number in range(MATCHES_SHOWN + 5):
            article: Article = make(f"a{number}", "Banjir merendam Lantera sejak sore.", title="Lantera Banjir")
            store.save_article(article)
    said = look(open_pages(tmp_path / "news.db"), "Banjir merendam Lantera", ".json").json()
    assert len(said["direct"]) == MATCHES_SHOWN


def test_the_table_has_a_line_for_each_article(pages: Any) -> None:
    rows = list(csv.DictReader(io.StringIO(look(pages, REWORDED, ".csv").text)))
    assert len(rows) == 4
    assert {row["found_by"] for row in rows} <= {"quotation", "text", "same_story", "same_text"}
    assert look(pages, REWORDED, ".atom").status_code == 404


@pytest.mark.parametrize(
    "query",
    ["<script>alert(1)</script>", '"><img src=x>', "\0", "%", "😀" * 500, "kata " * 3_000, "\ud800", "{{ 7 * 7 }}"],
)
def test_any_query_is_answered(pages: Any, query: str) -> None:
    answer = look(pages, query)
    assert answer.status_code == 200
    assert "<script" not in answer.text
    assert "<img" not in answer.text


def test_in_indonesian(pages: Any) -> None:
    page = pages.ask(f"/look?q={quote_plus(REWORDED)}", headers={"Accept-Language": "id"}).text
    assert "Di mana terdapat" in page
    assert '<html lang="id">' in page


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("https://warta.example/2026/05/banjir-rendam-lantera-8127.html", "banjir rendam lantera"),
        ("warta.example/read/banjir_rendam/12", "banjir rendam"),
        ("https://warta.example/", ""),
        ("https://[/banjir", ""),
        ("https://warta.example/%3Cscript%3Ealert", "script alert"),
    ],
)
def test_words_of_an_address(address: str, words: str) -> None:
    assert address_words(address) == words
