"""A flood of copies with a word or two changed -> the copies, each with the article it is put beside, unmeasured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from dedupe import bands
from dedupe.profile import Profile
from dedupe.shingles import overlap

LOOKED_UP = 3
"""Fingerprints that a copy is known by: the least ones. Of texts with a Jaccard of .8 two or three are the same with a
chance of .8; a copy that is missed goes the way of any article."""
LOOK_ALIKES = 8
"""Articles that share those fingerprints from which the next is one of a flood; the first ones go the way of any."""
KEPT = 4 * LOOK_ALIKES
"""Articles kept under one value: enough to know a flood."""
NEAR_COPY = 0.8
"""Exact Jaccard of the shingles from which a text of a flood is a copy: one word of thirty replaced."""

Known = dict[int, list[tuple[int, int]]]
"""Band value -> the articles that have it, with their days."""


def asked(profile: Profile) -> list[int]:
    """Return the band values by which a copy of an article is known."""
    found: list[int] = bands.text_values(profile)[:LOOKED_UP].tolist()
    return found


def copies_in_flood(
    arriving: Iterable[Profile], known: Known, recall: Callable[[Sequence[int]], Sequence[Profile]]
) -> dict[int, int]:
    """Return which articles are copies in a flood, and of which earlier one; `known` grows by those that are not."""
    found: dict[int, int] = {}
    for one in arriving:
        values = asked(one)
        met = [entry for value in values for entry in known.get(value, ())[:KEPT]]
        original = first_alike(one, met, recall) if len(met) > LOOK_ALIKES else None
        if original is not None:
            found[one.article_id] = original
            continue
        for value in values:
            under = known.setdefault(value, [])
            if len(under) < KEPT:
                under.append((one.article_id, one.day))
    return found


def first_alike(
    one: Profile, met: Iterable[tuple[int, int]], recall: Callable[[Sequence[int]], Sequence[Profile]]
) -> int | None:
    """Return the earliest of many articles that share an article's fingerprints, where its text is nearly the same."""
    times = Counter(i for i, day in met if abs(day - one.day) <= bands.WINDOW_DAYS and i != one.article_id)
    alike = sorted(article_id for article_id, shared in times.items() if shared > 1)
    if len(alike) < LOOK_ALIKES:
        return None
    original = recall(alike[:1])[0]
    return original.article_id if overlap(one.shingles, original.shingles)[0] >= NEAR_COPY else None
