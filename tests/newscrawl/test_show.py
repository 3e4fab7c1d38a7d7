import stat
from pathlib import Path

import pytest

from newscrawl.show import called_by


@pytest.mark.parametrize(
    ("started_by", "is_on_the_path", "typed"),
    [
        (".venv/bin/newscrawl", False, ".venv/bin/newscrawl"),
        (".venv/bin/newscrawl", True, "newscrawl"),
        ("/somewhere/newscrawl/cli.py", False, "newscrawl"),
        ("", False, "newscrawl"),
    ],
)
def test_commands_are_named_as_they_can_be_typed(
    started_by: str, *, is_on_the_path: bool, typed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    if is_on_the_path:
        (tmp_path / "newscrawl").write_text("#!/bin/sh\n", "utf-8")
        (tmp_path / "newscrawl").chmod(stat.S_IRWXU)
    assert called_by(started_by) == typed
