"""Crawls, ingests and clusterings killed at random moments: nothing is lost, doubled or half, and all is finished."""

from __future__ import annotations

import signal
import sys
from collections import Counter
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from killing import Commands, assert_finished, kill_crawl, kill_ingest, read_only, stories_of
from site_of_pages import OF_THE_FEED, Site

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


@pytest.mark.parametrize("kind", ["feed", "sitemap"])
def test_a_kill_when_a_listing_counts_as_read_takes_nothing_that_it_names(tmp_path: Path, kind: str) -> None:
    """The listing is unchanged in the next run: what it names must have been written down before."""
    with Site(40) as site, Commands(tmp_path) as commands:
        site.configuration(tmp_path, listings=(kind,))
        assert max(Counter(one.outlet for one in site.articles).values()) <= OF_THE_FEED, "the feeds name every article"
        code, said = commands.run("run", "--now", die_after="INSERT INTO listings ")
        assert code == -signal.SIGKILL, said
        assert not site.pages_served
        with read_only(tmp_path / "x.db") as connection:
            assert connection.execute("SELECT count(*) FROM listings WHERE last_read_at > ''").fetchone() == (1,)
        assert commands.run("run", "--now")[0] == 0, commands.out.read_text()
        assert_finished(tmp_path / "x.db", site)


def test_an_ingest_and_a_clustering_killed_twenty_two_times_finish(tmp_path: Path) -> None:
    assert kill_ingest(tmp_path, SEED + 2, 22).kills >= 22
