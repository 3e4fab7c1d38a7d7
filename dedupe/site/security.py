"""The headers of every answer, and the hosts that may be asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Any, Send], Awaitable[None]]

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
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
OUR_PLACES = ("/story/", "/article/", "/outlet", "/speaker", "/search", "/look", "/about", "/why/", "/edit", "/index.")


def secured(hosts: frozenset[str]) -> Callable[[App], App]:
    """Return a wrapper that sets the headers, and where hosts are named refuses requests for any other.

    A page elsewhere that points its own name at this machine (DNS rebinding) would otherwise read a local store.
    """

    def wrap(app: App) -> App:
        async def wrapped(scope: Scope, receive: Any, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            if hosts and host_of(scope) not in hosts:
                await refuse(send)
                return
            await app(scope, receive, with_headers(send, scope))

        return wrapped

    return wrap


def host_of(scope: Scope) -> str:
    """Return the host that a request names, without its port."""
    named = next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
    host = named.rsplit(":", 1)[0] if not named.endswith("]") else named
    return host.strip("[]").lower()


def with_headers(send: Send, scope: Scope) -> Send:
    """Return a sender that adds the headers; a header that an answer sets itself is replaced."""
    path = scope["path"]
    policy = OURS if path == "/" or path.startswith(OUR_PLACES) else DATASETTES
    ours = (*HEADERS, (b"content-security-policy", policy.encode()))
    names = {name for name, _ in ours}

    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            kept = [(name, value) for name, value in message.get("headers", []) if name.lower() not in names]
            message = {**message, "headers": [*kept, *ours, (b"vary", b"accept-language")]}
        await send(message)

    return sending


async def refuse(send: Send) -> None:
    """Answer a request for a host that is not ours."""
    body = b"This host is not served here. Start with: newscrawl serve --host NAME\n"
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"x-content-type-options", b"nosniff")]
    await send({"type": "http.response.start", "status": 421, "headers": headers})
    await send({"type": "http.response.body", "body": body})
