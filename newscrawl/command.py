"""What commands in modules of their own need of the command line: options that every command takes, exit codes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol

EXIT_OUTLET_FAILED, EXIT_USAGE, EXIT_ALARM, EXIT_NOTHING, EXIT_LOCKED = 1, 2, 3, 4, 75

Command = Callable[[Callable[..., Any]], Any]
"""The decorator that makes a command of a function and hands it its options."""


class Options(Protocol):
    """What these commands need of the options that every command takes."""

    @property
    def db(self) -> Path:
        """The store's file."""

    def say(self, lines: Iterable[str]) -> None:
        """Print lines for people."""

    def give(self, result: object) -> None:
        """Print the result as JSON."""
