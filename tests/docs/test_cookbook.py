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
from typing import Any

import pytest
from click.testing import Result

DOCS = Path(__file__).parents[2] / "docs"
NOTEBOOK = DOCS / "cookbook.ipynb"
BLOCK = re.compile(r"^```(sql|python|console)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
WANTED = ("pandas", "polars", "duckdb", "matplotlib", "pyarrow", "xlsxwriter", "nbclient", "ipykernel")
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
        elif program == "datasette":
            assert run(folder, "-m", program, *words).strip(), line
        else:
            assert program == "jupyter"  # the notebook has a test of its own
    programs = [f"{text}\nprint('=' * 9)\n" for text in blocks("python")]  # in one process: what they import is heavy
    printed = run(folder, "-W", "error", "-c", "".join(programs)).split("=" * 9)
    assert len(printed) == len(programs) + 1
    assert all(text.strip() for text in printed[:-1])


@pytest.fixture
def notebook() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(NOTEBOOK.read_text("utf-8"))
    return found


@pytest.mark.slow
@installed
def test_jupyter_runs_the_notebook_and_it_draws_its_pictures(
    folder: Path, notebook: dict[str, Any], tmp_path: Path
) -> None:
    docs = folder / "docs"
    docs.mkdir()
    shutil.copy(NOTEBOOK, docs)
    (command,) = re.findall(r"^\$ (jupyter execute .+)", (DOCS / "cookbook.md").read_text("utf-8"), re.MULTILINE)
    program, *words = shlex.split(command)
    own = {name: str(tmp_path / name) for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
    run(folder, "-m", program, *words, MPLBACKEND="", **own)
    (made,) = set(docs.glob("*.ipynb")) - {docs / NOTEBOOK.name}
    ran = [cell for cell in json.loads(made.read_text("utf-8"))["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in ran] == list(range(1, len(ran) + 1))
    shown = [(cell["id"], one) for cell in ran for one in cell["outputs"]]
    assert not [(name, one) for name, one in shown if one["output_type"] in {"error", "stream"}]
    seen_in = [name for name, one in shown if "image/png" in one.get("data", {})]
    named = set(re.findall(r'PICTURES / \\"([\w-]+)\.png', json.dumps(notebook)))
    drawn = {path.stem for path in (docs / "pictures").iterdir() if path.stat().st_size > 10_000}
    assert drawn == named == set(seen_in)
    assert len(named) == len(seen_in) == 3


def test_the_notebook_is_kept_without_what_it_printed_and_where(notebook: dict[str, Any]) -> None:
    assert not [c["id"] for c in notebook["cells"] if c.get("outputs") or c.get("execution_count") or c["metadata"]]
    assert set(notebook["metadata"]["language_info"]) == {"name"}  # no version of the machine that ran it last
    assert not re.search(r"/(?:home|root|tmp|work|Users)/", json.dumps(notebook))
    assert notebook["nbformat"] == 4
