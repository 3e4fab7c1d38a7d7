"""How well stories of one running topic are linked: a sweep of the threshold, the links of the dev pairs, and the time.

    python bench/links.py [--shared FOLDER]

Over all Indonesian articles (`data/README.md` in the shared folder): of the R pairs (same running story, another
happening) those in one story or in linked ones, of the D pairs those linked, and of 2,000 pairs of stories of one
fortnight, taken at random, those linked. The threshold under [links] in `dedupe/scoring.toml` is the upper end of the
plateau at which R less D is within .04 of its best (.35 to .45): of two that do as well, the one that links less.
Scores leave out the days between.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from stories import SHARED, Corpus, indonesian

from dedupe import Store, cluster, open_store
from dedupe.comparing import Comparing, ids_of
from dedupe.link_store import Ends, LinkStore, Medoid, ends_of
from dedupe.links import MOST_LINKS, WINDOW_DAYS, Linking, topic_score
from dedupe.scoring import LINKS
from dedupe.story_store import StoryStore

RANDOM_PAIRS = 2_000
MOST_AT_RANDOM = 0.01
TRIED = np.arange(0.1, 0.95, 0.05).round(2)


def fortnight_pairs(medoids: Sequence[Medoid], count: int, seed: int) -> list[tuple[Medoid, Medoid]]:
    """Pairs of stories within the window: a story at random, and another of its days at random."""
    by_day = sorted(medoids, key=lambda one: (one.day, one.story_id))
    days = np.array([one.day for one in by_day])
    pick, found = random.Random(seed), []
    while len(found) < count:
        at = pick.randrange(len(by_day))
        near = range(
            int(np.searchsorted(days, days[at] - WINDOW_DAYS)), int(np.searchsorted(days, days[at] + WINDOW_DAYS + 1))
        )
        other = pick.choice(near)
        if other != at:
            found.append((by_day[at], by_day[other]))
    return found


def scores(pairs: Comparing, chosen: Sequence[tuple[Medoid, Medoid]]) -> list[float]:
    """The score of each two stories."""
    found = []
    for one, other in chosen:
        pairs.scores(one.article_id, [other.article_id])
        found.append(topic_score(pairs.measured[ids_of(one.article_id, other.article_id)][0]))
        pairs.forget_pairs()
    return found


def report(store: Store, corpus: Corpus) -> None:
    pairs = Comparing(StoryStore(store).counts, StoryStore(store).texts)
    rows = store.rows("SELECT u.url, c.story_id FROM article_urls AS u JOIN coverage AS c USING (article_id)")
    story_of = {row["url"]: row["story_id"] for row in rows}
    medoids = LinkStore(store).medoids(story_of.values())
    linked = {ends_of(row["story_a"], row["story_b"]) for row in store.rows("SELECT * FROM story_links")}
    at_random = fortnight_pairs(list(medoids.values()), RANDOM_PAIRS, 1)
    ends = {
        label: [ends_of(story_of[a], story_of[b]) for kind, a, b in corpus.pairs if kind == label] for label in "SRD"
    }
    apart = {label: [(a, b) for a, b in found if a != b] for label, found in ends.items()}
    by_label = {label: scores(pairs, [(medoids[a], medoids[b]) for a, b in found]) for label, found in apart.items()}
    by_chance = scores(pairs, at_random)
    best: list[tuple[float, float]] = []
    print(
        "| threshold | R linked or one story | D linked | random pairs of a fortnight at or above |\n|---|---|---|---|"
    )
    for least in TRIED:
        r = (len(ends["R"]) - len(apart["R"]) + sum(s >= least for s in by_label["R"])) / len(ends["R"])
        d = sum(s >= least for s in by_label["D"]) / len(ends["D"])
        chance = sum(s >= least for s in by_chance) / RANDOM_PAIRS
        print(f"| {least:.2f} | {r:.1%} | {d:.1%} | {chance:.2%} |")
        if chance < MOST_AT_RANDOM:
            best.append((round(r - d, 6), least))
    top = [least for good, least in best if good == max(best)[0]]
    print(f"\nbest {top[0]:.2f} to {top[-1]:.2f}, middle {(top[0] + top[-1]) / 2:.2f}; set {LINKS.same_topic:.2f}\n")
    print("| label | pairs | in one story | linked |\n|---|---|---|---|")
    for label, found in ends.items():
        print(f"| {label} | {len(found)} | {sum(a == b for a, b in found)} | {links_among(found, linked)} |")
    random_links = links_among([ends_of(a.story_id, b.story_id) for a, b in at_random], linked)
    print(f"\nrandom pairs of a fortnight linked: {random_links} of {RANDOM_PAIRS} ({random_links / RANDOM_PAIRS:.2%})")
    by_kind = store.rows("SELECT kind, count(*) AS number FROM story_links GROUP BY kind ORDER BY kind")
    stories = store.value("SELECT count(*) FROM stories")
    busiest = store.value("SELECT max(n) FROM (SELECT count(*) AS n FROM story_links_list GROUP BY story_id)")
    print(f"{stories} stories; links: {', '.join(f'{row[0]} {row[1]}' for row in by_kind)}; at most {busiest} a story")
    if busiest > MOST_LINKS:
        raise SystemExit("a story has more links than it may")


def links_among(chosen: Sequence[Ends], linked: set[Ends]) -> int:
    """How many of these pairs of stories are linked."""
    return sum(ends in linked for ends in chosen)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--shared", type=Path, default=SHARED, help="folder of data/ and seeds/")
    for corpus in indonesian(arguments.parse_args().shared):
        with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "news.db") as store:
            with store.transaction():
                for article in corpus.articles:
                    store.save_article(article)
            start = time.process_time()
            cluster(store)
            grouped = time.process_time() - start
            store.connection.execute("DELETE FROM story_links")
            start = time.process_time()
            kept = StoryStore(store)
            with store.transaction():
                Linking(kept, Comparing(kept.counts, kept.texts)).renew(
                    row["id"] for row in store.rows("SELECT id FROM stories")
                )
            again = time.process_time() - start
            print(f"{len(corpus.articles)} articles; clustered and linked in {grouped:.1f} CPU seconds;", end=" ")
            print(f"all links anew, profiles made again: {again:.1f} CPU seconds\n")
            report(store, corpus)


if __name__ == "__main__":
    main()
