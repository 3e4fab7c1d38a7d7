"""How fast the views answer on a big store: for one story, for a month, for one outlet's month. Prints a table.

    python bench/views.py --db FILE [--times 30] [--only VIEW]
    python bench/views.py --make FILE [--count 1000000] [--days 365]

The first asks every view and prints p50 and p95 in milliseconds by the clock, CPU time, rows and the plan's full scans.
Stories asked for are by several outlets, chosen by chance, and the greatest one; "a month" is the thirty
days around an article taken by chance. All rows are fetched. The first answer of each question is counted too.

The second makes a store to ask: a week of invented articles, clustered, and so many copies of that week, one after the
other, that there are as many articles as wanted in so many days; every tenth article has a second version, every third
two more quotations, every hundredth a reject beside it, every day has a run. It has no search index and no band index.
A million articles take a few minutes and 9 GB.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from statistics import median

from generated import articles

from dedupe import Store, cluster, connect, open_store, views

WEEK = 7
SHIFTED = "strftime('%Y-%m-%dT%H:%M:%SZ', {0}, :later)"
COPIED = {
    "articles": {
        "id": "id + :ids",
        "url": "url || '?week=' || :week",
        "published_day": "date(published_day, :later)",
        "published_at": SHIFTED.format("published_at"),
        "first_seen_at": SHIFTED.format("first_seen_at"),
        "changed_at": SHIFTED.format("changed_at"),
    },
    "addresses": {"url": "url || '?week=' || :week", "article_id": "article_id + :ids"},
    "versions": {"article_id": "article_id + :ids", "seen_at": SHIFTED.format("seen_at")},
    "quotes": {"id": "id + :quotes", "article_id": "article_id + :ids"},
    "stories": {
        "id": "id + :stories",
        "first_day": "date(first_day, :later)",
        "last_day": "date(last_day, :later)",
    },
    "coverage": {"article_id": "article_id + :ids", "story_id": "story_id + :stories"},
    "pairs": {"a": "a + :ids", "b": "b + :ids"},
    "text_pairs": {"a": "a + :ids", "b": "b + :ids"},
    "family_members": {"article_id": "article_id + :ids", "family_id": "family_id + :ids"},
    "story_links": {"story_a": "story_a + :stories", "story_b": "story_b + :stories"},
}
"""What differs in the copy of a row, column by column."""
BESIDE = (
    "UPDATE articles SET version = 2 WHERE id % 10 = 0",
    """
    INSERT INTO versions SELECT v.article_id, 2, v.title || CASE WHEN v.article_id % 20 = 0 THEN ' (2)' ELSE '' END,
           replace(v.body, char(10), ' x' || char(10)) || ' Added later.', NULL, NULL, NULL,
           strftime('%Y-%m-%dT%H:%M:%SZ', v.seen_at, '+3 hours')
      FROM versions AS v WHERE v.article_id % 10 = 0""",
    """
    INSERT INTO quotes (article_id, position, text, "start", "end", kind, speaker)
    SELECT q.article_id, n.value, substr(a.body, 80 * n.value, 120), 0, 1, 'direct', q.speaker
      FROM quotes AS q JOIN articles AS a ON a.id = q.article_id, json_each('[1, 2]') AS n
     WHERE q.article_id % 3 = 0 AND q.position = 0""",
    """
    INSERT INTO rejects (url, stage, reason, outlet, first_seen_at, last_seen_at)
    SELECT url || '/r', 'read', 'no-text', outlet, first_seen_at, first_seen_at FROM articles WHERE id % 100 = 0""",
)


# --- making a store -----------------------------------------------------------------------------


def make(path: Path, count: int, days: int) -> None:
    """Make a store of so many articles in so many days."""
    weeks = days // WEEK
    with open_store(path) as store:
        run = store.connection.execute
        run("PRAGMA synchronous = OFF")
        with store.transaction():
            for article in articles(count // weeks, days=WEEK):
                store.save_article(article)
        cluster(store)
        for row in store.rows("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            run(f"DROP TRIGGER {row['name']}")
        with store.transaction():
            for statement in BESIDE:
                run(statement)
        copy_weeks(store, weeks)
        with store.transaction():
            add_runs(store)
        run("ANALYZE")


def copy_weeks(store: Store, weeks: int) -> None:
    """Copy the first week so often, a transaction each."""
    highest = {
        name: store.value(f"SELECT max(id) FROM {table}")
        for name, table in (("ids", "articles"), ("quotes", "quotes"), ("stories", "stories"))
    }
    columns = {table: [r["name"] for r in store.rows(f"PRAGMA table_info({table})")] for table in COPIED}
    for week in range(1, weeks):
        said = {name: week * most for name, most in highest.items()}
        said |= {"week": week, "later": f"+{WEEK * week} days"}
        with store.transaction():
            for table, other in COPIED.items():
                key = columns[table][0]
                values = ", ".join(other.get(column, f'"{column}"') for column in columns[table])
                limit = f"{key} <= {highest['ids']}" if key in {"article_id", "a", "family_id"} else "1"
                limit = f"id <= {highest[table if table != 'articles' else 'ids']}" if key == "id" else limit
                limit = f"story_a <= {highest['stories']}" if key == "story_a" else limit
                limit = f"article_id <= {highest['ids']}" if table == "addresses" else limit
                store.connection.execute(f"INSERT INTO {table} SELECT {values} FROM {table} WHERE {limit}", said)


def add_runs(store: Store) -> None:
    """Write down a run for each day, with what it brought from every outlet."""
    store.connection.execute(
        "INSERT INTO runs (command, started_at, finished_at, status)"
        " SELECT 'run', published_day || 'T20:00:00Z', published_day || 'T20:20:00Z', 'good' FROM articles"
        " WHERE published_day IS NOT NULL GROUP BY published_day ORDER BY 1"
    )
    store.connection.execute(
        "INSERT INTO run_outlets (run_id, outlet, links, saved, finished)"
        " SELECT r.id, o.name, 100, 70, 'finished' FROM runs AS r, outlets AS o"
    )


# --- asking -------------------------------------------------------------------------------------


def questions(store: Store, times: int) -> Iterator[tuple[str, str, list[dict[str, str | int]]]]:
    """Yield view, question and the values it is asked with."""
    chance = random.Random(1)
    spans = [month_in(store, chance) for _ in range(max(2, times // 10))]
    many = [r["id"] for r in store.rows("SELECT id FROM stories WHERE outlets > 1")]
    greatest = store.value("SELECT id FROM stories ORDER BY articles DESC LIMIT 1")
    stories = [{"story": one} for one in [*chance.sample(many, min(times, len(many))), greatest]]
    for name, view in views().items():
        columns = {column.name: column for column in view.columns}
        if "story_id" in columns:
            yield name, "story_id = :story", stories
        day = next((one for one in MONTH_BY if one in columns), None)
        if day:
            yield name, f"{day} >= :first AND {day} < :last", list(spans)
        if day and "outlet" in columns:
            printed = "published_day" if "published_day" in columns else day
            yield name, f"outlet = :outlet AND {printed} >= :first AND {printed} < :last", list(spans)
        if not day:
            yield name, "1", [{}, {}]


MONTH_BY = ("story_day", "day", "published_day", "first_day", "seen_at", "started_at", "linked_first_day")
"""The column by which a month of a view is asked for: the first that it has."""


def month_in(store: Store, chance: random.Random) -> dict[str, str | int]:
    """Return thirty days around an article taken at random, and its outlet: where there are many, most are."""
    last = store.value("SELECT max(id) FROM articles")
    row = store.rows(
        "SELECT date(published_day, '-15 days') AS first, date(published_day, '+15 days') AS last, outlet"
        "  FROM articles WHERE id >= ? AND published_day IS NOT NULL ORDER BY id LIMIT 1",
        (chance.randrange(last),),
    )[0]
    return dict(row)


def told(store: Store, name: str, where: str, values: Iterable[dict[str, str | int]]) -> str:
    """Return one line of the table."""
    sql = f"SELECT * FROM {name} WHERE {where}"
    took, spent, rows = [], [], []
    for asked in values:
        begin, busy = time.perf_counter(), time.process_time()
        cursor = store.connection.execute(sql, asked)
        count = sum(len(portion) for portion in iter(lambda: cursor.fetchmany(1000), []))  # noqa: B023 - used at once
        took.append(1000 * (time.perf_counter() - begin))
        spent.append(1000 * (time.process_time() - busy))
        rows.append(count)
    took.sort()
    scans = [r["detail"] for r in store.rows(f"EXPLAIN QUERY PLAN {sql}", asked) if r["detail"].startswith("SCAN")]
    late = took[min(len(took) - 1, len(took) * 95 // 100)]
    return (
        f"| {name} | {where} | {len(took)} | {median(rows):,.0f} | {median(took):,.1f} | {late:,.1f} |"
        f" {took[-1]:,.1f} | {median(spent):,.1f} | {'; '.join(scans)} |"
    )


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--db", type=Path, help="the store to ask; it is only read")
    arguments.add_argument("--make", type=Path, help="where to make a store instead")
    arguments.add_argument("--count", type=int, default=1_000_000)
    arguments.add_argument("--days", type=int, default=365)
    arguments.add_argument("--times", type=int, default=30, help="stories asked for; months are a tenth of it")
    arguments.add_argument("--only", action="append", help="ask this view alone; may be given several times")
    asked = arguments.parse_args()
    if asked.make:
        make(asked.make, asked.count, asked.days)
    if not asked.db:
        return
    with closing(connect(asked.db, readonly=True)) as connection:
        store = Store(connection, asked.db, readonly=True)
        count, days = store.rows("SELECT count(*), count(DISTINCT published_day) FROM articles")[0]
        print(f"{asked.db}: {count:,} articles of {days} days; SQLite {sqlite3.sqlite_version}\n")
        print("| view | asked | times | rows, p50 | p50, ms | p95, ms | most, ms | CPU, p50, ms | full scans |")
        print("|---|---|---|---|---|---|---|---|---|")
        for name, where, values in questions(store, asked.times):
            if not asked.only or name in asked.only:
                print(told(store, name, where, values), flush=True)


if __name__ == "__main__":
    main()
