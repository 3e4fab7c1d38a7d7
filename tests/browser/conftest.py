"""What the browser tests share: Debian's chromium, and the pages of the demo's store on a port of this machine."""

from __future__ import annotations

import runpy
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from dedupe.site.serve import application

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
SECONDS = 30

PAYLOADS = Path(__file__).parents[1] / "dedupe" / "site" / "payloads.py"
Serve = Callable[[Path], AbstractContextManager[str]]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A chromium of this machine, driven by playwright."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is missing: pip install --group dev")
    path = next((found for name in CHROMIUMS if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip("no chromium on this machine: apt-get install chromium")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield started
        started.close()


@contextmanager
def served(db: Path) -> Iterator[str]:
    """The pages of a store on a free port of this machine: their address."""
    config = uvicorn.Config(application(db), host="127.0.0.1", port=0, log_level="critical", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    end = time.monotonic() + SECONDS
    while not server.started and time.monotonic() < end:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(SECONDS)


@pytest.fixture(scope="session")
def serving() -> Serve:
    """Serves a store's pages: `with serving(db) as address`."""
    return served


@pytest.fixture(scope="session")
def payloads() -> tuple[str, ...]:
    """The table of attacks that stands beside the tests of the pages."""
    found: tuple[str, ...] = runpy.run_path(str(PAYLOADS))["PAYLOADS"]
    return found


@pytest.fixture(scope="session")
def site(demo: Path) -> Iterator[str]:
    """The address of the demo's pages."""
    with served(demo) as address:
        yield address


@pytest.fixture
def visit(browser: Any, site: str) -> Iterator[Callable[..., Any]]:
    """A new tab on one of the demo's pages: `visit("/outlets", viewport={...}, java_script_enabled=False)`."""
    contexts = []

    def opened(path: str = "/", **said: Any) -> Any:
        context = browser.new_context(**{"locale": "en-GB", "java_script_enabled": False, **said})
        context.set_default_timeout(SECONDS * 1_000)
        contexts.append(context)
        tab = context.new_page()
        tab.goto(f"{site}{path}")
        return tab

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def addresses(demo: Path, rows: Callable[..., list[tuple[Any, ...]]]) -> dict[str, str]:
    """An address of every kind of page, by name; those that show most."""
    ((story, a, b),) = rows(
        demo,
        "SELECT s.id, min(c.article_id), max(c.article_id) FROM stories AS s JOIN coverage AS c ON c.story_id = s.id"
        " GROUP BY s.id ORDER BY s.articles DESC, s.id LIMIT 1",
    )
    ((speaker,),) = rows(
        demo, "SELECT speaker FROM quotes WHERE speaker <> '' GROUP BY 1 ORDER BY count(*) DESC, speaker LIMIT 1"
    )
    ((outlet,),) = rows(demo, "SELECT outlet FROM articles GROUP BY 1 ORDER BY count(*) DESC, outlet LIMIT 1")
    ((quotation,),) = rows(demo, "SELECT text FROM quotes ORDER BY length(text) DESC, id LIMIT 1")
    return {
        "stories": "/",
        "story": f"/story/{story}",
        "comparison": f"/story/{story}?a={a}&b={b}",
        "article": f"/article/{a}",
        "why": f"/why/{a}/{b}",
        "outlets": "/outlets",
        "outlet": f"/outlet/{outlet}",
        "speakers": "/speakers",
        "speaker": f"/speaker?name={speaker}",
        "look-up": f"/look?q={quotation}",
        "look-up of nothing": "/look?q=",
        "look-up without an answer": "/look?q=https://nowhere.example/nothing",
        "search": f"/search?q={speaker}",
        "search of nothing": "/search",
        "about": "/about",
        "error": "/story/999999999",
    }
