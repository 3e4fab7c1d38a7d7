"""What a crawl costs: pages per CPU second of newscrawl beside plain Scrapy spiders, on a local site of big pages.

    python bench/crawl.py [--pages 2000] [--long 20000] [--rounds 1]

One site, three crawlers, one run, delays off, each crawler in a process of its own whose CPU time alone counts:
`plain` is a Scrapy spider that reads seven fields with parsel and writes nothing; `trafilatura` a Scrapy spider that
reads with `trafilatura.bare_extraction` and writes nothing; `newscrawl` the whole pipeline of an outlet with selectors,
raw bodies, dates, quotations and the store included. With --long newscrawl also crawls that many pages, and its
resident memory after 1,000 pages is compared with that at the end.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from html import escape
from itertools import islice
from multiprocessing import Process, Queue
from pathlib import Path
from typing import Any

from generated import articles

PAGE_BYTES = 100_000
SAMPLE_SECONDS = 0.5
FIRST_LOOK = 1_000
"""Pages after which memory is first looked at."""
SITEMAP = "/sitemap-news.xml"
FIRST_NAMES = ("Ratna", "Bayu", "Dewi", "Surya", "Lestari", "Agus", "Wulan", "Dimas")
WORDS = ("harga", "kota", "warga", "hujan", "pasar", "jalan", "sekolah", "pelabuhan", "panen", "sungai")
LAST_NAMES = ("Pradipta", "Kurnia", "Sasongko", "Wirayuda", "Hartini", "Maulana", "Nirwana", "Subagja")
CRAWLERS = ("plain", "trafilatura", "newscrawl")


# --- the site -----------------------------------------------------------------------------------


def slug(number: int) -> str:
    """Return words for an address."""
    return "-".join(WORDS[number // 10**place % 10] for place in range(3))


def furniture(number: int) -> tuple[str, str]:
    """Return what stands around the article: scripts and menus, and the list of other articles."""
    chance = random.Random(number)
    script = "".join(f"var k{chance.randrange(10**6)}={chance.randrange(10**9)};" for _ in range(700))
    menu = "".join(f'<li class="m"><a href="/kanal/{slug(n)}">Kanal {n}</a></li>' for n in range(120))
    others = "".join(
        f'<div class="card"><a href="/berita/{chance.randrange(10**8)}/{slug(n)}"><img src="/i/{n}.jpg" alt="Foto {n}">'
        f"<h3>Judul lain nomor {n} dari hari ini</h3></a><span class=d>{n} jam lalu</span></div>"
        for n in range(180)
    )
    return f"<script>{script}</script><nav><ul>{menu}</ul></nav>", f'<aside class="related">{others}</aside>'


def writer(number: int) -> str:
    """Return the name of an article's writer."""
    return f"{FIRST_NAMES[number % 8]} {LAST_NAMES[number // 8 % 8]}"


def page(number: int, title: str, body: str, printed: str) -> bytes:
    """Return one article's page: JSON-LD, meta tags, the text, and furniture up to PAGE_BYTES."""
    before, after = furniture(number)
    ld = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": title, "datePublished": printed,
          "author": {"@type": "Person", "name": writer(number)}}  # fmt: skip
    paragraphs = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in body.split("\n"))
    text = (
        f'<!DOCTYPE html><html lang="id"><head><title>{escape(title)}</title>'
        '<meta property="og:type" content="article">'
        f'<meta property="og:title" content="{escape(title)}"><meta name="keywords" content="kota, warga, hari">'
        f'<script type="application/ld+json">{json.dumps(ld)}</script></head><body>{before}<main>'
        f'<h1 class="judul">{escape(title)}</h1><div class="penulis">{writer(number)}</div><time>{printed}</time>'
        f'<figure><figcaption class="foto">Suasana di lokasi {number}.</figcaption></figure>'
        f'<article class="isi">{paragraphs}</article><div class="tag"><a>kota</a><a>warga</a></div></main>{after}'
    )
    padding = max(0, PAGE_BYTES - len(text.encode()))
    block = '<div class="w" data-x="0123456789abcdef"><span>Baca terus kabar hari ini</span></div>'
    return f"{text}{block * (padding // len(block))}</body></html>".encode()


def site(pages: int) -> dict[str, bytes]:
    """Return the packed pages of the site under their paths, the sitemap among them."""
    found: dict[str, bytes] = {}
    rows = []
    for number, article in enumerate(islice(articles(pages, language="id"), pages)):
        path = f"/berita/2025/01/06/{number:06d}/kabar-nomor-{number}"
        printed = f"2025-01-{6 + number % 20:02d}T{number % 24:02d}:15:00+07:00"
        found[path] = gzip.compress(page(number, article.title, article.body, printed), 1)
        rows.append(f"<url><loc>http://127.0.0.1:PORT{path}</loc></url>")
    found[SITEMAP] = "".join(rows).encode()
    return found


async def answer(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pages: dict[str, bytes], port: int
) -> None:
    """Answer the requests of one connection."""
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            path = head.split(b" ", 2)[1].decode()
            body = pages.get(path)
            if path == SITEMAP and body is not None:
                rows = body.replace(b"PORT", str(port).encode())
                namespace = b'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
                body = gzip.compress(b"<?xml version='1.0'?><urlset " + namespace + b">" + rows + b"</urlset>", 1)
            status = b"200 OK" if body is not None else b"404 Not Found"
            kind = b"application/xml" if path == SITEMAP else b"text/html; charset=utf-8"
            packed = b"Content-Encoding: gzip\r\n" if body is not None else b""
            body = body or b"nothing here"
            writer.write(
                b"HTTP/1.1 %b\r\nContent-Type: %b\r\n%bContent-Length: %d\r\n\r\n%b"
                % (status, kind, packed, len(body), body)
            )
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


def serve(pages: int, told: Queue[int]) -> None:
    """Serve the site until killed; put the port into the queue."""

    async def main() -> None:
        held = site(pages)
        port = 0
        server = await asyncio.start_server(lambda r, w: answer(r, w, held, port), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        told.put(port)
        async with server:
            await server.serve_forever()

    asyncio.run(main())


# --- the crawlers -------------------------------------------------------------------------------


def addresses(body: bytes) -> Iterator[str]:
    """Yield the addresses that a sitemap names."""
    for part in body.split(b"<loc>")[1:]:
        yield part.split(b"</loc>", 1)[0].decode()


PLAIN_SETTINGS: dict[str, Any] = {
    "LOG_LEVEL": "ERROR", "CONCURRENT_REQUESTS_PER_DOMAIN": 8, "DOWNLOAD_DELAY": 0, "TELNETCONSOLE_ENABLED": False,
    "ROBOTSTXT_OBEY": True,
}  # fmt: skip


def crawl_plainly(port: int, *, with_trafilatura: bool) -> int:
    """Crawl the site with a plain Scrapy spider; return the pages it read."""
    from scrapy import Request, Spider  # noqa: PLC0415 - in its own process
    from scrapy.crawler import CrawlerProcess  # noqa: PLC0415 - see above

    read: list[int] = []

    class Plain(Spider):
        name = "plain"
        start_urls = (f"http://127.0.0.1:{port}{SITEMAP}",)

        def parse(self, response: Any) -> Iterator[Request]:
            for url in addresses(response.body):
                yield Request(url, self.parse_article)

        def parse_article(self, response: Any) -> Iterator[dict[str, Any]]:
            if with_trafilatura:
                from trafilatura import bare_extraction  # noqa: PLC0415 - see above

                found = bare_extraction(response.text, url=response.url, with_metadata=True)
                read.append(1 if found else 0)
                yield {"text": found.text if found else None}
                return
            read.append(1)
            yield {
                "title": response.css("h1.judul::text").get(),
                "author": response.css(".penulis::text").get(),
                "date": response.css("time::text").get(),
                "body": "\n".join(response.css("article.isi p::text").getall()),
                "caption": response.css("figcaption.foto::text").get(),
                "tags": response.css(".tag a::text").getall(),
                "language": response.css("html::attr(lang)").get(),
            }

    process = CrawlerProcess(PLAIN_SETTINGS)
    process.crawl(Plain)
    process.start()
    return sum(read)


def crawl_wholly(port: int, db: Path) -> int:
    """Crawl the site with newscrawl into a store; return the articles that it saved."""
    from newscrawl import frontier, runs  # noqa: PLC0415 - in its own process
    from newscrawl.outlet import Outlet  # noqa: PLC0415 - see above

    class Bench(Outlet):
        name = "bench"
        title = "Kabar Bangku"
        homepage = f"http://127.0.0.1:{port}/"
        language = "id"
        timezone = "Asia/Jakarta"
        sitemaps = (f"http://127.0.0.1:{port}{SITEMAP}",)
        article_url = r"/berita/\d{4}/"
        title_css = "h1.judul"
        body_css = "article.isi"
        author_css = ".penulis"
        date_css = "time"
        caption_css = "figcaption.foto"
        tags_css = ".tag a"

    settings = {
        "GUARD_ALLOW": [f"127.0.0.1:{port}"], "DOWNLOAD_DELAY": 0, "RANDOMIZE_DOWNLOAD_DELAY": False,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 8, "LOG_LEVEL": "ERROR", "PATTERN_PAGES": 0, "RUN_PAGES": 0,
    }  # fmt: skip
    runs.run(db, [Bench], settings=settings, with_cluster=False)
    return int(frontier.opened(db.absolute()).store.value("SELECT count(*) FROM articles"))


def resident() -> int:
    """Return the resident memory of this process in bytes."""
    with Path("/proc/self/statm").open() as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def watch_memory(db: Path, samples: list[tuple[int, int]]) -> None:
    """Note how many articles are saved and how much memory is used, every so often."""
    import sqlite3  # noqa: PLC0415 - see above

    while True:
        time.sleep(SAMPLE_SECONDS)
        if db.exists():
            try:
                with sqlite3.connect(f"file:{db}?mode=ro", uri=True) as connection:
                    saved = connection.execute("SELECT coalesce(max(id), 0) FROM articles").fetchone()[0]
            except sqlite3.Error:
                continue
            samples.append((saved, resident()))


def work(crawler: str, port: int) -> None:
    """Run one crawler in this process and print what it took as JSON."""
    samples: list[tuple[int, int]] = []
    with tempfile.TemporaryDirectory() as folder:
        db = Path(folder) / "news.db"
        if crawler == "newscrawl":
            threading.Thread(target=watch_memory, args=(db, samples), daemon=True).start()
        started = time.monotonic()
        read = (
            crawl_wholly(port, db)
            if crawler == "newscrawl"
            else crawl_plainly(port, with_trafilatura=crawler == "trafilatura")
        )
        usage = resource.getrusage(resource.RUSAGE_SELF)
        first = next((memory for saved, memory in samples if saved >= FIRST_LOOK), 0)
        print(json.dumps({
            "pages": read, "cpu": usage.ru_utime + usage.ru_stime, "seconds": time.monotonic() - started,
            "peak_mb": usage.ru_maxrss // 1024, "first_mb": first // 2**20,
            "last_mb": samples[-1][1] // 2**20 if samples else 0,
        }))  # fmt: skip


def run(crawler: str, port: int) -> dict[str, float]:
    """Return what one crawler took, run in a process of its own."""
    command = [sys.executable, str(Path(__file__).resolve()), "--work", crawler, "--port", str(port)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - this very script
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def served(pages: int) -> tuple[Process, int]:
    """Return the started server of a site and its port."""
    told: Queue[int] = Queue()
    server = Process(target=serve, args=(pages, told), daemon=True)
    server.start()
    return server, told.get(timeout=600)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--pages", type=int, default=2_000)
    asked.add_argument("--long", type=int, default=0)
    asked.add_argument("--rounds", type=int, default=1)
    asked.add_argument("--work", choices=CRAWLERS)
    asked.add_argument("--port", type=int)
    options = asked.parse_args()
    if options.work:
        work(options.work, options.port)
        return
    server, port = served(options.pages)
    rates: dict[str, float] = {}
    print(f"{options.pages} pages of {PAGE_BYTES // 1000} KB, best of {options.rounds}; CPU time of the crawler alone")
    for crawler in CRAWLERS:
        rounds = [run(crawler, port) for _ in range(options.rounds)]
        best = max(rounds, key=lambda one: one["pages"] / one["cpu"])
        rates[crawler] = best["pages"] / best["cpu"]
        told = f"{rates[crawler]:7.1f} pages/CPU s  {best['seconds']:6.1f} s  {best['peak_mb']:.0f} MB"
        print(f"{crawler:12} {best['pages']:6.0f} read  {told}")
    server.kill()
    print(f"newscrawl to plain Scrapy: {rates['newscrawl'] / rates['plain']:.2f} (goal 0.7)")
    print(f"newscrawl to Scrapy with trafilatura: {rates['newscrawl'] / rates['trafilatura']:.2f} (goal 3)")
    if options.long:
        server, port = served(options.long)
        took = run("newscrawl", port)
        server.kill()
        grown = took["last_mb"] / max(took["first_mb"], 1) - 1
        memory = f"{took['first_mb']:.0f} MB after {FIRST_LOOK}, {took['last_mb']:.0f} MB at the end"
        print(f"{took['pages']:.0f} pages: {memory} ({grown:+.0%}; goal +10%)")


if __name__ == "__main__":
    main()
