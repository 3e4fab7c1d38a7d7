from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from newscrawl import doctor
from newscrawl.config import Config
from newscrawl.doctor import Finding
from newscrawl.lock import lock


def levels(found: list[Finding]) -> dict[str, str]:
    return {one.subject: one.level for one in found}


def test_a_sound_store_has_no_trouble(demo_copy: Path) -> None:
    found = list(doctor.findings(demo_copy, Config(crawl_contact="a@b.example"), ""))
    assert [one for one in found if one.level == "trouble"] == []
    assert {"integrity", "clock", "disk", "permissions", "lock", "backup", "Scrapy", "SQLite"} <= set(levels(found))


def test_every_trouble_has_a_remedy_and_stops_with_3(demo_copy: Path, invoke: Any) -> None:
    with demo_copy.open("r+b") as file:
        file.seek(8192)
        file.write(b"\xff" * 50_000)
    done = invoke("doctor", "--db", demo_copy, "--json")
    assert done.exit_code == 3
    told = json.loads(done.stdout)
    assert told["is_good"] is False
    troubles = [one for one in told["findings"] if one["level"] == "trouble"]
    assert [one["subject"] for one in troubles] == ["integrity"]
    assert "newscrawl restore" in troubles[0]["remedy"]


def test_rows_that_name_missing_rows_are_found(demo_copy: Path) -> None:
    with closing(sqlite3.connect(demo_copy)) as connection, connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("DELETE FROM articles WHERE id = 1")
    assert doctor.of_integrity(demo_copy).level == "trouble"


def test_a_faulty_configuration_is_a_finding(tmp_path: Path, invoke: Any) -> None:
    file = tmp_path / "x.toml"
    file.write_text("[crawl]\njob = 1\n[nothing]\n", "utf-8")
    done = invoke("doctor", "--config", file, "--db", tmp_path / "x.db")
    assert done.exit_code == 3
    assert "TROUBLE configuration" in done.stdout
    assert "the nearest is jobs" in done.stdout
    file.write_text('[outlet.kompaz]\nbody_css = "p"\n', "utf-8")
    done = invoke("doctor", "--config", file, "--db", tmp_path / "x.db")
    assert done.exit_code == 3
    assert "Did you mean kompas" in done.stdout
    file.write_text('[outlets]\non = ["kompas"]\noff = ["kompas"]\n', "utf-8")
    assert "all are switched off" in invoke("doctor", "--config", file, "--db", tmp_path / "x.db").stdout


def test_it_makes_nothing_and_changes_nothing(tmp_path: Path, invoke: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert invoke("doctor").exit_code == 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("version", "has"),
    [
        ((3, 6, 23), False), ((3, 7, 0), True), ((3, 40, 1), True), ((3, 44, 5), True), ((3, 44, 6), False),
        ((3, 45, 0), True), ((3, 50, 6), True), ((3, 50, 7), False), ((3, 51, 2), True), ((3, 51, 3), False),
        ((3, 52, 0), False), ((4, 0, 0), False),
    ],
)  # fmt: skip
def test_the_wal_reset_bug(version: tuple[int, ...], has: bool) -> None:  # noqa: FBT001 - a table's column
    assert doctor.has_wal_reset_bug(version) is has


def test_an_old_sqlite_is_trouble() -> None:
    assert doctor.of_sqlite((3, 31, 0)).level == "trouble"
    assert doctor.of_sqlite((3, 51, 3)).level == "good"


@pytest.mark.parametrize(
    ("found", "troubles", "notes"),
    [
        ({"scrapy": "2.19.0"}, set(), set()),
        ({"scrapy": "2.20.0"}, {"Scrapy"}, set()),
        ({}, {"Scrapy"}, set()),
        ({"scrapy": "2.19.3", "dedupe": "3.0.3"}, {"package dedupe"}, set()),
        ({"scrapy": "2.19.0", "rich": "15.0.0", "datasette": "0.65.5"}, set(), set()),
    ],
)
def test_packages(found: Mapping[str, str], troubles: set[str], notes: set[str]) -> None:
    said = levels(list(doctor.of_packages(found)))
    assert {name for name, level in said.items() if level == "trouble"} == troubles
    assert {name for name, level in said.items() if level == "note"} == notes


def test_the_environment() -> None:
    assert list(doctor.of_environment({"PATH": "/bin"})) == []
    [finding] = doctor.of_environment({"SCRAPY_SETTINGS_MODULE": "other.settings"})
    assert finding.level == "trouble"
    [finding] = doctor.of_environment({"HTTPS_PROXY": "http://127.0.0.1:1"})
    assert finding.level == "note"


MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/x /srv/share nfs4 rw 0 0
/dev/sdb1 /srv/share/local xfs rw 0 0
//pc/x /mnt/my\\040disk cifs rw 0 0
broken
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home", "ext4"), ("/srv/share/a/b", "nfs4"), ("/srv/share/local/a", "xfs"), ("/srv/shared", "ext4"),
        ("/mnt/my disk/x", "cifs"),
    ],
)  # fmt: skip
def test_the_file_system_of_a_folder(folder: str, kind: str) -> None:
    assert doctor.file_system(Path(folder), MOUNTS) == kind
    assert doctor.file_system(Path(folder), "") == ""


def test_a_clock_that_went_back_is_found(demo_copy: Path) -> None:
    with closing(sqlite3.connect(demo_copy)) as connection:
        connection.row_factory = sqlite3.Row
        past = levels(list(doctor.of_contents(connection, datetime(2020, 1, 1, tzinfo=UTC))))
        present = levels(list(doctor.of_contents(connection, datetime.now(UTC))))
    assert past["clock"] == "trouble"
    assert present["clock"] == "good"


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="the system keeps no table of locks")
def test_the_holder_of_the_lock_is_named_and_not_disturbed(demo_copy: Path) -> None:
    locks = Path("/proc/locks")
    with lock(demo_copy, "run"):
        finding = doctor.of_lock(demo_copy, locks)
        assert finding.level == "note"
        assert f"`newscrawl run` (process {os.getpid()}" in finding.found
    assert doctor.of_lock(demo_copy, locks).level == "good"


def test_permissions_that_others_have_are_found(demo_copy: Path) -> None:
    demo_copy.chmod(0o666)
    finding = doctor.of_permissions(demo_copy, demo_copy.parent)
    assert finding.level == "trouble"
    assert "chmod o-w" in finding.remedy


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_found(demo_copy: Path) -> None:
    demo_copy.parent.chmod(0o555)
    finding = doctor.of_permissions(demo_copy, demo_copy.parent)
    demo_copy.parent.chmod(0o755)
    assert finding.level == "trouble"


def test_a_full_disk_is_found(demo_copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 1000})()
    monkeypatch.setattr("shutil.disk_usage", lambda _: usage)
    assert levels(list(doctor.of_place(demo_copy)))["disk"] == "trouble"


def test_a_file_that_is_no_database_is_told(tmp_path: Path, invoke: Any) -> None:
    (tmp_path / "x.db").write_text("no database " * 100)
    assert invoke("doctor", "--db", tmp_path / "x.db").exit_code == 3
    (tmp_path / "y.db").write_bytes(b"")
    assert invoke("doctor", "--db", tmp_path / "y.db").exit_code in {0, 3}
