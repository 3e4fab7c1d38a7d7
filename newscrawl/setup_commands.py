"""The commands that set newscrawl up and keep it well: `init`, `units`, `backup`, `restore`, `doctor`."""

from __future__ import annotations

import getpass
import os
import shlex
import sys
from pathlib import Path
from typing import NoReturn

import click

from dedupe import StoreError
from newscrawl import config, config_keys, config_text, units
from newscrawl.command import EXIT_ALARM, EXIT_USAGE, Command, Options

# What brings Scrapy is imported where it is needed: `init` and `units` should not wait for it.

PATH = click.Path(path_type=Path)
MARKS = {"good": "ok     ", "note": "note   ", "trouble": "TROUBLE"}


def add_to(command: Command) -> None:
    """Add these commands by the decorator that gives a command its options."""
    command(init, wants_config=False)
    command(units_, wants_config=True)
    command(backup)
    command(restore)
    command(doctor, wants_config=False)


def stop(message: str, code: int = EXIT_USAGE) -> NoReturn:
    """Print an error and leave."""
    click.echo(f"newscrawl: {message}", err=True)
    sys.exit(code)


# --- init ---------------------------------------------------------------------------------------


@click.argument("file", metavar="[FILE]", type=PATH, default=Path(config.FILE))
@click.option("--contact", default="", help="A mail address or page for outlets; it is sent with every request.")
def init(options: Options, *, file: Path, contact: str) -> None:
    """Write a configuration with every key explained and commented out; a file that is there stays as it is."""
    if fault := config_keys.contact(contact):
        stop(f"--contact {contact!r} {fault}.")
    text = config_text.commented()
    if contact:
        shown = next(key for key in config_keys.GENERAL if key.dotted == "crawl.contact").example
        said = f"contact = {config_text.written(contact)}"
        text = text.replace(f"# contact = {config_text.written(shown)}", said, 1)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        stop(f"{file}: is there already, and stays as it is. Give another name, or move it away first.")
    except (OSError, ValueError) as error:
        stop(f"{file}: cannot be written ({getattr(error, 'strerror', None) or error}).")
    options.give({"file": file})
    named = "" if file == Path(config.FILE) else f" --config {file}"
    options.say([
        f"{file}: written." + ("" if contact else " Set `contact` before you crawl public outlets."),
        f"Look it over with `newscrawl doctor{named}`, then `newscrawl run{named}`.",
    ])  # fmt: skip


# --- units --------------------------------------------------------------------------------------


@click.option("--user", "is_user", is_flag=True, help="Units for `systemctl --user`; without it, for the system.")
@click.option("--every", type=click.IntRange(5, 1440), default=30, show_default=True, help="Minutes between two runs.")
def units_(options: Options, *, is_user: bool, every: int) -> None:
    """Print hardened systemd units and a crontab for this machine, with the paths that are used here."""
    place = place_of(options, is_user=is_user)
    try:
        found = units.texts(place, every)
        cron = units.cron_lines(place, every)
    except units.UnitError as error:
        stop(str(error))
    options.give({"units": found, "cron": cron})
    target = "~/.config/systemd/user" if is_user else "/etc/systemd/system"
    systemctl = "systemctl --user" if is_user else "systemctl"
    options.say([
        *(f"# Make the folder first: mkdir -p {shlex.quote(str(path))}" for path in place.writes if not path.is_dir()),
        *(["# Better than root: a user of its own (useradd --system newscrawl)"] if place.user == "root" else []),
        f"# Put each part into the file in {target} that it is named after, then:",
        f"#   {systemctl} daemon-reload",
        f"#   {systemctl} enable --now newscrawl.timer newscrawl-nightly.timer",
        *(["#   loginctl enable-linger    # so that they run while you are logged out"] if is_user else []),
        "",
    ])  # fmt: skip
    for name, text in found.items():
        options.say([f"# --- {name} ---", text])
    options.say(["# --- without systemd: lines for `crontab -e` ---", *(f"# {line}" for line in cron)])


def place_of(options: Options, *, is_user: bool) -> units.Place:
    """Return where newscrawl works here: what starts it, which folders it writes to, and as whom."""
    used = options.config
    beside = Path(sys.executable).parent / "newscrawl"
    command = (str(beside),) if beside.exists() else (sys.executable, "-m", "newscrawl.cli")
    chosen = [] if used.path is None else ["--config", str(used.path.absolute())]
    if used.path is None or options.db != used.db:
        chosen += ["--db", str(options.db.absolute())]
    folders = [options.db.absolute().parent]
    if used.log_file:
        folders.append(used.log_file.absolute().parent)
    if used.backup_folder:
        folders.append(used.backup_folder.absolute())
    folder = used.path.absolute().parent if used.path else Path.cwd()
    try:
        user = "" if is_user else getpass.getuser()
    except (KeyError, OSError):  # a number without a name, as in a container
        user = str(os.getuid())
    return units.Place(command, tuple(chosen), folder, tuple(dict.fromkeys(folders)), user)


# --- backup and restore -------------------------------------------------------------------------


@click.option("--keep", type=click.IntRange(1), help="Backups kept.  [default: as configured, else 7]")
@click.option("--to", "folder", type=PATH, help="Where they lie.  [default: as configured, else `backups` beside it]")
def backup(options: Options, *, keep: int | None, folder: Path | None) -> None:
    """Write a checked backup of articles and raw pages, beside a run if there is one; old ones go after it stands."""
    from newscrawl import backup as copies  # noqa: PLC0415 - see above

    target = folder or copies.folder_for(options.db, options.config)
    done = copies.back_up(options.db, target, keep or options.config.backup_keep)
    options.give(done)
    options.say([
        *(f"{copy.path}: {copies.megabytes(copy.size)}, checked" for copy in done.files),
        *(f"{path}: removed, it was old" for path in done.removed),
        f"Bring it back with: newscrawl restore {done.folder} --db {options.db}",
    ])  # fmt: skip


@click.argument("backup", metavar="BACKUP", type=PATH)
def restore(options: Options, *, backup: Path) -> None:
    """Put a backup (its folder, or the store's file in it) in the place of the store, which is kept aside."""
    from newscrawl import backup as copies  # noqa: PLC0415 - see above

    done = copies.restore(backup, options.db)
    options.give(done)
    options.say([
        *(f"{path}: restored from {backup}" for path in done.files),
        *(f"{path}: what stood there before" for path in done.put_aside),
    ])  # fmt: skip


# --- doctor -------------------------------------------------------------------------------------


def doctor(options: Options) -> None:
    """Look the installation and the store over; exit 3 where something needs you."""
    from newscrawl import doctor as looked  # noqa: PLC0415 - see above

    try:
        found = list(looked.findings(options.db, options.config, options.config_fault))
    except StoreError as error:
        stop(str(error))
    troubles = [one for one in found if one.level == "trouble"]
    options.give({"is_good": not troubles, "findings": found})
    for one in found:
        remedy = f"\n        {one.remedy}" if one.remedy else ""
        options.say([f"{MARKS[one.level]} {one.subject}: {one.found}{remedy}"])
    if troubles:
        sys.exit(EXIT_ALARM)
