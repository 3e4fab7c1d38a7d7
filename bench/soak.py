"""Durability, at length: two hundred random kills of crawl, ingest and clustering, and two hundred full disks.

    python bench/soak.py [--kills 200] [--full 200] [--seed 20260506]

Each killed command has a Python of its own. After every kill the store is whole and holds everything that a reader had
seen and every article whose saving had returned, once, in the story that it was in; and every series ends with a run
that finishes all of the site's thousand pages. At every point where there is no room a command ends by itself and says
which file and what to do; the next one that has room goes on. `tests/durability` does the same at forty kills and fifty
full disks in every test run.
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
from filling import full_while_crawling, full_while_reading_in
from killing import Commands, Count, kill_crawl, kill_ingest

OF_A_SERIES = 20
"""Kills of one store: more would leave too little work for each."""
IN_CI = 50
"""Points with a full disk in a test run, at steps of one."""


def series(number: int, seed: int, folder: Path) -> Count:
    """Return what one series of kills came to: by turns crawls of one process, of two, ingest and clustering."""
    kinds = (
        lambda: kill_crawl(folder, seed, OF_A_SERIES, jobs=(1,), is_fresh=True),
        lambda: kill_ingest(folder, seed, OF_A_SERIES, is_fresh=True),
        lambda: kill_crawl(folder, seed, OF_A_SERIES, jobs=(1, 2), is_fresh=number % 2 == 0),
    )
    return kinds[number % len(kinds)]()


def killed(kills: int, seed: int) -> Counter[str]:
    """Kill until there were enough kills; return how often what was killed how."""
    ways: Counter[str] = Counter()
    number = 0
    while ways.total() < kills:
        with tempfile.TemporaryDirectory() as folder:
            ways.update(series(number, seed + number, Path(folder)).by_way)
        number += 1
        print(f"{ways.total()} kills in {number} series, nothing lost", flush=True)
    return ways


def full(points: int) -> Counter[str]:
    """Let the disk be full at so many points at least; return at how many of each command."""
    with tempfile.TemporaryDirectory() as folder, Commands(Path(folder)) as commands:
        step = IN_CI / max(points, 1)
        found = {
            *full_while_crawling(commands, Path(folder), step=step),
            *full_while_reading_in(commands, Path(folder), step=step),
        }
    print(f"no room at {len(found)} points, nothing lost", flush=True)
    return Counter(f"{point.partition(',')[0]}, no room" for point in found)


def main() -> None:
    """Kill and fill until it was enough, and print what it came to; the first loss ends it with an error."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--full", type=int, default=200)
    parser.add_argument("--seed", type=int, default=20260506)
    asked = parser.parse_args()
    began = time.monotonic()
    ways = killed(asked.kills, asked.seed) + (full(asked.full) if asked.full else Counter())
    spent = sum(
        used.ru_utime + used.ru_stime
        for used in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )
    print("\n| what was ended, and how | times |\n| --- | ---: |")
    for way, times in sorted(ways.items()):
        print(f"| {way} | {times} |")
    print(
        f"\n0 articles lost, 0 doubled, 0 story ids changed; {spent:.0f} CPU seconds, {time.monotonic() - began:.0f} s."
    )


if __name__ == "__main__":
    main()
