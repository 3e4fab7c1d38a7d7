from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dedupe import Article, Reject, StoreError, StoreFullError, connect, open_store, transaction
from newscrawl import sharing
from newscrawl.archive import Fetch, open_archive
from newscrawl.frontier import End, Frontier, Validators, Watcher
from newscrawl.sharing import Shared, together

NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)
LONE_SURROGATE = "\ud800"  # what SQLite refuses to take


async def all_at_once(shared: Shared[int, str], writes: Sequence[int]) -> list[str | BaseException]:
    return await asyncio.gather(*map(shared.commit, writes), return_exceptions=True)


def test_writes_that_come_together_share_one_commit_and_each_has_its_own_answer() -> None:
    commits: list[list[int]] = []

    def write(several: Sequence[int]) -> list[str | Exception]:
        commits.append(list(several))
        return [f"kept {one}" for one in several]

    assert asyncio.run(all_at_once(Shared(write), [3, 1, 2])) == ["kept 3", "kept 1", "kept 2"]
    assert commits == [[3, 1, 2]]


def test_nobody_is_told_before_the_commit_and_a_full_group_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "SECONDS", 3600.0)
    told: list[int] = []

    def write(several: Sequence[int]) -> list[str | Exception]:
        assert told == []
        return ["kept" for _ in several]

    async def ask(shared: Shared[int, str], one: int) -> None:
        await shared.commit(one)
        told.append(one)

    async def crawl() -> None:
        shared: Shared[int, str] = Shared(write)
        early = [asyncio.ensure_future(ask(shared, one)) for one in range(sharing.MOST - 1)]
        await asyncio.sleep(0)
        assert told == []
        await asyncio.gather(*early, ask(shared, sharing.MOST - 1))

    asyncio.run(asyncio.wait_for(crawl(), 60))
    assert sorted(told) == list(range(sharing.MOST))


def test_what_went_wrong_with_one_write_is_raised_there_alone() -> None:
    def write(several: Sequence[int]) -> list[str | Exception]:
        return [ValueError(f"bad {one}") if one == 2 else f"kept {one}" for one in several]

    first, second, third = asyncio.run(all_at_once(Shared(write), [1, 2, 3]))
    assert (first, third) == ("kept 1", "kept 3")
    assert isinstance(second, ValueError)


def test_where_nothing_can_be_written_at_all_everybody_is_told() -> None:
    def write(several: Sequence[int]) -> list[str | Exception]:
        raise StoreError(f"{len(several)} writes, and no store")

    assert {str(error) for error in asyncio.run(all_at_once(Shared(write), [1, 2]))} == {"2 writes, and no store"}


def test_who_has_gone_is_not_told_and_what_it_asked_for_is_written() -> None:
    written: list[int] = []

    def write(several: Sequence[int]) -> list[str | Exception]:
        written.extend(several)
        return ["kept" for _ in several]

    async def crawl() -> None:
        shared: Shared[int, str] = Shared(write)
        gone = asyncio.ensure_future(shared.commit(1))
        await asyncio.sleep(0)
        gone.cancel()
        assert await shared.commit(2) == "kept"

    asyncio.run(crawl())
    assert written == [1, 2]


@pytest.fixture
def numbers(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(connect(tmp_path / "numbers.db", readonly=False)) as connection:
        connection.execute("CREATE TABLE numbers (n INTEGER UNIQUE)")
        yield connection


def test_one_bad_write_leaves_the_others_of_its_transaction_whole(numbers: sqlite3.Connection) -> None:
    def write(one: int) -> int:
        with transaction(numbers):
            numbers.execute("INSERT INTO numbers VALUES (?)", (one,))
            if one < 0:
                raise ValueError("a negative number")
        return one

    came = together(write, [1, -2, 3, 3], lambda: transaction(numbers))
    assert [str(one) for one in came] == ["1", "a negative number", "3", "UNIQUE constraint failed: numbers.n"]
    assert [row["n"] for row in numbers.execute("SELECT n FROM numbers ORDER BY n")] == [1, 3]


# --- pages of a crawl -----------------------------------------------------------------------------


@pytest.fixture
def frontier(tmp_path: Path) -> Frontier:
    return Frontier(open_store(tmp_path / "news.db"), open_archive(tmp_path / "news.db"), lambda: NOW)


def article(number: int) -> Article:
    return Article(
        url=f"https://harian.example/{number}",
        outlet="harian",
        title=f"Judul {number}",
        body=f"Warga menanam bakau nomor {number} di pantai pada Sabtu pagi.",
        addresses=(f"https://harian.example/{number}",),
        fetched_at=NOW,
    )


def end(item: Article | Reject) -> End:
    return End(item, item.url, Validators('"a"'))


def stored(frontier: Frontier) -> list[str]:
    return [row["url"] for row in frontier.store.rows("SELECT url FROM articles ORDER BY url")]


def test_pages_that_end_together_are_stored_together(frontier: Frontier) -> None:
    reject = Reject(url="https://harian.example/9", stage="read", reason="no-text", outlet="harian", seen_at=NOW)
    begun: list[str] = []
    frontier.store.connection.set_trace_callback(lambda sent: begun.append(sent) if "BEGIN" in sent else None)
    assert frontier.end_all([end(article(1)), end(reject), end(article(2)), end(article(1))]) == [
        "new", "rejected", "new", "unchanged",
    ]  # fmt: skip
    assert len(begun) == 1
    assert stored(frontier) == [article(1).url, article(2).url]


def test_a_page_that_cannot_be_stored_harms_no_other(frontier: Frontier) -> None:
    bad = replace(article(2), title=LONE_SURROGATE)
    first, second, third = frontier.end_all([end(article(1)), end(bad), end(article(3))])
    assert (first, third) == ("new", "new")
    assert isinstance(second, UnicodeEncodeError)
    assert stored(frontier) == [article(1).url, article(3).url]
    assert not frontier.store.connection.in_transaction


def test_a_body_that_cannot_be_kept_harms_no_other(frontier: Frontier) -> None:
    fetch = Fetch(article(1).url, article(1).url, "harian", 200, "text/html", b"<p>satu</p>", NOW)
    good, bad = frontier.keep_all([fetch, replace(fetch, content_type=LONE_SURROGATE, body=b"<p>dua</p>")])
    assert isinstance(bad, UnicodeEncodeError)
    assert isinstance(good, str)
    assert frontier.archive.body(good) == fetch.body
    assert frontier.archive.number() == 1


@pytest.mark.parametrize("several", [1, 5])
def test_a_full_disk_is_told_at_once_and_what_fits_is_kept(
    frontier: Frontier, several: int, several_pages: Callable[[int], list[End]]
) -> None:
    told: list[StoreFullError] = []
    watcher = Watcher(frontier, told.append)
    used = frontier.store.value("PRAGMA page_count")
    frontier.store.connection.execute(f"PRAGMA max_page_count = {used}")
    came = watcher.end_all(several_pages(several))
    assert len(came) == several
    assert all(isinstance(one, StoreFullError) for one in came)
    assert len(told) == 1
    assert stored(frontier) == []
    frontier.store.connection.execute("PRAGMA max_page_count = 100000")
    assert set(watcher.end_all(several_pages(several))) == {"new"}


@pytest.fixture
def several_pages() -> Callable[[int], list[End]]:
    return lambda several: [end(replace(article(n), body=article(n).body * 200)) for n in range(several)]
