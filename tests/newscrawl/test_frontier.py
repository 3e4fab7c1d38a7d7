from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe import Article, Reject, open_store
from newscrawl.archive import Fetch, open_archive
from newscrawl.discovery import Link
from newscrawl.frontier import TRIES, Frontier, with_canonical_address

Shared = Callable[[], tuple[Frontier, str]]
OUTLET = "harian"
NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)


def fresh(folder: Path) -> Frontier:
    db = folder / "news.db"
    return Frontier(open_store(db), open_archive(db))


@pytest.fixture
def frontier(tmp_path: Path) -> Iterator[Frontier]:
    opened = fresh(tmp_path)
    yield opened
    opened.store.close()
    opened.archive.close()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """One store for all examples of a property, and a new outlet's name for each."""
    opened = fresh(tmp_path_factory.mktemp("frontier"))
    number = iter(range(10**9))
    yield lambda: (opened, f"outlet{next(number)}")
    opened.store.close()
    opened.archive.close()


def link(number: int, modified: datetime | None = None) -> Link:
    return Link(
        url=f"https://harian.example.org/{number}",
        published_text="6 Mei 2026",
        title=None,
        modified_text=modified.isoformat() if modified else None,
    )


def article(number: int, **more: object) -> Article:
    return Article(**{  # type: ignore[arg-type]
        "url": link(number).url, "outlet": OUTLET, "title": "Bakau", "body": "Warga menanam bakau.",
        "fetched_at": NOW, **more,
    })  # fmt: skip


def urls(links: list[Link]) -> list[str]:
    return [found.url for found in links]


def test_a_new_link_is_due_once(frontier: Frontier) -> None:
    assert urls(frontier.due(OUTLET, [link(1), link(2), link(1)])) == urls([link(1), link(2)])
    assert frontier.due(OUTLET, [link(1), link(2)]) == []


def test_what_was_announced_and_not_fetched_is_left_over(frontier: Frontier) -> None:
    frontier.due(OUTLET, [link(1), link(2)])
    frontier.store.save_article(article(1))
    assert urls(frontier.left_over(OUTLET)) == [link(2).url]
    assert frontier.left_over(OUTLET)[0].published_text == "6 Mei 2026"
    assert frontier.left_over("another") == []


def test_a_page_that_fails_is_left_over_a_few_times_only(frontier: Frontier) -> None:
    frontier.due(OUTLET, [link(1)])
    for times in range(1, TRIES + 1):
        frontier.store.save_reject(
            Reject(url=link(1).url, stage="fetch", reason="http-503", outlet=OUTLET, seen_at=NOW)
        )
        assert bool(frontier.left_over(OUTLET)) == (times < TRIES)


def test_what_robots_txt_forbids_is_not_asked_for_again(frontier: Frontier) -> None:
    frontier.due(OUTLET, [link(1)])
    frontier.store.save_reject(Reject(url=link(1).url, stage="fetch", reason="robots", outlet=OUTLET, seen_at=NOW))
    assert frontier.left_over(OUTLET) == []


@pytest.mark.parametrize(("later", "is_due"), [(-1, False), (0, False), (1, True)])
def test_a_listing_that_names_a_later_change_makes_a_page_due_again(
    frontier: Frontier,
    later: int,
    is_due: bool,  # noqa: FBT001 - a case
) -> None:
    frontier.due(OUTLET, [link(1)])
    frontier.store.save_article(article(1))
    changed = link(1, NOW + timedelta(minutes=later))
    assert bool(frontier.due(OUTLET, [changed])) == is_due
    assert bool(frontier.left_over(OUTLET)) == is_due


def test_forms_of_one_address_are_one_link_the_first_mention_first() -> None:
    found = with_canonical_address(
        [
            Link(url="https://harian.example.org/1?utm_source=rss", published_text="a", title=None, modified_text=None),
            Link(url="HTTPS://harian.example.org/1#top", published_text="b", title=None, modified_text=None),
        ]
    )
    assert [(one.url, one.published_text) for one in found] == [("https://harian.example.org/1", "a")]


listings = st.lists(st.lists(st.integers(0, 12), max_size=6), max_size=4)


@given(listings)
def test_every_address_is_due_exactly_once_whatever_the_listings(shared: Shared, told: list[list[int]]) -> None:
    frontier, outlet = shared()
    due: list[str] = []
    for listing in told:
        due += urls(frontier.due(outlet, [replace(link(n), url=f"https://{outlet}.example.org/{n}") for n in listing]))
    assert sorted(due) == sorted({f"https://{outlet}.example.org/{n}" for listing in told for n in listing})
    assert sorted(urls(frontier.left_over(outlet))) == sorted(due)


# --- saving and raw bodies ----------------------------------------------------------------------


def test_saving_twice_is_saving_once(frontier: Frontier) -> None:
    first = frontier.store.save_article(article(1))
    before = list(map(tuple, frontier.store.rows("SELECT * FROM articles")))
    second = frontier.store.save_article(article(1, fetched_at=NOW + timedelta(days=1)))
    assert (first.outcome, second.outcome) == ("new", "unchanged")
    assert second.article_id == first.article_id
    assert list(map(tuple, frontier.store.rows("SELECT * FROM articles"))) == before
    assert frontier.store.value("SELECT count(*) FROM versions") == 1


@given(st.binary(max_size=300), st.text("abc/", max_size=5))
def test_a_raw_body_comes_back_as_it_was(shared: Shared, body: bytes, path: str) -> None:
    frontier, outlet = shared()
    url = f"https://{outlet}.example.org/{path}"
    fetch = Fetch(url, url, outlet, 200, "text/html", body, NOW)
    key = frontier.archive.keep(fetch)
    assert frontier.archive.keep(fetch) == key
    assert frontier.archive.body(key) == body
    [(fetches,)] = frontier.archive.connection.execute("SELECT count(*) FROM fetches WHERE outlet = ?", (outlet,))
    assert fetches == 1


def test_a_raw_body_that_is_not_there(frontier: Frontier) -> None:
    with pytest.raises(KeyError):
        frontier.archive.body("00")
