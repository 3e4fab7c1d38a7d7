"""Every command, query and program of the cookbook runs on the demo's store, and so does every cell of the notebook."""

import json
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import Result

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```(sql|python|console)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
WANTED = ("pandas", "polars", "duckdb", "matplotlib", "pyarrow", "xlsxwriter")
MISSING = [name for name in WANTED if find_spec(name) is None]
installed = pytest.mark.skipif(
    bool(MISSING), reason=f"wants {', '.join(MISSING)}: pip install --group cookbook; CI runs it"
)
BLOCKS = BLOCK.findall((DOCS / "cookbook.md").read_text("utf-8"))


def blocks(kind: str) -> list[str]:
    return [text for language, text in BLOCKS if language == kind]


@pytest.fixture(scope="module")
def folder(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's root as the cookbook takes it for: with the demo's store in data/news.db."""
    root = tmp_path_factory.mktemp("cookbook")
    (root / "data").mkdir()
    shutil.copy(demo, root / "data" / "news.db")
    return root


def run(folder: Path, *words: str, **variables: str) -> str:
    """What a program prints."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env={**os.environ, "MPLBACKEND": "agg", "NO_COLOR": "1", **variables},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def query(db: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(f"{db.as_uri()}?mode=ro", uri=True)) as connection:
        return connection.execute(sql).fetchall()


def test_there_is_something_to_run() -> None:
    assert len(blocks("sql")) >= 10
    assert len(blocks("python")) >= 5
    assert len(blocks("console")) >= 4


@pytest.mark.parametrize("sql", blocks("sql"))
def test_every_query_answers(sql: str, folder: Path) -> None:
    assert query(folder / "data" / "news.db", sql)


def test_the_story_found_by_its_words_is_the_flood(folder: Path) -> None:
    found = next(sql for sql in blocks("sql") if "MATCH" in sql)
    assert len({row[0] for row in query(folder / "data" / "news.db", found)}) >= 4


@pytest.mark.slow
@installed
def test_every_command_and_program_runs(
    folder: Path, invoke: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    for line in re.findall(r"^\$ (.+)", "".join(blocks("console")), re.MULTILINE):
        program, *words = shlex.split(line)
        if program == "newscrawl":
            done = invoke(*words)
            assert (done.exit_code, bool(done.output.strip())) == (0, True), f"{line}: {done.output}"
        else:
            assert program == "datasette"
            assert run(folder, "-m", program, *words).strip(), line
    programs = [f"{text}\nprint('=' * 9)\n" for text in blocks("python")]  # in one process: what they import is heavy
    printed = run(folder, "-W", "error", "-c", "".join(programs)).split("=" * 9)
    assert len(printed) == len(programs) + 1
    assert all(text.strip() for text in printed[:-1])


@pytest.mark.slow
@installed
def test_the_notebook_runs_and_draws_its_pictures(folder: Path) -> None:
    notebook = json.loads((DOCS / "cookbook.ipynb").read_text("utf-8"))
    code = ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    run(folder, "-c", "\n\n".join(code), NEWSCRAWL_DB="data/news.db", NEWSCRAWL_PICTURES="drawn")
    named = set(re.findall(r'PICTURES / "([\w-]+\.png)"', "".join(code)))
    drawn = {path.name for path in (folder / "drawn").iterdir() if path.stat().st_size > 10_000}
    assert drawn == named
    assert len(named) == 3


def test_the_notebook_is_kept_without_what_it_printed() -> None:
    notebook = json.loads((DOCS / "cookbook.ipynb").read_text("utf-8"))
    assert not [c["id"] for c in notebook["cells"] if c.get("outputs") or c.get("execution_count")]
    assert notebook["nbformat"] == 4
