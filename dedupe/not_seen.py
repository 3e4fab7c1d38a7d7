"""The outlets at which a story was not seen, and whether we looked: crawled, crawl failed, not followed."""

from __future__ import annotations

from dataclasses import dataclass

from dedupe.covering import Coverage
from dedupe.store import Store

DAYS_AFTER = 2
"""Days after a story's last article in which a crawl still counts as having looked for it."""


@dataclass(frozen=True)
class NotSeen:
    """Outlets of the store without an article in a story, by what we know of them; titles, in alphabetical order."""

    crawled: tuple[str, ...]
    """Read to the end of a run within the story's days: no article of theirs was found to match."""
    failed: tuple[str, ...]
    """Every run at them in those days failed: they may have covered it."""
    not_followed: tuple[str, ...]
    """Neither crawled nor read from files in those days: nothing is known."""


def not_seen(store: Store, found: Coverage) -> NotSeen:
    """Return the outlets that have no article in a story, split by whether we looked at them in its days.

    The story's days are those from its first article to DAYS_AFTER days after its last one, as printed or first seen.
    An outlet whose articles of those days were read from files counts as crawled.
    """
    covering = {one.outlet for one in found.coverage}
    days = [one.published_day or one.first_seen_at[:10] for one in found.coverage]
    seen = [one.first_seen_at[:10] for one in found.coverage]
    if not days:
        return NotSeen((), (), ())
    rows = store.rows(
        """
        SELECT o.name, coalesce(o.title, o.name) AS title,
               EXISTS (SELECT 1 FROM run_outlets AS ro JOIN runs AS r ON r.id = ro.run_id
                        WHERE ro.outlet = o.name AND ro.finished = 'finished'
                          AND r.started_at >= :first AND r.started_at < date(:last, :after)) AS crawled,
               EXISTS (SELECT 1 FROM run_outlets AS ro JOIN runs AS r ON r.id = ro.run_id
                        WHERE ro.outlet = o.name
                          AND r.started_at >= :first AND r.started_at < date(:last, :after)) AS tried,
               EXISTS (SELECT 1 FROM articles AS a
                        WHERE a.outlet = o.name AND a.published_day BETWEEN :day AND :last_day) AS has_days
          FROM outlets AS o ORDER BY title COLLATE NOCASE""",
        {
            "first": min(seen),
            "last": max(seen),
            "after": f"+{DAYS_AFTER} days",
            "day": min(days),
            "last_day": max(days),
        },
    )
    others = [row for row in rows if row["name"] not in covering]
    crawled = tuple(row["title"] for row in others if row["crawled"] or (row["has_days"] and not row["tried"]))
    failed = tuple(row["title"] for row in others if row["tried"] and not row["crawled"])
    rest = tuple(row["title"] for row in others if not (row["crawled"] or row["tried"] or row["has_days"]))
    return NotSeen(crawled, failed, rest)
