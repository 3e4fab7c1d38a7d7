"""The demo web: event texts and outlet templates -> every page of the outlets, and the gold stories."""

from __future__ import annotations

import codecs
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from newscrawl.demo.events import Block, DemoArticle, DemoOutlet, OwnPage, articles, demo_root, outlets

_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip  # half a year a line
_OTHERS_SHOWN = 5
_BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
"""When the pages of an outlet without articles last changed."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """What the demo server answers to one address."""

    body: bytes
    content_type: str
    status: int
    modified: datetime


@dataclass(frozen=True, kw_only=True)
class DemoWeb:
    """Every page of the demo outlets, by host and path with query."""

    outlets: Mapping[str, DemoOutlet]
    articles: tuple[DemoArticle, ...]
    pages: Mapping[tuple[str, str], Page]

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts of the outlets."""
        return frozenset(outlet.host for outlet in self.outlets.values())

    def page(self, host: str, target: str) -> Page | None:
        """The page at a path with query; as on real sites, an unknown query is ignored."""
        return self.pages.get((host, target)) or self.pages.get((host, target.partition("?")[0]))

    def gold(self) -> list[dict[str, str]]:
        """Which story each article tells, in the order of events and addresses."""
        pairs = sorted((article.event, article.url) for article in self.articles)
        return [{"url": url, "story": event} for event, url in pairs]


def build(root: Path | None = None) -> DemoWeb:
    """The demo web of the events and outlets below `root` (default: the demo that ships)."""
    root = root or demo_root()
    known = outlets(root)
    told = articles(root, known)
    pages = {
        (outlet.host, target): page
        for outlet in known.values()
        for target, page in _outlet_pages(
            _environment(root / "outlets" / outlet.name),
            outlet,
            [article for article in told if article.outlet == outlet.name],
        )
    }
    return DemoWeb(outlets=known, articles=told, pages=pages)


def hosts(root: Path | None = None) -> frozenset[str]:
    """The hosts of the demo outlets, read without building their pages."""
    return frozenset(outlet.host for outlet in outlets(root or demo_root()).values())


def gold_lines(web: DemoWeb) -> str:
    """The text of `stories.jsonl`."""
    return "".join(json.dumps(line) + "\n" for line in web.gold())


def _outlet_pages(
    templates: Environment, outlet: DemoOutlet, told: Sequence[DemoArticle]
) -> Iterator[tuple[str, Page]]:
    for own in outlet.pages:
        yield own.path, _own_page(templates, outlet, own, told)
    for article in told:
        yield from _article_pages(templates, outlet, article, told)


def _own_page(templates: Environment, outlet: DemoOutlet, own: OwnPage, told: Sequence[DemoArticle]) -> Page:
    updated = max((article.changed for article in told), default=_BEGINNING)
    template = templates.get_template(own.template)
    text = template.render(outlet=outlet, articles=told[::-1], updated=updated)
    return Page(
        body=text.encode(),
        content_type=own.content_type,
        status=own.status,
        modified=updated,
    )


def _article_pages(
    templates: Environment, outlet: DemoOutlet, article: DemoArticle, told: Sequence[DemoArticle]
) -> Iterator[tuple[str, Page]]:
    others = _others(article, told)
    parts = list(article.parts())
    for number, blocks in enumerate(parts, start=1):
        text = templates.get_template("article.html").render(
            outlet=outlet, article=article, others=others, blocks=blocks, page=number, page_count=len(parts)
        )
        yield article.path if number == 1 else f"{article.path}?page={number}", _sent(text, outlet, article)
    if article.amp_path:
        text = templates.get_template("amp.html").render(outlet=outlet, article=article, blocks=article.blocks)
        yield article.amp_path, _sent(text, outlet, article)


def _sent(text: str, outlet: DemoOutlet, article: DemoArticle) -> Page:
    dirt = outlet.dirt_of(article.event)
    return Page(
        body=_encoded(text, dirt.encoding),
        content_type=dirt.content_type,
        status=200,
        modified=article.changed.astimezone(UTC),
    )


def _encoded(text: str, encoding: str) -> bytes:
    """The text in an encoding; what the encoding lacks becomes a character reference, as in a CMS."""
    return codecs.encode(text, encoding, "xmlcharrefreplace")


def _others(article: DemoArticle, told: Sequence[DemoArticle]) -> list[DemoArticle]:
    """The outlet's articles next to this one in time, as its "related" box shows them."""
    place = told.index(article)
    near = sorted((one for one in told if one is not article), key=lambda one: abs(told.index(one) - place))
    return near[:_OTHERS_SHOWN]


def _environment(folder: Path) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(["html", "xml"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "bulan": lambda moment: _MONTHS[moment.month - 1],
        "hari": lambda moment: _DAYS[moment.weekday()],
        "rfc2822": format_datetime,
        "cdata": _cdata,
        "slug": _slug,
        "furnished": _furnished,
    }
    return environment


def _cdata(text: str) -> Markup:
    """The text as it may stand inside `<![CDATA[ ]]>`."""
    return Markup(str(text).replace("]]>", "]]]]><![CDATA[>"))  # noqa: S704  # nothing but "]]>" ends the section


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _furnished(blocks: Sequence[Block], lines: Sequence[str], page: int = 1) -> list[tuple[Block, str | None]]:
    """Each block with the "Baca Juga" line that the outlet prints below it, or None.

    A page of an article takes its own share of the lines: the first page the first, the second the next.
    """
    below = {1 + 3 * number: line for number, line in enumerate(lines[page - 1 :])}
    return [(block, below.get(number) if number < len(blocks) - 1 else None) for number, block in enumerate(blocks)]


def main() -> None:
    """Write the gold file beside the events."""
    file = demo_root() / "stories.jsonl"
    web = build()
    file.write_text(gold_lines(web), encoding="utf-8")
    sys.stderr.write(f"{file}: {len(web.articles)} articles\n")


if __name__ == "__main__":
    main()
