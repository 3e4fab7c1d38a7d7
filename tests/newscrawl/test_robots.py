"""robots.txt is obeyed from the first requests on, also where several wait for it."""

import subprocess
import sys
from contextlib import closing
from pathlib import Path

from dedupe import open_store
from newscrawl.archive import open_archive
from newscrawl.demo.server import DemoServer
from newscrawl.demo.web import build
from newscrawl.discovery import Link
from newscrawl.frontier import Frontier

HOST = "elleryledger.example"
FORBIDDEN = "/2026/05/draft-parish-notices/"


def test_what_was_left_over_waits_for_robots_txt(tmp_path: Path) -> None:
    web = build()
    told = [article.url for article in web.articles if HOST in article.url]
    with open_store(tmp_path / "X.db") as store, closing(open_archive(tmp_path / "X.db")) as archive:
        links = [Link(url=url) for url in (*told, f"http://{HOST}{FORBIDDEN}")]
        assert len(Frontier(store, archive).due("ellery_ledger", links)) == len(links)
    with DemoServer(web, delay=0.05) as server:
        (tmp_path / "scrapy.cfg").write_text("[settings]\ndefault = newscrawl.settings\n", "utf-8")
        crawl(tmp_path, server.address)
        asked = [path for host, path in server.requests if host == HOST]
    assert asked.count("/robots.txt") == 1
    assert FORBIDDEN not in asked
    assert len(asked) > len(told)


def crawl(folder: Path, address: str) -> None:
    command = [sys.executable, "-m", "scrapy", "crawl", "ellery_ledger", "-s", f"DB={folder / 'X.db'}"]
    options = ["-s", f"DEMO_WEB={address}", "-s", "DOWNLOAD_DELAY=0"]
    subprocess.run([*command, *options], cwd=folder, check=True, capture_output=True)
