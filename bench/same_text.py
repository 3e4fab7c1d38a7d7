"""How well text in common is found: planted families in invented articles, beside a textbook MinHashLSH.

    python bench/same_text.py [--families 60] [--background 4000] [--seed 1]

Into `generated` articles of 60 days each family plants an original and, within two days, in other outlets and under
other headlines: a reprint; one with 10, one with 20 and one with 30% of the words replaced here and there; one with 30%
replaced in three runs; an excerpt of a third of it; and a press release of 120 words alone, inside an article of 400
words, and inside another. Each planted pair falls into a bin by its exact Jaccard and containment (of the smaller in
the larger, 3-word shingles). Found: the two have a row in `text_pairs`. Right: a found pair that was planted, or whose
exact figures say that it is one (the background has reprints of its own).
The textbook: 3-word shingles, datasketch's MinHashLSH with 128 permutations at 0.5 and at 0.3, its candidates checked
by the same exact figures.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from pathlib import Path

from datasketch import MinHash, MinHashLSH
from generated import BEGIN, articles

from dedupe import Article, cluster, open_store
from dedupe.shingles import jaccard
from dedupe.words import words

RELEASE = 120
LONG = 400
PLANTED_IN = 2_880
"""Minutes after the original within which its family appears."""
HIGH, LOW = 0.6, 0.3
LEAST = 0.12
"""Containment below which two texts have nothing in common worth the name."""
Pair = tuple[str, str]


def planted(background: Sequence[Article], families: int, chance: random.Random) -> Iterator[tuple[int, Article]]:
    """Yield the articles of each family with its number."""
    for family in range(families):
        first, *others = chance.sample(background, 9)
        said = first.body.split()
        release = others[-1].body.split()[:RELEASE]
        texts = {
            "original": said,
            "reprint": said,
            "edited-10": edited(said, 0.1, chance),
            "edited-20": edited(said, 0.2, chance),
            "edited-30": edited(said, 0.3, chance),
            "rewritten-30": rewritten(said, 0.3, chance),
            "excerpt": said[len(said) // 3 : 2 * len(said) // 3],
            "release": release,
            "with-release": inside(release, others[0], chance),
            "with-release-too": inside(release, others[1], chance),
        }
        for (name, text), other in zip(texts.items(), [first, *others, others[2]], strict=True):
            at = (first.published_at or BEGIN) + timedelta(
                minutes=chance.randrange(PLANTED_IN) if other is not first else 0
            )
            yield (
                family,
                replace(
                    first,
                    published_text=at.isoformat(),
                    published_at=at,
                    published_day=at.date(),
                    fetched_at=at + timedelta(minutes=20),
                    url=f"https://{name}.example/{family}",
                    outlet=name,
                    title=other.title,
                    body=" ".join(text),
                    quotes=(),
                ),
            )


def edited(said: Sequence[str], share: float, chance: random.Random) -> list[str]:
    """Return a text with this share of its words replaced, here and there."""
    return [chance.choice(said) + "ya" if chance.random() < share else word for word in said]


def rewritten(said: Sequence[str], share: float, chance: random.Random) -> list[str]:
    """Return a text with this share of its words replaced, in three runs."""
    size = int(len(said) * share / 3)
    new = list(said)
    for part in range(3):
        start = part * len(said) // 3 + chance.randrange(len(said) // 3 - size)
        new[start : start + size] = [f"{word}nya" for word in new[start : start + size]]
    return new


def inside(release: Sequence[str], article: Article, chance: random.Random) -> list[str]:
    """Return an article of LONG words that holds the release."""
    own = (article.body.split() * 4)[: LONG - len(release)]
    at = chance.randrange(len(own))
    return [*own[:at], *release, *own[at:]]


def shingled(article: Article) -> frozenset[tuple[str, ...]]:
    said = words(article.body)
    return frozenset(tuple(said[at : at + 3]) for at in range(max(1, len(said) - 2)))


def figures(a: Article, b: Article) -> tuple[float, float]:
    """Return exact Jaccard and containment."""
    one, other = shingled(a), shingled(b)
    return jaccard(one, other), len(one & other) / min(len(one), len(other))


def bin_of(names: frozenset[str], alike: float, contained: float) -> str:
    """Return which of the goals a pair counts for."""
    if names == {"with-release", "with-release-too"}:
        return "the same press release in two longer articles"
    if max(alike, contained) > HIGH:
        return f"Jaccard or containment above {HIGH}"
    return f"Jaccard {LOW} to {HIGH}" if alike >= LOW else "below both"


def ours(corpus: Sequence[Article]) -> tuple[set[Pair], float, Counter[str]]:
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "news.db") as store:
        with store.transaction():
            for article in corpus:
                store.save_article(article)
        start = time.process_time()
        cluster(store)
        seconds = time.process_time() - start
        rows = store.rows(
            "SELECT x.url AS one, y.url AS other, p.kind FROM text_pairs AS p"
            " JOIN articles AS x ON x.id = p.a JOIN articles AS y ON y.id = p.b"
        )
        values = store.value("SELECT count(*) FROM bands WHERE value >> 32 >= 400") / len(corpus)
        everything = store.value("SELECT count(*) FROM bands") / len(corpus)
        print(f"index rows an article: {everything:.1f}, {values:.1f} of them for text in common")
        families = store.rows("SELECT family_id, count(*) AS n FROM family_members GROUP BY 1 ORDER BY 2 DESC LIMIT 1")
        print(f"largest family: {families[0]['n'] if families else 0}")
        return {ordered(r["one"], r["other"]) for r in rows}, seconds, Counter(r["kind"] for r in rows)


def textbook(corpus: Sequence[Article], threshold: float) -> tuple[set[Pair], float]:
    start = time.process_time()
    index = MinHashLSH(threshold=threshold, num_perm=128)
    found: set[Pair] = set()
    for article in corpus:
        sketch = MinHash(num_perm=128)
        sketch.update_batch([" ".join(one).encode() for one in shingled(article)])
        found.update(ordered(article.url, str(near)) for near in index.query(sketch))
        index.insert(article.url, sketch)
    return found, time.process_time() - start


def ordered(a: str, b: str) -> Pair:
    return (a, b) if a < b else (b, a)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--families", type=int, default=60)
    asked.add_argument("--background", type=int, default=4_000)
    asked.add_argument("--seed", type=int, default=1)
    arguments = asked.parse_args()
    chance = random.Random(arguments.seed)
    background = list(articles(arguments.background, seed=arguments.seed))
    told: dict[int, list[Article]] = {}
    for family, article in planted(background, arguments.families, chance):
        told.setdefault(family, []).append(article)
    everyone = [article for family in told.values() for article in family]
    wanted: dict[Pair, tuple[str, str]] = {}
    for members in told.values():
        for a, b in combinations(members, 2):
            alike, contained = figures(a, b)
            if max(alike, contained) > LEAST:
                names = frozenset({a.outlet, b.outlet})
                wanted[ordered(a.url, b.url)] = bin_of(names, alike, contained), f"{a.outlet} + {b.outlet}"
    copied = {family[0].title for family in told.values()}
    corpus = [*(article for article in background if article.title not in copied), *everyone]
    chance.shuffle(corpus)
    by_url = {article.url: article for article in corpus}
    found, seconds, kinds = ours(corpus)
    report("ours", found, wanted, by_url)
    print(f"  {len(corpus) / seconds:.0f} articles a CPU second, stories and families included; kinds: {dict(kinds)}")
    misses = Counter(name for pair, (_, name) in wanted.items() if pair not in found)
    print(f"  missed: {dict(misses.most_common(8))}")
    for threshold in (0.5, 0.3):
        near, seconds = textbook(corpus, threshold)
        report(f"MinHashLSH at {threshold}", near, wanted, by_url)
        print(f"  {len(corpus) / seconds:.0f} articles a CPU second")


def report(name: str, found: set[Pair], wanted: dict[Pair, tuple[str, str]], by_url: dict[str, Article]) -> None:
    print(name)
    bins = Counter(where for where, _ in wanted.values())
    met = Counter(where for pair, (where, _) in wanted.items() if pair in found)
    for where, number in sorted(bins.items()):
        print(f"  {where}: recall {met[where] / number:.3f} of {number}")
    wrong = [pair for pair in found - wanted.keys() if max(figures(*(by_url[url] for url in pair))) <= LEAST]
    print(f"  precision {1 - len(wrong) / max(1, len(found)):.3f} of {len(found)}")


if __name__ == "__main__":
    main()
