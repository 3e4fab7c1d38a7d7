"""Reads the demo's made-up texts: event files and outlet files -> articles with their addresses."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+){0,40}")
_EPOCH_MINUTES = 29_000_000
"""Article numbers count minutes from here, so that they rise with time as on real sites."""


class MalformedEventError(ValueError):
    """A demo file breaks the format of `data/demo/README.md`; the message names file, article and key."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """One entry of a body: a paragraph or a sub-heading."""

    text: str
    is_heading: bool = False


@dataclass(frozen=True, kw_only=True)
class OwnPage:
    """A page of an outlet that is no article: front page, feed, sitemap, robots.txt, gallery ..."""

    path: str
    template: str
    content_type: str = "text/html; charset=utf-8"
    status: int = 200


@dataclass(frozen=True, kw_only=True)
class Dirt:
    """How one article's page is sent otherwise than it says: another encoding, a byte order mark."""

    event: str
    encoding: str = "utf-8"
    content_type: str = "text/html; charset=utf-8"


@dataclass(frozen=True, kw_only=True)
class DemoOutlet:
    """One made-up outlet, as `outlets/<name>/outlet.toml` says it."""

    name: str
    title: str
    host: str
    article_path: str
    """Pattern of an article's path, e.g. `/{published:%Y/%m/%d}/{slug}/`."""
    amp_path: str = ""
    pages: tuple[OwnPage, ...] = ()
    dirt: tuple[Dirt, ...] = ()

    @property
    def home(self) -> str:
        """The address of the front page without its slash."""
        return f"http://{self.host}"

    def dirt_of(self, event: str) -> Dirt:
        """How the article on `event` is sent."""
        return next((dirt for dirt in self.dirt if dirt.event == event), Dirt(event=event))


@dataclass(frozen=True, kw_only=True)
class DemoArticle:
    """One made-up article, before an outlet's templates print it."""

    event: str
    outlet: str
    host: str
    path: str
    amp_path: str
    slug: str
    section: str
    title: str
    published: datetime
    blocks: tuple[Block, ...]
    page_sizes: tuple[int, ...]
    modified: datetime | None = None
    standfirst: str = ""
    author: str = ""
    editor: str = ""
    caption: str = ""
    credit: str = ""
    dateline: str = ""
    tags: tuple[str, ...] = ()
    related: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        """The canonical address."""
        return f"http://{self.host}{self.path}"

    @property
    def body(self) -> str:
        """Every paragraph and sub-heading on a line of its own."""
        return "\n".join(block.text for block in self.blocks)

    @property
    def changed(self) -> datetime:
        """When the page last changed."""
        return self.modified or self.published

    def parts(self) -> Iterator[tuple[Block, ...]]:
        """The blocks of each page of the article, in order."""
        start = 0
        for size in self.page_sizes:
            yield self.blocks[start : start + size]
            start += size


def demo_root() -> Path:
    """The folder of the demo's files: inside an installed wheel, or `data/demo` of a checkout."""
    inside = Path(str(resources.files("newscrawl.demo"))) / "files"
    return inside if inside.is_dir() else Path(__file__).resolve().parents[2] / "data" / "demo"


def outlets(root: Path) -> dict[str, DemoOutlet]:
    """The outlets below `root`, by name."""
    files = sorted((root / "outlets").glob("*/outlet.toml"))
    if not files:
        raise MalformedEventError(f"{root / 'outlets'}: no <outlet>/outlet.toml found")
    return {file.parent.name: _outlet(file) for file in files}


def articles(root: Path, known: Mapping[str, DemoOutlet]) -> tuple[DemoArticle, ...]:
    """Every article of every event, oldest first."""
    read = [article for file in sorted((root / "events").glob("*.toml")) for article in _event(file, known)]
    _refuse_twins(read)
    return tuple(sorted(read, key=lambda article: (article.published, article.outlet, article.slug)))


def _outlet(file: Path) -> DemoOutlet:
    table = _toml(file)
    pages = tuple(_record(OwnPage, entry, f"{file}: page") for entry in table.pop("page", ()))
    dirt = tuple(_record(Dirt, entry, f"{file}: dirt") for entry in table.pop("dirt", ()))
    return _record(DemoOutlet, {**table, "name": file.parent.name, "pages": pages, "dirt": dirt}, str(file))


_Record = TypeVar("_Record", OwnPage, Dirt, DemoOutlet)


def _record(kind: type[_Record], table: Mapping[str, Any], where: str) -> _Record:
    unknown = set(table) - {field.name for field in fields(kind)}
    if unknown:
        raise MalformedEventError(f"{where}: unknown key {min(unknown)!r}")
    try:
        return kind(**table)
    except TypeError as error:
        raise MalformedEventError(f"{where}: {error}") from error


def _event(file: Path, known: Mapping[str, DemoOutlet]) -> Iterator[DemoArticle]:
    table = _toml(file)
    where = _Place(str(file))
    if where.text(table, "event") != file.stem:
        raise where.wrong("event", f"is {table['event']!r}, the file's name says {file.stem!r}")
    where.text(table, "about")
    if not table.get("article"):
        raise where.wrong("article", "is missing: an event needs at least one [[article]]")
    for number, entry in enumerate(table["article"], start=1):
        yield _article(entry, file.stem, known, _Place(f"{file}: article {number}"))


def _article(entry: Mapping[str, Any], event: str, known: Mapping[str, DemoOutlet], where: _Place) -> DemoArticle:
    where.only(entry, _KEYS)
    outlet = known.get(where.text(entry, "outlet"))
    if outlet is None:
        raise where.wrong("outlet", f"{entry['outlet']!r} is none of {', '.join(known)}")
    blocks = tuple(_blocks(where.text(entry, "body")))
    slug, section = where.slug(entry), where.text(entry, "section")
    published = where.moment(entry, "published")
    number = int(published.timestamp()) // 60 - _EPOCH_MINUTES
    place = {"slug": slug, "section": section, "published": published, "number": number}
    return DemoArticle(
        event=event,
        outlet=outlet.name,
        host=outlet.host,
        path=outlet.article_path.format(**place),
        amp_path=outlet.amp_path.format(**place),
        slug=slug,
        section=section,
        published=published,
        title=where.text(entry, "title"),
        blocks=blocks,
        page_sizes=where.sizes(entry, len(blocks)),
        modified=where.moment(entry, "modified") if "modified" in entry else None,
        tags=where.texts(entry, "tags"),
        related=where.texts(entry, "related"),
        **{key: where.text(entry, key, default="") for key in _OPTIONAL},
    )


_OPTIONAL = ("standfirst", "author", "editor", "caption", "credit", "dateline")
_KEYS = frozenset({
    *_OPTIONAL,
    "outlet", "slug", "section", "title", "published", "modified", "tags", "related", "pages", "body",
})  # fmt: skip  # one line a kind


@dataclass(frozen=True)
class _Place:
    """Where in which file we read, for messages; reads one key and checks what it holds."""

    name: str

    def wrong(self, key: str, what: str) -> MalformedEventError:
        return MalformedEventError(f"{self.name}: {key} {what}")

    def only(self, table: Mapping[str, Any], keys: frozenset[str]) -> None:
        for key in sorted(set(table) - keys):
            raise self.wrong(key, f"is no key of an article; known: {', '.join(sorted(keys))}")

    def text(self, table: Mapping[str, Any], key: str, default: str | None = None) -> str:
        value = table.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise self.wrong(key, "is missing" if value is None else f"must be a text, not {value!r}")
        return value

    def texts(self, table: Mapping[str, Any], key: str) -> tuple[str, ...]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong(key, f"must be a list of texts, not {value!r}")
        return tuple(value)

    def slug(self, table: Mapping[str, Any]) -> str:
        slug = self.text(table, "slug")
        if not _SLUG.fullmatch(slug):
            raise self.wrong("slug", f"{slug!r} may hold a-z, 0-9 and single hyphens only")
        return slug

    def moment(self, table: Mapping[str, Any], key: str) -> datetime:
        value = table.get(key)
        if not isinstance(value, datetime) or value.tzinfo is None:
            raise self.wrong(key, f"must be like 2026-05-06T09:40:00+07:00, with a zone, not {value!r}")
        return value

    def sizes(self, table: Mapping[str, Any], count: int) -> tuple[int, ...]:
        value = table.get("pages", [count])
        if not isinstance(value, list) or not all(isinstance(size, int) and size > 0 for size in value):
            raise self.wrong("pages", f"must be a list of counts above 0, not {value!r}")
        if sum(value) != count:
            raise self.wrong("pages", f"adds up to {sum(value)}, but the body has {count} entries")
        return tuple(value)


def _toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MalformedEventError(f"{file}: not TOML in UTF-8: {error}") from error


def _blocks(body: str) -> Iterator[Block]:
    for part in re.split(r"\n[ \t]{0,20}\n", body):
        text = part.strip("\n\t ")
        if text.startswith("## "):
            yield Block(text=text.removeprefix("## "), is_heading=True)
        elif text:
            yield Block(text=text)


def _refuse_twins(read: Iterable[DemoArticle]) -> None:
    seen: dict[tuple[str, str], str] = {}
    for article in read:
        key = (article.outlet, article.slug)
        if key in seen:
            raise MalformedEventError(
                f"{article.event}: slug {article.slug!r} of {article.outlet} stands in {seen[key]} too"
            )
        seen[key] = article.event
