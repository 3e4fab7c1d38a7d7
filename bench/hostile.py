"""What a web that does everything wrong costs a crawl: its longest try, its peak memory, whether each fault is named.

    python bench/hostile.py [--quick]

The web of tests/newscrawl/hostile_server.py is crawled in a process of its own with the limits that ship (30 s a try,
5 MB, one request at a time to a host); only waiting between requests is off. It takes some eight minutes, most of them
waiting for servers that are slow on purpose; --quick waits three seconds for each.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).parents[1]
SERVER = ROOT / "tests" / "newscrawl" / "hostile_server.py"
CRAWL = "import runpy, sys; sys.modules['pandas'] = None; runpy.run_path(sys.argv.pop(1), run_name='__main__')"
"""pandas is no dependency, but sqlite-utils imports it where it is installed, for a hundred megabytes."""
sys.path.insert(0, str(SERVER.parent))  # before this folder, which has a file of the same name

from hostile_server import FAULTS, GOOD_ARTICLES, LISTED, PRIVATE, HostileWeb  # noqa: E402 - found by the line above


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    settings = {"CONCURRENT_REQUESTS_PER_DOMAIN": 1, "LOG_LEVEL": "ERROR"}
    if parser.parse_args().quick:
        settings["DOWNLOAD_TIMEOUT"] = 3
    with tempfile.TemporaryDirectory() as folder, HostileWeb() as web:
        db = Path(folder) / "X.db"
        said = json.dumps({**settings, "GUARD_ALLOW": web.allowed})
        began = time.monotonic()
        done = subprocess.run(  # noqa: S603 - this interpreter, our own script
            [sys.executable, "-c", CRAWL, SERVER, "--db", db, "--port", str(web.port), "--settings", said],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        seconds = time.monotonic() - began
        named, beside = told(db)
        memory = json.loads(done.stdout.splitlines()[-1])
        longest = ", ".join(f"{took:.1f} s ({path})" for took, _, path in sorted(web.took)[:-4:-1])
        print(f"faults: {len(FAULTS)} pages and {len(LISTED)} listings; {named} of the pages are as they must be")
        print(f"articles of the outlet beside: {beside} of {GOOD_ARTICLES}")
        print(f"connections to the private host: {web.connections[PRIVATE]}; requests in all: {len(web.asked)}")
        print(f"longest tries: {longest}; the whole run: {seconds:.0f} s")
        print(f"peak memory: {memory['peak_mb']} MB, of which {memory['start_mb']} MB before the crawl")


def told(db: Path) -> tuple[int, int]:
    """How many faults the store tells as it must, and how many articles it has of the outlet beside."""
    with closing(sqlite3.connect(db)) as connection:
        rejects = connection.execute("SELECT url, reason FROM rejects WHERE outlet = 'hostile'").fetchall()
        articles = connection.execute("SELECT url, outlet FROM articles").fetchall()
    came = {url.split("/", 3)[3]: reason for url, reason in rejects}
    came |= {url.split("/", 3)[3]: "article" for url, outlet in articles if outlet == "hostile"}
    good = [
        name
        for name, (wanted, _) in FAULTS.items()
        if came.get(f"f/{name}.html") == wanted
        or (wanted == "*" and came.get(f"f/{name}.html") not in {None, "article"})
    ]
    return len(good), len([url for url, outlet in articles if outlet == "good"])


if __name__ == "__main__":
    main()
