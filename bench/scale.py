"""Whether speed and memory stay the same as a store grows: clusters generated articles and prints what it measured.

    python bench/scale.py [--count 10000] [--singles 0] [--index 0] [--folder FOLDER]

Articles come in the order of their printed time, over 60 days, and are clustered in batches of 1,000, as a daily crawl
would; seconds are CPU seconds of clustering alone. `--singles` saves and clusters so many more articles one at a time
and gives real time for each. `--index` writes the band rows of so many articles straight into an empty store's index,
then opens it and asks for one article's values, in a fresh process. --count 100000 takes some minutes, 1000000 an hour;
an index of 10,000,000 articles some 15 GB of disk.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from generated import articles

from dedupe import Article, Store, cluster, open_store

BATCH = 1_000
BANDS = 68
"""Band values of an article of the generated index, about as many as a real one has."""
BYTES_A_ROW = 24
DAYS = 60
FIRST_DAY = 739_000
EPOCH_DAYS = 7
ASKED = """
import json, sys, time
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
print(json.dumps([loaded - begin, opened - loaded, answered - opened, len(found)]))
"""


def batches(count: int) -> Iterator[list[Article]]:
    """Generated articles, so many at a time."""
    stream = articles(count, days=DAYS)
    while batch := list(islice(stream, BATCH)):
        yield batch


def save(store: Store, batch: Sequence[Article]) -> None:
    """Save articles in one transaction."""
    with store.transaction():
        for article in batch:
            store.save_article(article)


def grown(store: Store, count: int) -> list[float]:
    """Save and cluster articles batch by batch; return the CPU seconds of each clustering."""
    seconds = []
    for batch in batches(count):
        save(store, batch)
        begin = time.process_time()
        cluster(store)
        seconds.append(time.process_time() - begin)
    return seconds


def megabytes() -> float:
    """The most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def told_growth(path: Path, count: int, singles: int) -> None:
    """Cluster a growing store and print speed at the beginning and at the end, memory and size."""
    with open_store(path) as store:
        seconds = grown(store, count)
        first, last = seconds[1:4] or seconds, seconds[-5:]
        speeds = [BATCH * len(some) / sum(some) for some in (first, last)]
        stories = store.value("SELECT count(*) FROM stories")
        greatest = store.value("SELECT max(articles) FROM stories")
        print(f"{count:,} articles, {stories:,} stories, the greatest of {greatest}")
        print(f"  articles a CPU second: {speeds[0]:.0f} at the beginning, {speeds[1]:.0f} at the end")
        print(f"  all batches: {count / sum(seconds):.0f}; peak memory {megabytes():.0f} MB")
        store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        print(f"  file: {path.stat().st_size / count / 1024:.1f} KB an article")
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
    """Write the band rows of articles into an empty store's index, then open it in a fresh process and ask."""
    needed = count * BANDS * BYTES_A_ROW * 2
    if shutil.disk_usage(path.parent).free < needed:
        raise SystemExit(f"{path.parent}: an index of {count:,} articles needs {needed / 1e9:.0f} GB of free disk")
    random = np.random.default_rng(1)
    begin = time.perf_counter()
    with open_store(path) as store:
        store.connection.execute("PRAGMA synchronous = OFF")
        per_epoch = max(1, count * EPOCH_DAYS // DAYS)
        for number, first in enumerate(range(0, count, per_epoch)):
            some = min(per_epoch, count - first)
            member = np.repeat(np.arange(first, first + some, dtype=np.int64) << 3, BANDS)
            hashed = random.integers(0, 2**32, some * BANDS, dtype=np.int64)
            value = np.tile(np.arange(BANDS, dtype=np.int64) << 32, some) | hashed
            order = np.argsort(value)
            epoch = FIRST_DAY // EPOCH_DAYS + number
            with store.transaction():
                for at in range(0, len(order), 500_000):
                    chosen = order[at : at + 500_000]
                    rows = zip(value[chosen].tolist(), member[chosen].tolist(), strict=True)
                    store.connection.executemany(f"INSERT INTO bands VALUES ({epoch}, ?, ?)", rows)
            store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        asked = value[:BANDS].tolist()
    size = path.stat().st_size
    took = time.perf_counter() - begin
    print(f"index of {count:,} articles: {count * BANDS:,} rows, {size / 1e9:.2f} GB, written in {took:.0f} s")
    command = [sys.executable, "-c", ASKED, str(path), str(epoch), json.dumps(asked)]
    run = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own command, no shell
    loaded, opened, answered, found = json.loads(run.stdout)
    print(f"  in a fresh process: imports {1000 * loaded:.0f} ms, opening {1000 * opened:.1f} ms, ", end="")
    print(f"first answer {1000 * answered:.1f} ms ({found} rows)")


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
