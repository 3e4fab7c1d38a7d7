"""Which outlets there are: Scrapy's own spider list and those of the configuration, asked by name or by address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import Any, cast
from urllib.parse import urlsplit

from scrapy.spiderloader import SpiderLoader
from scrapy.utils.project import get_project_settings

from newscrawl import config
from newscrawl.config import Config, ConfigError
from newscrawl.config_keys import LISTINGS
from newscrawl.outlet import Outlet
from newscrawl.pipelines import Habits
from newscrawl.rules import Rules

MOST_LABELS = 127
"""Parts that a host's name may have (RFC 1035)."""


class UnknownOutletError(Exception):
    """A name that no outlet has; the message names the nearest."""


def known() -> dict[str, type[Outlet]]:
    """Return every outlet by its name, in alphabetical order: as coded, and as the configuration has it.

    Raises:
        ConfigError: the configuration names an outlet that is not there and does not say where it is.
    """
    used = config.used()
    if not used.outlets:
        return coded()
    return as_configured(used)


@cache
def coded() -> dict[str, type[Outlet]]:
    """Return the outlets that have code."""
    settings = get_project_settings()
    settings.setmodule("newscrawl.settings", priority="default")
    loader = SpiderLoader.from_settings(settings)
    return {name: cast("type[Outlet]", loader.load(name)) for name in sorted(loader.list())}


@lru_cache(maxsize=4)
def as_configured(used: Config) -> dict[str, type[Outlet]]:
    """Return every outlet with what a configuration says of it; made once for each configuration.

    Raises:
        ConfigError: see `known`.
    """
    faults = [fault for name, about in used.outlets.items() if (fault := missing(name, about))]
    if faults:
        raise ConfigError("\n".join(f"{used.path}: {fault}" for fault in faults))
    changed = {name: made(name, about) for name, about in used.outlets.items()}
    return dict(sorted({**coded(), **changed}.items()))


def missing(name: str, about: Mapping[str, Any]) -> str:
    """Return what a configuration does not say of an outlet that has no code; empty where nothing is missing."""
    if name in coded():
        return ""
    if "homepage" not in about:
        return f"outlet.{name} has no code and no homepage. {hint(name, coded())} A new outlet needs a homepage."
    if not any(about.get(kind) for kind in LISTINGS):
        return f"outlet.{name} has no code, so it needs one of {', '.join(LISTINGS)}."
    return ""


def made(name: str, about: Mapping[str, Any]) -> type[Outlet]:
    """Return the class of an outlet with what the configuration says of it."""
    base = coded().get(name, Outlet)
    said = {"title": name} if base is Outlet else {}
    doc = f"{about.get('title', name)}: as the configuration has it."
    return type(f"Configured{name.title().replace('_', '')}", (base,), {**said, **about, "name": name, "__doc__": doc})


def switched_on() -> list[type[Outlet]]:
    """Return the outlets of a run without names: all real ones, but as the configuration switches them on and off.

    Raises:
        UnknownOutletError: the configuration switches an outlet that is not there.
    """
    used, made_up = config.used(), demo()
    off = {outlet.name for outlet in named(used.outlets_off)}
    on = named(used.outlets_on) or [outlet for outlet in known().values() if outlet not in made_up]
    return [outlet for outlet in on if outlet.name not in off]


def named(names: Iterable[str]) -> list[type[Outlet]]:
    """Return the outlets with these names, in their order.

    Raises:
        UnknownOutletError: there is no such outlet.
    """
    return [one(name) for name in names]


def one(name: str) -> type[Outlet]:
    """Return the outlet with this name; see `named`."""
    if name in known():
        return known()[name]
    raise UnknownOutletError(f"There is no outlet {name!r}. {hint(name, known())}")


def hint(name: str, names: Iterable[str]) -> str:
    """Return a sentence that helps somebody who named an outlet that is not there."""
    near = get_close_matches(name, names, n=1)
    return f"Did you mean {near[0]}?" if near else "`newscrawl outlets` lists them all."


def demo() -> list[type[Outlet]]:
    """Return the made-up outlets of the demo."""
    made_up = {name for name, outlet in coded().items() if outlet.homepage.split("/")[2].endswith(".example")}
    return [outlet for name, outlet in known().items() if name in made_up]


def at(url: str) -> type[Outlet] | None:
    """Return the outlet that an address belongs to, or None."""
    try:
        host = urlsplit(url.strip()).hostname
    except ValueError:
        return None
    return at_host(host) if host else None


def at_host(host: str) -> type[Outlet] | None:
    """Return the outlet that a host belongs to, or None; of several, the one whose own host is nearest.

    `www.` stands for every host of its site; `fr.` beside it, an outlet of its own, only for itself and below.
    """
    homes, labels = homes_of(config.used()), host.split(".")[-MOST_LABELS:]
    return next((homes[home] for n in range(len(labels)) if (home := ".".join(labels[n:])) in homes), None)


@lru_cache(maxsize=4)
def homes_of(used: Config) -> dict[str, type[Outlet]]:
    """Return the outlets of a configuration by their hosts; of two with one host, the first by its name."""
    homes: dict[str, type[Outlet]] = {}
    for outlet in (as_configured(used) if used.outlets else coded()).values():
        homes.setdefault((urlsplit(outlet.homepage).hostname or "").removeprefix("www."), outlet)
    return homes


def habits_at(url: str) -> Habits:
    """Return what the outlet at an address does its own way; nothing special where we do not know it."""
    outlet = at(url)
    return outlet.habits() if outlet else Habits(rules=Rules())
