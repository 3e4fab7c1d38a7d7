"""pure: what starts newscrawl by itself: systemd's units, and lines for cron."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template

TEMPLATES = files("newscrawl") / "systemd"
SHARED_TEMPORARY = ("/tmp", "/var/tmp")  # noqa: S108 - looked for, not written to
MINUTES_OF_AN_HOUR = 60
SYSTEMS_ONLY = (
    "AmbientCapabilities", "CapabilityBoundingSet", "PrivateDevices", "ProtectClock", "ProtectHostname",
    "ProtectKernelLogs", "ProtectKernelModules", "RemoveIPC",
)  # fmt: skip
"""What a user's own systemd may not do: a unit that asks for it would not start (218/CAPABILITIES)."""


class UnitError(ValueError):
    """A path that no unit can name."""


@dataclass(frozen=True)
class Place:
    """Where newscrawl works on this machine; all paths are absolute."""

    command: tuple[str, ...]
    """What starts newscrawl."""
    options: tuple[str, ...]
    """What every command is given: the configuration or the store."""
    folder: Path
    writes: tuple[Path, ...]
    """The folders that newscrawl writes to."""
    user: str
    """Whom it runs as; empty in units of a user's own."""


def texts(place: Place, every: int) -> dict[str, str]:
    """Return the units by their file names.

    Raises:
        UnitError: a path holds characters that a unit cannot.
    """
    private_tmp = not any(path.is_relative_to(shared) for path in place.writes for shared in SHARED_TEMPORARY)
    hardening = Template((TEMPLATES / "hardening.conf").read_text("utf-8")).substitute(
        folder=escaped(str(place.folder)),
        user=f"User={word(place.user)}" if place.user else "PrivateUsers=yes",
        writes=" ".join(word(str(path)) for path in place.writes),
        private_tmp="yes" if private_tmp else "no",
    )
    if not place.user:
        lines = hardening.splitlines()
        hardening = "\n".join(one for one in lines if one.partition("=")[0] not in SYSTEMS_ONLY)
    said = {
        "run": line(place, "run", "--quiet"),
        "tidy": line(place, "cluster", "--tidy", "--quiet"),
        "backup": line(place, "backup", "--quiet"),
        "status": line(place, "status"),
        "every": str(every),
        "hardening": hardening.rstrip("\n"),
    }
    templates = sorted((f for f in TEMPLATES.iterdir() if f.name.startswith("newscrawl")), key=lambda f: f.name)
    return {one.name: Template(one.read_text("utf-8")).substitute(said) for one in templates}


def line(place: Place, *args: str) -> str:
    """Return a command as ExecStart takes it."""
    first, *rest = place.command
    return " ".join([word(first), *(word(one).replace("$", "$$") for one in (*rest, *args, *place.options))])


def word(text: str) -> str:
    """Return one word of a unit's line, in quotation marks where it needs them.

    >>> word("/srv/my news/100%")
    '"/srv/my news/100%%"'
    """
    whole = escaped(text)
    if not set(text) & set(" '\"\\;"):
        return whole
    quoted = whole.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"'


def escaped(text: str) -> str:
    """Return a text in which systemd finds no specifier.

    Raises:
        UnitError: it holds a character that ends a line or is no text.
    """
    if not text.isprintable():
        raise UnitError(f"{text!r}: a unit cannot name this; give the path without control characters.")
    return text.replace("%", "%%")


def cron_lines(place: Place, every: int) -> list[str]:
    """Return the lines for a crontab: a run every so many minutes, tidying and a backup at night."""
    within = range(0, MINUTES_OF_AN_HOUR, every) if every < MINUTES_OF_AN_HOUR else (17,)
    hours = f"*/{every // MINUTES_OF_AN_HOUR}" if every >= 2 * MINUTES_OF_AN_HOUR else "*"
    times = f"{','.join(map(str, within))} {hours} * * *"
    night = f"{cron(place, 'cluster', '--tidy', '--quiet')}; {cron(place, 'backup', '--quiet', cd=False)}"
    return [f"{times} {cron(place, 'run', '--quiet')}", f"40 3 * * * {night}"]


def cron(place: Place, *args: str, cd: bool = True) -> str:
    """Return a command as a crontab takes it: `%` would be a line's end there."""
    parts: Sequence[str] = [*place.command, *args, *place.options]
    said = shlex.join(parts)
    whole = f"cd {shlex.quote(str(place.folder))} && {said}" if cd else said
    return escaped(whole).replace("%%", "\\%")
