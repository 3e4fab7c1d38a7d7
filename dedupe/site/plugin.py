"""Datasette's hooks: which address leads to which page, in which form it is answered, under which headers."""

from __future__ import annotations

import logging
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from datasette import Forbidden, NotFound, Response, hookimpl
from datasette.utils import sqlite_timelimit
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from dedupe.site import articles, feeds, front, reasons, stories
from dedupe.site.answer import FORMS, Answer, Download, Moved, as_csv, as_json
from dedupe.site.asked import LENT, Asked
from dedupe.site.security import secured
from dedupe.site.wording import Wording, chosen
from dedupe.store import Store

log = logging.getLogger(__name__)

Page = Callable[[Asked], Answer | Moved | Download | None]

MILLISECONDS = 10_000
"""Longest time that one page may read; what a reader asks for must not hold the others up."""
PAGES: tuple[tuple[str, Page], ...] = (
    ("/", front.page),
    (r"/story/(?P<story_id>\d{1,18})", stories.page),
    (r"/why/(?P<a>\d{1,18})/(?P<b>\d{1,18})", reasons.page),
    (r"/article/(?P<article_id>\d{1,18})", articles.page),
    (r"/article/(?P<article_id>\d{1,18})/raw/(?P<version>\d{1,9})", articles.raw),
)
"""Address -> page. An ending (.json, .csv, .atom) asks for the same in another form."""
ENDINGS = "|".join(FORMS)
LANGUAGE_COOKIE = "newscrawl_language"
YEAR = 365 * 24 * 60 * 60


@hookimpl
def startup() -> None:
    """Keep Datasette 0.65 from printing an error's local values with rich, where that is installed: it fails at it."""
    from datasette import handle_exception as datasettes  # noqa: PLC0415 - imports the plugins, of which this is one

    if hasattr(datasettes, "rich"):
        datasettes.rich = None


def environment() -> Environment:
    """Return the templates' environment: everything is escaped, and a name that is not there is an error."""
    return Environment(
        loader=PackageLoader("dedupe.site", "html"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


TEMPLATES = environment()


@hookimpl
def register_routes() -> list[tuple[str, Callable[..., Any]]]:
    """Return our addresses, each with the page behind it."""
    return [(pattern(path), answering(page)) for path, page in PAGES]


def pattern(path: str) -> str:
    """Return the regular expression of a page's address in all its forms."""
    return rf"^/(?:index\.(?P<form>{ENDINGS}))?$" if path == "/" else rf"^{path}(?:\.(?P<form>{ENDINGS}))?$"


def answering(page: Page) -> Callable[..., Any]:
    """Return the view of a page: reads in one state of the store, then gives the answer its form."""

    async def view(request: Any, datasette: Any) -> Any:
        wording = wording_for(request)
        form = request.url_vars.get("form") or "html"
        database = news_database(datasette)
        answer = await database.execute_fn(lambda connection: read(page, connection, database, request, wording))
        if answer is None:
            raise NotFound(wording("not_found.page"))
        found = response(answer, form, request, wording, datasette)
        if request.args.get("lang") == wording.language:
            found.set_cookie(LANGUAGE_COOKIE, wording.language, path="/", max_age=YEAR, httponly=True, samesite="lax")
        return found

    return view


def wording_for(request: Any) -> Wording:
    """Return the wording that the reader chose by a link, once for all pages, or that the browser prefers."""
    asked = request.args.get("lang") or request.cookies.get(LANGUAGE_COOKIE) or ""
    return chosen(request.headers.get("accept-language", ""), asked)


def news_database(datasette: Any) -> Any:
    """Return the database that is a newscrawl store: the one called `news`, else the first that was named.

    Raises:
        NotFound: there is none.
    """
    named = {name: one for name, one in datasette.databases.items() if not one.is_memory}
    found = named.get("news") or next(iter(named.values()), None)
    if found is None:
        raise NotFound("No store is open.")
    return found


def read(page: Page, connection: sqlite3.Connection, database: Any, request: Any, wording: Wording) -> Any:
    """Return a page's answer, read in one transaction: a crawl that writes meanwhile is not seen halfway."""
    address = urlsplit(request.path).path
    asked = Asked(
        store=Store(connection, Path(database.path), readonly=True),
        path=re.sub(rf"\.(?:{ENDINGS})$", "", address),
        named={name: value for name, value in request.url_vars.items() if name != "form" and value is not None},
        fields={name: request.args.getlist(name)[-1] for name in request.args},
        wording=wording,
        root=f"{request.scheme}://{request.host}",
        ties=LENT.ties,
    )
    with sqlite_timelimit(connection, MILLISECONDS):
        connection.execute("BEGIN")
        try:
            return page(asked)
        finally:
            connection.execute("ROLLBACK")


def response(answer: Answer | Moved | Download, form: str, request: Any, wording: Wording, datasette: Any) -> Any:
    """Return an answer in the form that was asked for."""
    if isinstance(answer, Moved):
        ending = f".{form}" if form != "html" else ""
        return Response.redirect(f"{answer.path}{ending}", status=301 if answer.is_permanent else 303)
    if isinstance(answer, Download):
        headers = {"Content-Disposition": f'attachment; filename="{answer.name}"'}
        return Response(answer.body, headers=headers, content_type="application/octet-stream")
    if form == "json":
        return Response(as_json(answer), status=answer.status, content_type="application/json; charset=utf-8")
    if form == "csv":
        return Response(as_csv(answer), status=answer.status, content_type="text/csv; charset=utf-8")
    root = f"{request.scheme}://{request.host}"
    if form == "atom":
        if answer.entries is None:
            raise NotFound(wording("not_found.feed"))
        return Response(feeds.atom(answer, root, request.path), content_type="application/atom+xml; charset=utf-8")
    return Response.html(html(answer, request, wording, datasette), status=answer.status)


def html(answer: Answer, request: Any, wording: Wording, datasette: Any) -> str:
    """Return an answer as a page."""
    template = TEMPLATES.get_template(answer.template)
    return template.render(
        answer=answer,
        data=answer.data,
        **answer.extra,
        t=wording,
        path=request.path,
        query=request.query_string,
        root=f"{request.scheme}://{request.host}",
        asked_for=request.args.get("q") or "",
        has_sql=bool(datasette.setting("default_allow_sql")),
    )


@hookimpl
def asgi_wrapper(datasette: Any) -> Callable[[Any], Any]:
    """Return what puts the house's headers on every answer and refuses requests that name another host."""
    allowed = (datasette.plugin_config("newscrawl") or {}).get("hosts") or ()
    return secured(frozenset(map(str, allowed)))


@hookimpl(tryfirst=True)
def handle_exception(datasette: Any, request: Any, exception: Exception) -> Any:
    """Return the page for an error: what was not found, what took too long, what we did wrong."""
    wording = wording_for(request)
    status, told = told_of(exception, wording)
    if status is None:
        return None
    if status >= 500:  # noqa: PLR2004 - HTTP's errors of the server
        log.error("%s %s", request.method, request.path, exc_info=exception)
    if request.path.endswith((".json", ".csv", ".atom")):
        return Response.json({"ok": False, "status": status, "error": told}, status=status)
    answer = Answer(template="error.html", title=told, data={"status": status, "told": told}, status=status)
    return Response.html(html(answer, request, wording, datasette), status=status)


def told_of(exception: Exception, wording: Wording) -> tuple[int | None, str]:
    """Return the status of an error and what the reader is told; (None, "") where Datasette knows better."""
    if isinstance(exception, NotFound):
        return 404, wording("not_found.page")
    if isinstance(exception, Forbidden):
        return 403, wording("forbidden")
    if isinstance(exception, sqlite3.OperationalError):
        return 503, wording("too_slow" if "interrupted" in str(exception) else "store_busy")
    if type(exception).__module__.startswith("datasette"):
        return None, ""
    return 500, wording("our_fault")


@hookimpl
def permission_allowed(datasette: Any, action: str) -> bool | None:
    """Tell whether Datasette's own pages may be seen: only where the owner of the store switched SQL on."""
    shown = {"view-database", "view-table", "view-query", "execute-sql", "view-database-download"}
    return False if action in shown and not datasette.setting("default_allow_sql") else None
