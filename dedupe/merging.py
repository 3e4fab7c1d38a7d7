"""Several stores -> one, without loss: articles with all their versions, what was seen, rejected, run and decided."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dedupe.store import Store

AT_ONCE = 500
Row = Mapping[str, Any]
OF_AN_OUTLET = ("title", "homepage", "language", "country", "timezone")


@dataclass
class MergeReport:
    """What merging one store into another did."""

    articles: int = 0
    """Articles of the other store that were new."""
    met: int = 0
    """Articles that both had."""
    versions: int = 0
    """Versions that came to articles which both had."""
    rejects: int = 0
    runs: int = 0
    decisions: int = 0
    was_merged: bool = False
    """Whether all its runs were there already: it had been merged before, and no count is added twice."""
    ids: dict[int, int] = field(default_factory=dict)
    """Article there -> article here."""


def merge_store(store: Store, other: Store, progress: Callable[[int], object] | None = None) -> MergeReport:
    """Take over all that another store holds, in one transaction, and return what was done. Twice changes nothing.

    An article met under any of the same addresses is one; its versions stand in the order of time, its latest text is
    its text. Stories are not taken over: what is new waits for clustering, and for its furniture to be learned.
    """
    report = MergeReport()
    with store.transaction():
        take_outlets(store, other)
        report.runs, report.was_merged = take_runs(store, other)
        for portion in portions(row["id"] for row in other.rows("SELECT id FROM articles ORDER BY id")):
            for article_id in portion:
                take_article(store, other, article_id, report)
            if progress:
                progress(len(portion))
        take_pages(store, other, report.ids)
        report.rejects = take_rejects(store, other, adding=not report.was_merged)
        report.decisions = take_decisions(store, other, report.ids)
    return report


def portions(ids: Iterable[int]) -> Iterator[list[int]]:
    """Yield ids in lists."""
    everything = list(ids)
    for start in range(0, len(everything), AT_ONCE):
        yield everything[start : start + AT_ONCE]


def insert(store: Store, table: str, row: Row) -> int:
    """Insert a row, and return its number."""
    names = ", ".join(f'"{name}"' for name in row)
    cursor = store.connection.execute(
        f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(row))})", list(row.values())
    )
    return int(cursor.lastrowid or 0)


def without(row: sqlite3.Row, *names: str) -> dict[str, Any]:
    """Return a row's values by name, but for some."""
    return {name: row[name] for name in row.keys() if name not in names}  # noqa: SIM118 - a row's values are iterated


# --- outlets and runs ---------------------------------------------------------------------------


def take_outlets(store: Store, other: Store) -> None:
    """Take over outlets: what is known stays, what is unknown is filled in."""
    filled = ", ".join(f"{name} = coalesce({name}, excluded.{name})" for name in OF_AN_OUTLET)
    columns = ("name", *OF_AN_OUTLET, "first_seen_at")
    store.connection.executemany(
        f"INSERT INTO outlets ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        f" ON CONFLICT (name) DO UPDATE SET {filled}, first_seen_at = min(first_seen_at, excluded.first_seen_at)",
        ([row[name] for name in columns] for row in other.rows("SELECT * FROM outlets")),
    )


OF_A_RUN = ("run_outlets", "run_selectors")
"""What is told of a run. Open alarms stay behind: the next run raises them anew where they hold."""


def take_runs(store: Store, other: Store) -> tuple[int, bool]:
    """Take over the runs that are not here; return how many, and whether there were any and all were here."""
    known = {started(row) for row in store.rows("SELECT * FROM runs")}
    new = 0
    rows = other.rows("SELECT * FROM runs ORDER BY id")
    for row in rows:
        if started(row) not in known:
            run_id = insert(store, "runs", without(row, "id"))
            new += 1
            for table in OF_A_RUN:
                for told in other.rows(f"SELECT * FROM {table} WHERE run_id = ?", (row["id"],)):
                    insert(store, table, {**without(told), "run_id": run_id})
            for told in other.rows("SELECT * FROM alarms WHERE run_id = ? AND ended IS NOT NULL", (row["id"],)):
                insert(store, "alarms", {**without(told, "id"), "run_id": run_id, "ended_by": None})
    return new, bool(rows) and not new


def started(row: sqlite3.Row) -> tuple[str, ...]:
    """Return what tells one run from another, in stores of every version."""
    return row["command"], row["started_at"], row["finished_at"], row["status"], row["detail"]


# --- articles -----------------------------------------------------------------------------------


def take_article(store: Store, other: Store, article_id: int, report: MergeReport) -> None:
    """Take over one article with its addresses, versions, quotations and learned furniture."""
    row = other.rows("SELECT * FROM articles WHERE id = ?", (article_id,))[0]
    addresses = [r["url"] for r in other.rows("SELECT url FROM addresses WHERE article_id = ?", (article_id,))]
    versions = versions_of(other, article_id)
    known = store.article_at([row["url"], *addresses])
    if known is None:
        known = insert(store, "articles", {"id": store.next_article_id(), **without(row, "id")})
        write_versions(store, known, versions)
        take_text(store, other, article_id, known)
        report.articles += 1
    else:
        report.met += 1
        report.versions += unite(store, other, row, known, versions)
    store.connection.executemany(
        "INSERT OR IGNORE INTO addresses (url, article_id) VALUES (?, ?)",
        ((url, known) for url in (row["url"], *addresses)),
    )
    report.ids[article_id] = known


def unite(store: Store, other: Store, row: sqlite3.Row, known: int, versions: Sequence[Row]) -> int:
    """Bring the versions of an article that both have into the order of time; return how many came in."""
    run = store.connection.execute
    run("UPDATE articles SET first_seen_at = min(first_seen_at, ?) WHERE id = ?", (row["first_seen_at"], known))
    ours = versions_of(store, known)
    united = in_order([*ours, *versions])
    if united == ours or all(version in ours for version in versions):
        return 0
    latest = text_of(united[-1])
    is_theirs = latest != text_of(ours[-1]) and latest == text_of(versions[-1])
    present = store.value("SELECT version FROM articles WHERE id = ?", (known,))
    lines = store.rows("SELECT * FROM furniture_lines WHERE article_id = ?", (known,))
    write_versions(store, known, united)
    changed = (len(united), united[-1]["seen_at"], known)
    run("UPDATE articles SET version = ?, changed_at = ? WHERE id = ?", changed)  # a trigger forgets furniture's lines
    if is_theirs:
        told = without(row, "id", "url", "outlet", "version", "first_seen_at", "changed_at")
        run(f"UPDATE articles SET {', '.join(f'{name} = ?' for name in told)} WHERE id = ?", (*told.values(), known))
        take_text(store, other, row["id"], known)
    else:
        run("UPDATE signatures SET version = ? WHERE article_id = ? AND version = ?", (len(united), known, present))
        for line in lines:
            insert(store, "furniture_lines", without(line))
    return len(united) - len(ours)


def versions_of(store: Store, article_id: int) -> list[Row]:
    """Return the versions of an article in their order, without their numbers."""
    rows = store.rows("SELECT * FROM versions WHERE article_id = ? ORDER BY number", (article_id,))
    return [without(row, "article_id", "number") for row in rows]


def in_order(versions: Iterable[Row]) -> list[Row]:
    """Return versions in the order of time; one that repeats the text before it is none."""
    found: list[Row] = []
    for version in sorted(versions, key=lambda one: (one["seen_at"], one["title"], one["body"])):
        if not found or text_of(found[-1]) != text_of(version):
            found.append(version)
    return found


def text_of(version: Row) -> tuple[str, str]:
    """Return what makes a version another one."""
    return version["title"], version["body"]


def write_versions(store: Store, article_id: int, versions: Iterable[Row]) -> None:
    """Write the versions of an article in place of those it has."""
    store.connection.execute("DELETE FROM versions WHERE article_id = ?", (article_id,))
    for number, version in enumerate(versions, 1):
        insert(store, "versions", {"article_id": article_id, "number": number, **version})


def take_text(store: Store, other: Store, theirs: int, ours: int) -> None:
    """Take over what belongs to an article's present text: quotations, and the lines taken out as furniture.

    The outlet's furniture is learned anew, and its articles are gone through again.
    """
    run = store.connection.execute
    run("DELETE FROM quotes WHERE article_id = ?", (ours,))
    for quote in other.rows("SELECT * FROM quotes WHERE article_id = ? ORDER BY position", (theirs,)):
        insert(store, "quotes", {**without(quote, "id"), "article_id": ours})
    run("DELETE FROM furniture_lines WHERE article_id = ?", (ours,))
    for line in other.rows("SELECT * FROM furniture_lines WHERE article_id = ?", (theirs,)):
        furniture_id = furniture_here(store, other, line["furniture_id"])
        insert(store, "furniture_lines", {**without(line), "article_id": ours, "furniture_id": furniture_id})
    run(
        "UPDATE furniture_due SET is_due = 1, gone_through = 0"
        " WHERE outlet = (SELECT outlet FROM articles WHERE id = ?)",
        (ours,),
    )


def furniture_here(store: Store, other: Store, furniture_id: int) -> int:
    """Return the number here of a piece of furniture of another store, written down where it is new."""
    row = other.rows("SELECT * FROM furniture WHERE id = ?", (furniture_id,))[0]
    same = (row["outlet"], row["kind"], row["text"])
    found = store.value("SELECT id FROM furniture WHERE outlet = ? AND kind = ? AND text = ?", same)
    return int(found) if found is not None else insert(store, "furniture", without(row, "id"))


# --- what was seen and rejected -----------------------------------------------------------------

LATER = (
    "coalesce(excluded.last_fetched_at, '') > coalesce(last_fetched_at, '')"
    " OR (coalesce(excluded.last_fetched_at, '') = coalesce(last_fetched_at, '') AND excluded.status < status)"
)
"""Whether another store's row of the seen-table tells of a later fetch; of one moment, `article` goes before others."""
OF_A_FETCH = (
    "outlet", "status", "failures", "announced_text", "announced_url", "raw", "etag", "last_modified", "next_due_at",
    "news_at", "looks", "missed_at", "gone_at", "last_fetched_at",
)  # fmt: skip
"""Columns of the seen-table that belong to the latest fetch; `last_fetched_at` last, for the others look at it."""


def take_pages(store: Store, other: Store, ids: Mapping[int, int]) -> None:
    """Take over the seen-table: of an address that both have, the row of the later fetch stays."""
    columns = ("url", "article_id", "first_seen_at", *OF_A_FETCH)
    chosen = ", ".join(f"{name} = CASE WHEN {LATER} THEN excluded.{name} ELSE {name} END" for name in OF_A_FETCH)
    store.connection.executemany(
        f"INSERT INTO pages ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        " ON CONFLICT (url) DO UPDATE SET article_id = coalesce(article_id, excluded.article_id),"
        f" first_seen_at = min(first_seen_at, excluded.first_seen_at), {chosen}",
        (
            (row["url"], ids.get(row["article_id"]), row["first_seen_at"], *(row[name] for name in OF_A_FETCH))
            for row in other.rows("SELECT * FROM pages")
        ),
    )


def take_rejects(store: Store, other: Store, *, adding: bool) -> int:
    """Take over rejects, their times added where the other store was not merged before; return how many are new.

    What has become an article since is no reject.
    """
    before = store.value("SELECT count(*) FROM rejects")
    columns = ("url", "stage", "reason", "detail", "outlet", "raw", "times", "first_seen_at", "last_seen_at")
    later = "excluded.last_seen_at > last_seen_at"
    chosen = ", ".join(f"{name} = CASE WHEN {later} THEN excluded.{name} ELSE {name} END" for name in columns[2:6])
    known = {tuple(row) for row in store.rows(f"SELECT {', '.join(columns)} FROM rejects")}
    rows = [tuple(row) for row in other.rows(f"SELECT {', '.join(columns)} FROM rejects")]
    store.connection.executemany(
        f"INSERT INTO rejects ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        f" ON CONFLICT (url, stage) DO UPDATE SET {chosen},"
        f" times = {'times + excluded.times' if adding else 'max(times, excluded.times)'},"
        " first_seen_at = min(first_seen_at, excluded.first_seen_at),"
        " last_seen_at = max(last_seen_at, excluded.last_seen_at)",
        (row for row in rows if row not in known),
    )
    after = store.value("SELECT count(*) FROM rejects")
    store.connection.execute(
        "DELETE FROM rejects WHERE EXISTS (SELECT 1 FROM pages AS p WHERE p.url = rejects.url"
        " AND p.status = 'article' AND p.last_fetched_at > rejects.last_seen_at)"
    )
    return int(after - before)


# --- editors' decisions, and where stories went -------------------------------------------------


def take_decisions(store: Store, other: Store, ids: Mapping[int, int]) -> int:
    """Take over editors' decisions that are not here; their articles are clustered again. Return how many.

    Which stories they name is known when those are clustered (`name_stories`).
    """
    same = "made_at = ? AND made_by = ? AND kind = ? AND why = ?"
    here: dict[int, int] = {}
    new = 0
    rows = other.rows("SELECT * FROM decisions ORDER BY id")
    for row in rows:
        known = store.value(
            f"SELECT id FROM decisions WHERE {same}", (row["made_at"], row["made_by"], row["kind"], row["why"])
        )
        if known is None:
            told = {**without(row, "id"), "story_id": 0, "other_id": 0, "overruled_by": None}
            here[row["id"]] = insert(store, "decisions", told)
            new += 1
            sides = other.rows("SELECT * FROM decision_articles WHERE decision_id = ?", (row["id"],))
            for side in {ids[one["article_id"]]: one for one in sides}.items():
                named = {"decision_id": here[row["id"]], "article_id": side[0], "side": side[1]["side"]}
                insert(store, "decision_articles", named)
                store.connection.execute("UPDATE signatures SET version = 0 WHERE article_id = ?", (side[0],))
        else:
            here[row["id"]] = int(known)
    store.connection.executemany(
        "UPDATE decisions SET overruled_by = ? WHERE id = ? AND overruled_by IS NULL",
        ((here[row["overruled_by"]], here[row["id"]]) for row in rows if row["overruled_by"]),
    )
    return new


def name_stories(store: Store) -> None:
    """Write down which stories the decisions of merged stores name, now that their articles are clustered."""
    for column, side in (("story_id", "story"), ("other_id", "other")):
        store.connection.execute(
            f"UPDATE decisions SET {column} = coalesce((SELECT c.story_id FROM decision_articles AS d"
            " JOIN coverage AS c USING (article_id) WHERE d.decision_id = decisions.id AND d.side = ?"
            f" ORDER BY article_id LIMIT 1), 0) WHERE {column} = 0",
            (side,),
        )


def stories_there(other: Store) -> dict[int, list[int]]:
    """Return the articles of each story of a store, former ids of stories included."""
    found: dict[int, list[int]] = {}
    for row in other.rows(
        "SELECT story_id, article_id FROM coverage UNION ALL"
        " SELECT s.old_id, c.article_id FROM story_aliases AS s JOIN coverage AS c USING (story_id)"
    ):
        found.setdefault(row["story_id"], []).append(row["article_id"])
    return found


def stories_here(store: Store, there: Mapping[int, Sequence[int]], ids: Mapping[int, int]) -> dict[int, int]:
    """Return where the stories of a merged store are told now: its id -> the story that has most of its articles."""
    found = {row["article_id"]: row["story_id"] for row in store.rows("SELECT article_id, story_id FROM coverage")}
    told = {}
    for story_id, articles in sorted(there.items()):
        placed = Counter(found[ids[article_id]] for article_id in articles if ids[article_id] in found)
        if placed:
            told[story_id] = min(placed, key=lambda one: (-placed[one], one))
    return told
