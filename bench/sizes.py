"""What a batch costs in a large store and in a small one: the same articles into both, in turn. Prints a table.

    python bench/sizes.py --store FILE [--from 2025-12-22T12:00] [--batches 7]

The large store is one of `bench/stream.py --only founding --days 365`; new articles come as many a day as it has, from
the moment where its days end. The small store is made first: 9,000 articles of the days before. Nothing stays in the
large store: all is rolled back at the end.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from statistics import median

import generated

from dedupe import Article, Store, cluster, open_store

BATCH = 1_000
SMALL = 9_000
A_DAY = 1_000_000 / 365


class BackError(Exception):
    """Raised to roll everything back."""


def batches(count: int, begin: datetime, seed: int) -> Iterator[list[Article]]:
    """Yield generated articles, as many a day as the large store has, under addresses of their own."""
    made = generated.articles(count, language="id", days=max(1, round(count / A_DAY)), begin=begin, seed=seed)
    told_apart = (replace(article, url=f"{article.url}/{seed}") for article in made)
    while batch := list(islice(told_apart, BATCH)):
        yield batch


def cost(store: Store, batch: list[Article]) -> tuple[float, float]:
    """Save and cluster a batch; return CPU seconds and seconds by the clock of the clustering."""
    for article in batch:
        store.save_article(article)
    busy, begin = time.process_time(), time.perf_counter()
    cluster(store)
    return time.process_time() - busy, time.perf_counter() - begin


def compare(large: Store, small: Store, begin: datetime, count: int) -> None:
    """Print what each batch costs in either store, and the median of the ratios."""
    ratios = []
    print("| batch | small: CPU s, by the clock | large: CPU s, by the clock |\n|---|---|---|")
    for number, batch in enumerate(batches(count * BATCH, begin, seed=40), start=1):
        here, there = cost(small, batch), cost(large, batch)
        ratios.append((there[0] / here[0], there[1] / here[1]))
        print(f"| {number} | {here[0]:.2f}, {here[1]:.2f} | {there[0]:.2f}, {there[1]:.2f} |", flush=True)
    cpu, clock = (median(side) for side in zip(*ratios, strict=True))
    print(f"\nlarge by small, median: {clock:.2f} by the clock, {cpu:.2f} in CPU time")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--store", type=Path, help="the large store")
    arguments.add_argument("--from", dest="begin", default="2025-12-22T12:00", help="where its days end")
    arguments.add_argument("--batches", type=int, default=7)
    asked = arguments.parse_args()
    if not asked.store:
        print("skipped: name a large store with --store; bench/stream.py makes one")
        return
    begin = datetime.fromisoformat(asked.begin).replace(tzinfo=UTC)
    with (
        tempfile.TemporaryDirectory() as folder,
        open_store(asked.store) as large,
        open_store(Path(folder) / "small.db") as small,
    ):
        for batch in batches(SMALL, begin - timedelta(days=SMALL / A_DAY), seed=30):
            with small.transaction():
                cost(small, batch)
        print(f"large: {large.value('SELECT count(*) FROM articles'):,} articles, small: {SMALL:,}\n")
        with suppress(BackError), large.transaction(), small.transaction():
            compare(large, small, begin, asked.batches)
            raise BackError


if __name__ == "__main__":
    main()
