"""A web of outlets that do everything wrong, on this machine, and one beside them that does everything right.

Each fault has a name, the address it stands at, and what a crawl has to say of it: the reason of its reject, `article`
where an article can be had all the same. Tests, the soak run and the benchmark crawl it:

    with HostileWeb() as web:
        crawl(web, db)
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import socket
import struct
import sys
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Any, Self

import brotli
import zstandard

from newscrawl.outlet import Outlet

HOSTILE, GOOD, LISTINGS, STORMY, LOST, MUTE, PRIVATE = (f"127.0.0.{number}" for number in (1, 2, 5, 4, 6, 7, 9))
"""One address for each outlet; PRIVATE is allowed to nobody."""
HOSTS = (HOSTILE, GOOD, LISTINGS, STORMY, LOST, MUTE, PRIVATE)
MEGABYTE = 1024 * 1024
PACE = 0.2
"""Seconds between two bytes of a server that is slow on purpose."""
GOOD_ARTICLES = 20
WORDS = """
harbour ferry market bridge council river lamp teacher orchard signal winter paper garden station bell window village
mill coast library engine basket tower meadow captain letter sugar copper lantern thread
""".split()  # noqa: SIM905 - thirty quoted words are harder to read
STOPPED = Event()


def sentences(seed: str, number: int = 24) -> Iterator[str]:
    """Made-up sentences, others for each seed."""
    chance = random.Random(seed)
    for _ in range(number):
        words = " ".join(chance.choices(WORDS, k=12))
        yield f"The {words} were counted on Monday by {chance.choice(WORDS)} officials."


def article(seed: str, head: str = "", body: str = "") -> str:
    """An article as a well-behaved outlet prints it."""
    said = {"@type": "NewsArticle", "headline": f"Report on the {seed}", "datePublished": "2026-11-20T08:00:00+00:00"}
    text = "".join(f"<p>{sentence}</p>" for sentence in sentences(seed))
    return (
        f"<!doctype html><html lang=en><head><title>Report on the {seed}</title>{head}"
        f'<meta property="og:type" content="article">'
        f'<script type="application/ld+json">{json.dumps(said)}</script></head>'
        f"<body><article><h1>Report on the {seed}</h1>{text}{body}</article></body></html>"
    )


@dataclass
class Talk:
    """One request, and the socket that its answer goes to."""

    wire: socket.socket
    path: str
    host: str
    web: HostileWeb

    def raw(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.wire.sendall(piece)

    def say(self, body: bytes | str, status: str = "200 OK", **headers: str) -> None:
        """An answer in order, but for what `headers` say."""
        body = body.encode() if isinstance(body, str) else body
        said = {"Content-Type": "text/html; charset=utf-8", "Content-Length": str(len(body)), "Connection": "close"}
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = "".join(f"{name}: {value}\r\n" for name, value in said.items() if value)
        self.raw(f"HTTP/1.1 {status}\r\n{lines}\r\n".encode(), body)

    def drip(self, pieces: Iterator[bytes]) -> None:
        """Send slowly, until the client has gone."""
        for piece in pieces:
            if STOPPED.wait(PACE):
                return
            self.raw(piece)

    def reset(self) -> None:
        """Hang up with a reset."""
        self.wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.wire.close()

    def to(self, url: str, status: str = "302 Found") -> None:
        self.say("", status, Location=url)


def endless(piece: bytes, head: bytes = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n") -> Callable[[Talk], None]:
    """A head, then one piece again and again for as long as the client listens; a gigabyte at the most."""

    def answer(talk: Talk) -> None:
        many = piece * max(1, 65_536 // len(piece))
        talk.raw(head)
        for _ in range(1024 * MEGABYTE // len(many)):
            talk.raw(many)

    return answer


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"


@cache
def bomb(coding: str) -> bytes:
    """A hundred megabytes of spaces, packed."""
    spaces = b" " * MEGABYTE
    stream: Any = {
        "gzip": lambda: zlib.compressobj(9, zlib.DEFLATED, 31),
        "deflate": lambda: zlib.compressobj(9),
        "br": lambda: brotli.Compressor(quality=5),
        "zstd": lambda: zstandard.ZstdCompressor(level=3).compressobj(),
    }[coding]()
    compress = stream.process if coding == "br" else stream.compress
    packed = [compress(spaces) for _ in range(100)]
    return b"".join([*packed, stream.finish() if coding == "br" else stream.flush()])


PACK: Mapping[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}


def packed_bomb(coding: str) -> Callable[[Talk], None]:
    return lambda talk: talk.say(bomb(coding), Content_Encoding=coding)


@cache
def packed_sitemap(start: bytes) -> bytes:
    """A sitemap that goes on with a hundred megabytes of spaces."""
    return gzip.compress(start + b" " * (100 * MEGABYTE), 6)


@cache
def doubly_packed() -> bytes:
    return gzip.compress(gzip.compress(bytes(100 * MEGABYTE), 6))


def torn(coding: str) -> Callable[[Talk], None]:
    """The first two thirds of a packed article, with a Content-Length that agrees."""

    def answer(talk: Talk) -> None:
        packed = PACK[coding](article(f"torn {coding}").encode())
        talk.say(packed[: len(packed) * 2 // 3], Content_Encoding=coding)

    return answer


def page(body: str | bytes, **headers: str) -> Callable[[Talk], None]:
    return lambda talk: talk.say(body, **headers)


def raw(*pieces: bytes) -> Callable[[Talk], None]:
    return lambda talk: talk.raw(*pieces)


def leads_to(url: str, status: str = "302 Found") -> Callable[[Talk], None]:
    return lambda talk: talk.to(url.format(port=talk.web.port), status)


def status(line: str) -> Callable[[Talk], None]:
    return lambda talk: talk.say(f"<h1>{line}</h1>", line)


def slow_head(talk: Talk) -> None:
    talk.drip(bytes([letter]) for letter in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 100_000)


def slow_body(talk: Talk) -> None:
    talk.raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 99999\r\n\r\n")
    talk.drip(bytes([letter]) for letter in b"<p>slow " * 10_000)


def slow_chunks(talk: Talk) -> None:
    talk.raw(CHUNKED)
    talk.drip(chunk(b"<p>") for _ in range(100_000))


def silent(talk: Talk) -> None:
    talk.wire.settimeout(120)
    talk.wire.recv(1)  # until the client has gone


def chain(talk: Talk) -> None:
    base, _, number = talk.path.partition("?")
    talk.to(f"{base}?{int(number or 0) + 1}")


def ping(talk: Talk) -> None:
    talk.to(talk.path.replace("ping", "pong") if "ping" in talk.path else talk.path.replace("pong", "ping"))


def cut_in_the_middle(talk: Talk) -> None:
    talk.raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 90000\r\n\r\n", b"<p>half" * 100)
    time.sleep(0.05)
    talk.reset()


def huge_sent(talk: Talk) -> None:
    talk.raw(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
    for _ in range(200):
        talk.raw(b"<p>much</p>" * (MEGABYTE // 11))


def endless_pages(talk: Talk) -> None:
    base, _, number = talk.path.partition("?page=")
    here = int(number or 1)
    talk.say(article(f"endless pages {here}", head=f'<link rel="next" href="{base}?page={here + 1}">'))


TEXT = article("ordinary day").encode()
JSON_LD = '<script type="application/ld+json">{}</script>'

FAULTS: Mapping[str, tuple[str, Callable[[Talk], None]]] = {
    # --- heads ---
    "header-lines-without-end": ("guard-headers", endless(b"X-Filler: abcdefgh\r\n")),
    "header-line-without-end": ("guard-headers", endless(b"abcdefgh", b"HTTP/1.1 200 OK\r\nX-Long: ")),
    "header-continued-without-end": ("guard-headers", endless(b" abcdefgh\r\n", b"HTTP/1.1 200 OK\r\nX-Long: a\r\n")),
    "header-names-without-end": ("guard-headers", endless(b"a:\r\n")),
    "lines-that-are-no-headers": ("guard-headers", endless(b"abcdefgh\r\n")),
    "interim-answers-without-end": ("guard-headers", endless(b"HTTP/1.1 100 Continue\r\n\r\n", b"")),
    "status-line-without-end": ("guard-headers", endless(b"abcdefgh", b"HTTP/1.1 200 ")),
    "no-http": ("fetch-DownloadFailedError", raw(b"SSH-2.0-OpenSSH_9.2\r\n")),
    "status-that-is-no-number": ("fetch-DownloadFailedError", raw(b"HTTP/1.1 abc\r\n\r\n")),
    "two-lengths": (
        "fetch-DownloadFailedError",
        raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef"),
    ),
    "length-below-nought": ("fetch-DownloadFailedError", raw(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nabcde")),
    "nothing": ("fetch-DownloadFailedError", raw()),
    "reset": ("fetch-DownloadFailedError", Talk.reset),
    # --- bodies ---
    "body-without-end": ("guard-size", endless(b"<p>more</p>", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")),
    "chunks-without-end": ("guard-size", endless(chunk(b"<p>more</p>" * 900), CHUNKED)),
    "chunk-line-without-end": ("guard-truncated", endless(b"0", CHUNKED)),
    "200-mb-announced": ("guard-size", page(b"<p>", Content_Length=str(200 * MEGABYTE))),
    "200-mb-sent": ("guard-size", huge_sent),
    "slow-head": ("guard-time", slow_head),
    "slow-body": ("guard-time", slow_body),
    "slow-chunks": ("guard-time", slow_chunks),
    "silent": ("guard-time", silent),
    "shorter-than-announced": ("guard-truncated", page(TEXT[:900], Content_Length=str(len(TEXT)))),
    "chunks-torn": ("guard-truncated", raw(CHUNKED, chunk(TEXT[:900]), b"ffff\r\n<p>and")),
    "cut-in-the-middle": ("guard-truncated", cut_in_the_middle),
    # --- packed bodies ---
    **{f"bomb-{coding}": ("guard-bomb", packed_bomb(coding)) for coding in PACK},
    "bomb-in-a-bomb": (
        "guard-bomb",
        lambda talk: talk.say(doubly_packed(), Content_Encoding="gzip, gzip"),
    ),
    "packed-nine-times": ("guard-bomb", page(TEXT, Content_Encoding=", ".join(["gzip"] * 9))),
    **{f"torn-{coding}": ("guard-truncated", torn(coding)) for coding in PACK},
    "gzip-that-is-none": ("guard-truncated", page(TEXT, Content_Encoding="gzip")),
    "coding-nobody-knows": ("not-html", page(gzip.compress(TEXT), Content_Encoding="made-up")),
    # --- redirects ---
    "redirect-to-itself": ("guard-redirects", lambda talk: talk.to(talk.path)),
    "redirect-ping": ("guard-redirects", ping),
    "redirects-without-end": ("guard-redirects", chain),
    "redirect-to-ftp": ("guard-scheme", leads_to("ftp://127.0.0.9/x")),
    "redirect-to-a-file": ("guard-scheme", leads_to("file:///etc/passwd", "301 Moved Permanently")),
    "redirect-to-data": ("guard-scheme", leads_to("data:text/html,x", "303 See Other")),
    "redirect-inside": ("guard-address", leads_to("http://127.0.0.9:{port}/secret")),
    "redirect-inside-as-a-number": ("guard-address", leads_to("http://2130706441:{port}/secret", "307 Temporary")),
    "redirect-to-metadata": ("guard-address", leads_to("http://169.254.169.254/latest/meta-data/", "308 Permanent")),
    "redirect-to-another-port": ("guard-port", leads_to("http://news.example:22/")),
    "redirect-to-no-address": ("guard-address", leads_to("http://[::1")),
    # --- pages ---
    "not-found": ("http-404", status("404 Not Found")),
    "forbidden": ("http-403", status("403 Forbidden")),
    "server-error": ("http-500", status("500 Internal Server Error")),
    "empty": ("not-html", page(b"")),
    "picture": ("not-html", page(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 50)),
    "nested-100000": ("too-deep", page("<div>" * 100_000 + "<p>deep")),
    "elements-without-end": ("too-large", page("<html>" + "<b>x</b>" * 300_000)),
    "attributes-without-end": ("article", page(article("attributes", body="<p " + "a=1 " * 200_000 + ">x</p>"))),
    "soft-404": ("soft-404", page("<html><title>404 Not Found</title><h1>Page not found</h1><p>Gone.</p>")),
    "login-wall": (
        "login-wall",
        page("<html><title>Log in</title><h1>Log in</h1><form><input name=u><input type=password name=p></form>"),
    ),
    "cookie-wall": ("*", page("<html><title>Cookies</title><p>Accept cookies to go on.</p><button>Accept</button>")),
    "meta-refresh-inside": (
        "*",
        lambda talk: talk.say(
            f'<html><meta http-equiv="refresh" content="0;url=http://{PRIVATE}:{talk.web.port}/secret"><p>Wait.</p>'
        ),
    ),
    "xml-with-entities": (
        "*",
        page('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'),
    ),
    "nulls": ("article", page(article("nulls").replace("counted", "coun\0ted").encode())),
    "surrogates": (
        "article",
        page(article("surrogates", JSON_LD.format('{"@type":"NewsArticle","author":"\\ud800"}'))),
    ),
    "lying-charset": (
        "article",
        page(article("lying charset ü").encode("utf-16"), Content_Type="text/html; charset=x-y"),
    ),
    "json-deep": ("article", page(article("json deep", JSON_LD.format("[" * 100_000)))),
    "next-page-inside": (
        "article",
        lambda talk: talk.say(
            article("next inside", head=f'<link rel="next" href="http://{PRIVATE}:{talk.web.port}/secret">')
        ),
    ),
    "next-pages-without-end": ("article", endless_pages),
    "sets-cookies": ("article", page(article("cookies"), Set_Cookie="a=b; Path=/")),
}
"""Name -> (reason of the reject, `article`, or `*` for any reject), and how the server answers."""


def feed(addresses: Sequence[str]) -> str:
    items = "".join(f"<item><title>{url[-30:]}</title><link>{url}</link></item>" for url in addresses)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{items}</channel></rss>'


def sitemap(addresses: Sequence[str], kind: str = "url") -> str:
    root = "urlset" if kind == "url" else "sitemapindex"
    rows = "".join(f"<{kind}><loc>{url}</loc></{kind}>" for url in addresses)
    return f'<?xml version="1.0"?><{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</{root}>'


XXE = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY file SYSTEM "file:///etc/passwd">'
    '<!ENTITY net SYSTEM "http://{private}/secret"><!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>{rest}"
)
LISTED: Mapping[str, tuple[str, str]] = {
    "feed-xxe.xml": ("feed", "broken-listing"),
    "feed-broken.xml": ("feed", "broken-listing"),
    "feed-evil-links.xml": ("feed", ""),
    "feed-nothing.xml": ("feed", "broken-listing"),
    "feed-without-end.xml": ("feed", "guard-size"),
    "feed-slow.xml": ("feed", "guard-time"),
    "feed-bomb.xml": ("feed", "guard-bomb"),
    "feed-torn.xml": ("feed", "guard-truncated"),
    "feed-inside.xml": ("feed", "guard-address"),
    "feed-circle.xml": ("feed", "guard-redirects"),
    "feed-gone.xml": ("feed", "http-404"),
    "map-xxe.xml": ("sitemap", ""),
    "map-index-of-itself.xml": ("sitemap", ""),
    "map-index-inside.xml": ("sitemap", ""),
    "map-50000.xml": ("sitemap", "listing-cut"),
    "map-broken.xml": ("sitemap", "broken-listing"),
    "map-bomb.xml.gz": ("sitemap", "listing-cut"),
    "map-headers.xml": ("sitemap", "guard-headers"),
    "calendar/2026/11": ("section", ""),
}
"""Listing -> its kind, and the reason that the store must have; none where all its links can be had."""


def listing(talk: Talk) -> None:  # noqa: C901, PLR0912, PLR0915 - a table of answers, each of one line
    name, port = talk.path.lstrip("/").partition("?")[0], talk.web.port
    mine, inside = f"http://{LISTINGS}:{port}", f"http://{PRIVATE}:{port}"
    found = [f"{mine}/article-{name.replace('/', '-')}.html"]
    private = [f"{inside}/secret", f"http://2130706441:{port}/secret", f"http://[::ffff:{PRIVATE}]:{port}/secret"]
    xml = {"Content_Type": "application/xml"}
    match name:
        case "robots.txt":
            talk.say("User-agent: *\nDisallow: /never/\n", Content_Type="text/plain")
        case "feed-xxe.xml":
            entities = XXE.format(private=f"{PRIVATE}:{port}", rest="")
            talk.say(entities + feed(found)[21:].replace("News", "&file;&net;&j;"), **xml)
        case "feed-broken.xml":
            talk.say(feed([*found, f"{mine}/second.html?a=1&b=2"]).replace("</channel></rss>", "<item>"), **xml)
        case "feed-evil-links.xml":
            evil = ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http://[::1", "//[", "\ud800", ""]
            links = [*found, *evil, *private, "http://127.0.0.1:22/", f"{mine}/%00%ff", f"{mine}/{'a' * 5000}"]
            talk.say(feed(links).encode("utf-8", "surrogatepass"), **xml)
        case "feed-nothing.xml":
            talk.say(b"\0" * 1000, **xml)
        case "feed-without-end.xml":
            endless(b"<item><link>http://x/</link></item>", b"HTTP/1.1 200 OK\r\n\r\n")(talk)
        case "feed-slow.xml":
            slow_body(talk)
        case "feed-bomb.xml":
            packed_bomb("br")(talk)
        case "feed-torn.xml":
            talk.say(gzip.compress(feed(found * 50).encode())[:60], Content_Encoding="gzip", **xml)
        case "feed-inside.xml":
            talk.to(private[1])
        case "feed-circle.xml":
            talk.to(talk.path)
        case "feed-gone.xml":
            talk.say("", "404 Not Found")
        case "map-xxe.xml":
            talk.say(
                XXE.format(private=f"{PRIVATE}:{port}", rest="") + sitemap([*found, "&file;", "&net;"])[21:], **xml
            )
        case "map-index-of-itself.xml":
            itself = [f"{mine}{talk.path}", *(f"{mine}/map-index-of-itself.xml?{number}" for number in range(9))]
            talk.say(sitemap(itself, "sitemap"), **xml)
        case "map-index-inside.xml":
            talk.say(sitemap([*private, f"{mine}/map-leaf.xml"], "sitemap"), **xml)
        case "map-leaf.xml":
            talk.say(sitemap([*found, *private]), **xml)
        case "map-50000.xml":
            others = (f"http://other.example/{number}" for number in range(50_000))
            talk.say(sitemap([*found, *others]), **xml)
        case "map-broken.xml":
            whole = sitemap([*found, f"{mine}/never-closed.html"])
            talk.say(whole.removesuffix("</url></urlset>") + "<loc>&bad; <b>\0", **xml)
        case "map-bomb.xml.gz":
            head = sitemap(found).removesuffix("</urlset>").encode()
            talk.say(packed_sitemap(head), Content_Type="application/gzip")
        case "map-headers.xml":
            endless(b"X-Filler: abcdefgh\r\n")(talk)
        case _ if name.startswith("calendar/"):
            year, month = map(int, name.split("/")[1:3])
            later = [f"/calendar/{year + number // 12}/{number % 12 + 1:02}" for number in range(month, month + 3)]
            days = [f"/article-{year}-{month:02}-{day:02}.html" for day in range(1, 6)]
            talk.say("".join(f'<a href="{path}">{path}</a>' for path in [*later, *days]))
        case _:
            talk.say(article(name))


def good(talk: Talk) -> None:
    """The outlet beside: a feed, a sitemap, articles."""
    mine = [f"http://{GOOD}:{talk.web.port}/news/{number}.html" for number in range(GOOD_ARTICLES)]
    if talk.path == "/feed.xml":
        talk.say(feed(mine[: GOOD_ARTICLES // 2]), Content_Type="application/rss+xml")
    elif talk.path == "/sitemap.xml":
        talk.say(sitemap(mine), Content_Type="application/xml")
    elif talk.path.startswith("/news/"):
        talk.say(article(f"good {talk.path}"))
    else:
        talk.say("", "404 Not Found")


def hostile(talk: Talk) -> None:
    """The outlet of all faults."""
    name = talk.path.strip("/").partition("?")[0].removesuffix(".html").removeprefix("f/").replace("pong", "ping")
    if name == "feed.xml":
        urls = [f"http://{HOSTILE}:{talk.web.port}/f/{fault}.html" for fault in talk.web.faults]
        talk.say(feed(urls), Content_Type="application/rss+xml")
    elif name in FAULTS:
        FAULTS[name][1](talk)
    else:
        talk.say("", "404 Not Found")


def stormy(talk: Talk) -> None:
    """An outlet that answers its feed, and 429 to everything else."""
    if talk.path == "/feed.xml":
        talk.say(feed([f"http://{STORMY}:{talk.web.port}/{number}.html" for number in range(5)]))
    elif talk.path == "/robots.txt":
        talk.say("", "404 Not Found")
    else:
        talk.say("slow down", "429 Too Many Requests", Retry_After="3600")


def lost(talk: Talk) -> None:
    """An outlet whose robots.txt leads inside."""
    if talk.path == "/robots.txt":
        talk.to(f"http://{PRIVATE}:{talk.web.port}/robots.txt")
    else:
        talk.say(feed([f"http://{LOST}:{talk.web.port}/1.html"]))


def mute(talk: Talk) -> None:
    """An outlet whose robots.txt does not end."""
    endless(b"X-Filler: abcdefgh\r\n")(talk) if talk.path == "/robots.txt" else talk.say(feed([]))


ANSWERS: Mapping[str, Callable[[Talk], None]] = {
    HOSTILE: hostile,
    GOOD: good,
    LISTINGS: listing,
    STORMY: stormy,
    LOST: lost,
    MUTE: mute,
    PRIVATE: lambda talk: talk.say("secret"),
}


@dataclass
class HostileWeb:
    """All its hosts on one port of this machine, as a context manager."""

    faults: Sequence[str] = tuple(FAULTS)
    port: int = 0
    asked: list[tuple[float, str, str]] = field(default_factory=list)
    """(moment, host, path) of each request."""
    took: list[tuple[float, str, str]] = field(default_factory=list)
    """(seconds, host, path) of each request, until its end or until the client has gone."""
    connections: dict[str, int] = field(default_factory=lambda: dict.fromkeys(HOSTS, 0))
    cookies: int = 0
    _sockets: list[socket.socket] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def __enter__(self) -> Self:
        STOPPED.clear()
        for coding in PACK:
            bomb(coding)
        doubly_packed()
        self.port = self.listen(HOSTS[0], 0)
        for host in HOSTS[1:]:
            self.listen(host, self.port)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        STOPPED.set()
        for listener in self._sockets:
            listener.close()

    def listen(self, host: str, port: int) -> int:
        listener = socket.create_server((host, port), backlog=64)
        self._sockets.append(listener)
        Thread(target=self.accept, args=(listener, host), daemon=True).start()
        return int(listener.getsockname()[1])

    def accept(self, listener: socket.socket, host: str) -> None:
        with suppress(OSError):  # closed
            while True:
                wire, _ = listener.accept()
                self.connections[host] += 1
                Thread(target=self.answer, args=(wire, host), daemon=True).start()

    def answer(self, wire: socket.socket, host: str) -> None:
        wire.settimeout(30)
        with suppress(OSError), wire:  # the client has gone
            head = b""
            while b"\r\n\r\n" not in head:
                piece = wire.recv(65_536)
                if not piece:
                    return
                head += piece
            path = head.split(b" ", 2)[1].decode("latin-1")
            with self._lock:
                self.asked.append((time.monotonic(), host, path))
                self.cookies += b"\r\ncookie:" in head.lower()
            began = time.monotonic()
            try:
                ANSWERS[host](Talk(wire, path, host, self))
            finally:
                self.took.append((time.monotonic() - began, host, path))

    @property
    def allowed(self) -> list[str]:
        """The allow-list of a crawl: every host but the private one."""
        return [f"{host}:{self.port}" for host in HOSTS if host != PRIVATE]


def outlets(port: int) -> list[type[Outlet]]:
    """The outlets of this web."""

    def made(name: str, host: str, **said: Any) -> type[Outlet]:
        home = f"http://{host}:{port}/"
        listings = {kind: tuple(home + path for path in paths) for kind, paths in said.items()}
        return type(
            name.title(), (Outlet,), {"name": name, "title": name, "homepage": home, "language": "en", **listings}
        )

    listed = {
        kind: [name for name, (its, _) in LISTED.items() if its == kind] for kind in ("feed", "sitemap", "section")
    }
    return [
        made("hostile", HOSTILE, feeds=["feed.xml"]),
        made("good", GOOD, feeds=["feed.xml"], sitemaps=["sitemap.xml"]),
        made("listings", LISTINGS, feeds=listed["feed"], sitemaps=listed["sitemap"], sections=listed["section"]),
        made("stormy", STORMY, feeds=["feed.xml"]),
        made("lost", LOST, feeds=["feed.xml"]),
        made("mute", MUTE, feeds=["feed.xml"]),
    ]


SETTINGS: Mapping[str, Any] = {
    "DOWNLOAD_DELAY": 0.0,
    "AUTOTHROTTLE_ENABLED": False,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 6,
    "RETRY_TIMES": 1,
    "PAUSE_WAIT": 1.0,
    "LOG_LEVEL": "INFO",
}


def peak_memory() -> int:
    """The most megabytes that this process had in memory; `getrusage` would count those of its parent before exec."""
    said = Path("/proc/self/status").read_text("utf-8")
    return int(said.partition("VmHWM:")[2].split()[0]) // 1024


def main() -> None:
    """Crawl the web that listens on a port, in this process; the last line says what it took."""
    from newscrawl import runs  # noqa: PLC0415 - it installs the reactor

    parser = argparse.ArgumentParser()
    parser.add_argument("--db", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--settings", type=json.loads, default={})
    parser.add_argument("--only", nargs="*")
    said = parser.parse_args()
    chosen = [outlet for outlet in outlets(said.port) if not said.only or outlet.name in said.only]
    start = peak_memory()
    report = runs.run(said.db, chosen, settings={**SETTINGS, **said.settings}, with_cluster=False)
    peak = peak_memory()
    told = {one.outlet: {"finished": one.finished, **one.counts} for one in report.outlets}
    said_at_last = {"start_mb": start, "peak_mb": peak, "seconds": report.seconds, "outlets": told}
    sys.stdout.write(json.dumps(said_at_last) + "\n")


if __name__ == "__main__":
    main()
