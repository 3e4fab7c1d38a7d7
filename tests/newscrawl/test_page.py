"""What page.read makes of pages: layers, rejects, encodings, hostile input, and the pages of one article."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe import Article, Reject
from newscrawl import markup, page
from newscrawl.page import Rules

URL = "https://harbour.example/news/ferry-returns"
A = "https://harbour.example/a"
SENTENCES = (
    "The old ferry crossed the bay again on Monday after three winters in the dry dock at the rope works.",
    "Its captain, Imke Dorn, counted forty passengers and one goat before she let the mooring lines go.",
    "Tickets stay at the price of the last century, because nobody found the machine that prints new ones.",
)
TEXT = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)


def html(head: str = "", body: str = f"<article>{TEXT}</article>", language: str = "en") -> str:
    return f"<!DOCTYPE html><html lang='{language}'><head>{head}</head>{body}</html>"


def ld(**facts: object) -> str:
    node = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "Ferry returns", **facts}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def read(text: str, url: str = URL, rules: Rules | None = None) -> Article:
    article = page.read(text, url, rules or Rules())
    assert isinstance(article, Article), article
    return article


def rejected(text: str, url: str = URL, rules: Rules | None = None) -> str:
    reject = page.read(text, url, rules or Rules())
    assert isinstance(reject, Reject), reject
    assert reject.stage == "read"
    assert reject.detail
    return reject.reason


def test_generic_page_is_read_from_its_metadata_and_text() -> None:
    article = read(html(ld(author={"name": "Ada Quill"}, datePublished="2026-05-04T08:00:00+02:00")))
    assert (article.title, article.outlet, article.language) == ("Ferry returns", "harbour.example", "en")
    assert (article.authors, article.published_text) == (("Ada Quill",), "2026-05-04T08:00:00+02:00")
    assert article.body == "\n".join(SENTENCES)
    assert article.provenance["authors"] == "json-ld"
    assert article.provenance["body"] == "generic"
    assert article.published_at is None


def test_outlet_selectors_win_over_json_ld_over_meta_over_generic() -> None:
    head = ld(author="Jo Ld", articleSection="Sea") + (
        '<meta name="author" content="Mo Meta"><meta property="article:section" content="Coast">'
        '<meta name="keywords" content="ferry, bay">'
    )
    body = '<h1>Visible</h1><b class="by">By Ola Selector</b><time datetime="2026-05-04"></time>'
    body += f"<main>{TEXT}</main>"
    article = read(html(head, body), rules=Rules(author_css="b.by", body_css="main"))
    assert (article.authors, article.provenance["authors"]) == (("Ola Selector",), "outlet")
    assert (article.section, article.provenance["section"]) == ("Sea", "json-ld")
    assert (article.tags, article.provenance["tags"]) == (("ferry", "bay"), "meta")
    assert (article.published_text, article.provenance["published_text"]) == ("2026-05-04", "generic")


def test_body_selector_joins_blocks_and_keeps_what_it_drops() -> None:
    body = (
        "<article><h2>Head</h2><p>One <b>bo</b>ld.<br>Same line.<br><br>Second.</p>"
        "<div class=x>Read also: z</div><ul><li>a</li><li>b</li></ul><blockquote>Quoted.</blockquote>"
        "<p>One <b>bo</b>ld.</p>"
        "<p hidden>No.</p>"
        "<script>no()</script><p style='display: none'>No.</p>Bare text</article>"
    )
    article = read(html(body=body + "<h1>T</h1>"), rules=Rules(body_css="article", drop_css=("div.x",)))
    assert article.body.split("\n") == [
        "Head",
        "One bold. Same line.",
        "Second.",
        "a",
        "b",
        "Quoted.",
        "One bold.",
        "Bare text",
    ]
    assert article.furniture == ("Read also: z",)


def test_json_ld_body_serves_where_the_page_shows_no_text() -> None:
    article = read(html(ld(articleBody="\n\n".join(SENTENCES)), "<div id=app></div>"))
    assert article.body == "\n".join(SENTENCES)
    assert article.provenance["body"] == "json-ld"


def test_paragraphs_repeated_on_a_page_are_printed_once() -> None:
    assert read(html(ld(), f"<article>{TEXT}{TEXT}</article>")).body == "\n".join(SENTENCES)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not-html"),
        ('{"error": "no"}', "not-html"),
        ("%PDF-1.7 \x00\x01", "not-html"),
        ("x" * (markup.MAX_CHARACTERS + 1), "too-large"),
        ("<html><body>" + "<p>a</p>" * (markup.MAX_ELEMENTS + 1), "too-large"),
        ("<html><body>" + "<div>" * 300 + TEXT, "too-deep"),
        ("<html><body>" + "<b>" * 100_000, "too-deep"),
        (html("<title>404 Not Found</title>", "<p>Sorry.</p>"), "soft-404"),
        (html("<title>Halaman tidak ditemukan</title>", "<p>Maaf.</p>"), "soft-404"),
        (html("<title>Log in</title>", "<form><input type=password></form>"), "login-wall"),
        (html(ld(), "<p>Soon.</p>"), "no-text"),
        (
            html(
                "<title>Harbour Times</title>",
                "".join(f"<p><a href=/{n}>Ferry {n} returns</a></p>" for n in range(90)),
            ),
            "not-an-article",
        ),
    ],
    ids=lambda value: value[:24] if isinstance(value, str) else None,
)
def test_pages_that_are_no_articles_say_why(text: str, reason: str) -> None:
    assert rejected(text) == reason


def test_article_selector_must_match() -> None:
    reject = page.read(html(ld()), URL, Rules(article_css="article.story"))
    assert isinstance(reject, Reject)
    assert reject.reason == "not-an-article"
    assert "article.story" in reject.detail


def test_a_depth_that_reading_survives_is_read() -> None:
    assert read(html(ld(), "<div>" * 200 + TEXT)).body == "\n".join(SENTENCES)


@pytest.mark.parametrize(
    ("body", "content_type", "text"),
    [
        ("naïve “é”".encode(), "text/html; charset=iso-8859-1", "naïve “é”"),
        ("“é”".encode("cp1252"), "text/html; charset=iso-8859-1", "“é”"),
        ("“é”".encode("cp1252"), "text/html; charset=utf-8", "“é”"),
        ("“é”".encode("cp1252"), "text/html; charset=nonsense", "“é”"),
        (b"\xef\xbb\xbf" + "é".encode(), "text/html; charset=latin-1", "é"),
        (b"\xff\xfe" + "é".encode("utf-16-le"), "", "é"),
        (
            b'<meta charset="windows-1251">' + "Привет".encode("cp1251"),
            "text/html",
            '<meta charset="windows-1251">Привет',
        ),
        ("日本の新聞".encode("shift_jis"), "text/html; charset=Shift_JIS", "日本の新聞"),
        ("日本".encode("iso2022_jp"), "text/html; charset=iso-2022-jp", "日本"),
        (b"+ADw-script+AD4-", "text/html; charset=utf-7", "+ADw-script+AD4-"),
        (b"plain", "text/html; charset=unicode_escape", "plain"),
    ],
)
def test_decode_survives_wrong_declarations(body: bytes, content_type: str, text: str) -> None:
    assert page.decode(body, content_type) == text


@given(st.binary(max_size=400), st.text(max_size=60))
@settings(max_examples=100, deadline=None)
def test_decode_always_gives_text(body: bytes, content_type: str) -> None:
    assert isinstance(page.decode(body, content_type), str)


PIECES = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<article>",
        "<div class='",
        ">",
        "<table><tr><td>",
        "<li>",
        "\0",
        "\ud800",
        "&#0;",
        "&",
        "<!--",
        "-->",
        "<h1>",
        '<script type="application/ld+json">',
        "</script>",
        '{"@type": "NewsArticle", ',
        '"headline": ',
        "[[[[",
        "}",
        '"a"',
        "null",
        "1e999",
        "<meta property='og:type' content='article'>",
        "<base href='http://['>",
        "<a rel=next href='//['>",
        "<svg>",
        "<template>",
        SENTENCES[0],
        "<time datetime='\ud800'>",
    ]
)


@given(st.lists(PIECES, max_size=40).map("".join))
@settings(max_examples=150, deadline=None)
def test_whatever_the_page_the_answer_can_be_stored(text: str) -> None:
    answer = page.read("<html>" + text, URL)
    assert isinstance(answer, Article | Reject)
    stored = (
        [answer.title, answer.body, *answer.authors, answer.url] if isinstance(answer, Article) else [answer.detail]
    )
    for value in stored:
        assert "\0" not in value
        value.encode("utf-8")
    page.next_page(text, URL)


def test_lead_image_is_the_first_of_some_size_where_no_tag_names_one() -> None:
    images = "<img src=face.jpg width=40><img src='data:x' data-src=/ferry.jpg width=800><img src=other.jpg>"
    article = read(html(ld(), f"<img src=logo.png><article><h1>Ferry returns</h1>{images}{TEXT}</article>"))
    assert (article.image_url, article.provenance["image_url"]) == ("https://harbour.example/ferry.jpg", "generic")


@pytest.mark.parametrize(
    ("link", "url", "onward"),
    [
        ('<a href="?page=2">Next page</a>', A, f"{A}?page=2"),
        ('<a href="?page=2">2</a>', A, f"{A}?page=2"),
        ('<a href="/a?page=3#top">Selanjutnya »</a>', f"{A}?page=2", f"{A}?page=3"),
        ('<a href="#">Selanjutnya</a>', f"{A}?page=2", None),
        ('<a href="/a?page=1">1</a>', f"{A}?page=2", None),
        ('<link rel="next" href="/a/2">', A, f"{A}/2"),
        ('<link rel="next" href="/b">', A, None),
        ('<a rel="next" href="https://elsewhere.example/a?page=2">Next</a>', A, None),
        ('<a href="/a-2.html">Halaman selanjutnya</a>', f"{A}.html", f"{A}-2.html"),
        (
            '<a href="/vote-24?page=2">Next</a>',
            "https://harbour.example/vote-24",
            "https://harbour.example/vote-24?page=2",
        ),
        ('<a href="?page=2">Comments</a>', A, None),
        ('<a href="http://[">Next</a>', A, None),
        ('<a href="?page=1">1</a><a href="?page=2">2</a><a href="?page=3">Next</a>', f"{A}?page=2", None),
        ('<a href="?page=1">1</a><a href="?page=9">9</a><a href="?page=3">Next</a>', f"{A}?page=2", f"{A}?page=3"),
        ('<a href="/a">1</a><a href="/a/3">Next</a>', f"{A}/2", f"{A}/3"),
        ('<a href="/vote-25">Next</a>', "https://harbour.example/vote-24", None),
        ("", A, None),
    ],
)
def test_next_page_is_of_the_same_article(link: str, url: str, onward: str | None) -> None:
    assert page.next_page(f"<html><body><p>x</p>{link}</body></html>", url) == onward


def test_next_page_by_the_outlets_selector() -> None:
    text = '<html><body><a class="more" href="?page=2">Onward</a></body></html>'
    assert page.next_page(text, A, Rules(next_page_css="a.more")) == f"{A}?page=2"
    assert page.next_page(text, A, Rules(next_page_css="a.more::attr(href)")) == f"{A}?page=2"


def part(body: str, address: str) -> Article:
    return Article(url=A, outlet="harbour", title="T", body=body, addresses=(A, address), furniture=("f",))


@given(st.lists(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=5), min_size=1, max_size=4))
def test_join_keeps_order_and_repeats_nothing(pages: list[list[str]]) -> None:
    joined = page.join([part("\n".join(lines), f"{A}?page={number}") for number, lines in enumerate(pages)])
    assert joined.body.split("\n") == list(dict.fromkeys(line for lines in pages for line in lines))
    assert joined.page_count == len(pages)
    assert len(set(joined.addresses)) == len(joined.addresses) == len(pages) + 1
    assert joined.furniture == ("f",)


REAL = Path(__file__).parents[2] / ".." / "shared" / "data" / "extraction"


@pytest.mark.slow
@pytest.mark.skipif(not REAL.exists(), reason="real pages are not part of the project: ../shared/data is not here")
def test_real_pages_become_articles() -> None:
    warc = pytest.importorskip("warcio.archiveiterator")
    read_as_articles = 0
    with (REAL / "real-news.warc.gz").open("rb") as file:
        for record in warc.ArchiveIterator(file):
            if record.rec_type == "response":
                declared = record.http_headers.get_header("Content-Type") or ""
                text = page.decode(record.content_stream().read(), declared)
                url = record.rec_headers.get_header("WARC-Target-URI")
                read_as_articles += isinstance(page.read(text, url), Article)
    assert read_as_articles >= 250
