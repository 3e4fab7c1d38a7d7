"""The form of an article with all its pages, and how many it has; `test_page.py` has the way to the next one."""

import pytest

from newscrawl import page

A = "https://harbour.example/a"


@pytest.mark.parametrize(
    ("link", "url", "whole"),
    [
        ('<a href="?page=all">Show all</a>', A, f"{A}?page=all"),
        ('<a href="/a?page=all#page2">Selengkapnya</a>', f"{A}?page=2", f"{A}?page=all"),
        ('<a href="?page=2">2</a><a href="?page=all">…</a>', A, f"{A}?page=all"),
        ('<meta name="content_total_pages" content="3"><a href="?page=all">…</a>', A, f"{A}?page=all"),
        ('<a href="?showpage=all">Baca semua halaman</a>', A, f"{A}?showpage=all"),
        ('<a href="?page=all">Auf einer Seite lesen</a>', A, f"{A}?page=all"),
        ('<a href="?page=all">Kapal kembali</a>', A, None),
        ('<a href="/b?page=all">Show all</a>', A, None),
        ('<a href="https://elsewhere.example/a?page=all">Show all</a>', A, None),
        ('<a href="?page=all">Show all</a>', f"{A}?page=all", None),
        ('<a href="?page=2">2</a>', A, None),
        ('<a href="http://[?page=all">Show all</a>', A, None),
    ],
)
def test_the_form_with_all_pages_is_of_the_same_article(link: str, url: str, whole: str | None) -> None:
    assert page.whole_page(f"<html><body><p>x</p>{link}</body></html>", url) == whole


@pytest.mark.parametrize(
    ("links", "url", "total"),
    [
        ('<meta name="content_total_pages" content="3">', A, 3),
        ('<a href="?page=1">1</a><a href="?page=2">2</a><a href="?page=4">4</a>', A, 4),
        ('<a href="/b?page=4">4</a>', A, 1),
        ('<meta name="content_total_pages" content="9999">', A, 1),
        ("", A, 1),
    ],
)
def test_how_many_pages_an_article_has(links: str, url: str, total: int) -> None:
    assert page.total_pages(f"<html><body><p>x</p>{links}</body></html>", url) == total
