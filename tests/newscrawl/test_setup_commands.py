from __future__ import annotations

import json
import re
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from newscrawl import config, config_text

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_init_writes_a_file_that_the_next_command_reads(tmp_path: Path, invoke: Any) -> None:
    assert invoke("init").exit_code == 0
    assert (tmp_path / config.FILE).read_text("utf-8") == config_text.commented()
    assert invoke("doctor").exit_code == 0


def test_init_never_overwrites(tmp_path: Path, invoke: Any) -> None:
    (tmp_path / "x.toml").write_text("mine", "utf-8")
    done = invoke("init", "x.toml")
    assert done.exit_code == 2
    assert "stays as it is" in done.stderr
    assert (tmp_path / "x.toml").read_text("utf-8") == "mine"
    (tmp_path / "link.toml").symlink_to(tmp_path / "nowhere.toml")
    assert invoke("init", "link.toml").exit_code == 2


def test_init_takes_the_contact(tmp_path: Path, invoke: Any) -> None:
    assert invoke("init", "a/x.toml", "--contact", "desk@paper.example").exit_code == 0
    assert config.load(tmp_path / "a" / "x.toml").scrapy_settings() == {"CONTACT": "desk@paper.example"}
    done = invoke("init", "y.toml", "--contact", "nobody")
    assert done.exit_code == 2
    assert not (tmp_path / "y.toml").exists()


def test_init_beside_a_faulty_file_works(tmp_path: Path, invoke: Any) -> None:
    (tmp_path / config.FILE).write_text("[", "utf-8")
    assert invoke("init", "new.toml").exit_code == 0


@pytest.mark.parametrize("place", ["file/x.toml", ".", "x" * 300])
def test_init_where_nothing_can_be_written(place: str, tmp_path: Path, invoke: Any) -> None:
    (tmp_path / "file").write_text("x")
    done = invoke("init", place)
    assert done.exit_code == 2
    assert place in done.stderr


def test_json_is_all_that_is_printed(invoke: Any) -> None:
    assert json.loads(invoke("init", "--json").stdout) == {"file": config.FILE}
    for name in ("units", "doctor"):
        done = invoke(name, "--json")
        assert json.loads(done.stdout)
        assert done.stderr == ""
    assert invoke("doctor", "-q").stdout == ""


# --- the container ------------------------------------------------------------------------------


def test_the_container_is_small_and_not_root() -> None:
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    stages = [line for line in lines if line.startswith("FROM ")]
    assert all("-slim" in line for line in stages)
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users
    assert users[-1] not in {"root", "0"}
    assert any(line.startswith("VOLUME ") for line in lines)
    assert not any(re.match(r"ADD\s+http", line) for line in lines)


def test_compose_uses_one_volume_and_drops_what_it_does_not_need() -> None:
    text = (ROOT / "compose.yaml").read_text("utf-8")
    for wanted in ("read_only: true", "cap_drop:", "no-new-privileges:true", "mem_limit:", "newscrawl-data:"):
        assert wanted in text
    assert "privileged: true" not in text


def test_what_the_container_copies_is_there() -> None:
    ignored = (ROOT / ".dockerignore").read_text("utf-8").split()
    for line in (ROOT / "Dockerfile").read_text("utf-8").splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            for name in line.split()[1:-1]:
                assert (ROOT / name).exists(), name
                assert not any(fnmatch(name.rstrip("/"), pattern) for pattern in ignored)
    assert any(fnmatch(".venv", pattern) for pattern in ignored)


def test_what_is_old_may_stand_in_the_configuration(demo_copy: Path, tmp_path: Path, invoke: Any) -> None:
    done = invoke("archive", "prune", "--db", demo_copy)
    assert done.exit_code == 2
    assert "archive.keep_days" in done.stderr
    (tmp_path / "x.toml").write_text("[archive]\nkeep_days = 90\n", "utf-8")
    assert invoke("archive", "prune", "--db", demo_copy, "--config", tmp_path / "x.toml").exit_code == 0
