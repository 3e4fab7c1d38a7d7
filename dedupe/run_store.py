"""Runs and what they did at each outlet, an outlet's past for its health, and alarms."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dedupe.store import Store, now

RunStatus = Literal["good", "failed", "stopped"]
NEVER_ENDED = "never ended; found at the next start"
ARTICLES_MEASURED = 200
"""New articles of an outlet whose furniture a run measures: as many as health looks back."""
LONGEST_PIECE = 80
"""Characters by which a piece of furniture is named."""
NEW_TEXTS = """
    SELECT a.id, a.outlet, length(a.body) AS kept, a.furniture
      FROM (SELECT id, row_number() OVER (PARTITION BY outlet ORDER BY id) AS number
              FROM articles NOT INDEXED WHERE id > ?) AS n
      JOIN articles AS a ON a.id = n.id
     WHERE n.number <= ?
"""


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """An outlet that fares otherwise than its own past says it should."""

    outlet: str
    kind: str
    subject: str
    """Which selector, where the kind is `selector`; else empty."""
    text: str
    since: str = ""
    run_id: int | None = None
    """The run that raised it."""
    ended: str | None = None
    accepted_from: int | None = None
    """Ended by the operator: how the outlet is from this run on is how it is now."""


class RunStore:
    """Reads and writes of runs and alarms."""

    def __init__(self, store: Store) -> None:
        self.store = store

    # --- runs ------------------------------------------------------------------------------------

    def start(self, command: str, outlets: Iterable[str] = (), jobs: int = 1) -> int:
        """Return the id of a new run, with a row for each of its outlets; runs that never ended are marked as crashed.

        The caller holds the lock that says no other run goes on.
        """
        run = self.store.connection.execute
        with self.store.transaction():
            run(
                "UPDATE runs SET status = 'crashed', detail = ? WHERE status = 'running'",
                (NEVER_ENDED,),
            )
            cursor = run(
                "INSERT INTO runs (command, started_at, status, jobs) VALUES (?, ?, 'running', ?)",
                (command, now(), jobs),
            )
            run_id = int(cursor.lastrowid or 0)
            self.store.connection.executemany(
                "INSERT OR IGNORE INTO run_outlets (run_id, outlet, updated_at) VALUES (?, ?, ?)",
                ((run_id, outlet, now()) for outlet in outlets),
            )
        return run_id

    def finish(
        self,
        run_id: int,
        status: RunStatus,
        detail: str = "",
        *,
        exit_code: int | None = None,
        cpu_seconds: Mapping[str, float] | None = None,
    ) -> None:
        """Write how a run ended and what each of its stages cost."""
        spent = {stage: (cpu_seconds or {}).get(stage) for stage in ("crawl", "furniture", "stories")}
        with self.store.transaction():
            self.store.connection.execute(
                "UPDATE runs SET finished_at = :now, status = :status, detail = :detail, exit_code = :exit_code,"
                " cpu_crawl = :crawl, cpu_furniture = :furniture, cpu_stories = :stories WHERE id = :id",
                {"now": now(), "status": status, "detail": detail, "exit_code": exit_code, "id": run_id, **spent},
            )

    def note_outlets(self, run_id: int, rows: Mapping[str, Mapping[str, int | str | None]]) -> None:
        """Write what a run has done so far at some outlets, in one transaction."""
        with self.store.transaction():
            for outlet, counts in rows.items():
                row = {"run_id": run_id, "outlet": outlet, **counts, "updated_at": now()}
                names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
                renewed = ", ".join(f"{name} = excluded.{name}" for name in row if name not in {"run_id", "outlet"})
                self.store.connection.execute(
                    f"INSERT INTO run_outlets ({names}) VALUES ({marks})"
                    f" ON CONFLICT (run_id, outlet) DO UPDATE SET {renewed}",
                    row,
                )

    def note_selectors(self, run_id: int, outlet: str, counted: Mapping[str, tuple[str, int, int]]) -> None:
        """Write on how many of how many pages each selector of an outlet matched in a run, by field."""
        with self.store.transaction():
            self.store.connection.executemany(
                "INSERT OR REPLACE INTO run_selectors (run_id, outlet, field, selector, pages, matched)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                ((run_id, outlet, field, *told) for field, told in counted.items()),
            )

    def note_learned(self, run_id: int) -> None:
        """Write how much furniture is known of each outlet of a run."""
        with self.store.transaction():
            self.store.connection.execute(
                "UPDATE run_outlets SET learned = (SELECT count(*) FROM furniture AS f"
                " WHERE f.outlet = run_outlets.outlet AND f.is_furniture) WHERE run_id = ?",
                (run_id,),
            )

    def newest_article(self) -> int:
        """Return the id of the article that came last; what a run brings has higher ones."""
        return int(self.store.value("SELECT coalesce(max(id), 0) FROM articles"))

    def note_furniture(self, run_id: int, after: int) -> None:
        """Write how much of the articles after this id was taken out as furniture, and which piece took most."""
        shares: defaultdict[str, list[int]] = defaultdict(list)
        weights: defaultdict[str, Counter[str]] = defaultdict(Counter)
        new = self.store.rows(NEW_TEXTS, (after, ARTICLES_MEASURED))
        learned = self.learned_pieces(row["id"] for row in new)
        for row in new:
            pieces: list[str] = json.loads(row["furniture"])
            taken, known = sum(map(len, pieces)), learned[row["id"]]
            shares[row["outlet"]].append(round(100 * taken / max(taken + row["kept"], 1)))
            of_rules = [(piece, len(piece)) for piece in pieces[: len(pieces) - len(known)]]
            for text, length in (*of_rules, *known):
                weights[row["outlet"]][text] += length
        with self.store.transaction():
            self.store.connection.executemany(
                "UPDATE run_outlets SET furniture_shares = ?, furniture_most = ? WHERE run_id = ? AND outlet = ?",
                ((json.dumps(found), heaviest(weights[outlet]), run_id, outlet) for outlet, found in shares.items()),
            )

    def learned_pieces(self, article_ids: Iterable[int]) -> defaultdict[int, list[tuple[str, int]]]:
        """Return what learned furniture took out of articles: by article what tells it, and how many characters."""
        found: defaultdict[int, list[tuple[str, int]]] = defaultdict(list)
        for row in self.store.rows_in(
            'SELECT l.article_id, f.kind, f.text, l."end" - l."start" AS length FROM furniture_lines AS l'
            " JOIN furniture AS f ON f.id = l.furniture_id WHERE l.article_id IN ({})",
            article_ids,
        ):
            told = row["text"] if row["kind"] == "line" else f"{row['text']} ..."
            found[row["article_id"]].append((told, row["length"]))
        return found

    def runs(self, most: int) -> list[sqlite3.Row]:
        """Return the last runs, the newest first."""
        return self.store.rows("SELECT * FROM run_list ORDER BY run_id DESC LIMIT ?", (most,))

    def run(self, run_id: int) -> sqlite3.Row | None:
        """Return one run, None where there is none with this id."""
        return next(iter(self.store.rows("SELECT * FROM run_list WHERE run_id = ?", (run_id,))), None)

    def outlets_of(self, run_id: int) -> list[sqlite3.Row]:
        """Return what a run did at each outlet."""
        return self.store.rows("SELECT * FROM run_outlets WHERE run_id = ? ORDER BY outlet", (run_id,))

    def last(self, *, good: bool = False) -> sqlite3.Row | None:
        """Return the last crawl that came to its end, good or not, or the last that went well at every outlet."""
        wanted = "r.status = 'good'" if good else "r.status IN ('good', 'failed')"
        found = self.store.rows(
            f"SELECT * FROM runs AS r WHERE {wanted} AND EXISTS"
            " (SELECT 1 FROM run_outlets AS o WHERE o.run_id = r.id) ORDER BY id DESC LIMIT 1"
        )
        return next(iter(found), None)

    # --- an outlet's past ------------------------------------------------------------------------

    def past(
        self, outlet: str, before: int, most: int, since: int = 0, ends: Collection[str] = ("finished",)
    ) -> list[dict[str, Any]]:
        """Return what the last runs before one did at an outlet, the newest first; those that came to their end."""
        rows = self.store.rows(
            "SELECT * FROM run_outlets WHERE outlet = ? AND run_id < ? AND run_id >= ?"
            f" AND finished IN ({', '.join('?' * len(ends))}) ORDER BY run_id DESC LIMIT ?",
            (outlet, before, since, *ends, most),
        )
        return [dict(row) for row in rows]

    def selectors(self, outlet: str, before: int, most: int, since: int = 0) -> list[dict[str, Any]]:
        """Return on how many pages the selectors of an outlet matched in the last runs before one, the newest first."""
        rows = self.store.rows(
            "SELECT s.* FROM run_selectors AS s WHERE s.outlet = ? AND s.run_id < ? AND s.run_id >= ? AND s.run_id >= ("
            "  SELECT coalesce(min(run_id), 0) FROM (SELECT DISTINCT run_id FROM run_selectors"
            "   WHERE outlet = ? AND run_id < ? ORDER BY run_id DESC LIMIT ?))"
            " ORDER BY s.run_id DESC",
            (outlet, before, since, outlet, before, most),
        )
        return [dict(row) for row in rows]

    # --- alarms ----------------------------------------------------------------------------------

    def open_alarms(self, outlets: Iterable[str] | None = None) -> list[Alarm]:
        """Return the alarms that have not ended, of all outlets or of some."""
        rows = self.store.rows("SELECT * FROM alarms WHERE ended IS NULL ORDER BY outlet, kind, subject")
        wanted = None if outlets is None else set(outlets)
        return [as_alarm(row) for row in rows if wanted is None or row["outlet"] in wanted]

    def alarms_of(self, run_id: int) -> list[Alarm]:
        """Return the alarms that a run raised."""
        return [
            as_alarm(row) for row in self.store.rows("SELECT * FROM alarms WHERE run_id = ? ORDER BY id", (run_id,))
        ]

    def accepted_from(self, outlet: str) -> int:
        """Return the run from which on an outlet's past tells how it is now; 0 where all of it does."""
        return int(self.store.value("SELECT coalesce(max(accepted_from), 0) FROM alarms WHERE outlet = ?", (outlet,)))

    def raise_alarms(self, run_id: int, alarms: Iterable[Alarm]) -> None:
        """Write alarms down; one that is open already is told anew and keeps its beginning."""
        with self.store.transaction():
            self.store.connection.executemany(
                "INSERT INTO alarms (outlet, kind, subject, since, run_id, text) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (outlet, kind, subject) WHERE ended IS NULL DO UPDATE SET text = excluded.text",
                ((one.outlet, one.kind, one.subject, now(), run_id, one.text) for one in alarms),
            )

    def end_alarms(self, run_id: int | None, alarms: Iterable[Alarm]) -> None:
        """Write down that alarms have ended because a run found all well again."""
        with self.store.transaction():
            self.store.connection.executemany(
                "UPDATE alarms SET ended = ?, ended_by = ?"
                " WHERE outlet = ? AND kind = ? AND subject = ? AND ended IS NULL",
                ((now(), run_id, one.outlet, one.kind, one.subject) for one in alarms),
            )

    def accept(self, outlet: str) -> list[Alarm]:
        """End the alarms of an outlet, and return them: how it is since they began is how it is now."""
        with self.store.transaction():
            found = self.open_alarms([outlet])
            self.store.connection.execute(
                "UPDATE alarms SET ended = ?, accepted_from = coalesce(run_id, 0) WHERE outlet = ? AND ended IS NULL",
                (now(), outlet),
            )
        return found


def as_alarm(row: sqlite3.Row) -> Alarm:
    """Return the alarm of a row."""
    names = ("outlet", "kind", "subject", "text", "since", "run_id", "ended", "accepted_from")
    return Alarm(**{name: row[name] for name in names})


def heaviest(weights: Counter[str]) -> str:
    """Return the piece that has most characters in all, cut to what names it; empty where there is none.

    >>> heaviest(Counter({"read also: ...": 90, "advertisement": 13}))
    'read also: ...'
    """
    text = max(weights, key=lambda one: (weights[one], one), default="")
    return text if len(text) <= LONGEST_PIECE else f"{text[:LONGEST_PIECE].rstrip()} ..."
