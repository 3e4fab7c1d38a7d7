"""Exports a view of a large store in every format, and publishes the store: CPU seconds, bytes, peak memory.

Run: python bench/export.py [ARTICLES] [--folder DIR]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from dedupe import open_store, transaction

CHILD = """
import json, resource, sys, time
from pathlib import Path
from dedupe import export_view, publish_store, views
db, form, out = sys.argv[1:]
start = time.process_time()
if form == "publish":
    publish_store(Path(db), Path(out))
else:
    export_view(Path(db), views()["article_list"], Path(out), form)
seconds = time.process_time() - start
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""
FORMS = ("csv", "jsonl", "parquet", "xlsx", "publish")


def fill(db: Path, articles: int) -> None:
    """Put made-up articles of some 1,500 characters into an empty store."""
    with open_store(db) as store, transaction(store.connection):
        run = store.connection.execute
        for number in range(20):
            run("INSERT INTO outlets (name, first_seen_at) VALUES (?, '2026-01-01T00:00:00Z')", (f"warta{number}",))
        rows = (
            (
                number,
                f"https://warta{number % 20}.example/{number}",
                f"warta{number % 20}",
                f"Judul {number}",
                "\n".join(
                    f"Kalimat {number * 31 + line} tentang hujan di kota, jalan, pasar dan sungai."
                    for line in range(24)
                ),
                f"2026-{1 + number % 12:02}-{1 + number % 28:02}",
                f"2026-{1 + number % 12:02}-{1 + number % 28:02}T05:06:07Z",
                "2026-11-01T00:00:00Z",
                "2026-11-01T00:00:00Z",
            )
            for number in range(1, articles + 1)
        )
        columns = "id, url, outlet, title, body, published_day, published_at, first_seen_at, changed_at"
        store.connection.executemany(
            f"INSERT INTO articles ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("articles", nargs="*", type=int, default=[10_000, 100_000])
    parser.add_argument("--folder", type=Path)
    asked = parser.parse_args()
    print(f"{'articles':>10}  {'what':8}  {'CPU s':>8}  {'MB':>8}  {'peak MB of memory':>18}")
    for articles in asked.articles:
        with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
            db = Path(folder) / "news.db"
            start = time.process_time()
            fill(db, articles)
            print(f"{articles:>10,}  {'(fill)':8}  {time.process_time() - start:8.1f}  {db.stat().st_size / 1e6:8.1f}")
            for form in FORMS:
                out = Path(folder) / f"out.{form}"
                words = [sys.executable, "-c", CHILD, str(db), form, str(out)]
                done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
                if done.returncode:
                    print(f"{articles:>10,}  {form:8}  {done.stderr.splitlines()[-1]}")
                    continue
                seconds, peak = json.loads(done.stdout)
                print(f"{articles:>10,}  {form:8}  {seconds:8.1f}  {out.stat().st_size / 1e6:8.1f}  {peak:18.0f}")


if __name__ == "__main__":
    main()
