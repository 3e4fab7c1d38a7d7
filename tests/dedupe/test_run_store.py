from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database, Migrations

from dedupe import Alarm, Article, Furniture, FurnitureStore, RunStore, open_store
from dedupe import store as store_module
from dedupe.run_store import ARTICLES_MEASURED, LONGEST_PIECE
from dedupe.store import SQL, statements


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[RunStore]:
    with open_store(tmp_path / "x.db") as store:
        yield RunStore(store)


def alarm(kind: str = "silent", outlet: str = "warta", text: str = "nothing new", subject: str = "") -> Alarm:
    return Alarm(outlet=outlet, kind=kind, subject=subject, text=text)


def test_a_run_that_never_ended_is_marked_as_crashed(runs: RunStore) -> None:
    first = runs.start("run")
    second = runs.start("run --all", ["warta"])
    runs.note_outlets(second, {"warta": {"links": 5, "finished": "finished"}})
    runs.note_outlets(second, {"warta": {"links": 6}})
    runs.finish(second, "good", exit_code=0, cpu_seconds={"crawl": 2.5})
    third = runs.start("run")
    assert {row["run_id"]: row["status"] for row in runs.runs(9)} == {
        first: "crashed",
        second: "good",
        third: "running",
    }
    [row] = runs.outlets_of(second)
    assert (row["links"], row["finished"]) == (6, "finished")
    found = runs.run(second)
    assert found
    assert (found["cpu_crawl"], found["cpu_stories"], found["exit_code"], found["outlets"]) == (2.5, None, 0, 1)


def test_every_outlet_has_a_row_from_the_start(runs: RunStore) -> None:
    run_id = runs.start("run", ["warta", "kabar", "warta"])
    assert [(row["outlet"], row["finished"]) for row in runs.outlets_of(run_id)] == [("kabar", ""), ("warta", "")]


@pytest.mark.parametrize(
    ("reason", "ended"),
    [("finished", True), ("run-minutes", True), ("shutdown", False), ("", False), ("closespider_timeout", False)],
)
def test_a_crawl_that_its_own_limit_of_minutes_ended_came_to_an_end(runs: RunStore, reason: str, ended: bool) -> None:  # noqa: FBT001 - a column of the table
    runs.store.save_outlet("warta", title="Warta")
    run_id = runs.start("run", ["warta"])
    runs.note_outlets(run_id, {"warta": {"finished": reason}})
    [health] = runs.store.rows("SELECT last_finished_at FROM outlet_health WHERE outlet = 'warta'")
    [row] = runs.store.rows("SELECT outlets_unfinished FROM run_list")
    assert (health["last_finished_at"] is not None, row["outlets_unfinished"]) == (ended, int(not ended))


def test_the_past_of_an_outlet_is_what_came_to_its_end(runs: RunStore) -> None:
    for reason in ("finished", "shutdown", "", "finished"):
        runs.note_outlets(runs.start("run", ["warta"]), {"warta": {"finished": reason}})
    last = runs.start("run", ["warta"])
    assert [row["run_id"] for row in runs.past("warta", last, 9)] == [4, 1]
    assert [row["run_id"] for row in runs.past("warta", last, 1)] == [4]
    assert [row["run_id"] for row in runs.past("warta", last, 9, since=2)] == [4]
    assert runs.past("kabar", last, 9) == []


def test_the_last_good_run_is_a_crawl(runs: RunStore) -> None:
    assert runs.last() is None
    good = runs.start("run", ["warta"])
    runs.finish(good, "good")
    failed = runs.start("run", ["warta"])
    runs.finish(failed, "failed")
    runs.finish(runs.start("ingest"), "good")
    runs.finish(runs.start("run", ["warta"]), "stopped")
    last, last_good = runs.last(), runs.last(good=True)
    assert last
    assert last_good
    assert (last["id"], last_good["id"]) == (failed, good)


def test_an_alarm_is_open_once_and_keeps_its_beginning(runs: RunStore) -> None:
    first, second = runs.start("run"), runs.start("run")
    runs.raise_alarms(first, [alarm(), alarm(outlet="kabar"), alarm("selector", subject="body_css")])
    runs.raise_alarms(second, [alarm(text="still nothing")])
    found = {(one.outlet, one.kind): one for one in runs.open_alarms()}
    assert len(found) == 3
    assert (found["warta", "silent"].run_id, found["warta", "silent"].text) == (first, "still nothing")
    runs.end_alarms(second, [found["warta", "silent"]])
    assert [one.kind for one in runs.open_alarms(["warta"])] == ["selector"]
    runs.raise_alarms(second, [alarm()])
    assert len(runs.open_alarms()) == 3
    assert [one.run_id for one in runs.alarms_of(second)] == [second]


def test_what_an_operator_accepts_ends_and_begins_the_past_anew(runs: RunStore) -> None:
    run_id = runs.start("run")
    runs.raise_alarms(run_id, [alarm(), alarm("dates")])
    assert {one.kind for one in runs.accept("warta")} == {"silent", "dates"}
    assert runs.open_alarms() == []
    assert runs.accepted_from("warta") == run_id
    assert runs.accepted_from("kabar") == 0
    assert runs.accept("warta") == []


def test_selectors_of_the_last_runs(runs: RunStore) -> None:
    for number in range(1, 5):
        runs.start("run")
        runs.note_selectors(number, "warta", {"body_css": ("p", 10, number), "title_css": ("h1", 10, 10)})
    found = runs.selectors("warta", 5, 2)
    assert [row["run_id"] for row in found if row["field"] == "body_css"] == [4, 3]


# --- how much of the texts goes as furniture -----------------------------------------------------


def furniture_of(runs: RunStore, run_id: int) -> dict[str, tuple[list[int], str]]:
    return {
        row["outlet"]: (json.loads(row["furniture_shares"]), row["furniture_most"]) for row in runs.outlets_of(run_id)
    }


def test_the_share_of_furniture_is_that_of_the_articles_that_a_run_brought(
    runs: RunStore, make: Callable[..., Article]
) -> None:
    store = runs.store
    store.save_article(make("before", "x" * 50, furniture=("y" * 50,)))
    newest, run_id = runs.newest_article(), runs.start("run", ["kabar", "pesisir", "warta"])
    store.save_article(make("a", "x" * 75, furniture=("simak video", "z" * 14)))
    store.save_article(make("b", "x" * 40))
    store.save_article(make("c", "", furniture=("iklan",)))
    store.save_article(make("a", "x" * 30, outlet="kabar", furniture=("w" * 120,)))
    runs.note_furniture(run_id, newest)
    assert furniture_of(runs, run_id) == {
        "kabar": ([80], "w" * LONGEST_PIECE + " ..."),
        "pesisir": ([], ""),
        "warta": ([25, 0, 100], "z" * 14),
    }


def test_learned_openings_count_under_one_name_whatever_follows(runs: RunStore, make: Callable[..., Article]) -> None:
    store, kept = runs.store, FurnitureStore(runs.store)
    run_id = runs.start("run", ["warta"])
    lines = [f"Warga menanam {n} bakau di muara." for n in range(4)]
    for n, line in enumerate(lines):
        store.save_article(make(f"a{n}", f"{line}\nBaca juga: Panen {n} ton", furniture=("Penulis: Ana Sari",)))
    counts = {"articles": 8, "of": 9, "days": 7, "first_day": "2026-05-01", "last_day": "2026-05-09"}
    with store.transaction():
        kept.save_learned("warta", [Furniture(kind="opening", text="baca juga:", **counts)])
        for printed, line in zip(kept.printed(range(1, 5)), lines, strict=True):
            kept.take_out(printed, line, {(1, 0, 22): ("opening", "baca juga:")}, ())
    runs.note_furniture(run_id, 0)
    assert furniture_of(runs, run_id) == {"warta": ([56] * 4, "baca juga: ...")}


def test_of_many_new_articles_some_are_measured(runs: RunStore, make: Callable[..., Article]) -> None:
    run_id = runs.start("run", ["warta", "kabar"])
    with runs.store.transaction():
        for n in range(ARTICLES_MEASURED + 5):
            runs.store.save_article(make(f"a{n}", "x" * 40))
        runs.store.save_article(make("a", "x" * 40, outlet="kabar"))
    runs.note_furniture(run_id, 0)
    found = furniture_of(runs, run_id)
    assert (len(found["warta"][0]), len(found["kabar"][0])) == (ARTICLES_MEASURED, 1)


def test_a_store_of_before_keeps_its_runs(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    older = Migrations(store_module.MIGRATION_SET)
    for script in sorted(f for f in SQL.iterdir() if f.name[:3] < "014" and f.name.endswith(".sql")):

        def run(db: Database, text: str = script.read_text("utf-8")) -> None:
            for statement in statements(text):
                db.execute(statement)

        older(name=script.name.removesuffix(".sql"))(run)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        older.apply(Database(connection))
        connection.execute("INSERT INTO runs VALUES (7, 'run', '2026-05-06T00:00:00Z', NULL, 'running', '')")
        connection.execute("INSERT INTO run_outlets (run_id, outlet, links, saved) VALUES (7, 'warta', 9, 4)")
    with open_store(path) as store:
        runs = RunStore(store)
        assert [(row["run_id"], row["status"], row["saved"]) for row in runs.runs(5)] == [(7, "running", 4)]
        assert runs.start("run", ["warta"]) == 8
        assert store.rows("PRAGMA foreign_key_check") == []
        assert store.value("PRAGMA integrity_check") == "ok"
