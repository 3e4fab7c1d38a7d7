from __future__ import annotations

import json
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from dedupe import StoreError, open_store
from newscrawl import backup
from newscrawl.archive import archive_path, open_archive
from newscrawl.lock import lock

Dump = Callable[[Path], dict[str, list[tuple[Any, ...]]]]


@pytest.fixture
def store(demo_copy: Path) -> Path:
    """A store of its own with everything the demo brings."""
    return demo_copy


def damage(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(path.stat().st_size // 2))


def test_a_backup_holds_both_files_whole(store: Path, dump: Dump, rows: Any, tmp_path: Path) -> None:
    done = backup.back_up(store, tmp_path / "kept", keep=3)
    assert [copy.path.name for copy in done.files] == [store.name, archive_path(store).name]
    assert dump(done.folder / store.name) == dump(store)
    count = "SELECT count(*) FROM bodies"
    assert rows(archive_path(done.folder / store.name), count) == rows(archive_path(store), count)
    assert [path.name for path in (tmp_path / "kept").iterdir()] == [done.folder.name]


def test_old_backups_go_and_nothing_else(store: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    for name in (f"{store.stem}-notes", f"{store.stem}-20200101T000000Z", "other-20200101T000000Z"):
        (kept / name).mkdir(parents=True)
    (kept / f"{store.stem}-20200101T000000Z" / "letter.txt").write_text("x")
    made = [backup.back_up(store, kept, keep=2).folder for _ in range(4)]
    left = {path.name for path in kept.iterdir()}
    assert {path.name for path in made[2:]} < left
    assert not {path.name for path in made[:2]} & left
    assert len(left) == 5
    assert (kept / f"{store.stem}-20200101T000000Z" / "letter.txt").exists()


def test_a_backup_beside_a_writer_is_of_one_moment(store: Path, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        with open_store(store) as mine:
            number = 0
            while not stop.is_set():
                with mine.transaction():
                    for part in ("a", "b"):
                        mine.connection.execute(
                            "INSERT INTO outlets (name, first_seen_at) VALUES (?, '2026-01-01T00:00:00Z')",
                            (f"{part}{number}",),
                        )
                number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        made = [backup.back_up(store, tmp_path / "kept", keep=9).folder for _ in range(5)]
    finally:
        stop.set()
        writer.join()
    for folder in made:
        with closing(sqlite3.connect(folder / store.name)) as copy:
            halves = [
                copy.execute("SELECT count(*) FROM outlets WHERE name GLOB ?", (f"{part}[0-9]*",)).fetchone()[0]
                for part in "ab"
            ]
        assert halves[0] == halves[1]


def test_a_damaged_store_makes_no_backup_and_takes_none_away(store: Path, tmp_path: Path) -> None:
    good = backup.back_up(store, tmp_path / "kept", keep=1).folder
    damage(archive_path(store))
    with pytest.raises(StoreError, match="is damaged"):
        backup.back_up(store, tmp_path / "kept", keep=1)
    assert list((tmp_path / "kept").iterdir()) == [good]


def test_a_disk_that_is_too_small_is_told_before_anything_is_written(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1000})())
    with pytest.raises(StoreError, match="Make room"):
        backup.back_up(store, tmp_path / "kept", keep=1)
    assert list((tmp_path / "kept").iterdir()) == []


def test_restoring_brings_everything_back_and_keeps_what_was_there(store: Path, dump: Dump, tmp_path: Path) -> None:
    before = dump(store)
    kept = backup.back_up(store, tmp_path / "kept", keep=1).folder
    with open_store(store) as mine:
        mine.connection.execute("DELETE FROM quotes")
    spoilt = dump(store)
    done = backup.restore(kept, store)
    assert dump(store) == before
    aside = next(path for path in done.put_aside if path.name.startswith(f"{store.name}.before-"))
    assert dump(aside) == spoilt
    with open_store(store) as mine:
        assert mine.value("SELECT count(*) FROM quotes")


@pytest.mark.parametrize("named", ["folder", "file"])
def test_restoring_where_nothing_is(named: str, store: Path, dump: Dump, tmp_path: Path) -> None:
    kept = backup.back_up(store, tmp_path / "kept", keep=1).folder
    target = tmp_path / "new" / "news.db"
    done = backup.restore(kept if named == "folder" else kept / store.name, target)
    assert done.put_aside == ()
    assert dump(target) == dump(store)
    open_archive(target).close()
    assert archive_path(target).exists()


def test_a_write_ahead_log_is_not_put_into_the_restored_file(store: Path, dump: Dump, tmp_path: Path) -> None:
    before = dump(store)
    kept = backup.back_up(store, tmp_path / "kept", keep=1).folder
    killed = tmp_path / "killed"
    killed.mkdir()
    with open_store(store) as mine:  # copied while open: as a kill -9 leaves it, with a log
        mine.connection.execute("DELETE FROM quotes")
        for path in store.parent.glob(f"{store.name}*"):
            shutil.copy(path, killed / path.name)
    assert (killed / f"{store.name}-wal").stat().st_size
    backup.restore(kept, killed / store.name)
    assert dump(killed / store.name) == before


def test_a_damaged_store_gives_way_and_a_damaged_backup_does_not_come_in(
    store: Path, dump: Dump, tmp_path: Path
) -> None:
    before = dump(store)
    kept = backup.back_up(store, tmp_path / "kept", keep=1).folder
    damage(store)
    backup.restore(kept, store)
    assert dump(store) == before
    damage(kept / store.name)
    with pytest.raises(StoreError):
        backup.restore(kept, store)
    assert dump(store) == before


def test_restoring_waits_for_nobody(store: Path, invoke: Any, tmp_path: Path) -> None:
    kept = backup.back_up(store, tmp_path / "kept", keep=1).folder
    with lock(store, "run"):
        done = invoke("restore", kept, "--db", store)
    assert done.exit_code == 75
    with closing(sqlite3.connect(store)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM articles").fetchone()
        done = invoke("restore", kept, "--db", store)
    assert done.exit_code == 2
    assert "is open elsewhere" in done.stderr


@pytest.mark.parametrize("what", ["missing", "text", "itself", "other"])
def test_what_is_no_backup_is_told(what: str, store: Path, dump: Dump, tmp_path: Path, invoke: Any) -> None:
    before = dump(store)
    given = {"missing": tmp_path / "no", "text": tmp_path / "x.db", "itself": store, "other": tmp_path / "o.db"}[what]
    (tmp_path / "x.db").write_text("no database at all, but longer than a header of one hundred bytes " * 9)
    with closing(sqlite3.connect(tmp_path / "o.db")) as other:
        other.execute("CREATE TABLE t (x)")
    done = invoke("restore", given, "--db", store)
    assert done.exit_code == 2
    assert str(given) in done.stderr
    assert dump(store) == before


def test_the_commands_say_what_they_did(store: Path, invoke: Any, tmp_path: Path) -> None:
    done = invoke("backup", "--db", store, "--to", tmp_path / "kept", "--keep", 1)
    assert done.exit_code == 0
    assert "checked" in done.stdout
    told = json.loads(invoke("backup", "--db", store, "--to", tmp_path / "kept", "--keep", 1, "--json").stdout)
    assert len(told["removed"]) == 1
    done = invoke("restore", told["folder"], "--db", store, "--json")
    assert done.exit_code == 0
    assert len(json.loads(done.stdout)["put_aside"]) == 2
    assert invoke("backup", "--db", tmp_path / "none.db").exit_code == 2
    assert not (tmp_path / "backups").exists()
