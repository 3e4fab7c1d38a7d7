"""A site that nobody wrote code for: where it announces its articles, in what language and zone, and what is read."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

from dedupe import Article, Reject
from newscrawl import discovery, pipelines, probe
from newscrawl.announcing import with_canonical_address
from newscrawl.discovery import Link
from newscrawl.looking import Came, Look
from newscrawl.outlet import Outlet
from newscrawl.pipelines import Habits
from newscrawl.rules import Rules

MOST_FEEDS = 3
"""Feeds that an entry names: one of all news, or a few of large sections."""
MOST_TRIED = 6
"""Feeds, and sitemaps, that are asked for."""
SAMPLES, MOST_SAMPLED = 3, 6
"""Articles that are shown, and pages asked for to find them: the newest may be a gallery or locked."""


@dataclass
class Sample:
    """One article as it would be read."""

    url: str
    reason: str
    """Why it would not; empty where it would."""
    article: Article | None = None


@dataclass
class Found:
    """What a site says of itself."""

    url: str
    reason: str = ""
    """Why the site could not be looked at."""
    about: dict[str, Any] = field(default_factory=dict)
    """The entry: what stands in the configuration."""
    because: dict[str, str] = field(default_factory=dict)
    """Why: key -> what said so."""
    links: list[Link] = field(default_factory=list)
    samples: list[Sample] = field(default_factory=list)
    languages: list[str | None] = field(default_factory=list)

    @property
    def has_listing(self) -> bool:
        """Whether there is a way to its articles."""
        return bool(self.links)


def plan_for(url: str) -> Callable[[Look[Found]], Awaitable[Found]]:
    """Return the plan that finds out what there is at an address: a home page, or a feed."""

    async def plan(look: Look[Found]) -> Found:
        found = Found(url)
        came = await look.fetch(url)
        if came.reason:
            found.reason = came.reason
            return found
        given = feed_at(came)
        root = urljoin(came.url, "/")
        home = await look.fetch(root) if given else came
        said = probe.home(home.text, home.url)
        found.about.update(title=said.title or "", homepage=root if given else came.url)
        found.languages.append(said.language)
        await find_listings(look, found, said, [came] if given else [], home)
        for link in probe.newest(found.links, MOST_SAMPLED):
            if sum(one.article is not None for one in found.samples) == SAMPLES:
                break
            page = await look.fetch(link.printed_url or link.url)
            found.samples.append(Sample(link.url, page.reason) if page.reason else sample(page, found))
        conclude(found, [said.language])
        found.samples = [again(one, found) for one in found.samples]
        return found

    return plan


def feed_at(came: Came) -> bool:
    """Tell whether an answer is a feed."""
    opening = came.body[:1000].lstrip().lower()
    return any(mark in opening for mark in (b"<rss", b"<feed", b"<rdf")) and bool(
        discovery.feed(came.body, came.url).links
    )


async def find_listings(look: Look[Found], found: Found, said: probe.Home, given: list[Came], home: Came) -> None:
    """Write down where the site announces its articles: feeds, news sitemaps; else sitemaps; else its front page."""
    feeds: list[str] = []
    linked = [url for url in said.feeds if all(url != came.url for came in given)]
    for address in given or linked[:MOST_TRIED]:
        feeds += await take_feed(look, found, address)
        if len(feeds) == MOST_FEEDS:
            break
    for address in [] if feeds else probe.common(probe.COMMON_FEEDS, home.url):
        feeds += await take_feed(look, found, address)
        if feeds:
            break
    if feeds:
        found.about["feeds"] = feeds
    await take_sitemaps(look, found, home, has_feeds=bool(feeds))
    if not found.links:
        links, form = probe.section_links(home.text, home.url)
        if links:
            found.links += with_canonical_address(links)
            found.about.update(sections=[home.url], article_url=form)
            found.because["sections"] = f"{len(links)} links of the front page look like articles"


async def take_feed(look: Look[Found], found: Found, given: str | Came) -> list[str]:
    """Write down what a feed announces; return its address where that is new."""
    came = await look.fetch(given) if isinstance(given, str) else given
    if came.reason:
        return []
    known = {link.url for link in found.links}
    articles = probe.articles(discovery.feed(came.body, came.url).links, found.about["homepage"])
    links = [link for link in with_canonical_address(articles) if link.url not in known]
    if not links:
        return []
    found.links += links
    found.languages.append(probe.feed_language(came.body))
    found.because["feeds"] = f"{len(found.links)} articles announced"
    return [given if isinstance(given, str) else came.url]


async def take_sitemaps(look: Look[Found], found: Found, home: Came, *, has_feeds: bool) -> None:
    """Write down the news sitemaps, and where there is no feed either, the first sitemap that names articles."""
    robots = await look.fetch(urljoin(home.url, "/robots.txt"), robots_txt=True)
    named = probe.sitemaps(robots.text, home.url) if not robots.reason else ()
    for address in (named or probe.common(probe.COMMON_SITEMAPS, home.url))[:MOST_TRIED]:
        came = await look.fetch(address)
        if came.reason:
            continue
        is_news = probe.is_news_sitemap(came.body)
        if has_feeds and not is_news:
            continue
        read = discovery.sitemap(came.body, came.url)
        links = probe.articles(read.links, home.url)
        for inner in read.sitemaps[:2] if not links else ():
            nested = await look.fetch(inner)
            is_news = is_news or probe.is_news_sitemap(nested.body)
            links = probe.articles(discovery.sitemap(nested.body, nested.url).links, home.url)
            if links:
                break
        if links:
            kind = "news_sitemaps" if is_news else "sitemaps"
            found.about.setdefault(kind, []).append(address)
            found.because[kind] = f"{len(links)} articles announced"
            found.links += with_canonical_address(links)
            return


def sample(page: Came, found: Found) -> Sample:
    """Return what would be read of one article with what is known of the outlet so far."""
    about = found.about
    rules = Rules(outlet=about.get("name", ""), title_text=about.get("title", ""), language=about.get("language"))
    habits = Habits(rules=rules, timezone=about.get("timezone", "UTC"))
    read = pipelines.read_page(page.body, page.url, page.content_type, habits, datetime.now(UTC))
    return Sample(page.url, f"{read.reason}: {read.detail}") if isinstance(read, Reject) else Sample(page.url, "", read)


def conclude(found: Found, tags: list[str | None]) -> None:
    """Write down language, country, zone and the form of addresses, from everything that was seen."""
    articles = [one.article for one in found.samples if one.article]
    about, because = found.about, found.because
    code = probe.language([*(article.language for article in articles), *found.languages])
    if code:
        about["language"], because["language"] = code, "its pages and feeds"
    nation = probe.country(about["homepage"], [*tags, *found.languages])
    if nation:
        about["country"], because["country"] = nation, "its host's ending, or the language its pages name"
    announced = [link.published_text or link.modified_text for link in found.links]
    printed = [article.published_text for article in articles]
    about["timezone"], because["timezone"] = probe.zone(nation, code, [*announced, *printed])
    if probe.lie_utc(found.links, printed):
        about["dates_lie_utc"] = True
        because["dates_lie_utc"] = "its pages print with a Z the same clock that its listings print with an offset"
    form = probe.form([link.url for link in found.links])
    if form and not about.get("article_url"):
        about["article_url"], because["article_url"] = form, "all addresses that it announces have this form"


def again(one: Sample, found: Found) -> Sample:
    """Return a sample with its date read by the zone that was found."""
    if one.article is None:
        return one
    about = found.about
    lies = about.get("dates_lie_utc", False)
    habits = Habits(rules=Rules(language=about.get("language")), timezone=about["timezone"], dates_lie_utc=lies)
    return Sample(one.url, one.reason, pipelines.read_dates(one.article, habits))


def placeholder(url: str) -> type[Outlet]:
    """Return the outlet that stands for a site that is being looked at."""
    return type("Unknown", (Outlet,), {"name": "unknown", "title": url, "homepage": url})
