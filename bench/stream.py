"""What a crowd does to stories: labelled articles inside a stream of others, as they would arrive. Prints tables.

    python bench/stream.py [--count 20000] [--only events|founding]

events: english-dev among all of the Indonesian articles and generated ones, half of them English on the days of
english-dev, half Indonesian around the day of the founding pair; beside english-dev alone.
founding: the founding pair among all of the Indonesian articles and generated Indonesian ones, within sixty days.
Articles arrive in the order of their printed days and are clustered after every 5,000; with --count 1000000 this takes
an hour. Seconds are CPU seconds of clustering; memory is the peak of the process, the labelled texts included.
"""

from __future__ import annotations

import argparse
import heapq
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

import generated
from stories import SHARED, Corpus, Grouping, agreement_of, alone, indonesian, labelled, pairs_together

from dedupe import Article, Store, cluster, open_store

ARRIVING = 5_000
"""Articles saved between two clusterings."""
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
    seconds: float


def clustered(stream: Iterable[Article], looked_at: Callable[[str], bool]) -> Outcome:
    """Save and cluster a stream, and return where the articles that are looked at are."""
    waiting = iter(stream)
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "news.db") as store:
        seconds = 0.0
        while arrived := save(store, islice(waiting, ARRIVING)):
            start = time.process_time()
            cluster(store)
            seconds += time.process_time() - start
            if arrived < ARRIVING:
                break
        rows = store.rows("SELECT u.url, c.story_id FROM article_urls AS u JOIN coverage AS c USING (article_id)")
        placed = {row["url"]: row["story_id"] for row in rows if looked_at(row["url"])}
        (articles,) = (row["n"] for row in store.rows("SELECT count(*) AS n FROM articles"))
        sizes = store.rows("SELECT count(*) AS n FROM coverage GROUP BY story_id ORDER BY n DESC LIMIT 1")
        return Outcome(placed, articles, sizes[0]["n"] if sizes else 0, seconds)


def save(store: Store, articles: Iterable[Article]) -> int:
    count = 0
    with store.transaction():
        for article in articles:
            store.save_article(article)
            count += 1
    return count


def in_order(*streams: Iterable[Article]) -> Iterator[Article]:
    """Yield the articles of several streams, each in the order of its days, by day; those without a day come first."""
    return heapq.merge(*streams, key=day_of)


def day_of(article: Article) -> date:
    return article.published_day or date.min


def real(articles: Sequence[Article]) -> list[Article]:
    return sorted(articles, key=day_of)


def around(day: date, count: int) -> Iterator[Article]:
    """Yield generated Indonesian articles, as many days before a day as after it."""
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=DAYS / 2)
    return generated.articles(count, language="id", days=DAYS, begin=begin)


def on_the_days_of(articles: Sequence[Article], count: int) -> Iterator[Article]:
    """Yield generated English articles, each on the day of a labelled one: their crowd is about them."""
    days = sorted(article.published_day for article in articles if article.published_day)
    for number, article in enumerate(generated.articles(count, language="en", days=len(days) // 4, seed=2)):
        day = days[number * len(days) // count]
        yield generated.moved(article, datetime(day.year, day.month, day.day, 12, tzinfo=UTC))


def events(english: Corpus, others: Corpus, count: int) -> None:
    crowd = partial(on_the_days_of, english.articles, count // 2), partial(around, FOUNDING_DAY, count - count // 2)
    print("| stream | articles | BCubed F1 (P/R) | pairwise F1 | biggest story | CPU seconds | peak memory, MB |")
    print("|---|---|---|---|---|---|---|", flush=True)
    wanted = {url for url, _ in english.gold} | {url for pair in others.pairs for url in pair[1:]} | {*others.founding}
    streams: dict[str, list[Iterable[Article]]] = {
        "english-dev": [real(english.articles)],
        "+ indonesian": [real(english.articles), real(others.articles)],
        f"+ {count} generated": [real(english.articles), real(others.articles), *(made() for made in crowd)],
    }
    told = []
    for name, parts in streams.items():
        found = clustered(in_order(*parts), wanted.__contains__)
        agreed = agreement_of(english, found.placed)
        f1 = f"{agreed.bcubed_f1:.3f} ({agreed.bcubed_precision:.3f}/{agreed.bcubed_recall:.3f})"
        cost = f"{found.seconds:.1f} | {peak()}"
        print(f"| {name} | {found.articles} | {f1} | {agreed.pairwise_f1:.3f} | {found.biggest} | {cost} |", flush=True)
        joined = pairs_together(others, found.placed).items()
        told.append(f"{name}: {', '.join(f'{label} {n}/{total}' for label, (n, total) in joined)}")
    print("\nIndonesian pairs in one story:", "; ".join(told[1:]), flush=True)


def founding(others: Corpus, count: int) -> None:
    found = clustered(in_order(real(others.articles), around(FOUNDING_DAY, count)), lambda _: True)
    print("\n| founding pair among | pair | biggest story | CPU seconds | peak memory, MB |\n|---|---|---|---|---|")
    told = alone(others, found.placed)
    print(f"| {found.articles} | {told} | {found.biggest} | {found.seconds:.1f} | {peak()} |", flush=True)


def peak() -> int:
    return getrusage(RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--shared", type=Path, default=SHARED, help="folder of data/ and seeds/")
    arguments.add_argument("--count", type=int, default=20_000, help="generated articles")
    arguments.add_argument("--only", choices=("events", "founding"))
    asked = arguments.parse_args()
    english = list(labelled(asked.shared / "data" / "stories", "english-dev"))
    others = list(indonesian(asked.shared))
    if not english or not others:
        print(f"skipped: there is no {asked.shared / 'data' / 'stories'}")
        return
    if asked.only != "founding":
        events(english[0], others[0], asked.count)
    if asked.only != "events":
        founding(others[0], asked.count)


if __name__ == "__main__":
    main()
