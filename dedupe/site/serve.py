"""Serves the pages of one store on this machine, live beside a crawl."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Any

import uvicorn
from datasette.app import Datasette

LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")


def application(db: Path, *, host: str = "127.0.0.1", with_sql: bool = False) -> Any:
    """Return the ASGI application over one store, opened for reading only.

    Requests must name a host that is served: this machine's names and `host`. Datasette's own pages (tables, SQL)
    answer only with `with_sql`.
    """
    served = Datasette(
        [str(db)],
        settings={
            "default_allow_sql": with_sql,
            "allow_download": False,
            "allow_csv_stream": with_sql,
            "allow_facet": with_sql,
            "sql_time_limit_ms": 2_000,
            "max_returned_rows": 1_000,
            "num_sql_threads": 3,
        },
        metadata={"plugins": {"newscrawl": {"hosts": sorted({*LOCAL_HOSTS, *named(host)})}}},
    )
    return served.app()


def named(host: str) -> list[str]:
    """Return a host as requests name it; none for an address that stands for every host of this machine."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return [host.lower()]
    return [] if address.is_unspecified else [str(address)]


def serve(db: Path, *, host: str = "127.0.0.1", port: int = 8001, with_sql: bool = False) -> None:
    """Serve a store's pages until interrupted."""
    uvicorn.run(application(db, host=host, with_sql=with_sql), host=host, port=port, log_level="warning")
