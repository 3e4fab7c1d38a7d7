"""The answer to "who else has this?": the story first, then what was found where, then who else covers it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from dedupe.lookup import LONGEST_QUERY, Found, Match, Place, addresses_in, look_up, place
from dedupe.site.answer import Answer
from dedupe.site.asked import Asked
from dedupe.store import Store

PLACES_SHOWN = 5
"""Articles of which the passage that was found is shown; what else fits is named."""
MATCHES_SHOWN = 12
OTHERS_SHOWN = 30
"""Other articles of the story that are named; the story's page has all."""
DIRECT = ("url", "title", "quotation", "text")
ADDRESS_WORD = re.compile(r"[^\W\d_]{3,}")
WORDS_OF_AN_ADDRESS = 12


@dataclass(frozen=True)
class InShort:
    """A story in a line."""

    story_id: int
    title: str
    outlets: int
    articles: int
    first_day: str | None
    last_day: str | None
    first_seen_at: str | None


@dataclass(frozen=True)
class Placed:
    """An article with what was found in it."""

    match: Match
    place: Place | None
    """Where it stands; None where the article was found by its address, or where others show the same."""


@dataclass(frozen=True)
class Known:
    """What is known of an address under which there is no article."""

    reason: str | None
    """Why no article could be made of the page; None where it was not tried."""
    since: str
    """When the address was first met."""


@dataclass(frozen=True)
class LookPage:
    """What a look-up found, or what was tried."""

    query: str
    tried: str
    story: InShort | None
    direct: tuple[Placed, ...]
    """Articles that have what was asked for, the best first."""
    others: tuple[Match, ...]
    """The rest of the coverage, in the order of its time."""
    known: Known | None = None


def page(asked: Asked) -> Answer:
    """Return what the store has of a link, headline, quotation or paragraph."""
    query = asked.said("q", LONGEST_QUERY)
    typed = query.encode("utf-8", "replace").decode()
    addresses = addresses_in(typed, asked.ties.addresses)
    found = look_up(asked.store, typed, addresses)
    shown = answered(asked.store, found, addresses)
    t = asked.wording
    return Answer(
        template="look.html",
        title=t("look.found") if found.matches else t("look.title"),
        data=shown,
        rows=[
            {"found_by": m.kind, "score": m.score, "story_id": found.story, "article_id": m.article_id,
             "outlet": m.outlet, "title": m.title, "url": m.url, "published_text": m.published_text,
             "first_seen_at": m.first_seen_at}
            for m in found.matches
        ],
        extra={
            "titles": titles(asked.store),
            "days": days(asked.store, [m for m in named(shown) if t.is_machine(m.published_text or "")]),
            "tried_forms": addresses[:8],
            "address_words": address_words(typed) if found.tried == "address" else "",
            "others_left": max(0, sum(m.kind not in DIRECT for m in found.matches) - OTHERS_SHOWN),
        },
    )  # fmt: skip


def answered(store: Store, found: Found, addresses: tuple[str, ...]) -> LookPage:
    """Return what a look-up found as the page shows it."""
    direct = [match for match in found.matches if match.kind in DIRECT]
    others = [match for match in found.matches if match.kind not in DIRECT]
    return LookPage(
        query=found.query,
        tried=found.tried,
        story=in_short(store, found.story) if found.story else None,
        direct=tuple(
            Placed(match, place_of(store, match, found.query) if number < PLACES_SHOWN else None)
            for number, match in enumerate(direct[:MATCHES_SHOWN])
        ),
        others=tuple(others[:OTHERS_SHOWN]),
        known=None if found.matches else known(store, addresses),
    )


def place_of(store: Store, match: Match, query: str) -> Place | None:
    """Return where in an article stands what was asked for; None for one that was found by its address."""
    return None if match.kind == "url" else place(store, match.article_id, query)


def in_short(store: Store, story_id: int) -> InShort:
    """Return a story in a line."""
    row = store.rows(
        "SELECT s.id AS story_id, s.title, s.outlets, s.articles, s.first_day, s.last_day,"
        " (SELECT min(a.first_seen_at) FROM coverage AS c JOIN articles AS a ON a.id = c.article_id"
        "   WHERE c.story_id = s.id) AS first_seen_at FROM stories AS s WHERE s.id = ?",
        (story_id,),
    )[0]
    return InShort(**dict(row))


def known(store: Store, addresses: tuple[str, ...]) -> Known | None:
    """Return what is known of an address that has no article: met and rejected, or met and not fetched yet."""
    for address in addresses:
        url = address.encode("utf-8", "backslashreplace").decode()
        rejected = store.rows("SELECT reason, first_seen_at FROM rejects WHERE url = ? LIMIT 1", (url,))
        if rejected:
            return Known(rejected[0]["reason"], rejected[0]["first_seen_at"])
        met = store.rows("SELECT first_seen_at FROM pages WHERE url = ?", (url,))
        if met:
            return Known(None, met[0]["first_seen_at"])
    return None


def named(shown: LookPage) -> tuple[Match, ...]:
    """Return all articles that the page names."""
    return (*(placed.match for placed in shown.direct), *shown.others)


def days(store: Store, matches: Iterable[Match]) -> dict[int, str | None]:
    """Return the printed days of articles by their ids: what stands beside a date that was written for machines."""
    ids = [match.article_id for match in matches]
    rows = store.rows_in("SELECT id, published_day FROM articles WHERE id IN ({})", ids)
    return {row["id"]: row["published_day"] for row in rows}


def address_words(address: str) -> str:
    """Return the words of an address, as a search that may find the same under another one.

    >>> address_words("https://warta.example/2026/05/banjir-rendam-lantera-8127.html")
    'banjir rendam lantera'
    """
    try:
        path = urlsplit(address if "://" in address else f"https://{address}").path
    except ValueError:
        return ""
    slug = max(unquote(path).rsplit(".", 1)[0].split("/"), key=lambda part: len(ADDRESS_WORD.findall(part)))
    return " ".join(ADDRESS_WORD.findall(slug)[:WORDS_OF_AN_ADDRESS])


def titles(store: Store) -> dict[str, str]:
    """Return the titles of all outlets."""
    return {row["name"]: row["title"] for row in store.rows("SELECT name, coalesce(title, name) AS title FROM outlets")}
