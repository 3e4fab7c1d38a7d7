from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("hatchling", reason="the wheel is built with hatchling, of the dev group")
pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, built without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(build, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    [found] = folder.glob("*.whl")
    return found


def test_the_wheel_carries_what_the_code_reads(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as file:
        names = set(file.namelist())
    for folder in ("newscrawl", "dedupe"):
        wanted = {
            path.relative_to(ROOT).as_posix()
            for path in (ROOT / folder).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert wanted <= names, "see [tool.hatch.build.targets.wheel] in pyproject.toml"
    demo = ROOT / "data" / "demo"
    shipped = {f"newscrawl/demo/files/{p.relative_to(demo).as_posix()}" for p in demo.rglob("*") if p.is_file()}
    assert shipped <= names
    assert not [name for name in names if name.startswith(("tests/", "docs/", "bench/"))]


def test_the_demo_runs_from_an_installed_wheel_in_an_empty_folder(wheel: Path, tmp_path: Path, rows: Any) -> None:
    home = tmp_path / "venv"
    venv.create(home, with_pip=False)
    place = Path(sysconfig.get_path("purelib", vars={"base": str(home), "platbase": str(home)}))
    with zipfile.ZipFile(wheel) as file:
        file.extractall(place)
    # the libraries of this environment, without its .pth files: the checkout is not among them
    (place / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    empty = tmp_path / "empty"
    empty.mkdir()
    start = "import newscrawl, sys; print(newscrawl.__file__); from newscrawl.cli import main; main()"
    done = subprocess.run(
        [home / "bin" / "python", "-c", start, "demo"],
        cwd=empty,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(place))
    assert done.stderr == ""
    assert rows(empty / "data" / "news.db", "SELECT count(*) FROM articles") == [(80,)]
    assert {path.name for path in empty.iterdir()} == {"data"}
