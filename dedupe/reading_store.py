"""The versions of an article in the order of time, whenever and how often its pages are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from itertools import pairwise

from dedupe.model import Article, Reject
from dedupe.store import COLUMNS, Store, as_columns, moment, now

FIXED = frozenset({"url", "outlet", "raw"})
"""What a page that is read anew does not change of its article."""
CLUSTERED = frozenset({"title", "body", "quotes", "language", "published_day", "published_at"})
"""What stories are grown from: an article waits for clustering where one of these changed."""
COMPARED = tuple(f.name for f in fields(Article) if f.name not in FIXED | {"addresses", "fetched_at", "set_apart"})


@dataclass(frozen=True)
class Version:
    """An article's text at one time."""

    title: str
    body: str
    modified_text: str | None
    modified_at: str | None
    raw: str | None
    seen_at: str

    @property
    def text(self) -> tuple[str, str]:
        """What makes a version another one."""
        return self.title, self.body


class ReadingStore:
    """Reads and writes of articles whose pages are read late or again; the caller holds the transaction."""

    def __init__(self, store: Store) -> None:
        self.store = store

    # --- versions --------------------------------------------------------------------------------

    def versions(self, article_id: int) -> list[Version]:
        """Return the versions of an article, the first text first."""
        names = ", ".join(f.name for f in fields(Version))
        rows = self.store.rows(f"SELECT {names} FROM versions WHERE article_id = ? ORDER BY number", (article_id,))
        return [Version(*row) for row in rows]

    def write(self, article_id: int, versions: Sequence[Version]) -> None:
        """Write the versions of an article in place of those it has; one that repeats the text before it is none.

        What belongs to the present text stays, for the text does: furniture taken out of it, its place in stories.
        """
        run = self.store.connection.execute
        kept = [*versions[:1], *(later for earlier, later in pairwise(versions) if earlier.text != later.text)]
        present = self.store.value("SELECT version FROM articles WHERE id = ?", (article_id,))
        lines = self.store.rows("SELECT * FROM furniture_lines WHERE article_id = ?", (article_id,))
        due = self.store.rows(
            "SELECT d.* FROM furniture_due AS d JOIN articles AS a USING (outlet) WHERE a.id = ?", (article_id,)
        )
        run("DELETE FROM versions WHERE article_id = ?", (article_id,))
        self.store.connection.executemany(
            "INSERT INTO versions (article_id, number, title, body, modified_text, modified_at, raw, seen_at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (article_id, number, v.title, v.body, v.modified_text, v.modified_at, v.raw, v.seen_at)
                for number, v in enumerate(kept, 1)
            ),
        )
        run(
            "UPDATE articles SET version = ?, changed_at = ?, first_seen_at = min(first_seen_at, ?) WHERE id = ?",
            (len(kept), kept[-1].seen_at, kept[0].seen_at, article_id),
        )
        # a trigger takes another number for a new text, and forgets what was taken out of it
        for line in lines:
            run(f"INSERT INTO furniture_lines VALUES ({', '.join('?' * len(line))})", tuple(line))
        for row in due:
            run("UPDATE furniture_due SET is_due = ? WHERE outlet = ?", (row["is_due"], row["outlet"]))
        run(
            "UPDATE signatures SET version = ? WHERE article_id = ? AND version = ?",
            (len(kept), article_id, present),
        )

    def note_reading(self, article_id: int, version: Version) -> None:
        """Keep what a version was read as before it is read anew."""
        self.store.connection.execute(
            "INSERT INTO readings (article_id, raw, read_at, title, body) VALUES (?, ?, ?, ?, ?)",
            (article_id, version.raw, now(), version.title, version.body),
        )

    # --- the article -----------------------------------------------------------------------------

    def is_latest(self, article_id: int, article: Article) -> bool:
        """Tell whether no later page of an article was fetched than the one this was read from."""
        page = self.store.rows(
            "SELECT raw, last_fetched_at FROM pages WHERE article_id = ? AND last_fetched_at IS NOT NULL"
            " ORDER BY last_fetched_at DESC, url LIMIT 1",
            (article_id,),
        )
        seen_at = moment(article.fetched_at) if article.fetched_at else now()
        return not page or seen_at >= page[0]["last_fetched_at"] or page[0]["raw"] == article.raw

    def pages_of(self, article_id: int) -> int:
        """Return how many pages an article was joined from."""
        return int(self.store.value("SELECT page_count FROM articles WHERE id = ?", (article_id,)))

    def replace(self, article_id: int, article: Article) -> None:
        """Put what was read anew in place of what an article says: its whole text, before learned furniture is cut."""
        run = self.store.connection.execute
        values = {name: value for name, value in zip(COLUMNS, as_columns(article), strict=True) if name not in FIXED}
        run(
            f"UPDATE articles SET {', '.join(f'{name} = ?' for name in values)} WHERE id = ?",
            (*values.values(), article_id),
        )
        run("DELETE FROM furniture_lines WHERE article_id = ?", (article_id,))
        run("DELETE FROM quotes WHERE article_id = ?", (article_id,))
        self.store.save_quotes(article_id, article.quotes)

    def differing(self, article_id: int, before: Article) -> tuple[str, ...]:
        """Return the fields in which an article differs from what it was."""
        after = self.store.article(article_id)
        return tuple(name for name in COMPARED if getattr(after, name) != getattr(before, name))

    def note_changed(self, article_id: int, changed: Sequence[str]) -> None:
        """Let an article wait for clustering, and its outlet for learning, where its text or day is another."""
        run = self.store.connection.execute
        if CLUSTERED.intersection(changed):
            run("UPDATE signatures SET version = 0 WHERE article_id = ?", (article_id,))
        if "body" in changed:
            run(
                "UPDATE furniture_due SET is_due = 1 WHERE outlet = (SELECT outlet FROM articles WHERE id = ?)",
                (article_id,),
            )

    @contextmanager
    def only_if(self) -> Iterator[list[bool]]:
        """Undo what is written inside, unless True is put into the list."""
        run = self.store.connection.execute
        wanted: list[bool] = []
        run("SAVEPOINT reading")
        yield wanted
        if not any(wanted):
            run("ROLLBACK TO reading")
        run("RELEASE reading")

    # --- pages and rejects -----------------------------------------------------------------------

    def note_seen(self, url: str, article_id: int, article: Article) -> None:
        """Remember an address of an article as fetched, unless it was fetched later than this already."""
        seen_at = moment(article.fetched_at or datetime.now(UTC))
        later = self.store.value(
            "SELECT 1 FROM pages WHERE url = ? AND last_fetched_at > ? AND article_id IS NOT NULL", (url, seen_at)
        )
        if not later:
            self.store.save_page(url, article.outlet, "article", seen_at, raw=article.raw, article_id=article_id)
        self.store.connection.execute("DELETE FROM rejects WHERE url IN (?, ?)", (url, article.url))

    def is_known_reject(self, reject: Reject) -> bool:
        """Tell whether a reject was counted before: the same record, met again."""
        known = self.store.rows("SELECT * FROM rejects WHERE url = ? AND stage = ?", (reject.url, reject.stage))
        if not known:
            return False
        if reject.seen_at:
            return bool(moment(reject.seen_at) <= known[0]["last_seen_at"])
        return bool(known[0]["detail"] == reject.detail)

    def is_overtaken(self, reject: Reject) -> bool:
        """Tell whether the address gave an article when it was fetched later."""
        return bool(
            reject.seen_at
            and self.store.value(
                "SELECT 1 FROM pages WHERE url = ? AND article_id IS NOT NULL AND last_fetched_at >= ?",
                (reject.url, moment(reject.seen_at)),
            )
        )

    def renew_reject(self, reject: Reject) -> bool:
        """Write why a page is no article as it is read now; tell whether that is another reason than before."""
        changed = self.store.connection.execute(
            "UPDATE rejects SET reason = ?, detail = ? WHERE url = ? AND stage = ? AND (reason, detail) IS NOT (?, ?)",
            (reject.reason, reject.detail, reject.url, reject.stage, reject.reason, reject.detail),
        )
        return changed.rowcount > 0

    # --- how far reading anew came ---------------------------------------------------------------

    def begin(self, scope: str, rules: str) -> int:
        """Return the number of the last fetch that this work has gone through; 0 with other rules than before."""
        with self.store.transaction():
            self.store.connection.execute(
                "INSERT INTO reextractions (scope, rules, place, started_at) VALUES (?, ?, 0, ?)"
                " ON CONFLICT (scope) DO UPDATE SET rules = excluded.rules, place = 0, started_at = excluded.started_at"
                " WHERE rules != excluded.rules",
                (scope, rules, now()),
            )
        return int(self.store.value("SELECT place FROM reextractions WHERE scope = ?", (scope,)))

    def note_place(self, scope: str, place: int) -> None:
        """Write down how far the work came; the caller's transaction holds what was done."""
        self.store.connection.execute("UPDATE reextractions SET place = ? WHERE scope = ?", (place, scope))

    def end(self, scope: str) -> None:
        """Write down that the work is done: the next one begins at the first fetch again."""
        with self.store.transaction():
            self.store.connection.execute("DELETE FROM reextractions WHERE scope = ?", (scope,))

    def is_accounted_for(self, addresses: Sequence[str], raw: str, fetched_at: str) -> bool:
        """Tell whether a fetched page became an article or a reject, or its address was fetched later."""
        marks = ", ".join("?" * len(addresses))
        return bool(
            self.store.value("SELECT 1 FROM pages WHERE raw = ?", (raw,))
            or self.store.value(
                f"SELECT 1 FROM pages WHERE url IN ({marks}) AND last_fetched_at >= ?", (*addresses, fetched_at)
            )
            or self.store.value(
                "SELECT 1 FROM addresses AS a JOIN pages AS p ON p.article_id = a.article_id"
                f" WHERE a.url IN ({marks}) AND p.last_fetched_at >= ?",
                (*addresses, fetched_at),
            )
            or self.is_later_page(addresses, fetched_at)
        )

    def is_later_page(self, addresses: Sequence[str], fetched_at: str) -> bool:
        """Tell whether a fetch is a later page of an article: joined to it, fetched within an hour after its head."""
        asked_for, *others = addresses
        return any(
            other != asked_for
            and self.store.value(
                "SELECT 1 FROM pages AS p JOIN addresses AS a ON a.article_id = p.article_id"
                " WHERE p.url = ? AND a.url = ? AND p.last_fetched_at >= strftime('%Y-%m-%dT%H:%M:%SZ', ?, '-1 hour')",
                (asked_for, other, fetched_at),
            )
            for other in others
        )

    def announced(self, url: str) -> str | None:
        """Return the date that a listing printed beside an address."""
        found: str | None = self.store.value("SELECT announced_text FROM pages WHERE url = ?", (url,))
        return found

    def is_due(self, url: str) -> bool:
        """Tell whether the next crawl fetches an address anyway."""
        return bool(self.store.value("SELECT 1 FROM pages WHERE url = ? AND status IN ('due', 'failed')", (url,)))


def at_time(versions: Sequence[Version], seen_at: str) -> int:
    """Return how many versions had been seen at a moment."""
    return sum(version.seen_at <= seen_at for version in versions)


def as_version(article: Article) -> Version:
    """Return the version that an article would be."""
    return Version(
        title=article.title,
        body=article.body,
        modified_text=article.modified_text,
        modified_at=moment(article.modified_at) if article.modified_at else None,
        raw=article.raw,
        seen_at=moment(article.fetched_at) if article.fetched_at else now(),
    )


def reread(version: Version, article: Article) -> Version:
    """Return a version as it is read now: its text changes, its time and page do not."""
    return replace(as_version(article), raw=version.raw, seen_at=version.seen_at)
