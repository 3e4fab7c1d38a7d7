"""What a crowd does to stories: labelled articles inside a stream of others, as they would arrive. Prints tables.

    python bench/stream.py [--count 20000] [--only events|founding] [--store FILE] [--days 60]

events: english-dev among all of the Indonesian articles and generated ones, half of them English on the days of
english-dev, half Indonesian around the day of the founding pair; beside english-dev alone.
founding: the founding pair among all of the Indonesian articles and generated Indonesian ones, in the middle of so
many days.
Articles arrive in the order of their printed days and are clustered after every 1,000; with --count 1000000 this takes
an hour. Seconds are CPU seconds of clustering; memory is the peak of the process, the labelled texts and what reads
them included. With --store the stream of the founding pair is kept in a file, what each batch cost in a journal beside
it: killed at any moment, the same command goes on where it was.
"""

from __future__ import annotations

import argparse
import heapq
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import generated
import growing
from stories import SHARED, Corpus, Grouping, agreement_of, alone, indonesian, labelled, pairs_together

from dedupe import Article, open_store

SIZES = (10_000, 20_000, 50_000, *range(100_000, 900_001, 100_000), *range(910_000, 1_100_000, 10_000), 10**9)
"""Sizes of the store at which the cost of a batch is told; the last is what it has come to."""
PLACED = "FROM addresses AS u JOIN coverage AS c USING (article_id)"
FOUNDING_DAY = date(2025, 6, 23)
DAYS = 60


@dataclass(frozen=True)
class Outcome:
    """What a stream came to."""

    placed: Grouping
    """Articles and their stories."""
    articles: int
    biggest: int
    """Articles of the biggest story."""
    batches: Sequence[growing.Batch]

    @property
    def seconds(self) -> float:
        """CPU seconds of clustering."""
        return sum(batch.cpu for batch in self.batches)


def clustered(stream: Iterable[Article], wanted: Collection[str], path: Path | None = None) -> Outcome:
    """Save and cluster a stream, and return the stories of some addresses with all articles that are in them."""
    with ExitStack() as open_here:
        journal = path and path.with_suffix(".journal")
        path = path or Path(open_here.enter_context(tempfile.TemporaryDirectory())) / "news.db"
        store = open_here.enter_context(open_store(path))
        batches = growing.grow(store, stream, journal=journal)
        found = store.rows_in(f"SELECT DISTINCT c.story_id {PLACED} WHERE u.url IN ({{}})", wanted)
        rows = store.rows_in(f"SELECT u.url, c.story_id {PLACED} WHERE c.story_id IN ({{}})", {row[0] for row in found})
        placed = {row["url"]: row["story_id"] for row in rows}
        articles = store.value("SELECT count(*) FROM articles")
        biggest = store.value("SELECT max(articles) FROM stories")
        return Outcome(placed, articles, biggest or 0, batches)


def in_order(*streams: Iterable[Article]) -> Iterator[Article]:
    """Yield the articles of several streams, each in the order of its days, by day; those without a day come first."""
    return heapq.merge(*streams, key=day_of)


def day_of(article: Article) -> date:
    return article.published_day or date.min


def real(articles: Sequence[Article]) -> list[Article]:
    return sorted(articles, key=day_of)


def around(day: date, count: int, days: int = DAYS) -> Iterator[Article]:
    """Yield generated Indonesian articles, as many days before a day as after it."""
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=days / 2)
    return generated.articles(count, language="id", days=days, begin=begin)


def on_the_days_of(articles: Sequence[Article], count: int) -> Iterator[Article]:
    """Yield generated English articles, each on the day of a labelled one: their crowd is about them."""
    days = sorted(article.published_day for article in articles if article.published_day)
    for number, article in enumerate(generated.articles(count, language="en", days=len(days) // 4, seed=2)):
        day = days[number * len(days) // count]
        yield generated.moved(article, datetime(day.year, day.month, day.day, 12, tzinfo=UTC))


def events(english: Corpus, others: Corpus, count: int) -> None:
    crowd = partial(on_the_days_of, english.articles, count // 2), partial(around, FOUNDING_DAY, count - count // 2)
    print("| stream | articles | BCubed F1 (P/R) | pairwise F1 | biggest | founding pair | CPU s | peak memory, MB |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    wanted = (
        {url for url, _ in english.gold}
        | {url for labelled_pair in others.pairs for url in labelled_pair[1:]}
        | {*others.founding}
    )
    streams: dict[str, list[Iterable[Article]]] = {
        "english-dev": [real(english.articles)],
        "+ indonesian": [real(english.articles), real(others.articles)],
        f"+ {count} generated": [real(english.articles), real(others.articles), *(made() for made in crowd)],
    }
    told = []
    for name, parts in streams.items():
        found = clustered(in_order(*parts), wanted)
        agreed = agreement_of(english, found.placed)
        f1 = f"{agreed.bcubed_f1:.3f} ({agreed.bcubed_precision:.3f}/{agreed.bcubed_recall:.3f})"
        pair = alone(others, found.placed) if found.placed.keys() >= set(others.founding) else "-"
        cost = f"{pair} | {found.seconds:.1f} | {growing.megabytes()}"
        print(f"| {name} | {found.articles} | {f1} | {agreed.pairwise_f1:.3f} | {found.biggest} | {cost} |", flush=True)
        joined = pairs_together(others, found.placed).items()
        told.append(f"{name}: {', '.join(f'{label} {n}/{total}' for label, (n, total) in joined)}")
    print("\nIndonesian pairs in one story:", "; ".join(told[1:]), flush=True)


def founding(others: Corpus, count: int, path: Path | None, days: int) -> None:
    found = clustered(in_order(real(others.articles), around(FOUNDING_DAY, count, days)), others.founding, path)
    print("\n| founding pair among | pair | biggest story | CPU seconds | peak memory, MB |\n|---|---|---|---|---|")
    told = alone(others, found.placed)
    print(f"| {found.articles} | {told} | {found.biggest} | {found.seconds:.1f} | {growing.megabytes()} |\n")
    print(*growing.told(found.batches, SIZES), sep="\n", flush=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--shared", type=Path, default=SHARED, help="folder of data/ and seeds/")
    arguments.add_argument("--count", type=int, default=20_000, help="generated articles")
    arguments.add_argument("--only", choices=("events", "founding"))
    arguments.add_argument("--store", type=Path, help="keep the stream of the founding pair here and go on with it")
    arguments.add_argument("--days", type=int, default=DAYS, help="days of the generated articles of the founding pair")
    asked = arguments.parse_args()
    english = list(labelled(asked.shared / "data" / "stories", "english-dev"))
    others = list(indonesian(asked.shared))
    if not english or not others:
        print(f"skipped: there is no {asked.shared / 'data' / 'stories'}")
        return
    if asked.only != "founding":
        events(english[0], others[0], asked.count)
    if asked.only != "events":
        founding(others[0], asked.count, asked.store, asked.days)


if __name__ == "__main__":
    main()
