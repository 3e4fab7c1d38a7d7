"""The search page: words, phrases and beginnings of words, by day, outlet and language; excerpts, pages, a feed."""

from __future__ import annotations

from datetime import date
from typing import Any, cast, get_args
from urllib.parse import urlencode

from dedupe.searching import LONGEST_QUERY, MOST_PAGES, Filters, Hit, Order, Where, sought
from dedupe.site.answer import Answer, Entry
from dedupe.site.asked import Asked
from dedupe.store import Store

WHERE: tuple[Where, ...] = get_args(Where)
ORDER: tuple[Order, ...] = get_args(Order)


def page(asked: Asked) -> Answer:
    """Return one page of what a search finds, or the form alone where nothing was asked for yet."""
    query = asked.said("q", LONGEST_QUERY)
    where = cast("Where", one_of(WHERE, asked.said("in")))
    order = cast("Order", one_of(ORDER, asked.said("order")))
    filters = Filters(
        first_day=day(asked, "from"),
        last_day=day(asked, "to"),
        outlet=plain(asked.said("outlet")),
        language=plain(asked.said("language", 8)),
    )
    number = asked.number("page", most=MOST_PAGES) or 1
    all_found = sought(asked.store, query, filters, where)
    found = all_found.results(order, number)
    kept = {"q": query, "in": where, "from": filters.first_day, "to": filters.last_day, "outlet": filters.outlet,
            "language": filters.language, "order": order}  # fmt: skip
    t = asked.wording
    return Answer(
        template="search.html",
        title=t("search.titled", query=query) if query else t("search.title"),
        data=found,
        rows=[row(hit) for hit in found.hits],
        entries=[entry(hit) for hit in all_found.news()],
        extra={
            "query_text": query,
            "orders": ORDER,
            "places": WHERE,
            "chosen_order": order,
            "outlets": outlets(asked.store),
            "languages": languages(asked.store),
            "with_page": lambda other: f"/search?{urlencode({**kept, 'page': other}, errors='replace')}",
        },
    )


def one_of(choices: tuple[str, ...], said: str) -> str:
    """Return what was chosen; the first where it is none of the choices."""
    return said if said in choices else choices[0]


def plain(said: str) -> str:
    """Return a field as text that SQLite takes."""
    return said.encode("utf-8", "replace").decode()


def day(asked: Asked, name: str) -> str:
    """Return a field as a day, empty where what was typed in is none."""
    try:
        return date.fromisoformat(asked.said(name, 10)).isoformat()
    except ValueError:
        return ""


def row(hit: Hit) -> dict[str, object]:
    """Return one line of the table."""
    return {
        "article_id": hit.article_id,
        "story_id": hit.story_id,
        "outlet": hit.outlet,
        "title": hit.title,
        "url": hit.url,
        "published_text": hit.published_text,
        "published_day": hit.published_day,
        "first_seen_at": hit.first_seen_at,
        "speaker": hit.speaker,
        "excerpt": hit.excerpt,
    }


def entry(hit: Hit) -> Entry:
    """Return one entry of the feed: the article's page here, which leads to the outlet's and to its story."""
    return Entry(
        f"/article/{hit.article_id}",
        f"{hit.outlet_title}: {hit.title}",
        hit.first_seen_at,
        f"{hit.speaker}: “{hit.excerpt}”" if hit.speaker else hit.excerpt,
        hit.outlet_title,
    )


def outlets(store: Store) -> list[tuple[str, str]]:
    """Return name and title of every outlet, by title."""
    rows = store.rows("SELECT name, coalesce(title, name) AS title FROM outlets ORDER BY title COLLATE NOCASE")
    return [(one["name"], one["title"]) for one in rows]


def languages(store: Store) -> list[Any]:
    """Return the languages that articles are in, as far as they were counted."""
    return [
        one["language"] for one in store.rows("SELECT language FROM counted_articles ORDER BY 1") if one["language"]
    ]
