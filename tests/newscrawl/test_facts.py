"""What the layers of a page say of its article: headline, writers, day, paywall, address, each with its rule."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe import Article
from newscrawl import byline, credit_lines, headline, jsonld, markup, metadata, page
from newscrawl.page import Rules
from newscrawl.said import people

URL = "https://harbour.example/news/ferry-returns"
A = "https://harbour.example/a"
SENTENCES = (
    "The old ferry crossed the bay again on Monday after three winters in the dry dock at the rope works.",
    "Its captain, Imke Dorn, counted forty passengers and one goat before she let the mooring lines go.",
    "Tickets stay at the price of the last century, because nobody found the machine that prints new ones.",
)
TEXT = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
HARBOUR_TIMES = {"@type": "Organization", "name": "Harbour Times"}


def html(head: str = "", body: str = f"<article>{TEXT}</article>", language: str = "en") -> str:
    return f"<!DOCTYPE html><html lang='{language}'><head>{head}</head>{body}</html>"


def ld(**facts: object) -> str:
    node = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "Ferry returns", **facts}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def og(title: str) -> str:
    return f'<meta property="og:type" content="article"><meta property="og:title" content="{title}">'


def read(text: str, url: str = URL, rules: Rules | None = None) -> Article:
    article = page.read(text, url, rules or Rules())
    assert isinstance(article, Article), article
    return article


PATH = "<nav><ol><li>Home</li><li><h1>Ferry back: what it means</h1></li></ol></nav>"


@pytest.mark.parametrize(
    ("head", "body", "title", "rule"),
    [
        (ld(headline="Ferry: what to know") + og("Ferry returns"), "<h1>Ferry returns</h1>", "Ferry returns", "meta"),
        (ld(headline="Ferry returns") + og("Guess what"), "<h1>Ferry returns</h1>", "Ferry returns", "json-ld"),
        (
            ld(headline="Old ferry in the bay again") + og("The ferry is in the bay"),
            "<h1>Old ferry is back in the bay at last</h1>",
            "Old ferry is back in the bay at last",
            "generic",
        ),
        (
            ld(headline="Old ferry in the bay") + og("Old ferry in the bay"),
            "<h1>Old ferry is back in the bay</h1>",
            "Old ferry in the bay",
            "json-ld",
        ),
        (ld(headline="Ferry returns") + og("Ferry’s back!"), "<h1>Harbour Times</h1>", "Ferry returns", "json-ld"),
        (ld(headline="Ferry back: what it means") + og("Ferry returns"), f"{PATH}<h2>Ferry returns</h2>",
         "Ferry returns", "meta"),
        (ld(headline="Ferry back: what it means") + og("Ferry returns"),
         f"<div data-testid=breadcrumb><div>{PATH[5:-6]}</div></div><h2>Ferry returns</h2>", "Ferry returns", "meta"),
        (ld(headline="Bay: Ferry returns") + og("Ferry returns"),
         "<h1><span>Bay</span> <b>Ferry returns</b></h1>", "Ferry returns", "meta"),
        (og("Ferry news: Old ferry returns to the pier"),
         "<h1><span class=x__overline>Bay</span> <b>Old ferry returns to the pier</b></h1>",
         "Old ferry returns to the pier", "generic"),
        (og("Old ferry returns to the pier"), "<h1>Old fer\u00adry returns to the pier</h1>",
         "Old ferry returns to the pier", "meta"),
        ("<title>Ferry returns to the old pier</title>", "<h1>Harbour Times</h1><h1>Ferry returns</h1>",
         "Ferry returns", "generic"),
        ("<title>Ferry returns to the pier | Bay</title>", f"{PATH}<h3>The ferry returns to the pier</h3>",
         "The ferry returns to the pier", "generic"),
    ],
    ids=["printed og", "printed json-ld", "printed alone", "two agree", "outlet's name", "path in nav", "path by name",
         "kicker apart", "kicker by class", "soft hyphen", "shares words", "lower heading"],
)  # fmt: skip
def test_the_headline_is_what_the_page_prints(head: str, body: str, title: str, rule: str) -> None:
    article = read(html(head, f"{body}<article>{TEXT}</article>"))
    assert (article.title, article.provenance["title"]) == (title, rule)


@given(st.lists(st.text(max_size=30), max_size=4), st.lists(st.text(max_size=30), max_size=4), st.text(max_size=30))
def test_the_chosen_title_is_one_that_was_given_or_printed(titles: list[str], printed: list[str], own: str) -> None:
    given_ = [(title, "meta") for title in titles]
    title, rule = headline.chosen(given_, printed, own, None)
    assert (not titles and not title) or title == own or any(title in one for one in (*titles, *printed))
    assert rule in {"meta", "generic", ""}


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ('<meta property="og:title" content="Ferry returns | Bay | 4.5.2026">', "Ferry returns"),
        ('<meta property="og:title" content="Ferry ret…">', "Ferry returns"),
        ('<meta property="og:title" content="Ferry returns - Harbour Times">', "Ferry returns"),
        ("<title>Ferry returns – Bay – Harbour Times</title>", "Ferry returns"),
        (ld(headline="Ferry returns | Harbour Times", publisher={"name": "Harbour Times"}), "Ferry returns"),
        ('<meta property="og:title" content="Ferry returns: a report">', "Ferry returns: a report"),
    ],
)
def test_titles_lose_what_the_site_adds(head: str, title: str) -> None:
    assert read(html(head, f"<article><h1>Ferry returns</h1>{TEXT}</article>")).title == title


@pytest.mark.parametrize(
    ("said", "standfirst"),
    [
        ("The old ferry crossed the bay again on Monday", None),
        ("After three winters the ferry …", None),
        ("After three winters the ferry is back.", "After three winters the ferry is back."),
        (SENTENCES[0], SENTENCES[0]),
        ("", None),
    ],
)
def test_a_cut_off_opening_is_no_standfirst(said: str, standfirst: str | None) -> None:
    article = read(html(ld() + f'<meta name="description" content="{said}">'))
    assert article.standfirst == standfirst
    assert ("standfirst" in article.provenance) is (standfirst is not None)


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("Ada Quill", ("Ada Quill",)),
        ("Ada Quill, Ola Marsh", ("Ada Quill", "Ola Marsh")),
        (["Ada Quill", {"@type": "Person", "name": "Ola Marsh"}], ("Ada Quill", "Ola Marsh")),
        ({"name": ["Ada Quill", "Ola Marsh"]}, ("Ada Quill", "Ola Marsh")),
        ({"givenName": "Ada", "familyName": "Quill"}, ("Ada Quill",)),
        ([{"@type": "Organization", "name": "Tide Wire"}, {"name": "Ada Quill"}], ("Tide Wire", "Ada Quill")),
        ([HARBOUR_TIMES, {"@type": "Person", "name": "Ada Quill"}], ("Ada Quill",)),
        (HARBOUR_TIMES, ("Harbour Times",)),
        ({"@type": "Person", "name": "https://harbour.example/ada"}, ()),
        ([{}, None, 7], ()),
    ],
)
def test_writers_in_json_ld(author: object, names: tuple[str, ...]) -> None:
    article = read(html(ld(author=author, publisher=HARBOUR_TIMES)))
    assert article.authors == names
    assert article.provenance.get("authors") == ("json-ld" if names else None)


@pytest.mark.parametrize(
    ("head", "names"),
    [
        ('<meta name="author" content="Ada Quill">', ("Ada Quill",)),
        ('<meta name="articleAuthor" content="Ada Quill">', ("Ada Quill",)),
        ('<meta name="twitter:misc:Written by" content="Ada Quill">', ("Ada Quill",)),
        ('<meta name="twitter:data1" content="Ada Quill"><meta name="twitter:data2" content="5 min">', ("Ada Quill",)),
        ('<meta name="twitter:data1" content="5 minutes">', ()),
        ('<meta property="article:author" content="Ada Quill"><meta property="article:author" content="Ola Marsh">',
         ("Ada Quill", "Ola Marsh")),
        ('<meta property="article:author" content="https://social.example/harbour">', ()),
    ],
)  # fmt: skip
def test_writers_in_meta_tags(head: str, names: tuple[str, ...]) -> None:
    article = read(html(ld() + head))
    assert (article.authors, article.provenance.get("authors")) == (names, "meta" if names else None)


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("<a rel='author' href=/p/1>Ada Quill</a>", ("Ada Quill",)),
        ("<span itemprop=author>Ada Quill</span>", ("Ada Quill",)),
        ("<div class='x-byline'>By Ada Quill and Ola Marsh</div>", ("Ada Quill", "Ola Marsh")),
        ("<a href=/penulis/rara>Rara Wulandari</a>", ("Rara Wulandari",)),
        ("<span class=article__author>Von Ursula Beispiel, Tideport</span>", ("Ursula Beispiel",)),
        ("<p class=author>Ada Quill, Harbour Times North</p>", ("Ada Quill",)),
        ("<ul><li class=authors__list-item>by Ada Quill</li><li class=authors__list-item>Ola Marsh</li></ul>",
         ("Ada Quill", "Ola Marsh")),
        ("<div class=author-2>Rara Wulandari</div><div><i class=author-2>Wira Tulis</i></div>", ("Rara Wulandari",)),
        ("<div class=author>Editor: Edi Torial</div><p><i class=author>Rara Wulandari</i></p>", ("Rara Wulandari",)),
        ("<p class='comment-author'>Goat Lover</p>", ()),
        ("<a rel=author>Harbour Times</a><p><a rel=author>Ola Marsh</a></p>", ()),
        ("<i class=author>Harbour Times</i><p><i class=author>Ola Marsh</i></p>", ()),
        ("<p>von Ursula Beispiel</p>", ("Ursula Beispiel",)),
        ("<p>by the way of the sea</p>", ()),
        ("<p>Oleh: Rara Wulandari</p>", ("Rara Wulandari",)),
        ("<p>Ada Quill/Ola Marsh</p>", ("Ada Quill", "Ola Marsh")),
        ("<p>Tideport Harbour</p>", ()),
    ],
)  # fmt: skip
def test_writers_where_pages_print_them(body: str, names: tuple[str, ...]) -> None:
    long = f"<p>{' '.join(SENTENCES)}</p>"
    head = ld(publisher=HARBOUR_TIMES)
    article = read(html(head, f"<h1>Ferry returns</h1>{body}<article>{long}{TEXT}</article>"))
    assert (article.authors, article.provenance.get("authors")) == (names, "generic" if names else None)


EDITED = "Editor : <a href='/author/1' title='Edi Torial'>Edi Torial</a>"


@pytest.mark.parametrize(
    ("printed", "names", "rule"),
    [
        (f"<div class=author>Wira Tulis</div><div>{EDITED}</div>", ("Wira Tulis",), "generic"),
        (f"<p>Penulis: Wira Tulis</p><div>{EDITED}</div>", ("Wira Tulis",), "generic"),
        ("<p>Penulis: Wira Tulis</p><p><b>Redaktur</b>: Edi Torial</p>", ("Wira Tulis",), "generic"),
        (f"<div>{EDITED}</div>", ("Edi Torial",), "json-ld"),
        ("<div class=author>Wira Tulis</div><p>Editorial: Edi Torial</p>", ("Edi Torial",), "json-ld"),
    ],
)
def test_the_writer_wins_over_whom_the_page_prints_as_editor(printed: str, names: tuple[str, ...], rule: str) -> None:
    body = f"<h1>Ferry returns</h1>{printed}<main>{TEXT}</main>"
    for language in ("id", "ms", ""):
        article = read(html(ld(author={"name": "Edi Torial"}), body, language))
        assert (article.authors, article.provenance["authors"]) == (names, rule)
    assert read(html(ld(author={"name": "Edi Torial"}), body, "en")).authors == ("Edi Torial",)


def test_writer_in_meta_wins_over_editor_in_json_ld() -> None:
    head = ld(author={"name": "Edi Torial"}) + '<meta name="content_author" content="Wira Tulis">'
    assert read(html(head)).authors == ("Wira Tulis",)


def test_outlet_stands_as_author_only_where_nobody_else_does() -> None:
    publisher = HARBOUR_TIMES
    head = ld(author=publisher, publisher=publisher)
    assert read(html(head)).authors == ("Harbour Times",)
    assert read(html(head, f'<a rel="author">Ada Quill</a><article>{TEXT}</article>')).authors == ("Ada Quill",)


def test_a_text_signed_at_its_opening_names_the_writer_and_loses_the_line() -> None:
    publisher = HARBOUR_TIMES
    head = ld(author=publisher, publisher=publisher)
    rules = Rules(body_css="main")
    article = read(html(head, f"<main><p>By Ada Quill</p>{TEXT}</main>"), rules=rules)
    assert (article.authors, article.body) == (("Ada Quill",), "\n".join(SENTENCES))
    article = read(html(head, f"<main>{TEXT}<p>Ada Quill</p></main>"), rules=rules)
    assert article.authors == ("Ada Quill",)


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("By Rara Wulandari | Harbour Times", ("Rara Wulandari",)),
        ("Oleh: Bagas Prayoga, Sari Lestari dan Wira Tulis", ("Bagas Prayoga", "Sari Lestari", "Wira Tulis")),
        ("Von Ursula Beispiel", ("Ursula Beispiel",)),
        ("Von Trapp", ("Von Trapp",)),
        ("Ada Quill (aqu)", ("Ada Quill",)),
        ("By Ada Quill, Local reporter", ("Ada Quill",)),
        ("By Ada Quill | Outlet.example", ("Ada Quill",)),
        ("Ada Quill - Harbour Times", ("Ada Quill",)),
        ("By Ada Quill and Ola Marsh", ("Ada Quill", "Ola Marsh")),
        ("By Ada Quill, in News, Sea", ("Ada Quill",)),
        ("Ada Quill, Image: Harbour Pictures", ("Ada Quill",)),
        ("von Ursula Beispiel", ("Ursula Beispiel",)),
        ("Von: Ursula Beispiel", ("Ursula Beispiel",)),
        ("Text: Ursula Beispiel", ("Ursula Beispiel",)),
        ("Redaktion Tideport", ("Redaktion Tideport",)),
        ("By Ada Quill, Tideport", ("Ada Quill",)),
        ("Oleh Rara Wulandari, Suparjo", ("Rara Wulandari", "Suparjo")),
        ("By Ada Quill, Harbour Times North", ("Ada Quill",)),
        ("Penulis: Rara Wulandari | Editor: Edi Torial", ("Rara Wulandari",)),
        ("Rara Wulandari Editor: Edi Torial", ("Rara Wulandari",)),
        ("Reporting by Ada Quill; Editing by Edi Torial", ("Ada Quill",)),
        ("Editor: Edi Torial", ("Edi Torial",)),
        ("Ada Quill, Photos: Ola Marsh", ("Ada Quill",)),
        ("Staff Reporter", ("Staff Reporter",)),
        ("Outlet.example", ("Outlet.example",)),
        ("ada@harbour.example", ()),
        ("Admin", ()),
        ("https://harbour.example/ada", ()),
    ],
)
def test_names_in_bylines(printed: str, names: tuple[str, ...]) -> None:
    assert people([printed], besides="Harbour Times") == names


@pytest.mark.parametrize("name", ["Ada ", "Ada/", "Editor: ", "By ", "A, ", "<a>", "Editor : <b>"])
def test_endless_bylines_are_survived(name: str) -> None:
    people([name * 20_000])
    byline.signature([name * 20_000, "x" * 200])
    jsonld.read(html(ld(author="Ada")) + name * 20_000)
    headline.kicker_of(markup.parse(f"<h1>{'<b>' * 200}{name * 200}</h1>"))


@pytest.mark.parametrize(
    ("body", "printed"),
    [
        ("<time datetime='2026-05-04T08:00Z'>4 hours ago</time>", "2026-05-04T08:00Z"),
        ("<span itemprop=datePublished content='2026-05-04'>Monday</span>", "2026-05-04"),
        ("<p>4 May 2026</p>", "4 May 2026"),
        ("<p><b>Imke Dorn</b> | 04.05.2026 - 10:00</p>", "Imke Dorn | 04.05.2026 - 10:00"),
        ("<p>Monday</p>", None),
    ],
)
def test_dates_beside_the_headline(body: str, printed: str | None) -> None:
    clock = "<time datetime='2026-09-09'></time><div></div><div></div>"
    late = f"<main>{TEXT}</main>{'<div></div>' * 9}<time datetime='2020-01-01'></time>"
    with_others = read(html(ld(), f"{clock}<h1>Ferry returns</h1>{body}{late if printed else TEXT}"))
    alone = read(html(ld(), f"<h1>Ferry returns</h1>{body}<main>{TEXT}</main>"))
    assert alone.published_text == printed
    if "<p>" not in body:
        assert with_others.published_text == printed


@pytest.mark.parametrize(
    ("caption", "credit"),
    [
        ("Panen raya. (Dok. Pemkot Arunika)", "Dok. Pemkot Arunika"),
        ("Panen raya. (Dok.Pemkot Arunika)", "Dok.Pemkot Arunika"),
        ("Panen raya. Foto: Wira Tulis", "Wira Tulis"),
        ("Panen raya (Foto: Wira Tulis).", "Wira Tulis"),
        ("Panen raya. ANTARA FOTO/Wira Tulis", "ANTARA FOTO/Wira Tulis"),
        ("Panen raya. Wira Tulis/Antara", "Wira Tulis/Antara"),
        ("Harvest. Photo: Ada Quill/AFP", "Ada Quill/AFP"),
        ("Harvest. © Ada Quill", "© Ada Quill"),
        ("Panen raya. (WARTA.com/WIRA TULIS)", "WARTA.com/WIRA TULIS"),
        ("Foto: Panen raya di tepi danau (Wira Tulis/wartacom)", "Wira Tulis/wartacom"),
        ("Boats at rest — Picture by Ada Quill", "Ada Quill"),
        ("Harga naik (Rp 5.000/kg)", None),
        ("Panen raya, Senin (4/5/2026)", None),
        (None, None),
    ],
)
def test_credits_in_captions(caption: str | None, credit: str | None) -> None:
    assert credit_lines.of_caption(caption) == (caption, credit)


@pytest.mark.parametrize(
    ("lines", "credit", "source"),
    [
        (["Warga lega. (Antara)"], None, "Antara"),
        (["Warga lega. (ANTARA) (*)"], None, "ANTARA"),
        (["Warga lega.", "Sumber: Humas Arunika"], None, "Humas Arunika"),
        (["Warga lega. (Antara/wtl)"], None, "Antara/wtl"),
        (["LONDON (Reuters) - The ferry is back.", "a", "b", "c"], None, "Reuters"),
        (["Manila, 4 May (AFP) — The ferry is back.", "a", "b", "c"], None, "AFP"),
        (["BERLIN (dpa/tid) - Die Fähre ist zurück.", "a", "b", "c"], None, "dpa/tid"),
        (["Standfirst.", "Jakarta (ANTARA) - Kapal kembali.", "b", "c"], None, "ANTARA"),
        (["AFP - Le bac est revenu.", "a", "b", "c"], None, "AFP"),
        (["KOMPAS.com - Kapal kembali.", "a", "b", "c"], None, None),
        (["TIDEPORT (Harbour Times) - The ferry is back.", "a", "b", "c"], None, None),
        (["Kapal (antara lain feri) - kembali.", "a", "b", "c"], None, None),
        (["Warga lega."], "Dok. Pemkot Arunika", "Pemkot Arunika"),
        (["Warga lega (semua)."], "Wira Tulis", None),
        ([], None, None),
    ],
)
def test_sources_of_texts(lines: list[str], credit: str | None, source: str | None) -> None:
    assert credit_lines.of_text(lines, credit) == source


def test_a_wires_own_dateline_is_no_credit() -> None:
    lines = ["Jakarta (ANTARA) - Kapal kembali.", "a", "b", "c"]
    assert credit_lines.of_text(lines, own="Antara News") is None
    assert credit_lines.of_text(lines, own="Harbour Times") == "ANTARA"


PART = {"@type": "WebPageElement", "isAccessibleForFree": "False", "cssSelector": ".wall"}


@pytest.mark.parametrize(
    ("facts", "free"),
    [
        ({"isAccessibleForFree": True}, True),
        ({"isAccessibleForFree": False}, False),
        ({"isAccessibleForFree": "False"}, False),
        ({"isAccessibleForFree": "false"}, False),
        ({"isAccessibleForFree": "http://schema.org/True"}, True),
        ({"isAccessibleForFree": ["False"]}, False),
        ({"isAccessibleForFree": 0}, False),
        ({"isAccessibleForFree": "maybe"}, None),
        ({"isAccessibleForFree": None}, None),
        ({"hasPart": PART}, False),
        ({"hasPart": [{"@type": "WebPageElement"}, PART]}, False),
        ({"isAccessibleForFree": True, "hasPart": PART}, True),
        ({"hasPart": {"isAccessibleForFree": True}}, None),
        ({"hasPart": ["x", None, 7]}, None),
    ],
)
def test_paywall_in_json_ld(facts: dict[str, Any], free: bool | None) -> None:  # noqa: FBT001  an expected value
    article = read(html(ld(**facts)))
    assert (article.is_free, article.provenance.get("is_free")) == (free, None if free is None else "json-ld")


@pytest.mark.parametrize(
    ("name", "content", "free"),
    [
        ("article:content_tier", "free", True),
        ("article:content_tier", "Metered", False),
        ("og:article:content_tier", "locked", False),
        ("isAccessibleForFree", "false", False),
        ("paywall", "true", False),
        ("cXenseParse:ispremium", "false", True),
        ("cXenseParse:har-article_ispaidcontent", "true", False),
        ("k5a:paid", "1", False),
        ("adv:premium", "no", True),
        ("subscription", "yes", False),
        ("paywall:mode", "1", None),
        ("newsletter:subscription:list", "yes", None),
        ("premium", "gold", None),
    ],
)
def test_paywall_in_meta_tags(name: str, content: str, free: bool | None) -> None:  # noqa: FBT001  an expected value
    article = read(html(ld() + f'<meta name="{name}" content="{content}">'))
    assert (article.is_free, article.provenance.get("is_free")) == (free, None if free is None else "meta")


@pytest.mark.parametrize(
    ("declared", "language"),
    [
        ("id-ID", "id"),
        ("in", "id"),
        ("en_US", "en"),
        ("Indonesian", "id"),
        ("x", None),
        ("", None),
        (None, None),
    ],
)
def test_language_tags(declared: str | None, language: str | None) -> None:
    assert metadata.language(declared) == language


def test_language_comes_from_the_text_where_the_page_is_silent_or_contradicts_itself() -> None:
    assert read(html(ld(), language="")).language == "en"
    assert read(html(ld(inLanguage="en-GB"), language="id")).language == "en"


@pytest.mark.parametrize(
    ("canonical", "url"),
    [
        ("/news/ferry-returns?utm_source=x", URL),
        ("https://elsewhere.example/a", URL),
        ("https://harbour.example/", URL),
        ("http://[", URL),
    ],
)
def test_canonical_link_counts_only_for_a_page_of_the_same_site(canonical: str, url: str) -> None:
    assert read(html(ld() + f'<link rel="canonical" href="{canonical}">')).url == url


@pytest.mark.parametrize(
    "asked",
    [
        f"{URL}/amp",
        f"{URL}?amp=1",
        f"{URL}?outputType=amp",
        "https://m.harbour.example/news/ferry-returns",
        "https://amp.harbour.example/news/ferry-returns",
        "https://harbour-example.cdn.ampproject.org/c/s/harbour.example/news/ferry-returns/amp",
    ],
)
def test_an_amp_or_mobile_page_is_kept_under_its_canonical_link(asked: str) -> None:
    article = read(html(ld() + f'<link rel="canonical" href="{URL}">'), asked)
    assert article.url == URL
    assert {asked, URL} <= set(article.addresses)


@pytest.mark.parametrize(
    ("links", "url"),
    [
        ('<link rel="amphtml" href="/amp/news/ferry-returns"><link rel="canonical" href="/news/ferry">',
         "https://harbour.example/news/ferry"),
        ('<link rel="amphtml" href="https://amp.harbour.example/news/ferry">', URL),
        ('<link rel="canonical" href="/news/guitar-amp-shop">', "https://harbour.example/news/guitar-amp-shop"),
        ('<link rel="canonical" href="//m.harbour.example/news/ferry-returns">',
         "https://m.harbour.example/news/ferry-returns"),
        ('<link rel="canonical" href="/berita%20utama/ferry?utm_source=x">',
         "https://harbour.example/berita-utama/ferry"),
    ],
)  # fmt: skip
def test_which_link_is_the_articles_address(links: str, url: str) -> None:
    assert read(html(ld() + links)).url == url


DECLARED = {"json-ld": ld(headline="Ferry returns", description="The ferry is back.", author="Ada Quill",
                          datePublished="2026-05-04", dateModified="2026-05-05", articleSection="Sea",
                          keywords="ferry", image="https://harbour.example/f.jpg", isAccessibleForFree=True),
            "meta": og("Ferry returns") + "".join(
                f'<meta name="{name}" content="{content}">' for name, content in {
                    "description": "The ferry is back.", "author": "Ada Quill", "article:section": "Sea",
                    "article:published_time": "2026-05-04", "article:modified_time": "2026-05-05",
                    "keywords": "ferry", "og:image": "/f.jpg", "article:content_tier": "free"}.items())}  # fmt: skip
FIELDS = (
    "title",
    "standfirst",
    "authors",
    "published_text",
    "modified_text",
    "section",
    "tags",
    "image_url",
    "is_free",
)


@pytest.mark.parametrize("rule", ["json-ld", "meta"])
def test_every_field_says_the_layer_that_gave_it(rule: str) -> None:
    article = read(html(DECLARED[rule]))
    assert {field: article.provenance.get(field) for field in FIELDS} == dict.fromkeys(FIELDS, rule)
    both = read(html(DECLARED["meta"] + DECLARED["json-ld"]))
    assert {field: both.provenance.get(field) for field in FIELDS} == dict.fromkeys(FIELDS, "json-ld")


def test_what_only_the_visible_page_says_is_generic() -> None:
    shown = "<h1>Ferry returns</h1><a rel=author>Ada Quill</a><time>2026-05-04</time><img src=/f.jpg>"
    article = read(html("", f"<article>{shown}{TEXT}</article>", language=""))
    fields = ("title", "authors", "published_text", "image_url", "language", "body")
    assert {field: article.provenance.get(field) for field in fields} == dict.fromkeys(fields, "generic")
    assert article.provenance["url"] == "given"


@pytest.mark.parametrize(
    "block",
    [
        "[" * 100_000,
        '{"a":' * 50_000,
        "1" * 10_000,
        '{"@type": "NewsArticle", "author": [[[[{"name": {"name": 1}}]]]], "image": [], "keywords": {}}',
        '{"@type": ["NewsArticle", 7], "headline": ["x", null], "author": 3, "publisher": [null]}',
        '{"@graph": [{"@id": "#a", "author": {"@id": "#a"}}, {"@type": "Article", "author": {"@id": "#a"}}]}',
    ],
    ids=lambda block: block[:20],
)
def test_json_ld_of_any_shape_is_survived(block: str) -> None:
    read(html(f'<meta property="og:title" content="T"><script type="application/ld+json">{block}</script>'))


OWN_NODE = {"@type": "NewsArticle", "headline": "Own", "url": f"{URL}?x=1"}


@pytest.mark.parametrize(
    ("block", "title"),
    [
        ('{"@type": "WebPage", "name": "Page"} ', "Page"),
        (
            '[{"@type": "WebPage", "name": "Page"}, {"@type": "ReportageNewsArticle", "headline": "News"}]',
            "News",
        ),
        (
            '{"@graph": [{"@type": "WebPage"}, {"@type": ["Article", "NewsArticle"], "headline": "News"}]}',
            "News",
        ),
        (
            '{"@type": "NewsArticle", "headline": "Tab\there \\ud83d & &amp; \\u0000<b>bold</b>",}',
            "Tab here & & bold",
        ),
        ('<!-- {"@type": "NewsArticle", "headline": "Wrapped"} -->', "Wrapped"),
        ('//<![CDATA[\n{"@type": "NewsArticle", "headline": "Wrapped"}\n//]]>', "Wrapped"),
        ('{"@type": "NewsArticle", "headline": "Kept", "description": "un"escaped"}', "Kept"),
        ('{"@type": "ItemList", "itemListElement": [{"@type": "NewsArticle", "headline": "Other"}]}', None),
        (json.dumps([{"@type": "NewsArticle", "headline": "Other", "url": A}, OWN_NODE]), "Own"),
    ],
    ids=range(9),
)
def test_json_ld_gives_the_headline_of_the_pages_own_article(block: str, title: str | None) -> None:
    assert jsonld.read(f'<script type="application/ld+json">{block}</script>', [URL]).title == title


def test_json_ld_that_is_never_closed_ends_the_search() -> None:
    opening = '<script type="application/ld+json">'
    assert jsonld.blocks(f"{opening}1</SCRIPT>{opening}2</script >{opening * 20_000}") == ["1", "2"]
