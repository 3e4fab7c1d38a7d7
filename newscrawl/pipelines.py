"""Thin plumbing, one call each: clean, read dates, find quotes, save."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache, cached_property
from typing import Self

from scrapy.crawler import Crawler

from dedupe import Article, Reject
from newscrawl import clean, dates, languages, page, quotes
from newscrawl.frontier import End, Frontier
from newscrawl.rules import Rules

SHORTEST_BODY = 40
"""Characters of cleaned text below which there is no article: a caption, a teaser."""


@dataclass(frozen=True, kw_only=True)
class Habits:
    """What an outlet does its own way, as far as reading its articles needs it."""

    rules: Rules = field(default_factory=Rules)
    timezone: str = "UTC"
    date_order: str = "DMY"
    dates_lie_utc: bool = False


def finish(article: Article, habits: Habits) -> Article | Reject:
    """Return an article with its text cleaned, its dates read and its quotations found; or why there is none."""
    cleaned = clean_text(article, habits)
    return cleaned if isinstance(cleaned, Reject) else find_quotes(read_dates(cleaned, habits))


def read_page(body: bytes, url: str, content_type: str, habits: Habits, fetched_at: datetime) -> Article | Reject:
    """Return the finished article of one fetched page, or why there is none."""
    read = page.read(page.decode(body, content_type), url, habits.rules)
    if isinstance(read, Reject):
        return replace(read, seen_at=fetched_at)
    return finish(replace(read, fetched_at=fetched_at), habits)


def clean_text(article: Article, habits: Habits) -> Article | Reject:
    """Return the article with mojibake repaired and furniture taken out of its body, kept apart."""
    body, furniture = clean.body(
        article.body.split("\n"),
        language=languages.load(article.language or ""),
        outlet_title=habits.rules.title_text,
        extra=compiled(habits.rules.furniture),
        caption=article.image_caption,
    )
    if sum(map(len, body)) < SHORTEST_BODY:
        return Reject(
            url=(article.addresses or (article.url,))[0],
            stage="read",
            reason="no-text",
            detail=f"{sum(map(len, body))} characters are left without furniture",
            outlet=article.outlet,
            raw=article.raw,
            seen_at=article.fetched_at,
        )
    return replace(
        article,
        title=clean.text(article.title),
        standfirst=cleaned(article.standfirst),
        authors=tuple(clean.text(author) for author in article.authors),
        section=cleaned(article.section),
        tags=tuple(clean.text(tag) for tag in article.tags),
        image_caption=cleaned(article.image_caption),
        body="\n".join(body),
        furniture=tuple(dict.fromkeys((*article.furniture, *furniture))),
    )


def cleaned(text: str | None) -> str | None:
    """Return a cleaned text, None where nothing is left."""
    return (clean.text(text) if text else "") or None


@cache
def compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    """Return an outlet's patterns of furniture lines, compiled once."""
    return tuple(re.compile(pattern) for pattern in patterns)


def read_dates(article: Article, habits: Habits) -> Article:
    """Return the article with its printed dates read; what cannot be read for sure stays text only."""
    published = read_date(article.published_text, article, habits)
    modified = read_date(article.modified_text, article, habits)
    return replace(
        article,
        published_day=published.day if published else None,
        published_at=published.at if published else None,
        published_zone=published.zone if published else None,
        published_precision=published.precision if published else None,
        modified_at=modified.at if modified else None,
    )


def read_date(text: str | None, article: Article, habits: Habits) -> dates.ReadDate | None:
    """Return one printed date as read with the outlet's language, order and zone."""
    if not text:
        return None
    return dates.read(
        text,
        language=article.language,
        order=habits.date_order,
        zone=habits.timezone,
        fetched_at=article.fetched_at or datetime.now(UTC),
        lies_utc=habits.dates_lie_utc,
    )


def find_quotes(article: Article) -> Article:
    """Return the article with its quotations."""
    set_apart = frozenset(map(clean.text, article.set_apart))
    return replace(article, quotes=quotes.find(article.body, language=article.language, set_apart=set_apart))


class Pipeline:
    """An item pipeline of one crawl."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the pipeline of a crawler."""
        return cls(crawler)

    @cached_property
    def habits(self) -> Habits:
        """What the crawled outlet does its own way."""
        habits: Habits = self.crawler.spider.habits()  # type: ignore[union-attr]
        return habits


class Clean(Pipeline):
    """Item pipeline: cleans the text."""

    def process_item(self, item: Article | Reject) -> Article | Reject:
        """Return the cleaned article."""
        return item if isinstance(item, Reject) else clean_text(item, self.habits)


class ReadDates(Pipeline):
    """Item pipeline: reads the dates."""

    def process_item(self, item: Article | Reject) -> Article | Reject:
        """Return the article with its dates."""
        return item if isinstance(item, Reject) else read_dates(item, self.habits)


class FindQuotes(Pipeline):
    """Item pipeline: finds the quotations."""

    def process_item(self, item: Article | Reject) -> Article | Reject:
        """Return the article with its quotations."""
        return item if isinstance(item, Reject) else find_quotes(item)


class Save(Pipeline):
    """Item pipeline: commits the article, or the reject, and counts what came of it."""

    @cached_property
    def frontier(self) -> Frontier:
        """The frontier of the crawl."""
        return Frontier.from_crawler(self.crawler)

    async def process_item(self, item: Article | Reject) -> Article | Reject:
        """Return what was saved, when it is committed; pages that come close together share a commit."""
        spider, stats = self.crawler.spider, self.crawler.stats
        asked_for = item.url if isinstance(item, Reject) else item.addresses[0]
        said = spider.validators.get(asked_for)  # type: ignore[union-attr]
        outcome = await self.frontier.writes.ends.commit(End(item, asked_for, said))
        spider.ended(asked_for)  # type: ignore[union-attr]
        if isinstance(item, Reject):
            stats.inc_value(f"newscrawl/reject/{item.reason}")
        stats.inc_value(f"newscrawl/{outcome}")
        return item
