"""How well stories agree with labelled events, beside a textbook MinHashLSH in the same run: prints a table.

    python bench/stories.py [--shared FOLDER] [--only NAME]

Corpora are those of `data/README.md` in the shared folder, which lies beside the project; the demo's events are our
own. What is absent is left out. Every corpus goes the product's way: read as `ingest` reads it, saved, clustered.
The textbook: 3-word shingles of the body, datasketch's MinHashLSH at 0.5 with 128 permutations, connected components.
Seconds are CPU seconds of grouping alone, reading left out.
"""

from __future__ import annotations

import argparse
import gzip
import json
import platform
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import combinations
from pathlib import Path

from datasketch import MinHash, MinHashLSH

from dedupe import Article, cluster, open_store
from dedupe.evaluation import Evaluation, compare
from newscrawl.demo import events
from newscrawl.ingest import line_article

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT / ".." / "shared"
LABELS = "SRD"
Grouping = dict[str, int]
"""Address -> number of the group."""


@dataclass(frozen=True)
class Corpus:
    """Articles with what is known of them: labelled events, labelled pairs, or one pair that belongs together."""

    name: str
    articles: Sequence[Article]
    gold: Sequence[tuple[str, str]] = ()
    pairs: Sequence[tuple[str, str, str]] = ()
    founding: tuple[str, ...] = ()


def lines(path: Path) -> list[Article]:
    with gzip.open(path, "rb") as file:
        read = [line_article(line) for line in file if line.strip()]
    return [article for article in read if isinstance(article, Article)]


def labelled(folder: Path, name: str) -> Iterator[Corpus]:
    texts, gold = folder / f"{name}.jsonl.gz", folder / f"{name}.gold.jsonl"
    if texts.exists() and gold.exists():
        said = [json.loads(line) for line in gold.read_text("utf-8").splitlines()]
        yield Corpus(name, lines(texts), [(line["url"], line["story"]) for line in said])


def demo() -> Iterator[Corpus]:
    root = ROOT / "data" / "demo"
    told = events.articles(root, events.outlets(root))
    records = (
        {"url": a.url, "outlet": a.outlet, "title": a.title, "body": a.body, "published": a.published.isoformat()}
        for a in told
    )
    read = [line_article(json.dumps(record).encode()) for record in records]
    articles = [article for article in read if isinstance(article, Article)]
    yield Corpus("demo", articles, [(a.url, a.event) for a in told])


def indonesian(shared: Path) -> Iterator[Corpus]:
    texts, pairs = (shared / "data" / "stories" / f for f in ("indonesian.jsonl.gz", "indonesian-pairs-dev.tsv"))
    if texts.exists() and pairs.exists():
        rows = [line.split("\t") for line in pairs.read_text("utf-8").splitlines()[1:]]
        seeds = [seed(path) for path in sorted((shared / "seeds").glob("*.txt"))]
        founding = tuple(article.url for article in seeds)
        labels = [(row[0], row[1], row[2]) for row in rows]
        yield Corpus("indonesian + founding pair", [*lines(texts), *seeds], pairs=labels, founding=founding)


def seed(path: Path) -> Article:
    """One article of the founding pair, as a journalist would paste it: all lines, the day named beside."""
    host = re.findall(r"\b(sewaktu\.com|sokoguru\.id)\b", path.read_text("utf-8").casefold())[0]
    record = {
        "url": f"https://{host}/{path.stem}",
        "body": path.read_text("utf-8"),
        "published": "23 Juni 2025",
        "language": "id",
    }
    article = line_article(json.dumps(record).encode())
    if not isinstance(article, Article):
        raise SystemExit(f"{path}: {article.reason}; the seeds must read as articles")
    return article


def ours(articles: Iterable[Article]) -> tuple[Grouping, float]:
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "news.db") as store:
        with store.transaction():
            for article in articles:
                store.save_article(article)
        start = time.process_time()
        cluster(store)
        seconds = time.process_time() - start
        rows = store.rows("SELECT u.url, c.story_id FROM article_urls AS u JOIN coverage AS c USING (article_id)")
        return {row["url"]: row["story_id"] for row in rows}, seconds


def textbook(articles: Iterable[Article]) -> tuple[Grouping, float]:
    start = time.process_time()
    index, leads = MinHashLSH(threshold=0.5, num_perm=128), dict[str, str]()
    for article in articles:
        said = re.findall(r"\w+", article.body.lower())
        sketch = MinHash(num_perm=128)
        sketch.update_batch([" ".join(said[i : i + 3]).encode() for i in range(max(1, len(said) - 2))])
        near = index.query(sketch)
        index.insert(article.url, sketch)
        leads[article.url] = article.url
        for other in near:
            leads[lead(leads, other)] = lead(leads, article.url)
    numbers = {url: number for number, url in enumerate(leads)}
    return {url: numbers[lead(leads, url)] for url in leads}, time.process_time() - start


def lead(leads: dict[str, str], url: str) -> str:
    while leads[url] != url:
        leads[url] = leads[leads[url]]
        url = leads[url]
    return url


def row(corpus: Corpus, name: str, group: Callable[[Iterable[Article]], tuple[Grouping, float]]) -> str:
    placed, seconds = group(corpus.articles)
    cells = [corpus.name, name, *agreement(corpus, placed), *together(corpus, placed), alone(corpus, placed)]
    speed = f"{len(corpus.articles) / seconds:.0f}" if seconds else "-"
    return "| " + " | ".join([*cells, str(len(corpus.articles)), f"{seconds:.1f}", speed]) + " |"


def agreement_of(corpus: Corpus, placed: Grouping) -> Evaluation:
    """How the groups agree with the labelled events."""
    known = [(placed[url], story) for url, story in corpus.gold if url in placed]
    return compare([group for group, _ in known], [story for _, story in known])


def agreement(corpus: Corpus, placed: Grouping) -> tuple[str, str]:
    """BCubed and pairwise F1 as cells."""
    if not corpus.gold:
        return "-", "-"
    found = agreement_of(corpus, placed)
    bcubed = f"{found.bcubed_f1:.3f} ({found.bcubed_precision:.3f}/{found.bcubed_recall:.3f})"
    return bcubed, f"{found.pairwise_f1:.3f} ({found.pairwise_precision:.3f}/{found.pairwise_recall:.3f})"


def pairs_together(corpus: Corpus, placed: Grouping) -> dict[str, tuple[int, int]]:
    """For each label how many pairs are in one group, and how many there are."""
    found = {}
    for label in LABELS:
        pairs = [(a, b) for kind, a, b in corpus.pairs if kind == label and a in placed and b in placed]
        found[label] = (sum(placed[a] == placed[b] for a, b in pairs), len(pairs))
    return found


def share_together(corpus: Corpus, placed: Grouping) -> dict[str, float]:
    """For each label the share of pairs in one group."""
    return {label: joined / max(1, total) for label, (joined, total) in pairs_together(corpus, placed).items()}


def together(corpus: Corpus, placed: Grouping) -> list[str]:
    """How many pairs of each label are in one group, as cells."""
    return [f"{joined}/{total}" if total else "-" for joined, total in pairs_together(corpus, placed).values()]


def alone(corpus: Corpus, placed: Grouping) -> str:
    """Whether the founding pair is one group, and how many others are in it."""
    if not corpus.founding:
        return "-"
    groups = {placed[url] for url in corpus.founding}
    others = sum(group in groups for url, group in placed.items() if url not in corpus.founding)
    is_one = all(placed[a] == placed[b] for a, b in combinations(corpus.founding, 2))
    return f"{'together' if is_one else 'apart'}, {others} others"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--shared", type=Path, default=SHARED, help="folder of data/ and seeds/")
    arguments.add_argument("--only", help="corpora whose name begins with this")
    asked = arguments.parse_args()
    stories = asked.shared / "data" / "stories"
    corpora: dict[str, Callable[[], Iterator[Corpus]]] = {
        "demo": demo,
        "english-dev": lambda: labelled(stories, "english-dev"),
        "english-topics-dev": lambda: labelled(stories, "english-topics-dev"),
        "indonesian": lambda: indonesian(asked.shared),
    }
    packages = ", ".join(f"{name} {version(name)}" for name in ("datasketch", "numpy", "sqlite-utils"))
    print(f"Python {platform.python_version()}, {platform.machine()}, {packages}\n")
    print(
        "| corpus | method | BCubed F1 (P/R) | pairwise F1 (P/R) | S together | R together | D together "
        "| founding pair | articles | CPU seconds | articles per CPU second |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for name, load in corpora.items():
        if name.startswith(asked.only or ""):
            for corpus in load():
                print(row(corpus, "newscrawl", ours), flush=True)
                print(row(corpus, "textbook LSH", textbook), flush=True)


if __name__ == "__main__":
    main()
