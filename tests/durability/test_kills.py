"""Crawls, ingests and clusterings killed at random moments: nothing is lost, doubled or half, and all is finished."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from killing import Commands, assert_finished, kill_crawl, kill_ingest, stories_of
from site_of_pages import Site

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are watched through /proc"),
]
SEED = 20260506


def test_a_crawl_killed_fourteen_times_finishes_the_site(tmp_path: Path) -> None:
    assert kill_crawl(tmp_path, SEED, 14).kills >= 12


def test_a_crawl_of_several_processes_killed_eight_times_finishes_the_site(tmp_path: Path) -> None:
    assert kill_crawl(tmp_path, SEED + 1, 8, jobs=(2,)).kills >= 7


def test_between_any_two_writes_the_store_is_as_a_kill_may_leave_it(tmp_path: Path) -> None:
    with Site(60) as site, Commands(tmp_path) as commands:
        site.configuration(tmp_path)
        db, file = tmp_path / "x.db", site.as_lines(tmp_path / "many.jsonl")
        assert commands.run("run", "--now", look=str(db))[0] == 0, commands.out.read_text()
        assert_finished(db, site)
        db = tmp_path / "y.db"
        for order in (("ingest", file, "--no-cluster", "--jobs", 1), ("cluster",)):
            assert commands.run(*order, "--db", db, look=str(db))[0] == 0, commands.out.read_text()
        assert stories_of(db) == site.stories


def test_an_ingest_and_a_clustering_killed_twenty_two_times_finish(tmp_path: Path) -> None:
    assert kill_ingest(tmp_path, SEED + 2, 22).kills >= 22
