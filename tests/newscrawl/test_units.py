from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl import units
from newscrawl.units import Place, UnitError

PLACE = Place(
    command=("/usr/bin/env",),
    options=("--config", "/srv/my news/100%.toml"),
    folder=Path("/srv/my news"),
    writes=(Path("/srv/my news/data"), Path("/var/log/newscrawl")),
    user="root",
)
USERS = Place(PLACE.command, PLACE.options, PLACE.folder, PLACE.writes, "")


@pytest.mark.parametrize("place", [PLACE, USERS], ids=["system", "user"])
def test_systemd_takes_them(place: Place, tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed")
    texts = units.texts(place, 30)
    for name, text in texts.items():
        (tmp_path / name).write_text(text, "utf-8")
    done = subprocess.run(
        [analyze, "verify", "--man=no", *(() if place.user else ("--user",)), *(tmp_path / name for name in texts)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={"SYSTEMD_UNIT_PATH": f"{tmp_path}:", "XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path)},
    )
    said = [line for line in done.stderr.splitlines() if str(tmp_path) in line or "newscrawl" in line]
    assert said == [], done.stderr


@pytest.mark.parametrize("place", [PLACE, USERS], ids=["system", "user"])
def test_they_are_whole_and_hardened(place: Place) -> None:
    texts = units.texts(place, 45)
    assert set(texts) == {
        "newscrawl.service",
        "newscrawl.timer",
        "newscrawl-nightly.service",
        "newscrawl-nightly.timer",
        "newscrawl-failed.service",
    }
    for name, text in texts.items():
        assert "$" not in text
        assert all(re.fullmatch(r"#.*|\[\w+\]|[A-Z]\w+=.*|", line) for line in text.splitlines()), name
        if name.endswith(".service"):
            for wanted in ("NoNewPrivileges=true", "ProtectSystem=strict", "ReadWritePaths=", "MemoryMax="):
                assert wanted in text
            assert ("User=root" in text) == bool(place.user)
            assert ("CapabilityBoundingSet=" in text) == bool(place.user)
    assert "OnUnitInactiveSec=45min" in texts["newscrawl.timer"]
    assert "OnFailure=newscrawl-failed.service" in texts["newscrawl.service"]
    assert 'ReadWritePaths="/srv/my news/data" /var/log/newscrawl' in texts["newscrawl.service"]
    assert '"/srv/my news/100%%.toml"' in texts["newscrawl.service"]


def test_a_store_in_a_shared_temporary_folder_stays_visible() -> None:
    there = Place(PLACE.command, (), PLACE.folder, (Path(units.SHARED_TEMPORARY[0]) / "x",), "root")
    assert "PrivateTmp=no" in units.texts(there, 30)["newscrawl.service"]
    assert "PrivateTmp=yes" in units.texts(PLACE, 30)["newscrawl.service"]


@pytest.mark.parametrize(
    ("every", "times"),
    [(30, "0,30 * * * *"), (7, "0,7,14,21,28,35,42,49,56 * * * *"), (60, "17 * * * *"), (360, "17 */6 * * *")],
)
def test_cron_lines(every: int, times: str) -> None:
    first, night = units.cron_lines(PLACE, every)
    assert first.startswith(f"{times} cd '/srv/my news' && /usr/bin/env run --quiet --config")
    assert r"100\%.toml" in first
    assert "cluster --tidy" in night
    assert "backup" in night


@pytest.mark.parametrize("bad", ["/srv/a\nb", "/srv/a\0", "/srv/\ud800", "/srv/a\u2028b"], ids=ascii)
def test_a_path_that_no_unit_can_name_is_told(bad: str) -> None:
    with pytest.raises(UnitError, match="without control characters"):
        units.texts(Place(PLACE.command, (bad,), PLACE.folder, PLACE.writes, ""), 30)


@given(st.text(max_size=40))
def test_a_word_stays_one_word_on_one_line(text: str) -> None:
    try:
        word = units.word(text)
    except UnitError:
        assert not text.isprintable()
        return
    assert len(word.splitlines()) <= 1
    if word.startswith('"') and len(word) > 1:
        assert re.fullmatch(r'"(?:[^"\\]|\\.)*"', word)


def test_the_command_prints_them(tmp_path: Path, invoke: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = invoke("units", "--db", "x/news.db")
    assert done.exit_code == 0
    assert f"mkdir -p {tmp_path}/x" in done.stdout
    assert "# --- newscrawl.timer ---" in done.stdout
    assert "crontab" in done.stdout
    told = json.loads(invoke("units", "--user", "--every", 60, "--json").stdout)
    assert set(told) == {"units", "cron"}
    assert "User=" not in told["units"]["newscrawl.service"]
    assert invoke("units", "--every", 1).exit_code == 2
