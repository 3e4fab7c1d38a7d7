"""The editor's pages: decisions so far, and the forms that merge two stories, part articles and undo a decision."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal

from dedupe.covering import resolve
from dedupe.decisions import Decision, DecisionError, UnknownError, decisions, merge, split, undo
from dedupe.site.answer import Answer, Moved
from dedupe.site.asked import Asked, Desk
from dedupe.site.editor import Form
from dedupe.site.wording import Wording
from dedupe.store import Store

What = Literal["merge", "split", "undo"]
DECISIONS_SHOWN = 200
LONGEST_NAME, LONGEST_REASON = 200, 2_000
STORY = re.compile(r"(?:.{0,300}/story/)?([0-9]{1,18})(?:[.?#/].{0,300})?")
"""A story as people name it: its number, or the address of its page."""
ID = re.compile(r"[0-9]{1,18}")
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class RefusedError(Exception):
    """A form that is not carried out; the message says why and what to do, in the reader's language."""

    def __init__(self, told: str, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(told)
        self.status = int(status)


@dataclass(frozen=True)
class Wanted:
    """What a form asks for, checked as far as that goes without the store."""

    what: What
    story_id: int
    other_id: int
    """The story to merge with, or the decision to undo."""
    articles: tuple[int, ...]
    by: str
    why: str


@dataclass(frozen=True)
class Line:
    """A story in short."""

    story_id: int
    title: str
    first_day: str | None
    last_day: str | None
    outlets: int
    articles: int


@dataclass(frozen=True)
class Listed:
    """An article of the story, to be chosen."""

    article_id: int
    outlet: str
    title: str
    published_text: str | None
    published_day: str | None
    first_seen_at: str


@dataclass(frozen=True)
class StoryToEdit:
    """A story with what an editor can do to it."""

    story: Line
    articles: tuple[Listed, ...]
    other: Line | None
    """The story that it is to be merged with, once one is named."""
    decisions: tuple[Decision, ...]


@dataclass(frozen=True)
class AllDecisions:
    """What editors have decided, the newest first."""

    decisions: tuple[Decision, ...]


# --- pages --------------------------------------------------------------------------------------


def page(asked: Asked) -> Answer:
    """Return the page of all decisions."""
    desk = asked.desk or Desk("")
    return Answer(
        template="edit.html",
        title=asked.wording("edit.title"),
        data=AllDecisions(tuple(decisions(asked.store)[:DECISIONS_SHOWN])),
        status=desk.status,
        extra={"desk": desk, "filled": filled(asked)},
    )


def story(asked: Asked) -> Answer | Moved | None:
    """Return the page on which one story is edited, or None where there is no such story."""
    desk, story_id = asked.desk or Desk(""), int(asked.named["story_id"])
    now_at = resolve(asked.store, story_id)
    if now_at is None:
        return None
    if now_at != story_id and not desk.told:
        return Moved(f"/edit/story/{now_at}", is_permanent=False)
    with_id = named_story(asked.said("other"))
    found_other = resolve(asked.store, with_id) if with_id is not None else None
    told = desk.told
    if not told and asked.said("other") and (found_other is None or found_other == now_at):
        told = asked.wording(
            f"edit.cannot.{'no_story' if found_other is None else 'one_already'}", story=with_id or "–"
        )
    shown = StoryToEdit(
        story=line(asked.store, now_at),
        articles=listed(asked.store, now_at),
        other=line(asked.store, found_other) if found_other not in {None, now_at} and found_other else None,
        decisions=tuple(decisions(asked.store, now_at)),
    )
    return Answer(
        template="edit_story.html",
        title=asked.wording("edit.story", title=shown.story.title),
        data=shown,
        status=desk.status,
        extra={"desk": desk, "told": told, "filled": filled(asked)},
    )


def filled(asked: Asked) -> dict[str, str]:
    """Return what stood in the form that was sent."""
    lengths = {"by": LONGEST_NAME, "why": LONGEST_REASON, "other": LONGEST_NAME, "what": 10, "decision": 20}
    return {name: asked.said(name, most) for name, most in lengths.items()}


def line(store: Store, story_id: int) -> Line:
    """Return a story in short."""
    row = store.rows("SELECT title, first_day, last_day, outlets, articles FROM stories WHERE id = ?", (story_id,))[0]
    return Line(story_id, **dict(row))


def listed(store: Store, story_id: int) -> tuple[Listed, ...]:
    """Return the articles of a story in the order of their time."""
    rows = store.rows(
        "SELECT a.id AS article_id, coalesce(o.title, a.outlet) AS outlet, a.title, a.published_text,"
        "       a.published_day, a.first_seen_at"
        "  FROM coverage AS c JOIN articles AS a ON a.id = c.article_id LEFT JOIN outlets AS o ON o.name = a.outlet"
        " WHERE c.story_id = ? ORDER BY coalesce(a.published_at, a.published_day, a.first_seen_at), a.id",
        (story_id,),
    )
    return tuple(Listed(**dict(row)) for row in rows)


def named_story(said: str) -> int | None:
    """Return the id of the story that a number or an address names, or None.

    >>> named_story("12"), named_story("http://127.0.0.1:8001/story/12?a=1"), named_story("twelve")
    (12, 12, None)
    """
    found = STORY.fullmatch(said)
    return int(found[1]) if found else None


# --- forms --------------------------------------------------------------------------------------


def wanted(named: Mapping[str, str], form: Form, wording: Wording) -> Wanted:
    """Return what a form asks for.

    Raises:
        RefusedError: it does not say who decides what and why.
    """
    what = said(form, "what")
    by, why = said(form, "by"), said(form, "why")
    if what not in {"merge", "split", "undo"} or (what != "undo" and "story_id" not in named):
        raise RefusedError(wording("edit.what"))
    if not by:
        raise RefusedError(wording("edit.cannot.no_name"))
    if not why and what != "undo":
        raise RefusedError(wording("edit.cannot.no_reason"))
    if len(by) > LONGEST_NAME or len(why) > LONGEST_REASON:
        raise RefusedError(wording("edit.too_long", name=LONGEST_NAME, reason=LONGEST_REASON))
    other = named_story(said(form, "decision" if what == "undo" else "other"))
    if other is None and what != "split":
        raise RefusedError(wording("edit.cannot.no_story", story="–"))
    articles = form.get("article", [])
    if not all(ID.fullmatch(one) for one in articles):
        raise RefusedError(wording("edit.what"))
    if what == "split" and not articles:
        raise RefusedError(wording("edit.cannot.no_articles"))
    kind: What = "merge" if what == "merge" else "split" if what == "split" else "undo"
    return Wanted(kind, int(named.get("story_id", 0)), other or 0, tuple(map(int, articles)), by, why)


def said(form: Form, name: str) -> str:
    """Return one field of a form on one line or several, without what cannot be seen; empty where it is not there."""
    return UNSEEN.sub("", (form.get(name) or [""])[-1]).strip()


def decide(store: Store, wanted: Wanted, wording: Wording) -> str:
    """Decide, and return the address at which the decision is seen.

    Raises:
        RefusedError: it cannot be decided.
    """
    by, why = wanted.by, wanted.why
    try:
        if wanted.what == "merge":
            made = merge(store, wanted.story_id, wanted.other_id, by=by, why=why)
        elif wanted.what == "split":
            made = split(store, wanted.story_id, wanted.articles, by=by, why=why)
        else:
            made = undo(store, wanted.other_id, by=by, why=why)
    except DecisionError as error:
        status = HTTPStatus.NOT_FOUND if isinstance(error, UnknownError) else HTTPStatus.CONFLICT
        raise RefusedError(wording("edit.refused", why=worded(error, wording)), status) from error
    return f"/edit/story/{made.story_id}" if wanted.what == "undo" else f"/story/{made.story_id}"


def worded(error: DecisionError, wording: Wording) -> str:
    """Return why a decision cannot be made, in the reader's language."""
    values = {name: wording.moment(str(said)) if name == "at" else said for name, said in error.values.items()}
    return wording(f"edit.cannot.{error.hindrance}", **values)
