"""Takes the pictures of docs/pictures/ anew: the pages of the demo's store in Debian's chromium.

    python docs/screenshots.py [--db STORE]

Without --db the demo is crawled first, into a folder of its own. Needs playwright and a chromium of the system.
"""

from __future__ import annotations

import argparse
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import sync_playwright

from dedupe.site.serve import application

PICTURES = Path(__file__).parent / "pictures"
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
ONE_QUOTATION = "SELECT text FROM quotes WHERE article_id = ? ORDER BY length(text) DESC LIMIT 1"


@dataclass(frozen=True)
class Shot:
    """One picture."""

    name: str
    path: str
    width: int = 1_000
    height: int = 1_100
    scheme: str = "light"
    language: str = "en"
    at: str = ""
    """A place of the page that the picture begins with."""


def main() -> None:
    """Take all pictures."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--db", type=Path)
    asked = options.parse_args()
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        db = asked.db or demo(Path(folder) / "demo.db")
        with served(db) as address, sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
            for shot in shots(db):
                take(browser, address, shot)
                print(f"docs/pictures/{shot.name}.png")
            browser.close()


def demo(db: Path) -> Path:
    """Return the store of a demo, crawled now."""
    subprocess.run([sys.executable, "-m", "newscrawl.cli", "demo", "--db", str(db)], check=True, capture_output=True)  # noqa: S603 - our own command
    return db


def chromium() -> str:
    """Return the path of this machine's chromium."""
    found = next((path for name in CHROMIUMS if (path := shutil.which(name))), None)
    if found is None:
        raise SystemExit("no chromium on this machine; install it with: apt-get install chromium")
    return found


def shots(db: Path) -> list[Shot]:
    """Return the pictures of the main pages, of the story that most outlets cover."""
    with closing(sqlite3.connect(f"file:{db}?mode=ro", uri=True)) as connection:
        (story,) = connection.execute("SELECT id FROM stories ORDER BY outlets DESC, articles DESC, id").fetchone()
        a, b = connection.execute(
            "SELECT p.a, p.b FROM pairs AS p JOIN coverage AS c ON c.article_id = p.a"
            " WHERE c.story_id = ? ORDER BY p.kind = 'same_text', p.score DESC, p.a, p.b",
            (story,),
        ).fetchone()
        (said,) = connection.execute(ONE_QUOTATION, (a,)).fetchone()
        (outlet,) = connection.execute("SELECT outlet FROM articles WHERE id = ?", (a,)).fetchone()
        (speaker,) = connection.execute(
            "SELECT speaker FROM quotes WHERE speaker <> '' GROUP BY 1 ORDER BY count(*) DESC, speaker"
        ).fetchone()
    reworded = " ".join(word for place, word in enumerate(said.split()) if place % 6 != 3)  # noqa: PLR2004 - any few words
    return [
        Shot("stories", "/"),
        Shot("look-up", f"/look?q={reworded}"),
        Shot("story", f"/story/{story}", height=1_500),
        Shot("story-indonesian-narrow", f"/story/{story}?lang=id", width=360, height=800, language="id"),
        Shot("quotations", f"/story/{story}", at="quotations"),
        Shot("comparison-dark", f"/story/{story}?a={a}&b={b}", width=1_200, height=900, scheme="dark", at="compare"),
        Shot("left-out", f"/story/{story}", height=900, at="alone"),
        Shot("why", f"/why/{a}/{b}"),
        Shot("outlet", f"/outlet/{outlet}"),
        Shot("speaker", f"/speaker?name={speaker}"),
    ]


@contextmanager
def served(db: Path) -> Iterator[str]:
    """Yield the address of a store's pages, served on a free port of this machine."""
    server = uvicorn.Server(uvicorn.Config(application(db), host="127.0.0.1", port=0, log_level="critical", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


def take(browser: Any, address: str, shot: Shot) -> None:
    """Take one picture; the first two things that are folded at its place are opened."""
    context = browser.new_context(
        viewport={"width": shot.width, "height": shot.height},
        color_scheme=shot.scheme,
        locale=shot.language,
        reduced_motion="reduce",
    )
    tab = context.new_page()
    tab.goto(f"{address}{shot.path}")
    if shot.at:
        for folded in tab.locator(f"section[aria-labelledby={shot.at}] details").all()[:1]:
            folded.locator("summary").first.click()
        tab.evaluate(f"document.getElementById('{shot.at}').scrollIntoView()")
    tab.screenshot(path=PICTURES / f"{shot.name}.png")
    context.close()


if __name__ == "__main__":
    main()
