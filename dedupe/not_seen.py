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
    """A run within the story's days read them to its end, or their articles of those days were read from files: none
    was found to match."""
    failed: tuple[str, ...]
    """Runs were at them in those days, and none read them to its end: they may have covered it."""
    not_followed: tuple[str, ...]
    """Neither crawled nor read from files in those days: nothing is known."""


def not_seen(store: Store, found: Coverage) -> NotSeen:
    """Return the outlets that have no article in a story, split by whether we looked at them in its days.

    For runs, the story's days are those from when its first article was seen here to DAYS_AFTER days after its last
    one was. A run counts where any of it lies in those days. It has read an outlet where it came to its end (or was
    ended by the operator's limit of minutes) and at least one listing could be read; one that is still going on says
    nothing yet. Files count for an outlet that was never crawled, where they hold articles of the days as printed: an
    outlet that was first crawled later was not followed then, however far back its listings reach.
    """
    covering = {one.outlet for one in found.coverage}
    if not covering:
        return NotSeen((), (), ())
    days = [one.published_day or one.first_seen_at[:10] for one in found.coverage]
    seen = [one.first_seen_at[:10] for one in found.coverage]
    rows = store.rows(
        """
        WITH looked AS (
          SELECT ro.outlet,
                 ro.finished IN ('finished', 'run-minutes')
                   AND (ro.listings + ro.listings_unchanged > 0 OR ro.listings_failed = 0) AS has_read,
                 ro.finished = '' AND r.status = 'running' AS goes_on
            FROM run_outlets AS ro
            JOIN runs AS r ON r.id = ro.run_id
           WHERE r.started_at < date(:last, :after)
             AND coalesce(r.finished_at, ro.updated_at, r.started_at) >= :first
        )
        SELECT o.name,
               coalesce(o.title, o.name) AS title,
               EXISTS (SELECT 1 FROM looked AS l WHERE l.outlet = o.name AND l.has_read) AS has_read,
               EXISTS (SELECT 1 FROM looked AS l WHERE l.outlet = o.name AND NOT l.goes_on) AS was_tried,
               NOT EXISTS (SELECT 1 FROM run_outlets AS ro WHERE ro.outlet = o.name)
                 AND EXISTS (SELECT 1 FROM articles AS a
                              WHERE a.outlet = o.name AND a.published_day BETWEEN :day AND :last_day) AS in_files
          FROM outlets AS o
         ORDER BY title COLLATE NOCASE, o.name""",
        {
            "first": min(seen),
            "last": max(seen),
            "after": f"+{DAYS_AFTER + 1} days",  # before the day that follows the last one counted
            "day": min(days),
            "last_day": max(days),
        },
    )
    others = [row for row in rows if row["name"] not in covering]
    crawled = tuple(row["title"] for row in others if row["has_read"] or row["in_files"])
    failed = tuple(row["title"] for row in others if row["was_tried"] and not row["has_read"])
    rest = tuple(row["title"] for row in others if not (row["has_read"] or row["in_files"] or row["was_tried"]))
    return NotSeen(crawled, failed, rest)
