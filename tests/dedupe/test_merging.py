from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe import (
    Article,
    Quote,
    Reject,
    RunStore,
    Store,
    cluster,
    merge_store,
    name_stories,
    open_store,
    stories_here,
    stories_there,
    waiting,
)

BEGIN = datetime(2026, 5, 4, 6, tzinfo=UTC)
Make = Callable[..., Article]
Dump = Callable[[Store], dict[str, list[tuple[Any, ...]]]]
BODY = (
    "Wali Kota Surya Pradipta meninjau banjir di Kampung Muara Jati. “Kami siapkan tiga dapur umum di sini,” katanya."
)


def visit(slug: int, revision: int, minute: int, *, outlet: str = "warta") -> Article:
    """One look at an article: its text differs by revision."""
    body = f"{BODY} Bagian {revision}."
    at = body.index("Kami")
    return Article(
        url=f"https://{outlet}.example/{slug}",
        outlet=outlet,
        title=f"Banjir {slug}",
        body=body,
        language="id",
        quotes=(Quote(text="Kami siapkan tiga dapur umum di sini,", start=at, end=at + 37, kind="direct"),),
        addresses=(f"https://m.{outlet}.example/{slug}",),
        fetched_at=BEGIN + timedelta(minutes=minute),
    )


def told(store: Store) -> dict[str, tuple[Any, ...]]:
    """What a store tells of its articles, by address, whatever their numbers are."""
    found = {}
    for row in store.rows("SELECT * FROM articles"):
        id_ = row["id"]
        present = tuple(row[name] for name in row.keys() if name != "id")  # noqa: SIM118 - a row
        versions = store.rows("SELECT number, title, body, seen_at FROM versions WHERE article_id = ?", (id_,))
        addresses = store.rows("SELECT url FROM addresses WHERE article_id = ? ORDER BY 1", (id_,))
        quotes = store.rows('SELECT position, text, "start", "end" FROM quotes WHERE article_id = ?', (id_,))
        page = store.rows(
            "SELECT p.url, p.status, p.failures, p.last_fetched_at, p.first_seen_at, a.url FROM pages AS p"
            " LEFT JOIN articles AS a ON a.id = p.article_id WHERE p.article_id = ?",
            (id_,),
        )
        found[row["url"]] = (present, *(tuple(map(tuple, rows)) for rows in (versions, addresses, quotes, page)))
    return found


def filled(path: Path, visits: Sequence[Article]) -> Store:
    store = open_store(path)
    for one in visits:
        store.save_article(one)
    return store


@settings(max_examples=40)
@given(st.data())
def test_shards_of_a_store_come_to_the_whole(data: st.DataObject) -> None:
    """Every look at a page went to one of some machines; a page may have been read by several of them."""
    drawn = data.draw(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2), st.booleans()), max_size=14))
    revisions: dict[int, int] = {}
    visits, homes = [], []
    for minute, (slug, shard, changed) in enumerate(drawn):
        revisions[slug] = revisions.get(slug, 0) + changed
        visits.append(visit(slug, revisions[slug], minute))
        homes.append(shard)
    order = data.draw(st.permutations(range(3)))
    with TemporaryDirectory() as folder:
        whole = filled(Path(folder) / "whole.db", visits)
        shards = [
            filled(Path(folder) / f"{n}.db", [one for one, home in zip(visits, homes, strict=True) if home == n])
            for n in order
        ]
        for shard in shards[1:]:
            merge_store(shards[0], shard)
        assert told(shards[0]) == told(whole)
        assert shards[0].rows("PRAGMA foreign_key_check") == []
        for shard in (whole, *shards):
            shard.close()


def test_merging_twice_changes_nothing(tmp_path: Path, contents: Dump) -> None:
    ours = filled(tmp_path / "a.db", [visit(1, 0, 0), visit(2, 0, 1)])
    theirs = filled(tmp_path / "b.db", [visit(1, 1, 5), visit(3, 0, 6, outlet="kabar")])
    theirs.save_reject(Reject(url="https://kabar.example/9", stage="read", reason="no-text", seen_at=BEGIN))
    RunStore(theirs).finish(RunStore(theirs).start("run", ["warta"]), "good")
    first = merge_store(ours, theirs)
    assert (first.articles, first.met, first.versions, first.rejects, first.runs) == (1, 1, 1, 1, 1)
    before = contents(ours)
    again = merge_store(ours, theirs)
    assert (again.articles, again.versions, again.rejects, again.runs, again.was_merged) == (0, 0, 0, 0, True)
    assert contents(ours) == before


def test_a_store_merged_with_itself_stays(tmp_path: Path, contents: Dump) -> None:
    store = filled(tmp_path / "a.db", [visit(1, 0, 0), visit(1, 1, 3), visit(2, 0, 1)])
    RunStore(store).finish(RunStore(store).start("run"), "good")
    with open_store(tmp_path / "a.db", readonly=True) as same:
        before = contents(store)
        merge_store(store, same)
        assert contents(store) == before


def test_an_older_text_that_comes_in_keeps_the_present_one(tmp_path: Path) -> None:
    ours = filled(tmp_path / "a.db", [visit(1, 1, 10)])
    cluster(ours)
    merge_store(ours, filled(tmp_path / "b.db", [visit(1, 0, 2)]))
    assert [row["seen_at"][11:16] for row in ours.rows("SELECT * FROM versions ORDER BY number")] == ["06:02", "06:10"]
    assert ours.value("SELECT version FROM articles") == 2
    assert ours.article(1).body.endswith("Bagian 1.")
    assert ours.value("SELECT first_seen_at FROM articles") == "2026-05-04T06:02:00Z"
    assert waiting(ours) == 0  # its text is as before


def test_times_of_rejects_are_added_and_what_came_later_is_no_reject(tmp_path: Path) -> None:
    def reject(minute: int, slug: int) -> Reject:
        url = f"https://warta.example/{slug}"
        return Reject(url=url, stage="fetch", reason="http-500", seen_at=BEGIN + timedelta(minutes=minute))

    ours, theirs = filled(tmp_path / "a.db", []), filled(tmp_path / "b.db", [visit(8, 0, 30)])
    for store, minutes in ((ours, (1, 2)), (theirs, (3,))):
        for minute in minutes:
            store.save_reject(reject(minute, 7))
    ours.save_reject(reject(1, 8))
    merge_store(ours, theirs)
    rows = [(row["url"][-1], row["times"], row["last_seen_at"]) for row in ours.rows("SELECT * FROM rejects")]
    assert rows == [("7", 3, "2026-05-04T06:03:00Z")]
    pages = {row["url"][-1]: (row["status"], row["failures"]) for row in ours.rows("SELECT * FROM pages")}
    assert pages == {"7": ("failed", 1), "8": ("article", 0)}


def test_learned_furniture_goes_with_its_lines(tmp_path: Path) -> None:
    theirs = filled(tmp_path / "b.db", [visit(1, 0, 0)])
    theirs.connection.execute(
        'INSERT INTO furniture (outlet, kind, text, articles, "of", days, first_day, last_day)'
        " VALUES ('warta', 'line', 'bagian 0.', 9, 9, 9, '2026-05-01', '2026-05-09')"
    )
    theirs.connection.execute("INSERT INTO furniture_lines VALUES (1, 0, 112, 121, 1)")
    ours = filled(tmp_path / "a.db", [visit(5, 0, 0, outlet="kabar")])
    merge_store(ours, theirs)
    row = ours.rows("SELECT * FROM furniture_lines JOIN furniture ON id = furniture_id")[0]
    assert (row["article_id"], row["start"], row["text"], row["outlet"]) == (2, 112, "bagian 0.", "warta")
    due = ours.rows("SELECT is_due, gone_through FROM furniture_due WHERE outlet = 'warta'")
    assert [tuple(one) for one in due] == [(1, 0)]


def test_stories_of_the_first_store_keep_their_ids_and_those_of_others_are_told(tmp_path: Path, make: Make) -> None:
    drawn = random.Random(1)
    text = " ".join(f"Kata{drawn.randrange(90)} peristiwa{drawn.randrange(90)}." for _ in range(80))
    ours = filled(tmp_path / "a.db", [make("x", text, outlet="satu"), make("y", "Pasar buka pagi.", outlet="satu")])
    theirs = filled(tmp_path / "b.db", [make("z", "Kapal kandas.", outlet="dua"), make("w", text, outlet="dua")])
    cluster(ours)
    cluster(theirs)
    before = {row["article_id"]: row["story_id"] for row in ours.rows("SELECT * FROM coverage")}
    report = merge_store(ours, theirs)
    cluster(ours)
    after = {row["article_id"]: row["story_id"] for row in ours.rows("SELECT * FROM coverage")}
    assert {i: after[i] for i in before} == before
    where = stories_here(ours, stories_there(theirs), report.ids)
    old = {row["article_id"]: row["story_id"] for row in theirs.rows("SELECT * FROM coverage")}
    assert where == {old[1]: after[report.ids[1]], old[2]: before[1]}


def test_decisions_of_editors_come_along(tmp_path: Path, make: Make) -> None:
    from dedupe import merge  # noqa: PLC0415 - the editor's, apart from what is tested here

    ours = filled(tmp_path / "a.db", [make("x", "Pasar buka pagi hari ini.", outlet="satu")])
    theirs = filled(
        tmp_path / "b.db", [make("z", "Kapal kandas di karang.", outlet="dua"), make("w", "Pasar.", outlet="dua")]
    )
    cluster(ours)
    cluster(theirs)
    merge(theirs, 1, 2, by="Rani", why="satu peristiwa")
    assert merge_store(ours, theirs).decisions == 1
    cluster(ours)
    name_stories(ours)
    story = ours.value("SELECT story_id FROM decisions")
    assert [row["article_id"] for row in ours.rows("SELECT * FROM coverage WHERE story_id = ?", (story,))] == [2, 3]
    assert merge_store(ours, theirs).decisions == 0


def test_outlets_are_filled_in(tmp_path: Path) -> None:
    ours, theirs = filled(tmp_path / "a.db", []), filled(tmp_path / "b.db", [])
    ours.save_outlet("warta", title="Warta")
    theirs.save_outlet("warta", title="Other", country="ID")
    merge_store(ours, theirs)
    row = ours.rows("SELECT * FROM outlets")[0]
    assert (row["title"], row["country"]) == ("Warta", "ID")
