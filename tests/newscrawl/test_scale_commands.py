from __future__ import annotations

import importlib.util
import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from dedupe import open_store
from newscrawl.archive import archive_path

Invoke = Callable[..., Result]
Rows = Callable[..., list[tuple[Any, ...]]]
Stories = Callable[[Path], set[frozenset[str]]]
OF_AN_OUTLET = ("articles", "pages", "rejects", "run_outlets")


@pytest.fixture
def parts(demo: Path, tmp_path: Path) -> list[Path]:
    """The demo's store in two: each has half of the outlets, and the raw bodies of their pages."""
    found = []
    for half in range(2):
        path = tmp_path / f"part{half}.db"
        shutil.copy(demo, path)
        shutil.copy(archive_path(demo), archive_path(path))
        with open_store(path) as store:
            outlets = [row["name"] for row in store.rows("SELECT name FROM outlets ORDER BY name")]
            others = outlets[half::2]
            marks = ",".join("?" * len(others))
            for table in OF_AN_OUTLET:
                store.connection.execute(f"DELETE FROM {table} WHERE outlet IN ({marks})", others)
        with closing(sqlite3.connect(archive_path(path))) as archive, archive:
            archive.execute(f"DELETE FROM fetches WHERE outlet IN ({marks})", others)
            archive.execute("DELETE FROM bodies WHERE hash NOT IN (SELECT hash FROM fetches)")
        found.append(path)
    return found


def test_two_halves_come_to_the_whole(
    invoke: Invoke, parts: list[Path], demo: Path, tmp_path: Path, rows: Rows, stories: Stories
) -> None:
    out = tmp_path / "whole.db"
    done = invoke("merge-stores", out, *parts)
    assert done.exit_code == 0
    assert "whole.db: 80 articles" in done.output.replace("\n", " ")
    same = "url, outlet, title, body, published_day, version, first_seen_at, changed_at, raw"
    for query in (
        f"SELECT {same} FROM articles ORDER BY url",
        "SELECT url FROM addresses ORDER BY 1",
        "SELECT a.url, number, v.body FROM versions AS v JOIN articles AS a ON a.id = article_id ORDER BY 1, 2",
        'SELECT a.url, position, text, "start" FROM quotes AS q JOIN articles AS a ON a.id = article_id ORDER BY 1, 2',
        "SELECT url, outlet, status, failures, last_fetched_at FROM pages ORDER BY 1",
        "SELECT url, stage, reason, times FROM rejects ORDER BY 1, 2",
        "SELECT outlet, kind, text FROM furniture WHERE is_furniture ORDER BY 1, 2, 3",
    ):
        assert rows(out, query) == rows(demo, query), query
    for query in (
        "SELECT hash, size FROM bodies ORDER BY 1",
        "SELECT url, fetched_at, hash FROM fetches ORDER BY 1, 2",
    ):
        assert rows(archive_path(out), query) == rows(archive_path(demo), query)
    together = {frozenset(story) for story in stories(out)}
    assert len(together & stories(demo)) >= len(stories(demo)) - 1  # the second half came later, in a batch of its own
    told = (tmp_path / "whole-stories.tsv").read_text("utf-8").splitlines()
    there = rows(
        parts[1], "SELECT count(*) FROM (SELECT story_id FROM coverage UNION SELECT old_id FROM story_aliases)"
    )
    assert len(told) > 1
    assert len(told) - 1 <= there[0][0]
    here = {int(line.split("\t")[2]) for line in told[1:]}
    assert here <= {story_id for (story_id,) in rows(out, "SELECT id FROM stories")}


def test_stories_of_the_first_store_keep_their_ids(
    invoke: Invoke, parts: list[Path], tmp_path: Path, rows: Rows
) -> None:
    out = tmp_path / "whole.db"
    invoke("merge-stores", out, *parts)
    query = "SELECT url, story_id FROM coverage_list ORDER BY url"
    before, after = rows(parts[0], query), dict(rows(out, query))
    aliases = dict(rows(out, "SELECT old_id, story_id FROM story_aliases"))
    assert [(url, after[url]) for url, _ in before] == [(url, aliases.get(story, story)) for url, story in before]


def test_without_clustering_what_came_in_waits(invoke: Invoke, parts: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "whole.db"
    done = invoke("merge-stores", out, *parts, "--no-cluster", "--json")
    told = json.loads(done.stdout)
    assert told["clustered"] is None
    assert sum(one["articles"] for one in told["merged"]) == told["articles"] == 80
    assert "clustered: 0" not in invoke("status", "--db", out).output
    assert f"{told['merged'][1]['articles']} articles wait" in invoke("status", "--db", out).output


def test_a_file_that_is_there_is_left_alone(invoke: Invoke, parts: list[Path]) -> None:
    before = parts[1].read_bytes()
    done = invoke("merge-stores", parts[1], parts[0])
    assert done.exit_code == 2
    assert "is there already" in done.stderr
    assert parts[1].read_bytes() == before


def test_a_store_that_is_not_there_makes_nothing(invoke: Invoke, parts: list[Path], tmp_path: Path) -> None:
    done = invoke("merge-stores", tmp_path / "out.db", parts[0], tmp_path / "nowhere.db")
    assert done.exit_code == 2
    assert "nowhere.db" in done.stderr
    assert not (tmp_path / "out.db").exists()


def test_broken_off_nothing_is_left(
    invoke: Invoke, parts: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("newscrawl.scale_commands.put_in_place", broken)
    done = invoke("merge-stores", tmp_path / "out.db", *parts)
    assert done.exit_code == 2
    assert "could not be united" in done.stderr
    assert [path.name for path in tmp_path.iterdir() if "out" in path.name] == ["out.db.lock"]


@pytest.mark.parametrize("shard", ["0/8", "9/8", "half"])
def test_what_is_no_shard_is_refused(invoke: Invoke, tmp_path: Path, shard: str) -> None:
    done = invoke("run", "tempo", "--shard", shard, "--db", tmp_path / "x.db")
    assert done.exit_code == 2
    assert "is no shard" in done.stderr


def test_a_shard_without_outlets_says_so(invoke: Invoke, tmp_path: Path) -> None:
    exits = [invoke("run", "tempo", "--shard", f"{n}/999999", "--db", tmp_path / "x.db").exit_code for n in (1, 2)]
    assert exits == [4, 4]


def test_a_folder_without_results_is_refused(invoke: Invoke, demo_copy: Path, tmp_path: Path) -> None:
    done = invoke("pairs-import", tmp_path, "--db", demo_copy)
    assert done.exit_code == 2
    assert "holds no results" in done.stderr


@pytest.mark.slow
@pytest.mark.skipif(not importlib.util.find_spec("pyspark"), reason="the extra [spark] is not installed")
@pytest.mark.skipif(not shutil.which("java"), reason="there is no java: apt-get install openjdk-17-jre-headless")
def test_the_job_and_its_import(
    newscrawl: Callable[..., Any], demo_copy: Path, tmp_path: Path, rows: Rows, stories: Stories
) -> None:
    before, ids = stories(demo_copy), rows(demo_copy, "SELECT url, story_id FROM coverage_list ORDER BY url")
    done = newscrawl("spark", demo_copy, tmp_path / "out", "--master", "local[2]", "--parts", "2", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["articles"] == 80
    done = newscrawl("pairs-import", tmp_path / "out", "--db", demo_copy)
    assert done.returncode == 0, done.stderr
    assert "80 articles" in done.stdout
    assert stories(demo_copy) == before
    assert rows(demo_copy, "SELECT url, story_id FROM coverage_list ORDER BY url") == ids
