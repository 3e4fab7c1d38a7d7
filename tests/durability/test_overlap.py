"""A hundred starts at once, and readers in a loop while others write: one works, the others say who; nobody is hurt."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from killing import Commands, assert_finished, assert_whole, is_alive, read_only, seen, stories_of
from site_of_pages import Site

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are watched through /proc"),
]
HELD = re.compile(r"newscrawl: (\S+): `newscrawl (\w+)[^`]*` \(process (\d+), since \S+\) is at work on this store\.")
LOCKED = 75


@pytest.fixture
def commands(tmp_path: Path) -> Iterator[Commands]:
    with Commands(tmp_path) as started:
        yield started


def wait_for_pages(site: Site, pid: int, pages: int) -> None:
    """Wait until a crawl has asked for so many pages."""
    while site.pages_served < pages:
        assert is_alive(pid)
        time.sleep(0.02)


# --- starts that overlap ------------------------------------------------------------------------


def test_of_a_hundred_overlapping_starts_one_works(commands: Commands, tmp_path: Path) -> None:
    with Site(40) as site:
        site.configuration(tmp_path)
        site.gate.clear()
        pids = [commands.start("run", "--now", out=str(tmp_path / f"{n}.txt")) for n in range(100)]
        codes: dict[int, int | None] = {}
        for number, pid in enumerate(pids):  # the one that works is waited for at the end, when the others have ended
            codes[number] = None if works(tmp_path / f"{number}.txt", pid) else commands.wait(pid)
        site.gate.set()
        worked = [number for number, code in codes.items() if code is None]
        codes |= {number: commands.wait(pids[number]) for number in worked}
        assert Counter(codes.values()) == {LOCKED: 99, 0: 1}
        (one,) = worked
        for number in set(codes) - {one}:
            found = HELD.search((tmp_path / f"{number}.txt").read_text())
            assert found, (tmp_path / f"{number}.txt").read_text()
            assert (found[2], int(found[3])) == ("run", pids[one])
        assert_finished(tmp_path / "x.db", site)
        with read_only(tmp_path / "x.db") as connection:
            assert connection.execute("SELECT id, status FROM runs").fetchall() == [(1, "good")]
        assert not (tmp_path / "x.db.lock").read_text()


def works(out: Path, pid: int) -> bool:
    """Wait until a start was refused; tell whether it was not and works instead."""
    end = time.monotonic() + 60
    while is_alive(pid) and time.monotonic() < end:
        if f"(process {pid}," in (out.parent / "x.db.lock").read_text():
            return True
        time.sleep(0.01)
    return False


def test_a_start_right_after_a_kill_is_not_refused(commands: Commands, tmp_path: Path) -> None:
    with Site(40) as site:
        site.configuration(tmp_path)
        site.gate.clear()
        for kill in (os.kill, os.killpg):
            pid = commands.start("run", "--now", "--jobs", 2)
            wait_for_pages(site, pid, site.pages_served + 1)
            kill(pid, signal.SIGKILL)
            assert commands.wait(pid) == -signal.SIGKILL
            code, said = commands.run("cluster", "--db", tmp_path / "x.db")
            assert code == 0, said


def test_everything_that_writes_is_kept_out_while_a_run_is_at_work(commands: Commands, tmp_path: Path) -> None:
    with Site(40) as site:
        site.configuration(tmp_path)
        site.gate.clear()
        site.as_lines(tmp_path / "few.jsonl")
        pid = commands.start("run", "--now")
        wait_for_pages(site, pid, 1)
        for others in (("cluster",), ("ingest", "few.jsonl"), ("run", "--now", "kabar_a"), ("reextract",)):
            out = tmp_path / f"{others[0]}.txt"
            code, _ = commands.run(*others, out=str(out))
            said = out.read_text()
            assert code == LOCKED, said
            held = HELD.search(said)
            assert held, said
            assert int(held[3]) == pid
        site.gate.set()
        assert commands.wait(pid) == 0


# --- readers ------------------------------------------------------------------------------------

QUERIES = (
    "SELECT count(*), sum(length(body)) FROM articles",
    "SELECT story_id, count(*) FROM coverage_list GROUP BY story_id",
    "SELECT * FROM story_list LIMIT 50",
    "SELECT * FROM quotation_list LIMIT 50",
    "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH 'ujar'",
    "SELECT * FROM outlet_health",
    "SELECT a.url FROM articles AS a JOIN versions AS v ON v.article_id = a.id AND v.number = a.version"
    " WHERE v.body <> a.body",
)


class Reader:
    """Reads a store in a loop, in a thread of its own, until it is told to stop; keeps what went wrong."""

    def __init__(self, read: Callable[[], object]) -> None:
        self.read, self.reads = read, 0
        self.troubles: list[str] = []
        self.stop = Event()
        self.thread = Thread(target=self.loop)

    def loop(self) -> None:
        """Read until it is enough."""
        while not self.stop.is_set():
            try:
                self.read()
            except (sqlite3.Error, AssertionError) as error:
                self.troubles.append(repr(error))
            self.reads += 1
            time.sleep(0.1)


def analyst(db: Path) -> Callable[[], object]:
    """Ask every query of a store opened for it."""

    def read() -> None:
        with read_only(db) as connection:
            answers = [connection.execute(query).fetchall() for query in QUERIES]
        assert answers[-1] == [], "an article whose text is not that of its version"

    return read


def user(commands: Commands, db: Path, *args: object, codes: set[int]) -> Callable[[], object]:
    """Run a command again and again."""

    def read() -> None:
        out = db.parent / f"{args[0]}.txt"
        code, _ = commands.run(*args, "--db", db, out=str(out))
        said = out.read_text("utf-8", "replace")
        out.unlink()
        assert code in codes, said
        assert "Traceback" not in said, said

    return read


def test_readers_in_a_loop_during_a_crawl_and_a_clustering_meet_no_error(commands: Commands, tmp_path: Path) -> None:
    db = tmp_path / "x.db"
    with Site(150) as site, Commands(tmp_path) as second, Commands(tmp_path) as third:
        site.configuration(tmp_path)
        pid = commands.start("run", "--now")
        while not seen(db).ids:
            assert is_alive(pid)
            time.sleep(0.02)
        title = site.articles[-1].title
        readers = [
            Reader(analyst(db)),
            Reader(lambda: seen(db)),
            Reader(user(second, db, "status", codes={0})),
            Reader(user(third, db, "check", title, codes={0, 4})),
        ]
        for reader in readers:
            reader.thread.start()
        crawled = commands.wait(pid)
        clustered, said = commands.run("cluster", "--rebuild", "--db", db)
        for reader in readers:
            reader.stop.set()
            reader.thread.join()
        assert (crawled, clustered) == (0, 0), said
        assert [reader.troubles for reader in readers] == [[], [], [], []]
        assert min(reader.reads for reader in readers) > 0
        assert_finished(db, site)
        assert_whole(db)
        assert stories_of(db) == site.stories
