"""What feeds, sitemaps and section pages announce, and that broken and hostile ones do no harm."""

import gzip
import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl import discovery, sitemap_files
from newscrawl.discovery import Link, Listed

URL = "https://harbour.example/feed"
SITE = "https://harbour.example"
RSS = """<rss version="2.0"><channel><title>Harbour Times</title>
<item><title>Ferry &amp; goat return</title><link>https://harbour.example/a</link>
<pubDate>Mon, 04 May 2026 08:00:00 +0700</pubDate></item>
<item><title>Rope works & more</title><link>/b</link></item>
<item><title>Said twice</title><link>https://harbour.example/a</link></item>
<item><title>No web address</title><link>mailto:desk@harbour.example</link></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>Ferry</title><link href="https://harbour.example/a"/>
<published>2026-05-04T08:00:00+07:00</published><updated>2026-05-04T09:00:00+07:00</updated></entry></feed>"""


def test_rss_with_a_bare_ampersand_gives_every_link_once() -> None:
    assert discovery.feed(RSS.encode(), URL).links == (
        Link(url=f"{SITE}/a", title="Ferry & goat return", published_text="Mon, 04 May 2026 08:00:00 +0700"),
        Link(url=f"{SITE}/b", title="Rope works & more"),
    )


def test_atom_gives_both_dates() -> None:
    (link,) = discovery.feed(ATOM.encode(), URL).links
    assert (link.published_text, link.modified_text) == (
        "2026-05-04T08:00:00+07:00",
        "2026-05-04T09:00:00+07:00",
    )


@pytest.mark.parametrize("body", [b"/etc/hostname", b"https://harbour.example/feed", b"", b"<rss", b"\x00\xff"])
def test_what_is_no_feed_announces_nothing(body: bytes) -> None:
    read = discovery.feed(body, URL)
    assert read.links == ()
    assert read.flaw
    assert read.flaw.reason == "broken-listing"


NEWS = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> https://harbour.example/a </loc><lastmod>2026-05-05</lastmod><image:image><image:loc>https://harbour.example/a.jpg</image:loc>
<image:title>No</image:title></image:image><news:news><news:publication_date>2026-05-04T08:00+07:00</news:publication_date>
<news:title><![CDATA[Ferry & goat]]></news:title></news:news></url></urlset>"""


def test_news_sitemap_gives_title_and_dates_and_no_pictures() -> None:
    link = Link(
        url=f"{SITE}/a",
        title="Ferry & goat",
        published_text="2026-05-04T08:00+07:00",
        modified_text="2026-05-05",
    )
    assert discovery.sitemap(NEWS.encode(), URL) == Listed(links=(link,))


def test_packed_sitemap_is_unpacked() -> None:
    assert discovery.sitemap(gzip.compress(NEWS.encode()), URL) == discovery.sitemap(NEWS.encode(), URL)


def test_index_gives_sitemaps() -> None:
    body = "<sitemapindex><sitemap><loc>/s1.xml.gz</loc><lastmod>2026</lastmod></sitemap></sitemapindex>"
    assert discovery.sitemap(body.encode(), URL) == Listed(parts=(Link(url=f"{SITE}/s1.xml.gz", modified_text="2026"),))


@pytest.mark.parametrize(
    ("loc", "address"),
    [
        ("https://harbour.example/a?x=1&y=2", "https://harbour.example/a?x=1&y=2"),
        ("https://harbour.example/a?x=1&amp;y=2", "https://harbour.example/a?x=1&y=2"),
        ("https://harbour.example/a?x=1&amp;amp;y=2", "https://harbour.example/a?x=1&y=2"),
        ("<![CDATA[https://harbour.example/a?x=1&y=2]]>", "https://harbour.example/a?x=1&y=2"),
    ],
)
def test_ampersands_in_addresses_survive(loc: str, address: str) -> None:
    links = discovery.sitemap(f"<urlset><url><loc>{loc}</loc></url></urlset>".encode(), URL).links
    assert [link.url for link in links] == [address]


@pytest.mark.parametrize("padding", range(24))
def test_ampersands_at_the_edge_of_a_piece_survive(padding: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap_files, "_PIECE", 64)
    body = "<urlset>" + " " * padding + "<url><loc>https://harbour.example/a?x=1&y=2&amp;z=3&w=4</loc></url></urlset>"
    assert [link.url for link in discovery.sitemap(body.encode(), URL).links] == [f"{SITE}/a?x=1&y=2&z=3&w=4"]


@pytest.mark.parametrize(
    "body",
    [
        "<urlset><url><loc>https://harbour.example/a</loc></url><url><loc>https://harb",
        "\n\n\ufeff <?xml version='1.0'?><urlset><url><loc>https://harbour.example/a</loc></url></urlset>",
        "<urlset><url><loc>https://harbour.example/a</loc></wrong></url></urlset>",
        "https://harbour.example/a\nnothing here\n",
    ],
)
def test_malformed_sitemaps_give_what_can_be_read(body: str) -> None:
    assert [link.url for link in discovery.sitemap(body.encode(), URL).links] == [f"{SITE}/a"]


def test_torn_gzip_gives_what_came() -> None:
    many = "".join(f"<url><loc>{SITE}/{number * 7919}</loc></url>" for number in range(20_000))
    packed = gzip.compress(f"<urlset>{many}</urlset>".encode())
    assert 0 < len(discovery.sitemap(packed[: len(packed) // 2], URL).links) < 20_000


def test_files_of_the_machine_are_never_read() -> None:
    body = f'<!DOCTYPE u [<!ENTITY x SYSTEM "file:///etc/hostname">]><urlset><url><loc>{SITE}/a&x;</loc></url></urlset>'
    addresses = [link.url for link in discovery.sitemap(body.encode(), URL).links]
    assert addresses in ([], [f"{SITE}/a"], [f"{SITE}/a&x;"])


def test_billion_laughs_stay_silent() -> None:
    names = [f"e{number}" for number in range(12)]
    entities = "".join(f'<!ENTITY {name} "{f"&{before};" * 10}">' for before, name in pairwise(names))
    body = f'<!DOCTYPE u [<!ENTITY e0 "ha">{entities}]><urlset><url><loc>{SITE}/&e11;</loc></url></urlset>'
    assert len(discovery.sitemap(body.encode(), URL).links) <= 1
    assert discovery.feed(body.encode(), URL).links == ()


def test_fifty_thousand_entries_in_bounded_memory() -> None:
    entry = "<url><loc>https://harbour.example/{}</loc><changefreq>daily</changefreq><priority>0.5</priority></url>"
    body = gzip.compress(("<urlset>" + "".join(entry.format(n) for n in range(60_000)) + "</urlset>").encode())
    tracemalloc.start()
    found = discovery.sitemap(body, URL)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found.links) == discovery.MAX_ENTRIES
    assert peak < 60 * 1024 * 1024


def test_a_gzip_bomb_is_cut() -> None:
    bomb = gzip.compress(
        b"<urlset>" + b" " * (discovery.MAX_UNPACKED + 1_000_000) + b"<url><loc>/a</loc></url></urlset>"
    )
    assert discovery.sitemap(bomb, URL) == Listed()


@given(st.binary(max_size=300) | st.text("<>&;/urlsetoc!?[]CDAT \n", max_size=300).map(str.encode))
@settings(max_examples=100, deadline=None)
def test_whatever_the_bytes_there_is_an_answer(body: bytes) -> None:
    assert isinstance(discovery.sitemap(body, URL), Listed)
    assert isinstance(discovery.feed(body, URL), Listed)


SECTION = """<html><body><nav><a href="/about">About</a></nav>
<div class="card"><a href="/a"><img></a><h2><a href="/a#top">Ferry returns</a></h2></div>
<div class="card"><h2><a href="b?x=1">Rope works</a></h2><a href="javascript:void(0)">Share</a>
<a href="mailto:x@y">Mail</a>
<a>Nowhere</a><a href="">Empty</a><a href="http://[">Broken</a></div></body></html>"""


def test_section_gives_the_links_of_its_cards_once_with_their_words() -> None:
    assert discovery.section(SECTION, f"{SITE}/news/", "div.card").links == (
        Link(url=f"{SITE}/a", title="Ferry returns"),
        Link(url=f"{SITE}/news/b?x=1", title="Rope works"),
    )


@pytest.mark.parametrize("html", ["", "no markup", "<div>" * 5_000, "<a href=/a>" * 60_000])
def test_hostile_sections_give_no_links_or_few(html: str) -> None:
    assert len(discovery.section(html, SITE, "a").links) <= 1


ENTRY = f"<url><loc>{SITE}/a</loc></url>"


@pytest.mark.parametrize(
    ("body", "reason", "word"),
    [
        (f"<urlset>{ENTRY}</urlset>", "", ""),
        (f"<urlset>{ENTRY}<news:x/></urlset>", "", ""),
        (f"<urlset>{ENTRY}<url><loc>{SITE}/b?x=1&y=2</loc></url></urlset>\n<!-- made at noon -->\n", "", ""),
        (f"{SITE}/a\n{SITE}/b\n", "", ""),
        (f"<urlset>{ENTRY}<url><loc>", "broken-listing", "line 1"),
        (f"<urlset>{ENTRY}</wrong></urlset>", "broken-listing", "wrong"),
        (f"<urlset>{ENTRY}\0</urlset>", "broken-listing", "damaged"),
        (f"<urlset>{ENTRY}&nowhere;</urlset>", "broken-listing", "nowhere"),
        ("", "broken-listing", "empty"),
        ("Bad gateway", "broken-listing", "neither"),
        ("<a>" * 100_000, "broken-listing", "deep"),
        (f"<urlset>{ENTRY * 50_000}</urlset>", "", ""),
        (f"<urlset>{ENTRY * 50_001}</urlset>", "listing-cut", "50000"),
    ],
)
def test_a_sitemap_says_what_is_wrong_with_it(body: str, reason: str, word: str) -> None:
    flaw = discovery.sitemap(body.encode(), URL).flaw
    assert (flaw.reason if flaw else "") == reason
    assert word in (flaw.detail if flaw else "")


def test_a_torn_or_endless_packed_sitemap_says_so() -> None:
    whole = gzip.compress(f"<urlset>{ENTRY * 9999}</urlset>".encode())
    torn = discovery.sitemap(whole[: len(whole) // 2], URL).flaw
    bomb = discovery.sitemap(gzip.compress(f"<urlset>{ENTRY}".encode() + b" " * discovery.MAX_UNPACKED), URL).flaw
    assert [flaw and flaw.reason for flaw in (torn, bomb)] == ["broken-listing", "listing-cut"]


@pytest.mark.parametrize("inner", ["<x/>", "<url><x/>", "<x a='1'/>", "&x;", "</x>", "<url><loc>" + "a" * 1000])
def test_a_sitemap_of_anything_takes_no_memory(inner: str) -> None:
    """A tree of twenty megabytes of empty elements would take 700; tracemalloc does not see it, the limits do."""
    packed = gzip.compress(b"<urlset>" + inner.encode() * (500_000 // len(inner)), 1)
    file = sitemap_files.SitemapFile(packed)
    tracemalloc.start()
    assert len(list(file.entries())) <= 1
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 * 1024 * 1024


def test_a_sitemap_of_too_many_elements_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap_files, "MAX_TAGS", 10_000)
    found = discovery.sitemap(f"<urlset>{ENTRY}{'<x/>' * 100_000}{ENTRY}</urlset>".encode(), URL)
    assert len(found.links) == 1
    assert found.flaw
    assert found.flaw.reason == "listing-cut"


def feed_of(entries: str) -> bytes:
    return f"<?xml version='1.0'?><rss version='2.0'><channel>{entries}</channel></rss>".encode()


@pytest.mark.parametrize(
    ("body", "reason", "links"),
    [
        (feed_of(f"<item><link>{SITE}/a</link></item>"), "", 1),
        (feed_of(""), "", 0),
        (feed_of(f"<item><link>{SITE}/a</link></item><item>").replace(b"</channel>", b""), "broken-listing", 1),
        (b"<html><body><h1>Log in</h1></body></html>", "broken-listing", 0),
        (feed_of("".join(f"<item><link>{SITE}/{n}</link></item>" for n in range(6_000))), "listing-cut", 5_000),
        (feed_of(f"<item><link>{SITE}/a</link></item>" + "<a>b</a>" * 60_000), "listing-cut", 1),
    ],
)
def test_a_feed_says_what_is_wrong_with_it(body: bytes, reason: str, links: int) -> None:
    read = discovery.feed(body, URL)
    assert (read.flaw.reason if read.flaw else "") == reason
    assert len(read.links) == links


def test_a_section_that_is_not_read_says_so() -> None:
    assert discovery.section(SECTION, SITE, "div.card").flaw is None
    for html in ("", "<div>" * 5_000, "<p></p>" * 150_000):
        flaw = discovery.section(html, SITE, "a").flaw
        assert flaw
        assert flaw.reason == "broken-listing"


def test_links_that_nobody_wants_are_let_go() -> None:
    body = f"<urlset>{ENTRY}<url><loc>https://elsewhere.example/a</loc></url></urlset>".encode()
    assert [link.url for link in discovery.sitemap(body, URL, lambda url: SITE in url).links] == [f"{SITE}/a"]
