"""What several test files share: the command in a process of its own, one crawled demo, and a view of a store."""

from __future__ import annotations

import fcntl
import logging
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import settings

from newscrawl.cli import main

settings.register_profile("house", deadline=None)
settings.load_profile("house")

Run = Callable[..., "subprocess.CompletedProcess[str]"]
PATCHED = "from newscrawl import settings\nvars(settings).update({settings!r})\nfrom newscrawl.cli import main\nmain()"
CHANGES_BY_ITSELF = {"runs", "run_outlets", "run_selectors", "hosts", "robots", "listings", "_sqlite_migrations"}
"""Tables in which a second run of the same leaves a trace."""


@pytest.fixture(scope="session")
def newscrawl() -> Run:
    """`newscrawl ARGS...` in a process of its own; `settings` are put over those of `newscrawl.settings`."""

    def run(
        *args: object, cwd: Path | None = None, stdin: str | bytes = "", settings: dict[str, Any] | None = None
    ) -> subprocess.CompletedProcess[str]:
        start = ["-c", PATCHED.format(settings=settings)] if settings else ["-m", "newscrawl.cli"]
        done = subprocess.run(
            [sys.executable, *start, *(os.fsencode(str(arg)) for arg in args)],
            cwd=cwd,
            input=stdin if isinstance(stdin, bytes) else stdin.encode(),
            capture_output=True,
            timeout=120,
            check=False,
        )
        return subprocess.CompletedProcess(args, done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture
def invoke() -> Iterator[Callable[..., Result]]:
    """`newscrawl ARGS...` in this process: its exit code, stdout and stderr; a bug of ours fails the test."""
    before = logging.getLogger().handlers[:]

    def run(*args: object, stdin: str | bytes | None = None) -> Result:
        result = CliRunner().invoke(main, [str(arg) for arg in args], input=stdin)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    yield run
    logging.getLogger().handlers[:] = before


@contextmanager
def alone(place: Path) -> Iterator[None]:
    """Hold other test processes back meanwhile."""
    with place.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, newscrawl: Run) -> Path:
    """The store of one `newscrawl demo`, made once for all test processes: for reading. Its words are in demo.out."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "crawled-demo"
    folder.mkdir(exist_ok=True)
    with alone(folder / "making"):
        if not (folder / "demo.code").exists():
            done = newscrawl("demo", "--db", "X.db", cwd=folder)
            (folder / "demo.out").write_text(done.stdout, "utf-8")
            (folder / "demo.err").write_text(done.stderr, "utf-8")
            (folder / "demo.code").write_text(str(done.returncode), "utf-8")
    return folder / "X.db"


@pytest.fixture
def demo_copy(demo: Path, tmp_path: Path) -> Path:
    """A copy of the demo's store and of its raw bodies, for writing."""
    for path in demo.parent.glob("X*.db"):
        shutil.copy(path, tmp_path / path.name)
    return tmp_path / demo.name


Rows = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture(scope="session")
def rows() -> Rows:
    """The rows of a query to a SQLite file, read as any analyst would."""

    def read(db: Path, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"file:{db}?mode=ro", uri=True)) as connection:
            return connection.execute(sql, values).fetchall()

    return read


@pytest.fixture(scope="session")
def dump(rows: Rows) -> Callable[[Path], dict[str, list[tuple[Any, ...]]]]:
    """Every row of every table of a store, but for the tables of runs."""

    def read(db: Path) -> dict[str, list[tuple[Any, ...]]]:
        tables = rows(db, "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        wanted = [name for (name,) in tables if name not in CHANGES_BY_ITSELF and not re.search("_fts|^sqlite_", name)]
        return {name: sorted(rows(db, f'SELECT * FROM "{name}"'), key=repr) for name in wanted}

    return read


@pytest.fixture(scope="session")
def stories(rows: Rows) -> Callable[[Path], set[frozenset[str]]]:
    """The stories of a store as sets of addresses."""

    def read(db: Path) -> set[frozenset[str]]:
        members: dict[int, set[str]] = {}
        for story_id, url in rows(db, "SELECT story_id, url FROM coverage_list"):
            members.setdefault(story_id, set()).add(url)
        return {frozenset(urls) for urls in members.values()}

    return read
