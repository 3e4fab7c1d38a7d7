"""A crawl of outlets that do everything wrong ends, names every fault, and loses nothing of the outlet beside them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
sys.path.append(str(HERE))  # test folders are no packages; the server is shared with bench/

from hostile_server import (  # noqa: E402 - see above
    FAULTS,
    GOOD,
    GOOD_ARTICLES,
    HOSTILE,
    LISTED,
    LISTINGS,
    LOST,
    PRIVATE,
    STORMY,
    HostileWeb,
)

TRY = 6
"""Seconds a request may take in these tests."""


@dataclass(frozen=True)
class Crawled:
    """What is left of the crawl of the hostile web."""

    db: Path
    web: HostileWeb
    report: dict[str, Any]
    log: str
    rows: Any

    def reasons(self, stage: str, outlet: str) -> dict[str, str]:
        """Last part of the address -> reason."""
        sql = "SELECT url, reason FROM rejects WHERE outlet = ? AND (? = '' OR stage = ?)"
        return {url.split("/", 3)[3]: reason for url, reason in self.rows(self.db, sql, (outlet, stage, stage))}

    def articles(self, outlet: str) -> set[str]:
        sql = "SELECT url FROM articles WHERE outlet = ?"
        return {url.split("/", 3)[3] for (url,) in self.rows(self.db, sql, (outlet,))}


def crawl(web: HostileWeb, db: Path, **settings: Any) -> subprocess.CompletedProcess[str]:
    """Crawl the web in a process of its own."""
    said = {"GUARD_ALLOW": web.allowed, "DOWNLOAD_TIMEOUT": TRY, **settings}
    return subprocess.run(
        [
            sys.executable,
            HERE / "hostile_server.py",
            "--db",
            db,
            "--port",
            str(web.port),
            "--settings",
            json.dumps(said),
        ],
        capture_output=True,
        text=True,
        timeout=170,
        check=False,
        env={**os.environ, "PYTHONPATH": str(HERE.parents[1])},
    )


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory, rows: Any) -> Crawled:
    db = tmp_path_factory.mktemp("hostile") / "X.db"
    with HostileWeb() as web:
        done = crawl(web, db)
    assert done.returncode == 0, done.stderr[-3000:]
    return Crawled(db, web, json.loads(done.stdout.splitlines()[-1]), done.stderr, rows)


pytestmark = pytest.mark.slow


def test_there_are_faults_enough() -> None:
    assert len(FAULTS) + len(LISTED) >= 80


def test_every_fault_has_its_reason_in_the_store(crawled: Crawled) -> None:
    rejects, articles = crawled.reasons("", "hostile"), crawled.articles("hostile")
    wrong = {}
    for name, (wanted, _) in FAULTS.items():
        path = f"f/{name}.html"
        came = "article" if path in articles else rejects.get(path, "nothing")
        if came != wanted and not (wanted == "*" and came not in {"article", "nothing"}):
            wrong[name] = f"{came}, not {wanted}"
    assert wrong == {}


def test_every_faulty_listing_has_its_reason_or_its_links(crawled: Crawled) -> None:
    rejects, articles = crawled.reasons("listing", "listings"), crawled.articles("listings")
    assert rejects == {name: reason for name, (_, reason) in LISTED.items() if reason}
    expected = {
        "feed-xxe.xml", "feed-broken.xml", "feed-evil-links.xml", "map-xxe.xml", "map-leaf.xml", "map-50000.xml",
        "map-broken.xml", "map-bomb.xml.gz",
    }  # fmt: skip
    assert {f"article-{name}.html" for name in expected} - articles == set()


def test_the_outlet_beside_loses_nothing(crawled: Crawled) -> None:
    assert crawled.articles("good") == {f"news/{number}.html" for number in range(GOOD_ARTICLES)}
    assert crawled.reasons("", "good") == {}
    assert crawled.report["outlets"]["good"]["finished"] == "finished"


def test_nobody_is_led_inside(crawled: Crawled) -> None:
    assert crawled.web.connections[PRIVATE] == 0
    assert crawled.reasons("listing", "lost") == {"feed.xml": "guard-address"}


def test_a_host_that_wants_to_be_left_alone_is(crawled: Crawled) -> None:
    """429 with a Retry-After of an hour: the host pauses, and what is due there waits for a later run."""
    assert crawled.rows(crawled.db, "SELECT reason FROM hosts WHERE host LIKE ?", (f"{STORMY}%",)) == [("http-429",)]
    asked = [path for _, host, path in crawled.web.asked if host == STORMY and "html" in path]
    assert len(asked) == len(set(asked))
    assert len(crawled.rows(crawled.db, "SELECT url FROM pages WHERE outlet = 'stormy' AND status = 'due'")) == 5


def test_no_cookie_comes_back(crawled: Crawled) -> None:
    assert crawled.web.cookies == 0


def test_what_cannot_pass_is_asked_once_and_what_may_pass_again(crawled: Crawled) -> None:
    asked = Counter(path for _, host, path in crawled.web.asked if host == HOSTILE)
    lasting = {"guard-headers", "guard-bomb", "guard-scheme", "guard-address", "guard-port", "guard-size"}
    # On a busy machine five megabytes may outlast these short tries, and a try that took too long is repeated.
    outlasted = Counter(path for took, host, path in crawled.web.took if host == HOSTILE and took > TRY - 1)
    once = {
        name: asked[path] - outlasted[path]
        for name, (reason, _) in FAULTS.items()
        if reason in lasting and (path := f"/f/{name}.html")
    }
    again = {name: asked[f"/f/{name}.html"] for name, (reason, _) in FAULTS.items() if reason == "guard-truncated"}
    assert {name: times for name, times in once.items() if times != 1} == {}
    assert {name: times for name, times in again.items() if times != 2} == {}


def test_no_bug_shows(crawled: Crawled) -> None:
    assert "Traceback" not in crawled.log
    assert {name: said["errors"] for name, said in crawled.report["outlets"].items() if said["errors"]} == {}
    assert all(said["finished"] == "finished" for said in crawled.report["outlets"].values())


def test_hosts_are_where_the_tests_think() -> None:
    assert len({GOOD, HOSTILE, LISTINGS, LOST, PRIVATE, STORMY}) == 6
