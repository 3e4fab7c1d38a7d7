"""What the tests of dedupe share: an empty store, made-up articles, and the demo's events read without newscrawl."""

from __future__ import annotations

import importlib.util
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from dedupe import Article, Quote, Store, open_store
from dedupe.profile import Profile, Text, profile, read
from dedupe.vocabulary import Vocabulary

ROOT = Path(__file__).resolve().parents[2]
SAID = re.compile(r"[“\"]([^“”\"]{20,600})[”\"]")
Make = Callable[..., Article]
MakeProfile = Callable[..., Profile]
Dump = Callable[[Store], dict[str, list[tuple[Any, ...]]]]
FETCHED = datetime(2026, 5, 11, 8, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A fresh store."""
    with open_store(tmp_path / "news.db") as fresh:
        yield fresh


@pytest.fixture(scope="session")
def generated() -> ModuleType:
    """The module of made-up articles that benches use: `generated.articles(3_000)`."""
    spec = importlib.util.spec_from_file_location("generated", ROOT / "bench" / "generated.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["generated"] = module  # dataclasses look their module up there
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def make() -> Make:
    """An article with its quotations: `make("a", body=...)` has the address https://warta.example/a."""

    def article(slug: str = "a", body: str = "Hujan turun.", *, outlet: str = "warta", **said: Any) -> Article:
        day = said.pop("day", "2026-05-05")
        quotes = tuple(
            Quote(text=found[1], start=found.start(1), end=found.end(1), kind="direct") for found in SAID.finditer(body)
        )
        record: dict[str, Any] = {
            "url": f"https://{outlet}.example/{slug}",
            "outlet": outlet,
            "title": slug.replace("-", " "),
            "body": body,
            "language": "id",
            "published_text": day,
            "published_day": date.fromisoformat(day) if day else None,
            "quotes": quotes,
            "fetched_at": FETCHED,
        }
        return Article(**{**record, **said})

    return article


def uncounted() -> Vocabulary:
    """A vocabulary that knows the shipped frequencies alone."""
    return Vocabulary(lambda _language, _words: (0, {}))


def text_of(number: int, title: str, body: str, **said: Any) -> Text:
    """What the store would give of an article."""
    record: dict[str, Any] = {
        "version": 1,
        "outlet": "warta",
        "language": "id",
        "day": 739_000,
        "dated": True,
        "quotations": tuple(found[1] for found in SAID.finditer(body)),
    }
    return Text(article_id=number, title=title, body=body, **{**record, **said})


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    """The vocabulary of the profiles that `make_profile` makes."""
    return uncounted()


@pytest.fixture(scope="session")
def make_profile(vocabulary: Vocabulary) -> MakeProfile:
    """The profile of a text, weighed with the shipped frequencies alone; in another vocabulary where one is given."""

    def made(number: int, title: str, body: str, *, known: Vocabulary | None = None, **said: Any) -> Profile:
        words = known or vocabulary
        return profile(read(text_of(number, title, body, **said), words), words)

    return made


@pytest.fixture
def new_vocabulary() -> Callable[[], Vocabulary]:
    """Makes a vocabulary that has met no word yet."""
    return uncounted


@pytest.fixture(scope="session")
def told(make: Make) -> tuple[tuple[str, Article], ...]:
    """The demo's articles, each with the name of its event."""
    found: list[tuple[str, Article]] = []
    for path in sorted((ROOT / "data" / "demo" / "events").glob("*.toml")):
        event = tomllib.loads(path.read_text("utf-8"))
        found += [(event["event"], told_article(make, said)) for said in event["article"]]
    return tuple(found)


def told_article(make: Make, said: dict[str, Any]) -> Article:
    """One article of an event file."""
    blocks = (block.strip().removeprefix("## ") for block in said["body"].split("\n\n"))
    outlet = said["outlet"]
    return make(
        said["slug"],
        "\n".join(block for block in blocks if block),
        outlet=outlet,
        title=said["title"],
        day=said["published"].date().isoformat(),
        published_at=said["published"].astimezone(UTC),
        language="en" if outlet in {"harbour_courier", "ellery_ledger"} else "id",
    )


@pytest.fixture(scope="session")
def contents() -> Dump:
    """Every row of every table of a store, but for SQLite's own statistics."""

    def read(store: Store) -> dict[str, list[tuple[Any, ...]]]:
        tables = [
            row["name"]
            for row in store.rows(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY 1"
            )
        ]
        return {
            name: sorted((tuple(row) for row in store.rows(f'SELECT * FROM "{name}"')), key=repr) for name in tables
        }

    return read
