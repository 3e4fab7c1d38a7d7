"""Verified pairs -> stories: which story a new article joins, and which stories grow together.

Average linkage: an article joins the story with the best *mean* score over its members, never because one single link is
strong; two stories become one only when their members fit on average.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

JOIN_DATED = 0.195
"""Mean score from which an article with a printed day joins a story; chosen on dev data together with verify.WEIGHTS."""
JOIN_UNDATED = 0.257
"""The same where the article or its candidates have no printed day: the words alone must say it."""
MERGE = 0.282
"""Mean score between the members of two stories from which they become one."""
PAIR_FLOOR = 0.15
"""Pairs below this are not kept: no labelled pair of one event in the demo scores lower than its story's mean can bear."""
MEMBERS_COMPARED = 30
"""Members of a story that a new article is compared with, the nearest in time: a story of thousands costs no more."""


@dataclass(frozen=True)
class Placement:
    """Where a new article belongs."""

    story_id: int | None
    """The story it joins, or None: it opens a new one."""
    score: float
    """Mean score with that story's members, or 1 alone."""
    also_fits: tuple[int, ...]
    """Other stories it fits as well, best first: they may have to grow together."""


def place(scores: Mapping[int, Sequence[float]], *, dated: bool) -> Placement:
    """Return where an article belongs, from its scores with the members of each story it has a candidate in."""
    threshold = JOIN_DATED if dated else JOIN_UNDATED
    means = ((fmean(found), -story_id) for story_id, found in scores.items())
    fitting = sorted((mean for mean in means if mean[0] >= threshold), reverse=True)
    if not fitting:
        return Placement(None, 1.0, ())
    return Placement(-fitting[0][1], fitting[0][0], tuple(-negative for _, negative in fitting[1:]))


def grow_together(scores: Sequence[float]) -> bool:
    """Tell whether two stories are one, from the scores between their members."""
    return bool(scores) and fmean(scores) >= MERGE


def nearest(members: Sequence[tuple[int, int]], day: int) -> list[int]:
    """Return the ids of the members nearest in time, at most MEMBERS_COMPARED; members are (article id, day)."""
    ranked = sorted(members, key=lambda member: (abs(member[1] - day), member[0]))
    return [article_id for article_id, _ in ranked[:MEMBERS_COMPARED]]


def heirs(old: Mapping[int, int], new: Mapping[int, int]) -> dict[int, int]:
    """Return which old story id each new story inherits: the one it shares most articles with, each id once.

    `old` and `new` map article ids to story ids. Ties go to the older id. New stories that share nothing are left out.
    """
    shared: dict[tuple[int, int], int] = {}
    for article_id, story_id in new.items():
        if article_id in old:
            key = (story_id, old[article_id])
            shared[key] = shared.get(key, 0) + 1
    inherited: dict[int, int] = {}
    given: set[int] = set()
    for (story_id, old_id), _ in sorted(shared.items(), key=lambda item: (-item[1], item[0][1], item[0][0])):
        if story_id not in inherited and old_id not in given:
            inherited[story_id] = old_id
            given.add(old_id)
    return inherited
