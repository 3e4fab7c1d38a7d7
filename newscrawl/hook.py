"""The operator's command for alarms: started without a shell, the report on its standard input, never fatal."""

from __future__ import annotations

import json
import shlex
import subprocess

SECONDS = 60.0
"""After which the command is ended: a run does not wait for a mail server."""
SHOWN = 300
"""Characters of what a failing command said that are passed on."""


def call(command: str, report: object, seconds: float = SECONDS) -> str:
    """Start a command with a report as JSON on its standard input; return what went wrong, empty where nothing did."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        return f"on_alarm = {command!r} cannot be read as a command: {error}"
    if not words:
        return ""
    try:
        done = subprocess.run(  # noqa: S603 - the operator's own command, from the operator's own configuration
            words,
            input=json.dumps(report, ensure_ascii=False).encode("utf-8", "replace"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"on_alarm: {words[0]} did not end within {seconds:g} seconds and was ended"
    except (OSError, ValueError) as error:
        return f"on_alarm: {words[0]} could not be started ({getattr(error, 'strerror', None) or error})"
    if done.returncode:
        said = " ".join("".join(c if c.isprintable() else " " for c in done.stdout.decode("utf-8", "replace")).split())
        said = said[:SHOWN]
        return f"on_alarm: {words[0]} ended with exit code {done.returncode}{f': {said}' if said else ''}"
    return ""
