"""A disk that is full at fifty points of a crawl, an ingest, a clustering: said once and clearly, nothing is lost."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from filling import AT_ONCE, Filling, full_while_crawling, full_while_reading_in, see_what_a_full_disk_says
from killing import Commands, read_only
from site_of_pages import Site

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are watched through /proc"),
]
PAGES = 60


@pytest.fixture
def commands(tmp_path: Path) -> Iterator[Commands]:
    with Commands(tmp_path) as started:
        yield started


def test_a_disk_that_is_full_at_fifty_points_loses_nothing(commands: Commands, tmp_path: Path) -> None:
    points = [*full_while_crawling(commands, tmp_path), *full_while_reading_in(commands, tmp_path)]
    assert len(set(points)) >= 50


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
        assert site.pages_served - kept <= AT_ONCE, "nothing is asked for that could not be kept"
        with read_only(db) as connection:
            left = dict(connection.execute("SELECT status, count(*) FROM pages GROUP BY status").fetchall())
            run = connection.execute("SELECT status, exit_code FROM runs").fetchall()
        assert left.keys() == {"article", "due"}, "a page is not to blame for our disk"
        assert run == [("failed", 2)]
        assert filling.run(*order)
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
            megabytes += 0.1
            subprocess.run(["mount", "-o", f"remount,size={int(megabytes * 1024)}k", str(small_disk)], check=True)
            assert len(filling.points) < 40
        assert len(filling.points) >= 3
        assert filling.before.ids.keys() == site.bodies().keys()


def test_a_disk_without_one_byte_left_is_said_so(commands: Commands, tmp_path: Path, small_disk: Path) -> None:
    with Site(40) as site:
        site.configuration(tmp_path)
        (small_disk / "other").write_bytes(bytes(shutil.disk_usage(small_disk).free))
        assert not shutil.disk_usage(small_disk).free
        see_what_a_full_disk_says(*commands.run("run", "--now", "--db", small_disk / "x.db"))
        subprocess.run(["mount", "-o", "remount,size=64m", str(small_disk)], check=True)
        assert commands.run("run", "--now", "--db", small_disk / "x.db")[0] == 0
