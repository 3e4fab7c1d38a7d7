"""The founding articles, set in page markup as their outlets print it and as an unknown page may, come out whole.

Their text lies beside the project and is read here at test time; no line of it stands in this file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path

import pytest

from dedupe import Article
from newscrawl import outlets, page, pipelines
from newscrawl.pipelines import Habits
from newscrawl.rules import Rules

SEEDS = Path(__file__).parents[2].parent / "shared" / "seeds"
SEWAKTU, SOKOGURU = "000_3a6debd7ebc2f229.txt", "001_6f5badb4375acbff.txt"
READ_ALSO = re.compile("Baca juga:", re.IGNORECASE)
RELATED = "Artikel Terkait"

pytestmark = pytest.mark.skipif(
    not SEEDS.exists(), reason="the founding articles are not part of the project: ../shared/seeds is not here"
)


@cache
def seed(name: str) -> tuple[str, ...]:
    """The lines of a founding article as given."""
    return tuple(line.strip() for line in (SEEDS / name).read_text("utf-8").splitlines() if line.strip())


@cache
def sewaktu() -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Its printed lines up to the list of other articles, that list, and its own paragraphs."""
    lines = seed(SEWAKTU)
    at = lines.index(RELATED)
    own = [line for line in lines[:at] if not READ_ALSO.match(line)]
    own[0] = own[0].partition(" - ")[2]
    return lines[:at], lines[at + 1 :], tuple(own)


@cache
def sokoguru() -> tuple[dict[str, str], tuple[str, ...], tuple[str, ...]]:
    """What stands over its text, its printed lines, and its own paragraphs."""
    section, title, standfirst, author, day, _, caption, *lines = seed(SOKOGURU)
    head = {"section": section, "title": title, "standfirst": standfirst, "author": author, "day": day}
    own = [line for line in lines if not READ_ALSO.match(line)]
    own[0] = own[0].partition(" – ")[2]
    own[-1] = own[-1].removesuffix(" (*)")
    return {**head, "caption": caption}, tuple(lines), tuple(own)


def document(title: str, body: str) -> str:
    head = f'<title>{escape(title)}</title><meta property="og:type" content="article">'
    return f'<!DOCTYPE html><html lang="id"><head>{head}</head><body>{body}</body></html>'


def read_template(lines: Sequence[str], related: Sequence[str], pager: str) -> str:
    """A page of the "read__" template; what leads elsewhere is set as that template sets it."""
    shown = "".join(
        f'<p><strong class="read__others"><a href="/x/1/x">{escape(line)}</a></strong></p>'
        if READ_ALSO.match(line)
        else f"<p>{escape(line)}</p>"
        for line in lines
    )
    links = "".join(f'<li><a href="/x/{n}/x">{escape(line)}</a></li>' for n, line in enumerate(related))
    body = (
        '<h1 class="read__title">Kunjungan Kerja</h1><div class="read__info__author"><a>Rara Wulandari</a></div>'
        '<div class="read__info__date">- Senin, 23 Juni 2025 | 13:40 WIB</div>'
        f'<article class="read__content">{shown}<div class="paging__wrap">{pager}</div>'
        f'<div class="read__related"><h3>{RELATED}</h3><ul>{links}</ul></div></article>'
    )
    return document("Kunjungan Kerja", body)


def finished(pages: Sequence[tuple[str, str]], rules: Rules, habits: Habits) -> Article:
    """The article of pages and their addresses, as a crawl makes it."""
    parts = []
    for number, (html, url) in enumerate(pages):
        read = page.read(html, url, rules)
        assert isinstance(read, Article), read
        parts.append(read)
        onward = page.next_page(html, url, rules)
        assert onward == (pages[number + 1][1] if number + 1 < len(pages) else None)
    article = pipelines.finish(page.join(parts), habits)
    assert isinstance(article, Article), article
    return article


@pytest.mark.parametrize("known", [True, False], ids=["outlet", "unknown"])
@pytest.mark.parametrize("half", [3, 8, 12])
def test_sewaktus_article_on_two_pages(half: int, known: bool) -> None:  # noqa: FBT001  a parametrized switch
    lines, related, own = sewaktu()
    url = "https://www.sewaktu.com/daerah/7790012345/kunjungan-kerja"
    pager = f'<a href="#">1</a> <a href="{url}?page=2">2</a> <a href="{url}?page=2">Selanjutnya</a>'
    back = f'<a href="{url}">Sebelumnya</a> <a href="#">2</a> <a href="/daerah/7790012346/lain">Selanjutnya</a>'
    pages = [
        (read_template(lines[:half], related, pager), url),
        (read_template(lines[half:], related, back), f"{url}?page=2"),
    ]
    outlet = outlets.at(url)
    assert outlet is not None
    rules, habits = (outlet.rules(), outlet.habits()) if known else (Rules(), Habits())
    article = finished(pages, rules, habits)
    assert article.body.split("\n") == [re.sub("Ā", " ", line) for line in own]
    assert article.page_count == 2
    if known:
        assert sum(bool(READ_ALSO.match(line)) for line in article.furniture) == len(lines) - len(own)


UNKNOWN = pytest.param(
    False,
    id="unknown",
    marks=pytest.mark.xfail(reason="a standfirst and a byline in the article's box read as its text", strict=True),
)


@pytest.mark.parametrize("known", [pytest.param(True, id="outlet"), UNKNOWN])
def test_sokogurus_article(known: bool) -> None:  # noqa: FBT001  a parametrized switch
    head, lines, own = sokoguru()
    url = "https://sokoguru.id/soko-bisnis/belajar-dari-kota-lain"
    shown = "".join(f"<div>{escape(line)}</div>" if known else f"<p>{escape(line)}</p>" for line in lines)
    caption = escape(head["caption"])
    body = (
        f'<div class="detail"><a class="detail-category" href="/x">{escape(head["section"])}</a>'
        f'<h1 class="detail-title">{escape(head["title"])}</h1>'
        f'<p class="detail-summary">{escape(head["standfirst"])}</p>'
        f'<div class="detail-meta"><span class="detail-author">{escape(head["author"])}</span>'
        f'<span class="detail-date">{head["day"]}</span></div>'
        f'<div class="detail-photo"><figure><img src="a.jpg"><figcaption>&lt;p&gt;{caption}&lt;/p&gt;</figcaption>'
        f'</figure></div><div class="detail-content"><div>{caption}</div>{shown}</div></div>'
    )
    outlet = outlets.at(url)
    assert outlet is not None
    rules, habits = (outlet.rules(), outlet.habits()) if known else (Rules(), Habits())
    article = finished([(document(head["title"], body), url)], rules, habits)
    assert article.body.split("\n") == list(own)
    assert article.title == head["title"]


@pytest.mark.parametrize("name", ["sewaktu", "sokoguru"])
def test_a_page_of_no_known_template(name: str) -> None:
    lines, own = (sewaktu()[0], sewaktu()[2]) if name == "sewaktu" else (sokoguru()[1], sokoguru()[2])
    menu = "<nav><ul><li><a href=/a>Beranda</a></li><li><a href=/b>Daerah</a></li></ul></nav>"
    beside = (
        "<aside><h3>Terpopuler</h3><ul><li><a href=/c>Kapal baru tiba di dermaga lama kota itu</a></li></ul></aside>"
    )
    shown = "".join(f"<p>{escape(line)}</p>" for line in lines)
    body = f"{menu}<div id=x1><h1>Kunjungan</h1><div class=q7>{shown}</div>{beside}</div><footer>Kontak</footer>"
    url = "https://kabar.example/daerah/kunjungan-kerja-kota"
    article = finished([(document("Kunjungan", body), url)], Rules(), Habits(rules=Rules(title_text="SEWAKTU.com")))
    assert article.body.split("\n") == list(own)
