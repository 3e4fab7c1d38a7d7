"""The seen-table: what is due and when, newest first; what is an article stays one; ids are given once."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dedupe import Announced, Article, ListingState, PageStore, Reject, Store, open_store
from dedupe import store as store_module

Make = Callable[..., Article]
NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=400)
OUTLET = "warta"


def url(number: int) -> str:
    return f"https://warta.example/{number}"


def news(number: int, at: datetime = NOW) -> Announced:
    return Announced(url=url(number), text="kemarin", asked_as=None, news_at=at)


@pytest.fixture
def seen(store: Store) -> PageStore:
    return PageStore(store)


def asked(seen: PageStore, at: datetime = LATER, most: int = 5000, **more: Any) -> list[int]:
    return [int(page.url.rsplit("/", 1)[1]) for page in seen.to_ask(OUTLET, at, most, **more)]


def fail(seen: PageStore, number: int, at: datetime = NOW) -> None:
    seen.store.save_reject(Reject(url=url(number), stage="fetch", reason="http-500", outlet=OUTLET, seen_at=at))


# --- what is asked for ---------------------------------------------------------------------------


def test_what_is_due_is_asked_for_the_newest_first(seen: PageStore) -> None:
    seen.announce(OUTLET, [news(n, NOW - timedelta(hours=n % 7, minutes=n)) for n in range(1200)], NOW)
    found = seen.to_ask(OUTLET, NOW, 5000)
    assert len(found) == 1200
    assert [page.url for page in found[:2]] == [url(0), url(7)]
    assert asked(seen, most=1) == [0]
    assert seen.to_ask("muara", LATER, 9) == []


def test_no_page_is_newer_than_its_announcement(seen: PageStore) -> None:
    seen.announce(OUTLET, [news(1, NOW + timedelta(days=9000)), news(2, NOW)], NOW)
    assert seen.store.value("SELECT max(news_at) FROM pages") == "2026-05-06T12:00:00Z"


def test_an_article_is_asked_for_when_its_next_look_is_due(seen: PageStore, make: Make) -> None:
    seen.announce(OUTLET, [news(1), news(2)], NOW)
    seen.store.save_article(make(url=url(1)))
    assert asked(seen) == [2]
    with seen.store.transaction():
        seen.note_fetched(url(1), etag='"a"', last_modified=None, next_due_at=NOW + timedelta(hours=1), is_look=False)
    assert asked(seen, NOW) == [2]
    assert asked(seen, NOW + timedelta(hours=1)) == [1, 2]
    seen.note_unchanged(url(1), NOW + timedelta(hours=1), None)
    page = seen.pages([url(1)])[url(1)]
    assert (page.etag, page.status, page.next_due_at) == ('"a"', "article", None)


def test_what_failed_is_asked_for_when_its_pause_is_over_or_who_asks_will_not_wait(seen: PageStore) -> None:
    seen.announce(OUTLET, [news(1)], NOW)
    fail(seen, 1)
    with seen.store.transaction():
        seen.put_off(url(1), NOW + timedelta(hours=1))
    assert asked(seen, NOW) == []
    assert asked(seen, NOW + timedelta(hours=1)) == [1]
    assert asked(seen, NOW, failed_before=NOW) == []
    assert asked(seen, NOW, failed_before=NOW + timedelta(seconds=1)) == [1]


def test_who_is_announced_again_is_due_whatever_was_before(seen: PageStore) -> None:
    seen.announce(OUTLET, [news(1)], NOW)
    fail(seen, 1)
    seen.announce(OUTLET, [news(1)], NOW)
    page = seen.pages([url(1)])[url(1)]
    assert (page.status, page.failures, page.next_due_at) == ("due", 0, None)


def test_the_queries_of_a_crawl_use_their_indexes(seen: PageStore) -> None:
    plan = seen.store.rows(
        "EXPLAIN QUERY PLAN SELECT * FROM pages INDEXED BY pages_due"
        " WHERE outlet = 'a' AND status = 'due' ORDER BY news_at DESC LIMIT 3"
    )
    assert "TEMP B-TREE" not in " ".join(row["detail"] for row in plan)


# --- what is an article stays one ------------------------------------------------------------------


@pytest.mark.parametrize(("stage", "failures"), [("fetch", 1), ("read", 0)])
def test_an_article_that_fails_later_stays_one(seen: PageStore, make: Make, stage: Any, failures: int) -> None:
    seen.store.save_article(make(url=url(1)))
    seen.store.save_reject(Reject(url=url(1), stage=stage, reason="http-500", outlet=OUTLET, seen_at=NOW))
    page = seen.pages([url(1)])[url(1)]
    assert (page.status, page.failures) == ("article", failures)
    assert page.article_id


def test_a_page_that_is_missing_keeps_since_when(seen: PageStore, make: Make) -> None:
    seen.store.save_article(make(url=url(1)))
    with seen.store.transaction():
        seen.note_missing(url(1), NOW, NOW + timedelta(days=1), is_gone=False)
        seen.note_missing(url(1), NOW + timedelta(days=1), None, is_gone=True)
    page = seen.pages([url(1)])[url(1)]
    assert (page.missed_at, page.gone_at, page.status) == (NOW, NOW + timedelta(days=1), "article")
    seen.note_unchanged(url(1), LATER, None)
    assert seen.pages([url(1)])[url(1)].gone_at is None


# --- listings --------------------------------------------------------------------------------------


def test_a_listing_comes_back_as_it_was_written(seen: PageStore) -> None:
    said = ListingState(
        url=url(1), outlet=OUTLET, kind="feed", etag='"x"', links=9, poll_seconds=300, next_due_at=LATER
    )
    seen.save_listing(said, NOW)
    seen.save_listing(replace(said, links=10), LATER)
    assert seen.listings([url(1), url(2)]) == {url(1): replace(said, links=10)}


def test_what_an_index_led_to_is_pending_until_it_is_read(seen: PageStore) -> None:
    seen.plan(OUTLET, "sitemap", "index", [(url(1), "2026-05-01"), (url(2), None)], NOW)
    assert seen.pending(OUTLET, "index") == [url(2), url(1)]
    first = seen.listings([url(1)])[url(1)]
    seen.save_listing(replace(first, is_pending=False, read_modified=first.said_modified, links=4), NOW)
    assert seen.pending(OUTLET, "index") == [url(2)]
    assert seen.links_below(OUTLET, "index") == {url(1): 4, url(2): 0}
    seen.plan(OUTLET, "sitemap", "index", [(url(1), "2026-05-02")], NOW)
    again = seen.listings([url(1)])[url(1)]
    assert (again.is_pending, again.links) == (True, 4)
    assert (again.said_modified, again.read_modified) == ("2026-05-02", "2026-05-01")


# --- stores of earlier versions ----------------------------------------------------------------------


def test_a_store_of_an_earlier_version_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    earlier = sorted(
        (f for f in store_module.SQL.iterdir() if f.name.endswith(".sql") and f.name < "011"), key=lambda f: f.name
    )
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        old.execute(
            "CREATE TABLE _sqlite_migrations (id INTEGER PRIMARY KEY, migration_set TEXT, name TEXT, applied_at TEXT)"
        )
        for script in earlier:
            old.executescript(script.read_text("utf-8"))
            old.execute(
                "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) VALUES ('newscrawl', ?, '')",
                (script.name.removesuffix(".sql"),),
            )
        old.executemany(
            "INSERT INTO pages (url, outlet, status, failures, first_seen_at, last_fetched_at)"
            " VALUES (?, 'warta', ?, ?, ?, ?)",
            [
                (url(1), "due", 0, "2026-05-01T00:00:00Z", None),
                (url(2), "failed", 1, "2026-05-02T00:00:00Z", "2026-05-02T01:00:00Z"),
                (url(3), "failed", 3, "2026-05-03T00:00:00Z", "2026-05-03T01:00:00Z"),
                (url(4), "reject", 0, "2026-05-03T00:00:00Z", "2026-05-03T01:00:00Z"),
            ],
        )
    with open_store(path) as store:
        assert asked(PageStore(store)) == [2, 1]


# --- ids and renewals ----------------------------------------------------------------------------------


def test_the_id_of_a_deleted_article_is_never_given_again(store: Store, make: Make) -> None:
    given = [store.save_article(make(url=url(n))).article_id for n in range(3)]
    store.connection.execute("DELETE FROM articles WHERE id >= ?", (given[1],))
    again = store.save_article(make(url=url(7))).article_id
    assert again == given[-1] + 1
    store.connection.execute("DELETE FROM articles")
    assert store.save_article(make(url=url(8))).article_id == again + 1


@pytest.mark.parametrize(
    "change",
    [
        {"authors": ("Rara Wening",)},
        {"tags": ("bakau",)},
        {"published_day": date(2026, 5, 1)},
        {"published_text": "1 Mei 2026"},
        {"language": "en"},
        {"section": "Lingkungan"},
        {"provenance": {"title": "outlet"}},
    ],
)
def test_what_is_read_beside_an_unchanged_text_is_brought_up_to_date(
    store: Store, make: Make, change: dict[str, Any]
) -> None:
    before = make(url=url(1))
    store.save_article(before)
    changed = replace(before, fetched_at=NOW, raw="b" * 64, **change)
    saved = store.save_article(changed)
    assert (saved.outcome, saved.is_renewed) == ("unchanged", True)
    read = store.article(saved.article_id)
    assert {name: getattr(read, name) for name in change} == change
    assert (store.value("SELECT count(*) FROM versions"), read.raw) == (1, before.raw)
    assert not store.save_article(changed).is_renewed
