"""Hosts are left alone when they ask for it: counted by the server, also over two runs."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from time import monotonic, sleep
from typing import Any, cast

import pytest

from dedupe import HostStore, open_store

pytestmark = pytest.mark.slow
SCRIPT = Path(__file__).with_name("polite_crawl.py")
TEXT = "The council of the harbour town met on Tuesday and agreed on a new roof for the old market hall. "
Answer = tuple[int, dict[str, str], bytes]
ALLOW_ALL = "User-agent: *\nAllow: /\n"


@dataclass
class Site:
    """A news site on this machine that writes down when each request came, and how many were under way."""

    pages: int = 6
    robots: str | int = ALLOW_ALL
    slow: float = 0.0
    """Seconds before each answer."""
    moods: Callable[[str, int], Answer | None] = lambda _path, _times: None
    """An answer of its own for a path that is asked for so many times before."""
    asked: list[tuple[float, str]] = field(default_factory=list)
    answered: list[tuple[float, str, int]] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    under_way: int = 0
    most_at_once: int = 0
    lock: Lock = field(default_factory=Lock)
    port: int = 0
    name: str = "127.0.0.1"

    @property
    def home(self) -> str:
        return f"http://{self.name}:{self.port}"

    def answer(self, path: str, times: int) -> Answer:
        mood = self.moods(path, times)
        if mood:
            return mood
        if path == "/robots.txt":
            return (self.robots, {}, b"") if isinstance(self.robots, int) else (200, {}, self.robots.encode())
        if path.startswith("/feed"):
            own = path.removeprefix("/feed")
            items = "".join(f"<item><link>{self.home}/news{own}/a{n}x</link></item>" for n in range(self.pages))
            return 200, {"Content-Type": "application/rss+xml"}, f"<rss><channel>{items}</channel></rss>".encode()
        head = '<html><head><meta property="og:type" content="article"></head><body><article>'
        html = (
            f"{head}<h1>News of {path}</h1>" + "".join(f"<p>{n} {TEXT * 2}</p>" for n in range(4)) + "</article></html>"
        )
        return 200, {"Content-Type": "text/html"}, html.encode()

    def paths(self) -> list[str]:
        return [path for _, path in self.asked]

    def gaps(self) -> list[float]:
        """Seconds between two requests."""
        return [later - sooner for (sooner, _), (later, _) in zip(self.asked, self.asked[1:], strict=False)]

    def early(self, status: int, seconds: float) -> int:
        """Requests that came sooner than so many seconds after an answer of that status."""
        ends = [(at, at + seconds) for at, _, answered in self.answered if answered == status]
        return sum(any(start < at < end for start, end in ends) for at, _ in self.asked)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        site = cast("Any", self.server).site
        with site.lock:
            times = sum(path == self.path for _, path in site.asked)
            site.asked.append((monotonic(), self.path))
            site.agents.add(self.headers.get("User-Agent"))
            site.under_way += 1
            site.most_at_once = max(site.most_at_once, site.under_way)
        sleep(site.slow)
        status, headers, body = site.answer(self.path, times)
        with site.lock:
            site.under_way -= 1
            site.answered.append((monotonic(), self.path, status))
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def served(*sites: Site) -> Iterator[None]:
    servers = []
    for site in sites:
        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.site = site  # type: ignore[attr-defined]
        server.daemon_threads = True
        site.port = server.server_address[1]
        Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        servers.append(server)
    try:
        yield
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()


def crawl(folder: Path, outlets: list[dict[str, Any]], **settings: Any) -> dict[str, dict[str, Any]]:
    asked = {"db": str(folder / "x.db"), "outlets": outlets, "settings": settings}
    done = subprocess.run(
        [sys.executable, SCRIPT],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr, done.stderr
    told: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return told


def outlet(site: Site, name: str = "made", **more: Any) -> dict[str, Any]:
    return {"name": name, "homepage": f"{site.home}/", "feeds": [f"{site.home}/feed"], **more}


def states(folder: Path) -> Counter[str]:
    with open_store(folder / "x.db", readonly=True) as store:
        return Counter(row["status"] for row in store.rows("SELECT status FROM pages"))


def busy(status: int, header: dict[str, str], first: int = 1, path: str = "/news/a2x") -> Callable[[str, int], Any]:
    """A mood: one page answers so, the first times it is asked for."""
    return lambda asked, times: (status, header, b"") if asked == path and times < first else None


# --- one at a time, no faster than asked ---------------------------------------------------------


def test_one_request_at_a_time_for_all_outlets_on_a_host(tmp_path: Path) -> None:
    site = Site(slow=0.03)
    with served(site):
        crawl(tmp_path, [outlet(site, "one"), outlet(site, "two", feeds=[f"{site.home}/feed/two"])])
    assert site.most_at_once == 1
    assert site.paths().count("/robots.txt") == 1, "outlets on one host share its robots.txt"
    assert states(tmp_path) == {"article": 12}


def test_one_request_at_a_time_for_all_outlets_on_a_host_also_with_several_processes(
    tmp_path: Path, newscrawl: Any
) -> None:
    shared, other = Site(slow=0.1), Site(slow=0.1, name="localhost")
    with served(shared, other):
        homes = {"one": shared.home, "two": shared.home, "three": other.home}
        outlets = "".join(
            f"""
            [outlet.{name}]
            homepage = "{home}/"
            feeds = ["{home}/feed/{name}"]
            language = "en"
            article_url = "/news/{name}/"
            """
            for name, home in homes.items()
        )
        hosts = [f"127.0.0.1:{shared.port}", f"localhost:{other.port}"]
        crawled = f"[crawl]\ndelay = 0.0\ncontact = 'desk@newsroom.example'\n[guard]\nallow = {hosts}\n"
        (tmp_path / "newscrawl.toml").write_text(crawled + outlets)
        done = newscrawl("run", "--now", "--jobs", 2, "--no-cluster", "--db", tmp_path / "x.db", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {"/feed/one", "/feed/two"} < set(shared.paths())
    assert (shared.most_at_once, other.most_at_once) == (1, 1)
    assert min(at for at, _ in other.asked) < max(at for at, _ in shared.asked), "two processes ask side by side"
    assert states(tmp_path) == {"article": 18}


def test_an_operator_may_ask_more_at_once(tmp_path: Path) -> None:
    site = Site(slow=0.1)
    with served(site):
        crawl(tmp_path, [outlet(site)], CONCURRENT_REQUESTS_PER_DOMAIN=4)
    assert 1 < site.most_at_once <= 4


def test_a_delay_holds_for_all_outlets_on_a_host(tmp_path: Path) -> None:
    site = Site(pages=3)
    with served(site):
        crawl(tmp_path, [outlet(site, "one"), outlet(site, "two")], DOWNLOAD_DELAY=0.2, DOWNLOAD_DELAY_JITTER=0.5)
    assert min(site.gaps()) > 0.2 * 0.5 * 0.9
    assert len({round(gap, 2) for gap in site.gaps()}) > 1, "chance makes the delays unequal"


def test_an_outlet_may_ask_for_a_delay_of_its_own(tmp_path: Path) -> None:
    site = Site(pages=2)
    with served(site):
        crawl(tmp_path, [outlet(site, delay=0.3)], DOWNLOAD_DELAY_JITTER=0)
    assert min(site.gaps()) > 0.2


def test_autothrottle_waits_as_long_as_the_host_takes(tmp_path: Path) -> None:
    site = Site(pages=4, slow=0.2)
    with served(site):
        crawl(tmp_path, [outlet(site)], AUTOTHROTTLE_ENABLED=True, AUTOTHROTTLE_START_DELAY=0, DOWNLOAD_DELAY_JITTER=0)
    assert min(site.gaps()[1:]) > 0.2
    assert states(tmp_path) == {"article": 4}


def test_a_slow_host_starves_nobody(tmp_path: Path) -> None:
    slow, quick = Site(slow=1.5, pages=3), [Site() for _ in range(4)]
    with served(slow, *quick):
        outlets = [outlet(slow, "slow"), *(outlet(site, f"quick{n}") for n, site in enumerate(quick))]
        crawl(tmp_path, outlets)
    second_of_slow = sorted(at for at, _, _ in slow.answered)[1]
    assert all(max(at for at, _ in site.asked) < second_of_slow for site in quick)
    assert states(tmp_path) == {"article": 3 + 4 * 6}


# --- Crawl-delay ---------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", ["Crawl-delay: 0.4", "Request-rate: 5/2s"])
def test_no_request_comes_before_the_crawl_delay_is_over_also_in_the_next_run(tmp_path: Path, rule: str) -> None:
    site = Site(robots=f"User-agent: *\n{rule}\n", pages=3)
    with served(site):
        first = crawl(tmp_path, [outlet(site)])
        site.pages = 5
        crawl(tmp_path, [outlet(site)])
    assert min(site.gaps()) >= 0.4
    assert site.paths().count("/robots.txt") == 1, "a robots.txt holds for a day"
    assert first["made"]["newscrawl/crawl_delay"] == 0.4
    assert states(tmp_path) == {"article": 5}


def test_a_crawl_delay_outlives_the_run(tmp_path: Path) -> None:
    site = Site(robots="User-agent: newscrawl\nCrawl-delay: 4\n", pages=0)
    with served(site):
        crawl(tmp_path, [outlet(site)])
        crawl(tmp_path, [outlet(site)])
    assert site.paths() == ["/robots.txt", "/feed", "/feed"]
    assert min(site.gaps()) >= 4


def test_a_crawl_delay_longer_than_a_run_waits_is_said_and_loses_nothing(tmp_path: Path) -> None:
    site = Site(robots="User-agent: *\nCrawl-delay: 99999999\n")
    with served(site):
        told = crawl(tmp_path, [outlet(site)])["made"]
    assert site.paths() == ["/robots.txt"]
    assert told["newscrawl/paused"] == 1
    [said] = [value for name, value in told.items() if name.startswith("newscrawl/held/")]
    assert "Crawl-delay 86400 s" in said


# --- Retry-After ---------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 503])
def test_no_request_comes_before_retry_after_is_over(tmp_path: Path, status: int) -> None:
    site = Site(moods=busy(status, {"Retry-After": "2"}))
    with served(site):
        told = crawl(tmp_path, [outlet(site, "one"), outlet(site, "two")])
    assert site.early(status, 2) == 0
    assert states(tmp_path) == {"article": 6}
    assert sum(counts.get("newscrawl/pauses", 0) for counts in told.values()) == 1


def test_a_pause_outlives_the_run_and_its_pages_stay_due(tmp_path: Path) -> None:
    site = Site(moods=busy(429, {"Retry-After": "3600"}))
    with served(site):
        told = crawl(tmp_path, [outlet(site)])["made"]
        before = states(tmp_path)
        asked = len(site.asked)
        crawl(tmp_path, [outlet(site), outlet(site, "another")])
        assert len(site.asked) == asked, "nothing is asked as long as the pause lasts"
        until = shorten_pause(tmp_path, seconds=4)
        crawl(tmp_path, [outlet(site)])
    assert told["newscrawl/paused"] >= 1
    assert "newscrawl/failed" not in told
    assert set(before) == {"article", "due"}
    assert site.asked[asked][0] >= until
    assert states(tmp_path) == {"article": 6}


def shorten_pause(folder: Path, *, seconds: float) -> float:
    """Let the one pause of the store end in some seconds; return when that is."""
    with open_store(folder / "x.db") as store:
        until = datetime.now(UTC) + timedelta(seconds=seconds)
        store.connection.execute("UPDATE hosts SET paused_until = ?", (until.isoformat(),))
    return monotonic() + seconds - 0.1


def test_pauses_without_a_time_grow_and_end_with_an_answer(tmp_path: Path) -> None:
    site = Site(pages=1, moods=busy(503, {}, first=2, path="/news/a0x"))
    with served(site):
        crawl(tmp_path, [outlet(site)], PAUSE_FIRST=0.3)
    first, second = [later - sooner for (sooner, _), (later, _) in zip(site.asked[2:], site.asked[3:], strict=False)]
    assert first >= 0.3
    assert second >= 0.9
    with open_store(tmp_path / "x.db", readonly=True) as store:
        state = HostStore(store).host(f"127.0.0.1:{site.port}")
    assert state is not None
    assert (state.pauses, state.paused_until) == (0, None)


def test_a_host_that_only_ever_says_429_fails_no_page(tmp_path: Path) -> None:
    site = Site(moods=lambda path, _: (429, {}, b"") if path.startswith("/news/") else None)
    with served(site):
        told = crawl(tmp_path, [outlet(site)], PAUSE_FIRST=0.01, PAUSE_WAIT=0.2)["made"]
    assert states(tmp_path) == {"due": 6}
    assert told["newscrawl/paused"] == 6
    assert "newscrawl/failed" not in told


def test_a_host_that_stops_answering_is_left_to_a_later_run(tmp_path: Path) -> None:
    site = Site(pages=9, moods=lambda path, _: sleep(3) if path.startswith("/news/") else None)
    with served(site):
        crawl(tmp_path, [outlet(site)], PAUSE_SILENCES=2, RETRY_TIMES=0, DOWNLOAD_TIMEOUT=1)
    assert len(site.asked) == 4
    assert states(tmp_path) == {"failed": 2, "due": 7}
    with open_store(tmp_path / "x.db", readonly=True) as store:
        [state] = HostStore(store).paused()
    assert state.reason == "no-answer"


def test_a_page_that_is_always_busy_fails_and_the_others_come(tmp_path: Path) -> None:
    site = Site(moods=busy(503, {}, first=99))
    with served(site):
        crawl(tmp_path, [outlet(site)], PAUSE_FIRST=0.01)
    assert states(tmp_path) == {"article": 5, "failed": 1}
    assert site.paths().count("/news/a2x") == 3


# --- robots.txt ----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [500, 429])
def test_nothing_is_asked_where_robots_txt_cannot_be_read(tmp_path: Path, status: int) -> None:
    site = Site(robots=status)
    with served(site):
        told = crawl(tmp_path, [outlet(site)], PAUSE_FIRST=0.01)["made"]
        assert set(site.paths()) == {"/robots.txt"}
        assert told["newscrawl/listings_failed"] == told["newscrawl/paused"] == 1
        with open_store(tmp_path / "x.db", readonly=True) as store:
            copy = HostStore(store).robots(site.home)
        assert copy is not None
        assert copy.unreachable_since is not None
        site.robots = ALLOW_ALL
        crawl(tmp_path, [outlet(site)])
    assert states(tmp_path) == {"article": 6}


def test_where_there_is_no_robots_txt_everything_is_allowed(tmp_path: Path) -> None:
    site = Site(robots=403)
    with served(site):
        crawl(tmp_path, [outlet(site)])
        crawl(tmp_path, [outlet(site)])
    assert states(tmp_path) == {"article": 6}
    assert site.paths().count("/robots.txt") == 1, "that there is none holds for a day too"


def test_where_the_host_of_robots_txt_does_not_answer_nothing_is_asked(tmp_path: Path) -> None:
    site = Site()
    with served(site):
        pass
    told = crawl(tmp_path, [outlet(site)], RETRY_TIMES=0)["made"]
    assert told["newscrawl/paused"] == 1
    assert told["downloader/request_count"] == 1


@pytest.mark.parametrize(("hops", "is_read"), [(5, True), (6, False)])
def test_robots_txt_is_followed_through_five_redirects(tmp_path: Path, hops: int, is_read: bool) -> None:  # noqa: FBT001 - a case
    def redirected(path: str, _: int) -> Answer | None:
        number = 0 if path == "/robots.txt" else int(path.partition("/r")[2] or 0) if path.startswith("/r") else -1
        if number < 0:
            return None
        closed = (200, {}, b"User-agent: *\nDisallow: /news/\n")
        return (301, {"Location": f"/r{number + 1}"}, b"") if number < hops else closed

    site = Site(moods=redirected)
    with served(site):
        crawl(tmp_path, [outlet(site)])
    assert any(path.startswith("/news/") for path in site.paths()) != is_read


def test_what_robots_txt_closes_is_not_asked_for(tmp_path: Path) -> None:
    site = Site(robots="User-agent: NewsCrawl\nDisallow: /news/a2x\n\nUser-agent: *\nDisallow: /\n")
    with served(site):
        crawl(tmp_path, [outlet(site)])
    assert "/news/a2x" not in site.paths()
    assert states(tmp_path) == {"article": 5, "reject": 1}


# --- a run's limits ------------------------------------------------------------------------------


def test_a_run_ends_after_its_minutes_and_what_is_left_stays_due(tmp_path: Path) -> None:
    site = Site(pages=40)
    with served(site):
        told = crawl(tmp_path, [outlet(site)], RUN_MINUTES=0.05, DOWNLOAD_DELAY=0.4)["made"]
        assert told["finish_reason"] == "run-minutes"
        asked = set(site.paths())
        first = states(tmp_path)
        assert first["due"] >= 20
        assert first["due"] + first["article"] == 40
        crawl(tmp_path, [outlet(site)])
    assert states(tmp_path) == {"article": 40}
    again = [path for path, times in Counter(site.paths()).items() if path in asked and times > 1]
    assert not [path for path in again if path.startswith("/news/")], "what came is not asked for again"


def test_a_run_takes_so_many_pages_and_the_next_the_others(tmp_path: Path) -> None:
    site = Site(pages=7)
    with served(site):
        told = crawl(tmp_path, [outlet(site)], RUN_PAGES=4)["made"]
        assert states(tmp_path) == {"article": 4, "due": 3}
        assert told["newscrawl/capped"] == 3
        assert told["finish_reason"] == "finished"
        crawl(tmp_path, [outlet(site)], RUN_PAGES=4)
    assert states(tmp_path) == {"article": 7}


# --- who we say we are ---------------------------------------------------------------------------


def test_the_user_agent_names_product_and_contact(tmp_path: Path) -> None:
    site = Site(pages=1)
    with served(site):
        crawl(tmp_path, [outlet(site)], CONTACT="desk@paper.example")
    [agent] = site.agents
    assert agent.startswith("newscrawl/")
    assert agent.endswith("(+desk@paper.example)")


def test_no_public_host_is_asked_without_a_contact(tmp_path: Path) -> None:
    (tmp_path / "scrapy.cfg").write_text("[settings]\ndefault = newscrawl.settings\n", "utf-8")
    command = [sys.executable, "-m", "scrapy", "crawl", "kompas", "-s", f"DB={tmp_path / 'x.db'}"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 2
    assert "no contact is set" in done.stderr
    assert "CONTACT=" in done.stderr
    assert not (tmp_path / "x.db").exists()


def test_no_redirect_leads_to_a_public_host_without_a_contact(tmp_path: Path) -> None:
    site = Site(pages=1, moods=busy(302, {"Location": "http://news.newscrawl-nowhere.com/"}, path="/news/a0x"))
    with served(site):
        told = crawl(tmp_path, [outlet(site)])["made"]
    assert told["downloader/response_count"] == 3
    with open_store(tmp_path / "x.db", readonly=True) as store:
        [reject] = store.rows("SELECT detail FROM rejects")
    assert "public host" in reject["detail"]
