"""Answers as HTML: the templates, and what every page knows beside its own record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from dedupe import compare
from dedupe.site.answer import Answer
from dedupe.site.wording import Wording

WEB = ("http://", "https://")


@dataclass(frozen=True)
class Frame:
    """What stands around an answer: where the reader is, what was looked for, which doors are open."""

    path: str = "/"
    """The address as the reader wrote it, without the query."""
    query: str = ""
    root: str = ""
    """Scheme and host, for permanent addresses."""
    asked_for: str = ""
    """What stands in the look-up box."""
    sql_path: str = ""
    """Where the tables are; empty where the store's owner has not switched SQL on."""
    is_editor: bool = False


def is_web(url: object) -> bool:
    """Tell whether an address from outside may become a link: http and https only, nothing that a browser would run.

    >>> is_web("https://warta.example/a"), is_web("javascript:alert(1)"), is_web(" https://warta.example/a")
    (True, False, False)
    """
    return isinstance(url, str) and url.lower().startswith(WEB) and not any(c.isspace() or c < " " for c in url)


def alike(wordings: Iterable[compare.Wording]) -> list[list[compare.Wording]]:
    """Return wordings of one utterance, those together that are the same to the letter, in the order they came."""
    found: dict[str, list[compare.Wording]] = {}
    for one in wordings:
        found.setdefault(one.quote.text, []).append(one)
    return list(found.values())


def environment() -> Environment:
    """Return the templates' environment: everything is escaped, and a name that is not there is an error."""
    made = Environment(
        loader=PackageLoader("dedupe.site", "html"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.tests["web"] = is_web
    made.filters["alike"] = alike
    return made


TEMPLATES = environment()


def html(answer: Answer, wording: Wording, frame: Frame) -> str:
    """Return an answer as a page."""
    return TEMPLATES.get_template(answer.template).render(
        answer=answer,
        data=answer.data,
        **answer.extra,
        t=wording,
        path=frame.path,
        query=frame.query,
        root=frame.root,
        asked_for=frame.asked_for,
        has_sql=bool(frame.sql_path),
        sql_path=frame.sql_path,
        is_editor=frame.is_editor,
    )


def refusal(status: int, told: str) -> Answer:
    """Return the page of an error."""
    return Answer(template="error.html", title=told, data={"status": status, "told": told}, status=status)
