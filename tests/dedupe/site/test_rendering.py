"""What a reader sees that is no figure: each wording once, dates that people read, nothing that stands alone."""

from __future__ import annotations

from collections import defaultdict
from html import escape
from pathlib import Path
from typing import Any

import pytest
from lxml import html as lxml_html

from dedupe import Store, coverage, open_store
from dedupe.site.rendering import alike


def story_with_reprints(store: Store) -> int:
    """The story with the most articles that share text."""
    return int(
        store.value(
            "SELECT c.story_id FROM coverage AS c JOIN pairs AS p ON p.a = c.article_id WHERE p.kind = 'same_text'"
            " GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
        )
    )


def test_a_wording_stands_once_with_all_outlets_that_print_it(reading: Store, told_store: Any, open_pages: Any) -> None:
    story = story_with_reprints(reading)
    page = lxml_html.fromstring(open_pages(told_store).ask(f"/story/{story}").text)
    shown: dict[str, list[str]] = defaultdict(list)
    for quotation in page.xpath("//section[@aria-labelledby='quotations']//blockquote"):
        shown[quotation.find("p").text_content().strip("“”")].append(quotation.find("footer").text_content())
    told = coverage(reading, story)
    names = {
        row["name"]: row["title"] for row in reading.rows("SELECT name, coalesce(title, name) AS title FROM outlets")
    }
    several = 0
    for utterance in told.quotations:
        for them in alike(utterance.wordings):
            text = " ".join(them[0].quote.text.split())
            assert len(shown[text]) == 1, text
            assert all(names[one.outlet] in shown[text][0] for one in them)
            several += len(them) > 1
    assert several


def test_wordings_keep_their_order(reading: Store) -> None:
    for utterance in coverage(reading, story_with_reprints(reading)).quotations:
        groups = alike(utterance.wordings)
        assert groups[0][0] == utterance.wordings[0]
        assert sorted(one.url for them in groups for one in them) == sorted(one.url for one in utterance.wordings)
    assert alike([]) == []


MACHINE = "2026-05-06T08:52:00+07:00"


@pytest.mark.parametrize("page", ["/story/{story}", "/look?q={title}", "/search?q={title}", "/outlet/{outlet}"])
def test_beside_a_date_for_machines_stands_the_day(page: str, own_store: Path, open_pages: Any) -> None:
    with open_store(own_store) as store:
        store.connection.execute(
            "UPDATE articles SET published_text = ?, published_day = '2026-05-06' WHERE id = 1", (MACHINE,)
        )
        row = dict(
            store.rows(
                "SELECT a.title, a.outlet, c.story_id AS story"
                "  FROM articles AS a JOIN coverage AS c ON c.article_id = a.id WHERE a.id = 1"
            )[0]
        )
    text = open_pages(own_store).ask(page.format(**row)).text
    assert f'{escape(MACHINE)}</span> <span class="whole">(6 May 2026)' in text


def test_why_names_outlets_by_their_titles(own_store: Path, open_pages: Any) -> None:
    with open_store(own_store) as store:
        a, b = store.rows("SELECT a, b FROM pairs WHERE kind = 'same_text' ORDER BY 1, 2 LIMIT 1")[0]
        store.connection.execute("UPDATE outlets SET title = 'Koran ' || name")
        names = {row["outlet"] for row in store.rows("SELECT outlet FROM articles WHERE id IN (?, ?)", (a, b))}
    page = lxml_html.fromstring(open_pages(own_store).ask(f"/why/{a}/{b}").text)
    sources = {one for footer in page.xpath("//blockquote/footer") for one in footer.text_content().split(" · ")}
    assert sources == {f"Koran {name}" for name in names}


@pytest.mark.parametrize("path", ["/search?q=sampah", "/?day=1999-01-01&kind=all", "/search?q=xyzzy"])
def test_no_list_of_pages_stands_where_there_is_one_page(path: str, told_store: Any, open_pages: Any) -> None:
    page = lxml_html.fromstring(open_pages(told_store).ask(path).text)
    assert all(nav.xpath(".//a") for nav in page.xpath("//nav"))
