"""Outlets against real pages of theirs, which lie in ../shared/data and never enter the project.

The gold there is another project's reviewed parser. It is not neutral: it may leave out a fact box that we keep, or
a sub-heading. So a body must agree with it by far, a headline and a day in full.
"""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from dedupe import Article
from newscrawl import outlets, page, pipelines

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "extraction"
ALIKE = 0.9
"""Least F1 of the words of a body against the gold."""
KNOWN_DIFFERENT: dict[tuple[str, str], str] = {
    ("article253202060/", "published"): "printed as 23:27 UTC, which is the next day on the outlet's clock",
    ("le-merlu-de-lextin", "title"): "the gold takes another headline than the page prints",
    ("taz.de/Entwurf-des-Selbst", "body"): "the gold lacks the first paragraph, which has a drop cap",
    ("schlachtung-fleisch-schwein", "title"): "the gold takes another headline than the page prints",
    ("guerre-en-ukraine-deux-morts", "authors"): "'Le Figaro et AFP': the gold takes it for one name",
    ("sophie-binet-met-en-garde", "authors"): "the gold names the outlet, the page a writer",
    ("hitzeschaeden-strassenbahn", "authors"): "the gold takes the station behind the name for a person",
    ("Deutscher-Basketball-Aggressor", "authors"): "the gold takes the place behind the name for a person",
    ("die-israelische-zurueckhaltung", "authors"): "the gold takes the editors' signs for names",
    ("trump-harris-presidential-election", "title"): "the gold takes another headline than the page prints",
    ("dollar-bill-worth-THOUSANDS", "title"): "the gold takes another headline than the page prints",
    ("harry-meghan-markle-live-grifters", "title"): "the gold takes another headline than the page prints",
    ("laos-methanol-poisoning", "title"): "the gold takes another headline than the page prints",
    ("first-kings-speech-new-labour", "title"): "the gold takes another headline than the page prints",
    ("first-kings-speech-new-labour", "body"): "the gold lacks two fact boxes, one of them a whole speech",
    ("how-survive-wwiii-new-war-pamphlet", "title"): "the gold takes another headline than the page prints",
    ("uk-riots-live-hotel-rotherham", "title"): "the gold takes another headline than the page prints",
    ("chelsea-fc-vs-tottenham-analysis", "title"): "the gold takes another headline than the page prints",
    ("tony-blair-interview-london-standard", "title"): "the gold takes another headline than the page prints",
}
"""(a part of the address, the field) -> why ours and the gold differ there, looked at by eye."""

pytestmark = pytest.mark.skipif(
    not REAL.exists(), reason="real pages are not part of the project: ../shared/data is not here"
)


@cache
def real_pages() -> dict[str, tuple[str, dict[str, Any]]]:
    """Address -> the page and its gold, for outlets that we declare."""
    if not REAL.exists():
        return {}
    with gzip.open(REAL / "real-news.gold.jsonl.gz", "rt", encoding="utf-8") as file:
        gold = {said["url"]: said for said in map(json.loads, file)}
    return {url: (html, gold[url]) for url, html in fetched() if outlets.at(url)}


def fetched() -> Iterator[tuple[str, str]]:
    with (REAL / "real-news.warc.gz").open("rb") as file:
        for record in ArchiveIterator(file):
            if record.rec_type == "response":
                said = record.http_headers.get_header("Content-Type") or ""
                yield (
                    record.rec_headers.get_header("WARC-Target-URI"),
                    page.decode(record.content_stream().read(), said),
                )


@pytest.mark.parametrize("url", list(real_pages()))
def test_an_outlets_selectors_read_its_real_pages(url: str) -> None:
    html, gold = real_pages()[url]
    outlet = outlets.at(url)
    assert outlet is not None
    read = page.read(html, url, outlet.rules())
    assert isinstance(read, Article), read
    article = pipelines.finish(read, outlet.habits())
    assert isinstance(article, Article), article
    assert read.provenance["body"] == "outlet"
    found = {
        "body": max(alike(article.body, body) for body in bodies(gold)) >= ALIKE,
        "title": words(article.title) == words(gold["title"]),
        "published": gold["published"] is None or article.published_day in days(gold["published"]),
        "authors": not gold["authors"]
        or {*map(str.casefold, article.authors)} == {*map(str.casefold, gold["authors"])},
    }
    expected = {field: not excused(url, field) for field in found}
    assert found == expected, (
        article.title,
        article.authors,
        article.published_text,
        gold["title"],
        gold["authors"],
        gold["published"],
    )


def excused(url: str, field: str) -> bool:
    return any(part in url and field == name for part, name in KNOWN_DIFFERENT)


def bodies(gold: dict[str, Any]) -> list[str]:
    text = "\n".join(gold["paragraphs"])
    return [text, "\n".join([*(gold["standfirst"] or []), text])]


def alike(ours: str, theirs: str) -> float:
    one, other = Counter(words(ours)), Counter(words(theirs))
    return 2 * sum((one & other).values()) / max(1, sum(one.values()) + sum(other.values()))


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def days(printed: str) -> set[Any]:
    """The gold's day in its own zone and in UTC: outlets print either."""
    moment = datetime.fromisoformat(printed)
    return {moment.date(), moment.astimezone(UTC).date()}


@pytest.mark.skipif(not real_pages(), reason="real pages are not part of the project")
@pytest.mark.parametrize("name", list(outlets.known()))
def test_an_outlet_says_against_which_pages_it_was_checked(name: str) -> None:
    seen = sum(outlets.at(url) is outlets.known()[name] for url in real_pages())
    said = outlets.known()[name].checked
    assert bool(said) == bool(seen), f"{name}: {seen} real pages are at hand, and it says {said!r}"
