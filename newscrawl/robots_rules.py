"""pure: what a robots.txt means for us (RFC 9309): which addresses, how fast, how long; and what its absence means."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from protego import Protego

from dedupe import RobotsCopy
from newscrawl.contact import PRODUCT
from newscrawl.retry_after import LONGEST

MOST_BYTES = 500 * 1024
"""Read of a robots.txt: what the RFC asks for at least (2.5)."""
MOST_REDIRECTS = 5
"""Followed; more mean that there is none (2.3.1.2)."""
FRESH = timedelta(hours=24)
"""How long a copy holds (2.4)."""
LONG = timedelta(days=30)
"""Unreachable for so long, a robots.txt that there never was counts as none (2.3.1.4)."""

_AGENT = re.compile(r"user[- ]?agent\s{0,50}:?\s{0,50}([^#]{0,500})", re.IGNORECASE)
_RULE = re.compile(r"(?:di(?:s|ss|as)[alo]{3,5}w|allow|crawl[- ]delay|request[- ]rate)\b", re.IGNORECASE)
"""A rule in the spellings that the parser takes; every other line is ignored, and ends no list of agents (2.2)."""
_TOKEN = re.compile(r"[a-z_-]{1,100}", re.IGNORECASE)
_OTHERS = "others"
_TOO_MANY_REQUESTS, _OK, _REDIRECT, _CLIENT, _SERVER = 429, 200, 300, 400, 500


@dataclass(frozen=True)
class Answer:
    """What came when a robots.txt was asked for; no status where nothing came, or too many redirects."""

    status: int | None
    body: bytes = b""
    detail: str = ""
    """Why nothing came."""


@dataclass(frozen=True)
class Rules:
    """What a host's robots.txt says to us."""

    text: str = ""
    """The lines that are about us; empty: everything is allowed."""
    unreachable: str = ""
    """Why it could not be read, as long as nothing may be asked for that reason; empty where something may be."""

    @cached_property
    def parser(self) -> Protego:
        """The lines, read."""
        return Protego.parse(self.text)

    def allows(self, url: str) -> bool:
        """Whether an address may be asked for."""
        return not self.unreachable and (not self.text or bool(self.parser.can_fetch(url, PRODUCT)))

    @cached_property
    def crawl_delay(self) -> float:
        """The seconds between two requests that it asks for (Crawl-delay, Request-rate), a day at most."""
        if not self.text:
            return 0.0
        rate = self.parser.request_rate(PRODUCT)
        asked = [self.parser.crawl_delay(PRODUCT) or 0.0, rate.seconds / rate.requests if rate else 0.0]
        return min(max(asked), LONGEST)


def after(copy: RobotsCopy, answer: Answer, now: datetime) -> RobotsCopy:
    """Return the copy after an answer: the new one, or the old one with the moment since when it cannot be renewed."""
    if is_unreachable(answer):
        return replace(copy, unreachable_since=copy.unreachable_since or now)
    body = answer.body[:MOST_BYTES] if answer.status and answer.status < _REDIRECT else None
    return RobotsCopy(origin=copy.origin, status=answer.status, body=body, fetched_at=now)


def is_unreachable(answer: Answer) -> bool:
    """Whether an answer leaves open what the robots.txt says (2.3.1.4).

    Too many requests are no answer to the question either, though the RFC counts every 4xx as "there is none".
    """
    status = answer.status
    return (
        status is None or status == _TOO_MANY_REQUESTS or not (_OK <= status < _REDIRECT or _CLIENT <= status < _SERVER)
    )


def is_fresh(copy: RobotsCopy, now: datetime) -> bool:
    """Whether a copy need not be renewed yet; one from the future is none."""
    return copy.fetched_at is not None and timedelta(0) <= now - copy.fetched_at < FRESH


def rules(copy: RobotsCopy, now: datetime, detail: str = "") -> Rules:
    """Return what holds: the copy as long as it is the newest word, nothing where it cannot be renewed.

    After a long time without any answer an old copy holds again; where there never was one, everything is allowed.
    """
    since = copy.unreachable_since
    if since is not None and now - since < LONG:
        return Rules(unreachable=detail or "it could not be read")
    return Rules(text="\n".join(ours((copy.body or b"")[:MOST_BYTES].decode("utf-8-sig", "ignore"))))


def ours(text: str) -> Iterator[str]:
    """Yield the lines of a robots.txt that may be about us, groups kept apart.

    Who else is addressed does not matter. A file that addresses ten thousand robots, with ten thousand rules for all
    of them, would cost the parser as many times more; and agents are compared as whole tokens here.

    >>> list(ours("User-agent: Foo" + chr(10) + "User-agent: NewsCrawl/2" + chr(10) + "Disallow: /a"))
    ['User-agent: others', 'User-agent: newscrawl', 'Disallow: /a']
    """
    named: set[str] = set()
    in_agents = False
    for line in map(str.strip, text.splitlines()):
        found = _AGENT.match(line)
        if found:
            named = named if in_agents else set()
            in_agents = True
            agent = agent_of(found[1])
            if agent not in named:
                named.add(agent)
                yield f"User-agent: {agent}"
        elif _RULE.match(line):
            in_agents = False
            if named - {_OTHERS}:
                yield line


def agent_of(value: str) -> str:
    """Return whom a User-agent line addresses: everybody, us, or others."""
    if value.strip() == "*":
        return "*"
    token = _TOKEN.match(value.strip())
    return PRODUCT if token and token[0].lower() == PRODUCT else _OTHERS
