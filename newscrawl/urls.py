"""Pure: one canonical address for the many forms of a URL."""

from __future__ import annotations

import posixpath
import re
from functools import cache, lru_cache
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from tldextract import TLDExtract

MAX_LENGTH = 4096
"""Longer addresses are left as they are: no article has one, and rewriting them would only cost time."""

_ROUNDS = 8  # one round settles ordinary addresses; more only where one form hides another

_TRACKING_PREFIXES = (
    "utm_",
    "utm-",
    "at_",
    "pk_",
    "mtm_",
    "hsa_",
    "_hs",
    "wt_",
    "__twitter",
    "_x_tr_",
    "fb_",
    "ga_",
)
_TRACKING = frozenset({
    "fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "ttclid", "igshid",
    "igsh", "mc_cid", "mc_eid", "_ga", "_gl", "ref", "ref_src", "ref_url", "referer", "referrer",
    "source", "src", "cmpid", "cmp", "ncid", "ocid", "smid", "sref", "spm", "share", "shared",
    "tag_from", "xtor", "ito", "smtyp", "gaa_at", "usqp", "amp_js_v", "amp_gsa", "rss", "partner",
    "icid", "mkt_tok", "s_cid", "trk", "_trk", "sharetype", "fromrss",
})  # fmt: skip
_AMP_VALUES = frozenset({"amp", "outputtype", "output", "view", "type", "mode"})
_PAGE_NAMES = frozenset({"page", "showpage", "single", "halaman", "hal"})
_CACHES = re.compile(
    r"https?://(?:(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?/amp/|[a-z0-9-]{1,80}\.cdn\.ampproject\.org/[a-z]/)(?:s/)?(?=[^/\s])",
    re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9._-]{0,251}[a-z0-9_])?|\[[0-9a-f:.]{2,60}\]")
_SETTLED = re.compile(
    r"https?://([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)(?::(?!(?:80|443)/)[1-9]\d{1,3}|:[1-5]\d{4})?/"
    r"(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,255}(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,255}){0,30}/?)?",
    re.ASCII,
)
"""Most addresses of sitemaps: what `canonical` would leave as it is, told in a tenth of the time."""
_AMP_MARKS = ("/amp", ".amp", "ampproject")
_PERCENT = re.compile(r"%([0-9A-Fa-f]{2})?")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_SAFE = "/%:@!$&'()*+,;=~-._"
_QUERY_SAFE = "/%:@!$'()*+,;?~-._="
_DEFAULT_PORTS = {"http": 80, "https": 443}
_OTHER_HOSTS = ("www.", "m.", "amp.", "mobile.")


def canonical(url: str) -> str:
    """The one address an article is kept under; what is no web address comes back as it was, but stripped.

    >>> canonical("HTTPS://Harbour.example:443/a//b/amp?utm_source=x&page=all#top")
    'https://harbour.example/a/b'
    """
    return canonical_of(to_ask_for(url))


def canonical_of(address: str) -> str:
    """The canonical address of one that comes from `to_ask_for`."""
    if is_settled(address):
        return address
    parts = _parts(address)
    if parts is None or len(address) > MAX_LENGTH:
        return address
    return urlunsplit((parts.scheme, parts.netloc, _joined_channels(parts.path), parts.query, ""))


def to_ask_for(url: str) -> str:
    """The canonical address with the spaces of a channel's name as the outlet spells them: only so it may answer.

    >>> to_ask_for("https://harbour.example/berita%20utama/x/amp"), canonical("https://harbour.example/berita%20utama/x")
    ('https://harbour.example/berita%20utama/x', 'https://harbour.example/berita-utama/x')
    """
    if is_settled(url):
        return url
    address = _CONTROL.sub("", url).strip()
    for _ in range(_ROUNDS):
        if len(address) > MAX_LENGTH or (settled := _settle(address)) == address:
            break
        address = settled
    return address


def is_settled(url: str) -> bool:
    """Whether an address is seen at a glance to be the canonical one; where it is not, it may be all the same."""
    return _SETTLED.fullmatch(url) is not None and not any(mark in url for mark in _AMP_MARKS)


def forms(url: str) -> tuple[str, ...]:
    """Addresses under which the same article may be stored, the canonical one first."""
    address = canonical(url)
    parts = _parts(address)
    if parts is None:
        return (address,)
    found = (
        urlunsplit((scheme, host, path, parts.query, ""))
        for scheme in dict.fromkeys((parts.scheme, "https", "http"))
        for host in _hosts(parts.netloc)
        for path in _paths(parts.path)
    )
    return tuple(dict.fromkeys((address, *found)))


def same_site(a: str, b: str) -> bool:
    """Whether two addresses belong to one registered domain: news.harbour.example and harbour.example."""
    first, second = _site(a), _site(b)
    return bool(first) and first == second


def _settle(address: str) -> str:
    address = _CACHES.sub("https://", address, count=1) if _CACHES.match(address) else address
    parts = _parts(f"https:{address}" if address.startswith("//") else address)
    if parts is None:
        return address
    return urlunsplit((parts.scheme, parts.netloc, _path(parts.path), _query(parts.query), ""))


def _parts(address: str) -> SplitResult | None:
    """The parts of a web address with its host in order; None for anything else."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    host = _host(parts.hostname or "")
    if parts.scheme not in _DEFAULT_PORTS or not host:
        return None
    netloc = host if port in {None, _DEFAULT_PORTS[parts.scheme]} else f"{host}:{port}"
    return parts._replace(netloc=netloc)


def _host(name: str) -> str:
    """The host in ASCII and lower case, without a closing dot; "" for what is no host."""
    if ":" in name:
        name = f"[{name}]"
    elif not name.isascii():
        try:
            name = name.encode("idna").decode("ascii")
        except UnicodeError:
            return ""
    name = name.lower().removesuffix(".")
    return name if _HOST.fullmatch(name) else ""


def _path(raw: str) -> str:
    path = re.sub(r"/{2,}", "/", "/" + _encode(raw, _PATH_SAFE))
    slash = "/" if path.endswith(("/", "/.", "/..")) else ""
    path = posixpath.normpath(path)
    return _without_amp(path if path == "/" else path + slash)


def _joined_channels(path: str) -> str:
    """The path with "-" for the spaces of a channel's name; the last part names the article and stays.

    Outlets link one article as `/berita%20utama/x`, `/berita+utama/x` and `/berita-utama/x`.
    """
    place = path.rstrip("/").rfind("/")
    return _SPACES.sub("-", path[:place]) + path[place:] if place > 0 else path


_SPACES = re.compile(r"(?:%20|\+){1,100}")


def _without_amp(path: str) -> str:
    for ending, kept in (("/amp", ""), ("/amp/", "/"), (".amp", ""), (".amp.html", ".html")):
        if path.endswith(ending) and len(path) > len(ending):
            return path.removesuffix(ending) + kept
    return path


def _query(raw: str) -> str:
    pairs = (_encode(part, _QUERY_SAFE).partition("=") for part in raw.split("&"))
    kept = [(name, equals, value) for name, equals, value in pairs if name and not _says_nothing(name.lower(), value)]
    return "&".join("".join(part) for part in sorted(kept, key=lambda part: part[0]))


def _says_nothing(name: str, value: str) -> bool:
    """Whether a parameter chooses no other article: it names the click's origin, a page, a layout."""
    value = value.lower()
    return (
        name in _TRACKING
        or name.startswith(_TRACKING_PREFIXES)
        or (name in _PAGE_NAMES and (value in {"", "all", "semua"} or (value.isdecimal() and len(value) < 4)))  # noqa: PLR2004 - page numbers are short, ids are not
        or (name in _AMP_VALUES and value == "amp")
        or (name == "amp" and value in {"", "1", "true", "0"})
        or (name == "m" and value in {"0", "1"})
    )


def _encode(raw: str, safe: str) -> str:
    """Percent-encoding in one form: upper-case, only where needed, text as UTF-8."""
    return quote(_PERCENT.sub(_percent, raw), safe=safe, errors="replace")


def _percent(match: re.Match[str]) -> str:
    digits = match[1]
    if digits is None:
        return "%25"
    character = chr(int(digits, 16))
    return character if character in _UNRESERVED else f"%{digits.upper()}"


def _hosts(netloc: str) -> tuple[str, ...]:
    bare = _bare(netloc)
    return tuple(dict.fromkeys((netloc, bare, *(start + bare for start in _OTHER_HOSTS[:3]))))


def _bare(host: str) -> str:
    start = next((start for start in _OTHER_HOSTS if host.startswith(start)), "")
    rest = host.removeprefix(start)
    return rest if "." in rest else host


def _paths(path: str) -> tuple[str, ...]:
    bare = path.rstrip("/")
    if not bare:
        return ("/",)
    slashes = (bare, f"{bare}/") if path == bare else (f"{bare}/", bare)
    inner = bare.removeprefix("/amp") if bare.startswith("/amp/") else f"/amp{bare}"
    return (*slashes, f"{bare}/amp", f"{bare}/amp/", inner)


@lru_cache(maxsize=1024)  # a listing's links are all compared with one homepage
def _site(url: str) -> str:
    if settled := _SETTLED.fullmatch(url):
        return _site_of(settled[1])
    parts = _parts(canonical(url))
    if parts is None:
        return ""
    return _site_of(parts.hostname or "")


@lru_cache(maxsize=1024)
def _site_of(host: str) -> str:
    found = _suffixes()(host)
    if found.domain and found.suffix:
        return f"{found.domain}.{found.suffix}"
    return host if ":" in host or host.replace(".", "").isdigit() else ".".join(host.split(".")[-2:])


@cache
def _suffixes() -> TLDExtract:
    """The public suffix list that ships with tldextract: no look-up on the network, no cache on the disk."""
    return TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True)


def typed(query: str) -> tuple[str, ...]:
    """Return the forms of a query that is an address, with or without its scheme; nothing for any other."""
    if not query or any(letter.isspace() for letter in query) or "." not in query:
        return ()
    with_scheme = query if "://" in query else f"https://{query}"
    host, _, path = with_scheme.partition("://")[2].partition("/")
    if "." not in host or not (path or "://" in query):
        return ()
    return tuple(dict.fromkeys((query, with_scheme, *forms(with_scheme))))
