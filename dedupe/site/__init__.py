"""The journalist's pages: a Datasette plugin that reads the store and never writes to it (the editor's view apart)."""

from dedupe.site.plugin import (
    asgi_wrapper,
    forbidden,
    get_metadata,
    handle_exception,
    permission_allowed,
    permission_resources_sql,
    register_routes,
    skip_csrf,
    startup,
)

__all__ = [
    "asgi_wrapper",
    "forbidden",
    "get_metadata",
    "handle_exception",
    "permission_allowed",
    "permission_resources_sql",
    "register_routes",
    "skip_csrf",
    "startup",
]
