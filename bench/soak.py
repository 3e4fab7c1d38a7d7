"""Durability, at length: two hundred random kills of crawl, ingest and clustering, each in a Python of its own.

    python bench/soak.py [--kills 200] [--seed 20260506]

After every kill the store is whole and holds everything that a reader had seen and every article whose saving had
returned, once, in the story that it was in; and every series ends with a run that finishes all of the site's thousand
pages. `tests/durability` does the same at forty points in every test run.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "durability"))
from killing import Count, kill_crawl, kill_ingest

OF_A_SERIES = 20
"""Kills of one store: more would leave too little work for each."""


def series(number: int, seed: int, folder: Path) -> Count:
    """Return what one series of kills came to: by turns crawls of one process, of two, ingest and clustering."""
    kinds = (
        lambda: kill_crawl(folder, seed, OF_A_SERIES, jobs=(1,), is_fresh=True),
        lambda: kill_ingest(folder, seed, OF_A_SERIES, is_fresh=True),
        lambda: kill_crawl(folder, seed, OF_A_SERIES, jobs=(1, 2), is_fresh=number % 2 == 0),
    )
    return kinds[number % len(kinds)]()


def main() -> None:
    """Kill until there were enough kills, and print what they came to; the first loss ends it with an error."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20260506)
    asked = parser.parse_args()
    began, kills, number = time.monotonic(), 0, 0
    ways: Counter[str] = Counter()
    while kills < asked.kills:
        with tempfile.TemporaryDirectory() as folder:
            count = series(number, asked.seed + number, Path(folder))
        number, kills = number + 1, kills + count.kills
        ways.update(count.by_way)
        print(f"{kills} kills in {number} series, nothing lost", flush=True)
    spent = sum(
        used.ru_utime + used.ru_stime
        for used in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )
    print("\n| what was killed, and how | times |\n| --- | ---: |")
    for way, times in sorted(ways.items()):
        print(f"| {way} | {times} |")
    print(
        f"\n0 articles lost, 0 doubled, 0 story ids changed; {spent:.0f} CPU seconds, {time.monotonic() - began:.0f} s."
    )


if __name__ == "__main__":
    main()
