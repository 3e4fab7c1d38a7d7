"""pure: every key of the operator's configuration: where it stands, what it holds, what it does."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

Kind = Literal["text", "number", "whole number", "true or false", "list of texts", "list of numbers", "path"]

MOST_HOURS = 24 * 365
NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
"""What an outlet may be called, in code as in the configuration."""


@dataclass(frozen=True, kw_only=True)
class Key:
    """One key of the configuration."""

    section: str
    """The table it stands in; `outlet.*` for what may be said of one outlet."""
    name: str
    kind: Kind
    default: Any
    says: str
    """What it does, in one sentence for the operator."""
    setting: str = ""
    """The name under which a crawl reads it; empty where the crawl does not."""
    least: float | None = None
    most: float | None = None
    check: Callable[[str], str] | None = None
    """Returns what is wrong with a text, or with one of a list; empty where nothing is."""
    check_all: Callable[[list[float]], str] | None = None
    """Returns what is wrong with a list of numbers; empty where nothing is."""
    example: str = ""
    """How it is shown in the commented file where the default would tell nothing."""

    @property
    def dotted(self) -> str:
        """The key with its section, as messages name it."""
        return f"{self.section}.{self.name}"


def web_address(text: str) -> str:
    """Return what is wrong with a web address; empty where nothing is."""
    try:
        parts = urlsplit(text)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname) and not re.search(r"[\s\x00-\x1f]", text)
        _ = parts.port
    except ValueError:
        good = False
    return "" if good else "is no web address; write it as https://..."


def contact(text: str) -> str:
    """Return what is wrong with a contact; it is sent to every outlet in the User-Agent."""
    if not text or re.fullmatch(r"(?:mailto:)?[^\s@<>()]{1,64}@[^\s@<>()]{1,255}", text):
        return ""
    is_printable = text.isascii() and text.isprintable() and not set(text) & set(" ()<>")
    return "" if is_printable and not web_address(text) else "is neither a mail address nor a web address"


def zone(text: str) -> str:
    """Return what is wrong with the name of a time zone."""
    try:
        ZoneInfo(text)
    except (ValueError, OSError):  # ZoneInfoNotFoundError is a KeyError where the name is well-formed
        return "is no IANA time zone, for example Asia/Jakarta"
    except KeyError:
        return "is no IANA time zone, for example Asia/Jakarta"
    return ""


def language(text: str) -> str:
    """Return what is wrong with the code of a language."""
    return "" if re.fullmatch(r"[a-z]{2,3}", text) else "is no ISO 639 code, for example id"


def country(text: str) -> str:
    """Return what is wrong with the code of a country."""
    return "" if re.fullmatch(r"[A-Z]{2}", text) else "is no ISO 3166 code, for example ID"


def order(text: str) -> str:
    """Return what is wrong with the order of a printed date."""
    return "" if text in {"DMY", "MDY", "YMD"} else "is none of DMY, MDY, YMD"


def paywall(text: str) -> str:
    """Return what is wrong with the kind of a paywall."""
    return "" if text in {"", "none", "some", "all"} else "is none of none, some, all"


def pattern(text: str) -> str:
    """Return what is wrong with a regular expression."""
    try:
        re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        return f"is no regular expression ({error})"
    return ""


def page_of_a_day(text: str) -> str:
    """Return what is wrong with the pattern of a page that lists one day's articles."""
    try:
        return web_address(text.format(date=date(2026, 5, 31), page=1))
    except (KeyError, IndexError, ValueError, AttributeError):
        return "is no pattern such as https://harbour.example/index?date={date:%Y-%m-%d}&page={page}"


def least_and_most(numbers: list[float]) -> str:
    """Return what is wrong with the least and the most minutes between two looks at a listing."""
    good = len(numbers) == 2 and 0 < numbers[0] <= numbers[1]  # noqa: PLR2004 - the least and the most
    return "" if good else "wants two numbers above 0, the least and the most"


def hours(numbers: list[float]) -> str:
    """Return what is wrong with the hours after which an article is looked at again."""
    return "" if all(0 < one <= MOST_HOURS for one in numbers) else f"wants numbers from 0 to {MOST_HOURS}"


def selector(text: str) -> str:
    """Return what is wrong with a CSS selector."""
    if not text:
        return ""
    from parsel.csstranslator import HTMLTranslator  # noqa: PLC0415 - only where a configuration has selectors
    from cssselect import SelectorError  # noqa: PLC0415  # isort: skip

    try:
        HTMLTranslator().css_to_xpath(text)
    except (SelectorError, RecursionError) as error:
        return f"is no CSS selector ({error})"
    return ""


def outlet_name(text: str) -> str:
    """Return what is wrong with the name of an outlet."""
    return "" if NAME.fullmatch(text) else "is no outlet's name; `newscrawl outlets` lists them"


def level(text: str) -> str:
    """Return what is wrong with the level of a log."""
    return "" if text in {"debug", "info", "warning", "error"} else "is none of debug, info, warning, error"


GENERAL = (
    Key(
        section="store", name="db", kind="path", default="data/news.db",
        says="The store: one SQLite file; the raw pages lie beside it. A path is read from this file's folder.",
    ),
    Key(
        section="crawl", name="contact", kind="text", default="", setting="CONTACT", check=contact,
        says="A mail address or a page that tells outlets who crawls them; without one no public host is asked.",
        example="desk@your-newsroom.example",
    ),
    Key(
        section="crawl", name="delay", kind="number", default=1.0, least=0, most=3600, setting="DOWNLOAD_DELAY",
        says="Seconds between two requests to one host, give or take a half; a longer Crawl-delay wins.",
    ),
    Key(
        section="crawl", name="autothrottle", kind="true or false", default=False, setting="AUTOTHROTTLE_ENABLED",
        says="Wait longer where a host answers slowly.",
    ),
    Key(
        section="crawl", name="jobs", kind="whole number", default=1, least=1, most=64,
        says="Processes that outlets are spread over; one process writes.",
    ),
    Key(
        section="crawl", name="pages", kind="whole number", default=0, least=0, most=10_000_000, setting="RUN_PAGES",
        says="Pages of articles that a run fetches of each outlet at most; 0: no limit.",
    ),
    Key(
        section="crawl", name="minutes", kind="whole number", default=0, least=0, most=10_080, setting="RUN_MINUTES",
        says="Minutes after which a run asks for nothing more; 0: no limit.",
    ),
    Key(
        section="crawl", name="depth", kind="whole number", default=3, least=0, most=20, setting="RUN_DEPTH",
        says="How far sitemaps that lead to sitemaps, and pages of old articles, are followed.",
    ),
    Key(
        section="crawl", name="pattern_pages", kind="whole number", default=2000, least=0, most=10_000_000,
        setting="PATTERN_PAGES",
        says="Pages of one form of address that a run fetches at most: what an endless calendar meets; 0: no limit.",
    ),
    Key(
        section="alarm", name="on_alarm", kind="text", default="",
        says="A command that is started when an outlet raises an alarm; the report comes on its standard input.",
        example="mail -s 'newscrawl: an outlet needs a look' desk@your-newsroom.example",
    ),
    Key(
        section="log", name="file", kind="path", default="",
        says="A file for the log, one JSON object a line; empty: none.", example="data/newscrawl.log",
    ),
    Key(
        section="log", name="level", kind="text", default="info", check=level,
        says="What the file takes: debug, info, warning or error.",
    ),
    Key(
        section="log", name="max_mb", kind="whole number", default=20, least=1, most=10_000,
        says="Size in megabytes at which the file is put aside and a new one begun.",
    ),
    Key(
        section="log", name="keep", kind="whole number", default=5, least=1, most=1000,
        says="How many files put aside are kept.",
    ),
    Key(
        section="archive", name="keep_days", kind="whole number", default=0, least=0, most=36_500,
        says="Days after which `newscrawl archive prune` takes raw pages out; 0: never.",
    ),
    Key(
        section="backup", name="folder", kind="path", default="",
        says="Where `newscrawl backup` writes; empty: the folder `backups` beside the store.",
        example="/var/backups/newscrawl",
    ),
    Key(
        section="backup", name="keep", kind="whole number", default=7, least=1, most=10_000,
        says="How many backups are kept; older ones are removed once a new one stands.",
    ),
    Key(
        section="guard", name="allow", kind="list of texts", default=(), setting="GUARD_ALLOW",
        says="Addresses inside your network that may be asked; all others that are not public are refused.",
        example='["10.1.2.3:8080", "intranet.example"]',
    ),
    Key(
        section="outlets", name="on", kind="list of texts", default=(), check=outlet_name,
        says="Only these outlets are crawled by `newscrawl run` without names; empty: all.",
        example='["kompas", "detik"]',
    ),
    Key(
        section="outlets", name="off", kind="list of texts", default=(), check=outlet_name,
        says="These outlets are left out.",
    ),
)  # fmt: skip


def _outlet(  # noqa: PLR0913, PLR0917 - one line of a table
    name: str,
    kind: Kind,
    says: str,
    check: Callable[[str], str] | None = None,
    default: Any = None,
    check_all: Callable[[list[float]], str] | None = None,
) -> Key:
    empty = {"text": "", "list of texts": (), "true or false": False}.get(kind)
    return Key(
        section="outlet.*", name=name, kind=kind, default=empty if default is None else default, says=says, check=check,
        check_all=check_all, least=0, most=3600,
    )  # fmt: skip


OF_AN_OUTLET = (
    _outlet("title", "text", "The name as the outlet prints it."),
    _outlet("homepage", "text", "Where the outlet begins; addresses on its site are its own.", web_address),
    _outlet("language", "text", "ISO 639 code, where all of its pages are in one language.", language),
    _outlet("country", "text", "ISO 3166 code.", country),
    _outlet("timezone", "text", "IANA name of the zone its clocks show.", zone, "UTC"),
    _outlet("date_order", "text", "Order of 02/03/2026: DMY, MDY or YMD.", order, "DMY"),
    _outlet("dates_lie_utc", "true or false", "Whether a printed Z or +00:00 is in truth local time."),
    _outlet("feeds", "list of texts", "Addresses of RSS or Atom feeds.", web_address),
    _outlet("sitemaps", "list of texts", "Addresses of sitemaps.", web_address),
    _outlet("news_sitemaps", "list of texts", "Addresses of news sitemaps.", web_address),
    _outlet("sections", "list of texts", "Addresses of pages that link to articles.", web_address),
    _outlet(
        "index_pages", "list of texts", "Patterns of pages that list a day's articles, for back-fills.", page_of_a_day
    ),
    _outlet("next_index_css", "text", "The link to the next page of such a list.", selector),
    _outlet("link_css", "text", "What holds the links to articles on a section page.", selector, "a"),
    _outlet("paywall", "text", "Which articles cost: none, some or all; empty: not known.", paywall),
    _outlet("checked", "text", "Against which pages the selectors were checked, and when."),
    _outlet("insecure_tls", "true or false", "Whether its faulty certificate is put up with; counted in every run."),
    _outlet("delay", "number", "Seconds between two requests to its hosts; empty: as crawl.delay says."),
    _outlet(
        "poll_minutes",
        "list of numbers",
        "Least and most minutes between two requests for one listing.",
        default=(5, 1440),
        check_all=least_and_most,
    ),
    _outlet(
        "looks_hours",
        "list of numbers",
        "Hours after which an article is looked at again for changes; []: never.",
        default=(1, 6, 24, 168),
        check_all=hours,
    ),
    _outlet("article_url", "text", "Regular expression that the address of an article matches.", pattern),
    _outlet("article_css", "text", "Matches on every article page and on no other.", selector),
    _outlet("body_css", "text", "The elements that hold the text.", selector),
    _outlet("drop_css", "list of texts", "What inside the text is not the article.", selector),
    _outlet("title_css", "text", "The headline.", selector),
    _outlet("standfirst_css", "text", "The lines between headline and text.", selector),
    _outlet("author_css", "text", "The writers.", selector),
    _outlet("date_css", "text", "The date of publication.", selector),
    _outlet("modified_css", "text", "The date of the last change.", selector),
    _outlet("section_css", "text", "The section.", selector),
    _outlet("tags_css", "text", "The tags.", selector),
    _outlet("caption_css", "text", "The caption of the main picture.", selector),
    _outlet("next_page_css", "text", "The link to an article's next page.", selector),
    _outlet("furniture", "list of texts", "Regular expressions of lines that are not the article.", pattern),
)
"""What may be said of one outlet: each name is a class attribute of `Outlet`."""
LISTINGS = ("feeds", "sitemaps", "news_sitemaps", "sections")
