from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dedupe import Article, Quote, Reject, Store, StoreError, moment, open_store
from dedupe import store as store_module

Make = Callable[..., Article]
Dump = Callable[[Store], dict[str, list[tuple[Any, ...]]]]
URL = "https://warta.example/a"
SCHEMA = "SELECT * FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%'"


def counts(store: Store, *tables: str) -> list[int]:
    return [store.value(f"SELECT count(*) FROM {table}") for table in tables]


def check_full_text(store: Store) -> None:
    """FTS5's own check that index and content agree."""
    for table in ("articles_fts", "quotes_fts"):
        store.connection.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 1)")


def found(store: Store, word: str, table: str = "articles_fts") -> list[int]:
    return [row["rowid"] for row in store.rows(f"SELECT rowid FROM {table} WHERE {table} MATCH ?", (f'"{word}"',))]


def page_status(store: Store) -> Any:
    return store.value("SELECT status FROM pages WHERE url = ?", (URL,))


# --- opening -----------------------------------------------------------------------------------


def test_a_fresh_store_has_the_house_settings_and_its_migrations_on_record(tmp_path: Path) -> None:
    with open_store(tmp_path / "new folder" / "news.db") as store:
        assert store.value("PRAGMA journal_mode") == "wal"
        assert store.value("PRAGMA synchronous") == 2
        assert store.value("PRAGMA foreign_keys") == 1
        applied = [row["name"] for row in store.rows("SELECT name FROM _sqlite_migrations ORDER BY id")]
        assert applied == sorted(
            path.name.removesuffix(".sql") for path in store_module.SQL.iterdir() if path.name.endswith(".sql")
        )
        views = {row["name"] for row in store.rows("SELECT name FROM sqlite_master WHERE type = 'view'")}
        assert {"coverage_list", "article_urls", "story_list"} <= views
        assert store.rows("PRAGMA foreign_key_check") == []


def test_opening_again_changes_nothing(tmp_path: Path, make: Make, contents: Dump) -> None:
    path = tmp_path / "news.db"
    with open_store(path) as store:
        store.save_article(make())
        before = contents(store)
        schema = {tuple(row) for row in store.rows(SCHEMA)}
    for _ in range(2):
        with open_store(path) as store:
            assert contents(store) == before
            assert {tuple(row) for row in store.rows(SCHEMA)} == schema


def test_a_view_whose_text_has_changed_is_renewed(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    with open_store(path) as store:
        wanted = store.value("SELECT sql FROM sqlite_master WHERE name = 'story_list'")
        store.connection.execute("DROP VIEW story_list")
        store.connection.execute("CREATE VIEW story_list AS SELECT 1 AS old")
    with open_store(path) as store:
        assert store.value("SELECT sql FROM sqlite_master WHERE name = 'story_list'") == wanted


@pytest.mark.parametrize("name", ["a b.db", "50%41.db", "what?mode=memory.db", "x#y.db", "ä😀.db", "--.db"])
def test_any_file_name_is_that_file(tmp_path: Path, make: Make, name: str) -> None:
    with open_store(tmp_path / name) as store:
        store.save_article(make())
    assert (tmp_path / name).is_file()
    with open_store(tmp_path / name, readonly=True) as store:
        assert counts(store, "articles") == [1]


def not_a_database(path: Path) -> None:
    path.write_bytes(b"This is a letter, not a database. " * 200)


def torn(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0" + b"\xff" * 4000)


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE recipes (name)")


def foreign_with_migrations(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE TABLE recipes (name); CREATE TABLE _sqlite_migrations (id, migration_set, name, applied_at);"
            "INSERT INTO _sqlite_migrations VALUES (1, 'kitchen', '001', 'x')"
        )


@pytest.mark.parametrize("readonly", [False, True])
@pytest.mark.parametrize("write", [not_a_database, torn, foreign, foreign_with_migrations])
def test_a_file_that_is_no_store_is_refused_and_keeps_every_byte(
    tmp_path: Path, write: Callable[[Path], None], *, readonly: bool
) -> None:
    path = tmp_path / "letter.db"
    write(path)
    before = path.read_bytes()
    with pytest.raises(StoreError, match=r"letter\.db"):
        open_store(path, readonly=readonly)
    assert path.read_bytes() == before
    assert [left.name for left in tmp_path.iterdir()] == ["letter.db"]


def test_a_missing_file_is_not_made_by_a_reader(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="newscrawl demo"):
        open_store(tmp_path / "none.db", readonly=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("readonly", [False, True])
def test_a_directory(tmp_path: Path, *, readonly: bool) -> None:
    with pytest.raises(StoreError, match="is a directory"):
        open_store(tmp_path, readonly=readonly)


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="cannot be used"):
        open_store(tmp_path / "file" / "news.db")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_unwritable_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StoreError, match="cannot be used"):
            open_store(tmp_path / "news.db")
    finally:
        tmp_path.chmod(0o700)


def test_a_folder_that_cannot_be_made() -> None:
    with pytest.raises(StoreError, match="cannot be used"):
        open_store("/proc/nowhere/news.db")


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    (tmp_path / "news.db").touch()
    with open_store(tmp_path / "news.db") as store:
        assert counts(store, "articles") == [0]


def test_a_reader_cannot_write(tmp_path: Path, make: Make) -> None:
    open_store(tmp_path / "news.db").close()
    with open_store(tmp_path / "news.db", readonly=True) as store, pytest.raises(sqlite3.OperationalError):
        store.save_article(make())


# --- articles ----------------------------------------------------------------------------------


def full(make: Make) -> Article:
    """An article with every field said."""
    return make(
        "a",
        "“Air naik cepat sekali malam itu,” kata Darma.",
        standfirst="Ringkas",
        authors=("A. Penulis", "B"),
        section="daerah",
        tags=("banjir", "日本"),
        published_at=datetime(2026, 5, 5, 3, 30, tzinfo=UTC),
        published_zone="Asia/Jakarta",
        published_precision="minute",
        modified_text="kemarin",
        modified_at=datetime(2026, 5, 6, 3, 30, tzinfo=UTC),
        image_url="https://warta.example/a.jpg",
        image_caption="Gambar",
        image_credit="Dok.",
        source_credit="Pesisir",
        is_free=False,
        page_count=3,
        furniture=("Baca juga: x",),
        provenance={"title": "json-ld"},
        addresses=("https://warta.example/a", "https://warta.example/a/amp"),
        raw="ab" * 32,
    )


def test_an_article_comes_back_as_it_went_in(store: Store, make: Make) -> None:
    article = full(make)
    saved = store.save_article(article)
    assert saved.outcome == "new"
    assert store.article(saved.article_id) == article
    assert counts(store, "articles", "versions", "quotes", "addresses", "pages", "outlets") == [1, 1, 1, 2, 1, 1]
    check_full_text(store)


def test_an_article_that_never_was(store: Store) -> None:
    with pytest.raises(KeyError):
        store.article(7)


def test_the_same_again_changes_nothing(store: Store, make: Make, contents: Dump) -> None:
    store.save_article(full(make))
    before = contents(store)
    assert store.save_article(full(make)).outcome == "unchanged"
    assert contents(store) == before


@pytest.mark.parametrize(
    "changed", [{"title": "Judul lain"}, {"body": "“Surut sudah air sungai pagi ini,” kata Wati."}]
)
def test_a_changed_text_is_a_new_version(store: Store, make: Make, changed: dict[str, str]) -> None:
    first = store.save_article(full(make))
    newer = replace(full(make), **changed, quotes=(Quote(text="Surut sudah", start=1, end=12, kind="direct"),))
    second = store.save_article(newer)
    assert (second.article_id, second.outcome) == (first.article_id, "version")
    assert store.value("SELECT version FROM articles") == 2
    kept = [tuple(row) for row in store.rows("SELECT number, title, body FROM versions ORDER BY number")]
    assert kept == [(1, full(make).title, full(make).body), (2, newer.title, newer.body)]
    assert [row["text"] for row in store.rows("SELECT text FROM quotes")] == ["Surut sudah"]
    check_full_text(store)
    assert found(store, "surut", "quotes_fts") != []
    assert found(store, "cepat", "quotes_fts") == []
    assert bool(found(store, "cepat")) == ("body" not in changed)


def test_back_to_the_first_text_is_a_third_version(store: Store, make: Make) -> None:
    for title in ("satu", "dua", "satu"):
        store.save_article(make(title=title))
    assert counts(store, "versions") == [3]


def test_the_same_article_under_another_address(store: Store, make: Make) -> None:
    first = store.save_article(make("a", addresses=("https://warta.example/a?x=1",)))
    again = make("b", addresses=("https://warta.example/a?x=1",), title="a")
    assert store.save_article(again).article_id == first.article_id
    assert counts(store, "articles", "addresses", "pages") == [1, 3, 2]
    assert store.article_at(["https://never.example/", "https://warta.example/b"]) == first.article_id
    assert store.article(first.article_id).url == URL


def test_an_address_keeps_leading_to_its_first_article(store: Store, make: Make) -> None:
    first = store.save_article(make("a"))
    second = store.save_article(make("b"))
    store.save_article(make("b", addresses=(URL,)))
    assert store.article_at([URL]) == first.article_id != second.article_id


def test_deleting_an_article_takes_everything_of_it(store: Store, make: Make) -> None:
    store.save_article(full(make))
    store.connection.execute("DELETE FROM articles")
    assert counts(store, "versions", "quotes", "addresses") == [0, 0, 0]
    check_full_text(store)
    assert store.rows("PRAGMA foreign_key_check") == []


HOSTILE = [
    "\0",
    "a\0b",
    "'; DROP TABLE articles; --",
    '"" * NEAR(',
    "😀" * 50,
    "\u202e\u0301",
    "x" * 1_000_000,
    "\n" * 99,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_comes_back_unchanged(store: Store, make: Make, text: str) -> None:
    quote = Quote(text=text, start=0, end=1, kind="direct", speaker=text)
    article = make(title=text, body=text, outlet="warta", authors=(text,), quotes=(quote,), addresses=(text, URL))
    saved = store.save_article(article)
    back = store.article(saved.article_id)
    assert (back.title, back.body, back.authors, back.quotes) == (text, text, (text,), (quote,))
    check_full_text(store)


@pytest.mark.parametrize("field", ["title", "body", "url", "outlet", "standfirst"])
def test_a_lone_surrogate_is_refused_and_leaves_nothing(store: Store, make: Make, contents: Dump, field: str) -> None:
    """`clean.text` takes surrogates out; one that comes so far is a bug and crashes, for UTF-8 cannot hold it."""
    before = contents(store)
    with pytest.raises(UnicodeEncodeError):
        store.save_article(replace(make(), **{field: "a\ud800b"}))
    with pytest.raises(UnicodeEncodeError):
        store.save_article(make(authors=("\udfff",), tags=("\ud800",)))
    assert contents(store) == before
    assert store.save_article(make()).outcome == "new"
    check_full_text(store)


# --- pages, rejects, runs ----------------------------------------------------------------------


def test_a_reject_is_counted_and_an_article_takes_it_away(store: Store, make: Make) -> None:
    reject = Reject(url=URL, stage="read", reason="no-text", outlet="warta", raw="ab")
    store.save_reject(reject)
    store.save_reject(replace(reject, reason="not-an-article", raw=None))
    row = store.rows("SELECT * FROM rejects")[0]
    assert (row["times"], row["reason"], row["raw"]) == (2, "not-an-article", "ab")
    assert page_status(store) == "reject"
    store.save_article(make())
    assert counts(store, "rejects", "pages") == [0, 1]
    assert page_status(store) == "article"


@pytest.mark.parametrize(
    ("stage", "reason", "status"),
    [
        ("fetch", "http-500", "failed"),
        ("fetch", "robots", "reject"),
        ("read", "no-text", "reject"),
        ("ingest", "x", None),
    ],
)
def test_what_a_reject_makes_of_the_page(store: Store, stage: Any, reason: str, status: str | None) -> None:
    store.save_reject(Reject(url=URL, stage=stage, reason=reason, outlet="warta"))
    assert page_status(store) == status


def test_an_outlet_is_declared_once_and_may_change(store: Store, make: Make) -> None:
    store.save_article(make())
    store.save_outlet("warta", title="Warta", country="ID")
    store.save_outlet("warta", title="Warta Baru", country=None)
    row = store.rows("SELECT * FROM outlets")[0]
    assert (row["title"], row["country"]) == ("Warta Baru", "ID")


def test_a_time_is_kept_in_utc() -> None:
    assert moment(datetime.fromisoformat("2026-05-05T00:30:00+07:00")) == "2026-05-04T17:30:00Z"


# --- transactions ------------------------------------------------------------------------------


def test_an_error_inside_a_transaction_leaves_nothing(store: Store, make: Make, contents: Dump) -> None:
    before = contents(store)

    def stopped() -> None:
        with store.transaction():
            store.save_article(make("a"))
            store.save_reject(Reject(url=URL, stage="read", reason="no-text"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert contents(store) == before
    assert not store.connection.in_transaction


@pytest.mark.parametrize("step", ["save_version", "save_quotes", "add_addresses", "save_page"])
def test_an_article_is_kept_whole_or_not_at_all(
    store: Store, make: Make, contents: Dump, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    before = contents(store)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError(step)

    with monkeypatch.context() as broken:
        broken.setattr(Store, step, fail)
        with pytest.raises(RuntimeError):
            store.save_article(full(make))
    assert contents(store) == before
    assert store.save_article(full(make)).outcome == "new"


def test_two_writers_wait_for_one_another(tmp_path: Path, make: Make) -> None:
    path = tmp_path / "news.db"
    open_store(path).close()
    errors: list[Exception] = []

    def write(outlet: str) -> None:
        try:
            with open_store(path) as mine:
                for n in range(40):
                    mine.save_article(make(str(n), outlet=outlet))
        except (sqlite3.Error, StoreError) as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(outlet,)) for outlet in ("warta", "muara")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with open_store(path, readonly=True) as store:
        assert counts(store, "articles", "versions", "addresses") == [80, 80, 80]


def test_a_reader_sees_the_state_before_while_a_writer_writes(tmp_path: Path, make: Make) -> None:
    with open_store(tmp_path / "news.db") as writer, writer.transaction():
        writer.save_article(make())
        with open_store(tmp_path / "news.db", readonly=True) as reader:
            assert counts(reader, "articles") == [0]
