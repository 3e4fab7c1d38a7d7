"""A site of a thousand small pages on this machine: four outlets on two hosts that tell the same stories."""

from __future__ import annotations

import json
import random
import re
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Self

OUTLETS = {"kabar_a": "127.0.0.1", "kabar_b": "localhost", "kabar_c": "127.0.0.1", "kabar_d": "localhost"}
"""Each with its host: `--jobs 2` gives a process to each of the two hosts."""
SEED = 1
"""A site on which no two stories come near each other, in whatever order and portions they arrive (twenty were tried):
where chance gives two stories the same rare names, the first thirty articles of a store may be grouped otherwise."""
SYLLABLES = ("ba", "ke", "ti", "ro", "lan", "sur", "mi", "pen", "gu", "ja", "ra", "tok", "wi", "sen", "da", "lo")
OF_A_SITEMAP = 50
"""Pages of articles that one sitemap names."""
OF_THE_FEED = 30


@dataclass(frozen=True)
class Told:
    """One article as an outlet tells it."""

    outlet: str
    number: int
    topic: int
    title: str
    lines: tuple[str, ...]
    edited: str
    """A line that is there from the site's second edition on; empty: the article is never edited."""
    published: str

    @property
    def path(self) -> str:
        """Where it stands on its host."""
        return f"/{self.outlet}/berita/{self.number}"

    def body(self, edition: int) -> str:
        """Its text in an edition of the site."""
        return "\n".join((*self.lines, *([self.edited] if self.edited and edition > 1 else ())))


def told(pages: int, seed: int = SEED) -> list[Told]:
    """The articles of a site: each story is told by one to four outlets in half of the same words."""
    chance = random.Random(seed)
    vocabulary = ["".join(chance.choices(SYLLABLES, k=chance.randint(2, 5))) for _ in range(40_000)]
    counts: Counter[str] = Counter()
    found: list[Told] = []
    topic = 0
    while len(found) < pages:
        topic += 1
        words = chance.sample(vocabulary, 18)
        day = f"2026-{1 + topic % 9:02d}-{1 + topic % 28:02d}"
        for outlet in chance.sample(sorted(OUTLETS), chance.randint(1, 4))[: pages - len(found)]:
            counts[outlet] += 1
            mixed = [*words, *chance.sample(vocabulary, 16)]
            chance.shuffle(mixed)
            quoted = " ".join(words[:7])
            found.append(
                Told(
                    outlet=outlet,
                    number=counts[outlet],
                    topic=topic,
                    title=" ".join(chance.sample(words, 5)).capitalize(),
                    lines=(f"{' '.join(mixed).capitalize()}.", f"“{quoted}”, ujar {words[0].capitalize()}."),
                    edited=" ".join(chance.sample(vocabulary, 6)).capitalize() + "." if len(found) % 5 == 0 else "",
                    published=f"{day}T{topic % 24:02d}:{counts[outlet] % 60:02d}:00+07:00",
                )
            )
    return found


class Site:
    """The articles over HTTP: feeds, sitemaps of sitemaps, pages; it counts what it is asked."""

    def __init__(self, pages: int = 1000, delay: float = 0.0) -> None:
        self.articles = told(pages)
        self.by_path = {one.path: one for one in self.articles}
        self.delay, self.edition, self.edited_at = delay, 1, ""
        self.served: Counter[str] = Counter()
        self.counting, self.gate = Lock(), Event()
        self.gate.set()
        self.server = Server(("127.0.0.1", 0), handler(self))
        self.port = self.server.server_port
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """End."""
        self.server.shutdown()
        self.server.server_close()

    def url(self, one: Told) -> str:
        """The address of an article."""
        return f"http://{OUTLETS[one.outlet]}:{self.port}{one.path}"

    def bodies(self) -> dict[str, str]:
        """The text of every article as the site has it now, by address."""
        return {self.url(one): one.body(self.edition) for one in self.articles}

    @cached_property
    def stories(self) -> set[frozenset[str]]:
        """The stories as sets of addresses."""
        by_topic: dict[int, set[str]] = {}
        for one in self.articles:
            by_topic.setdefault(one.topic, set()).add(self.url(one))
        return {frozenset(urls) for urls in by_topic.values()}

    @property
    def pages_served(self) -> int:
        """How many pages of articles it has given so far."""
        with self.counting:
            return sum(n for path, n in self.served.items() if path in self.by_path)

    def edit(self) -> None:
        """Bring out the second edition: every fifth article has a line more, and its sitemap says since when."""
        self.edited_at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.edition = 2

    def answer(self, path: str) -> tuple[str, str] | None:
        """The content type and the text at a path; None where there is nothing."""
        with self.counting:
            self.served[path] += 1
        if path in self.by_path:
            self.gate.wait(timeout=60)
            time.sleep(self.delay)
            return "text/html; charset=utf-8", self.page(self.by_path[path])
        found = re.fullmatch(r"/(\w+)/(feed|sitemap|sitemap-(\d+))\.xml", path)
        if not found or found[1] not in OUTLETS:
            return None
        own = [one for one in self.articles if one.outlet == found[1]]
        if found[2] == "feed":
            return "application/rss+xml", self.feed(own[-OF_THE_FEED:])
        parts = [own[start : start + OF_A_SITEMAP] for start in range(0, len(own), OF_A_SITEMAP)]
        if found[2] == "sitemap":
            return "application/xml", self.sitemaps(found[1], len(parts))
        return "application/xml", self.sitemap(parts[int(found[3])])

    def page(self, one: Told) -> str:
        """An article's page."""
        lines = "".join(f"<p>{line}</p>" for line in one.body(self.edition).split("\n"))
        head = (
            f"<title>{one.title}</title><meta property='og:type' content='article'>"
            f"<meta property='article:published_time' content='{one.published}'>"
        )
        return f"<html><head>{head}</head><body><h1>{one.title}</h1><article>{lines}</article></body></html>"

    def feed(self, newest: list[Told]) -> str:
        """An outlet's feed."""
        items = "".join(f"<item><link>{self.url(one)}</link><title>{one.title}</title></item>" for one in newest)
        return f"<rss version='2.0'><channel><title>Kabar</title>{items}</channel></rss>"

    def sitemaps(self, outlet: str, parts: int) -> str:
        """An outlet's index of sitemaps."""
        base = f"http://{OUTLETS[outlet]}:{self.port}/{outlet}"
        changed = f"<lastmod>{self.edited_at}</lastmod>" if self.edited_at else ""
        found = "".join(f"<sitemap><loc>{base}/sitemap-{n}.xml</loc>{changed}</sitemap>" for n in range(parts))
        return f"<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{found}</sitemapindex>"

    def sitemap(self, part: list[Told]) -> str:
        """One sitemap of articles."""
        found = "".join(
            f"<url><loc>{self.url(one)}</loc>"
            f"<lastmod>{self.edited_at if self.edited_at and one.edited else one.published}</lastmod></url>"
            for one in part
        )
        return f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{found}</urlset>"

    # --- what a crawl and an ingest of it need -----------------------------------------------------

    def configuration(self, folder: Path, db: str = "x.db", listings: tuple[str, ...] = ("feed", "sitemap")) -> Path:
        """Write the configuration of a crawl of this site into a folder, and return it."""
        outlets = "".join(
            f"""
            [outlet.{name}]
            homepage = "http://{host}:{self.port}/{name}/"
            {self.declared(name, listings)}
            language = "id"
            timezone = "Asia/Jakarta"
            body_css = "article > p"
            article_url = "/{name}/berita/"
            looks_hours = []
            """
            for name, host in OUTLETS.items()
        )
        path = folder / "newscrawl.toml"
        path.write_text(
            f"""
            [store]
            db = "{db}"
            [crawl]
            contact = "desk@newsroom.example"
            delay = 0.0
            [guard]
            allow = ["127.0.0.1:{self.port}", "localhost:{self.port}"]
            {outlets}
            """
        )
        return path

    def declared(self, outlet: str, listings: tuple[str, ...]) -> str:
        """The lines that name an outlet's listings: `feeds = ["http://..."]`."""
        base = f"http://{OUTLETS[outlet]}:{self.port}/{outlet}"
        return "\n".join(f'{one}s = ["{base}/{one}.xml"]' for one in listings)

    def as_lines(self, path: Path) -> Path:
        """Write the articles as JSON Lines, and return the file."""
        said = (
            {"url": self.url(one), "outlet": one.outlet, "title": one.title, "body": one.body(self.edition),
             "published": one.published, "language": "id"}
            for one in self.articles
        )  # fmt: skip
        path.write_text("".join(json.dumps(line) + "\n" for line in said))
        return path


class Server(ThreadingHTTPServer):
    """Lets clients die in the middle of an answer."""

    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing."""


def handler(site: Site) -> type[BaseHTTPRequestHandler]:
    """Return what answers for a site."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            answer = site.answer(self.path)
            body = (answer[1] if answer else "no such page").encode()
            head = f"HTTP/1.1 {200 if answer else 404} -\r\nContent-Type: {answer[0] if answer else 'text/plain'}\r\n"
            self.wfile.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    return Handler
