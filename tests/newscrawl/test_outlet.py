"""What an outlet makes of an article's pages, without a network: each answer is handed to its callback."""

from __future__ import annotations

from pathlib import Path

import pytest
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.http import HtmlResponse
from scrapy.settings import Settings
from scrapy.statscollectors import MemoryStatsCollector
from twisted.python.failure import Failure

from dedupe import Article, Reject
from newscrawl import discovery
from newscrawl.frontier import with_canonical_address
from newscrawl.outlet import Outlet

URL = "https://warta.example/news/100200/jembatan"
PARAGRAPHS = [f"Warga kampung nomor {n} menyeberang lewat jembatan bambu itu sejak pagi buta." for n in range(1, 10)]


class Warta(Outlet):
    """An outlet whose articles have pages, and a form with all of them."""

    name = "warta"
    title = "Warta"
    homepage = "https://warta.example/"
    language = "id"
    body_css = "article"
    title_css = "h1"


@pytest.fixture
def warta(tmp_path: Path) -> Warta:
    settings = Settings()
    settings.setmodule("newscrawl.settings", priority="project")
    settings.set("DB", str(tmp_path / "news.db"))
    crawler = Crawler(Warta, settings)
    crawler.stats = MemoryStatsCollector(crawler)
    spider = Warta.from_crawler(crawler)
    assert isinstance(spider, Warta)
    return spider


def html(paragraphs: list[str], *, links: str) -> str:
    text = "".join(f"<p>{one}</p>" for one in paragraphs)
    return f"<html><head></head><body><h1>Jembatan bambu dibuka</h1><article>{text}</article>{links}</body></html>"


FIRST = html(
    PARAGRAPHS[:3],
    links=f'<div><a href="{URL}?page=2">2</a> <a href="{URL}?page=3">3</a> <a href="{URL}?page=all">Semua</a></div>',
)
IN_PARTS = html(PARAGRAPHS[:3], links=f'<div><a href="{URL}?page=2">Halaman Selanjutnya</a></div>')


def answer(spider: Warta, request: Request, body: str) -> list[Request | Article | Reject]:
    response = HtmlResponse(request.url, body=body.encode(), encoding="utf-8", request=request)
    assert request.callback is not None
    return list(request.callback(response, **request.cb_kwargs))


def asked(spider: Warta) -> Request:
    return spider.article_request(discovery.Link(url=URL))


def only_request(found: list[Request | Article | Reject]) -> Request:
    (one,) = found
    assert isinstance(one, Request)
    return one


def test_the_form_with_all_pages_spares_the_others(warta: Warta) -> None:
    whole = only_request(answer(warta, asked(warta), FIRST))
    assert whole.url == f"{URL}?page=all"
    (article,) = answer(warta, whole, html(PARAGRAPHS, links=""))
    assert isinstance(article, Article)
    assert article.body.split("\n") == PARAGRAPHS
    assert article.page_count == 3
    assert article.url == URL


@pytest.mark.parametrize("body", [html(PARAGRAPHS[:3], links=""), "<html><body><h1>Masuk</h1></body></html>"])
def test_a_whole_form_that_has_no_more_is_left_for_the_pages(warta: Warta, body: str) -> None:
    whole = only_request(answer(warta, asked(warta), FIRST))
    onward = only_request(answer(warta, whole, body))
    assert onward.url == f"{URL}?page=2"
    (article,) = answer(warta, onward, html(PARAGRAPHS[3:6], links=""))
    assert isinstance(article, Article)
    assert article.body.split("\n") == PARAGRAPHS[:6]


def test_a_whole_form_that_fails_is_left_for_the_pages(warta: Warta) -> None:
    whole = only_request(answer(warta, asked(warta), FIRST))
    failure = Failure(TimeoutError("too slow"))
    failure.request = whole  # type: ignore[attr-defined]
    assert whole.errback is not None
    assert only_request(list(whole.errback(failure))).url == f"{URL}?page=2"


def test_pages_without_a_whole_form_are_joined_one_by_one(warta: Warta) -> None:
    onward = only_request(answer(warta, asked(warta), IN_PARTS))
    assert onward.url == f"{URL}?page=2"


@pytest.mark.parametrize(
    ("announced", "kept", "fetched"),
    [
        ("https://warta.example/berita%20utama/x-1", "https://warta.example/berita-utama/x-1", "berita%20utama/x-1"),
        ("https://warta.example/berita+utama/x-1", "https://warta.example/berita-utama/x-1", "berita+utama/x-1"),
        ("https://warta.example/berita-utama/x-1/amp?utm_source=a", "https://warta.example/berita-utama/x-1", "x-1"),
    ],
)
def test_an_address_is_asked_for_as_its_outlet_spells_it(warta: Warta, announced: str, kept: str, fetched: str) -> None:
    due = warta.frontier.due("warta", with_canonical_address([discovery.Link(url=announced)]))
    left = warta.frontier.left_over("warta")
    assert [link.url for link in due] == [link.url for link in left] == [kept]
    for link in (*due, *left):
        assert warta.article_request(link).url.endswith(f"/{fetched}")
        assert warta.article_request(link).meta["asked_for"] == kept
