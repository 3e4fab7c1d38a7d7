"""A request -> a page's answer in the form that was asked for; or the page of an error."""

from __future__ import annotations

import asyncio
import inspect
import logging
import re
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from datasette import Forbidden, NotFound, Response
from datasette.utils import actor_matches_allow, sqlite_timelimit

from dedupe.site import editing, editor, feeds
from dedupe.site.answer import FORMS, Answer, Download, Moved, as_csv, as_json
from dedupe.site.asked import LENT, Asked, BusyError, Desk
from dedupe.site.editor import EDITORS, Editor, Form
from dedupe.site.rendering import Frame, html, refusal
from dedupe.site.wording import Wording, chosen
from dedupe.store import Store, StoreError

log = logging.getLogger(__name__)

Page = Callable[[Asked], Answer | Moved | Download | None]
View = Callable[..., Any]

MILLISECONDS = 10_000
"""Longest time that one page may read; what a reader asks for must not hold the others up."""
ENDINGS = "|".join(FORMS)
ENDING = re.compile(rf"\.(?:{ENDINGS})$")
LANGUAGE_COOKIE = "newscrawl_language"
YEAR = 365 * 24 * 60 * 60
READING = ("GET", "HEAD")


def answering(page: Page) -> View:
    """Return the view of a page: reads in one state of the store, then gives the answer its form."""

    async def view(request: Any, datasette: Any) -> Any:
        if request.method not in READING:
            return not_allowed(request, datasette, "GET, HEAD")
        try:
            await check_may_view(datasette, request)
            return respond(await reading(page, request, datasette), request, datasette)
        except NotFound:  # answered here, for Datasette would first try to lead to other spellings of the address
            return await nowhere(request, datasette)

    return view


def deciding(page: Page) -> View:
    """Return the view of a page of the editor's: there for whoever has the token, and takes forms."""

    async def view(request: Any, datasette: Any) -> Any:  # noqa: PLR0911 - one answer for each way to be refused
        known = EDITORS.get(datasette)
        if known is None or LENT.ties.deciding is None:
            return await nowhere(request, datasette)
        if request.method in READING and "token" in request.args:
            return signed_in(known, request, datasette)
        if not known.is_signed_in(request.cookies):
            return refused(request, datasette, HTTPStatus.FORBIDDEN, wording_for(request)("edit.closed"))
        if request.method not in {*READING, "POST"}:
            return not_allowed(request, datasette, "GET, HEAD, POST")
        try:
            if request.method == "POST":
                return await decided(page, known, request, datasette)
            return respond(await reading(page, request, datasette), request, datasette)
        except NotFound:
            return await nowhere(request, datasette)

    return view


async def nowhere(request: Any, datasette: Any) -> Any:
    """Answer for addresses at which there is nothing."""
    return refused(request, datasette, HTTPStatus.NOT_FOUND, wording_for(request)("not_found.page"))


# --- reading ------------------------------------------------------------------------------------


async def reading(page: Page, request: Any, datasette: Any, desk: Desk | None = None, form: Form | None = None) -> Any:
    """Return what a page answers to a request.

    Raises:
        NotFound: it has nothing to show.
    """
    database = news_database(datasette)
    known = EDITORS.get(datasette)
    if desk is None and known and known.is_signed_in(request.cookies):
        desk = Desk(known.form_token)
    given = form or {name: request.args.getlist(name) for name in request.args}
    asked_by = asking(request, {name: values[-1] for name, values in given.items()}, desk)
    answer = await database.execute_fn(lambda connection: read(page, connection, Path(database.path), asked_by))
    if answer is None:
        raise NotFound("There is no such page.")
    return answer


def asking(request: Any, fields: Mapping[str, str], desk: Desk | None) -> Callable[[Store], Asked]:
    """Return what makes a request of a store."""

    def asked(store: Store) -> Asked:
        return Asked(
            store=store,
            path=ENDING.sub("", urlsplit(request.path).path),
            named={name: value for name, value in request.url_vars.items() if name != "form" and value is not None},
            fields=fields,
            wording=wording_for(request),
            root=f"{request.scheme}://{request.host}",
            ties=LENT.ties,
            desk=desk,
        )

    return asked


def read(page: Page, connection: sqlite3.Connection, path: Path, asked: Callable[[Store], Asked]) -> Any:
    """Return a page's answer, read in one transaction: a crawl that writes meanwhile is not seen halfway."""
    with sqlite_timelimit(connection, MILLISECONDS):
        connection.execute("BEGIN")
        try:
            store = Store(connection, path, readonly=True)
            answer = page(asked(store))
            if isinstance(answer, Answer) and are_excerpts(store):
                return replace(answer, extra={**answer.extra, "are_excerpts": True})
            return answer
        finally:
            connection.execute("ROLLBACK")


def are_excerpts(store: Store) -> bool:
    """Tell whether a store is a published one, in which texts are cut to excerpts."""
    is_published = store.value("SELECT 1 FROM sqlite_master WHERE name = 'publication'")
    return bool(is_published and store.value("SELECT 1 FROM publication WHERE texts = 'excerpts'"))


def news_database(datasette: Any) -> Any:
    """Return the database that is a newscrawl store: the one called `news`, else the first that was named.

    Raises:
        NotFound: there is none.
    """
    named = stores(datasette)
    found = named.get("news") or next(iter(named.values()), None)
    if found is None:
        raise NotFound("No store is open.")
    return found


def stores(datasette: Any) -> dict[str, Any]:
    """Return the databases that may be stores, by their names."""
    return {name: one for name, one in datasette.databases.items() if not one.is_memory}


async def check_may_view(datasette: Any, request: Any) -> None:
    """Check that the owner of this Datasette lets this reader in (`allow` in its configuration).

    Raises:
        Forbidden: they do not.
    """
    asked = getattr(datasette, "permission_allowed", None)
    allowed = (
        asked(request.actor, "view-instance", default=True)
        if asked
        else datasette.allowed(action="view-instance", actor=request.actor)  # Datasette 1.0
    )
    if inspect.isawaitable(allowed):
        allowed = await allowed
    if not allowed or not actor_matches_allow(request.actor, allow_of(datasette, news_database(datasette).name)):
        raise Forbidden("view-instance")


def allow_of(datasette: Any, name: str) -> Any:
    """Return who may see a database by Datasette's configuration; None where it does not say."""
    if hasattr(datasette, "config"):  # Datasette 1.0
        databases = (getattr(datasette, "config", None) or {}).get("databases") or {}
        return (databases.get(name) or {}).get("allow")
    return datasette.metadata("allow", database=name, fallback=False)


# --- answers ------------------------------------------------------------------------------------


def wording_for(request: Any) -> Wording:
    """Return the wording that the reader chose by a link, once for all pages, or that the browser prefers."""
    asked = request.args.get("lang") or request.cookies.get(LANGUAGE_COOKIE) or ""
    return chosen(request.headers.get("accept-language", ""), asked)


def respond(answer: Answer | Moved | Download, request: Any, datasette: Any) -> Any:
    """Return an answer in the form that was asked for, and remember the language that was chosen by a link."""
    wording = wording_for(request)
    found = formed(answer, request.url_vars.get("form") or "html", request, wording, datasette)
    if request.args.get("lang") == wording.language:
        found.set_cookie(LANGUAGE_COOKIE, wording.language, path="/", max_age=YEAR, httponly=True, samesite="lax")
    return found


def formed(answer: Answer | Moved | Download, form: str, request: Any, wording: Wording, datasette: Any) -> Any:
    """Return an answer in one form."""
    if not isinstance(answer, Answer):
        return elsewhere(answer, form)
    if form == "json":
        return Response(as_json(answer), status=answer.status, content_type="application/json; charset=utf-8")
    if form == "csv":
        return Response(as_csv(answer), status=answer.status, content_type="text/csv; charset=utf-8")
    if form == "atom":
        if answer.entries is None:
            return refused(request, datasette, HTTPStatus.NOT_FOUND, wording("not_found.feed"))
        root = f"{request.scheme}://{request.host}"
        return Response(feeds.atom(answer, root, request.path), content_type="application/atom+xml; charset=utf-8")
    return Response.html(html(answer, wording, frame(request, datasette)), status=answer.status)


def elsewhere(answer: Moved | Download, form: str) -> Any:
    """Return the answer that leads to another address, or gives bytes to be saved."""
    if isinstance(answer, Moved):
        ending = f".{form}" if form != "html" else ""
        return Response.redirect(f"{answer.path}{ending}", status=301 if answer.is_permanent else 303)
    headers = {"Content-Disposition": f'attachment; filename="{answer.name}"'}
    return Response(answer.body, headers=headers, content_type="application/octet-stream")


def frame(request: Any, datasette: Any) -> Frame:
    """Return what stands around an answer to a request."""
    known = EDITORS.get(datasette)
    has_sql = bool(datasette.setting("default_allow_sql")) and any(stores(datasette))
    return Frame(
        path=request.path,
        query=request.query_string,
        root=f"{request.scheme}://{request.host}",
        asked_for=request.args.get("q") or "",
        sql_path=datasette.urls.database(news_database(datasette).name) if has_sql else "",
        is_editor=bool(known and known.is_signed_in(request.cookies)),
    )


# --- errors -------------------------------------------------------------------------------------


def refused(request: Any, datasette: Any, status: int, told: str) -> Any:
    """Return the answer for an error: a page, or JSON where a program asks."""
    if ENDING.search(request.path):
        return Response.json({"ok": False, "status": int(status), "error": told}, status=status)
    page = html(refusal(int(status), told), wording_for(request), frame(request, datasette))
    return Response.html(page, status=status)


def not_allowed(request: Any, datasette: Any, allowed: str) -> Any:
    """Return the answer for a method that an address does not take."""
    answer = refused(request, datasette, HTTPStatus.METHOD_NOT_ALLOWED, wording_for(request)("refused.method"))
    answer.headers["Allow"] = allowed
    return answer


def failed(request: Any, datasette: Any, exception: Exception) -> Any:
    """Return the answer for an exception; None where Datasette knows better, which is on its own pages only.

    What the exception says is for the log alone: it may name files of this machine.
    """
    status, key = fault_of(exception, has_sql=bool(datasette.setting("default_allow_sql")))
    if status is None:
        return None
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("%s %s", request.method, request.path, exc_info=exception)
    return refused(request, datasette, status, wording_for(request)(key))


def fault_of(exception: Exception, *, has_sql: bool) -> tuple[int | None, str]:
    """Return the status of an exception and the key of what the reader is told."""
    if isinstance(exception, NotFound):
        return 404, "not_found.page"
    if isinstance(exception, Forbidden):
        return 403, "forbidden"
    if isinstance(exception, StoreError):
        return 503, "refused.store"
    if isinstance(exception, sqlite3.Error):
        return 503, database_fault(str(exception))
    if type(exception).__module__.startswith("datasette"):
        status = int(getattr(exception, "status", 400))
        return (None, "") if has_sql else (status, "our_fault" if status >= 500 else "refused.address")  # noqa: PLR2004 - HTTP's errors of the server
    return 500, "our_fault"


def database_fault(said: str) -> str:
    """Return the key of what the reader is told of an error of SQLite."""
    if "interrupted" in said:
        return "too_slow"
    strange = ("no such table", "no such column", "no such module", "not a database", "malformed")
    return "refused.store" if any(words in said for words in strange) else "store_busy"


# --- the editor ---------------------------------------------------------------------------------


def signed_in(known: Editor, request: Any, datasette: Any) -> Any:
    """Exchange the token of the printed address for a cookie, and lead to the address without it."""
    if not known.admits(request.args.get("token") or ""):
        return refused(request, datasette, HTTPStatus.FORBIDDEN, wording_for(request)("edit.closed"))
    answer = Response.redirect(request.path, status=303)
    answer.headers["Set-Cookie"] = known.set_cookie()
    answer.headers["Cache-Control"] = "no-store"
    return answer


async def decided(page: Page, known: Editor, request: Any, datasette: Any) -> Any:
    """Carry an editor's form out, and lead to what came of it; one that is refused comes back as it was filled in."""
    wording = wording_for(request)
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await limited(request, editor.LONGEST_FORM)
    form = editor.read_form(body) if body is not None and content_type == editor.URLENCODED else None
    if form is None or not editor.is_from_here(request.headers) or not known.trusts(form):
        return refused(request, datasette, HTTPStatus.FORBIDDEN, wording("edit.not_ours"))
    named = {name: value for name, value in request.url_vars.items() if name != "form" and value is not None}
    path = Path(news_database(datasette).path)
    try:
        onward = await asyncio.to_thread(carried_out, path, named, form, wording)
    except editing.RefusedError as error:
        desk = Desk(known.form_token, error.status, str(error), frozenset(form.get("article", ())))
        return respond(await reading(page, request, datasette, desk, form), request, datasette)
    return Response.redirect(onward, status=303)


def carried_out(path: Path, named: Mapping[str, str], form: Form, wording: Wording) -> str:
    """Decide as a form says, under the store's lock; return where to see it.

    Raises:
        RefusedError: it cannot be decided.
    """
    wanted = editing.wanted(named, form, wording)
    opened = LENT.ties.deciding
    if opened is None:  # the view is not there without it
        raise editing.RefusedError(wording("edit.closed"), HTTPStatus.FORBIDDEN)
    try:
        with opened(path, wanted.what) as store:
            return editing.decide(store, wanted, wording)
    except BusyError as error:
        told = wording("edit.busy", who=str(error)) if str(error) else wording("edit.busy_unknown")
        raise editing.RefusedError(told, HTTPStatus.CONFLICT) from error


async def limited(request: Any, most: int) -> bytes | None:
    """Return the body of a request, None where it is longer than anything that is meant."""
    body, more = b"", True
    while more and len(body) <= most:
        message = await request.receive()
        body += message.get("body", b"")
        more = message["type"] == "http.request" and bool(message.get("more_body"))
    return None if len(body) > most else body
