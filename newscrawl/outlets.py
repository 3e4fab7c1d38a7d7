"""Which outlets there are: Scrapy's own spider list, asked by name or by address."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import cast
from urllib.parse import urlsplit

from scrapy.spiderloader import SpiderLoader
from scrapy.utils.project import get_project_settings

from newscrawl.outlet import Outlet
from newscrawl.pipelines import Habits
from newscrawl.rules import Rules


class UnknownOutletError(Exception):
    """A name that no outlet has; the message names the nearest."""


@cache
def known() -> dict[str, type[Outlet]]:
    """Return every outlet by its name, in alphabetical order."""
    settings = get_project_settings()
    settings.setmodule("newscrawl.settings", priority="default")
    loader = SpiderLoader.from_settings(settings)
    return {name: cast("type[Outlet]", loader.load(name)) for name in sorted(loader.list())}


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
    from difflib import get_close_matches  # noqa: PLC0415 - only on the way to an error

    near = get_close_matches(name, known(), n=1)
    hint = f"Did you mean {near[0]}?" if near else "`scrapy list` names them all."
    raise UnknownOutletError(f"There is no outlet {name!r}. {hint}")


def demo() -> list[type[Outlet]]:
    """Return the made-up outlets of the demo."""
    return [outlet for outlet in known().values() if outlet.homepage.split("/")[2].endswith(".example")]


def at(url: str) -> type[Outlet] | None:
    """Return the outlet that an address belongs to, or None."""
    try:
        host = urlsplit(url.strip()).hostname
    except ValueError:
        return None
    return at_host(host) if host else None


@lru_cache(maxsize=10_000)
def at_host(host: str) -> type[Outlet] | None:
    """Return the outlet that a host belongs to, or None; of several, the one whose own host is nearest.

    `www.` stands for every host of its site; `fr.` beside it, an outlet of its own, only for itself and below.
    """
    homes = {outlet: (urlsplit(outlet.homepage).hostname or "").removeprefix("www.") for outlet in known().values()}
    fitting = [outlet for outlet, home in homes.items() if f".{host}".endswith(f".{home}")]
    return max(fitting, key=lambda outlet: len(homes[outlet]), default=None)


def habits_at(url: str) -> Habits:
    """Return what the outlet at an address does its own way; nothing special where we do not know it."""
    outlet = at(url)
    return outlet.habits() if outlet else Habits(rules=Rules())
