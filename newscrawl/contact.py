"""Who we say we are: the User-Agent, with a contact that the operator sets; no public host is asked without one."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import version
from urllib.parse import urlsplit

from scrapy.exceptions import UsageError

from newscrawl import addresses, config_keys

PRODUCT = "newscrawl"
"""The product token that robots.txt files address (RFC 9309, 2.2.1)."""
RESERVED = ("example", "test", "invalid", "localhost")
"""Top-level names that are nobody's (RFC 2606, RFC 6761): the demo's outlets end so."""
REMEDY = (
    "Say who you are, so that an outlet can write to you instead of shutting the door: "
    'contact = "you@your.site" under [crawl] in newscrawl.toml, or -s CONTACT=you@your.site for `scrapy crawl`.'
)


class NoContactError(UsageError):
    """Public hosts would be asked, and the operator named no contact, or none that can be used."""


def user_agent(contact: str) -> str:
    """Return the User-Agent: product, version and contact.

    >>> user_agent("desk@paper.example").endswith(" (+desk@paper.example)")
    True
    """
    said = f"+{contact}" if contact else "no contact: for tests and the demo only"
    return f"{PRODUCT}/{version(PRODUCT)} ({said})"


def check(contact: str, asked: Iterable[str], allowed: Iterable[str] = ()) -> None:
    """See that a crawl which asks public hosts names a contact; `asked` are addresses, `allowed` is GUARD_ALLOW.

    Raises:
        NoContactError: it does not; the message names a host and the remedy.
    """
    wrong = config_keys.contact(contact)
    if wrong:
        raise NoContactError(f"The contact {contact[:100]!r} {wrong}. {REMEDY}")
    if contact:
        return
    public = next((host for host in map(name_of, asked) if is_public(host, allowed)), None)
    if public is not None:
        raise NoContactError(f"{public} is a public host, and no contact is set. {REMEDY}")


def name_of(url: str) -> str:
    """Return the name of the host that an address is asked from, without its port."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:  # brackets that hold no address: nobody can be asked there
        return ""


def is_public(name: str, allowed: Iterable[str] = ()) -> bool:
    """Whether a host may be somebody's on the Internet: not reserved, not on this machine, not allow-listed by name.

    >>> [is_public(name) for name in ("detik.com", "pesisir.example", "127.0.0.1", "93.184.215.14")]
    [True, False, False, True]
    """
    spelt = addresses.literal(name)
    if spelt is not None:
        return addresses.is_public(str(spelt))
    return bool(name) and name.rpartition(".")[2] not in RESERVED and not is_named(name, allowed)


def is_named(name: str, allowed: Iterable[str]) -> bool:
    """Whether the allow-list names a host, with or without a port."""
    return any(entry.strip().lower().partition(":")[0] == name for entry in allowed)
