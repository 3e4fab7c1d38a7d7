"""pure: which addresses, ports and schemes a crawl may reach; all others belong to somebody's inside."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from urllib.parse import SplitResult, urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Reason = Literal["guard-address", "guard-scheme", "guard-port"]

SCHEMES = frozenset({"http", "https"})
PORTS = frozenset({80, 443, 8080, 8443})
"""Where news is served. Every other port speaks another protocol, or is somebody's workshop."""
_DEFAULT_PORT = {"http": 80, "https": 443}

# `ipaddress.is_global` passes several of these on Python 3.11, and its answer changes from version to version.
_CLOSED_4 = (
    "0.0.0.0/8",  # this network; Linux takes 0.0.0.0 for itself
    "10.0.0.0/8",
    "100.64.0.0/10",  # behind a provider's NAT; Alibaba's metadata
    "127.0.0.0/8",
    "168.63.129.16/32",  # Azure's host, reached from inside only
    "169.254.0.0/16",  # link-local; clouds' metadata
    "172.16.0.0/12",
    "192.0.0.0/24",  # IETF protocols; Oracle's metadata
    "192.0.2.0/24",  # documentation
    "192.31.196.0/24",  # AS112
    "192.52.193.0/24",  # multicast tunnels
    "192.88.99.0/24",  # 6to4 relays
    "192.168.0.0/16",
    "192.175.48.0/24",  # AS112
    "198.18.0.0/15",  # benchmarks
    "198.51.100.0/24",  # documentation
    "203.0.113.0/24",  # documentation
    "224.0.0.0/4",  # multicast
    "240.0.0.0/4",  # reserved, broadcast
)
_OPEN_6 = "2000::/3"
"""The only part of IPv6 given to hosts of the Internet. What lies outside is loopback, private, link-local,
multicast, or an IPv4 address in disguise (mapped, compatible, NAT64)."""
_CLOSED_6 = (
    "2001::/23",  # IETF protocols: Teredo, benchmarks, ORCHID
    "2001:db8::/32",  # documentation
    "2002::/16",  # 6to4: any IPv4 address, also a private one
    "2620:4f:8000::/48",  # AS112
    "3ffe::/16",  # the 6bone, given back
    "3fff::/20",  # documentation
)
_CLOSED: tuple[Network, ...] = tuple(map(ipaddress.ip_network, (*_CLOSED_4, *_CLOSED_6)))
_OPEN = ipaddress.ip_network(_OPEN_6)
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_LOCAL_NAME = re.compile(r"(?:^|\.)(?:localhost|localdomain)$")
_SWITCH = re.compile(r"[A-Z][A-Z0-9_]*")
"""A Scrapy setting's name in the allow-list; read by `guarding`, an address to nobody."""


@dataclass(frozen=True)
class Refusal:
    """Why an address must not be asked, as a reject says it."""

    reason: Reason
    detail: str


@dataclass(frozen=True)
class Opening:
    """One entry of the allow-list: a network or a name, and the port it opens, None for all."""

    place: Network | str
    port: int | None

    def fits(self, host: str, address: Address | None, port: int) -> bool:
        """Whether this entry opens a host, or the address that it has, on a port."""
        if self.port not in {None, port}:
            return False
        if isinstance(self.place, str):
            return host == self.place
        return address is not None and address.version == self.place.version and address in self.place


@dataclass(frozen=True)
class Allowed:
    """What may be reached besides public addresses on usual ports."""

    openings: tuple[Opening, ...] = ()

    def has(self, host: str, address: Address | None, port: int) -> bool:
        """Whether an entry names a host, or the address that it has, on a port."""
        return any(opening.fits(host, address, port) for opening in self.openings)

    def port(self, host: str, port: int) -> bool:
        """Whether a port may turn out to be allowed, before the host's address is known."""
        return port in PORTS or any(port == opening.port for opening in self.openings) or self.everywhere(host)

    def everywhere(self, host: str) -> bool:
        """Whether an entry without a port may be about a host whose address is not known yet."""
        return any(
            opening.port is None and (not isinstance(opening.place, str) or opening.place == host)
            for opening in self.openings
        )


def allowed(entries: Iterable[str]) -> Allowed:
    """Return the allow-list that entries such as `127.0.0.1:8080`, `10.0.0.0/8`, `[::1]:80` and `host` make.

    Raises:
        ValueError: an entry is none of these; the message names it.

    >>> allowed(["10.0.0.0/8"]).has("x", ipaddress.ip_address("10.1.2.3"), 80)
    True
    """
    return Allowed(tuple(_opening(entry.strip()) for entry in entries if not is_switch(entry)))


def is_switch(entry: str) -> bool:
    """Whether an entry of the allow-list names a guard that is to be off, as its setting is called."""
    return _SWITCH.fullmatch(entry.strip()) is not None


def _opening(entry: str) -> Opening:
    found = re.fullmatch(r"\[([^\]]+)\](?::(\d{1,5}))?|([^:]+):(\d{1,5})|(.+)", entry)
    if not found:
        raise ValueError(_unclear(entry))
    place = found[1] or found[3] or found[5]
    port = found[2] or found[4]
    try:
        return Opening(ipaddress.ip_network(place, strict=False), int(port) if port else None)
    except ValueError:
        if not re.fullmatch(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?", place.lower()) or re.fullmatch(r"[\d.]+", place):
            raise ValueError(_unclear(entry)) from None
        return Opening(place.lower().rstrip("."), int(port) if port else None)


def _unclear(entry: str) -> str:
    return (
        f"GUARD_ALLOW: {entry!r} is no address, network or host. Write 127.0.0.1, 127.0.0.1:8080, 10.0.0.0/8, "
        "[::1]:8080, a host's name, or the name of a setting that is to be off."
    )


def is_public(address: str) -> bool:
    """Whether an IP address belongs to a host of the Internet; what cannot be read does not.

    >>> is_public("93.184.215.14"), is_public("10.0.0.1"), is_public("::ffff:93.184.215.14"), is_public("fe80::1%lo")
    (True, False, False, False)
    """
    if "%" in address:  # a zone: link-local
        return False
    try:
        read = ipaddress.ip_address(address)
    except ValueError:
        return False
    if read.version == 6 and read not in _OPEN:  # noqa: PLR2004 - the version of the protocol
        return False
    return not any(read.version == network.version and read in network for network in _CLOSED)


def literal(host: str) -> Address | None:
    """Return the address that a host spells out, in any form that a resolver takes for one; None for a name.

    >>> [str(literal(host)) for host in ("2130706433", "0x7f.1", "0177.0.0.1", "127.1", "[::1]", "127.0.0.1.")]
    ['127.0.0.1', '127.0.0.1', '127.0.0.1', '127.0.0.1', '::1', '127.0.0.1']
    """
    host = host.strip("[]").rstrip(".")
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        pass
    if not re.fullmatch(r"[0-9a-fA-FxX.]{1,60}", host):
        return None
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except OSError:
        return None


def refused_url(url: str, openings: Allowed) -> Refusal | None:
    """Return why an address must not be asked, as far as its spelling shows; None where nothing speaks against it.

    A host's name says nothing yet: what it resolves to is judged by `refused_address`.
    """
    try:
        parts = urlsplit(url)
    except ValueError as error:
        return Refusal("guard-address", f"the address cannot be read: {error}")
    refused = _refused_before if len(parts.netloc) <= LONGEST_HOST else _refused_place
    return refused(parts.scheme, parts.netloc, openings)


def _refused_place(scheme: str, netloc: str, openings: Allowed) -> Refusal | None:
    try:
        parts = SplitResult(scheme, netloc, "", "", "")
        host, port = _ascii(parts.hostname or ""), parts.port
    except ValueError as error:  # UnicodeError is one
        return Refusal("guard-address", f"the address cannot be read: {error}")
    if scheme not in SCHEMES:
        return Refusal("guard-scheme", f"only http and https are asked, not {scheme[:20]!r}")
    if "@" in netloc:
        return Refusal("guard-address", "the address names a user")
    return _refused_host(host, _DEFAULT_PORT[scheme] if port is None else port, openings)


LONGEST_HOST = 300
"""Characters; what is said of longer ones is not remembered."""
_refused_before = lru_cache(maxsize=1_000)(_refused_place)
"""A crawl asks the same few hosts all the time."""


def _refused_host(host: str, port: int, openings: Allowed) -> Refusal | None:
    spelt = literal(host)
    if spelt is not None:
        zone = "%" if "%" in host else ""
        return refused_address(host, f"{spelt}{zone}", port, openings)
    if not _HOST.fullmatch(host):
        return Refusal("guard-address", f"{host[:80]!r} is no host's name")
    if _LOCAL_NAME.search(host) and not openings.has(host, None, port):
        return Refusal("guard-address", f"{host} is a name of this machine")
    return None if openings.port(host, port) else _closed_port(port)


def _ascii(host: str) -> str:
    """The host as a resolver is asked for it: wide digits, ideographic full stops and a last dot are spellings only."""
    return (host if host.isascii() else host.encode("idna").decode("ascii")).rstrip(".")


def refused_address(host: str, address: str, port: int, openings: Allowed) -> Refusal | None:
    """Return why a connection must not be made to the address that a host has; None where it may."""
    if openings.has(host.rstrip("."), literal(address), port):
        return None
    if not is_public(address):
        return Refusal("guard-address", f"{address} is no public address; GUARD_ALLOW opens addresses")
    return None if port in PORTS else _closed_port(port)


def _closed_port(port: int) -> Refusal:
    usual = ", ".join(map(str, sorted(PORTS)))
    return Refusal("guard-port", f"port {port} is none of {usual}; GUARD_ALLOW opens others")
