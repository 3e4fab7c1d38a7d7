"""pure: the operator's configuration, one TOML file; unknown keys and wrong values are refused, all at once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from newscrawl.config_keys import GENERAL, NAME, OF_AN_OUTLET, Key

FILE = "newscrawl.toml"
"""Looked for in the folder where the command is given, where no other is named."""
LARGEST = 1024 * 1024
"""Bytes of a configuration: more is no configuration."""
LONGEST_TEXT = 2_000
MOST_OF_A_LIST = 10_000


class ConfigError(Exception):
    """A configuration that cannot be used; the message names the file and every fault with its remedy."""


@dataclass(frozen=True, eq=False)  # by identity: what is made of a configuration is kept beside it
class Config:
    """What the operator decided; every field is a key of `config_keys.GENERAL`, as `section_name`."""

    path: Path | None = None
    """The file; None where there is none and everything is as shipped."""
    store_db: Path = Path("data/news.db")
    crawl_contact: str = ""
    crawl_delay: float = 1.0
    crawl_autothrottle: bool = False
    crawl_jobs: int = 1
    crawl_pages: int = 0
    crawl_minutes: int = 0
    crawl_depth: int = 3
    crawl_pattern_pages: int = 2000
    alarm_on_alarm: str = ""
    log_file: Path | None = None
    log_level: str = "info"
    log_max_mb: int = 20
    log_keep: int = 5
    archive_keep_days: int = 0
    backup_folder: Path | None = None
    backup_keep: int = 7
    guard_allow: tuple[str, ...] = ()
    outlets_on: tuple[str, ...] = ()
    outlets_off: tuple[str, ...] = ()
    outlets: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What the file says of single outlets: name -> class attributes."""
    given: frozenset[str] = frozenset()
    """The keys that stand in the file, as `section.name`."""

    @property
    def db(self) -> Path:
        """The store's file."""
        return self.store_db

    @property
    def on_alarm(self) -> str:
        """The command that takes an alarm's report; empty: none."""
        return self.alarm_on_alarm

    @property
    def jobs(self) -> int:
        """Processes that outlets are spread over."""
        return self.crawl_jobs

    def scrapy_settings(self) -> dict[str, Any]:
        """Return what a crawl needs of the configuration; what the file does not say stays as `settings.py` has it."""
        said = [key for key in GENERAL if key.setting and key.dotted in self.given]
        values = {key.setting: getattr(self, attribute(key)) for key in said}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def attribute(key: Key) -> str:
    """Return the field of `Config` that holds a key."""
    return f"{key.section}_{key.name}"


_used = Config()


def use(chosen: Config) -> None:
    """Make a configuration the one of this process; `outlets.known` reads it."""
    global _used  # noqa: PLW0603 - a process has one configuration, as it has one command line
    _used = chosen


def used() -> Config:
    """Return the configuration of this process."""
    return _used


def find(explicit: Path | None) -> Config:
    """Return the configuration that is named, else `newscrawl.toml` of this folder, else everything as shipped.

    Raises:
        ConfigError: the named file is not there, or a file is faulty.
    """
    if explicit is None and not Path(FILE).is_file():
        return Config()
    return load(explicit or Path(FILE))


def load(path: Path) -> Config:
    """Return the configuration of a file.

    Raises:
        ConfigError: it cannot be read, is no TOML, or has faults; the message names all of them.
    """
    return read(text_of(path), path)


def text_of(path: Path) -> str:
    """Return the text of a configuration.

    Raises:
        ConfigError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            body = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise ConfigError(f"{path}: there is no such file. `newscrawl init {path}` writes one.") from None
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or error}).") from error
    if len(body) > LARGEST:
        raise ConfigError(f"{path}: is larger than {LARGEST} bytes, which no configuration is.")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}, line {line}: is not UTF-8. Save the file as UTF-8.") from error


def read(text: str, path: Path) -> Config:
    """Return the configuration that a text is; `path` is what messages name, and relative paths are read from.

    Raises:
        ConfigError: see `load`.
    """
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is no TOML: {error}. Texts stand in quotation marks.") from error
    except RecursionError:
        raise ConfigError(f"{path}: is nested deeper than any configuration is.") from None
    faults = sorted(faults_of(said, text))
    if faults:
        raise ConfigError("\n".join(f"{path}{f', line {line}' if line else ''}: {what}" for line, what in faults))
    folder = path.parent
    values: dict[str, Any] = {}
    given = set()
    for key in GENERAL:
        if key.name in said.get(key.section, {}):
            values[attribute(key)] = as_kept(key, said[key.section][key.name], folder)
            given.add(key.dotted)
    outlets = {
        name: {key.name: as_kept(key, about[key.name], folder) for key in OF_AN_OUTLET if key.name in about}
        for name, about in said.get("outlet", {}).items()
    }
    values.setdefault("store_db", folder / Config.store_db)
    return Config(path=path, outlets=outlets, given=frozenset(given), **values)


def as_kept(key: Key, value: Any, folder: Path) -> Any:
    """Return a value as `Config` holds it: lists as tuples, paths from the file's folder."""
    if key.kind == "path":
        return folder / Path(value).expanduser() if value else None
    if key.kind == "number":
        return float(value)
    return tuple(value) if isinstance(value, list) else value


# --- faults -------------------------------------------------------------------------------------


def faults_of(said: Mapping[str, Any], text: str) -> Iterator[tuple[int, str]]:
    """Yield every fault with its line, 0 where that is not known."""
    sections: dict[str, dict[str, Key]] = {}
    for key in GENERAL:
        sections.setdefault(key.section, {})[key.name] = key
    for section, table in said.items():
        if section == "outlet":
            yield from faults_of_outlets(table, text)
        elif section not in sections:
            homes = [key.dotted for key in GENERAL if key.name == section]
            hint = f"it belongs into a section: {homes[0]}" if homes else nearest(section, [*sections, "outlet"])
            yield line_of(text, section), f"there is no section or key {section!r}; {hint}."
        else:
            yield from faults_of_table(section, table, sections[section], text)


def faults_of_outlets(table: Any, text: str) -> Iterator[tuple[int, str]]:
    """Yield the faults of what is said of single outlets."""
    if not isinstance(table, dict):
        yield line_of(text, "outlet"), "outlet is no table; write [outlet.some_name]."
        return
    keys = {key.name: key for key in OF_AN_OUTLET}
    for name, about in table.items():
        if not NAME.fullmatch(name):
            yield line_of(text, f"outlet.{name}"), f"{name!r} cannot be an outlet's name: use a-z, 0-9 and _."
        else:
            yield from faults_of_table(f"outlet.{name}", about, keys, text)


def faults_of_table(section: str, table: Any, keys: Mapping[str, Key], text: str) -> Iterator[tuple[int, str]]:
    """Yield the faults of one section."""
    if not isinstance(table, dict):
        yield line_of(text, section), f"{section} is a section; write [{section}] and its keys below."
        return
    for name, value in table.items():
        line = line_of(text, section, name)
        if name not in keys:
            yield line, f"there is no key {section}.{name}; {nearest(name, list(keys))}."
        elif fault := fault_of(keys[name], value):
            yield line, f"{section}.{name} {fault}."


def fault_of(key: Key, value: Any) -> str:
    """Return what is wrong with a value; empty where nothing is."""
    if not is_of_kind(key, value):
        return f"is {shown(value)}, but wants a {key.kind}"
    if key.check_all:
        return key.check_all(value)
    if key.kind in {"number", "whole number"}:
        return fault_of_number(key, value)
    return fault_of_texts(key, value) if isinstance(value, str | list) else ""


def fault_of_number(key: Key, value: float) -> str:
    """Return what is wrong with a number; nan lies between no limits."""
    least, most = key.least or 0, key.most or 0
    return "" if least <= value <= most else f"is {value}, but must be from {least} to {most}"


def fault_of_texts(key: Key, value: str | list[str]) -> str:
    """Return what is wrong with a text, or with the first faulty one of a list; an empty text says nothing."""
    texts = [value] if isinstance(value, str) else value
    if len(texts) > MOST_OF_A_LIST:
        return f"has more than {MOST_OF_A_LIST} entries"
    for one in texts:
        if len(one) > LONGEST_TEXT or "\0" in one:
            return f"is {shown(one)}: longer than {LONGEST_TEXT} characters, or with a NUL"
        if key.check and (one or isinstance(value, list)) and (fault := key.check(one)):
            return f"is {shown(one)}, which {fault}"
    return ""


def is_of_kind(key: Key, value: Any) -> bool:
    """Tell whether a value is of its key's kind; a truth value is no number."""
    if key.kind in {"text", "path"}:
        return isinstance(value, str)
    if key.kind == "list of texts":
        return isinstance(value, list) and all(isinstance(one, str) for one in value)
    if key.kind == "list of numbers":
        return isinstance(value, list) and all(type(one) in {int, float} for one in value)
    if key.kind == "true or false":
        return isinstance(value, bool)
    wanted = int if key.kind == "whole number" else int | float
    return isinstance(value, wanted) and not isinstance(value, bool)


def shown(value: Any) -> str:
    """Return a value as a message shows it: short, and on one line."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:79]}…"  # noqa: PLR2004 - a line's worth


def nearest(name: str, names: list[str]) -> str:
    """Return which name was perhaps meant, or which there are."""
    near = get_close_matches(name, names, n=1)
    return f"the nearest is {near[0]}" if near else f"there are {', '.join(names)}"


_HEADER = re.compile(r"\s{0,200}\[{1,2}\s{0,20}([^\[\]#]{1,500}?)\s{0,20}\]{1,2}")
_KEY = re.compile(r"\s{0,200}([A-Za-z0-9_.\"'\- ]{1,500}?)\s{0,200}=")


def line_of(text: str, section: str, name: str = "") -> int:
    """Return the line where a section or key of a TOML text stands; 0 where it is written in a way not looked for."""
    here = ""
    for number, line in enumerate(text.split("\n"), 1):
        if header := _HEADER.match(line):
            here = plain(header[1])
            if not name and here == section:
                return number
        elif key := _KEY.match(line):
            dotted = f"{here}.{plain(key[1])}".lstrip(".")
            if dotted == (f"{section}.{name}" if name else section):
                return number
            if not name and dotted.startswith(f"{section}."):
                return number
    return 0


def plain(written: str) -> str:
    """Return a dotted key without quotation marks and spaces."""
    return re.sub(r"[\s\"']", "", written)
