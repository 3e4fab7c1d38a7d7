"""The headers of every answer, and which requests are not answered at all."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Any, Send], Awaitable[None]]
Refusal = Callable[[Scope, int, str], bytes]
"""The page for a request that is not answered, by its status and the key of what the reader is told."""

OURS = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
"""Content-Security-Policy of our pages: a style sheet of our own, forms to ourselves, nothing else."""
DATASETTES = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""That of Datasette's own pages, which hold scripts; they are there only where the store's owner switched SQL on."""
HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
OUR_PLACES = (
    "/story/", "/article/", "/outlet", "/speaker", "/search", "/look", "/about", "/why/", "/edit", "/index."
)  # fmt: skip
PATH = re.compile(rb"/(?!/)[\x21-\x7e]*")
"""Addresses that are answered: `//host/` would be redirected to that host, and Datasette reads ASCII only."""


@dataclass(frozen=True)
class Served:
    """What is served, and under which names."""

    hosts: frozenset[str] = frozenset()
    """Names that requests may use beside addresses in digits; none where any may be used."""
    is_closed: bool = False
    """Whether there are no pages but ours."""


def secured(served: Served, refusal: Refusal) -> Callable[[App], App]:
    """Return a wrapper that sets the headers, and refuses what would lead elsewhere.

    A page elsewhere that points its own name at this machine (DNS rebinding) would otherwise read a local store; an
    address in digits cannot be pointed anywhere.
    """

    def wrap(app: App) -> App:
        async def wrapped(scope: Scope, receive: Any, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            sending = with_headers(send, policy(scope, is_closed=served.is_closed))
            wrong = fault(scope, served.hosts)
            if wrong:
                status, key = wrong
                await refuse(sending, status, refusal(scope, status, key))
                return
            await app(scope, receive, sending)

        return wrapped

    return wrap


def fault(scope: Scope, hosts: frozenset[str]) -> tuple[int, str] | None:
    """Return why a request is not answered, as a status and a key of the wording; None where it is."""
    if hosts and not is_served(host_of(scope), hosts):
        return 421, "refused.host"
    path = (scope.get("raw_path") or scope["path"].encode("utf-8", "replace")).partition(b"?")[0]
    return None if PATH.fullmatch(path) else (400, "refused.address")


def host_of(scope: Scope) -> str:
    """Return the host that a request names, without its port; empty where it names none, or several."""
    named = [value for name, value in scope["headers"] if name == b"host"]
    if len(named) != 1:
        return ""
    host = named[0].decode("latin-1").lower()
    inside = re.fullmatch(r"(\[[0-9a-f:.]{2,60}\]|[^:\[\]]{1,253})(?::[0-9]{0,5})?", host)
    return inside[1].strip("[]") if inside else ""


def is_served(host: str, hosts: frozenset[str]) -> bool:
    """Tell whether requests may use a host: one of these names, or any address in digits."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host in hosts
    return True


def policy(scope: Scope, *, is_closed: bool) -> str:
    """Return the Content-Security-Policy of what an address leads to."""
    path = scope["path"]
    return OURS if is_closed or path == "/" or path.startswith(OUR_PLACES) else DATASETTES


def with_headers(send: Send, policy: str) -> Send:
    """Return a sender that adds the headers; a header that an answer sets itself is replaced."""
    ours = (*HEADERS, (b"content-security-policy", policy.encode()))
    names = {name for name, _ in ours}

    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            kept = [(name, value) for name, value in message.get("headers", []) if name.lower() not in names]
            message = {**message, "headers": [*kept, *ours, (b"vary", b"accept-language")]}
        await send(message)

    return sending


async def refuse(send: Send, status: int, page: bytes) -> None:
    """Answer a request with the page of an error."""
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", str(len(page)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": page})
