"""Editors' decisions: stories merged and split by hand, for ever; what clustering may join and part because of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import product
from typing import Literal

from dedupe.store import Store, now
from dedupe.stories import UNDECIDED, Constraints
from dedupe.story_store import StoryStore

DecisionKind = Literal["merge", "split"]
Hindrance = Literal[
    "no_name",
    "no_reason",
    "no_decision",
    "undone_before",
    "no_story",
    "emptied",
    "one_already",
    "no_articles",
    "no_article",
    "waiting",
    "elsewhere",
    "none_left",
]
"""Why a decision cannot be made, for whoever says it in other words than the command line."""


class DecisionError(Exception):
    """A decision that cannot be made; the message names the story or article and the remedy on the command line."""

    def __init__(self, message: str, hindrance: Hindrance, **values: object) -> None:
        super().__init__(message)
        self.hindrance = hindrance
        self.values = values
        """What the message names, by what it is: ids, moments, who."""


class UnknownError(DecisionError):
    """A story, an article or a decision that the store does not have."""


@dataclass(frozen=True)
class Decision:
    """One decision of an editor, as `decision_list` tells it."""

    decision_id: int
    kind: DecisionKind
    story_id: int
    """The story that kept its id."""
    other_id: int
    """The story that became part of it, or the new story of the parted articles."""
    articles: int
    """Articles that it names and that are still there."""
    made_at: str
    made_by: str
    why: str
    overruled_by: int | None
    """The newest later decision that contradicts it; what only this one names stays decided."""
    undone_at: str | None
    undone_by: str | None
    undone_why: str | None


@dataclass(frozen=True)
class Ruling:
    """What a decision says of which articles."""

    decision_id: int
    kind: DecisionKind
    story: frozenset[int]
    """The articles of the story that kept its id."""
    other: frozenset[int]
    """The articles of the story that became part of it, or those that were parted from it."""

    @cached_property
    def together(self) -> frozenset[int]:
        """The articles that stay together."""
        return self.story | self.other if self.kind == "merge" else self.other

    @property
    def apart(self) -> tuple[frozenset[int], frozenset[int]]:
        """The articles that stay apart: those parted, and those they were parted from."""
        return (self.other, self.story) if self.kind == "split" else (frozenset(), frozenset())

    def contradicts(self, other: Ruling) -> bool:
        """Tell whether one of the two binds together what the other keeps apart."""
        return any(
            all(binds.together & side for side in parts.apart) for binds, parts in ((self, other), (other, self))
        )


# --- what decisions come to ---------------------------------------------------------------------


class Blocks:
    """Articles bound together and blocks kept apart; what was said first stands."""

    def __init__(self) -> None:
        self.leads: dict[int, int] = {}
        self.apart: dict[int, set[int]] = {}

    def block(self, article_id: int) -> int:
        """Return the block of an article: the article that stands for it."""
        lead = self.leads.setdefault(article_id, article_id)
        while self.leads[lead] != lead:
            lead = self.leads[lead]
        self.leads[article_id] = lead
        return lead

    def keep_apart(self, a: int, b: int) -> None:
        """Keep the blocks of two articles apart, unless they are one."""
        one, other = self.block(a), self.block(b)
        if one != other:
            self.apart.setdefault(one, set()).add(other)
            self.apart.setdefault(other, set()).add(one)

    def bind(self, article_ids: Iterable[int]) -> None:
        """Make one block of articles; of several where some are kept apart."""
        heads: list[int] = []
        for article_id in article_ids:
            if not any(self.unite(head, article_id) for head in heads):
                heads.append(self.block(article_id))

    def unite(self, a: int, b: int) -> bool:
        """Make one block of two articles', unless they are kept apart; tell whether they are one now."""
        one, other = self.block(a), self.block(b)
        if other in self.apart.get(one, ()):
            return False
        if one != other:
            self.leads[other] = one
            for neighbour in self.apart.pop(other, ()):
                self.apart[neighbour].discard(other)
                self.keep_apart(one, neighbour)
        return True


def constraints(rulings: Iterable[Ruling]) -> Constraints:
    """Return what decisions that stand come to: where two contradict each other, the later one holds."""
    blocks = Blocks()
    for ruling in sorted(rulings, key=lambda ruling: -ruling.decision_id):
        blocks.bind(sorted(ruling.together))
        parted, rest = ({blocks.block(article_id) for article_id in sorted(side)} for side in ruling.apart)
        for one, other in product(parted, rest):
            blocks.keep_apart(one, other)
    return Constraints(
        block_of={article_id: blocks.block(article_id) for article_id in list(blocks.leads)},
        apart=frozenset((one, other) for one, others in blocks.apart.items() for other in others if one < other),
    )


# --- in the store -------------------------------------------------------------------------------


def constraints_on(store: Store, article_ids: Iterable[int]) -> Constraints:
    """Return what editors have decided of these articles, and of those that they are bound to or kept apart from."""
    if store.value("SELECT 1 FROM decisions LIMIT 1") is None:
        return UNDECIDED
    known: dict[int, Ruling] = {}
    asked = set(article_ids)
    while asked:
        new = [ruling for ruling in rulings_on(store, asked) if ruling.decision_id not in known]
        known |= {ruling.decision_id: ruling for ruling in new}
        asked = {article_id for ruling in new for article_id in ruling.story | ruling.other}
    return constraints(known.values()) if known else UNDECIDED


def rulings_on(store: Store, article_ids: Iterable[int]) -> list[Ruling]:
    """Return the decisions that stand and name any of these articles, the earliest first."""
    found = store.rows_in(
        "SELECT DISTINCT decision_id FROM decision_articles WHERE article_id IN ({})", sorted(article_ids)
    )
    return list(rulings(store, sorted({row["decision_id"] for row in found})))


def rulings(store: Store, decision_ids: Sequence[int]) -> Iterator[Ruling]:
    """Yield those of these decisions that stand, with their articles."""
    for row in store.rows_in("SELECT id, kind FROM decisions WHERE undone_at IS NULL AND id IN ({})", decision_ids):
        yield Ruling(row["id"], row["kind"], *sides(store, row["id"]))


def sides(store: Store, decision_id: int) -> tuple[frozenset[int], frozenset[int]]:
    """Return the articles on the two sides of a decision, those of the story that kept its id first."""
    found: dict[str, set[int]] = {"story": set(), "other": set()}
    for row in store.rows("SELECT article_id, side FROM decision_articles WHERE decision_id = ?", (decision_id,)):
        found[row["side"]].add(row["article_id"])
    return frozenset(found["story"]), frozenset(found["other"])


def decisions(store: Store, story_id: int | None = None) -> list[Decision]:
    """Return the decisions of editors, the newest first: all, or those on one story and the ids that led to it."""
    about = ""
    if story_id is not None:
        ids = "SELECT :story UNION ALL SELECT old_id FROM story_aliases WHERE story_id = :story"
        about = f"WHERE story_id IN ({ids}) OR other_id IN ({ids})"
    rows = store.rows(f"SELECT * FROM decision_list {about} ORDER BY decision_id DESC", {"story": story_id})
    return [Decision(**dict(row)) for row in rows]


def decision(store: Store, decision_id: int) -> Decision:
    """Return one decision.

    Raises:
        UnknownError: there is none with this id.
    """
    rows = store.rows("SELECT * FROM decision_list WHERE decision_id = ?", (decision_id,))
    if not rows:
        raise UnknownError(
            f"there is no decision {decision_id}. `newscrawl decisions` lists them.",
            "no_decision",
            decision=decision_id,
        )
    return Decision(**dict(rows[0]))


# --- deciding -----------------------------------------------------------------------------------


def merge(store: Store, one: int, other: int, *, by: str, why: str) -> Decision:
    """Make one story of two, for ever; the older keeps its id, the other's leads to it.

    Raises:
        DecisionError: a story is not there, or the two are one already, or nobody or no reason is named.
    """
    check_signed(by, why)
    kept = StoryStore(store)
    with store.transaction():
        older, younger = sorted((present(store, one), present(store, other)))
        if older == younger:
            raise DecisionError(
                f"stories {one} and {other} are one already: {older}. Name two.", "one_already", story=other
            )
        story, parts = ({i for i, _ in kept.members(story_id)} for story_id in (older, younger))
        made = note(store, Ruling(0, "merge", frozenset(story), frozenset(parts)), (older, younger), by, why)
        kept.merge(older, younger)
        kept.summarize([older])
    return made


def split(store: Store, story_id: int, article_ids: Iterable[int], *, by: str, why: str) -> Decision:
    """Give some articles of a story a new story of their own, for ever apart from the rest.

    Raises:
        DecisionError: a story or article is not there, an article tells another story, none would be left, or nobody or
            no reason is named.
    """
    check_signed(by, why)
    kept = StoryStore(store)
    with store.transaction():
        story_id = present(store, story_id)
        parted = frozenset(article_ids)
        rest = frozenset(article_id for article_id, _ in kept.members(story_id)) - parted
        check_parted(store, story_id, parted, rest)
        first = min(kept.texts(parted), key=lambda text: (text.day, text.article_id))
        new_id = kept.new_story(first.title, date.fromordinal(first.day).isoformat())
        made = note(store, Ruling(0, "split", rest, parted), (story_id, new_id), by, why)
        for article_id in parted:
            kept.cover(article_id, new_id)
        kept.part_copies(parted)
        kept.summarize([story_id, new_id])
    return made


def undo(store: Store, decision_id: int, *, by: str, why: str = "") -> Decision:
    """Take a decision back; the next clustering decides again about the articles that it moved.

    A story that was merged has its own id again until then, unless another decision binds the two as well.

    Raises:
        DecisionError: the decision is not there, or was undone before, or nobody is named.
    """
    check_signed(by, why or "undone")
    with store.transaction():
        taken_back = decision(store, decision_id)
        if taken_back.undone_at:
            raise DecisionError(
                f"decision {decision_id} was undone before, by {taken_back.undone_by} at {taken_back.undone_at}."
                " Decide anew with `newscrawl merge` or `newscrawl split`.",
                "undone_before",
                decision=decision_id,
                who=taken_back.undone_by,
                at=taken_back.undone_at,
            )
        store.connection.execute(
            "UPDATE decisions SET undone_at = ?, undone_by = ?, undone_why = ? WHERE id = ?",
            (now(), by, why or None, decision_id),
        )
        for row in store.rows("SELECT id FROM decisions WHERE overruled_by = ?", (decision_id,)):
            note_overruled(store, row["id"])
        decide_again(store, taken_back)
    return decision(store, decision_id)


def check_signed(by: str, why: str) -> None:
    """Check that a decision says who made it and why.

    Raises:
        DecisionError: it does not.
    """
    if not by.strip():
        raise DecisionError("a decision needs a name: say who decides with --by.", "no_name")
    if not why.strip():
        raise DecisionError("a decision needs a reason: say why with --why.", "no_reason")


def present(store: Store, story_id: int) -> int:
    """Return the id that a story has now.

    Raises:
        UnknownError: there is no such story, or it has lost its last article.
    """
    kept = StoryStore(store)
    found = kept.now_at(story_id)
    if found is None:
        lists = "`newscrawl story` lists the stories."
        if since := kept.emptied(story_id):
            told = f"story {story_id} has no article any more since {since}. {lists}"
            raise UnknownError(told, "emptied", story=story_id, at=since)
        raise UnknownError(f"there is no story {story_id}. {lists}", "no_story", story=story_id)
    return found


def check_parted(store: Store, story_id: int, parted: frozenset[int], rest: frozenset[int]) -> None:
    """Check that articles can be parted from a story.

    Raises:
        DecisionError: none is named, one is not there or tells another story, or none would be left.
    """
    if not parted:
        raise DecisionError(f"name the articles to part from story {story_id}.", "no_articles")
    placed = StoryStore(store).stories_of(parted)
    for article_id in sorted(parted):
        if store.value("SELECT 1 FROM articles WHERE id = ?", (article_id,)) is None:
            told = f"there is no article {article_id}. `newscrawl story {story_id} --json` lists its ids."
            raise UnknownError(told, "no_article", article=article_id)
        if article_id not in placed:
            told = f"article {article_id} is in no story yet: run `newscrawl cluster` first."
            raise DecisionError(told, "waiting", article=article_id)
        if placed[article_id] != story_id:
            raise DecisionError(
                f"article {article_id} is not in story {story_id} but in story {placed[article_id]}: split that one.",
                "elsewhere",
                article=article_id,
                story=placed[article_id],
            )
    if not rest:
        raise DecisionError(
            f"story {story_id} has no other article than those named: nothing would be left. Name fewer.",
            "none_left",
            story=story_id,
        )


def note(store: Store, said: Ruling, ids: tuple[int, int], by: str, why: str) -> Decision:
    """Write a decision down with its articles, and which earlier ones it overrules; return it."""
    made = store.connection.execute(
        "INSERT INTO decisions (kind, story_id, other_id, made_at, made_by, why) VALUES (?, ?, ?, ?, ?, ?)",
        (said.kind, *ids, now(), by, why),
    )
    decision_id = int(made.lastrowid or 0)
    store.connection.executemany(
        "INSERT INTO decision_articles VALUES (?, ?, ?)",
        [
            (decision_id, article_id, side)
            for side, articles in (("story", said.story), ("other", said.other))
            for article_id in sorted(articles)
        ],
    )
    for earlier in rulings_on(store, said.story | said.other):
        if earlier.decision_id != decision_id and said.contradicts(earlier):
            note_overruled(store, earlier.decision_id)
    return decision(store, decision_id)


def note_overruled(store: Store, decision_id: int) -> None:
    """Write down which later decision overrules one: the newest that contradicts it, if any does."""
    story, other = sides(store, decision_id)
    said = Ruling(decision_id, decision(store, decision_id).kind, story, other)
    later = [one for one in rulings_on(store, story | other) if one.decision_id > decision_id]
    against = [one.decision_id for one in later if one.contradicts(said)]
    store.connection.execute(
        "UPDATE decisions SET overruled_by = ? WHERE id = ?", (max(against, default=None), decision_id)
    )


def decide_again(store: Store, taken_back: Decision) -> None:
    """Let the next clustering decide about the articles that a decision moved, and those that came after it."""
    kept = StoryStore(store)
    story, other = sides(store, taken_back.decision_id)
    placed = set(kept.stories_of(other).values())
    members = {article_id for story_id in placed for article_id, _ in kept.members(story_id)}
    if taken_back.kind == "merge":
        part_again(store, taken_back)
        kept.let_wait(members - story)
    else:
        kept.let_wait(members)


def part_again(store: Store, taken_back: Decision) -> None:
    """Give the story that was merged its id and articles again, unless another decision holds the two together."""
    kept = StoryStore(store)
    _, other = sides(store, taken_back.decision_id)
    now_at = kept.now_at(taken_back.story_id)
    if now_at is None or kept.now_at(taken_back.other_id) != now_at or kept.exists(taken_back.other_id):
        return
    members = {article_id for article_id, _ in kept.members(now_at)}
    leaving, staying = members & other, members - other
    held = constraints_on(store, members)
    if leaving and staying and not held.blocks(leaving) & held.blocks(staying):
        kept.revive(taken_back.other_id, taken_back.made_at[:10])
        for article_id in leaving:
            kept.cover(article_id, taken_back.other_id)
        kept.summarize([now_at, taken_back.other_id])
