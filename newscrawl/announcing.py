"""Pure: what a listing announces -> what the seen-table keeps of it, and whether a page has changed since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from dedupe import Announced, Article, PageState
from newscrawl import backfill, dates, urls
from newscrawl.discovery import Link


def first_mentions(links: Iterable[Link]) -> dict[str, Link]:
    """Return links by their addresses, the first mention of each."""
    found: dict[str, Link] = {}
    for link in links:
        found.setdefault(link.url, link)
    return found


def changed_since(link: Link, fetched: datetime) -> bool:
    """Tell whether a listing names a change later than a fetch of the page."""
    changed = dates.read(link.modified_text, language=None) if link.modified_text else None
    if changed is None:
        return False
    return changed.at > fetched if changed.at else changed.day > fetched.astimezone(UTC).date()


def announced(link: Link, place: int, at: datetime) -> Announced:
    """Return a link as the seen-table keeps it; where it stands tells which is newer where no date is printed."""
    return Announced(
        url=link.url,
        text=link.published_text,
        asked_as=link.printed_url,
        news_at=min(printed_moment(link) or at - timedelta(seconds=place), at),
    )


def printed_moment(link: Link) -> datetime | None:
    """Return when a page was news by its announcement or its address; None where neither says."""
    for text in (link.published_text, link.modified_text):
        read = dates.read(text, language=None) if text else None
        if read:
            return read.at or noon(read.day)
    day = backfill.day_in_address(link.url)
    return noon(day) if day else None


def noon(day: date) -> datetime:
    """Return the middle of a day in UTC."""
    return datetime.combine(day, time(12), UTC)


def published(article: Article) -> datetime | None:
    """Return when an article was published, roughly; None where it does not say."""
    if article.published_at or not article.published_day:
        return article.published_at
    return noon(article.published_day)


def link_of(page: PageState) -> Link:
    """Return the link that announced a page."""
    return Link(url=page.url, published_text=page.announced_text, printed_url=page.announced_url)


def page_of(link: Link, at: datetime) -> PageState:
    """Return the state of a page that is announced just now."""
    return PageState(
        url=link.url,
        status="due",
        failures=0,
        announced_text=link.published_text,
        announced_url=link.printed_url,
        first_seen_at=at,
    )


def with_canonical_address(links: Sequence[Link]) -> list[Link]:
    """Return the links under their canonical addresses, each article once, the first mention first."""
    found: dict[str, Link] = {}
    for link in links:
        asked = urls.to_ask_for(link.url)
        url = urls.canonical_of(asked)
        if url not in found:
            is_as_it_is = url == asked == link.url and link.printed_url is None
            found[url] = link if is_as_it_is else replace(link, url=url, printed_url=None if asked == url else asked)
    return list(found.values())
