from __future__ import annotations

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from newscrawl.demo.server import DemoServer
from newscrawl.demo.web import build

pytestmark = pytest.mark.slow
WEB = build()
SEED = 20260506

# Everything is imported once; each command then runs in a process of its own, ready to be killed at its real work.
NURSERY = """
import json, os, sys
from newscrawl import archive, ingest, outlets, runs, settings, show
from newscrawl.cli import main
outlets.known()
for line in sys.stdin:
    order = json.loads(line)
    child = os.fork()
    if not child:
        vars(settings).update(order["settings"])
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        main(order["args"])
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


class Nursery:
    """Starts commands, lets them live for a while, and kills them."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", NURSERY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(
        self, *args: object, die: Callable[[], object] | None = None, settings: dict[str, Any] | None = None
    ) -> tuple[int, Any]:
        """The exit code of a command, and what `die` returned: it waits, looks, and then the command is killed."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps({"args": [str(a) for a in args], "settings": settings or {}}) + "\n")
        self.process.stdin.flush()
        child = int(self.process.stdout.readline())
        seen = None
        if die:
            seen = die()
            os.kill(child, signal.SIGKILL)
        return int(self.process.stdout.readline()), seen

    def close(self) -> None:
        """End."""
        self.process.communicate(timeout=60)


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    opened = Nursery()
    yield opened
    opened.close()


def visible(db: Path) -> tuple[set[str], set[tuple[str, int]]]:
    """What a reader sees as saved: addresses of articles, and which article is in which story."""
    if not db.exists():
        return set(), set()
    with closing(sqlite3.connect(f"file:{db}?mode=ro", uri=True, timeout=10)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'coverage_list'").fetchone():
            return set(), set()
        urls = {url for (url,) in connection.execute("SELECT url FROM articles")}
        return urls, set(connection.execute("SELECT url, story_id FROM coverage_list"))


def soon(db: Path, seconds: float) -> Callable[[], tuple[set[str], set[tuple[str, int]]]]:
    """Wait, and tell what a reader saw last before the end."""

    def wait() -> tuple[set[str], set[tuple[str, int]]]:
        time.sleep(seconds)
        return visible(db)

    return wait


INCOMPLETE = {
    "article without its version": "SELECT a.url FROM articles AS a LEFT JOIN versions AS v"
    " ON v.article_id = a.id AND v.number = a.version WHERE v.body IS NOT a.body",
    "no page": "SELECT url FROM articles WHERE id NOT IN (SELECT article_id FROM pages WHERE article_id)",
    "article without its address": "SELECT url FROM articles WHERE url NOT IN (SELECT url FROM article_urls)",
    "article without its quotations": "SELECT url FROM articles WHERE body LIKE '%”, ujar %' AND id NOT IN"
    " (SELECT article_id FROM quotes)",
    "quotation elsewhere": "SELECT q.id FROM quotes AS q JOIN articles AS a ON a.id = q.article_id"
    ' WHERE substr(a.body, q."start" + 1, q."end" - q."start") != q.text',
    "article not in the index": "SELECT url FROM articles WHERE id NOT IN (SELECT id FROM articles_fts_docsize)",
    "story without an article": "SELECT id FROM stories WHERE id NOT IN (SELECT story_id FROM coverage)",
    "signed article without a story": "SELECT article_id FROM signatures WHERE article_id NOT IN"
    " (SELECT article_id FROM coverage)",
    "foreign key": "PRAGMA foreign_key_check",
}


def assert_whole(db: Path) -> None:
    """Nothing in the store is half."""
    if not visible(db)[0]:
        return
    with closing(sqlite3.connect(db, timeout=10)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        for what, query in INCOMPLETE.items():
            assert connection.execute(query).fetchall() == [], what


def assert_nothing_lost(db: Path, seen: tuple[set[str], set[tuple[str, int]]]) -> None:
    """What a reader saw before the kill is there after it."""
    urls, covered = visible(db)
    assert seen[0] <= urls
    assert seen[1] <= covered


# --- a crawl ------------------------------------------------------------------------------------


def test_a_crawl_killed_ten_times_loses_nothing(nursery: Nursery, tmp_path: Path, demo: Path, stories: Any) -> None:
    chance = random.Random(SEED)
    db = tmp_path / "X.db"
    with DemoServer(WEB, delay=0.03) as server:
        settings = {"DEMO_WEB": server.address, "DOWNLOAD_DELAY": 0}
        names = sorted(WEB.outlets)
        killed = 0
        for _ in range(10):
            code, seen = nursery.run(
                "run", *names, "--db", db, die=soon(db, chance.uniform(0.2, 0.9)), settings=settings
            )
            killed += code == -signal.SIGKILL
            assert_whole(db)
            assert_nothing_lost(db, seen)
        assert killed >= 4, "the kills came too late to mean anything"
        server.delay = 0
        assert nursery.run("run", *names, "--db", db, settings=settings)[0] == 0
    assert visible(db)[0] == visible(demo)[0]
    assert stories(db) == stories(demo)
    assert_whole(db)
    with closing(sqlite3.connect(db)) as connection:
        statuses = [status for (status,) in connection.execute("SELECT status FROM runs ORDER BY id")]
        left = connection.execute("SELECT count(*) FROM pages WHERE status IN ('due', 'failed')").fetchone()
        raw = {row[0] for row in connection.execute("SELECT raw FROM articles")}
    assert statuses[-1] == "good"
    assert set(statuses[:-1]) <= {"crashed", "good"}
    assert left == (0,)
    with closing(sqlite3.connect(tmp_path / "X-pages.db")) as connection:
        assert raw <= {row[0] for row in connection.execute("SELECT hash FROM bodies")}


# --- ingest and clustering ----------------------------------------------------------------------

ARTICLES = 3000


def made_up_words(chance: random.Random, number: int) -> list[str]:
    syllables = ["ba", "ke", "ti", "ro", "lan", "sur", "mi", "pen", "gu", "ja", "ra", "tok", "wi", "sen", "da", "lo"]
    return ["".join(chance.choices(syllables, k=chance.randint(2, 5))) for _ in range(number)]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """JSON Lines of made-up articles, each story told by one to four outlets in a third of the same words."""
    chance = random.Random(SEED)
    vocabulary = made_up_words(chance, 40_000)
    file = tmp_path_factory.mktemp("many") / "many.jsonl"
    lines: list[str] = []
    while len(lines) < ARTICLES:
        topic = chance.sample(vocabulary, 16)
        day = f"2026-{chance.randint(1, 9):02d}-{chance.randint(1, 28):02d}"
        for outlet in range(chance.randint(1, 4)):
            said = [*topic, *chance.sample(vocabulary, 14)]
            chance.shuffle(said)
            body = f"{' '.join(said).capitalize()}.\n“{' '.join(topic[:6])}”, ujar {topic[0].capitalize()}."
            lines.append(json.dumps({
                "url": f"https://harian{outlet}.example.org/{len(lines)}", "outlet": f"harian{outlet}",
                "title": " ".join(chance.sample(topic, 5)), "body": body, "published": day, "language": "id",
            }))  # fmt: skip
    file.write_text("\n".join(lines[:ARTICLES]) + "\n")
    return file


def test_ingest_and_clustering_killed_fourteen_times_lose_nothing(
    nursery: Nursery, many: Path, tmp_path: Path, stories: Any
) -> None:
    chance = random.Random(SEED)
    calm, db = tmp_path / "calm.db", tmp_path / "killed.db"
    took = time.monotonic()
    assert nursery.run("ingest", many, "--db", calm, "--no-cluster")[0] == 0
    ingesting = time.monotonic() - took
    took = time.monotonic()
    assert nursery.run("cluster", "--db", calm)[0] == 0
    clustering = time.monotonic() - took

    killed = 0
    for command, seconds, times in ((("ingest", many, "--no-cluster"), ingesting, 7), (("cluster",), clustering, 7)):
        for _ in range(times):
            wait = chance.uniform(0.02, 0.3) * seconds
            code, seen = nursery.run(*command, "--db", db, die=soon(db, wait))
            killed += code == -signal.SIGKILL
            assert_whole(db)
            assert_nothing_lost(db, seen)
        assert nursery.run(*command, "--db", db)[0] == 0
        assert_whole(db)
    assert killed >= 10, "the kills came too late to mean anything"
    assert len(visible(db)[0]) == ARTICLES
    assert visible(db)[0] == visible(calm)[0]
    assert stories(db) == stories(calm)
