"""Datasette's hooks: which address leads to which page, who may see what, under which headers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from datasette import hookimpl

from dedupe.site import (
    abouts,
    articles,
    described,
    editing,
    front,
    lookups,
    outlets,
    reasons,
    searches,
    speakers,
    stories,
)
from dedupe.site.answering import ENDINGS, Page, answering, deciding, failed, nowhere, refused, wording_for
from dedupe.site.rendering import Frame, html, refusal
from dedupe.site.security import OUR_PLACES, Scope, Served, secured
from dedupe.site.wording import chosen

PAGES: tuple[tuple[str, Page], ...] = (
    ("/", front.page),
    (r"/story/(?P<story_id>\d{1,18})", stories.page),
    (r"/why/(?P<a>\d{1,18})/(?P<b>\d{1,18})", reasons.page),
    (r"/article/(?P<article_id>\d{1,18})", articles.page),
    ("/look", lookups.page),
    ("/search", searches.page),
    ("/outlets", outlets.listing),
    (r"/outlet/(?P<name>.{1,900}?)", outlets.page),
    ("/speakers", speakers.listing),
    ("/speaker", speakers.page),
    ("/about", abouts.page),
    (r"/article/(?P<article_id>\d{1,18})/raw/(?P<version>\d{1,9})", articles.raw),
)
"""Address -> page. An ending (.json, .csv, .atom) asks for the same in another form."""
EDITORS_PAGES: tuple[tuple[str, Page], ...] = (
    ("/edit", editing.page),
    (r"/edit/story/(?P<story_id>\d{1,18})", editing.story),
)
"""The same for the editor's view, which is off unless the server was started with it."""
DATASETTES_OWN = frozenset({"view-database", "view-table", "view-query", "execute-sql", "view-database-download"})
"""What Datasette calls the sight of its own pages."""
ANYWHERE = r"^/(?!-/static).*$"
"""All addresses but those of style sheets."""


@hookimpl
def startup(datasette: Any) -> Callable[[], Awaitable[None]] | None:
    """Keep Datasette 0.65 from printing an error's local values with rich, where that is installed: it fails at it.

    Returned is what Datasette 1.0 is to do before its first answer.
    """
    from datasette import handle_exception as datasettes  # noqa: PLC0415 - imports the plugins, of which this is one

    if hasattr(datasettes, "rich"):
        datasettes.rich = None
    return partial(described.describe, datasette) if hasattr(datasette, "set_column_metadata") else None


@hookimpl
def register_routes(datasette: Any) -> list[tuple[str, Callable[..., Any]]]:
    """Return our addresses with the pages behind them; where there are no others, also that they lead nowhere."""
    ours = [(pattern(path), answering(page)) for path, page in PAGES]
    edited = [(pattern(path), deciding(page)) for path, page in EDITORS_PAGES]
    return [*ours, *edited, *([(ANYWHERE, nowhere)] if is_closed(datasette) else [])]


def pattern(path: str) -> str:
    """Return the regular expression of a page's address in all its forms."""
    return rf"^/(?:index\.(?P<form>{ENDINGS}))?$" if path == "/" else rf"^{path}(?:\.(?P<form>{ENDINGS}))?$"


def configured(datasette: Any) -> dict[str, Any]:
    """Return what Datasette's configuration says for this plugin."""
    return datasette.plugin_config("newscrawl") or {}


def is_closed(datasette: Any) -> bool:
    """Tell whether there are no pages but ours: neither tables nor what Datasette tells of itself."""
    return bool(configured(datasette).get("closed"))


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[Any], Any]:
    """Return what puts the house's headers on every answer and refuses requests that name another host."""
    hosts = frozenset(map(str, configured(datasette).get("hosts") or ()))
    return secured(Served(hosts, is_closed(datasette)), unanswered)


def unanswered(scope: Scope, status: int, key: str) -> bytes:
    """Return the page for a request that is not answered."""
    accepted = next((value for name, value in scope["headers"] if name == b"accept-language"), b"")
    wording = chosen(accepted.decode("latin-1"))
    return html(refusal(status, wording(key)), wording, Frame()).encode()


@hookimpl
def skip_csrf(scope: Scope) -> bool:
    """Tell Datasette which forms it need not check: our pages take none, but for the editor's, which has its own."""
    return bool(scope["path"] == "/" or scope["path"].startswith(OUR_PLACES))


@hookimpl(tryfirst=True)
def forbidden(datasette: Any, request: Any) -> Any:
    """Return the page for what a reader may not see."""
    return refused(request, datasette, 403, wording_for(request)("forbidden"))


@hookimpl(tryfirst=True)
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Any:
    """Return the page for an error: what was not found, what took too long, what we did wrong."""
    return failed(request, datasette, exception)


@hookimpl
def permission_allowed(datasette: Any, action: str) -> bool | None:
    """Tell whether Datasette's own pages may be seen: only where the owner of the store switched SQL on."""
    return False if action in DATASETTES_OWN and not datasette.setting("default_allow_sql") else None


@hookimpl
def permission_resources_sql(datasette: Any, action: str) -> Any:
    """Tell Datasette 1.0 the same, which asks in this way."""
    if permission_allowed(datasette, action) is None:
        return None
    from datasette.permissions import PermissionSQL  # noqa: PLC0415 - Datasette 0.65 has no such thing, nor this hook

    return PermissionSQL.deny(reason="SQL is off: default_allow_sql")


@hookimpl
def get_metadata(datasette: Any) -> dict[str, Any]:
    """Return what Datasette's own pages say of tables, views and columns."""
    return described.metadata(datasette)
