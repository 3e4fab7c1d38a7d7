"""What commands in modules of their own need of the command line: options that every command takes, exit codes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol

import click

from newscrawl.config import Config

EXIT_OUTLET_FAILED, EXIT_USAGE, EXIT_ALARM, EXIT_NOTHING, EXIT_LOCKED = 1, 2, 3, 4, 75

Command = Callable[..., Any]
"""The decorator that makes a command of a function and hands it its options.

`command(function)` makes `newscrawl function`, `command(function, group="archive")` makes `newscrawl archive function`,
`command(function, is_group=True)` a command that others may stand below, `command(function, wants_config=False)` one
that is started with a faulty configuration too.
"""


SECTIONS = {
    "Everyone": ("demo",),
    "Operators": (
        "init", "outlets", "run", "status", "runs", "ingest", "cluster", "reextract", "archive", "backup", "restore",
        "doctor", "units",
    ),
    "Analysts": ("schema", "export", "publish", "explain", "evaluate"),
    "Journalists": ("serve", "check", "search", "story", "extract"),
    "Editors": ("merge", "split", "undo", "decisions"),
    "More than one machine": ("merge-stores", "spark", "pairs-import"),
}  # fmt: skip
"""Whom a command is for, in the order of the help page."""


class Sectioned(click.Group):
    """A group whose help page lists the commands by whom they are for."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the sections; what stands in none comes last."""
        placed = {name for names in SECTIONS.values() for name in names}
        others = tuple(name for name in self.list_commands(ctx) if name not in placed)
        for title, names in (*SECTIONS.items(), ("Others", others)):
            found = [(name, self.commands[name].get_short_help_str(62)) for name in names if name in self.commands]
            if found:
                with formatter.section(title):
                    formatter.write_dl(found)


class Options(Protocol):
    """What these commands need of the options that every command takes."""

    @property
    def db(self) -> Path:
        """The store's file."""

    @property
    def config(self) -> Config:
        """The operator's configuration."""

    @property
    def config_fault(self) -> str:
        """What is wrong with it, for commands that run all the same."""

    @property
    def as_json(self) -> bool:
        """Whether the result is wanted as JSON."""

    @property
    def is_quiet(self) -> bool:
        """Whether nothing but errors is to be printed."""

    def say(self, lines: Iterable[str]) -> None:
        """Print lines for people."""

    def give(self, result: object) -> None:
        """Print the result as JSON."""
