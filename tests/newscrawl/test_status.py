from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe import Alarm, RunStore, moment, open_store
from newscrawl import hook
from newscrawl.lock import lock
from newscrawl.prometheus import LABEL, NAME, Metric, exposition
from newscrawl.status import age

SAMPLE = re.compile(
    r'(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?P<labels>(?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\"n])*",?)*)\})?'
    r" (?P<value>[-+]?(?:[0-9.]+(?:e[-+]?[0-9]+)?|Inf)|NaN)"
)
ALARM = Alarm(
    outlet='warta "baru"\n', kind="selector", subject="body_css", text="selector `p` matched on 0 of 31 pages"
)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with a good run and a failed one after it."""
    with open_store(tmp_path / "x.db") as opened:
        runs = RunStore(opened)
        opened.save_outlet("warta", title="Warta")
        for status in ("good", "failed"):
            run_id = runs.start("run", ["warta"])
            runs.note_outlets(run_id, {"warta": {"listings": 1, "links": 9, "saved": 4, "finished": "finished"}})
            runs.finish(run_id, status, exit_code=0)  # type: ignore[arg-type]  # both are statuses
        opened.connection.execute("UPDATE runs SET finished_at = ?", (moment(datetime.now(UTC) - timedelta(hours=5)),))
    return tmp_path / "x.db"


def raise_alarm(db: Path) -> None:
    with open_store(db) as opened:
        RunStore(opened).raise_alarms(2, [ALARM])


def test_a_status_without_alarms_is_good(store: Path, invoke: Callable[..., Any]) -> None:
    done = invoke("status", "--db", store, "--json")
    said = json.loads(done.stdout)
    assert done.exit_code == 0
    assert (said["is_good"], said["problems"], said["alarms"]) == (True, [], [])
    assert [row["outlet"] for row in said["health"]] == ["warta"]
    assert said["last_good_run_seconds_ago"] >= 5 * 3600


@pytest.mark.parametrize(("most", "code"), [("6h", 0), ("4h", 3), ("1d", 0), ("299m", 3), ("1.5 w", 0)])
def test_the_age_of_the_last_good_run_may_be_limited(store: Path, invoke: Any, most: str, code: int) -> None:
    done = invoke("status", "--db", store, "--max-age", most)
    assert done.exit_code == code
    assert ("the last good run ended" in done.stdout) == bool(code)


def test_a_store_without_a_run_has_no_good_one(tmp_path: Path, invoke: Any) -> None:
    open_store(tmp_path / "x.db").close()
    assert invoke("status", "--db", tmp_path / "x.db").exit_code == 0
    assert invoke("status", "--db", tmp_path / "x.db", "--max-age", "6h").exit_code == 3


@pytest.mark.parametrize("text", ["", "6", "h", "6 hours", "-1h", "1e9h", "٦h", "9" * 40 + "s"])
def test_what_is_no_length_of_time_is_told(text: str, store: Path, invoke: Any) -> None:
    with pytest.raises(ValueError, match="is no length of time"):
        age(text)
    assert invoke("status", "--db", store, f"--max-age={text}").exit_code == 2


def test_an_open_alarm_is_seen_until_it_is_accepted(store: Path, invoke: Any) -> None:
    raise_alarm(store)
    done = invoke("status", "--db", store)
    assert done.exit_code == 3
    assert "selector `p` matched on 0 of 31" in re.sub(r"\s+", " ", done.stdout)
    assert invoke("status", "--db", store, "--accept", "kabar").exit_code == 4
    assert invoke("status", "--db", store, "--accept", ALARM.outlet).exit_code == 0
    assert invoke("status", "--db", store).exit_code == 0


def test_who_is_at_work_is_told(store: Path, invoke: Any) -> None:
    with lock(store, "run warta"):
        assert "At work now: `newscrawl run warta`" in invoke("status", "--db", store).stdout


def test_runs_are_listed_and_shown(store: Path, invoke: Any) -> None:
    raise_alarm(store)
    listed = json.loads(invoke("runs", "--db", store, "--json").stdout)
    assert [(row["run_id"], row["status"], row["saved"]) for row in listed] == [(2, "failed", 4), (1, "good", 4)]
    shown = json.loads(invoke("runs", 2, "--db", store, "--json").stdout)
    assert [row["outlet"] for row in shown["outlets"]] == ["warta"]
    assert [row["kind"] for row in shown["alarms"]] == ["selector"]
    assert "Alarm: warta" in invoke("runs", 2, "--db", store).stdout
    assert "good" in invoke("runs", "--db", store).stdout
    assert invoke("runs", 99, "--db", store).exit_code == 4


def test_damaged_listings_are_seen_wherever_an_operator_looks(store: Path, invoke: Any) -> None:
    assert "are damaged" not in invoke("status", "--db", store).stdout
    with open_store(store) as opened:
        RunStore(opened).note_outlets(2, {"warta": {"listings": 3, "listings_flawed": 2}})
    assert "warta: 2 of 3 listings are damaged or cut" in invoke("status", "--db", store).stdout
    assert json.loads(invoke("status", "--db", store, "--json").stdout)["health"][0]["listings_flawed"] == 2
    assert re.search(r"flawed.*\n.*\n?.*warta +3 +2 ", invoke("runs", 2, "--db", store).stdout)
    found = parsed(invoke("status", "--db", store, "--prometheus").stdout)
    assert found["newscrawl_outlet_listings_flawed", 'outlet="warta"'] == 2


# --- Prometheus ---------------------------------------------------------------------------------


def parsed(text: str) -> dict[tuple[str, str], float]:
    """The samples of an exposition, as strictly as the format has it."""
    found: dict[tuple[str, str], float] = {}
    helped, typed = set(), set()
    for line in text.removesuffix("\n").split("\n"):
        if line.startswith("# HELP "):
            helped.add(line.split(" ")[2])
        elif line.startswith("# TYPE "):
            name, kind = line.split(" ")[2:]
            assert name not in typed
            assert kind in {"gauge", "counter"}
            typed.add(name)
        else:
            sample = SAMPLE.fullmatch(line)
            assert sample, line
            assert sample["name"] in helped & typed
            key = (sample["name"], sample["labels"] or "")
            assert key not in found
            found[key] = float(sample["value"])
    return found


def test_a_status_is_read_by_prometheus(store: Path, invoke: Any) -> None:
    before = invoke("status", "--db", store, "--prometheus")
    assert before.exit_code == 0
    assert parsed(before.stdout)["newscrawl_up", ""] == 1
    raise_alarm(store)
    done = invoke("status", "--db", store, "--prometheus", "--max-age", "6h")
    found = parsed(done.stdout)
    assert done.exit_code == 3
    assert found["newscrawl_up", ""] == 0
    assert found["newscrawl_open_alarms", ""] == 1
    assert found["newscrawl_alarm", r'outlet="warta \"baru\"\n",kind="selector",subject="body_css"'] == 1
    assert found["newscrawl_outlet_saved", 'outlet="warta"'] == 4
    assert found["newscrawl_last_good_run_timestamp_seconds", ""] > 1.7e9


def test_an_empty_store_is_read_by_prometheus(tmp_path: Path, invoke: Any) -> None:
    open_store(tmp_path / "x.db").close()
    found = parsed(invoke("status", "--db", tmp_path / "x.db", "--prometheus").stdout)
    assert not any("timestamp" in name for name, _ in found)


@given(st.dictionaries(st.from_regex(LABEL, fullmatch=True), st.text(), max_size=3), st.floats(), st.text())
def test_any_text_and_number_can_be_told(labels: dict[str, str], value: float, says: str) -> None:
    lines = list(exposition([Metric("newscrawl_x", says, [(labels, value)])]))
    assert len(lines) == 3
    assert NAME.fullmatch(lines[2].split("{")[0].split(" ")[0])
    assert len("\n".join(lines).encode().decode().split("\n")) == 3
    parsed("\n".join(lines))


# --- the command for alarms ---------------------------------------------------------------------


def test_the_command_is_told_on_its_standard_input(tmp_path: Path) -> None:
    out = tmp_path / "it's here"
    code = "import sys; open(sys.argv[1], 'wb').write(sys.stdin.buffer.read())"
    assert not hook.call(f'{sys.executable} -c "{code}" "{out}"', {"text": "“0 of 31” \ud800", "n": [1]})
    assert json.loads(out.read_text("utf-8"))["n"] == [1]


def test_no_shell_reads_the_command(tmp_path: Path) -> None:
    hook.call(f"echo x > {tmp_path / 'made'}; touch $HOME {tmp_path / 'touched'}", {})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("/no/such/command --now", "could not be started"),
        ("'unclosed", "cannot be read as a command"),
        ("false", "ended with exit code 1"),
        (f"{sys.executable} -c \"import sys; print('no\\x1b[2J mail'); sys.exit(9)\"", "exit code 9: no"),
        (f'{sys.executable} -c "import time; time.sleep(60)"', "did not end within 0.3 seconds"),
        ("\x00", "could not be started"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_a_failing_command_is_told_and_not_fatal(command: str, told: str) -> None:
    said = hook.call(command, {"text": "x" * 200_000}, seconds=0.3 if "60" in command else 30)
    assert (told in said) if told else not said
