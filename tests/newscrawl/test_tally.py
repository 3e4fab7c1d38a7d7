from __future__ import annotations

import json
from typing import Any

import pytest

from dedupe import Article, Quote, Reject
from newscrawl.rules import Rules
from newscrawl.tally import MOST_LENGTHS, Tally, counts_of, kind_of

RULES = Rules(body_css="main p", title_css="h1", author_css=".by", article_css="main.article")
URL = "https://kabar.example/1"


def article(**more: Any) -> Article:
    said = {"url": URL, "outlet": "kabar", "title": "Pasar", "body": "Pasar dibuka. " * 9, "provenance": {}}
    return Article(**{**said, **more})


def reject(stage: Any, reason: str, detail: str = "") -> Reject:
    return Reject(url=URL, stage=stage, reason=reason, detail=detail)


def test_selectors_match_where_the_outlet_gave_the_field() -> None:
    tally = Tally(RULES)
    tally.note(article(provenance={"body": "outlet", "title": "outlet", "authors": "json-ld"}))
    tally.note(article(provenance={"body": "json-ld", "title": "outlet", "authors": "outlet"}))
    assert tally.selected == {
        "body_css": ("main p", 2, 1),
        "title_css": ("h1", 2, 2),
        "author_css": (".by", 2, 1),
        "article_css": ("main.article", 2, 2),
    }


def test_a_page_that_was_not_read_tells_of_the_selector_that_failed_only() -> None:
    tally = Tally(RULES)
    tally.note(reject("read", "no-text", "0 characters of text with main p"))
    tally.note(reject("read", "not-an-article", "nothing matches article_css 'main.article'"))
    tally.note(reject("read", "login-wall"))
    tally.note(reject("fetch", "http-503"))
    assert tally.selected == {"body_css": ("main p", 1, 0), "article_css": ("main.article", 1, 0)}


@pytest.mark.parametrize(
    ("stage", "reason", "kind"),
    [
        ("fetch", "http-403", "forbidden"),
        ("fetch", "http-401", "forbidden"),
        ("fetch", "http-502", "server_errors"),
        ("fetch", "robots", "robots"),
        ("fetch", "guard-truncated", "truncated"),
        ("fetch", "guard-address", "refused"),
        ("fetch", "http-404", "other"),
        ("fetch", "fetch-TimeoutError", "other"),
        ("read", "login-wall", "unread"),
    ],
)
def test_rejects_are_counted_by_what_an_operator_would_do(stage: Any, reason: str, kind: str) -> None:
    assert kind_of(reject(stage, reason)) == kind


def test_what_articles_have_is_counted() -> None:
    tally = Tally(Rules())
    quote = Quote(text="Buka", start=0, end=4, kind="direct")
    tally.note(article(authors=("Ana",), quotes=(quote,)))
    tally.note(article(furniture=("Baca juga " * 40,)))
    columns = tally.columns()
    assert {name: columns[name] for name in ("pages", "articles", "signed", "quoting", "dated", "cluttered")} == {
        "pages": 2, "articles": 2, "signed": 1, "quoting": 1, "dated": 0, "cluttered": 1,
    }  # fmt: skip
    assert json.loads(str(columns["body_lengths"])) == [len(article().body)] * 2
    assert not tally.selected


def test_listings_and_later_pages_are_no_pages() -> None:
    tally = Tally(RULES)
    tally.note(reject("listing", "http-500"))
    tally.note(reject("part", "http-500"))
    assert not tally.kinds


def test_lengths_are_bounded() -> None:
    tally = Tally(Rules())
    for _ in range(MOST_LENGTHS + 5):
        tally.note(article())
    assert len(tally.lengths) == MOST_LENGTHS


def test_statistics_become_columns() -> None:
    said = {"newscrawl/new": 3, "newscrawl/version": 1, "newscrawl/item_errors": 2, "spider_exceptions/count": 1}
    counts = counts_of(said)
    assert (counts["saved"], counts["new_versions"], counts["errors"], counts["failed"]) == (3, 1, 3, 0)
