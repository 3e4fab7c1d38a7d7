"""The only module that opens SQLite: the store of articles, quotations, versions, rejects and runs.

WAL with `synchronous=FULL`, one writing connection, every write in `BEGIN IMMEDIATE`; readers open with `mode=ro`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, Self

from sqlite_utils import Database, Migrations

from dedupe.model import Article, Quote, Reject

BUSY_SECONDS = 60
"""How long a writer waits for another one: longer than any single batch of clustering measured."""
ROWS_ANALYSED = 1000
"""Rows of an index that its statistics are made from: without a limit, closing a large store would read it all."""
LOOKUPS_AT_ONCE = 500
"""Values in one `IN (...)`: SQLite's default limit is 999."""
SQL = files("dedupe") / "sql"
MIGRATION_SET = "newscrawl"
LISTS = frozenset({"authors", "tags", "furniture", "provenance"})
PRIMARY_CODE, NO_ROOM = 0xFF, frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR})
"""The errors that say so; a disk that is full shows as either."""
NOT_COLUMNS = frozenset({"quotes", "addresses", "fetched_at", "set_apart"})
COLUMNS = tuple(f.name for f in fields(Article) if f.name not in NOT_COLUMNS)
TEXT_OF_A_VERSION = ("title", "body")
"""Where these differ from what is stored, an article has a new version."""

AS_FOUND = frozenset({"url", "outlet", "raw"})
"""Where and under which key an article was found: what reading it again does not change."""
DAY_OF_A_STORY = ("language", "published_day", "published_at")
"""Where these differ, the article's story is decided again though its text is as before."""

Outcome = Literal["new", "version", "unchanged"]
PageStatus = Literal["article", "reject", "failed"]


class StoreError(Exception):
    """A store that cannot be opened or is not one; the message names the file and the remedy."""


class StoreFullError(StoreError):
    """A store that nothing more can be written to: its disk is full or broken. What was committed is kept."""


@dataclass(frozen=True)
class Saved:
    """What saving an article came to."""

    article_id: int
    outcome: Outcome
    is_renewed: bool = False
    """Whether, with an unchanged text, something beside it is another than before."""


def now() -> str:
    """Return the present time as stored: UTC, to the second."""
    return moment(datetime.now(UTC))


def moment(at: datetime) -> str:
    """Return an aware time as stored: UTC, to the second, with a Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def statements(script: str) -> Iterator[str]:
    """Yield the statements of an SQL script one by one (`executescript` would end the transaction it is in)."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def migrations() -> Migrations:
    """Return the numbered SQL files as sqlite-utils migrations, in order."""
    found = Migrations(MIGRATION_SET)
    for script in sorted((f for f in SQL.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name):

        def run(db: Database, text: str = script.read_text("utf-8")) -> None:
            for statement in statements(text):
                db.execute(statement)

        found(name=script.name.removesuffix(".sql"))(run)
    return found


def open_store(path: str | Path, *, readonly: bool = False, of_any_version: bool = False) -> Store:
    """Return the store in a SQLite file, made or brought up to date where needed.

    A reader cannot bring it up to date; `of_any_version` is for those who only look at the file or copy it.

    Raises:
        StoreError: the file is missing (read-only), no SQLite file, not writable, or another program's; or it was made
            by an earlier version (read-only).
    """
    path = Path(path).absolute()
    if readonly and not path.exists():
        raise StoreError(f"{path}: there is no such store. Run `newscrawl demo`, `run` or `ingest` first.")
    if path.is_dir():
        raise StoreError(f"{path}: is a directory; give the path of a SQLite file, for example {path / 'news.db'}.")
    try:
        if not readonly:
            path.parent.mkdir(parents=True, exist_ok=True)
        refuse_foreign(path)
        with ExitStack() as on_error:
            connection = on_error.enter_context(closing(connect(path, readonly=readonly)))
            store = Store(connection, path, readonly=readonly)
            store.check_or_migrate(of_any_version=of_any_version)
            on_error.pop_all()
    except (sqlite3.Error, OSError) as error:
        raise StoreError(f"{path}: cannot be used as a store ({error}).") from error
    return store


def refuse_foreign(path: Path) -> None:
    """Look into an existing file before anything is written to it: another program's keeps every byte.

    Raises:
        StoreError: the file holds tables that are not ours.
    """
    if not path.exists() or not path.stat().st_size:
        return
    with closing(connect(path, readonly=True)) as connection:
        tables = {row["name"] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        ours = (
            "_sqlite_migrations" in tables
            and connection.execute(
                "SELECT 1 FROM _sqlite_migrations WHERE migration_set = ?", (MIGRATION_SET,)
            ).fetchone()
        )
    if not ours and any(not name.startswith("sqlite_") for name in tables):
        raise StoreError(f"{path}: holds another program's tables. Give another file with --db.")


def connect(path: Path, *, readonly: bool) -> sqlite3.Connection:
    """Return a connection with the house's settings; transactions are begun by hand."""
    uri = f"{path.absolute().as_uri()}?mode={'ro' if readonly else 'rwc'}"
    connection = sqlite3.connect(uri, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    if not readonly:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA mmap_size = 0")
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold everything inside as one write of this connection: all of it is kept, or nothing. May be nested."""
    if connection.in_transaction:
        yield
        return
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("COMMIT")
    except sqlite3.OperationalError as error:
        connection.rollback()  # does nothing where the error has ended the transaction already
        if getattr(error, "sqlite_errorcode", 0) & PRIMARY_CODE in NO_ROOM:
            raise StoreFullError(full(connection, error)) from error
        raise
    except BaseException:
        connection.rollback()
        raise


def full(connection: sqlite3.Connection, error: sqlite3.Error) -> str:
    """Return what to tell an operator when nothing more can be written."""
    path = next((row["file"] for row in connection.execute("PRAGMA database_list") if row["name"] == "main"), "")
    return (
        f"{path}: cannot be written any more ({error}). What was saved is safe. Make room on its disk, then run the"
        " same command again: it goes on where this one ended."
    )


class Store:
    """Articles, quotations, versions, rejects and runs in one SQLite file."""

    def __init__(self, connection: sqlite3.Connection, path: Path, *, readonly: bool = False) -> None:
        self.connection = connection
        self.path = path
        self.readonly = readonly

    def check_or_migrate(self, *, of_any_version: bool = False) -> None:
        """Bring tables and views up to date; a reader only checks that they are there."""
        if self.readonly:
            if not self.rows("SELECT 1 FROM sqlite_master WHERE name = 'coverage_list'"):
                raise StoreError(f"{self.path}: is no newscrawl store. Give another file with --db.")
            if not of_any_version and not self.is_up_to_date():
                raise StoreError(
                    f"{self.path}: was made by an earlier version of newscrawl. Bring it up to date, without any loss,"
                    f" with: newscrawl cluster --db {self.path}"
                )
            return
        with self.transaction():
            migrations().apply(Database(self.connection))
            self.renew_views()

    def is_up_to_date(self) -> bool:
        """Tell whether every migration was applied."""
        applied = {
            row["name"]
            for row in self.rows("SELECT name FROM _sqlite_migrations WHERE migration_set = ?", (MIGRATION_SET,))
        }
        return applied >= {f.name.removesuffix(".sql") for f in SQL.iterdir() if f.name.endswith(".sql")}

    def renew_views(self) -> None:
        """Create the views anew whose text has changed."""
        present = {r["name"]: r["sql"] for r in self.rows("SELECT name, sql FROM sqlite_master WHERE type = 'view'")}
        for script in sorted((SQL / "views").iterdir(), key=lambda f: f.name):
            name = script.name.removesuffix(".sql")
            wanted = next(statements(script.read_text("utf-8"))).strip().rstrip(";")
            as_kept = wanted[wanted.index("CREATE VIEW") :]
            if present.get(name) != as_kept:
                self.connection.execute(f'DROP VIEW IF EXISTS "{name}"')
                self.connection.execute(wanted)

    def transaction(self) -> AbstractContextManager[None]:
        """Hold everything inside as one write: all of it is kept, or nothing. May be nested."""
        return transaction(self.connection)

    def rows(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[sqlite3.Row]:
        """Return the rows of a query."""
        return self.connection.execute(sql, values).fetchall()

    def rows_in(self, sql: str, values: Iterable[Any], before: Sequence[Any] = ()) -> Iterator[sqlite3.Row]:
        """Yield the rows of a query with one `IN ({})` where the values go, asked in portions.

        `before` holds the values of the marks that stand before it.
        """
        wanted = list(values)
        for start in range(0, len(wanted), LOOKUPS_AT_ONCE):
            portion = wanted[start : start + LOOKUPS_AT_ONCE]
            yield from self.connection.execute(sql.format(",".join("?" * len(portion))), [*before, *portion])

    def value(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """Return the first value of the first row, or None."""
        row = self.connection.execute(sql, values).fetchone()
        return None if row is None else row[0]

    def close(self) -> None:
        """Let SQLite refresh its statistics where it finds that worthwhile, and close."""
        if not self.readonly:
            with suppress(sqlite3.OperationalError):  # statistics may wait: for another process, for room on the disk
                self.connection.execute(f"PRAGMA analysis_limit = {ROWS_ANALYSED}")
                self.connection.execute("PRAGMA optimize")
        self.connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    # --- articles --------------------------------------------------------------------------------

    def save_article(self, article: Article, asked_for: str | None = None) -> Saved:
        """Store an article with its quotations, version, addresses and seen-table row in one transaction.

        An article met before under any of its addresses is the same article: it gets a new version where title or
        body differ, and nothing changes where they do not.
        """
        with self.transaction():
            seen_at = moment(article.fetched_at) if article.fetched_at else now()
            self.connection.execute(
                "INSERT OR IGNORE INTO outlets (name, first_seen_at) VALUES (?, ?)", (article.outlet, seen_at)
            )
            known = self.article_at([article.url, *article.addresses])
            saved = self.insert(article, seen_at) if known is None else self.update(known, article, seen_at)
            self.add_addresses(saved.article_id, article)
            page_url = asked_for or article.url
            self.save_page(page_url, article.outlet, "article", seen_at, raw=article.raw, article_id=saved.article_id)
            self.connection.execute("DELETE FROM rejects WHERE url IN (?, ?)", (page_url, article.url))
        return saved

    def article_at(self, addresses: Iterable[str]) -> int | None:
        """Return the id of the article known under any of these addresses, the first address first."""
        for address in dict.fromkeys(addresses):
            found = self.value("SELECT article_id FROM addresses WHERE url = ?", (address,))
            if found is not None:
                return int(found)
        return None

    def insert(self, article: Article, seen_at: str) -> Saved:
        """Store an article not met before."""
        article_id = self.next_article_id()
        columns = ["id", *COLUMNS, "version", "first_seen_at", "changed_at"]
        values = [article_id, *as_columns(article), 1, seen_at, seen_at]
        self.connection.execute(
            f"INSERT INTO articles ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", values
        )
        self.save_version(article_id, 1, article, seen_at)
        self.save_quotes(article_id, article.quotes)
        return Saved(article_id, "new")

    def next_article_id(self) -> int:
        """Return an id that no article has or ever had."""
        highest = self.value(
            "SELECT max(coalesce((SELECT max(id) FROM articles), 0),"
            " coalesce((SELECT max(id) FROM highest_ids WHERE what = 'articles'), 0))"
        )
        return int(highest) + 1

    def update(self, article_id: int, article: Article, seen_at: str) -> Saved:
        """Store what was read of an article met before; a changed text is a new version."""
        stored = self.rows(
            "SELECT number AS version, title, body FROM versions WHERE article_id = ? ORDER BY number DESC LIMIT 1",
            (article_id,),
        )[0]  # the text as printed: of the article's body learned furniture is taken out
        if all(stored[name] == getattr(article, name) for name in TEXT_OF_A_VERSION):
            return Saved(article_id, "unchanged", is_renewed=self.renew(article_id, article))
        number = stored["version"] + 1
        columns = [name for name in COLUMNS if name not in {"url", "outlet"}]
        values = dict(zip(COLUMNS, as_columns(article), strict=True))
        sets = ", ".join(f"{name} = :{name}" for name in columns)
        self.connection.execute(
            f"UPDATE articles SET {sets}, version = :version, changed_at = :seen_at WHERE id = :id",
            {**values, "version": number, "seen_at": seen_at, "id": article_id},
        )
        self.save_version(article_id, number, article, seen_at)
        self.connection.execute("DELETE FROM quotes WHERE article_id = ?", (article_id,))
        self.save_quotes(article_id, article.quotes)
        return Saved(article_id, "version")

    def renew(self, article_id: int, article: Article) -> bool:
        """Bring what is read beside an unchanged text up to date: dates, authors, tags, quotations; tell what changed.

        The body is put back as printed, for `learning` to take out of it what is furniture. Where and under which key
        the article was found stays as it is.
        """
        before = self.article(article_id)
        lines = self.value("SELECT count(*) FROM furniture_lines WHERE article_id = ?", (article_id,))
        if beside(before, learned=lines) == beside(article):
            return False
        run = self.connection.execute
        values = {name: value for name, value in zip(COLUMNS, as_columns(article), strict=True) if name not in AS_FOUND}
        sets = ", ".join(f"{name} = :{name}" for name in values)
        run(f"UPDATE articles SET {sets} WHERE id = :id", {**values, "id": article_id})
        run("DELETE FROM furniture_lines WHERE article_id = ?", (article_id,))
        if lines or before.quotes != article.quotes:
            run("DELETE FROM quotes WHERE article_id = ?", (article_id,))
            self.save_quotes(article_id, article.quotes)
        if any(getattr(before, name) != getattr(article, name) for name in DAY_OF_A_STORY):
            run("UPDATE signatures SET version = 0 WHERE article_id = ?", (article_id,))
        return True

    def save_version(self, article_id: int, number: int, article: Article, seen_at: str) -> None:
        """Keep the text of an article at one time."""
        modified_at = moment(article.modified_at) if article.modified_at else None
        row = (
            article_id,
            number,
            article.title,
            article.body,
            article.modified_text,
            modified_at,
            article.raw,
            seen_at,
        )
        self.connection.execute("INSERT INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def save_quotes(self, article_id: int, quotes: Sequence[Quote]) -> None:
        """Store the quotations of an article in their order."""
        self.connection.executemany(
            'INSERT INTO quotes (article_id, position, text, "start", "end", kind, speaker, role, cue)'
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            ((article_id, n, q.text, q.start, q.end, q.kind, q.speaker, q.role, q.cue) for n, q in enumerate(quotes)),
        )

    def add_addresses(self, article_id: int, article: Article) -> None:
        """Remember every address of an article; one that leads to another article already keeps doing so."""
        self.connection.executemany(
            "INSERT OR IGNORE INTO addresses (url, article_id) VALUES (?, ?)",
            ((address, article_id) for address in dict.fromkeys((article.url, *article.addresses))),
        )

    def article(self, article_id: int) -> Article:
        """Return a stored article with its quotations and addresses.

        Raises:
            KeyError: there is no article with this id.
        """
        found = self.rows("SELECT * FROM articles WHERE id = ?", (article_id,))
        if not found:
            raise KeyError(article_id)
        quotes = self.rows("SELECT * FROM quotes WHERE article_id = ? ORDER BY position", (article_id,))
        addresses = self.rows("SELECT url FROM addresses WHERE article_id = ? ORDER BY url", (article_id,))
        return as_article(found[0], quotes, [row["url"] for row in addresses])

    # --- pages, rejects, outlets -----------------------------------------------------------------

    def save_page(  # noqa: PLR0913 - one row of the seen-table
        self,
        url: str,
        outlet: str,
        status: PageStatus,
        seen_at: str,
        *,
        raw: str | None = None,
        article_id: int | None = None,
    ) -> None:
        """Remember what became of an address; failures in a row are counted. What is an article stays one."""
        self.connection.execute(
            """
            INSERT INTO pages (url, outlet, status, failures, article_id, raw, first_seen_at, last_fetched_at)
            VALUES (:url, :outlet, :status, :failed, :article_id, :raw, :seen_at, :seen_at)
            ON CONFLICT (url) DO UPDATE SET
                status          = CASE WHEN article_id IS NULL THEN excluded.status ELSE 'article' END,
                failures        = CASE WHEN excluded.failures THEN failures + 1 ELSE 0 END,
                article_id      = coalesce(excluded.article_id, article_id),
                raw             = coalesce(excluded.raw, raw),
                last_fetched_at = excluded.last_fetched_at
            """,
            {
                "url": url,
                "outlet": outlet,
                "status": status,
                "failed": int(status == "failed"),
                "article_id": article_id,
                "raw": raw,
                "seen_at": seen_at,
            },
        )

    def save_reject(self, reject: Reject) -> None:
        """Store a page that could not become an article, with its reason; a repeat is counted."""
        seen_at = moment(reject.seen_at) if reject.seen_at else now()
        with self.transaction():
            self.connection.execute(
                """
                INSERT INTO rejects (url, stage, reason, detail, outlet, raw, first_seen_at, last_seen_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (url, stage) DO UPDATE SET
                    reason       = excluded.reason,
                    detail       = excluded.detail,
                    raw          = coalesce(excluded.raw, raw),
                    times        = times + 1,
                    last_seen_at = excluded.last_seen_at
                """,
                (
                    reject.url,
                    reject.stage,
                    reject.reason,
                    reject.detail,
                    reject.outlet,
                    reject.raw,
                    seen_at,
                    seen_at,
                ),
            )
            if reject.stage in {"fetch", "read"}:
                status: PageStatus = "failed" if reject.may_pass else "reject"
                self.save_page(reject.url, reject.outlet or "", status, seen_at, raw=reject.raw)

    def forget_reject(self, url: str, stage: str) -> None:
        """Forget why something failed that has gone well since."""
        self.connection.execute("DELETE FROM rejects WHERE url = ? AND stage = ?", (url, stage))

    def save_outlet(self, name: str, **said: str | None) -> None:
        """Store what is declared of an outlet: title, homepage, language, country, timezone."""
        with self.transaction():
            self.connection.execute("INSERT OR IGNORE INTO outlets (name, first_seen_at) VALUES (?, ?)", (name, now()))
            for column in ("title", "homepage", "language", "country", "timezone"):
                if said.get(column) is not None:
                    self.connection.execute(
                        f"UPDATE outlets SET {column} = ? WHERE name = ? AND {column} IS NOT ?",
                        (said[column], name, said[column]),
                    )


def beside(article: Article, learned: int = 0) -> dict[str, Any]:
    """Return what is read beside an article's text; of `learned` pieces of furniture no trace."""
    said = {name: getattr(article, name) for name in COLUMNS if name not in {*AS_FOUND, *TEXT_OF_A_VERSION}}
    said["furniture"] = article.furniture[: len(article.furniture) - learned]
    said["provenance"] = {name: rule for name, rule in article.provenance.items() if "body" not in name}
    # where a quotation stands depends on what was taken out before it
    said["quotes"] = [replace(quote, start=0, end=0) for quote in article.quotes]
    for name in ("published_at", "modified_at"):
        said[name] = said[name] and said[name].replace(microsecond=0)
    return said


def as_columns(article: Article) -> list[Any]:
    """Return an article's values in the order of COLUMNS, as SQLite keeps them."""
    return [as_kept(name, getattr(article, name)) for name in COLUMNS]


def as_kept(name: str, value: Any) -> Any:
    """Return one value as SQLite keeps it: lists as JSON, times as text in UTC."""
    if name in LISTS:
        return json.dumps(dict(value) if isinstance(value, Mapping) else list(value), ensure_ascii=False)
    if isinstance(value, datetime):
        return moment(value)
    return value.isoformat() if isinstance(value, date) else value


def as_article(row: sqlite3.Row, quotes: Iterable[sqlite3.Row], addresses: Sequence[str]) -> Article:
    """Return the article that a row of `articles` holds."""
    said: dict[str, Any] = {name: row[name] for name in COLUMNS}
    for name in ("authors", "tags", "furniture"):
        said[name] = tuple(json.loads(said[name]))
    said["provenance"] = json.loads(said["provenance"])
    said["published_day"] = date.fromisoformat(said["published_day"]) if said["published_day"] else None
    for name in ("published_at", "modified_at"):
        said[name] = datetime.fromisoformat(said[name]) if said[name] else None
    said["is_free"] = None if said["is_free"] is None else bool(said["is_free"])
    read = tuple(Quote(**{f.name: quote[f.name] for f in fields(Quote)}) for quote in quotes)
    return Article(
        **said, quotes=read, addresses=tuple(addresses), fetched_at=datetime.fromisoformat(row["changed_at"])
    )
