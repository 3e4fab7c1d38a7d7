"""Who may use the editor's view: whoever started the server, by a token that it printed, from its own forms only."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit
from weakref import WeakKeyDictionary

Form = Mapping[str, list[str]]
LONGEST_FORM = 1_000_000
MOST_FIELDS = 20_000
"""A story of so many articles has every one of them in its form."""
URLENCODED = "application/x-www-form-urlencoded"


def secret() -> str:
    """Return words that nobody guesses: 256 bits."""
    return secrets.token_urlsafe(32)


@dataclass(frozen=True)
class Editor:
    """The editor of one running server. All secrets end with it."""

    token: str = field(default_factory=secret, repr=False)
    """Stands in the address that is printed at the start."""
    session: str = field(default_factory=secret, repr=False)
    """Value of the cookie that the token is exchanged for."""
    form_token: str = field(default_factory=secret, repr=False)
    """Stands in every form, where no page elsewhere can read it."""

    @property
    def cookie(self) -> str:
        """Name of the cookie: two servers on two ports of one machine share their cookies."""
        return f"newscrawl_editor_{hashlib.sha256(self.token.encode()).hexdigest()[:12]}"

    def admits(self, token: str) -> bool:
        """Tell whether a token is ours."""
        return is_same(token, self.token)

    def is_signed_in(self, cookies: Mapping[str, str]) -> bool:
        """Tell whether a browser has our cookie."""
        return is_same(cookies.get(self.cookie, ""), self.session)

    def set_cookie(self) -> str:
        """Return the header that gives a browser our cookie: no script reads it, no page elsewhere sends it along."""
        return f"{self.cookie}={self.session}; HttpOnly; Path=/; SameSite=Strict"

    def trusts(self, form: Form) -> bool:
        """Tell whether a form is one of ours."""
        return is_same((form.get("form_token") or [""])[-1], self.form_token)


EDITORS: WeakKeyDictionary[Any, Editor] = WeakKeyDictionary()
"""Datasette -> its editor, kept out of its configuration, which it shows to whoever asks."""


def is_same(one: str, other: str) -> bool:
    """Tell whether two secrets are equal, in a time that does not tell how far they are."""
    return secrets.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def is_from_here(headers: Mapping[str, str]) -> bool:
    """Tell whether a browser says that a form was sent from one of our own pages, or says nothing of it."""
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    return site in {None, "same-origin"} and (origin is None or urlsplit(origin).netloc == headers.get("host"))


def read_form(body: bytes) -> Form | None:
    """Return the fields of a form, None where it has too many."""
    try:
        return parse_qs(
            body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="replace"
        )
    except ValueError:
        return None
