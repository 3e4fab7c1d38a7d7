from __future__ import annotations

import csv
import io
import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote_plus, urlsplit
from xml.etree import ElementTree as ET

import pytest

from dedupe import Store, open_store

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def pages(told_store: Path, open_pages: Any) -> Any:
    return open_pages(told_store)


def find(pages: Any, query: str, rest: str = "", form: str = "") -> Any:
    return pages.ask(f"/search{form}?q={quote_plus(query.encode('utf-8', 'surrogatepass'))}{rest}")


def test_without_a_search_there_is_the_form_and_how_words_are_read(pages: Any) -> None:
    page = unescape(pages.ask("/search").text)
    assert "A star after at least three letters" in page
    assert "diacritics do not count" in page
    assert page.count("<form") == 2


def test_hits_are_marked_and_lead_to_article_and_story(pages: Any) -> None:
    page = find(pages, "banjir sung*").text
    assert "<mark>banjir</mark>" in page
    assert re.search(r"<mark>[Ss]ungai</mark>", page)
    assert re.search(r'href="/article/\d+"', page)
    assert re.search(r'href="/story/\d+"', page)


def test_pages_lead_on_with_everything_that_was_asked(pages: Any, reading: Store) -> None:
    language = "&language=id&from=2026-01-01&to=2026-12-31&order=newest"
    seen: list[str] = []
    address = f"/search?q=yang{language}"
    for _ in range(20):
        page = pages.ask(address).text
        seen += re.findall(r'<h3>.*?href="/article/(\d+)"', page)
        onward = re.search(r'<a href="([^"]+)" rel="next"', page)
        if not onward:
            break
        address = unescape(onward[1])
        assert parse_qs(urlsplit(address).query)["language"] == ["id"]
    assert len(seen) == len(set(seen)) > 20
    assert len(seen) <= reading.value("SELECT count(*) FROM articles WHERE language = 'id'")


def test_filters_and_their_nonsense(pages: Any) -> None:
    every = find(pages, "yang", form=".json").json()["count"]
    some = find(pages, "yang", "&outlet=harian_muara", ".json").json()
    assert 0 < some["count"] < every
    assert {hit["outlet"] for hit in some["hits"]} == {"harian_muara"}
    nonsense = "&from=yesterday&to=2026-99-99&in=everywhere&order=odd&page=-3"
    assert find(pages, "yang", nonsense, ".json").json()["count"] == every
    assert find(pages, "yang", "&from=2030-01-01", ".json").json()["count"] == 0


def test_quotations_are_shown_whole_with_their_speaker(pages: Any, reading: Store) -> None:
    row = reading.rows("SELECT text, speaker FROM quotes WHERE length(text) > 80 LIMIT 1")[0]
    word = max(row["text"].split(), key=len).strip(".,!?")
    hits = find(pages, f'"{word}"', "&in=quotations", ".json").json()["hits"]
    assert row["text"] in {"".join(piece["text"] for piece in hit["pieces"]) for hit in hits}


def test_a_search_has_a_table_and_a_feed(pages: Any) -> None:
    rows = list(csv.DictReader(io.StringIO(find(pages, "banjir", form=".csv").text)))
    assert rows
    assert all("banjir" in f"{row['title']} {row['excerpt']}".casefold() for row in rows)
    feed = ET.fromstring(find(pages, "banjir", form=".atom").content)  # noqa: S314 - our own
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == find(pages, "banjir", form=".json").json()["count"]
    assert find(pages, "-x", form=".atom").status_code == 200


def test_the_feed_has_the_last_stored_first(own_store: Path, open_pages: Any, make: Any) -> None:
    with open_store(own_store) as store:
        store.save_article(make("baru", "Banjir lagi.", title="Banjir Terbaru"))
    feed = ET.fromstring(find(open_pages(own_store), "banjir", form=".atom").content)  # noqa: S314 - our own
    title = feed.find(f"{ATOM}entry/{ATOM}title")
    assert title is not None
    assert "Banjir Terbaru" in (title.text or "")


@pytest.mark.parametrize(
    ("query", "says"),
    [("zzzz", "Nothing fits"), ("-banjir", "only what to leave out"), ("???", "only what to leave out")],
)
def test_where_nothing_fits_it_says_what_to_do(pages: Any, query: str, says: str) -> None:
    assert says in find(pages, query).text


@pytest.mark.parametrize(
    "query",
    [
        "<script>alert(1)</script>", '"', '"><img src=x>', "\0", "NEAR(", "a" * 5_000, "kata " * 2_000, "\ud800", "*",
        "{{ 7 * 7 }}", "title:banjir", "banjir AND", "(((", "-" * 900, '"' * 901,
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["", ".json", ".csv", ".atom"])
def test_any_search_is_answered(pages: Any, query: str, form: str) -> None:
    answer = find(pages, query, form=form)
    assert answer.status_code == 200
    assert form or ("<script" not in answer.text and "<img" not in answer.text)


def test_hostile_text_stays_text(own_store: Path, open_pages: Any, make: Any) -> None:
    with open_store(own_store) as store:
        store.save_article(
            make("x", "Banjir <mark><b onclick=alert(1)>kacamata</b> \ufdd0x\ufdd1.", title="<i>judul</i>")
        )
    page = find(open_pages(own_store), "kacamata").text
    assert "&lt;b onclick=alert(1)&gt;" in page
    assert "<mark>kacamata</mark>" in page
    assert "<i>" not in page


def test_in_indonesian(pages: Any) -> None:
    assert "Bagaimana kata dibaca" in pages.ask("/search?q=banjir&lang=id").text
