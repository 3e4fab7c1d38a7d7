from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from dedupe import StoreError
from newscrawl.lock import LockHeldError, held_by, lock


def test_a_second_holder_is_told_who_the_first_is(tmp_path: Path) -> None:
    db = tmp_path / "x.db"
    assert held_by(db) is None
    with lock(db, "run warta"):
        assert f"`newscrawl run warta` (process {os.getpid()}" in str(held_by(db))
        with pytest.raises(LockHeldError, match="`newscrawl run warta`"), lock(db, "ingest"):
            pass
    assert held_by(db) is None
    with lock(db, "ingest"):
        pass


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from newscrawl.lock import lock\n"
        "with lock(Path(sys.argv[1]), 'run'): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, tmp_path / "x.db"], stdout=subprocess.PIPE) as child:
        assert child.stdout
        assert child.stdout.readline()
        assert "newscrawl run" in str(held_by(tmp_path / "x.db"))
        child.kill()
    assert held_by(tmp_path / "x.db") is None
    with lock(tmp_path / "x.db", "run"):
        pass


def test_somebody_who_only_looks_does_not_end_a_start(tmp_path: Path) -> None:
    """A probe holds a shared lock for a moment."""
    db = tmp_path / "x.db"
    with lock(db, "run"):
        pass
    with (tmp_path / "x.db.lock").open() as probe:
        fcntl.flock(probe, fcntl.LOCK_SH)
        threading.Timer(0.04, lambda: fcntl.flock(probe, fcntl.LOCK_UN)).start()
        with lock(db, "run"):
            pass


def test_of_many_starts_at_once_one_holds(tmp_path: Path) -> None:
    outcomes: list[str] = []
    go = threading.Barrier(20)

    def start() -> None:
        go.wait()
        try:
            with lock(tmp_path / "x.db", "run"):
                outcomes.append("held")
                time.sleep(1.5)
        except LockHeldError:
            outcomes.append("refused")

    threads = [threading.Thread(target=start) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["held", *["refused"] * 19]


def test_what_stands_in_a_lock_file_cannot_steer_a_terminal(tmp_path: Path) -> None:
    db = tmp_path / "x.db"
    with (tmp_path / "x.db.lock").open("wb") as file:
        file.write(b"\x1b[2J\xff\x00evil\n" * 1000)
        file.flush()
        fcntl.flock(file, fcntl.LOCK_EX)
        said = str(held_by(db))
    assert "evil" in said
    assert said.isprintable()
    assert len(said) < 600


@pytest.mark.parametrize("name", ["", "folder"])
def test_a_folder_is_no_store(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError, match="is a directory"), lock(tmp_path / name, "run"):
        pass
