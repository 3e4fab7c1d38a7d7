"""Whether speed and memory stay the same as a store grows: clusters generated articles and prints what it measured.

    python bench/scale.py [--count 10000] [--singles 0] [--index 0] [--folder FOLDER]

Articles come in the order of their printed time, over 60 days, and are clustered in batches of 1,000, as a daily crawl
would; seconds are CPU seconds of clustering alone. `--singles` saves and clusters so many more articles one at a time
and gives real time for each. `--index` writes the band rows of so many articles straight into an empty store's index
(the first week by chance, the others as its copies), lets the system forget the file, then opens it and asks for one
article's values, each time in a fresh process. --count 100000 takes some minutes, 1000000 an hour (`bench/stream.py
--times` is the short way); an index of 10,000,000 articles ten minutes and 20 GB of disk.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import growing
import numpy as np
from generated import articles

from dedupe import Store, cluster, open_store
from dedupe.bands import EPOCH_DAYS

BANDS = 56
"""Band values of an article of the generated index, as many as one of the Indonesian articles has on average."""
BYTES_A_ROW = 24
DAYS = 60
FIRST_EPOCH = 105_571
ASKED = """
import json, sys, time
from pathlib import Path
begin = time.perf_counter()
from dedupe import open_store
loaded = time.perf_counter()
with open_store(sys.argv[1], readonly=True) as store:
    opened = time.perf_counter()
    values = json.dumps(json.loads(sys.argv[3]))
    found = store.rows(
        "SELECT b.value, b.member FROM json_each(?2) AS asked CROSS JOIN bands AS b"
        " WHERE b.epoch = ?1 AND b.value = asked.value", (int(sys.argv[2]), values))
    answered = time.perf_counter()
said = Path("/proc/self/status").read_text()  # getrusage would tell of the process that started this one, too
most = int(said.split("VmHWM:")[1].split()[0]) // 1024
print(json.dumps([loaded - begin, opened - loaded, answered - opened, len(found), most]))
"""
ASKED_AGAIN = 3
ROWS_AT_ONCE = 500_000
SIZES = (5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 10**9)


def told_growth(path: Path, count: int, singles: int) -> None:
    """Cluster a growing store and print speed on the way, memory and size."""
    with open_store(path) as store:
        batches = growing.grow(store, articles(count, days=DAYS))
        stories, greatest = store.rows("SELECT count(*), max(articles) FROM stories")[0]
        print(f"{count:,} articles, {stories:,} stories, the greatest of {greatest}\n")
        print(*growing.told(batches, SIZES), sep="\n")
        store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        print(f"\nfile: {path.stat().st_size / count / 1024:.1f} KB an article")
        if singles:
            told_singles(store, singles)


def told_singles(store: Store, count: int) -> None:
    """Save and cluster articles one at a time and print how long each clustering took."""
    real, begin = [], time.process_time()
    for article in articles(count, days=1, seed=2):
        store.save_article(article)
        start = time.perf_counter()
        cluster(store)
        real.append(1000 * (time.perf_counter() - start))
    spent = time.process_time() - begin
    real.sort()
    print(f"  one at a time, saving included: {count / spent:.0f} a CPU second; ", end="")
    print(f"clustering took {real[count // 2]:.1f} ms (median), {real[count * 99 // 100]:.1f} ms (p99) of real time")


def told_index(path: Path, count: int) -> None:
    """Write the band rows of articles into an empty store's index, then open it in fresh processes and ask."""
    needed = count * BANDS * BYTES_A_ROW * 5 // 4
    if shutil.disk_usage(path.parent).free < needed:
        raise SystemExit(f"{path.parent}: an index of {count:,} articles needs {needed / 1e9:.0f} GB of free disk")
    a_week = -(-count * EPOCH_DAYS // DAYS)
    begin = time.perf_counter()
    with open_store(path) as store:
        store.connection.execute("PRAGMA synchronous = OFF")
        store.connection.execute("PRAGMA wal_autocheckpoint = 100000")
        asked = write_week(store, a_week)
        for week in range(1, -(-count // a_week)):
            some = min(a_week, count - week * a_week)
            with store.transaction():
                store.connection.execute(
                    "INSERT INTO bands SELECT epoch + ?1, value, member + (?2 << 3) FROM bands"
                    " WHERE epoch = ?3 AND member >> 3 < ?4",
                    (week, week * a_week, FIRST_EPOCH, some),
                )
        rows = store.value("SELECT count(*) FROM bands WHERE epoch = ?", (FIRST_EPOCH,))
        store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    took, size = time.perf_counter() - begin, path.stat().st_size
    print(f"index of {count:,} articles: {rows:,} rows a week, {size / 1e9:.2f} GB, written in {took:.0f} s")
    print("in a fresh process: | imports, ms | opening, ms | first answer, ms | rows found | memory, MB |")
    for name in ("from the disk", *["again"] * ASKED_AGAIN):
        if name == "from the disk":
            forget(path)
        command = [sys.executable, "-c", ASKED, str(path), str(FIRST_EPOCH + count // a_week - 1), json.dumps(asked)]
        run = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own command, no shell
        loaded, opened, answered, found, most = json.loads(run.stdout)
        times = f"{1000 * loaded:.0f} | {1000 * opened:.1f} | {1000 * answered:.1f}"
        print(f"{name} | {times} | {found} | {most} |")


def write_week(store: Store, count: int) -> list[int]:
    """Write the band rows of so many articles into one epoch; return the values of one of them."""
    random = np.random.default_rng(1)
    member = np.repeat(np.arange(count, dtype=np.int64) << 3, BANDS)
    value = np.tile(np.arange(BANDS, dtype=np.int64) << 32, count) | random.integers(0, 2**32, count * BANDS)
    asked: list[int] = value[:BANDS].tolist()
    order = np.argsort(value)
    with store.transaction():
        for at in range(0, len(order), ROWS_AT_ONCE):
            chosen = order[at : at + ROWS_AT_ONCE]
            rows = zip(value[chosen].tolist(), member[chosen].tolist(), strict=True)
            store.connection.executemany(f"INSERT INTO bands VALUES ({FIRST_EPOCH}, ?, ?)", rows)
    return asked


def forget(path: Path) -> None:
    """Let the system forget what it holds of a file in memory, so that the next answer comes from the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--count", type=int, default=10_000, help="articles of the growing store, 0 for none")
    arguments.add_argument("--singles", type=int, default=0, help="articles clustered one at a time afterwards")
    arguments.add_argument("--index", type=int, default=0, help="articles of the generated band index")
    arguments.add_argument("--folder", type=Path, default=None, help="where the stores are put for the time of the run")
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        if asked.count:
            told_growth(Path(folder) / "growing.db", asked.count, asked.singles)
        if asked.index:
            told_index(Path(folder) / "index.db", asked.index)


if __name__ == "__main__":
    main()
