from __future__ import annotations

import gzip
import importlib
import json
import re
import shutil
import subprocess
import sys
import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest
from lxml import etree
from protego import Protego

from dedupe import Article, Reject
from newscrawl import clean, discovery, page, urls
from newscrawl.demo.events import MalformedEventError, demo_root
from newscrawl.demo.server import DemoServer, loopback
from newscrawl.demo.web import DemoWeb, build, gold_lines, hosts
from newscrawl.languages import load
from newscrawl.outlet import Outlet

ROOT = Path(__file__).parents[2] / "data" / "demo"
OUTLETS = (
    "ellery_ledger",
    "harbour_courier",
    "harian_muara",
    "kabar_lestari",
    "pantau_nusa",
    "pesisir",
    "suara_bukit",
    "warta_sagara",
)
WEB = build(ROOT)


def spider(name: str) -> type[Outlet]:
    module = importlib.import_module(f"newscrawl.spiders.{name}")
    return next(cls for cls in vars(module).values() if isinstance(cls, type) and cls.__module__ == module.__name__)


def body_at(url: str) -> bytes:
    host, _, path = url.removeprefix("http://").partition("/")
    found = WEB.page(host, f"/{path}")
    assert found is not None, f"the demo serves nothing at {url}"
    return found.body


def html_at(url: str) -> str:
    host, _, path = url.removeprefix("http://").partition("/")
    found = WEB.page(host, f"/{path}")
    assert found is not None, f"the demo serves nothing at {url}"
    return page.decode(found.body, found.content_type)


def announced(outlet: type[Outlet]) -> set[str]:
    """Canonical addresses of what the outlet's listings announce in the shape of an article."""
    links = [link for url in outlet.feeds for link in discovery.feed(body_at(url), url).links]
    for url in (*outlet.sitemaps, *outlet.news_sitemaps):
        found = discovery.sitemap(body_at(url), url)
        nested = [(part, discovery.sitemap(body_at(part), part)) for part in found.sitemaps]
        links += [*found.links, *(link for _, part in nested for link in part.links)]
    for url in outlet.sections:
        links += discovery.section(html_at(url), url, outlet.link_css).links
    return {
        urls.canonical(link.url)
        for link in links
        if urls.same_site(link.url, outlet.homepage) and re.search(outlet.article_url, link.url)
    }


def robots(outlet: type[Outlet]) -> Protego:
    return Protego.parse(body_at(f"{outlet.homepage}robots.txt").decode())


def addresses(name: str) -> set[str]:
    return {article.url for article in WEB.articles if article.outlet == name}


# The files


def test_every_event_of_the_readme_is_written() -> None:
    rows = [
        line.strip("|").split("|") for line in (ROOT / "README.md").read_text().splitlines() if line.startswith("|")
    ]
    table = {cells[0].strip(): cells[3].strip() for cells in rows if len(cells) == 4 and "-" in cells[0].strip(" -")}
    told = defaultdict(set)
    for article in WEB.articles:
        told[article.event].add(article.outlet)
    assert {event: set(outlets.split(", ")) for event, outlets in table.items()} == dict(told)


def test_the_outlets_are_those_of_the_spiders() -> None:
    assert tuple(WEB.outlets) == OUTLETS
    assert {outlet.host for outlet in WEB.outlets.values()} == hosts(ROOT) == WEB.hosts
    for name in OUTLETS:
        assert spider(name).name == name
        assert spider(name).homepage == f"{WEB.outlets[name].home}/"


def test_the_gold_file_is_up_to_date() -> None:
    assert (ROOT / "stories.jsonl").read_text() == gold_lines(WEB), "run: python -m newscrawl.demo.web"
    assert [json.loads(line) for line in gold_lines(WEB).splitlines()] == WEB.gold()


def test_no_sentence_stands_in_two_stories() -> None:
    stories = defaultdict(set)
    for article in WEB.articles:
        for sentence in re.split(r"(?<=[.!?])[”\"]?\s+", clean.text(article.body.replace("\n", " "))):
            words = re.findall(r"\w+", sentence.lower())
            if len(words) >= 6:
                stories[" ".join(words)].add(article.event)
    assert not {sentence: events for sentence, events in stories.items() if len(events) > 1}


def test_texts_hold_no_markup_and_no_placeholder() -> None:
    odd = [(a.event, a.outlet) for a in WEB.articles if re.search(r"</?[a-z]+[ >/]|\{\w+\}", a.body + a.title)]
    assert odd == []


def test_the_demo_is_found_without_being_told() -> None:
    assert demo_root() == ROOT
    assert build().gold() == WEB.gold()


MALFORMED = [
    ('event = "x"', 'event = "y"', "event is 'y'"),
    ('about = "A test."', "", "about is missing"),
    ('outlet = "pesisir"', 'outlet = "nowhere"', "article 1: outlet 'nowhere' is none of"),
    ('slug = "a-b"', 'slug = "A b"', "article 1: slug 'A b'"),
    ('slug = "a-b"', "slug = 3", "article 1: slug must be a text"),
    ('title = "T"', 'title = " "', "article 1: title must be a text"),
    ('title = "T"', 'titel = "T"', "article 1: titel is no key of an article"),
    (
        "published = 2026-05-06T09:40:00+07:00",
        "published = 2026-05-06T09:40:00",
        "article 1: published must be",
    ),
    ("published = 2026-05-06T09:40:00+07:00", "published = 2026-05-06", "article 1: published must be"),
    ("pages = [1, 1]", "pages = [1, 2]", "article 1: pages adds up to 3, but the body has 2 entries"),
    ("pages = [1, 1]", 'pages = "2"', "article 1: pages must be a list of counts"),
    ("pages = [1, 1]", "pages = [2, 0]", "article 1: pages must be a list of counts"),
    ("pages = [1, 1]", 'tags = "a"', "article 1: tags must be a list of texts"),
    ("[[article]]", "[article", "not TOML in UTF-8"),
    ("[[article]]", "", "article is missing"),
]
EVENT = '''event = "x"
about = "A test."
[[article]]
outlet = "pesisir"
slug = "a-b"
section = "s"
title = "T"
published = 2026-05-06T09:40:00+07:00
pages = [1, 1]
body = """
One.

Two.
"""
'''


@pytest.fixture
def other_demo(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "outlets", tmp_path / "outlets")
    (tmp_path / "events").mkdir()
    return tmp_path


@pytest.mark.parametrize(("old", "new", "message"), MALFORMED)
def test_a_malformed_event_is_named_with_file_and_key(other_demo: Path, old: str, new: str, message: str) -> None:
    assert old in EVENT
    changed = EVENT.replace(old, new)
    if message == "article is missing":
        changed = changed.split("\n\n")[0].partition("outlet")[0]
    (other_demo / "events" / "x.toml").write_text(changed)
    with pytest.raises(MalformedEventError, match=re.escape(message)) as error:
        build(other_demo)
    assert "x.toml" in str(error.value)


def test_a_slug_stands_once_in_an_outlet(other_demo: Path) -> None:
    (other_demo / "events" / "x.toml").write_text(EVENT)
    (other_demo / "events" / "y.toml").write_text(EVENT.replace('event = "x"', 'event = "y"'))
    with pytest.raises(MalformedEventError, match="y: slug 'a-b' of pesisir stands in x too"):
        build(other_demo)


def test_a_folder_without_outlets_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MalformedEventError, match=re.escape("no <outlet>/outlet.toml found")):
        build(tmp_path)


@pytest.mark.parametrize("name", OUTLETS)
def test_texts_are_escaped_everywhere(other_demo: Path, name: str) -> None:
    hostile = "<script>alert(1)</script> & 'x' ]]> </script><b>"
    text = EVENT.replace('"pesisir"', f'"{name}"').replace('"T"', f'"{hostile}"').replace("One.", hostile)
    extra = "".join(
        f'{key} = "{hostile}"\n' for key in ("author", "editor", "caption", "credit", "dateline", "standfirst")
    )
    text = text.replace("[[article]]\n", f'[[article]]\n{extra}tags = ["{hostile}"]\nrelated = ["{hostile}"]\n')
    (other_demo / "events" / "x.toml").write_text(text)
    for (_, target), sent in build(other_demo).pages.items():
        if sent.content_type.startswith("text/html"):
            assert b"<script>alert" not in sent.body, target
            assert b"</script><b>" not in sent.body, target
        elif "xml" in sent.content_type:
            etree.fromstring(sent.body)


# The pages


@pytest.mark.parametrize("name", OUTLETS)
def test_every_article_is_reached_by_its_outlets_own_listings(name: str) -> None:
    assert not addresses(name) - announced(spider(name))


@pytest.mark.parametrize("name", OUTLETS)
def test_listings_also_lead_to_pages_that_are_no_articles(name: str) -> None:
    outlet = spider(name)
    allowed = [url for url in announced(outlet) - addresses(name) if robots(outlet).can_fetch(url, "newscrawl")]
    assert allowed
    for url in allowed:
        assert isinstance(page.read(html_at(url), url, outlet.rules()), Reject), url


def test_pages_that_are_no_articles_are_of_several_kinds() -> None:
    reasons = Counter()
    for name in OUTLETS:
        for url in announced(spider(name)) - addresses(name):
            read = page.read(html_at(url), url, spider(name).rules())
            reasons[read.reason if isinstance(read, Reject) else "article"] += 1
    assert {"soft-404", "login-wall", "not-an-article", "no-text"} <= set(reasons)
    templates = {own.template for outlet in WEB.outlets.values() for own in outlet.pages}
    assert len({"galeri.html", "masuk.html", "hilang.html", "topik.html", "video.html", "about.html"} & templates) == 6


@pytest.mark.parametrize("name", OUTLETS)
def test_robots_txt_closes_an_announced_page_and_no_article(name: str) -> None:
    outlet = spider(name)
    rules = robots(outlet)
    assert all(rules.can_fetch(url, "newscrawl") for url in addresses(name))
    assert [url for url in announced(outlet) if not rules.can_fetch(url, "newscrawl")]


def test_one_outlet_asks_for_a_crawl_delay() -> None:
    delays = {name: robots(spider(name)).crawl_delay("newscrawl") for name in OUTLETS}
    assert {name: delay for name, delay in delays.items() if delay} == {"pesisir": 0.2}


def read_whole(url: str, outlet: type[Outlet]) -> Article:
    """The article at `url`, every page of it, as the crawler joins them."""
    parts: list[Article] = []
    onward: str | None = url
    while onward and not any(onward in part.addresses for part in parts):
        read = page.read(html_at(onward), onward, outlet.rules())
        assert isinstance(read, Article), read
        parts.append(read)
        onward = page.next_page(html_at(onward), onward, outlet.rules())
    return page.join(parts)


@pytest.mark.parametrize("name", OUTLETS)
def test_every_article_is_read_whole_and_without_furniture(name: str) -> None:
    outlet = spider(name)
    for article in WEB.articles:
        if article.outlet != name:
            continue
        read = read_whole(article.url, outlet)
        kept, _ = clean.body(
            read.body.split("\n"),
            language=load(outlet.language or ""),
            outlet_title=outlet.title,
            caption=read.image_caption,
        )
        printed = [re.sub(r" \([^()]+\)$|^(?:Sumber|Source): .+$", "", line) for line in kept]
        assert read.url == article.url
        assert read.title == clean.text(article.title)
        assert [line for line in printed if line] == [
            re.sub(r" \([^()]+\)$", "", clean.text(block.text)) for block in article.blocks
        ]
        assert read.page_count == len(article.page_sizes)


def test_the_pages_of_an_article_hold_its_blocks_in_order() -> None:
    paginated = [article for article in WEB.articles if len(article.page_sizes) > 1]
    assert paginated
    for article in paginated:
        assert [block for part in article.parts() for block in part] == list(article.blocks)
        assert (article.host, f"{article.path}?page={len(article.page_sizes)}") in WEB.pages
        assert (article.host, f"{article.path}?page={len(article.page_sizes) + 1}") not in WEB.pages


def test_an_unknown_query_is_ignored() -> None:
    article = WEB.articles[0]
    assert WEB.page(article.host, f"{article.path}?utm_source=rss") is WEB.page(article.host, article.path)
    assert WEB.page(article.host, "/nothing?utm_source=rss") is None


def test_some_pages_are_sent_otherwise_than_they_say() -> None:
    sent = {outlet.name: {dirt.event for dirt in outlet.dirt} for outlet in WEB.outlets.values() if outlet.dirt}
    assert set(sent) == {"harian_muara", "suara_bukit", "ellery_ledger"}
    raw = {
        article.outlet: WEB.pages[article.host, article.path].body
        for article in WEB.articles
        if article.event in sent.get(article.outlet, ())
    }
    with pytest.raises(UnicodeDecodeError):
        raw["harian_muara"].decode()
    assert raw["suara_bukit"].startswith(b"\xef\xbb\xbf")


# The server


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with DemoServer(WEB) as running:
        yield running


def ask(server: DemoServer, host: str, target: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection(server.address, timeout=10)
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, target, headers={"Host": host, **sent})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


def test_it_answers_by_host(server: DemoServer) -> None:
    kabar, warta = (ask(server, host, "/")[1] for host in ("kabarlestari.example", "WartaSagara.example:80"))
    assert b"Kabar Lestari" in kabar
    assert b"Warta Sagara" in warta
    assert server.requests[-2:] == [("kabarlestari.example", "/"), ("wartasagara.example", "/")]


@pytest.mark.parametrize("host", ["kabarlestari.example", "unknown.example", "127.0.0.1", ""])
def test_it_answers_404_with_a_body(server: DemoServer, host: str) -> None:
    response, body = ask(server, host, "/nothing-here")
    assert response.status == 404
    assert b"404" in body


def test_head_has_no_body(server: DemoServer) -> None:
    response, body = ask(server, "pesisir.example", "/", "HEAD")
    assert (response.status, body) == (200, b"")
    assert int(response.headers["Content-Length"]) > 1000


def test_it_packs_when_asked(server: DemoServer) -> None:
    plain = ask(server, "pesisir.example", "/")
    packed = ask(server, "pesisir.example", "/", Accept_Encoding="gzip, br")
    assert plain[0].headers["Content-Encoding"] is None
    assert packed[0].headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed[1]) == plain[1]
    assert len(packed[1]) < len(plain[1])


@pytest.mark.parametrize(("ours", "theirs"), [("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")])
def test_it_answers_304_to_who_has_the_page(server: DemoServer, ours: str, theirs: str) -> None:
    article = WEB.articles[0]
    first, _ = ask(server, article.host, article.path)
    again, body = ask(server, article.host, article.path, **{ours: first.headers[theirs]})
    assert (first.status, again.status, body) == (200, 304, b"")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("If-None-Match", '"other"'),
        ("If-Modified-Since", "Mon, 01 Jan 2024 00:00:00 GMT"),
        ("If-Modified-Since", "x"),
    ],
)
def test_it_answers_200_to_who_has_another_version(server: DemoServer, name: str, value: str) -> None:
    article = WEB.articles[0]
    assert ask(server, article.host, article.path, **{name: value})[0].status == 200


@pytest.mark.parametrize(
    "host",
    [
        "0.0.0.0",  # noqa: S104  # refused, which is what is tested
        "192.0.2.1",
        "10.0.0.1",
        "255.255.255.255",
        "localhost",
        "::",
        "::1",
    ],
)
def test_it_binds_loopback_only(host: str) -> None:
    with pytest.raises(ValueError, match=re.escape(host)):
        DemoServer(WEB, host=host)
    assert loopback("127.0.0.1") == "127.0.0.1"


def test_it_waits_when_told_to(server: DemoServer, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("newscrawl.demo.server.time.sleep", waited.append)
    server.delay = 0.25
    ask(server, "pesisir.example", "/")
    server.delay = 0.0
    ask(server, "pesisir.example", "/")
    assert waited == [0.25]


CRAWL = """
import json, sys
import scrapy
from scrapy.crawler import CrawlerProcess

class Probe(scrapy.Spider):
    name = "probe"
    async def start(self):
        for url in json.loads(sys.argv[2]):
            yield scrapy.Request(url, callback=self.seen, errback=self.failed)
    def seen(self, response):
        print(json.dumps([response.url, response.status, response.css("title::text").get()]))
    def failed(self, failure):
        print(json.dumps([failure.request.url, 0, failure.getErrorMessage()]))

handler = "newscrawl.demo.server.DemoHandler"
process = CrawlerProcess({
    "DOWNLOAD_HANDLERS": {"http": handler, "https": handler, "ftp": None, "s3": None},
    "TWISTED_DNS_RESOLVER": "newscrawl.fetching.GuardedResolver",
    "DEMO_WEB": sys.argv[1] or None, "ROBOTSTXT_OBEY": True, "LOG_ENABLED": False, "RETRY_ENABLED": False,
    "HTTPERROR_ALLOW_ALL": True, "TELNETCONSOLE_ENABLED": False, "REMOTE_CONTROL_ENABLED": False,
})
process.crawl(Probe)
process.start()
"""


def crawl(demo_web: str, asked: list[str]) -> dict[str, tuple[int, str]]:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(CRAWL), demo_web, json.dumps(asked)],
        cwd=ROOT.parents[1],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return {url: (status, said) for url, status, said in map(json.loads, done.stdout.splitlines())}


def test_scrapy_is_led_to_the_demo_server(server: DemoServer) -> None:
    closed = "http://pesisir.example/berita/640933/embargo-naskah-pelanggan"
    asked = [
        "http://kabarlestari.example/redaksi",
        "http://elleryledger.example/none",
        "http://other.invalid/",
        closed,
    ]
    before = len(server.requests)
    seen = crawl(server.address, asked)
    assert seen["http://kabarlestari.example/redaksi"] == (200, "Redaksi - Kabar Lestari")
    assert seen["http://elleryledger.example/none"][0] == 404
    assert seen["http://other.invalid/"][0] == 0
    assert seen[closed][0] == 0
    served = server.requests[before:]
    assert ("pesisir.example", "/robots.txt") in served
    assert ("pesisir.example", "/berita/640933/embargo-naskah-pelanggan") not in served


def test_scrapy_starts_a_server_of_its_own_where_none_is_named() -> None:
    assert crawl("", ["http://pesisir.example/tentang"]) == {"http://pesisir.example/tentang": (200, "Tentang Pesisir")}


def test_scrapy_is_never_led_off_this_machine() -> None:
    status, said = crawl("192.0.2.1:80", ["http://pesisir.example/tentang"])["http://pesisir.example/tentang"]
    assert status == 0
    assert "loopback" in said


def test_the_web_is_the_same_each_time() -> None:
    again: DemoWeb = build(ROOT)
    assert again.pages == WEB.pages
