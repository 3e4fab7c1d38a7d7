"""What the nightly pass gains: BCubed before and after, and what it changed; prints a table.

    python bench/tidying.py [--shared FOLDER] [--only NAME]

english-dev arrives in random order in batches of 50, the demo article by article; then the pass looks at all days at
once, and once more, which must change nothing. Beside them what a rebuild comes to.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from stories import SHARED, Corpus, agreement, demo, labelled

from dedupe import Store, cluster, open_store
from dedupe.tidying import tidy

ALL_DAYS = 40_000
ARRIVALS = {"demo": (1, (5, 13, 21)), "english-dev": (50, (1,))}
"""Corpus -> articles of a batch, and the orders tried."""


def row(corpus: Corpus, store: Store, what: str) -> None:
    rows = store.rows("SELECT u.url, c.story_id FROM article_urls AS u JOIN coverage AS c USING (article_id)")
    print(
        f"| {corpus.name} | {what} | {' | '.join(agreement(corpus, {r['url']: r['story_id'] for r in rows}))} |",
        flush=True,
    )


def arrive(corpus: Corpus, store: Store, batch: int, seed: int) -> None:
    articles = random.Random(seed).sample(corpus.articles, len(corpus.articles))
    for start in range(0, len(articles), batch):
        with store.transaction():
            for article in articles[start : start + batch]:
                store.save_article(article)
        cluster(store)


def corpora(shared: Path) -> Iterator[Corpus]:
    yield from demo()
    yield from labelled(shared / "data" / "stories", "english-dev")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--shared", type=Path, default=SHARED, help="folder of data/ and seeds/")
    arguments.add_argument("--only", default="", help="corpora whose name begins with this")
    asked = arguments.parse_args()
    print("| corpus | after | BCubed F1 (P/R) | pairwise F1 (P/R) |\n|---|---|---|---|")
    for corpus in corpora(asked.shared):
        batch, seeds = ARRIVALS[corpus.name]
        for seed in seeds if corpus.name.startswith(asked.only) else ():
            with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "news.db") as store:
                arrive(corpus, store, batch, seed)
                row(corpus, store, f"batches of {batch}, order {seed}")
                for night in ("tidied", "tidied again"):
                    start = time.process_time()
                    done = tidy(store, days=ALL_DAYS)
                    seconds = time.process_time() - start
                    said = f"{done.split} split, {done.merged} merged, {done.moved} articles moved, {seconds:.1f} s"
                    row(corpus, store, f"{night}: {said}")
                cluster(store, rebuild=True)
                row(corpus, store, "rebuilt")


if __name__ == "__main__":
    main()
