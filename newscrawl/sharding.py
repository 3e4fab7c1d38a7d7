"""Which outlets a shard crawls, where several machines share the work: chosen by a hash of their host."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from newscrawl.outlet import Outlet

SHARD = re.compile(r"([1-9][0-9]{0,5})/([1-9][0-9]{0,5})")


class ShardError(ValueError):
    """Words that name no shard; the message says how one is named."""


@dataclass(frozen=True)
class Shard:
    """One part of several that together crawl every outlet once."""

    number: int
    """From 1."""
    of: int

    def crawls(self, outlet: type[Outlet]) -> bool:
        """Tell whether this shard crawls an outlet; all outlets of one host are in one shard, so that one asks it."""
        return place(host_of(outlet.homepage), self.of) == self.number - 1


def read(named: str) -> Shard:
    """Return the shard that words name: `2/8` is the second of eight.

    Raises:
        ShardError: they name none.

    >>> read("2/8")
    Shard(number=2, of=8)
    """
    found = SHARD.fullmatch(named.strip())
    if not found or int(found[1]) > int(found[2]):
        raise ShardError(f"{named!r} is no shard; 2/8 is the second of eight.")
    return Shard(int(found[1]), int(found[2]))


def host_of(homepage: str) -> str:
    """Return the host of an address, without `www.`.

    >>> host_of("https://www.warta.example/nasional")
    'warta.example'
    """
    return (urlsplit(homepage).hostname or "").removeprefix("www.")


def place(host: str, shards: int) -> int:
    """Return the shard of a host, from 0: the same on every machine and in every version.

    With one shard more only one in so many hosts moves, and only to the new one (Lamping and Veach 2014, A Fast,
    Minimal Memory, Consistent Hash Algorithm).

    >>> [place("kabar.example", shards) for shards in (1, 2, 4, 8, 16)]
    [0, 0, 2, 7, 7]
    """
    key = int.from_bytes(hashlib.sha256(host.casefold().encode()).digest()[:8], "big")
    found, jump = 0, 0
    while jump < shards:
        found = jump
        key = (key * 2862933555777941757 + 1) % 2**64
        jump = int((found + 1) * (2**31 / ((key >> 33) + 1)))
    return found


def chosen(outlets: Iterable[type[Outlet]], shard: Shard) -> list[type[Outlet]]:
    """Return those of these outlets that a shard crawls, in their order."""
    return [outlet for outlet in outlets if shard.crawls(outlet)]


def sharing_hosts(outlets: Iterable[type[Outlet]]) -> list[list[type[Outlet]]]:
    """Return outlets in groups: two that ask one host, for pages or for listings, are in one.

    A host has one queue in a process, so that whoever asks it must be in one process.
    """
    groups: list[tuple[set[str], list[type[Outlet]]]] = []
    for outlet in outlets:
        hosts, members = hosts_of(outlet), [outlet]
        for group in [one for one in groups if one[0] & hosts]:
            groups.remove(group)
            hosts, members = hosts | group[0], [*group[1], *members]
        groups.append((hosts, members))
    return [members for _, members in groups]


def hosts_of(outlet: type[Outlet]) -> set[str]:
    """Return the hosts that an outlet's homepage and listings stand on."""
    listings = (*outlet.feeds, *outlet.sitemaps, *outlet.news_sitemaps, *outlet.sections, *outlet.index_pages)
    return {host_of(address) for address in (outlet.homepage, *listings)}
