"""What the tests of the pages share: a browser without a server, and stores to look at."""

from __future__ import annotations

import asyncio
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from dedupe import Article, Store, cluster, open_store
from dedupe.site.editor import Editor
from dedupe.site.serve import Wish, application

sys.path.insert(0, str(Path(__file__).parent))  # the tables beside the tests
ROOT = "http://localhost"


class Pages:
    """The pages of one store, asked without a server; cookies are kept as a browser keeps them."""

    def __init__(self, db: Path, wish: Wish | None = None, editor: Editor | None = None, app: Any = None) -> None:
        self.runner = asyncio.Runner()
        transport = httpx.ASGITransport(app=app or application(db, wish, editor))
        self.client = httpx.AsyncClient(transport=transport, base_url=ROOT)

    def ask(self, path: str, method: str = "GET", **said: Any) -> httpx.Response:
        """What an address answers."""
        return self.runner.run(self.client.request(method, f"{ROOT}{path}", **said))

    def close(self) -> None:
        """End the loop."""
        self.runner.run(self.client.aclose())
        self.runner.close()


Opened = Callable[..., Pages]


@pytest.fixture(scope="session")
def open_pages() -> Iterator[Opened]:
    """Makes the pages of a store: `open_pages(db, Wish(...), Editor())`."""
    made: list[Pages] = []

    def opened(*said: Any, **named: Any) -> Pages:
        made.append(Pages(*said, **named))
        return made[-1]

    yield opened
    for one in made:
        one.close()


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory, told: tuple[tuple[str, Article], ...]) -> Path:
    """A store with the demo's articles in their stories, which nobody has open: to be copied."""
    db = tmp_path_factory.mktemp("told") / "news.db"
    with open_store(db) as store:
        for _, article in told:
            store.save_article(article)
        cluster(store)
    return db


@pytest.fixture(scope="session")
def told_store(tmp_path_factory: pytest.TempPathFactory, pristine: Path) -> Path:
    """A store with the demo's articles in their stories: for reading."""
    return Path(shutil.copy(pristine, tmp_path_factory.mktemp("read")))


@pytest.fixture
def own_store(tmp_path: Path, pristine: Path) -> Path:
    """The same, for a test to write to."""
    return Path(shutil.copy(pristine, tmp_path))


@pytest.fixture
def reading(told_store: Path) -> Iterator[Store]:
    """The store with the demo's articles, opened for reading."""
    with open_store(told_store, readonly=True) as store:
        yield store
