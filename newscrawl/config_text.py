"""pure: the configuration as text: the commented file, an outlet's entry, the table for the docs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from newscrawl.config_keys import GENERAL, OF_AN_OUTLET, Key

SECTIONS = {
    "store": "Where everything is kept.",
    "crawl": "How outlets are asked: politeness, and the limits of a run.",
    "alarm": "Who is told when an outlet falls silent or changes.",
    "log": "What is written down beside the output; `--log-json` sends it to stderr.",
    "archive": "Raw pages, from which everything can be read anew.",
    "backup": "`newscrawl backup`.",
    "guard": "Protection of your own network.",
    "outlets": "Which outlets `newscrawl run` crawls where none is named; `newscrawl outlets` lists them.",
}
"""What each section is for."""
HEAD = """\
# The configuration of newscrawl. Everything has a default: a line counts once the # before it is taken away.
# `newscrawl doctor` checks this file; docs/configuration.md describes every key.
"""
OUTLETS = """\

# One outlet: what is said here stands in the place of what its code says.
# [outlet.kompas]
# body_css = "div.read__content > p"

# An outlet without code; `newscrawl outlets add https://...` finds out and writes such an entry.
# [outlet.harbour_times]
# title = "Harbour Times"
# homepage = "https://harbour.example/"
# language = "en"
# timezone = "Asia/Jakarta"
# feeds = ["https://harbour.example/rss"]
"""


def commented() -> str:
    """Return the file that `newscrawl init` writes: every key with what it does, all of them commented out."""
    return HEAD + "".join(section(name) for name in SECTIONS) + OUTLETS


def section(name: str) -> str:
    """Return one section of the commented file."""
    lines = [f"# {SECTIONS[name]}", f"[{name}]"]
    for key in GENERAL:
        if key.section == name:
            lines += [f"# {key.says}", f"# {key.name} = {shown(key)}"]
    return "\n" + "\n".join(lines) + "\n"


def shown(key: Key) -> str:
    """Return the value that the commented file shows: an example, or the default."""
    if key.example:
        return key.example if key.kind == "list of texts" else written(key.example)
    return written(key.default)


def written(value: Any) -> str:
    """Return a value as TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(written(one) for one in value)}]"
    if isinstance(value, int | float):
        return str(value)
    # JSON's escapes are TOML's, but for DEL, which TOML wants escaped, and halves of pairs, which it does not know
    whole = str(value).encode("utf-8", "replace").decode()
    return json.dumps(whole, ensure_ascii=False).replace("\x7f", "\\u007f")


def entry(name: str, about: Mapping[str, Any], says: str = "") -> str:
    """Return the entry of one outlet; `says` stands above it as a comment."""
    comment = "".join(f"# {line}\n" for line in printable(says).splitlines())
    known = [key.name for key in OF_AN_OUTLET if about.get(key.name)]
    return f"{comment}[outlet.{name}]\n" + "".join(f"{key} = {written(about[key])}\n" for key in known)


def printable(text: str) -> str:
    """Return a text without characters that a TOML comment may not hold."""
    whole = text.encode("utf-8", "replace").decode()
    return re.sub(r"[\x00-\x09\x0b-\x1f\x7f\x85\u2028\u2029]", " ", whole)


def appended(text: str, more: str) -> str:
    """Return a configuration with an entry at its end; every byte before it stays."""
    gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    return f"{text}{gap}{more}"


def table() -> Iterator[str]:
    """Yield the lines of docs/configuration.md."""
    yield "# The configuration\n"
    yield "One TOML file, read from `--config FILE`, `NEWSCRAWL_CONFIG`, or `newscrawl.toml` in the folder where the"
    yield "command is given. `newscrawl init` writes one with every key commented out. Relative paths count from the"
    yield "file's folder. `--db` and `NEWSCRAWL_DB` win over `store.db`. Unknown keys and wrong values are refused, all"
    yield "at once, with line and remedy; `newscrawl doctor` checks without running anything.\n"
    for name, keys in groupby(GENERAL, key=lambda key: key.section):
        yield f"## [{name}]\n\n{SECTIONS[name]}\n"
        yield from rows(list(keys))
    yield "## [outlet.NAME]\n"
    yield "What is said of one outlet. Where it has code, each key stands in the place of the class attribute of that"
    yield "name. Where it has none, `homepage` and one of `feeds`, `sitemaps`, `news_sitemaps`, `sections` are needed;"
    yield "everything else is read from the pages.\n"
    yield from rows(list(OF_AN_OUTLET))
    yield "## A whole example\n\n```toml"
    yield commented() + "```"


def rows(keys: list[Key]) -> Iterator[str]:
    """Yield a table of keys."""
    yield "| key | what it holds | default | what it does |\n|---|---|---|---|"
    for key in keys:
        has_limits = key.kind in {"number", "whole number"} and key.least is not None and key.most is not None
        limits = f", {key.least} to {key.most}" if has_limits else ""
        is_empty = key.default is None or key.default == ""
        default = "empty" if is_empty else f"`{written(key.default)}`"
        yield f"| `{key.name}` | {key.kind}{limits} | {default} | {key.says} |"
    yield ""
