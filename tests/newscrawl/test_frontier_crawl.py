"""What a server sees of crawls one after another: nothing twice or too early, edits as versions, history in parts."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow
DRIVER = """
import json, sys
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings
from newscrawl.outlet import Outlet
order = json.loads(sys.argv[1])
made = type("Lokal", (Outlet,), {n: tuple(v) if isinstance(v, list) else v for n, v in order["outlet"].items()})
settings = Settings()
settings.setmodule("newscrawl.settings", priority="project")
settings.update({"LOG_LEVEL": "ERROR", "DOWNLOAD_DELAY": 0, **order["settings"]}, priority="cmdline")
process = AsyncCrawlerProcess(settings)
crawler = process.create_crawler(made)
process.crawl(crawler)
process.start()
said = {n.removeprefix("newscrawl/"): v for n, v in crawler.stats.get_stats().items() if n.startswith("newscrawl/")}
print(json.dumps({n: v for n, v in said.items() if isinstance(v, int)}))
"""


@dataclass
class Site:
    """A site on this machine that counts what it is asked."""

    pages: dict[str, str] = field(default_factory=dict)
    """Path with query -> body; what is not here answers 404."""
    forgets: set[str] = field(default_factory=set)
    """Paths that answer without an ETag."""
    asked: list[tuple[str, int]] = field(default_factory=list)
    """Path and status of each request but for robots.txt."""
    address: str = ""
    port: int = 0

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def take(self) -> Counter[tuple[str, int]]:
        """What was asked since the last time."""
        found = Counter(self.asked)
        self.asked.clear()
        return found

    def article(self, path: str, text: str = "tenang") -> None:
        paragraphs = "".join(f"<p>Warga kampung {path} nomor {n} menanam bakau dengan {text}.</p>" for n in range(5))
        self.pages[path] = f"<html><body><h1>Bakau di {path}</h1><article>{paragraphs}</article></body></html>"

    def feed(self, *paths: str) -> None:
        items = "".join(f"<item><link>{self.url(path)}</link><title>{path}</title></item>" for path in paths)
        self.pages["/rss"] = f'<rss version="2.0"><channel>{items}</channel></rss>'

    def sitemap(self, path: str, named: dict[str, str], kind: str = "url") -> None:
        body = "".join(
            f"<{kind}><loc>{self.url(one)}</loc>{f'<lastmod>{at}</lastmod>' if at else ''}</{kind}>"
            for one, at in named.items()
        )
        root = "urlset" if kind == "url" else "sitemapindex"
        self.pages[path] = f"<{root}>{body}</{root}>"

    def index(self, path: str, articles: list[str], onward: str = "") -> None:
        links = "".join(f'<a href="{one}">Bakau di {one}</a>' for one in articles)
        self.pages[path] = (
            f"<html><body>{links}{f'<a rel=next href={onward!r}>Lanjut</a>' if onward else ''}</body></html>"
        )


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = made.pages.get(self.path, "").encode()
            etag = f'"{sha256(body).hexdigest()[:12]}"'
            is_known = self.headers.get("If-None-Match") == etag
            status = 404 if self.path not in made.pages else 304 if is_known else 200
            if self.path != "/robots.txt":
                made.asked.append((self.path, status))
            self.send_response(status)
            if status != 404 and self.path not in made.forgets:
                self.send_header("ETag", etag)
            self.send_header("Content-Type", "text/html" if self.path.startswith(("/a", "/indeks")) else "text/xml")
            self.send_header("Content-Length", "0" if status != 200 else str(len(body)))
            self.end_headers()
            if status == 200:
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    made.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()


Crawl = Callable[..., dict[str, int]]


@pytest.fixture
def crawl(site: Site, tmp_path: Path) -> Crawl:
    """Crawls the site into X.db: what the outlet declares, then settings in capitals."""

    def run(**said: Any) -> dict[str, int]:
        declared = {name: value for name, value in said.items() if not name.isupper()}
        outlet = {
            "name": "lokal", "title": "Lokal", "homepage": site.url("/"), "language": "id",
            "article_url": r"/a\w*$", "title_css": "h1", "body_css": "article", **declared,
        }  # fmt: skip
        settings = {
            "DB": str(tmp_path / "X.db"),
            "GUARD_ALLOW": [f"127.0.0.1:{site.port}"],
            **{name: value for name, value in said.items() if name.isupper()},
        }
        order = json.dumps({"outlet": outlet, "settings": settings})
        done = subprocess.run(
            [sys.executable, "-c", DRIVER, order],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        found: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
        return found

    return run


def change(db: Path, sql: str, *values: object) -> None:
    with closing(sqlite3.connect(db, isolation_level=None)) as connection:
        connection.execute(sql, values)


# --- one run after another ---------------------------------------------------------------------------


def test_a_second_run_over_an_unchanged_site_asks_each_listing_once_and_no_page(
    site: Site, crawl: Crawl, tmp_path: Path, rows: Any
) -> None:
    paths = [f"/a{n}" for n in range(12)]
    for path in paths:
        site.article(path)
    site.feed(*paths[:4])
    site.sitemap("/sitemap.xml", {"/s1.xml": "2026-05-01", "/s2.xml": ""}, "sitemap")
    site.sitemap("/s1.xml", dict.fromkeys(paths[4:8], "2026-05-01"))
    site.sitemap("/s2.xml", dict.fromkeys(paths[8:], ""))
    site.index("/indeks", paths)
    site.forgets.add("/indeks")
    listings = {
        "feeds": [site.url("/rss")], "sitemaps": [site.url("/sitemap.xml")], "sections": [site.url("/indeks")],
    }  # fmt: skip
    first = crawl(**listings)
    assert (first["due"], first["new"], first["links"]) == (12, 12, 12)
    assert set(site.take().values()) == {1}, "nothing is asked twice"

    again = crawl(**listings)
    assert site.take() == Counter(
        {("/rss", 304): 1, ("/sitemap.xml", 304): 1, ("/s2.xml", 304): 1, ("/indeks", 200): 1}
    )
    assert (again["listings_unchanged"], again.get("due", 0)) == (4, 0)

    later = crawl(**listings, LISTINGS_NOW=False)
    assert site.take() == Counter(), "their time has not come"
    assert later["listings_not_due"] == 3
    assert rows(tmp_path / "X.db", "SELECT count(*), count(DISTINCT url) FROM articles") == [(12, 12)]


def test_a_damaged_listing_is_counted_until_it_is_read_whole(site: Site, crawl: Crawl) -> None:
    site.article("/a1")
    site.feed("/a1")
    whole = site.pages["/rss"]
    site.pages["/rss"] = whole.removesuffix("</channel></rss>")
    site.sitemap("/sitemap.xml", {"/a1": ""})
    listings = {"feeds": [site.url("/rss")], "sitemaps": [site.url("/sitemap.xml")]}

    def flawed_of(counts: dict[str, int]) -> tuple[int, int]:
        return counts.get("listings_flawed", 0), counts["listings"]

    first = crawl(**listings)
    assert (flawed_of(first), first["new"]) == ((1, 2), 1), "what could be read of it is used"
    again = crawl(**listings)
    assert (flawed_of(again), again["listings_unchanged"]) == ((1, 2), 2)
    site.pages["/rss"] = whole
    assert flawed_of(crawl(**listings)) == (0, 2)


def test_a_listing_is_read_though_unchanged_when_the_outlet_is_declared_otherwise(site: Site, crawl: Crawl) -> None:
    site.article("/a1")
    site.article("/a2")
    site.feed("/a1", "/a2")
    assert crawl(feeds=[site.url("/rss")], article_url="/a1$")["new"] == 1
    assert crawl(feeds=[site.url("/rss")])["new"] == 1


def test_edits_are_versions_and_what_is_gone_keeps_its_text(
    site: Site, crawl: Crawl, tmp_path: Path, rows: Any
) -> None:
    db = tmp_path / "X.db"
    for path in ("/a1", "/a2", "/a3", "/a4"):
        site.article(path)
    site.forgets.add("/a3")
    site.feed("/a1", "/a2", "/a3", "/a4")
    crawl(feeds=[site.url("/rss")])
    assert rows(db, "SELECT count(*) FROM pages WHERE next_due_at IS NOT NULL") == [(4,)]
    site.take()

    site.article("/a1", "gembira")
    del site.pages["/a4"]
    past = (datetime.now(UTC) - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    change(db, "UPDATE pages SET first_seen_at = ?, last_fetched_at = ?, next_due_at = ?", past, past, past)
    told = crawl(feeds=[site.url("/rss")])
    assert site.take() == Counter(
        {("/rss", 304): 1, ("/a1", 200): 1, ("/a2", 304): 1, ("/a3", 200): 1, ("/a4", 404): 1}
    )
    assert (told["version"], told["unchanged"], told["failed"]) == (1, 2, 1)
    assert rows(db, "SELECT substr(url, -2), version FROM articles ORDER BY 1") == [
        ("a1", 2), ("a2", 1), ("a3", 1), ("a4", 1),
    ]  # fmt: skip
    waits = "SELECT count(*) FROM pages WHERE next_due_at > strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '+3 hours')"
    assert rows(db, waits) == [(4,)], "the next look is at six hours, the next try of what is missing in a day"

    day = (datetime.now(UTC) - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    change(db, "UPDATE pages SET missed_at = ?, next_due_at = ? WHERE url LIKE '%a4'", day, day)
    assert crawl(feeds=[site.url("/rss")])["gone"] == 1
    assert rows(db, "SELECT status, gone_at IS NOT NULL FROM pages WHERE url LIKE '%a4'") == [("article", 1)]
    assert rows(db, "SELECT body LIKE 'Warga%' FROM articles WHERE url LIKE '%a4'") == [(1,)]


def test_a_limit_of_a_run_leaves_the_rest_due_the_newest_are_first(
    site: Site, crawl: Crawl, tmp_path: Path, rows: Any
) -> None:
    paths = [f"/a{n}" for n in range(100)]
    for path in paths:
        site.article(path)
    site.feed(*paths)
    crawl(feeds=[site.url("/rss")], RUN_PAGES=10)
    assert {path for path, _ in site.take() if path != "/rss"} == set(paths[:10])
    assert rows(tmp_path / "X.db", "SELECT count(*) FROM pages WHERE status = 'due'") == [(90,)]
    crawl(feeds=[site.url("/rss")])
    assert {path for path, _ in site.take() if path != "/rss"} == set(paths[10:])


def test_a_dry_run_leaves_everything_for_the_next(site: Site, crawl: Crawl, tmp_path: Path) -> None:
    site.article("/a1")
    site.feed("/a1")
    assert crawl(feeds=[site.url("/rss")], DRY_RUN=True)["new"] == 1
    assert list(tmp_path.glob("X*")) == []
    assert crawl(feeds=[site.url("/rss")])["new"] == 1


# --- history -----------------------------------------------------------------------------------------


def test_a_back_fill_reads_what_is_of_its_days_and_a_killed_one_goes_on(
    site: Site, crawl: Crawl, tmp_path: Path, rows: Any
) -> None:
    for path in ("/amay", "/ajune", "/alate", "/aix1", "/aix2", "/aix3", "/anews"):
        site.article(path)
    site.feed("/anews")
    site.sitemap(
        "/sitemap.xml", {"/s-2025-05.xml": "2026-01-01", "/s-2025-06.xml": "", "/s-x.xml": "2025-01-01"}, "sitemap"
    )
    site.sitemap("/s-2025-05.xml", {"/amay": "2025-05-30"})
    site.sitemap("/s-2025-06.xml", {"/ajune": "2025-06-23", "/alate": "2025-05-01"})
    site.index("/indeks?d=2025-06-22", ["/aix1"])
    site.index("/indeks?d=2025-06-23", ["/aix2"], "/indeks?d=2025-06-23&p=2")
    site.index("/indeks?d=2025-06-23&p=2", ["/aix3"])
    said = {
        "feeds": [site.url("/rss")], "sitemaps": [site.url("/sitemap.xml")],
        "index_pages": [site.url("/indeks?d={date:%Y-%m-%d}")],
        "SINCE": "2025-06-22", "UNTIL": "2025-06-23", "RUN_PAGES": 1,
    }  # fmt: skip
    crawl(**said)
    asked = {path for path, _ in site.take()}
    assert not asked & {"/s-2025-05.xml", "/s-x.xml", "/rss", "/anews", "/amay"}
    db = tmp_path / "X.db"
    # as a crawl leaves it that is killed before the second page of a day is read
    change(db, "UPDATE listings SET is_pending = 1, last_read_at = NULL, read_as = NULL WHERE url LIKE '%/2'")
    change(db, "DELETE FROM pages WHERE url LIKE '%aix3'")

    crawl(**{**said, "RUN_PAGES": 0})
    again = site.take()
    assert not {path for path, _ in again} & {"/indeks?d=2025-06-22", "/indeks?d=2025-06-23", "/s-2025-06.xml"}
    found = {url.rsplit("/", 1)[1] for (url,) in rows(db, "SELECT url FROM articles")}
    assert found == {"ajune", "aix1", "aix2", "aix3"}

    crawl(**{**said, "RUN_PAGES": 0})
    assert site.take() == Counter({("/sitemap.xml", 304): 1})


def test_index_pages_with_a_number_in_their_address_end_where_nothing_more_comes(site: Site, crawl: Crawl) -> None:
    for number in range(1, 4):
        site.article(f"/a{number}")
        site.index(f"/indeks/2025-06-23/{number}", [f"/a{number}"])
    site.index("/indeks/2025-06-23/4", ["/a3"])
    said = {"index_pages": [site.url("/indeks/{date:%Y-%m-%d}/{page}")], "SINCE": "2025-06-23", "UNTIL": "2025-06-23"}
    assert crawl(**said)["new"] == 3
    assert {path for path, _ in site.take()} == {
        *(f"/indeks/2025-06-23/{n}" for n in range(1, 5)), *(f"/a{n}" for n in range(1, 4)),
    }  # fmt: skip
