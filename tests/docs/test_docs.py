"""README's commands run, the links of the docs lead somewhere, and generated pages are up to date."""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "data").rglob("*.md")]
PLACEHOLDERS = re.compile(r"FILE|OUTLET|PAGE\.html|URL|\bA B\b|DIR")


def commands(page: Path = ROOT / "README.md") -> list[str]:
    """Commands of a page's console blocks that a newcomer can paste: those without a placeholder."""
    blocks = re.findall(r"```console\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines() if line.startswith("$ newscrawl")]
    return [line.removeprefix("$ ").split("  #")[0] for line in lines if not PLACEHOLDERS.search(line)]


@pytest.fixture(scope="module")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("readme")
    newscrawl("newscrawl demo --quiet", folder)
    return folder


def newscrawl(command: str, folder: Path, *, check: bool = True) -> subprocess.CompletedProcess[str]:
    words = shlex.split(command)
    assert words[0] == "newscrawl"
    return subprocess.run(
        [sys.executable, "-m", "newscrawl.cli", *words[1:]], cwd=folder, capture_output=True, text=True, check=check
    )


def test_readme_has_commands() -> None:
    assert len(commands()) >= 4


@pytest.mark.parametrize("command", commands())
def test_readme_command_runs(command: str, demo_folder: Path) -> None:
    assert newscrawl(command, demo_folder).stdout.strip()


GUIDES = [
    page
    for page in (ROOT / "docs").glob("*.md")
    if "```console" in page.read_text("utf-8") and page.name != "cookbook.md"  # test_cookbook.py runs that one whole
]


@pytest.mark.parametrize("page", GUIDES, ids=lambda page: page.name)
def test_the_commands_of_a_guide_run(page: Path, demo_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    shutil.copytree(demo_folder, folder, ignore=shutil.ignore_patterns("newscrawl.toml"))
    for command in commands(page):
        done = newscrawl(command, folder, check=False)
        assert done.returncode in {0, 3}, (command, done.stderr)  # 3: done, and something is to be looked at
        assert done.stdout.strip(), command


def test_make_targets_of_the_docs_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {t for page in PAGES for t in re.findall(r"`make ([a-z-]+)", page.read_text("utf-8"))}
    assert named <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    missing = [link for link in links if not (page.parent / link).exists()]
    assert not missing


def test_generated_pages_are_up_to_date() -> None:
    result = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr


def test_every_script_of_the_docs_folder_is_named_in_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert all(f"docs/{script.name}" in makefile for script in (ROOT / "docs").glob("*.py"))
