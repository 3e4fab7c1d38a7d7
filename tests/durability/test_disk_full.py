"""A disk that is full at fifty points of a crawl, an ingest, a clustering: said once and clearly, nothing is lost."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from killing import Commands, Seen, assert_kept, assert_whole, count, read_only, seen, stories_of
from site_of_pages import Site

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are watched through /proc"),
]
SAID = re.compile(r"newscrawl: (\S+): cannot be (?:written any more|used as \w+ [\w ]+) \((.+)\)\.")
PAGES = 60


def see_what_a_full_disk_says(code: int, said: str) -> None:
    """It ends by itself, names the file and the remedy once, and shows nobody a traceback."""
    assert code == 2, said
    assert "Traceback" not in said
    assert len(SAID.findall(said)) == 1, said


class Filling:
    """Commands on one store whose disk has a little more room each time."""

    def __init__(self, commands: Commands, db: Path) -> None:
        self.commands, self.db, self.before, self.points = commands, db, Seen(), 0

    def run(self, *args: object, **limits: Any) -> bool:
        """Run a command under a limit; tell whether it came to its end. What was there before is there."""
        code, said = self.commands.run(*args, "--db", self.db, **limits)
        assert_whole(self.db)
        after = seen(self.db)
        assert_kept(self.before, after)
        self.before = after
        if code == 0:
            return True
        see_what_a_full_disk_says(code, said)
        self.points += 1
        return False


@pytest.fixture
def commands(tmp_path: Path) -> Iterator[Commands]:
    with Commands(tmp_path) as started:
        yield started


def pages_used(path: Path) -> int:
    """How many pages a file of SQLite has; 0 where there is none."""
    if not path.exists():
        return 0
    with read_only(path) as connection:
        return int(connection.execute("PRAGMA page_count").fetchone()[0])


def test_a_store_without_room_at_twenty_points_of_a_crawl_loses_nothing(commands: Commands, tmp_path: Path) -> None:
    db = tmp_path / "x.db"
    with Site(PAGES) as site:
        site.configuration(tmp_path)
        filling, room = Filling(commands, db), 8
        while not filling.run("run", "--now", most_pages={"x.db": room}):
            before = site.pages_served
            room += 8 if filling.points < 12 else 24
            assert site.pages_served == before, "nothing is asked for that could not be kept"
        assert filling.points >= 15
        assert filling.before.ids.keys() == site.bodies().keys()
        assert stories_of(db) == site.stories


@pytest.mark.parametrize("jobs", [1, 2])
def test_an_archive_without_room_stops_the_crawl_at_once(commands: Commands, tmp_path: Path, jobs: int) -> None:
    db = tmp_path / "x.db"
    with Site(PAGES) as site:
        site.configuration(tmp_path)
        filling = Filling(commands, db)
        order = ("run", "--now", "--jobs", jobs)
        assert not filling.run(*order, most_pages={"x-pages.db": 14})
        kept = len(filling.before.bodies)
        assert 0 < kept < PAGES
        assert site.pages_served - kept <= 16, "nothing is asked for that could not be kept"
        with read_only(db) as connection:
            left = dict(connection.execute("SELECT status, count(*) FROM pages GROUP BY status").fetchall())
            run = connection.execute("SELECT status, exit_code FROM runs").fetchall()
        assert left.keys() == {"article", "due"}, "a page is not to blame for our disk"
        assert run == [("failed", 2)]
        assert filling.run(*order)
        assert filling.before.ids.keys() == site.bodies().keys()


def test_ingest_and_clustering_without_room_at_twenty_points_lose_nothing(commands: Commands, tmp_path: Path) -> None:
    db = tmp_path / "y.db"
    with Site(300) as site:
        file = site.as_lines(tmp_path / "many.jsonl")
        filling = Filling(commands, db)
        room = 110
        while not filling.run("ingest", file, "--no-cluster", "--jobs", 1, most_pages={"y.db": room}):
            room += 40
        used = pages_used(db)
        for more in range(1, 400, 12):
            if filling.run("cluster", most_pages={"y.db": used + more}):
                break
        assert filling.run("cluster")
        assert filling.points >= 20
        assert count(db, "articles") == 300
        assert stories_of(db) == site.stories


def test_files_that_may_not_grow_at_ten_points_lose_nothing(commands: Commands, tmp_path: Path) -> None:
    db = tmp_path / "x.db"
    with Site(PAGES) as site:
        site.configuration(tmp_path)
        filling, room = Filling(commands, db), 700_000
        while not filling.run("run", "--now", largest_file=room):
            room += 150_000
            assert filling.points < 60
        assert filling.points >= 5
        assert filling.before.ids.keys() == site.bodies().keys()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes, in memory."""
    place = tmp_path / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("a small disk can be mounted by root only, where mounting is allowed")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def test_a_small_disk_that_is_full_keeps_what_was_saved(commands: Commands, tmp_path: Path, small_disk: Path) -> None:
    db = small_disk / "x.db"
    with Site(PAGES) as site:
        site.configuration(tmp_path)
        filling, megabytes = Filling(commands, db), 2.0
        while not filling.run("run", "--now"):
            assert commands.run("status", "--db", db)[0] in {0, 2}, "a reader is told, not thrown at"
            megabytes += 0.5
            subprocess.run(["mount", "-o", f"remount,size={int(megabytes * 1024)}k", str(small_disk)], check=True)
            assert filling.points < 40
        assert filling.points >= 3
        assert filling.before.ids.keys() == site.bodies().keys()


def test_a_disk_without_one_byte_left_is_said_so(commands: Commands, tmp_path: Path, small_disk: Path) -> None:
    with Site(40) as site:
        site.configuration(tmp_path)
        (small_disk / "other").write_bytes(bytes(shutil.disk_usage(small_disk).free))
        assert not shutil.disk_usage(small_disk).free
        see_what_a_full_disk_says(*commands.run("run", "--now", "--db", small_disk / "x.db"))
        subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
        assert commands.run("run", "--now", "--db", small_disk / "x.db")[0] == 0
