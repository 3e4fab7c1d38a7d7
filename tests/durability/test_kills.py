"""Crawls, ingests and clusterings killed at random moments: nothing is lost, doubled or half, and all is finished."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from killing import kill_crawl, kill_ingest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are watched through /proc"),
]
SEED = 20260506


def test_a_crawl_killed_fourteen_times_finishes_the_site(tmp_path: Path) -> None:
    assert kill_crawl(tmp_path, SEED, 14).kills >= 10


def test_a_crawl_of_several_processes_killed_eight_times_finishes_the_site(tmp_path: Path) -> None:
    assert kill_crawl(tmp_path, SEED + 1, 8, jobs=(2,)).kills >= 6


def test_an_ingest_and_a_clustering_killed_twenty_two_times_finish(tmp_path: Path) -> None:
    assert kill_ingest(tmp_path, SEED + 2, 22).kills >= 16
