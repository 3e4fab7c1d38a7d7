"""`newscrawl run` from end to end, on a site whose template changes."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from newscrawl.demo.server import DemoServer
from newscrawl.demo.web import build

pytestmark = pytest.mark.slow
WORDS = "Warga pesisir menanam bakau di muara sungai sejak pagi agar gelombang tidak lagi menggerus tanggul desa. "
DEMO = ("harian_muara", "pesisir", "pantau_nusa", "kabar_lestari")


class Site:
    """A site on this machine with a feed of articles, in one of two templates."""

    def __init__(self) -> None:
        self.articles, self.template, self.delay = 0, "p", 0.0
        self.asked: list[str] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                time.sleep(site.delay)
                body = site.page(self.path).encode()
                self.send_response(404 if self.path == "/robots.txt" else 200)
                self.send_header("Content-Type", "text/xml" if self.path == "/feed" else "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self.server.server_port}"
        Thread(target=self.server.serve_forever, daemon=True).start()

    def page(self, path: str) -> str:
        if path == "/feed":
            items = "".join(
                f"<item><link>http://{self.host}/berita/{n}</link><title>Bakau {n}</title></item>"
                for n in range(self.articles, 0, -1)
            )
            return f"<rss version='2.0'><channel><title>Kabar</title>{items}</channel></rss>"
        n = re.sub(r"\D", "", path)
        paragraphs = "".join(f"<{self.template}>{WORDS}{n}-{i}</{self.template}>" for i in range(4))
        head = f"<title>Bakau {n}</title><meta property='og:type' content='article'>"
        return f"<html><head>{head}</head><body><h1>Bakau {n}</h1><article>{paragraphs}</article></body></html>"


@pytest.fixture
def site() -> Iterator[Site]:
    opened = Site()
    yield opened
    opened.server.shutdown()
    opened.server.server_close()


@pytest.fixture
def folder(tmp_path: Path, site: Site) -> Path:
    """A folder with a configuration for the site, and a command for alarms."""
    (tmp_path / "told.py").write_text("import sys; open('told.json', 'ab').write(sys.stdin.buffer.read() + b'\\n')")
    (tmp_path / "newscrawl.toml").write_text(
        f"""
        [store]
        db = "x.db"
        [crawl]
        contact = "desk@newsroom.example"
        delay = 0.0
        [alarm]
        on_alarm = "{sys.executable} told.py"
        [guard]
        allow = ["{site.host}"]
        [outlet.kabar_bakau]
        homepage = "http://{site.host}/"
        feeds = ["http://{site.host}/feed"]
        language = "id"
        timezone = "Asia/Jakarta"
        body_css = "article > p"
        article_url = "/berita/"
        """
    )
    return tmp_path


def test_a_changed_template_raises_an_alarm_in_that_very_run_which_ends_by_itself(
    folder: Path, site: Site, newscrawl: Any, rows: Any
) -> None:
    site.articles = 60
    first = newscrawl("run", "--now", cwd=folder)
    assert first.returncode == 0, first.stdout + first.stderr
    assert re.search(r"grouping into stories is \d+% of it", first.stdout)

    site.articles, site.template = 91, "section"
    broken = newscrawl("run", "--now", "--json", cwd=folder)
    assert broken.returncode == 3, broken.stdout + broken.stderr
    told = {one["kind"]: one["text"] for one in json.loads(broken.stdout)["alarms"]["raised"]}
    assert told["selector"] == "selector `article > p` matched on 0 of 31 pages; it matched on 100% of the last 60"
    assert json.loads((folder / "told.json").read_text())["raised"]
    assert newscrawl("status", cwd=folder).returncode == 3

    site.articles = 93
    assert newscrawl("run", "--now", cwd=folder).returncode == 3, "it is broken still"
    assert len((folder / "told.json").read_text().splitlines()) == 1, "and nobody is told twice"

    site.articles, site.template = 105, "p"
    again = newscrawl("run", "--now", cwd=folder)
    assert again.returncode == 0, again.stdout + again.stderr
    assert "Well again: kabar_bakau (selector body_css)" in again.stdout
    assert newscrawl("status", "--max-age", "1h", cwd=folder).returncode == 0
    assert [code for (code,) in rows(folder / "x.db", "SELECT exit_code FROM runs ORDER BY id")] == [0, 3, 3, 0]


def test_a_dry_run_writes_nothing(folder: Path, site: Site, newscrawl: Any, dump: Any) -> None:
    site.articles = 5
    dry = newscrawl("run", "--dry-run", "--json", cwd=folder)
    assert dry.returncode == 0, dry.stdout + dry.stderr
    assert json.loads(dry.stdout)["outlets"][0]["counts"]["saved"] == 5
    assert not list(folder.glob("*.db*"))
    assert newscrawl("run", cwd=folder).returncode == 0
    before, site.articles = dump(folder / "x.db"), 9
    assert newscrawl("run", "--dry-run", "--now", cwd=folder).returncode == 0
    assert dump(folder / "x.db") == before


def test_without_names_and_configuration_nobody_is_asked(tmp_path: Path, newscrawl: Any) -> None:
    done = newscrawl("run", cwd=tmp_path)
    assert done.returncode == 2
    assert "newscrawl init" in done.stderr
    assert "--all" in done.stderr
    assert list(tmp_path.iterdir()) == []


# --- several processes --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def quick() -> Iterator[dict[str, Any]]:
    with DemoServer(build()) as server:
        yield {"DEMO_WEB": server.address, "DOWNLOAD_DELAY": 0}


@pytest.fixture(scope="module")
def slow() -> Iterator[dict[str, Any]]:
    with DemoServer(build(), delay=0.3) as server:
        yield {"DEMO_WEB": server.address, "DOWNLOAD_DELAY": 0}


def test_several_processes_bring_what_one_brings(
    tmp_path: Path, newscrawl: Any, rows: Any, quick: dict[str, Any]
) -> None:
    done = newscrawl("run", *DEMO, "--jobs", 3, "--db", "j.db", "--json", cwd=tmp_path, settings=quick)
    assert done.returncode == 0, done.stdout + done.stderr
    assert newscrawl("run", *DEMO, "--db", "one.db", cwd=tmp_path, settings=quick).returncode == 0
    for query in (
        "SELECT url, title, body FROM articles ORDER BY url",
        "SELECT url, reason FROM rejects ORDER BY url",
        "SELECT outlet, links, saved, rejected, finished, articles FROM run_outlets ORDER BY outlet",
    ):
        assert rows(tmp_path / "j.db", query) == rows(tmp_path / "one.db", query)
    assert rows(tmp_path / "j.db", "SELECT jobs, status FROM runs") == [(3, "good")]


Start = Callable[..., "subprocess.Popen[str]"]
START = """
import sys
from newscrawl import settings
vars(settings).update({settings!r})
from newscrawl.cli import main
main()
"""


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """`newscrawl ARGS...` under way, once its crawl has begun."""
    begun: list[subprocess.Popen[str]] = []

    def run(*args: object, settings: dict[str, Any]) -> subprocess.Popen[str]:
        code = START.format(settings=settings)
        child = subprocess.Popen(
            [sys.executable, "-c", code, *map(str, args)],
            cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        begun.append(child)
        return child

    yield run
    for child in begun:
        child.kill()
        child.communicate()


def wait_for(rows: Any, db: Path, query: str, least: int) -> None:
    """Wait until a query gives so many."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with suppress(sqlite3.OperationalError):  # not there yet, or not yet a table in it
            if (rows(db, query)[0][0] or 0) >= least:
                return
        time.sleep(0.05)
    pytest.fail(f"{query} never gave {least}")


ARTICLES = "SELECT count(*) FROM articles"


def children_of(process: int) -> list[int]:
    """The processes that crawl for another."""
    found = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [int(child) for child in found if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text("latin-1")]


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks into /proc")
def test_a_process_that_dies_loses_nothing_and_its_outlets_are_named(
    tmp_path: Path, start: Start, newscrawl: Any, rows: Any, slow: dict[str, Any], quick: dict[str, Any]
) -> None:
    running = start("run", *DEMO, "--jobs", 2, "--db", "x.db", "--json", settings=slow)
    wait_for(rows, tmp_path / "x.db", ARTICLES, 4)
    os.kill(children_of(running.pid)[0], signal.SIGKILL)
    out, err = running.communicate(timeout=90)
    assert running.returncode == 1, out + err
    ends = [outlet["finished"] for outlet in json.loads(out)["outlets"]]
    assert ends.count("finished") == 2
    assert ends.count("its process died (exit code -9)") == 2
    assert newscrawl("run", *DEMO, "--db", "x.db", cwd=tmp_path, settings=quick).returncode == 0
    assert rows(tmp_path / "x.db", ARTICLES) == [(46,)]
    assert [status for (status,) in rows(tmp_path / "x.db", "SELECT status FROM runs")] == ["failed", "good"]


@pytest.mark.parametrize(("jobs", "number"), [(1, signal.SIGTERM), (2, signal.SIGINT)])
def test_a_stopped_run_keeps_what_came_and_says_so(
    jobs: int, number: int, tmp_path: Path, start: Start, newscrawl: Any, rows: Any,
    slow: dict[str, Any], quick: dict[str, Any],
) -> None:  # fmt: skip
    running = start("run", *DEMO, "--jobs", jobs, "--db", "x.db", settings=slow)
    wait_for(rows, tmp_path / "x.db", ARTICLES, 3)
    running.send_signal(number)
    out, err = running.communicate(timeout=60)
    assert running.returncode == 1, out + err
    assert f"Stopped by {signal.Signals(number).name}" in out
    assert "Traceback" not in err
    [(status, detail, saved, came)] = rows(
        tmp_path / "x.db",
        "SELECT status, detail, (SELECT sum(saved) FROM run_outlets), (SELECT count(*) FROM articles) FROM runs",
    )
    assert (status, detail) == ("stopped", f"stopped by {signal.Signals(number).name}")
    assert 3 <= saved == came < 46
    assert newscrawl("run", *DEMO, "--db", "x.db", cwd=tmp_path, settings=quick).returncode == 0
    assert rows(tmp_path / "x.db", ARTICLES) == [(46,)]


def test_a_killed_run_leaves_its_figures(
    tmp_path: Path, start: Start, invoke: Any, rows: Any, slow: dict[str, Any]
) -> None:
    running = start("run", "harian_muara", "--db", "x.db", settings=slow)
    wait_for(rows, tmp_path / "x.db", "SELECT sum(links) FROM run_outlets", 10)
    running.kill()
    running.wait()
    assert "running" in invoke("runs", "--db", tmp_path / "x.db").stdout
    shown = json.loads(invoke("runs", 1, "--db", tmp_path / "x.db", "--json").stdout)
    assert shown["outlets"][0]["links"] == 16
    assert shown["outlets"][0]["finished"] == ""


# --- `scrapy crawl` -----------------------------------------------------------------------------


def scrapy(*args: object) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "scrapy", *map(str, args)]
    return subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=90, check=False)


def test_scrapy_crawl_is_a_run_and_takes_the_lock(
    tmp_path: Path, start: Start, rows: Any, quick: dict[str, Any], slow: dict[str, Any]
) -> None:
    db = tmp_path / "x.db"
    said = ("-s", f"DB={db}", "-s", f"DEMO_WEB={quick['DEMO_WEB']}", "-s", "DOWNLOAD_DELAY=0", "-s", "LOG_LEVEL=ERROR")
    assert scrapy("crawl", "pesisir", *said).returncode == 0
    query = "SELECT command, status, saved, finished FROM runs JOIN run_outlets ON run_id = id"
    assert rows(db, query) == [("scrapy crawl pesisir", "good", 10, "finished")]

    running = start("run", "harian_muara", "--db", db, settings=slow)
    wait_for(rows, db, "SELECT count(*) FROM runs", 2)
    refused = scrapy("crawl", "pesisir", *said)
    assert refused.returncode == 75
    assert f"`newscrawl run harian_muara` (process {running.pid}" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert rows(db, "SELECT count(*) FROM runs") == [(2,)]
