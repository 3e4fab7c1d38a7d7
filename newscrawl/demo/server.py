"""The loopback server of the demo web, and the download handler that leads Scrapy to it."""

from __future__ import annotations

import gzip
import hashlib
import ipaddress
import sys
import time
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Self, cast

from scrapy.core.downloader.handlers.http11 import _ScrapyAgent
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future
from scrapy.utils.httpobj import urlparse_cached
from twisted.internet.endpoints import TCP4ClientEndpoint
from twisted.web.client import URI, Agent

from newscrawl.demo.web import DemoWeb, Page, build, hosts
from newscrawl.fetching import GuardedHandler

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

_IDLE_SECONDS = 30
"""A kept-alive connection that asks nothing for so long is closed, and its thread ends."""
_WORTH_PACKING = 256
"""Bytes from which a gzip body is smaller than the plain one."""


class DemoServer:
    """The demo web over HTTP on this machine, as a context manager.

    `requests` logs (host, path with query) of every request; `delay` seconds are waited before each answer.
    """

    def __init__(self, web: DemoWeb, *, host: str = "127.0.0.1", port: int = 0, delay: float = 0.0) -> None:
        self._server = _Listener(loopback(host), port, web)
        self._server.delay = delay
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), daemon=True, name="demo web")

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def open(self) -> None:
        """Start answering."""
        self._thread.start()

    def close(self) -> None:
        """Stop answering and free the port."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    @property
    def address(self) -> str:
        """Where it listens, as `127.0.0.1:port`."""
        host, port = self._server.server_address[:2]
        return f"{host!s}:{port}"

    @property
    def requests(self) -> list[tuple[str, str]]:
        """(host, path with query) of each request so far, in the order they came."""
        return self._server.asked

    @property
    def delay(self) -> float:
        """Seconds waited before each answer."""
        return self._server.delay

    @delay.setter
    def delay(self, seconds: float) -> None:
        self._server.delay = seconds


def loopback(host: str) -> str:
    """`host` when it is an IPv4 loopback address; the demo is served to this machine only.

    Raises:
        ValueError: for every other address and for names, which may mean anything.
    """
    address = ipaddress.IPv4Address(host)
    if not address.is_loopback:
        raise ValueError(f"the demo web is served on a loopback address (127.0.0.1) only, not on {host}")
    return str(address)


class _Listener(ThreadingHTTPServer):
    """The listening socket, and what its answering threads share."""

    allow_reuse_address = False

    def __init__(self, host: str, port: int, web: DemoWeb) -> None:
        super().__init__((host, port), _Answer)
        self.web = web
        self.asked: list[tuple[str, str]] = []
        self.delay = 0.0

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Let a client go that hung up; report every other error as the base class does."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Answer(BaseHTTPRequestHandler):
    """One connection: answers GET and HEAD by Host header."""

    protocol_version = "HTTP/1.1"
    server_version = "newscrawl-demo"
    sys_version = ""
    timeout: ClassVar[float] = _IDLE_SECONDS

    def do_GET(self) -> None:
        """Answer with head and body."""
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        """Answer with the head alone."""
        self._answer(with_body=False)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class names it so
        """Stay quiet: the crawl has its own log."""

    def _answer(self, *, with_body: bool) -> None:
        listener = cast("_Listener", self.server)
        host = (self.headers.get("Host") or "").lower().removesuffix(":80")
        listener.asked.append((host, self.path))
        if listener.delay:
            time.sleep(listener.delay)
        page = listener.web.page(host, self.path) or _missing(is_outlet=host in listener.web.hosts)
        etag = f'W/"{hashlib.sha256(page.body).hexdigest()[:20]}"'
        if page.status == HTTPStatus.OK and self._is_known(etag, page.modified):
            self._head(HTTPStatus.NOT_MODIFIED, {"ETag": etag})
            return
        headers, body = self._packed(page)
        if page.status == HTTPStatus.OK:
            headers |= {"ETag": etag, "Last-Modified": _http_date(page.modified)}
        self._head(page.status, headers)
        if with_body:
            self.wfile.write(body)

    def _is_known(self, etag: str, modified: datetime) -> bool:
        """Whether the client says it has this version; an ETag goes before a date (RFC 9110, 13.2.2)."""
        if (tags := self.headers.get("If-None-Match")) is not None:
            return etag in tags or tags.strip() == "*"
        since = _read_date(self.headers.get("If-Modified-Since"))
        return since is not None and modified.replace(microsecond=0) <= since

    def _packed(self, page: Page) -> tuple[dict[str, str], bytes]:
        headers = {"Content-Type": page.content_type, "Vary": "Accept-Encoding"}
        body = page.body
        if "gzip" in (self.headers.get("Accept-Encoding") or "") and len(body) >= _WORTH_PACKING:
            body = gzip.compress(body, mtime=0)
            headers["Content-Encoding"] = "gzip"
        return headers | {"Content-Length": str(len(body))}, body

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()


def _missing(*, is_outlet: bool) -> Page:
    """The answer where nothing is."""
    title = "404 Not Found" if is_outlet else "404 No such outlet in the demo"
    text = f"<!doctype html><title>{title}</title><h1>{title}</h1><p>Nothing stands at this address.</p>\n"
    return Page(
        body=text.encode(),
        content_type="text/html; charset=utf-8",
        status=HTTPStatus.NOT_FOUND,
        modified=datetime.now(UTC),
    )


def _http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def _read_date(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class DemoHandler(GuardedHandler):
    """The guarded download handler, except that the demo's hosts are asked on this machine.

    The request goes out unchanged (its Host header names the outlet) and the response keeps its address.
    Only the connection leads elsewhere: to the setting `DEMO_WEB` ("127.0.0.1:port") or, where that is not
    set, to a server started here on the first such request. No name of the demo is ever looked up in the DNS, and
    no other host is led to this machine.
    """

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._hosts = hosts()
        self._address: str | None = crawler.settings.get("DEMO_WEB")
        self._server: DemoServer | None = None

    async def fetch(self, request: Request) -> Response:
        """Return the response: of the demo server for the demo's hosts, else as the guarded handler fetches it."""
        if urlparse_cached(request).hostname not in self._hosts:
            return await super().fetch(request)
        agent = _DemoAgent(
            contextFactory=self._contextFactory,
            pool=self._pool,
            maxsize=self._default_maxsize,
            warnsize=self._default_warnsize,
            crawler=self.crawler,
        )
        agent.endpoints = _Loopback(self._demo_address())
        with wrap_twisted_exceptions():
            return await maybe_deferred_to_future(agent.download_request(request))

    async def close(self) -> None:
        """Close the connections, and the server where one was started here."""
        await super().close()
        if self._server is not None:
            self._server.close()

    def _demo_address(self) -> str:
        if self._address is None:
            self._server = DemoServer(build())
            self._server.open()
            self._address = self._server.address
        return self._address


class _DemoAgent(_ScrapyAgent):
    """Scrapy's agent with other endpoints, and no proxy between."""

    endpoints: _Loopback

    def _get_agent(self, request: Request, timeout: float) -> Agent:  # noqa: ARG002  # Scrapy's signature
        from twisted.internet import reactor  # noqa: PLC0415  # importing it installs it

        return cast("Agent", Agent.usingEndpointFactory(reactor, self.endpoints, pool=self._pool))  # type: ignore[no-untyped-call]  # Twisted's


class _Loopback:
    """Connects every address to the demo server: by number, so that no resolver and no guard is asked."""

    def __init__(self, address: str) -> None:
        host, _, port = address.partition(":")
        self.host, self.port = loopback(host), int(port)

    def endpointForURI(self, uri: URI) -> TCP4ClientEndpoint:  # noqa: ARG002, N802  # Twisted's interface
        """Return the way to the demo server, whatever the host."""
        from twisted.internet import reactor  # noqa: PLC0415  # importing it installs it

        return TCP4ClientEndpoint(reactor, self.host, self.port)
