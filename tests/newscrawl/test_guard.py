from __future__ import annotations

import gzip
import ipaddress
import json
import socket
import ssl
import subprocess
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import brotli
import pytest
import zstandard
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st
from scrapy.settings import Settings

from dedupe.model import LASTING
from newscrawl import addresses, guard, unpacking
from newscrawl.addresses import allowed, is_public, literal, refused_address, refused_url
from newscrawl.outlet import Outlet

HERE = Path(__file__).parent
NOTHING = allowed([])
LIMIT = 5 * 1024 * 1024

# --- addresses: the pure list -------------------------------------------------------------------

NON_PUBLIC = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 100.127.255.255 127.0.0.1 127.255.255.254
168.63.129.16 169.254.169.254 169.254.0.1 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.192 192.0.2.1 192.31.196.1
192.52.193.1 192.88.99.1 192.168.0.1 192.168.255.255 192.175.48.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.1
224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1
100::1 2001::1 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:2::1 2001:10::1 2001:20::1 2001:db8::1 2002:7f00:1::
2002:a00:1:: 2620:4f:8000::1 3ffe::1 3fff::1 5f00::1 fc00::1 fd00:ec2::254 fe80::1 fe80::1%lo fec0::1 ff02::1 ff0e::1
"""
PUBLIC = "1.1.1.1 8.8.8.8 93.184.215.14 100.63.255.255 100.128.0.1 172.15.0.1 172.32.0.1 2606:2800:21f::1 2a00:1450::1"


@pytest.mark.parametrize("address", NON_PUBLIC.split())
def test_addresses_that_are_nobodys_on_the_internet_are_refused(address: str) -> None:
    assert not is_public(address)
    assert refused_address("news.example", address, 80, NOTHING)


@pytest.mark.parametrize("address", PUBLIC.split())
def test_addresses_of_the_internet_are_not(address: str) -> None:
    assert is_public(address)
    assert refused_address("news.example", address, 80, NOTHING) is None


@given(st.ip_addresses())
def test_what_python_calls_private_is_never_public_here(address: ipaddress.IPv4Address) -> None:
    if address.is_private or address.is_loopback or address.is_multicast or address.is_link_local:
        assert not is_public(str(address))


@given(st.ip_addresses(v=4))
def test_an_address_is_the_same_in_every_spelling(address: ipaddress.IPv4Address) -> None:
    a, b, c, d = address.packed
    number = int(address)
    spellings = {
        str(number), hex(number), f"0{number:o}", f"{a}.{number & 0xFFFFFF}", f"{a}.{b}.{number & 0xFFFF}",
        f"0x{a:x}.0x{b:x}.{c}.{d}", f"{a:04o}.{b}.{c}.{d}", f"{address}.",
    }  # fmt: skip
    assert {literal(spelt) for spelt in spellings} == {address}
    verdict = refused_url(f"http://{address}/", NOTHING)
    assert {(refused_url(f"http://{spelt}/", NOTHING) or verdict) == verdict for spelt in spellings} == {True}
    assert (verdict is None) == is_public(str(address))


@given(st.text(max_size=80))
def test_no_address_however_written_breaks_the_guard(text: str) -> None:
    refused_url(text, NOTHING)
    refused_url(f"http://{text}/", NOTHING)
    literal(text)
    assert not is_public(text) or ipaddress.ip_address(text)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("ftp://news.example/a", "guard-scheme"),
        ("file:///etc/passwd", "guard-scheme"),
        ("gopher://news.example/", "guard-scheme"),
        ("data:text/html,x", "guard-scheme"),
        ("javascript:alert(1)", "guard-scheme"),
        ("s3://bucket/key", "guard-scheme"),
        ("http://news.example:22/", "guard-port"),
        ("http://news.example:6379/", "guard-port"),
        ("https://news.example:0/", "guard-port"),
        ("http://news.example:99999/", "guard-address"),
        ("http://news.example:80:80/", "guard-address"),
        ("http://", "guard-address"),
        ("http:///path", "guard-address"),
        ("http://user@news.example/", "guard-address"),
        ("http://news.example:80@127.0.0.1/", "guard-address"),
        ("http://[::1", "guard-address"),
        ("http://a..b/", "guard-address"),
        ("http://a b/", "guard-address"),
        ("http://%31%32%37.0.0.1/", "guard-address"),
        ("http://localhost/", "guard-address"),
        ("http://www.localhost./", "guard-address"),
    ],
)
def test_what_an_address_shows(url: str, reason: str) -> None:
    refusal = refused_url(url, NOTHING)
    assert refusal
    assert refusal.reason == reason
    assert refusal.detail


@pytest.mark.parametrize(
    "url", ["http://news.example/", "https://news.example:8443/a?b=c", "http://münchen.example:8080"]
)
def test_ordinary_addresses_pass(url: str) -> None:
    assert refused_url(url, NOTHING) is None


@pytest.mark.parametrize(
    ("entry", "host", "address", "port", "opens"),
    [
        ("127.0.0.1:8080", "127.0.0.1", "127.0.0.1", 8080, True),
        ("127.0.0.1:8081", "127.0.0.1", "127.0.0.1", 8080, False),
        ("127.0.0.1", "any.example", "127.0.0.1", 9999, True),
        ("10.0.0.0/8", "intranet", "10.1.2.3", 80, True),
        ("10.0.0.0/8", "intranet", "11.1.2.3", 25, False),
        ("10.0.0.0/8:81", "intranet", "10.1.2.3", 81, True),
        ("[::1]:81", "::1", "::1", 81, True),
        ("[::1]", "::1", "::1", 81, True),
        ("::1", "::1", "::1", 81, True),
        ("fd00::/8", "x.example", "fd00::7", 80, True),
        ("intranet.example", "intranet.example", "10.1.2.3", 81, True),
        ("intranet.example:81", "intranet.example", "10.1.2.3", 82, False),
        ("intranet.example", "other.example", "10.1.2.3", 80, False),
        ("news.example:88", "news.example", "8.8.8.8", 88, True),
    ],
)
def test_the_allow_list_opens_what_it_names(entry: str, host: str, address: str, port: int, *, opens: bool) -> None:
    openings = allowed([entry])
    assert (refused_address(host, address, port, openings) is None) == opens
    shown = f"[{host}]" if ":" in host else host
    if opens:
        assert refused_url(f"http://{shown}:{port}/", openings) is None


@pytest.mark.parametrize("entry", ["", "http://a/", "a b", "10.0.0.0/99", "1.2.3", "[::1", "a:b", "::1]:8"])
def test_an_unclear_entry_of_the_allow_list_is_named(entry: str) -> None:
    with pytest.raises(ValueError, match="GUARD_ALLOW"):
        allowed([entry])


# --- bodies ---------------------------------------------------------------------------------------

PACK: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda body: brotli.compress(body, quality=3),
    "zstd": zstandard.compress,
}


@pytest.mark.parametrize("coding", PACK)
@given(body=st.binary(min_size=1, max_size=3000), cut=st.integers(1, 3000))
def test_a_body_comes_whole_or_not_at_all(coding: str, body: bytes, cut: int) -> None:
    packed = PACK[coding](body)
    assert unpacking.unpacked(packed, [coding], LIMIT) == body
    with pytest.raises(unpacking.TruncatedError):
        unpacking.unpacked(packed[: -min(cut, len(packed) - 1)], [coding], LIMIT)


@pytest.mark.parametrize("coding", PACK)
@given(body=st.binary(max_size=400))
def test_damaged_bodies_are_told(coding: str, body: bytes) -> None:
    with suppress(unpacking.UnpackingError):
        assert isinstance(unpacking.unpacked(body, [coding], LIMIT), bytes)


@pytest.mark.parametrize("coding", PACK)
def test_a_bomb_is_let_go_at_the_limit(coding: str) -> None:
    with pytest.raises(unpacking.BombError, match="5242880"):
        unpacking.unpacked(PACK[coding](bytes(40 * 1024 * 1024)), [coding], LIMIT)


def test_codings_one_over_another() -> None:
    body = b"text " * 1000
    assert unpacking.unpacked(zlib.compress(gzip.compress(body)), ["gzip", "deflate"], LIMIT) == body
    assert unpacking.unpacked(gzip.compress(body) + gzip.compress(body) + bytes(9), ["gzip"], LIMIT) == body * 2
    with pytest.raises(unpacking.BombError):
        unpacking.unpacked(body, ["gzip"] * 3, LIMIT)


def test_a_frame_that_asks_for_more_memory_than_the_web_allows_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters.from_level(3, window_log=27)
    stream = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    packed = stream.compress(b"x" * 1000) + stream.flush()
    with pytest.raises(unpacking.TruncatedError, match="memory"):
        unpacking.unpacked(packed, ["zstd"], LIMIT)


# --- settings -------------------------------------------------------------------------------------


def with_settings(**changed: Any) -> Settings:
    settings = Settings()
    settings.setmodule("newscrawl.settings", priority="project")
    for name, value in changed.items():
        settings.set(name, value, priority="cmdline")
    return settings


def test_the_settings_that_ship_are_whole() -> None:
    guard.check(with_settings())
    assert not {"data", "file", "ftp", "s3"} & {
        scheme for scheme, path in with_settings().getwithbase("DOWNLOAD_HANDLERS").items() if path
    }


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("COOKIES_ENABLED", True),
        ("HTTPPROXY_ENABLED", True),
        ("REMOTE_CONTROL_ENABLED", True),
        ("TELNETCONSOLE_ENABLED", True),
        ("DOWNLOAD_FAIL_ON_DATALOSS", False),
        ("REDIRECT_ENABLED", False),
        ("TWISTED_REACTOR_ENABLED", False),
        ("DOWNLOAD_MAXSIZE", 0),
        ("DOWNLOAD_MAXSIZE", 1024**3),
        ("DOWNLOAD_TIMEOUT", 180),
        ("REDIRECT_MAX_TIMES", 1000),
        ("DOWNLOAD_VERIFY_CERTIFICATES", False),
        ("TWISTED_DNS_RESOLVER", "scrapy.resolver.CachingHostnameResolver"),
        ("DOWNLOAD_HANDLERS", {"http": "scrapy.core.downloader.handlers.http11.HTTP11DownloadHandler"}),
        ("DOWNLOAD_HANDLERS", {"ftp": "scrapy.core.downloader.handlers.ftp.FTPDownloadHandler"}),
        ("DOWNLOADER_MIDDLEWARES", {"newscrawl.guard.Guard": None}),
        ("DOWNLOADER_MIDDLEWARES", {}),
    ],
)
def test_no_crawl_starts_with_a_part_of_the_guard_taken_off(setting: str, value: Any) -> None:
    with pytest.raises(guard.GuardOffError, match=setting):
        guard.check(with_settings(**{setting: value}))
    guard.check(with_settings(**{setting: value, "GUARD_ALLOW": [setting]}))
    with pytest.raises(guard.GuardOffError, match=setting):
        guard.check(with_settings(**{setting: value, "GUARD_ALLOW": ["127.0.0.1"]}))


def test_an_outlet_may_say_that_its_certificate_is_faulty() -> None:
    guard.check(with_settings(DOWNLOAD_VERIFY_CERTIFICATES=False), insecure_tls=True)


def test_an_unclear_allow_list_stops_the_start() -> None:
    with pytest.raises(guard.GuardOffError, match="GUARD_ALLOW"):
        guard.check(with_settings(GUARD_ALLOW=["http://127.0.0.1/"]))


def test_what_lasts_is_a_reason_of_the_guard() -> None:
    assert LASTING - {"robots"} <= guard.REASONS


# --- the ways to a private listener ------------------------------------------------------------------


class Listener(ThreadingHTTPServer):
    """A server that writes down every connection, and what was asked of it."""

    daemon_threads = True

    def __init__(self, host: str, port: int) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), Answer)
        self.asked: list[str] = []
        self.plain = False
        """Whether numbers are pages, and no redirects to the number below."""
        self.connections = 0

    def verify_request(self, request: Any, client_address: Any) -> bool:
        self.connections += 1
        return super().verify_request(request, client_address)


class Answer(BaseHTTPRequestHandler):
    server: Listener

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        leads = parse_qs(urlsplit(self.path).query, encoding="latin-1").get("to")
        if self.path.endswith("/to/to"):
            leads = [self.path]
        elif self.path.startswith("/to/"):
            leads = ["/to/b" if self.path == "/to/a/to/a" else "/to/a/to/a"]
        elif self.path[1:].isdigit() and self.path != "/0" and not self.server.plain:
            leads = [f"/{int(self.path[1:]) - 1}"]
        self.send_response(302 if leads else 200)
        if leads:
            self.send_header("Location", leads[0])
        self.send_header("Content-Length", "6")
        self.end_headers()
        self.wfile.write(b"secret")

    def log_message(self, *args: object) -> None:
        pass


@dataclass
class Machine:
    """This machine as a crawl sees it: `inside` must not be reached, `outside` stands for the web."""

    port: int
    inside: list[Listener]
    outside: Listener
    names: dict[str, list[list[str]]] = field(default_factory=dict)
    insecure: int = 0
    """Requests of the last crawl over connections that nobody vouched for."""

    @property
    def arrived(self) -> int:
        return sum(listener.connections for listener in self.inside)

    def ask(self, urls: list[str], *also: str, **settings: Any) -> dict[str, str]:
        """What came of asking each address; the stand-in for the web is allowed."""
        allow = [f"127.0.0.2:{self.port}", *also]
        asked = {"urls": urls, "names": self.names, "settings": {"GUARD_ALLOW": allow, **settings}}
        done = subprocess.run(
            [sys.executable, str(HERE / "guarded_crawl.py")],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            timeout=100,
            check=True,
        )
        came = json.loads(done.stdout)
        self.insecure = came.pop("insecure")
        return {key.partition(" ")[2]: code for key, code in came.items()}


@contextmanager
def machine() -> Iterator[Machine]:
    outside = Listener("127.0.0.2", 0)
    port = outside.server_address[1]
    inside = [Listener("127.0.0.1", port)]
    if socket.has_ipv6:
        with suppress(OSError):  # a machine without IPv6
            inside.append(Listener("::1", port))
    for listener in (outside, *inside):
        Thread(target=listener.serve_forever, args=(0.05,), daemon=True).start()
    yield Machine(port, inside, outside)
    for listener in (outside, *inside):
        listener.shutdown()
        listener.server_close()


FORMS = """
127.0.0.1 127.0.0.1. 127.1 127.0.1 127.255.255.254 2130706433 0x7f000001 0x7f.1 0x7f.0.0.1 0x7F.0x0.0x0.0x1
017700000001 0177.1 0177.0.0.01 00000177.0.0.1 127.0.0.0x1 0 0.0.0.0 0x0 00 0.0
[::1] [::] [0:0:0:0:0:0:0:1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::127.0.0.1] [0:0:0:0:0:ffff:127.0.0.1]
[64:ff9b::127.0.0.1] [64:ff9b::7f00:1] [2002:7f00:1::] [2001:0:7f00:1::] [fe80::1] [::1%25lo] [fc00::1]
localhost LOCALHOST localhost. www.localhost ⓛocalhost loca\u00adlhost
127。0。0。1 127．0．0．1 ①②⑦.⓪.⓪.① １２７.０.０.１
user@127.0.0.1 public.example@127.0.0.1 127.0.0.1\\@public.example
10.0.0.1 192.168.0.1 169.254.169.254 metadata.inside six.inside mixed.inside CASE.inside last.inside.
"""
"""Spellings of addresses that are somebody's inside."""
INSIDE_NAMES = {
    "metadata.inside": [["169.254.169.254"]],
    "six.inside": [["::1"]],
    "mixed.inside": [["127.0.0.1", "10.0.0.1", "::1"]],
    "case.inside": [["127.0.0.1"]],
    "last.inside": [["127.0.0.1"]],
    "last.inside.": [["127.0.0.1"]],
}


def written(form: str, port: int) -> str:
    """The form as an address on the listener's port."""
    host, slash, rest = form.partition("\\")
    return f"http://{host}:{port}{slash}{rest}/inside"


def test_no_form_of_an_inner_address_is_reached() -> None:
    """Asked directly, and by way of a redirect from the web."""
    with machine() as here:
        here.names = {**INSIDE_NAMES, "web.example": [["127.0.0.2"]]}
        direct = [written(form, here.port) for form in FORMS.split()]
        redirected = [f"http://web.example:{here.port}/?to={quote(url.encode())}" for url in direct]
        protocol_relative = [f"http://web.example:{here.port}/?to={quote(url[5:].encode())}" for url in direct[:20]]
        came = here.ask([*direct, *redirected, *protocol_relative])
        arrived, asked = here.arrived, [path for path in here.outside.asked if "to=" not in path]
    assert len(FORMS.split()) >= 50
    assert arrived == 0
    assert asked == []
    assert {url: code for url, code in came.items() if code not in {"guard-address", "no-request"}} == {}
    assert len([url for url in direct if came.get(url) == "no-request"]) <= 1
    assert len(came) == len(set(direct + redirected + protocol_relative))


def test_most_forms_do_reach_the_listener_where_the_guard_lets_them() -> None:
    """The check of the test above: its forms are forms of an address."""
    with machine() as here:
        here.names = dict(INSIDE_NAMES)
        allow = ("127.0.0.0/8", "0.0.0.0/32", "::/127", "::ffff:127.0.0.0/104", "localhost")
        came = here.ask([written(form, here.port) for form in FORMS.split()], *allow)
        arrived = here.arrived
    assert arrived >= 20
    assert len([code for code in came.values() if code == "200 6"]) >= 20


def test_a_name_that_changes_its_address_gains_nothing() -> None:
    """DNS rebinding: asked again and again, the name means the web and this machine in turn."""
    with machine() as here:
        here.names = {
            "turns.example": [["127.0.0.2"], ["127.0.0.1"]],
            "later.example": [["127.0.0.2"], *[["127.0.0.1", "::1"]] * 50],
            "both.example": [["127.0.0.1", "127.0.0.2", "::1"]],
            "metadata.example": [["127.0.0.2"], ["169.254.169.254"]],
        }
        here.outside.plain = True
        urls = [f"http://{name}:{here.port}/{number}" for name in here.names for number in range(10)]
        came = here.ask(urls, DNSCACHE_ENABLED=False, CONCURRENT_REQUESTS_PER_DOMAIN=1)
        arrived, asked = here.arrived, len(here.outside.asked)
    assert arrived == 0
    assert asked >= 13
    assert {came[url] for url in urls if "both" in url} == {"200 6"}
    assert set(came.values()) == {"200 6", "guard-address"}


def test_redirects_to_other_schemes_and_ports_are_refused_with_their_reason() -> None:
    with machine() as here:
        web = f"http://127.0.0.2:{here.port}/"
        leads = {
            "ftp://127.0.0.2/": "guard-scheme",
            "file:///etc/passwd": "guard-scheme",
            "data:text/html,x": "guard-scheme",
            "gopher://127.0.0.1:70/": "guard-scheme",
            "http://127.0.0.2:22/": "guard-address",
            "http://news.example:22/": "guard-port",
            "http://[::1": "guard-address",
            "//[": "guard-address",
            "/?to=%2F%3Fto%3D%252F": "200 6",
        }
        came = here.ask([f"{web}?to={quote(url)}" for url in leads])
    assert {url: came[f"{web}?to={quote(url)}"] for url in leads} == leads


def test_circles_of_redirects_end_with_their_reason() -> None:
    with machine() as here:
        web = f"http://127.0.0.2:{here.port}/"
        itself, circle, longer, far = f"{web}to/to", f"{web}to/a/to/a", f"{web}5", f"{web}6"
        came = here.ask([itself, circle, longer, far], REDIRECT_MAX_TIMES=5)
    assert came == {
        itself: "guard-redirects",
        circle: "guard-redirects",
        longer: "200 6",
        far: "guard-redirects",
    }


def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with machine() as here:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{here.port}")
        came = here.ask([f"http://127.0.0.2:{here.port}/", "http://10.0.0.1/"])
        arrived = here.arrived
    assert arrived == 0
    assert sorted(came.values()) == ["200 6", "guard-address"]


# --- TLS ------------------------------------------------------------------------------------------


def certificate(
    folder: Path, name: str, *, signer: tuple[Any, Any] | None, host: str, days: int = 10
) -> tuple[Any, Any]:
    """A certificate for a host in `NAME.pem`, with its key; signed by itself where nobody else does."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(signer[0].subject if signer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=name == "ca", path_length=None), critical=True)
        .sign(signer[1] if signer else key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / f"{name}.pem").write_bytes(pem + secret)
    return made, key


@contextmanager
def tls_listener(chain: Path | None) -> Iterator[Listener]:
    """A server of HTTP over TLS with a certificate; without one it speaks plain HTTP."""
    listener = Listener("127.0.0.2", 0)
    if chain:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(chain)
        listener.socket = context.wrap_socket(listener.socket, server_side=True, do_handshake_on_connect=False)
    listener.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that does not trust us hangs up
    Thread(target=listener.serve_forever, args=(0.05,), daemon=True).start()
    yield listener
    listener.shutdown()
    listener.server_close()


def test_only_trusted_certificates_are_taken_unless_the_outlet_says_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signer = certificate(tmp_path, "ca", signer=None, host="ca.example")
    certificate(tmp_path, "good", signer=signer, host="good.example")
    certificate(tmp_path, "own", signer=None, host="own.example")
    certificate(tmp_path, "old", signer=signer, host="old.example", days=-1)
    certificate(tmp_path, "other", signer=signer, host="somebody-else.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    kinds = ("good", "own", "old", "other", "plain")
    with ExitStack() as stack:
        here = stack.enter_context(machine())
        chains = [None if kind == "plain" else tmp_path / f"{kind}.pem" for kind in kinds]
        ports = [stack.enter_context(tls_listener(chain)).server_address[1] for chain in chains]
        here.names = {f"{kind}.example": [["127.0.0.2"]] for kind in kinds}
        urls = [f"https://{kind}.example:{port}/" for kind, port in zip(kinds, ports, strict=True)]
        came = here.ask(urls, "127.0.0.2")
        insecure = here.insecure
        lax = here.ask(urls[1:4], "127.0.0.2", "DOWNLOAD_VERIFY_CERTIFICATES", DOWNLOAD_VERIFY_CERTIFICATES=False)
    assert [came[url] for url in urls] == ["200 6", "tls", "tls", "tls", "tls"]
    assert insecure == 0
    assert set(lax.values()) == {"200 6"}
    assert here.insecure == 3


def test_an_outlet_speaks_for_itself_alone() -> None:
    class Faulty(Outlet):
        name, homepage = "faulty", "https://faulty.example/"
        insecure_tls = True

    class Sound(Outlet):
        name, homepage = "sound", "https://sound.example/"

    faulty, sound = with_settings(), with_settings()
    Faulty.update_settings(faulty)
    Sound.update_settings(sound)
    assert not faulty.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
    assert sound.getbool("DOWNLOAD_VERIFY_CERTIFICATES")
    with pytest.raises(guard.GuardOffError, match="DOWNLOAD_VERIFY_CERTIFICATES"):
        Sound.update_settings(with_settings(DOWNLOAD_VERIFY_CERTIFICATES=False))


def test_the_guard_stands_on_the_parts_of_scrapy_it_was_written_for() -> None:
    """Fails where Scrapy moves or renames what `fetching` leans on: read it again before raising Scrapy's version."""
    from scrapy.core.downloader.handlers import http11  # noqa: PLC0415 - its inner rooms

    from newscrawl import fetching  # noqa: PLC0415

    source = Path(http11.__file__).read_text("utf-8")
    for leaned_on in (
        "self._pool._factory = _LenientHTTP11ClientFactory",
        "self._parser.__class__ = _LenientHTTPClientParser",
        "return _LenientHTTP11ClientProtocol(self._quiescentCallback)",
        "self._timeout_cl = reactor.callLater(timeout, d3.cancel)",
        "exc = ResponseDataLossError()",
    ):
        assert leaned_on in source, f"Scrapy changed: {leaned_on!r} is gone from http11.py; see newscrawl/fetching.py"
    for method in ("lineReceived", "lineLengthExceeded"):
        assert hasattr(http11._LenientHTTPClientParser, method), f"Twisted's parser has no {method} any more"
    assert "__init__" not in vars(fetching.GuardedParser)
    assert {80, 443, 8080, 8443} == addresses.PORTS
