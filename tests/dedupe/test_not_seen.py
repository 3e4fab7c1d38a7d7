from datetime import UTC, datetime
from typing import Any

import pytest

from dedupe import RunStore, Store, cluster, coverage
from dedupe.not_seen import DAYS_AFTER, NotSeen, not_seen

FIRST, LAST = 5, 7
"""Days of May on which the story's articles were seen here."""
BODY = "Banjir di Muara merendam tiga rumah warga pada hari ini. “Airnya cepat sekali naik,” kata Sukma."


@pytest.fixture
def story(store: Store, make: Any) -> int:
    """A story of two outlets, seen on the 5th and the 7th; a third outlet, Kabar, has nothing of it."""
    for outlet, day in (("warta", FIRST), ("harian", LAST)):
        article = make(
            "banjir", BODY, outlet=outlet, day=f"2026-05-0{day}", fetched_at=datetime(2026, 5, day, 8, tzinfo=UTC)
        )
        store.save_article(article)
    cluster(store)
    follow(store, "kabar")
    return int(store.value("SELECT story_id FROM coverage WHERE article_id = 1"))


def follow(store: Store, outlet: str, title: str | None = None) -> None:
    store.connection.execute(
        "INSERT INTO outlets (name, title, first_seen_at) VALUES (?, ?, '2026-01-01')", (outlet, title)
    )


def run(
    store: Store, started: str, ended: str | None, finished: str = "finished", status: str = "good", **counts: int
) -> None:
    """One run at the outlet Kabar."""
    runs = RunStore(store)
    run_id = runs.start("run", ["kabar"])
    runs.note_outlets(run_id, {"kabar": {"listings": 1, **counts, "finished": finished}})
    store.connection.execute(
        "UPDATE runs SET started_at = ?, finished_at = ?, status = ? WHERE id = ?", (started, ended, status, run_id)
    )
    store.connection.execute("UPDATE run_outlets SET updated_at = ? WHERE run_id = ?", (ended or started, run_id))


def told(store: Store, story: int) -> NotSeen:
    found = coverage(store, story)
    assert found is not None
    return not_seen(store, found)


def of_kabar(store: Store, story: int) -> str:
    """What is said of the outlet Kabar."""
    found = told(store, story)
    said = [kind for kind in ("crawled", "failed", "not_followed") if "kabar" in getattr(found, kind)]
    assert len(said) == 1
    return said[0]


def test_nobody_looked(store: Store, story: int) -> None:
    assert told(store, story) == NotSeen((), (), ("kabar",))


@pytest.mark.parametrize(
    ("started", "ended", "said"),
    [
        ("2026-05-05T00:00:00Z", "2026-05-05T00:10:00Z", "crawled"),
        ("2026-05-06T03:00:00Z", "2026-05-06T03:10:00Z", "crawled"),
        ("2026-05-04T23:00:00Z", "2026-05-04T23:10:00Z", "not_followed"),  # the day before
        ("2026-05-04T23:00:00Z", "2026-05-05T00:10:00Z", "crawled"),  # over midnight
        ("2026-05-09T23:00:00Z", "2026-05-09T23:50:00Z", "crawled"),  # two days after the last
        ("2026-05-10T00:00:00Z", "2026-05-10T00:10:00Z", "not_followed"),
    ],
)
def test_the_days_of_a_story(started: str, ended: str, said: str, store: Store, story: int) -> None:
    assert DAYS_AFTER == 2
    run(store, started, ended)
    assert of_kabar(store, story) == said


@pytest.mark.parametrize(
    ("finished", "status", "counts", "said"),
    [
        ("finished", "good", {}, "crawled"),
        ("run-minutes", "good", {}, "crawled"),
        ("shutdown", "stopped", {}, "failed"),
        ("closespider_errorcount", "failed", {}, "failed"),
        ("", "crashed", {}, "failed"),
        ("", "running", {}, "not_followed"),  # it says nothing yet
        ("finished", "failed", {"listings": 0, "listings_failed": 3}, "failed"),  # it saw nothing
        ("finished", "good", {"listings": 1, "listings_failed": 3}, "crawled"),
        ("finished", "good", {"listings": 0, "listings_failed": 1, "listings_unchanged": 1}, "crawled"),
    ],
)
def test_what_counts_as_having_looked(
    finished: str, status: str, counts: dict[str, int], said: str, store: Store, story: int
) -> None:
    run(
        store,
        "2026-05-06T03:00:00Z",
        None if status == "running" else "2026-05-06T03:10:00Z",
        finished,
        status,
        **counts,
    )
    assert of_kabar(store, story) == said


def test_one_good_crawl_is_enough(store: Store, story: int) -> None:
    run(store, "2026-05-05T03:00:00Z", "2026-05-05T03:10:00Z", "shutdown", "stopped")
    assert of_kabar(store, story) == "failed"
    run(store, "2026-05-06T03:00:00Z", "2026-05-06T03:10:00Z")
    assert of_kabar(store, story) == "crawled"
    run(store, "2026-05-06T09:00:00Z", "2026-05-06T09:10:00Z", "shutdown", "stopped")
    assert of_kabar(store, story) == "crawled"


def test_articles_of_those_days_from_files_count_as_looking(store: Store, story: int, make: Any) -> None:
    store.save_article(
        make("pasar", "Pasar ramai.", outlet="kabar", day="2026-05-06", fetched_at=datetime(2026, 9, 1, tzinfo=UTC))
    )
    assert of_kabar(store, story) == "crawled"


@pytest.mark.parametrize("day", ["2026-05-04", "2026-05-08", None])
def test_articles_of_other_days_do_not(day: str | None, store: Store, story: int, make: Any) -> None:
    store.save_article(make("pasar", "Pasar ramai.", outlet="kabar", day=day))
    assert of_kabar(store, story) == "not_followed"


def test_an_outlet_that_was_followed_later_was_not_followed_then(store: Store, story: int, make: Any) -> None:
    run(store, "2026-06-01T03:00:00Z", "2026-06-01T03:10:00Z")  # its listing reached back into May
    store.save_article(
        make("pasar", "Pasar ramai.", outlet="kabar", day="2026-05-06", fetched_at=datetime(2026, 6, 1, tzinfo=UTC))
    )
    assert of_kabar(store, story) == "not_followed"


def test_an_outlet_that_has_it_is_not_named(store: Store, story: int, make: Any) -> None:
    found = told(store, story)
    assert not {"warta", "harian"} & {*found.crawled, *found.failed, *found.not_followed}


def test_titles_are_told_in_their_order(store: Store, story: int) -> None:
    for name, title in (("x", "zeta"), ("y", "Alfa"), ("z", "beta"), ("w", None)):
        follow(store, name, title)
    assert told(store, story).not_followed == ("Alfa", "beta", "kabar", "w", "zeta")


def test_a_story_without_articles_says_nothing(store: Store, story: int) -> None:
    found = coverage(store, story)
    assert found is not None
    assert not_seen(store, type(found)(**{**vars(found), "coverage": ()})) == NotSeen((), (), ())
