from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl import probe
from newscrawl.config_keys import NAME
from newscrawl.discovery import Link
from newscrawl.outlets import coded
from newscrawl.places import ZONES_OF_COUNTRIES, ZONES_OF_LANGUAGES

HOME = """<html lang="id-ID"><head><title>Berita Hari Ini - Teluk Kabar</title>
<meta property="og:site_name" content="Teluk Kabar">
<link rel="alternate" type="application/rss+xml" href="/feed/">
<link rel="alternate" type="application/rss+xml" href="/comments/feed/">
<link rel="alternate" type="application/rss+xml" href="javascript:x">
<link rel="alternate" hreflang="en" href="/en/">
</head><body><a href="/rss.xml">RSS</a><a href="https://other.example/rss.xml">RSS</a></body></html>"""


def test_a_home_page_says_name_language_and_feeds() -> None:
    said = probe.home(HOME, "https://teluk.example/")
    assert said.title == "Teluk Kabar"
    assert said.language == "id-ID"
    assert said.feeds == ("https://teluk.example/feed/", "https://teluk.example/rss.xml")


@given(st.text(max_size=500))
def test_any_text_is_a_home_page(text: str) -> None:
    probe.home(text, "https://teluk.example/")
    probe.home(f"<html><head>{text}", "https://teluk.example/")
    probe.section_links(text, "https://teluk.example/")
    probe.sitemaps(text, "https://teluk.example/")


def test_robots_name_sitemaps_news_first() -> None:
    robots = "Sitemap: /a.xml\nUSER-AGENT: *\nsitemap : https://teluk.example/news.xml\nSitemap: file:///etc/passwd\n"
    assert probe.sitemaps(robots, "https://teluk.example/") == (
        "https://teluk.example/news.xml",
        "https://teluk.example/a.xml",
    )


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<rss><channel><language>id</language>", "id"),
        (b"<rss><dc:language> en-GB </dc:language>", "en-GB"),
        (b'<feed xml:lang="pt-BR">', "pt-BR"),
        (b"<rss><language>\xff</language>", None),
        (b"", None),
    ],
)
def test_the_language_of_a_feed(body: bytes, code: str | None) -> None:
    assert probe.feed_language(body) == code


@pytest.mark.parametrize(
    ("said", "code"),
    [(["id-ID", "id", "en"], "id"), ([None, "in"], "id"), ([], ""), (["", "zz-top-x"], "zz"), (["???"], "")],
)
def test_the_language_that_most_say(said: list[str | None], code: str) -> None:
    assert probe.language(said) == code


@pytest.mark.parametrize(
    ("nation", "code", "printed", "zone"),
    [
        ("ID", "id", ["Sun, 10 May 2026 07:00:00 +0700"], "Asia/Jakarta"),
        ("ID", "id", ["2026-05-10T07:00:00+08:00"], "Asia/Makassar"),
        ("ID", "id", ["Sun, 10 May 2026 07:00:00 WIT"], "Asia/Jayapura"),
        ("ID", "id", ["2026-05-10T07:00:00Z"], "Asia/Jakarta"),
        ("US", "en", ["2026-01-10T07:00:00-08:00", "2026-07-10T07:00:00-07:00"], "America/Los_Angeles"),
        ("US", "en", ["2026-01-10T07:00:00-07:00", "2026-07-10T07:00:00-07:00"], "America/Phoenix"),
        ("GB", "en", ["2026-07-10T07:00:00+01:00", "2026-01-10T07:00:00Z"], "Europe/London"),
        ("", "de", [], "Europe/Berlin"),
        ("", "en", ["2026-01-10T07:00:00+03:00"], "Etc/GMT-3"),
        ("", "en", ["2026-01-10T07:00:00Z"], "UTC"),
        ("", "", [None, "", "yesterday", "2026-99-99T99:99:00+99:99"], "UTC"),
    ],
)
def test_the_zone(nation: str, code: str, printed: list[str | None], zone: str) -> None:
    found, why = probe.zone(nation, code, printed)
    assert found == zone
    assert why
    ZoneInfo(found)


@given(st.text(max_size=60), st.text(max_size=3), st.lists(st.none() | st.text(max_size=40), max_size=3))
def test_any_zone_that_comes_out_is_one(nation: str, code: str, printed: list[str | None]) -> None:
    ZoneInfo(probe.zone(nation, code, printed)[0])


@given(st.datetimes(), st.integers(-1439, 1439))
def test_any_printed_offset_gives_a_zone(when: object, minutes: int) -> None:
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    ZoneInfo(probe.zone("", "", [f"{str(when)[:10]}T12:00:00{sign}{hours:02}:{rest:02}"])[0])


@pytest.mark.parametrize("name", sorted({*sum(ZONES_OF_COUNTRIES.values(), ()), *sum(ZONES_OF_LANGUAGES.values(), ())}))
def test_every_zone_of_the_tables_is_one(name: str) -> None:
    ZoneInfo(name)


def test_the_tables_agree_with_the_outlets_that_have_code() -> None:
    for outlet in coded().values():
        if outlet.country in ZONES_OF_COUNTRIES:
            assert outlet.timezone in ZONES_OF_COUNTRIES[outlet.country], outlet.name


@pytest.mark.parametrize(
    ("printed", "listed", "lies"),
    [
        ("2026-05-10T13:35:00Z", "2026-05-10T13:35:00+07:00", True),
        ("2026-05-10T06:35:00Z", "2026-05-10T13:35:00+07:00", False),
        ("2026-05-10T13:35:00+07:00", "2026-05-10T13:35:00+07:00", False),
        ("2026-05-10T13:35:00Z", "2026-05-10T13:35:00Z", False),
        ("", "2026-05-10T13:35:00Z", False),
    ],
)
def test_clocks_that_lie(printed: str, listed: str, lies: bool) -> None:  # noqa: FBT001 - a table's column
    assert probe.lie_utc([Link(url="https://teluk.example/a", modified_text=listed)], [printed]) is lies


FORMS = [
    ("https://teluk.example/2026/05/1{}/kapal-masuk", r"/\d{4}/\d{2}/\d{2}/"),
    ("https://teluk.example/read/64093{}/kapal-masuk", r"/(?:[a-z]{1,3}-)?\d{5,12}(?:/|$)"),
    ("https://teluk.example/kapal-masuk-64093{}.html", r"-\d{5,12}(?:\.html?)?/?$"),
    ("https://teluk.example/kapal-{}", ""),
]


@pytest.mark.parametrize(("pattern", "form"), FORMS)
def test_the_form_of_addresses(pattern: str, form: str) -> None:
    addresses = [pattern.format(number) for number in range(6)]
    assert probe.form(addresses) == form
    assert probe.form(addresses[:2]) == ""
    assert all(re.search(form, address) for address in addresses)


def test_a_front_page_is_a_listing_where_headlines_share_a_form() -> None:
    rows = "".join(f'<a href="/read/64093{n}/kapal">Kapal nomor {n} masuk ke teluk</a>' for n in range(4))
    links, form = probe.section_links(
        f'<html><body><a href="/halaman/tentang-kami">Tentang kami semua di sini</a>{rows}</body></html>',
        "https://teluk.example/",
    )
    assert len(links) == 4
    assert form
    assert probe.section_links(f"<html><body>{rows[:140]}</body></html>", "https://teluk.example/") == ([], "")


def test_front_pages_and_other_sites_are_no_articles() -> None:
    links = [
        Link(url=f"https://{address}")
        for address in ("teluk.example/", "teluk.example/sport", "other.example/2026/a", "m.teluk.example/2026/kapal")
    ]
    assert [link.url for link in probe.articles(links, "https://teluk.example/")] == [
        "https://m.teluk.example/2026/kapal"
    ]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.teluk-kabar.example/", "teluk_kabar"),
        ("https://news.teluk.co.id/", "news_teluk_co"),
        ("https://90detik.example/", "outlet_90detik"),
        ("https://xn--80ak6aa92e.example/", "xn_80ak6aa92e"),
        ("http://[2001:db8::1]/", "outlet_2001_db8_1"),
        ("http://", "outlet"),
    ],
)
def test_a_name_from_a_host(url: str, name: str) -> None:
    assert probe.name(url, []) == name
    assert NAME.fullmatch(name)
    assert probe.name(url, [name, f"{name}_2"]) == f"{name}_3"


def test_links_are_sorted_by_what_is_printed() -> None:
    links = [
        Link(url="https://teluk.example/a"),
        Link(url="https://teluk.example/b", published_text="2026-05-10T07:00:00+07:00"),
        Link(url="https://teluk.example/c", modified_text="2026-05-11T07:00:00+07:00"),
    ]
    assert [link.url[-1] for link in probe.newest(links, 2)] == ["c", "b"]


def test_selectors_tell_what_they_meet_and_where_they_meet_nothing() -> None:
    rules = coded()["harbour_courier"].rules()
    html = '<html><body><article class="story"><h1>Gale warning</h1><time class="pub">x</time></article></body></html>'
    met = {one.name: one for one in probe.met(html, rules)}
    assert (met["title_css"].matches, met["title_css"].sample) == (1, "Gale warning")
    assert (met["body_css"].matches, met["body_css"].sample) == (0, "")
    assert all(one.matches == 0 for one in probe.met("", rules))
