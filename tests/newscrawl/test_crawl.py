from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dedupe import RunStore, open_store
from newscrawl import outlets
from newscrawl.demo.events import DemoArticle
from newscrawl.demo.server import DemoServer
from newscrawl.demo.web import DemoWeb, Page, build
from newscrawl.lock import lock

ROOT = Path(__file__).parents[2]
GOLD = ROOT / "data" / "demo" / "stories.jsonl"
WEB = build()
LOOK_ALIKES = [
    ("visit-muara-bukit", "visit-lembah-bukit"),
    ("flood-sagara", "flood-lembah"),
    ("market-fire-muara", "warehouse-fire-bukit"),
    ("quake-tanjung", "quake-selat"),
]
REASONS = {
    "robots": 8,
    "not-an-article": 8,
    "no-text": 2,
    "soft-404": 2,
    "login-wall": 2,
    "gallery": 1,
    "section-page": 1,
}


# --- the demo -----------------------------------------------------------------------------------


def test_the_demo_ends_well_and_says_what_it_did(demo: Path) -> None:
    said = (demo.parent / "demo.out").read_text("utf-8")
    assert (demo.parent / "demo.code").read_text() == "0"
    assert not (demo.parent / "demo.err").read_text()
    assert "Eight made-up outlets" in said
    assert "Story " in said
    assert "Try next" in said
    assert "\x1b" not in said


def test_the_demo_holds_every_article_and_no_other_page(demo: Path, rows: Any) -> None:
    stored = {url for (url,) in rows(demo, "SELECT url FROM articles")}
    assert stored == {article.url for article in WEB.articles}
    assert len(stored) == 80
    assert dict(rows(demo, "SELECT reason, count(*) FROM rejects GROUP BY reason")) == REASONS
    assert not rows(demo, "SELECT * FROM rejects WHERE detail = '' OR outlet IS NULL")
    assert not rows(demo, "SELECT * FROM rejects WHERE (raw IS NULL) != (reason = 'robots')")


def test_the_demos_stories_are_those_of_the_gold_file(demo: Path, invoke: Any) -> None:
    done = invoke("evaluate", GOLD, "--db", demo, "--json")
    found = json.loads(done.stdout)
    assert found["articles"] == 80
    assert found["missing"] == []
    assert found["bcubed_f1"] >= 0.97


@pytest.mark.parametrize(("one", "other"), LOOK_ALIKES)
def test_no_story_joins_two_events_that_look_alike(
    demo: Path, stories: Callable[[Path], set[frozenset[str]]], one: str, other: str
) -> None:
    event = {line["url"]: line["story"] for line in WEB.gold()}
    mixed = [urls for urls in stories(demo) if {one, other} <= {event[url] for url in urls}]
    assert mixed == []


def test_every_quotation_stands_where_it_says(demo: Path, rows: Any) -> None:
    found = rows(
        demo, 'SELECT a.body, q.text, q."start", q."end" FROM quotes AS q JOIN articles AS a ON a.id = q.article_id'
    )
    assert len(found) > 150
    assert [text for body, text, start, end in found if body[start:end] != text] == []


def test_the_raw_body_of_every_article_and_read_reject_is_kept(demo: Path, rows: Any) -> None:
    kept = {key for (key,) in rows(demo.with_name("X-pages.db"), "SELECT hash FROM bodies")}
    wanted = rows(demo, "SELECT raw FROM articles UNION SELECT raw FROM rejects WHERE reason != 'robots'")
    assert {raw for (raw,) in wanted} <= kept


def test_dates_are_those_of_the_event_files(demo: Path, rows: Any) -> None:
    told = {article.url: article for article in WEB.articles}
    read = rows(demo, "SELECT url, published_text, published_day, published_at, published_precision FROM articles")
    assert list(filter(None, (date_error(told[url], *said) for url, *said in read))) == []
    assert all(text for _, text, *_ in read), "the date as printed is kept for everybody"


def date_error(told: DemoArticle, text: str, day: str, at: str | None, precision: str) -> str:
    """What is wrong with the date of an article; nothing where it is right."""
    if day != told.published.date().isoformat():
        return f"{told.url}: {text!r} was read as the day {day}, it is {told.published}"
    if at and abs(datetime.fromisoformat(at) - told.published) >= timedelta(minutes=1):
        return f"{told.url}: {text!r} was read as {at}, it is {told.published}"
    return "" if (precision == "day") == (at is None) else f"{told.url}: precision {precision} with {at}"


def test_articles_of_several_pages_are_joined_in_order_without_repeats(demo: Path, rows: Any) -> None:
    paginated = [article for article in WEB.articles if len(list(article.parts())) > 1]
    assert paginated
    for article in paginated:
        [(body, pages)] = rows(demo, "SELECT body, page_count FROM articles WHERE url = ?", (article.url,))
        lines = body.split("\n")
        assert pages == len(list(article.parts()))
        assert len(lines) == len(set(lines))
        openings = [words(line) for line in article.body.split("\n\n")]
        places = [next(n for n, line in enumerate(lines) if words(line) == opening) for opening in openings]
        assert places == sorted(places), f"{article.url}: paragraphs are out of order"


def words(paragraph: str) -> list[str]:
    """The first words of a paragraph, whatever marks stand around them."""
    return re.findall(r"\w+", paragraph)[:6]


def test_every_way_of_discovery_was_used(demo: Path, rows: Any) -> None:
    ways = {name for outlet in outlets.demo() for name in WAYS if getattr(outlet, name)}
    assert ways == set(WAYS)
    assert not rows(demo, "SELECT * FROM run_outlets WHERE NOT listings OR listings_failed OR NOT saved OR errors")


WAYS = ("feeds", "sitemaps", "news_sitemaps", "sections")


def test_a_second_demo_changes_nothing(demo_copy: Path, dump: Any, newscrawl: Any) -> None:
    before = dump(demo_copy)
    done = newscrawl("demo", "--db", demo_copy.name, "--json", cwd=demo_copy.parent)
    assert done.returncode == 0, done.stderr
    assert dump(demo_copy) == before
    told = json.loads(done.stdout)["run"]
    assert sum(outlet["counts"]["due"] for outlet in told["outlets"]) == 0


def test_the_demo_does_not_touch_a_real_store(tmp_path: Path, invoke: Any) -> None:
    db = tmp_path / "real.db"
    with open_store(db) as store:
        store.save_outlet("sungguh", title="Sungguh")
    done = invoke("demo", "--db", db)
    assert done.exit_code == 2
    assert "sungguh" in done.stderr
    assert "--db" in done.stderr


# --- Scrapy's own command -----------------------------------------------------------------------


def scrapy(*args: object) -> subprocess.CompletedProcess[str]:
    """`scrapy ARGS...` at the project's root, as a developer starts it."""
    start = "from scrapy.cmdline import execute; execute()"
    command = [sys.executable, "-c", start, *map(str, args)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_scrapy_list_names_all_outlets() -> None:
    named = scrapy("list").stdout.split()
    spiders = {path.stem for path in (ROOT / "newscrawl" / "spiders").glob("*.py")} - {"__init__"}
    assert set(named) == spiders


def test_scrapy_crawls_one_outlet_alone(tmp_path: Path, rows: Any) -> None:
    db = tmp_path / "alone.db"
    done = scrapy("crawl", "warta_sagara", "-s", f"DB={db}", "-s", "DOWNLOAD_DELAY=0")
    assert done.returncode == 0, done.stderr
    told = {article.url for article in WEB.articles if article.outlet == "warta_sagara"}
    assert {url for (url,) in rows(db, "SELECT url FROM articles")} == told


# --- a web that does not behave -----------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Moody(DemoWeb):
    """The demo web, except that some addresses answer in their own way: with a status, or after some seconds."""

    moods: dict[str, int | float] = field(default_factory=dict)
    """Beginning of host and path -> status to answer with, or (a float) seconds to wait."""

    def page(self, host: str, target: str) -> Page | None:
        """The page as it is, or as the mood of its address has it."""
        found = super().page(host, target)
        mood = next((mood for start, mood in self.moods.items() if f"{host}{target}".startswith(start)), None)
        if isinstance(mood, float):
            time.sleep(mood)
        if isinstance(mood, int) and found and "robots.txt" not in target:
            return replace(found, status=mood, body=b"<p>Sedang ada gangguan.</p>")
        return found


def moody(moods: dict[str, int | float]) -> Moody:
    return Moody(outlets=WEB.outlets, articles=WEB.articles, pages=WEB.pages, moods=moods)


@pytest.fixture
def served() -> Iterator[Callable[..., DemoServer]]:
    """Starts a server for a web, closed after the test."""
    started: list[DemoServer] = []

    def serve(web: DemoWeb) -> DemoServer:
        server = DemoServer(web)
        server.open()
        started.append(server)
        return server

    yield serve
    for server in started:
        server.close()


def quickly(server: DemoServer, **more: Any) -> dict[str, Any]:
    """Settings of a crawl of this server that does not wait."""
    return {
        "DEMO_WEB": server.address,
        "DOWNLOAD_DELAY": 0,
        "PAUSE_FIRST": 0,
        "RETRY_TIMES": 0,
        "DOWNLOAD_TIMEOUT": 4,
        **more,
    }


def test_an_outlet_that_fails_is_named_and_the_others_go_on(
    tmp_path: Path, newscrawl: Any, served: Any, rows: Any
) -> None:
    server = served(
        moody(
            {
                "harianmuara.example/feed": 500,
                "kabarlestari.example/": 9.0,
                "pesisir.example/berita/": 404,
                "wartasagara.example/": 200,
            }
        )
    )
    names = ("harian_muara", "kabar_lestari", "pesisir", "suara_bukit", "warta_sagara")
    done = newscrawl("run", *names, "--db", "m.db", "--no-cluster", cwd=tmp_path, settings=quickly(server))
    assert done.returncode == 1
    lines = {line.split("  ")[0]: line for line in done.stdout.splitlines()}
    assert "listings could be read" in lines["Harian Muara"]
    assert "listings could be read" in lines["Kabar Lestari"]
    assert "pages could be fetched" in lines["Pesisir"]
    assert "no link to an article" in lines["Warta Sagara"]
    assert lines["Suara Bukit"].endswith("good")
    [(status, detail)] = rows(tmp_path / "m.db", "SELECT status, detail FROM runs")
    assert status == "failed"
    assert detail == "failed: harian_muara, kabar_lestari, pesisir, warta_sagara"
    assert rows(tmp_path / "m.db", "SELECT outlet, count(*) FROM articles GROUP BY outlet") == [("suara_bukit", 11)]
    reasons = dict(rows(tmp_path / "m.db", "SELECT reason, count(*) FROM rejects WHERE stage = 'fetch' GROUP BY 1"))
    assert reasons["http-404"] >= 10


def test_what_fails_once_is_fetched_in_the_next_run_and_robots_is_obeyed(
    tmp_path: Path, newscrawl: Any, served: Any, rows: Any
) -> None:
    told = [article for article in WEB.articles if article.outlet == "warta_sagara"]
    web = moody({f"wartasagara.example{told[0].path}": 503, f"wartasagara.example{told[1].path}": 9.0})
    server = served(web)
    db = tmp_path / "m.db"
    first = newscrawl("run", "warta_sagara", "--db", db, "--json", "--no-cluster", settings=quickly(server))
    assert first.returncode == 0, first.stderr
    [outlet] = json.loads(first.stdout)["outlets"]
    assert outlet["counts"]["failed"] == 2
    assert outlet["trouble"] == ""
    assert rows(db, "SELECT count(*) FROM articles") == [(7,)]
    failed = rows(db, "SELECT reason FROM rejects WHERE stage = 'fetch' AND reason != 'robots' ORDER BY 1")
    assert failed == [("guard-time",), ("http-503",)]

    web.moods.clear()
    second = newscrawl("run", "warta_sagara", "--db", db, "--no-cluster", settings=quickly(server))
    assert second.returncode == 0, second.stderr
    assert {url for (url,) in rows(db, "SELECT url FROM articles")} == {article.url for article in told}
    assert rows(db, "SELECT url FROM rejects WHERE stage = 'fetch' AND reason != 'robots'") == []
    asked = Counter(path for _, path in server.requests)
    assert all(asked[article.path] == 1 for article in told[2:]), "what came is not fetched again"
    assert not [path for path in asked if path.startswith("/read/cetak/")], "robots.txt closes it"


# --- the lock and runs that never ended ---------------------------------------------------------


@pytest.mark.parametrize("command", [("run", "warta_sagara"), ("demo",), ("ingest", "x.jsonl"), ("cluster",)])
def test_a_held_lock_is_told_with_its_holder(demo_copy: Path, invoke: Any, command: tuple[str, ...]) -> None:
    with lock(demo_copy, "night shift"):
        done = invoke(*command, "--db", demo_copy)
        assert invoke("status", "--db", demo_copy).exit_code == 0, "readers do not mind"
    assert done.exit_code == 75
    assert "night shift" in done.stderr
    assert str(os.getpid()) in done.stderr
    assert "Run " not in done.stdout


def test_a_run_that_never_ended_is_marked_at_the_next_start(demo_copy: Path, invoke: Any, rows: Any) -> None:
    with open_store(demo_copy) as store:
        run_id = RunStore(store).start("run")
    (demo_copy.parent / "a.jsonl").write_text('{"url": "http://a.example.org/1", "body": "' + "Kata lain. " * 9 + '"}')
    assert invoke("ingest", demo_copy.parent / "a.jsonl", "--db", demo_copy).exit_code == 0
    statuses = dict(rows(demo_copy, "SELECT id, status FROM runs"))
    assert statuses[run_id] == "crashed"
    assert statuses[run_id + 1] == "good"


def test_an_unknown_outlet_is_told_with_the_nearest(tmp_path: Path, invoke: Any) -> None:
    done = invoke("run", "warta_sagaro", "--db", tmp_path / "x.db")
    assert done.exit_code == 2
    assert "warta_sagara" in done.stderr
    assert not (tmp_path / "x.db").exists()


def test_no_thread_of_a_server_is_left() -> None:
    with DemoServer(WEB):
        pass
    assert [thread.name for thread in threading.enumerate() if thread.name == "demo web"] == []
