"""Serves the pages of one store on this machine, live beside a crawl."""

from __future__ import annotations

import errno
import ipaddress
import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from datasette.app import Datasette

from dedupe.site.editor import EDITORS, Editor

LOCAL_NAMES = ("localhost",)
LONGEST_HEAD = 262_144
"""Bytes of a request's address and headers: a paragraph that is looked up stands in the address, three bytes a byte."""
WAITING = 128
"""Connections that the system holds until they are taken."""
SECONDS_TO_END = 3


class ServeError(Exception):
    """The pages cannot be served here; the message says why and what to do."""


@dataclass(frozen=True)
class Wish:
    """How a store is to be served."""

    host: str = "127.0.0.1"
    port: int = 8001
    names: tuple[str, ...] = ()
    """Names, beside this machine's own, under which requests may come."""
    with_sql: bool = False
    with_editor: bool = False


@dataclass(frozen=True)
class Opened:
    """Where pages are served from now on."""

    address: str
    editor: str | None
    """The address that opens the editor's view; None where it is off."""
    is_local: bool
    """Whether nobody but this machine reaches it."""


def application(db: Path, wish: Wish | None = None, editor: Editor | None = None) -> Any:
    """Return the ASGI application over one store, opened for reading only.

    Requests must name a host that is served: an address in digits, this machine's name, `host` or one of `names`.
    Datasette's own pages (tables, SQL) answer only with `with_sql`; else there are no pages but ours.
    """
    wish = wish or Wish()
    served = Datasette(
        [str(db)],
        settings={
            "default_allow_sql": wish.with_sql,
            "allow_download": False,
            "allow_csv_stream": wish.with_sql,
            "allow_facet": wish.with_sql,
            "sql_time_limit_ms": 2_000,
            "max_returned_rows": 1_000,
            "num_sql_threads": 3,
        },
        metadata={"plugins": {"newscrawl": {"hosts": hosts(wish), "closed": not wish.with_sql}}},
    )
    if editor:
        EDITORS[served] = editor
    return served.app()


def hosts(wish: Wish) -> list[str]:
    """Return the names that requests may use."""
    return sorted({name.lower().rstrip(".") for name in (*LOCAL_NAMES, wish.host, *wish.names) if name})


def serve(db: Path, wish: Wish, opened: Callable[[Opened], object]) -> None:
    """Serve a store's pages until interrupted; `opened` is told where, once requests are taken.

    Raises:
        ServeError: the place is taken, is not this machine's, or is not fit for the editor's view.
    """
    if wish.with_editor and not is_loopback(wish.host):
        raise ServeError(f"the editor's view is for this machine alone, not for {wish.host}: leave --host out.")
    editor = Editor() if wish.with_editor else None
    with listening(wish.host, wish.port) as bound:
        address = address_of(wish.host, bound)
        config = uvicorn.Config(
            application(db, wish, editor),
            log_config=None,
            access_log=False,
            server_header=False,
            http="h11",
            h11_max_incomplete_event_size=LONGEST_HEAD,
            timeout_graceful_shutdown=SECONDS_TO_END,
        )
        at_the_desk = f"{address}edit?token={editor.token}" if editor else None
        opened(Opened(address, at_the_desk, is_loopback(wish.host)))
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[bound])


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that takes requests.

    Raises:
        ServeError: there can be none at this place.
    """
    try:
        family, *_, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        bound = socket.socket(family, socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ServeError(f"{host} is no host of this machine ({error}): leave --host out.") from error
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(place)
        bound.listen(WAITING)
    except OSError as error:
        bound.close()
        raise ServeError(told(host, port, error)) from error
    return bound


def told(host: str, port: int, error: OSError) -> str:
    """Return why no requests can be taken at a place, and what to do."""
    if error.errno == errno.EADDRINUSE:
        return f"port {port} of {host} is taken by another program: --port 0 takes one that is free."
    if error.errno == errno.EACCES:
        return f"port {port} is kept for the system's own programs: give one of 1024 or more."
    return f"{host} is no host of this machine ({error.strerror or error}): leave --host out."


def address_of(host: str, bound: socket.socket) -> str:
    """Return the address to type in."""
    port = bound.getsockname()[1]
    named = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - told apart, not bound
    return f"http://{named}:{port}/"


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine and nobody else reaches it."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def is_name(named: Iterable[str]) -> bool:
    """Tell whether these can be names of hosts."""
    return all(is_address(name) or (name and not set(name) & set(" /:@?#[]")) for name in named)


def is_address(host: str) -> bool:
    """Tell whether a host is an address in digits."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
