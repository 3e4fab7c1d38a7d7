"""JSON Lines -> articles: an object a line; a line that is none is a reject which names it."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

import py3langid

from dedupe import Article, Reject
from newscrawl import clean, metadata, outlets, pipelines, urls
from newscrawl.files import BLANK, FileError, FileReport, host_of

LONGEST_LINE = 5 * 1024 * 1024
LONGEST_TITLE = 200
TEXT_FIELDS = ("outlet", "title", "published", "language")


@dataclass(frozen=True)
class Line:
    """A line of a file, and where it stands."""

    place: int
    """Its number, from 1."""
    text: bytes
    path: Path

    @property
    def size(self) -> int:
        """Bytes that it holds."""
        return len(self.text)


def read_lines(stream: IO[bytes], path: Path, report: FileReport, start: int = 0) -> Iterator[Line]:
    """Yield the lines that hold something, behind the first `start` lines.

    Raises:
        FileError: the file breaks off.
    """
    for number, text in enumerate(lines(stream, path), 1):
        if number > start and text.strip(BLANK):
            report.records += 1
            yield Line(number, text, path)


def lines(stream: IO[bytes], path: Path) -> Iterator[bytes]:
    """Yield the lines of a file; of one that is too long only so much that this shows.

    Raises:
        FileError: the file breaks off.
    """
    number = 0
    try:
        while line := stream.readline(LONGEST_LINE + 1):
            number += 1
            yield line
            if is_too_long(line):
                skip_line(stream)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FileError(
            f"{path}, after line {number}: the file breaks off ({error}); fetch it again, what came is kept"
        ) from error


def is_too_long(line: bytes) -> bool:
    """Tell whether a line was cut at the limit."""
    return len(line) > LONGEST_LINE and not line.endswith(b"\n")


def skip_line(stream: IO[bytes]) -> None:
    """Read on to the end of a line that is too long to keep."""
    while (piece := stream.readline(65_536)) and not piece.endswith(b"\n"):
        pass


def read_line(line: Line) -> tuple[Article | Reject, str]:
    """Return the article of one line, or the reject that names the line; and what was wrong with it."""
    try:
        return line_article(line.text), ""
    except BadLineError as error:
        told = f"{line.path}, line {line.place}: {error.detail}"
        url = error.url or f"file:{line.path.name}#{line.place}"
        return Reject(url=url, stage="ingest", reason=error.reason, detail=told), told


class BadLineError(Exception):
    """A line that holds no article: a short code, and what is wrong with it."""

    def __init__(self, reason: str, detail: str, url: str | None = None) -> None:
        super().__init__(reason)
        self.reason, self.detail, self.url = reason, detail, url


def line_article(line: bytes) -> Article | Reject:
    """Return the finished article of one line of JSON.

    Raises:
        BadLineError: the line is no JSON object with at least an address and a body.
    """
    if is_too_long(line):
        raise BadLineError("too-long", f"longer than {LONGEST_LINE} bytes")
    try:
        said = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadLineError("bad-json", f"is not JSON ({str(error)[:100]})") from error
    if not isinstance(said, dict):
        raise BadLineError("bad-record", "is not a JSON object")
    url, body = said.get("url"), said.get("body")
    if not isinstance(url, str) or host_of(url) is None:
        raise BadLineError("bad-record", f'has no http address in "url" ({str(url)[:100]!r})')
    url = clean.text(url)
    if not isinstance(body, str) or not body.strip():
        raise BadLineError("bad-record", 'has no text in "body"', url)
    wrong = [name for name in TEXT_FIELDS if not isinstance(said.get(name), str | None)]
    if wrong:
        raise BadLineError("bad-record", f'"{wrong[0]}" is not a string', url)
    if not isinstance(said.get("authors"), str | list | None):
        raise BadLineError("bad-record", '"authors" is neither a list nor a string', url)
    return pipelines.finish(as_printed(url, body, said), outlets.habits_at(url))


def as_printed(url: str, body: str, said: dict[str, Any]) -> Article:
    """Return the article that a line describes, its dates and quotations not read yet."""
    paragraphs = clean.paragraphs(body)
    authors = said.get("authors") or ()
    given = (authors,) if isinstance(authors, str) else authors
    language = metadata.language(said.get("language"))
    return Article(
        url=urls.canonical(url),
        outlet=clean.text(said.get("outlet") or "") or (host_of(url) or "").removeprefix("www."),
        title=clean.text(said.get("title") or "") or next(iter(paragraphs), "")[:LONGEST_TITLE],
        body="\n".join(paragraphs),
        authors=tuple(name for author in given if isinstance(author, str) and (name := clean.text(author))),
        language=language or py3langid.classify("\n".join(paragraphs)[:3000])[0],
        published_text=clean.text(said.get("published") or "") or None,
        provenance={
            name: "given" for name in ("title", "body", "authors", "language", "published_text") if said.get(name)
        },
        addresses=tuple(dict.fromkeys((url, urls.canonical(url)))),
        fetched_at=datetime.now(UTC),
    )
