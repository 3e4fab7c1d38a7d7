"""A store that grows batch by batch, and what each batch cost; killed at any moment, the next run goes on where it was.

The journal is a file of JSON Lines, a line a batch. Articles are saved in one transaction a batch and clustered in the
next; what stands in the store already is passed over.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from resource import RUSAGE_SELF, getrusage
from statistics import mean, median

from dedupe import Article, Store, cluster

BATCH = 1_000
LOOKED_BACK = 10
"""Batches that the cost at a size is the mean of."""


@dataclass(frozen=True)
class Batch:
    """What saving and clustering one batch cost."""

    articles: int
    """Articles in the store afterwards."""
    taken: int
    """Articles clustered."""
    saving: float
    """CPU seconds of reading the stream and saving."""
    cpu: float
    """CPU seconds of clustering."""
    real: float
    """Seconds of clustering by the clock, waiting for the disk and for other processes included."""
    megabytes: int
    """The most memory that the process has had."""


def grow(store: Store, stream: Iterable[Article], size: int = BATCH, journal: Path | None = None) -> list[Batch]:
    """Save and cluster a stream batch by batch; return what each batch cost, those of earlier runs first."""
    done = read(journal)
    unknown = (article for article in stream if store.article_at([article.url]) is None)
    for batch in grown(store, unknown, size):
        done.append(batch)
        if journal:
            with journal.open("a", encoding="utf-8") as file:
                file.write(json.dumps(asdict(batch)) + "\n")
    return done


def grown(store: Store, stream: Iterator[Article], size: int) -> Iterator[Batch]:
    """Yield what each batch cost; the first takes in what an earlier run saved and did not cluster, too."""
    saved = int(store.value("SELECT count(*) FROM articles"))
    while True:
        begin = time.process_time()
        with store.transaction():
            for article in islice(stream, size):
                store.save_article(article)
                saved += 1
        cpu, real = time.process_time(), time.perf_counter()
        taken = cluster(store).articles
        if not taken:
            return
        spent = time.process_time() - cpu, time.perf_counter() - real
        yield Batch(saved, taken, cpu - begin, *spent, megabytes())


def read(journal: Path | None) -> list[Batch]:
    """Return the batches of a journal; a line cut by a kill is left out."""
    if journal is None or not journal.exists():
        return []
    lines = journal.read_text("utf-8").split("\n")[:-1]
    return [Batch(**json.loads(line)) for line in lines]


def megabytes() -> int:
    """Return the most memory that this process has had."""
    return getrusage(RUSAGE_SELF).ru_maxrss // 1024


def at_size(batches: Sequence[Batch], articles: int) -> list[Batch]:
    """Return the batches by which a store reached a size, at most LOOKED_BACK."""
    return [batch for batch in batches if batch.articles <= articles][-LOOKED_BACK:]


def told(batches: Sequence[Batch], sizes: Sequence[int]) -> Iterator[str]:
    """Yield a table of what a batch cost at some sizes of the store."""
    yield "| articles in the store | articles a CPU second | CPU s a batch | by the clock, median | memory, MB |"
    yield "|---|---|---|---|---|"
    for size, before in zip(sizes, (0, *sizes), strict=False):
        some = at_size(batches, size)
        if some and some[-1].articles > before:
            cpu = 1000 * sum(one.cpu for one in some) / sum(one.taken for one in some)
            real = median(1000 * one.real / one.taken for one in some)
            most = max(one.megabytes for one in batches if one.articles <= size)
            yield f"| {some[-1].articles:,} | {1000 / cpu:.0f} | {cpu:.2f} | {real:.2f} | {most} |"
    if batches:
        yield (
            f"\nall {sum(one.taken for one in batches):,}: clustering {sum(one.cpu for one in batches):.0f} CPU s,"
            f" reading and saving {sum(one.saving for one in batches):.0f}; a batch"
            f" {mean(one.cpu for one in batches):.2f}, at most {max(one.cpu for one in batches):.2f} CPU s"
        )
