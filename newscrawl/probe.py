"""pure: what a home page, a robots.txt, a feed, a sitemap and some articles say of an outlet that has no code."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from urllib.parse import urljoin, urlsplit
from zoneinfo import ZoneInfo

from newscrawl import dates, discovery, markup, metadata, urls
from newscrawl.config_keys import NAME
from newscrawl.discovery import Link
from newscrawl.places import ZONES_OF_COUNTRIES, ZONES_OF_LANGUAGES
from newscrawl.rules import Rules
from newscrawl.said import clean

FEED_TYPES = frozenset({"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"})
COMMON_FEEDS = ("/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feeds/posts/default")
COMMON_SITEMAPS = ("/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_news.xml", "/sitemap.xml", "/sitemap_index.xml")
NO_ARTICLES = re.compile(r"/comments?/|/tags?/|/author/|/podcasts?/|[?&]post_type=", re.IGNORECASE)
"""Feeds of something else than articles."""
MOST_FEEDS = 20
MOST_SITEMAPS = 20
LONGEST_ROBOTS = 500_000
"""Characters; RFC 9309 has crawlers read 500 KiB."""
FORMS = (
    r"/\d{4}/\d{2}/\d{2}/",
    r"/\d{4}/\d{2}/",
    r"/\d{4}-\d{2}-\d{2}/",
    r"/\d{8}/",
    r"-\d{5,12}(?:\.html?)?/?$",
    r"/(?:[a-z]{1,3}-)?\d{5,12}(?:/|$)",
    r"\.html?$",
)
"""Forms that addresses of articles have and those of other pages rarely."""
ENOUGH_LINKS = 5
"""Links from which a form that all have is no accident."""
WORDS_OF_A_HEADLINE = 4
ENOUGH_HEADLINES, ENOUGH_WITHOUT_FORM = 3, 8
"""Headlines on a front page that make it a listing: where their addresses share a form, and where they do not."""


@dataclass(frozen=True)
class Home:
    """What a home page says."""

    title: str | None
    language: str | None
    """As printed: `id`, `en-GB`, `pt_BR`."""
    feeds: tuple[str, ...]


def home(html: str, url: str) -> Home:
    """Return what a home page says: the outlet's name, its language, and the feeds it links to."""
    root, _ = markup.readable(html)
    if root is None:
        return Home(None, None, ())
    said = metadata.meta(metadata.tags(root), url)
    heading = next(iter(markup.values(root, "title")), "")
    title = said.publisher or clean(re.split(r"\s[-–—|·:]\s", heading, maxsplit=1)[0])
    found: dict[str, None] = {}
    for link in root.iter("link"):
        rel, kind = (link.get("rel") or "").lower().split(), (link.get("type") or "").lower().partition(";")[0].strip()
        if "alternate" in rel and kind in FEED_TYPES and (address := metadata.absolute(url, link.get("href"))):
            found[address] = None
    for anchor in root.iter("a"):
        address = metadata.absolute(url, anchor.get("href"))
        if address and urls.same_site(address, url) and re.search(r"/(?:rss|feed|atom)(?:\.xml|/|$)", address):
            found[address] = None
    feeds = [address for address in found if not NO_ARTICLES.search(address)]
    return Home(title, root.get("lang") or said.language, tuple(feeds[:MOST_FEEDS]))


def sitemaps(robots: str, url: str) -> tuple[str, ...]:
    """Return the sitemaps that a robots.txt names, news sitemaps first."""
    found: dict[str, None] = {}
    for line in robots[:LONGEST_ROBOTS].splitlines():
        name, _, value = line.partition(":")
        if name.strip().lower() == "sitemap" and (address := metadata.absolute(url, value.strip())):
            found[address] = None
    return tuple(sorted(found, key=lambda address: "news" not in address.lower())[:MOST_SITEMAPS])


def common(places: Iterable[str], url: str) -> tuple[str, ...]:
    """Return the places of a site where feeds or sitemaps often stand."""
    return tuple(urljoin(url, place) for place in places)


def is_news_sitemap(body: bytes) -> bool:
    """Tell whether a sitemap is one for news: of the last two days, with titles."""
    return b"schemas/sitemap-news" in body[:5000]


def feed_language(body: bytes) -> str | None:
    """Return the language that a feed says it is in."""
    found = re.search(
        rb"<(?:dc:)?language>\s{0,20}([A-Za-z_-]{2,12})\s{0,20}<|xml:lang=[\"']([A-Za-z_-]{2,12})", body[:5000]
    )
    return (found[1] or found[2]).decode("ascii") if found else None


def articles(links: Iterable[Link], homepage: str) -> list[Link]:
    """Return the links that lead to pages of the outlet's own site, and not to its front pages."""
    wanted = []
    for link in links:
        path = urlsplit(link.url).path.strip("/")
        if urls.same_site(link.url, homepage) and (len(path) >= 15 or "/" in path):  # noqa: PLR2004 - a section's name is shorter
            wanted.append(link)
    return wanted


def form(addresses: Sequence[str]) -> str:
    r"""Return a regular expression that all addresses match and front pages do not; empty where there is none.

    >>> form([f"https://harbour.example/2026/05/0{n}/fair-wind" for n in range(1, 7)])
    '/\\d{4}/\\d{2}/\\d{2}/'
    """
    if len(set(addresses)) < ENOUGH_LINKS:
        return ""
    return next((one for one in FORMS if all(re.search(one, address) for address in addresses)), "")


def section_links(html: str, url: str) -> tuple[list[Link], str]:
    """Return the links of a front page that look like articles, with the form of address they share."""
    links = [
        link
        for link in articles(discovery.section(html, url, "a").links, url)
        if link.title and len(link.title.split()) >= WORDS_OF_A_HEADLINE
    ]
    for one in FORMS:
        fitting = [link for link in links if re.search(one, urlsplit(link.url).path)]
        if len(fitting) >= ENOUGH_HEADLINES:
            return fitting, one
    return (links, "") if len(links) >= ENOUGH_WITHOUT_FORM else ([], "")


def newest(links: Sequence[Link], number: int) -> list[Link]:
    """Return so many links with the latest printed dates; where none prints one, the first."""
    by_url = {link.url: link for link in links}

    def when(link: Link) -> float:
        text = link.published_text or link.modified_text
        read = dates.read(text, language=None) if text else None
        return read.at.timestamp() if read and read.at else 0.0

    return sorted(by_url.values(), key=when, reverse=True)[:number]


def language(said: Iterable[str | None]) -> str:
    """Return the language that most say, each vote one; empty where nobody says any."""
    votes = Counter(code for one in said if (code := metadata.language(one)))
    return votes.most_common(1)[0][0] if votes else ""


def country(url: str, tags: Iterable[str | None]) -> str:
    """Return the country that the host's ending names, else that a language tag names; empty where none does.

    >>> country("https://harbour.co.id/", []), country("https://harbour.example/", ["en-GB"])
    ('ID', 'GB')
    """
    ending = (urlsplit(url).hostname or "").rpartition(".")[2].upper().replace("UK", "GB")
    if ending in ZONES_OF_COUNTRIES:
        return ending
    regions = [
        found[1].upper() for tag in tags if tag and (found := re.fullmatch(r"[A-Za-z]{2,3}[-_]([A-Za-z]{2})", tag))
    ]
    return next((region for region in regions if region in ZONES_OF_COUNTRIES), "")


def zone(nation: str, code: str, printed: Iterable[str | None]) -> tuple[str, str]:
    """Return the time zone and why: the country's, where the clocks of its printed dates stand; `UTC` where unknown."""
    moments = [moment for text in printed if text and (moment := moment_of(text))]
    candidates = ZONES_OF_COUNTRIES.get(nation) or ZONES_OF_LANGUAGES.get(code, ())
    whose = f"the country {nation}" if nation in ZONES_OF_COUNTRIES else f"the language {code}"
    local = [moment for moment in moments if moment.utcoffset()]  # UTC is what machines print, wherever they stand
    for name in candidates:
        if local and all(moment.astimezone(ZoneInfo(name)).utcoffset() == moment.utcoffset() for moment in local):
            return name, f"{whose} and its printed dates ({local[0]:%z})"
    if local:
        hours, rest = divmod(int((local[0].utcoffset() or local[0] - local[0]).total_seconds()), 3600)
        if not rest and -12 <= hours <= 14:  # noqa: PLR2004 - the zones that there are
            return f"Etc/GMT{-hours:+d}", f"its printed dates ({local[0]:%z}); name the city instead, for summer time"
    if candidates:
        return candidates[0], f"{whose}; no printed date says it"
    return "UTC", "nothing says it: look, and set it"


ABBREVIATIONS = {"WIB": "+0700", "WITA": "+0800", "WIT": "+0900", "BST": "+0100", "CET": "+0100", "CEST": "+0200"}


def lie_utc(links: Iterable[Link], printed: Iterable[str | None]) -> bool:
    """Tell whether pages print local time with a Z: a listing prints the same clock with another offset."""
    clocks = {
        moment.replace(tzinfo=None)
        for link in links
        for text in (link.published_text, link.modified_text)
        if text and (moment := moment_of(text)) and moment.utcoffset()
    }
    said = [moment for text in printed if text and (moment := moment_of(text))]
    return bool(said) and all(not moment.utcoffset() and moment.replace(tzinfo=None) in clocks for moment in said)


def moment_of(text: str) -> datetime | None:
    """Return a machine-printed date with the offset it prints; None where it prints none."""
    found = re.search(
        r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::\d{2})?(?:\.\d{1,9})?\s?(Z|[+-]\d{2}:?\d{2})", text[:200]
    )
    try:
        if found:
            return datetime.fromisoformat(f"{found[1]}T{found[2]}{found[3]}")
        text = re.sub(r"[A-Z]{3,4}$", lambda zone: ABBREVIATIONS.get(zone[0], zone[0]), text[:200].strip())
        return datetime.strptime(text, "%a, %d %b %Y %H:%M:%S %z")
    except ValueError:
        return None


def name(url: str, taken: Iterable[str]) -> str:
    """Return a name for an outlet from its host, one that is not taken.

    >>> name("https://www.harbour-times.example/", ["harbour_times"])
    'harbour_times_2'
    """
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    label = host.partition(".")[0] if host.count(".") <= 2 else host.rpartition(".")[0]  # noqa: PLR2004 - harbour.co.id
    base = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:50]
    base = base if NAME.fullmatch(base) else f"outlet_{base}".rstrip("_")
    used = set(taken)
    return next(one for one in (base, *(f"{base}_{n}" for n in range(2, len(used) + 3))) if one not in used)


# --- what an outlet's selectors meet ------------------------------------------------------------


@dataclass(frozen=True)
class Met:
    """What one selector of an outlet met on a page."""

    name: str
    """The attribute it stands in."""
    css: str
    matches: int
    sample: str
    """The beginning of what the first match prints."""


def met(html: str, rules: Rules) -> list[Met]:
    """Return what each selector of an outlet meets on a page, also where it meets nothing."""
    root, _ = markup.readable(html)
    found = []
    for field in fields(Rules):
        if not field.name.endswith("_css"):
            continue
        said = getattr(rules, field.name)
        for css in (said,) if isinstance(said, str) else said:
            if css:
                matches = [] if root is None else markup.select(root, css)
                texts = [] if root is None else markup.values(root, css)
                found.append(Met(field.name, css, len(matches), texts[0][:80] if texts else ""))
    return found
