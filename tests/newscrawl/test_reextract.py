from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dedupe import Article, FurnitureStore, Reject, Store, cluster, open_store
from newscrawl import learning, page, reextract
from newscrawl.archive import Archive, Fetch, open_archive
from newscrawl.reextract import finish_unread, rules_hash

NOW = datetime(2026, 5, 6, 9, 40, tzinfo=UTC)
SITE = "https://harian.example.org"
SAID = "“Bakau menahan ombak,” kata Rara Wening."


def html(number: int, told: str = "pada Sabtu", *, byline: str = "Rara", onward: str = "") -> bytes:
    paragraphs = "".join(f"<p>Warga menanam bakau di pantai {told}, alinea {n} dari {number}.</p>" for n in range(6))
    link = f'<a rel="next" href="{onward}">Selanjutnya</a>' if onward else ""
    return (
        f'<html lang="id"><head><title>Bakau {number}</title><meta property="og:type" content="article">'
        f'<meta name="author" content="{byline}"></head>'
        f"<body><article><h1>Bakau {number}</h1>{paragraphs}<p>{SAID}</p></article>{link}</body></html>"
    ).encode()


def fetch(number: int, body: bytes | None = None, day: int = 0, **more: str) -> Fetch:
    url = f"{SITE}/{number}"
    kind = "text/html; charset=utf-8"
    at = NOW + timedelta(days=day, minutes=number)
    return Fetch(**{
        "url": url, "asked_for": url, "outlet": "harian.example.org", "status": 200, "content_type": kind,
        "body": body or html(number), "fetched_at": at, **more,
    })  # fmt: skip


@pytest.fixture
def kept(tmp_path: Path) -> Any:
    with open_archive(tmp_path / "news.db") as archive:
        yield archive


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with open_store(tmp_path / "news.db") as opened:
        yield opened


Change = Callable[[Article | Reject], Article | Reject]


@pytest.fixture
def rules(monkeypatch: pytest.MonkeyPatch) -> Callable[[Change | None], None]:
    """Make pages be read otherwise from now on, as after a change of selectors; None: as they are."""
    real = page.read

    def become(change: Change | None) -> None:
        def read(*args: Any) -> Article | Reject:
            found = real(*args)
            return change(found) if change else found

        monkeypatch.setattr(page, "read", read)

    return become


def without_last(read: Article | Reject) -> Article | Reject:
    """A reader that misses the last paragraph and the writer."""
    if isinstance(read, Reject):
        return read
    return replace(read, body=read.body.rsplit("\n", 1)[0], authors=())


def texts(dump: dict[str, list[tuple[Any, ...]]]) -> dict[str, list[tuple[Any, ...]]]:
    return {name: found for name, found in dump.items() if name not in {"reextractions", "readings"}}


def test_a_better_reading_is_no_edit_of_the_outlets(
    kept: Archive, store: Store, rules: Any, dump: Any, tmp_path: Path
) -> None:
    rules(without_last)
    for number in range(4):
        kept.keep(fetch(number))
    finish_unread(store, kept)
    learning.learn(store)
    cluster(store)
    assert store.value("SELECT count(*) FROM quotes") == 0
    rules(None)
    report = reextract.reextract(store, kept)
    assert report.outcomes == {"reread": 4}
    assert (report.fields["body"], report.fields["authors"], report.fields["quotes"]) == (4, 4, 4)
    assert len(report.articles) == 4
    rows = store.rows("SELECT number, body, seen_at FROM versions")
    assert [row["number"] for row in rows] == [1] * 4
    assert all(row["body"].endswith(SAID) for row in rows)
    assert [row["seen_at"] for row in rows] == [f"2026-05-06T09:4{n}:00Z" for n in range(4)]
    assert {r["version"] for r in store.rows("SELECT version FROM articles")} == {1}
    before = store.rows("SELECT raw, title, body FROM readings")
    assert len(before) == 4
    assert not any(SAID in row["body"] for row in before), "what it was read as before"
    assert store.value("SELECT count(*) FROM signatures WHERE version = 0") == 4, "stories are grown again"
    # the same as if it had been read so at once, and twice changes nothing
    at_once = tmp_path / "once" / "news.db"
    with open_store(at_once) as other:
        finish_unread(other, kept)
    for name in ("articles", "versions", "quotes", "pages", "addresses"):
        assert dump(tmp_path / "news.db")[name] == dump(at_once)[name], name
    as_it_is = texts(dump(tmp_path / "news.db"))
    again = reextract.reextract(store, kept)
    assert (again.outcomes, again.articles, again.fields) == ({"unchanged": 4}, set(), {})
    assert texts(dump(tmp_path / "news.db")) == as_it_is
    assert store.value("SELECT count(*) FROM readings") == 4


def test_edits_stay_versions_and_what_was_only_our_reading_does_not(kept: Archive, store: Store, rules: Any) -> None:
    advert = "Unduh aplikasi kami nomor"

    def with_advert(read: Article | Reject) -> Article | Reject:
        if isinstance(read, Reject):
            return read
        return replace(read, body=f"{read.body}\n{advert} {(read.fetched_at or NOW).day} {read.authors}.")

    rules(with_advert)
    for day, (told, byline) in enumerate([("pada Sabtu", "Rara"), ("pada Sabtu", "Bima"), ("pada Senin", "Bima")]):
        kept.keep(fetch(1, html(1, told, byline=byline), day))
    finish_unread(store, kept)
    assert store.value("SELECT count(*) FROM versions") == 3
    rules(None)
    report = reextract.reextract(store, kept)
    rows = store.rows("SELECT number, seen_at, body LIKE '%Senin%' AS late FROM versions ORDER BY number")
    assert [tuple(row) for row in rows] == [(1, "2026-05-06T09:41:00Z", 0), (2, "2026-05-08T09:41:00Z", 1)]
    assert store.value("SELECT version FROM articles") == 2
    assert store.value("SELECT body LIKE '%Senin%' AND body NOT LIKE '%Unduh%' FROM articles")
    assert store.value("SELECT authors FROM articles") == '["Bima"]'
    assert report.outcomes["version"] == 0
    assert reextract.reextract(store, kept).articles == set()


def test_only_the_latest_page_says_what_stands_beside_the_text(kept: Archive, store: Store, rules: Any) -> None:
    def anonymous(read: Article | Reject) -> Article | Reject:
        return read if isinstance(read, Reject) else replace(read, authors=())

    rules(anonymous)
    for day, byline in enumerate(["Rara", "Bima"]):
        kept.keep(fetch(1, html(1, byline=byline), day))
    finish_unread(store, kept)
    rules(None)
    for _ in range(2):
        report = reextract.reextract(store, kept)
        assert store.value("SELECT authors FROM articles") == '["Bima"]'
        assert store.value("SELECT count(*) FROM versions") == 1
    assert report.articles == set()


def test_rejects_that_now_are_articles_do_become_them(kept: Archive, store: Store, rules: Any) -> None:
    rules(lambda _: Reject(url=f"{SITE}/1", stage="read", reason="no-text", detail="as of old"))
    kept.keep(fetch(1))
    finish_unread(store, kept)
    assert store.value("SELECT count(*) FROM rejects") == 1
    rules(lambda _: Reject(url=f"{SITE}/1", stage="read", reason="gallery", detail="as of now"))
    assert reextract.reextract(store, kept).reasons == {"gallery": 1}
    assert tuple(store.rows("SELECT reason, times FROM rejects")[0]) == ("gallery", 1)
    rules(None)
    assert reextract.reextract(store, kept).outcomes == {"new": 1}
    assert store.value("SELECT count(*) FROM rejects") == 0
    assert store.value("SELECT status FROM pages") == "article"


def test_what_is_no_article_any_more_stays_one_and_is_told(kept: Archive, store: Store, rules: Any) -> None:
    kept.keep(fetch(1))
    finish_unread(store, kept)
    rules(lambda _: Reject(url=f"{SITE}/1", stage="read", reason="section-page", detail="so it seems"))
    report = reextract.reextract(store, kept)
    assert (report.outcomes, report.no_longer) == ({"no_longer": 1}, [f"{SITE}/1"])
    assert store.value("SELECT count(*) FROM articles") == 1
    assert store.value("SELECT count(*) FROM rejects") == 0


def test_learned_furniture_stays_out(kept: Archive, store: Store, rules: Any) -> None:
    def advertised(read: Article | Reject) -> Article | Reject:
        return read if isinstance(read, Reject) else replace(read, body=f"{read.body}\nUnduh aplikasi kami di toko.")

    rules(advertised)
    for number in range(40):
        kept.keep(fetch(number, day=number % 9))
    finish_unread(store, kept)
    learning.learn(store)
    taken_out = store.value("SELECT count(*) FROM furniture_lines")
    assert taken_out >= 40
    assert store.value("SELECT count(*) FROM articles WHERE body LIKE '%Unduh%'") == 0
    report = reextract.reextract(store, kept)
    assert (report.outcomes, report.articles) == ({"unchanged": 40}, set())
    assert store.value("SELECT count(*) FROM furniture_lines") == taken_out

    def unsigned(read: Article | Reject) -> Article | Reject:
        found = advertised(read)
        return found if isinstance(found, Reject) else replace(found, authors=("Bima",))

    rules(unsigned)
    report = reextract.reextract(store, kept)
    assert report.fields == {"authors": 40}
    assert store.value("SELECT count(*) FROM articles WHERE body LIKE '%Unduh%'") == 0
    assert learning.bring_up_to_date(FurnitureStore(store), list(range(1, 41))) == 0


def test_killed_it_goes_on_and_with_other_rules_it_begins_anew(
    kept: Archive, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(7):
        kept.keep(fetch(number))
    finish_unread(store, kept)
    monkeypatch.setattr(reextract, "BATCH", 2)

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    for left in (5, 3):
        with pytest.raises(KeyboardInterrupt):
            reextract.reextract(store, kept, progress=stop)
        assert sum(fetch.id > 7 - left for fetch in kept.fetches()) == left
    report = reextract.reextract(store, kept)
    assert (report.went_on, report.pages) == (True, 3)
    with pytest.raises(KeyboardInterrupt):
        reextract.reextract(store, kept, progress=stop)
    monkeypatch.setattr(reextract, "rules_hash", lambda: "other")
    report = reextract.reextract(store, kept)
    assert (report.went_on, report.pages) == (False, 7)


def test_an_outlet_and_a_day_are_chosen(kept: Archive, store: Store) -> None:
    for number in range(4):
        kept.keep(fetch(number, day=number, outlet="ab"[number % 2]))
    finish_unread(store, kept)
    assert reextract.reextract(store, kept, outlet="a").pages == 2
    assert reextract.reextract(store, kept, since="2026-05-08").pages == 2
    assert reextract.reextract(store, kept, outlet="b", since="2026-05-08").pages == 1


def test_the_pages_of_an_article_are_joined_and_half_of_them_wait_for_the_crawl(kept: Archive, store: Store) -> None:
    first = fetch(1, html(1, onward=f"{SITE}/1?page=2"))
    second = fetch(1, html(2, "di halaman kedua"), url=f"{SITE}/1?page=2")
    kept.keep(first)
    store.connection.execute(
        "INSERT INTO pages (url, outlet, status, announced_text, first_seen_at)"
        f" VALUES ('{SITE}/1', 'harian.example.org', 'due', '5 Mei 2026', '2026-05-06T09:00:00Z')"
    )
    report = finish_unread(store, kept)
    assert (report.left, report.pages) == (1, 0)
    kept.keep(second)
    assert finish_unread(store, kept).outcomes == {"new": 1}
    [row] = store.rows("SELECT body, page_count, published_day FROM articles")
    assert (row["page_count"], row["published_day"]) == (2, "2026-05-05")
    assert "di halaman kedua" in row["body"]
    assert reextract.reextract(store, kept).outcomes == {"unchanged": 1}
    kept.connection.execute("DELETE FROM fetches WHERE url LIKE '%page=2'")
    assert reextract.reextract(store, kept).outcomes == {"unchanged": 1}, "half of it says less than all did"
    assert store.value("SELECT page_count FROM articles") == 2


def test_pages_that_were_let_go_are_passed_over(kept: Archive, store: Store) -> None:
    for number in range(3):
        kept.keep(fetch(number))
    finish_unread(store, kept)
    kept.connection.execute("PRAGMA foreign_keys = OFF")
    kept.connection.execute("DELETE FROM bodies WHERE hash = (SELECT hash FROM fetches WHERE id = 2)")
    assert reextract.reextract(store, kept).pages == 2


def test_the_rules_are_known_by_what_they_are() -> None:
    assert rules_hash() == rules_hash()
    assert len(rules_hash()) == 64
