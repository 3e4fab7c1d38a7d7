from __future__ import annotations

import io
import json
import logging
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl import logs
from newscrawl.config import Config, ConfigError

HOSTILE = [
    "two\nlines",
    "a\r\nERROR forged: line",
    "\x1b[2Jcleared",
    "nul\0",
    "half a pair \ud800",
    "\u2028\u2029\x85",
    "\u202edecoy",
    "x" * 100_000,
]


def record(message: str, **more: Any) -> logging.LogRecord:
    made = logging.LogRecord("harbour", logging.WARNING, "x.py", 1, message, None, None)
    vars(made).update(more)
    return made


@pytest.mark.parametrize("message", HOSTILE, ids=ascii)
@pytest.mark.parametrize("formatter", [logs.JsonLines(), logs.Plain()], ids=["json", "plain"])
def test_no_message_breaks_a_line(message: str, formatter: logging.Formatter) -> None:
    line = formatter.format(record(message))
    assert len(line.splitlines()) == 1
    assert line.isprintable()
    assert len(line) < 2 * logs.LONGEST_MESSAGE
    line.encode("utf-8")


@given(st.text(max_size=200))
def test_a_line_holds_the_message(message: str) -> None:
    line = logs.JsonLines().format(record(message))
    assert line.isascii()
    assert json.loads(line)["message"] == message


def test_a_line_says_when_who_and_where() -> None:
    class Spider:
        name = "harbour"

    said = json.loads(logs.JsonLines().format(record("x", spider=Spider(), url="https://harbour.example/\n")))
    assert said["level"] == "warning"
    assert said["logger"] == said["outlet"] == "harbour"
    assert said["url"].endswith("\n")
    assert said["time"].endswith("+00:00")


@pytest.mark.parametrize("formatter", [logs.JsonLines(), logs.Plain()], ids=["json", "plain"])
def test_a_traceback_is_kept(formatter: logging.Formatter) -> None:
    try:
        raise ValueError("bad\x1b]0;title\x07")  # noqa: TRY301 - the traceback is what is tested
    except ValueError as error:
        line = formatter.format(record("x", exc_info=(type(error), error, error.__traceback__)))
    assert "ValueError" in line
    assert "\x1b" not in line
    assert "\x07" not in line


def test_the_file_takes_one_object_a_line_and_is_put_aside(tmp_path: Path) -> None:
    config = Config(log_file=tmp_path / "logs" / "x.log", log_max_mb=1, log_keep=2)
    with logs.kept(config, logging.ERROR, as_json=False):
        for number in range(400):
            logging.getLogger("harbour").info("%s %s", number, "x" * 9_900)
    files = sorted(tmp_path.glob("logs/*"))
    assert [file.name for file in files] == ["x.log", "x.log.1", "x.log.2"]
    assert all(file.stat().st_size <= 1024 * 1024 for file in files)
    lines = [json.loads(line) for file in reversed(files) for line in file.read_text("ascii").splitlines()]
    numbers = [int(line["message"].split()[0]) for line in lines]
    assert numbers == list(range(numbers[0], 400))


def test_stderr_takes_json_where_asked(capsys: pytest.CaptureFixture[str]) -> None:
    with logs.kept(Config(), logging.INFO, as_json=True):
        logging.getLogger("harbour").info("one\ntwo")
        logging.getLogger("harbour").debug("nothing")
    [line] = capsys.readouterr().err.splitlines()
    assert json.loads(line)["message"] == "one\ntwo"


def test_nothing_stays_behind() -> None:
    root = logging.getLogger()
    before = root.level, root.handlers[:]
    with logs.kept(Config(), logging.DEBUG, as_json=False):
        assert root.handlers != before[1]
    assert (root.level, root.handlers) == before


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    with pytest.raises(ConfigError, match=r"cannot be written as the log.*log\.file"):
        logs.to_file(Config(log_file=tmp_path / "a" / "x.log"))


def test_the_command_line_logs_as_json(newscrawl: Any, tmp_path: Path) -> None:
    done = newscrawl("outlets", "--check", "harbour_courier", "--log-json", "-v", cwd=tmp_path)
    assert done.returncode == 0
    assert all("message" in json.loads(line) for line in done.stderr.splitlines())
    assert done.stderr
    assert io.StringIO(done.stdout).readline().startswith("harbour_courier: ")
