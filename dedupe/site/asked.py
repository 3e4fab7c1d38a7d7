"""What a reader asked for, and what the pages need from outside dedupe."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from dedupe.site.wording import Wording
from dedupe.store import Store


class BusyError(Exception):
    """Another run is at work on the store; the message is its command, empty where that is not known."""


def no_forms(_query: str) -> tuple[str, ...]:
    """Return no other spelling of an address: what stands in where nobody knows any."""
    return ()


def no_body(_db: Path, _key: str) -> bytes | None:
    """Return no raw body: what stands in where nobody keeps any."""
    return None


@dataclass(frozen=True)
class Ties:
    """What newscrawl lends the pages, for dedupe knows nothing of addresses and archives."""

    addresses: Callable[[str], tuple[str, ...]] = no_forms
    """The forms of what was typed in as a web address; none where it is no address."""
    raw_body: Callable[[Path, str], bytes | None] = no_body
    """A kept raw page by the store's path and the body's key."""
    deciding: Callable[[Path, str], AbstractContextManager[Store]] | None = None
    """The store opened for an editor's decision, under its lock; raises BusyError where another run holds it."""


@dataclass
class Lent:
    """What newscrawl lends the pages of this process."""

    ties: Ties


LENT = Lent(Ties())


def lend(ties: Ties) -> None:
    """Let the pages of this process use what newscrawl has."""
    LENT.ties = ties


@dataclass(frozen=True)
class Desk:
    """What an editor who is signed in has: the word that every form must hold, and what became of the last form."""

    form_token: str = field(repr=False)
    status: int = 200
    told: str = ""
    """Why the form that was sent was refused; empty where none was."""
    chosen: frozenset[str] = frozenset()
    """Articles that were chosen in it."""


@dataclass(frozen=True)
class Asked:
    """One request as a page sees it: the store in one state, the address's parts, the form's fields, the language."""

    store: Store
    path: str
    """The address without query and without the ending that names a form."""
    named: Mapping[str, str]
    """What the address itself names: an id, an outlet."""
    fields: Mapping[str, str]
    """What the form or the query string says, the last of several values."""
    wording: Wording
    root: str = ""
    """Scheme and host that the reader used, for permanent addresses and feeds."""
    ties: Ties = field(default_factory=Ties)
    desk: Desk | None = None
    """None where the reader is no editor."""

    def said(self, name: str, longest: int = 200) -> str:
        """Return one field without white space around it, cut; empty where it was not filled in."""
        return self.fields.get(name, "").replace("\x00", "").strip()[:longest]

    def number(self, name: str, *, least: int = 1, most: int = 1_000_000) -> int | None:
        """Return one field as a number between bounds, or None where it is none."""
        said = self.said(name, 20)
        if not (said.isascii() and said.isdecimal()):
            return None
        return min(max(int(said), least), most)
