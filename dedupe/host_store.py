"""What hosts asked of us: pauses, delays, robots.txt; kept so that no later run and no other process asks early."""

from __future__ import annotations

import math
import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime

from dedupe.store import Store, moment, now


@dataclass(frozen=True, kw_only=True)
class HostState:
    """One host: until when it wants to be left alone, and when it may be asked next."""

    host: str
    """Its name, with the port where that is not the usual one."""
    paused_until: datetime | None = None
    reason: str | None = None
    pauses: int = 0
    """Pauses in a row, with no answer between them."""
    crawl_delay: float | None = None
    next_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class RobotsCopy:
    """A robots.txt as last read, of one scheme, host and port."""

    origin: str
    status: int | None = None
    """Of the answer that the body is from; None where none ever came."""
    body: bytes | None = None
    fetched_at: datetime | None = None
    unreachable_since: datetime | None = None
    """The first of the vain tries since then; None where the last one was not in vain."""


class HostStore:
    """The hosts of a store and their robots.txt."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def host(self, host: str) -> HostState | None:
        """Return what is known of a host, None where nothing is."""
        row = self.store.connection.execute("SELECT * FROM hosts WHERE host = ?", (host,)).fetchone()
        return as_state(row) if row else None

    def paused(self) -> list[HostState]:
        """Return the hosts that want to be left alone at this moment, the longest pause first."""
        rows = self.store.rows("SELECT * FROM hosts WHERE paused_until > ? ORDER BY paused_until DESC, host", (now(),))
        return [as_state(row) for row in rows]

    def note_host(
        self,
        host: str,
        paused_until: datetime | None = None,
        reason: str | None = None,
        crawl_delay: float | None = None,
    ) -> None:
        """Write down a pause, which counts as one more in a row; without one, that the host answers again.

        A pause is never made shorter by another.
        """
        with self.store.transaction():
            self.store.connection.execute(
                """
                INSERT INTO hosts (host, paused_until, reason, pauses, crawl_delay, changed_at)
                VALUES (:host, :until, :reason, :pauses, :delay, :now)
                ON CONFLICT (host) DO UPDATE SET
                    paused_until = max(excluded.paused_until, coalesce(paused_until, '')),
                    reason       = coalesce(excluded.reason, reason),
                    pauses       = CASE WHEN excluded.pauses THEN pauses + 1 ELSE 0 END,
                    crawl_delay  = coalesce(excluded.crawl_delay, crawl_delay),
                    changed_at   = excluded.changed_at
                """,
                {
                    "host": host,
                    "until": rounded_up(paused_until),
                    "reason": reason,
                    "pauses": int(paused_until is not None),
                    "delay": crawl_delay,
                    "now": now(),
                },
            )

    def note_turn(self, host: str, next_at: datetime, crawl_delay: float | None = None) -> None:
        """Write down when a host may be asked next, and the delay it asks for; an earlier moment changes nothing."""
        with self.store.transaction():
            self.store.connection.execute(
                """
                INSERT INTO hosts (host, next_at, crawl_delay, changed_at) VALUES (:host, :next_at, :delay, :now)
                ON CONFLICT (host) DO UPDATE SET
                    next_at     = excluded.next_at,
                    crawl_delay = excluded.crawl_delay,
                    changed_at  = excluded.changed_at
                WHERE next_at IS NULL OR next_at < excluded.next_at
                """,
                {"host": host, "next_at": rounded_up(next_at), "delay": crawl_delay, "now": now()},
            )

    def robots(self, origin: str) -> RobotsCopy | None:
        """Return the robots.txt of an origin as last read, None where it was never asked for."""
        row = self.store.connection.execute("SELECT * FROM robots WHERE origin = ?", (origin,)).fetchone()
        if row is None:
            return None
        return RobotsCopy(
            origin=origin,
            status=row["status"],
            body=row["body"],
            fetched_at=read(row["fetched_at"]),
            unreachable_since=read(row["unreachable_since"]),
        )

    def note_robots(self, copy: RobotsCopy) -> None:
        """Write down a robots.txt as last read, or that it could not be."""
        with self.store.transaction():
            self.store.connection.execute(
                "INSERT OR REPLACE INTO robots (origin, status, body, fetched_at, unreachable_since)"
                " VALUES (?, ?, ?, ?, ?)",
                (
                    copy.origin,
                    copy.status,
                    copy.body,
                    moment(copy.fetched_at) if copy.fetched_at else None,
                    moment(copy.unreachable_since) if copy.unreachable_since else None,
                ),
            )


def as_state(row: sqlite3.Row) -> HostState:
    """Return the state that a row of `hosts` holds."""
    return HostState(
        host=row["host"],
        paused_until=read(row["paused_until"]),
        reason=row["reason"],
        pauses=row["pauses"],
        crawl_delay=row["crawl_delay"],
        next_at=read(row["next_at"]),
    )


def rounded_up(at: datetime | None) -> str | None:
    """Return a moment as stored, to the millisecond after it: delays may be short, and none ends early."""
    if at is None:
        return None
    whole, rest = divmod(math.ceil(at.timestamp() * 1000), 1000)
    return f"{datetime.fromtimestamp(whole, UTC):%Y-%m-%dT%H:%M:%S}.{rest:03d}Z"


def read(text: str | None) -> datetime | None:
    """Return a stored moment."""
    return datetime.fromisoformat(text) if text else None
