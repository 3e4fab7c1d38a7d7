"""What a store holds, what waits, how the last runs ended and which alarms are open: for people and for probes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dedupe import RunStore, Store, waiting
from newscrawl.lock import held_by
from newscrawl.prometheus import Metric, Sample

RUNS_SHOWN = 5
AGE = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)\s?([smhdw])")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def age(text: str) -> timedelta:
    """Return a length of time as it is typed.

    >>> age("6h"), age("1.5d")
    (datetime.timedelta(seconds=21600), datetime.timedelta(days=1, seconds=43200))

    Raises:
        ValueError: it is none.
    """
    found = AGE.fullmatch(text.strip().lower())
    if not found:
        raise ValueError(f"{text[:40]!r} is no length of time; write 90m, 6h or 2d")
    return timedelta(**{UNITS[found[2]]: float(found[1])})


def status(store: Store, db: Path, most_age: timedelta | None, now: datetime | None = None) -> dict[str, Any]:
    """Return what a store holds and how its crawl fares; `problems` says why it is not well, empty where it is."""
    now, runs = now or datetime.now(UTC), RunStore(store)
    last, good = runs.last(), runs.last(good=True)
    old = age_of(good["finished_at"], now) if good else None
    found: dict[str, Any] = {
        "db": db,
        "articles": store.value("SELECT count(*) FROM articles"),
        "stories": store.value("SELECT count(*) FROM stories"),
        "stories_by_several_outlets": store.value("SELECT count(*) FROM story_list"),
        "quotations": store.value("SELECT count(*) FROM quotes"),
        "waiting_for_clustering": waiting(store),
        "left_to_fetch": store.value(
            "SELECT count(*) FROM pages WHERE status = 'due' OR (status = 'failed' AND next_due_at IS NOT NULL)"
        ),
        "outlets": [dict(r) for r in store.rows("SELECT * FROM outlet_list ORDER BY outlet")],
        "health": [dict(r) for r in store.rows("SELECT * FROM outlet_health ORDER BY outlet")],
        "alarms": [asdict(one) for one in runs.open_alarms()],
        "rejects": {
            r["reason"]: r["number"]
            for r in store.rows("SELECT reason, count(*) AS number FROM rejects GROUP BY reason ORDER BY 2 DESC")
        },
        "runs": [{"id": r["run_id"], **dict(r)} for r in runs.runs(RUNS_SHOWN)],
        "at_work": held_by(db),
        "last_run_at": last["finished_at"] if last else None,
        "last_good_run_at": good["finished_at"] if good else None,
        "last_good_run_seconds_ago": old,
    }
    found["problems"] = list(problems(found, most_age))
    found["is_good"] = not found["problems"]
    return found


def age_of(moment: str, now: datetime) -> int:
    """Return how many seconds ago a stored moment was."""
    return max(0, round((now - datetime.fromisoformat(moment)).total_seconds()))


def problems(found: dict[str, Any], most_age: timedelta | None) -> Iterator[str]:
    """Yield why a crawl is not well: open alarms, and a last good run that is too long ago."""
    for alarm in found["alarms"]:
        yield f"{alarm['outlet']}: {alarm['text']}"
    seconds = found["last_good_run_seconds_ago"]
    if most_age is not None and seconds is None:
        yield "no run has ended well yet"
    elif most_age is not None and seconds > most_age.total_seconds():
        ago = timedelta(seconds=seconds)
        yield f"the last good run ended {ago} ago ({found['last_good_run_at']}), longer than {most_age}"


# --- for Prometheus -----------------------------------------------------------------------------

OF_THE_LAST_RUN = {
    "saved": "New articles that the last run brought.",
    "new_versions": "New versions of articles that the last run brought.",
    "unchanged": "Articles that the last run looked at again and found as before.",
    "rejected": "Pages of the last run that are no articles.",
    "failed": "Pages that the last run could not fetch.",
    "links": "Links to articles on the listings that the last run read.",
    "listings": "Listings that the last run read.",
    "listings_failed": "Listings that the last run could not read.",
    "listings_flawed": "Listings that the last run read and that are damaged or cut.",
    "errors": "Errors in code in the last run.",
}


def metrics(found: dict[str, Any]) -> list[Metric]:
    """Return a status as metrics."""
    alarms = [({k: str(alarm[k]) for k in ("outlet", "kind", "subject")}, 1.0) for alarm in found["alarms"]]
    counts = {
        "stories": "Stories in the store.",
        "quotations": "Quotations in the store.",
        "waiting_for_clustering": "Articles that wait for grouping into stories.",
        "left_to_fetch": "Pages that wait to be fetched.",
    }
    return [
        Metric("newscrawl_up", "Whether nothing is wrong: no alarm, and a good run in time.", [({}, found["is_good"])]),
        Metric("newscrawl_running", "Whether a run is at work.", [({}, found["at_work"] is not None)]),
        moment_metric("last_run", "When the last crawl came to its end.", found["last_run_at"]),
        moment_metric("last_good_run", "When the last crawl that went well ended.", found["last_good_run_at"]),
        *(Metric(f"newscrawl_{name}", says, [({}, found[name])]) for name, says in counts.items()),
        Metric("newscrawl_articles", "Articles in the store.", by_outlet(found["outlets"], "articles")),
        Metric("newscrawl_rejects", "Pages that are no articles, by reason.",
               [({"reason": reason}, number) for reason, number in found["rejects"].items()]),
        Metric("newscrawl_open_alarms", "Alarms that are open.", [({}, len(alarms))]),
        Metric("newscrawl_alarm", "An alarm that is open.", alarms),
        *(Metric(f"newscrawl_outlet_{name}", says, by_outlet(found["health"], name))
          for name, says in OF_THE_LAST_RUN.items()),
        Metric("newscrawl_outlet_last_finished_timestamp_seconds", "When a crawl of the outlet last came to its end.",
               [({"outlet": row["outlet"]}, unix(row["last_finished_at"]))
                for row in found["health"] if row["last_finished_at"]]),
    ]  # fmt: skip


def by_outlet(rows: list[dict[str, Any]], name: str) -> list[Sample]:
    """Return one sample for each outlet."""
    return [({"outlet": row["outlet"]}, row[name]) for row in rows]


def moment_metric(name: str, says: str, moment: str | None) -> Metric:
    """Return a metric of a moment, without a sample where there was none."""
    return Metric(f"newscrawl_{name}_timestamp_seconds", says, [({}, unix(moment))] if moment else [])


def unix(moment: str) -> float:
    """Return a stored moment as seconds since 1970."""
    return datetime.fromisoformat(moment).timestamp()
