"""One listing and one article of an outlet, and which rule found what: what `newscrawl outlets --check` shows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from dedupe import Article, Reject
from newscrawl import discovery, pipelines, probe
from newscrawl.announcing import with_canonical_address
from newscrawl.discovery import Link
from newscrawl.looking import Came, Look
from newscrawl.outlet import Outlet
from newscrawl.probe import Met

MOST_ARTICLES = 3
"""Articles that are tried: the first may be a gallery, or gone."""
MOST_NESTED = 2
"""Sitemaps of an index that are tried."""


@dataclass
class Listing:
    """What one listing brought."""

    url: str
    kind: str
    reason: str
    """Why it could not be read; empty where it could."""
    links: int = 0
    articles: int = 0
    """Links that are articles by `article_url` and the outlet's site."""


@dataclass
class Page:
    """What one page brought."""

    url: str
    reason: str
    """Why there is no article; empty where there is."""
    size: int = 0
    selectors: list[Met] = field(default_factory=list)
    article: Article | None = None


@dataclass
class Check:
    """What was seen of an outlet."""

    outlet: str
    listings: list[Listing] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Whether an article was read."""
        return any(page.article for page in self.pages)


def plan_for(outlet: type[Outlet]) -> Callable[[Look[Check]], Awaitable[Check]]:
    """Return the plan that looks at one listing and one article of an outlet."""

    async def plan(look: Look[Check]) -> Check:
        check = Check(outlet.name)
        for link in (await links_of(look, outlet, check))[:MOST_ARTICLES]:
            request = look.spider.article_request(link)
            seen = read(await look.fetch(request.url), outlet)
            check.pages.append(seen)
            if seen.article:
                break
        return check

    return plan


async def links_of(look: Look[Check], outlet: type[Outlet], check: Check) -> list[Link]:
    """Return the articles of the first listing that announces any, the newest first; what was seen is written down."""
    kinds: tuple[tuple[str, Sequence[str]], ...] = (
        ("feed", outlet.feeds),
        ("news sitemap", outlet.news_sitemaps),
        ("sitemap", outlet.sitemaps),
        ("section page", outlet.sections),
    )
    for kind, addresses in kinds:
        for address in addresses:
            links = await announced(look, kind, address, check)
            if links:
                return probe.newest(links, MOST_ARTICLES)
    return []


async def announced(look: Look[Check], kind: str, address: str, check: Check, depth: int = 0) -> list[Link]:
    """Return the articles that one listing announces, those of the newest sitemaps of an index included."""
    came = await look.fetch(address)
    listing = Listing(address, kind, came.reason)
    check.listings.append(listing)
    if came.reason:
        return []
    links, nested = links_in(came, kind, look.spider.link_css)
    listing.links = len(links)
    wanted = [link for link in with_canonical_address(links) if look.spider.is_article(link.url)]
    listing.articles = len(wanted)
    for inner in nested[:MOST_NESTED] if depth < MOST_NESTED and not wanted else ():
        wanted = await announced(look, kind, inner, check, depth + 1)
        if wanted:
            break
    return wanted


def links_in(came: Came, kind: str, link_css: str) -> tuple[list[Link], tuple[str, ...]]:
    """Return the links of a listing, and the sitemaps that it names."""
    if kind == "feed":
        return list(discovery.feed(came.body, came.url).links), ()
    if kind == "section page":
        return list(discovery.section(came.text, came.url, link_css).links), ()
    found = discovery.sitemap(came.body, came.url)
    return list(found.links), found.sitemaps


def read(came: Came, outlet: type[Outlet]) -> Page:
    """Return what the outlet's selectors meet on a page, and the article that a crawl would read of it."""
    if came.reason:
        return Page(came.url, came.reason)
    habits = outlet.habits()
    seen = Page(came.url, "", len(came.body), probe.met(came.text, habits.rules))
    result = pipelines.read_page(came.body, came.url, came.content_type, habits, datetime.now(UTC))
    if isinstance(result, Reject):
        seen.reason = f"{result.reason}: {result.detail}"
    else:
        seen.article = result
    return seen
