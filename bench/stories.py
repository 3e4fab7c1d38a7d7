"""How well stories agree with labelled events, and what they cost, beside other methods in the same run.

    python bench/stories.py [--shared FOLDER] [--only CORPUS] [--no-peers]

Corpora are those of `data/README.md` in the shared folder, which lies beside the project; the demo's events are our
own. What is absent is left out. Every corpus goes the product's way: read as `ingest` reads it, saved, clustered, with
one setting for everything. The peers stand in `bench/peers_stories.py`; those with a threshold get the one that is best
on the corpus itself. Intervals: 95% bootstrap over labelled events. Seconds are CPU seconds of grouping alone, reading
left out; memory is the peak of the process above what it was with the texts loaded. Each row is a process of its own.
"""

from __future__ import annotations

import argparse
import gzip
import json
import platform
import re
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from itertools import combinations
from multiprocessing import get_context
from pathlib import Path
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage

import peers_stories
from peers_stories import Method

from dedupe import Article, cluster, open_store
from dedupe.evaluation import Evaluation, compare, intervals
from newscrawl.demo import events
from newscrawl.jsonl import line_article

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


@dataclass(frozen=True)
class Measured:
    """What a method made of a corpus."""

    placed: Grouping
    setting: float | None
    seconds: float
    kilobytes: float
    """Peak memory an article."""


def apart(work: Callable[[], Measured]) -> Measured:
    """Return what work comes to in a process of its own, so that its memory is its own."""
    context = get_context("fork")
    here, there = context.Pipe(duplex=False)

    def run() -> None:
        there.send(work())

    process = context.Process(target=run)
    process.start()
    there.close()
    try:
        measured: Measured = here.recv()
    except EOFError:
        raise SystemExit("a method ended before it had grouped anything; what it said stands above") from None
    process.join()
    return measured


def peak() -> int:
    """Return the most memory that this process, or one that it started, has had, in kilobytes."""
    return max(getrusage(who).ru_maxrss for who in (RUSAGE_SELF, RUSAGE_CHILDREN))


def used() -> float:
    """Return the CPU seconds of this process and of those that it started."""
    return sum(getrusage(who).ru_utime + getrusage(who).ru_stime for who in (RUSAGE_SELF, RUSAGE_CHILDREN))


def by_us(corpus: Corpus) -> Measured:
    before = peak()
    placed, seconds = ours(corpus.articles)
    return Measured(placed, None, seconds, (peak() - before) / len(corpus.articles))


def by_peer(method: Method, corpus: Corpus) -> Measured:
    """Return what a peer makes of a corpus at its best setting; the time is that of one grouping."""
    before, start = peak(), used()
    prepared = method.prepare(corpus.articles)
    ready = used()
    found = {setting: method.group(prepared, setting) for setting in method.settings}
    seconds = ready - start + (used() - ready) / len(found)
    best = max(found, key=lambda setting: goodness(corpus, found[setting]))
    kilobytes = (peak() - before) / len(corpus.articles)
    return Measured(found[best], best if len(found) > 1 else None, seconds, kilobytes)


def goodness(corpus: Corpus, placed: Grouping) -> float:
    """How well a corpus is grouped: by BCubed F1, or by S pairs less D pairs less R pairs above a half."""
    if corpus.gold:
        return agreement_of(corpus, placed).bcubed_f1
    share = share_together(corpus, placed)
    return share["S"] - share["D"] - max(0.0, share["R"] - 0.5)


def row(corpus: Corpus, name: str, work: Callable[[], Measured]) -> str:
    measured = apart(work)
    placed, count = measured.placed, len(corpus.articles)
    cells = [corpus.name, name if measured.setting is None else f"{name}, best at {measured.setting:.2f}"]
    cells += [*agreement(corpus, placed), *together(corpus, placed), alone(corpus, placed)]
    cells += [f"{biggest(placed)}", f"{count / max(measured.seconds, 0.001):.0f}", f"{measured.kilobytes:.0f}"]
    return "| " + " | ".join(cells) + " |"


def biggest(placed: Grouping) -> int:
    """Return how many articles the biggest group has."""
    return max(Counter(placed.values()).values(), default=0)


def agreement_of(corpus: Corpus, placed: Grouping) -> Evaluation:
    """How the groups agree with the labelled events."""
    known = [(placed[url], story) for url, story in corpus.gold if url in placed]
    return compare([group for group, _ in known], [story for _, story in known])


def agreement(corpus: Corpus, placed: Grouping) -> tuple[str, str]:
    """BCubed and pairwise F1 as cells, each with its interval, precision and recall."""
    if not corpus.gold:
        return "-", "-"
    found = agreement_of(corpus, placed)
    known = [(placed[url], story) for url, story in corpus.gold if url in placed]
    bcubed, pairwise = intervals([group for group, _ in known], [story for _, story in known])
    return (
        f"{found.bcubed_f1:.3f} [{bcubed[0]:.3f}, {bcubed[1]:.3f}] "
        f"({found.bcubed_precision:.3f}/{found.bcubed_recall:.3f})",
        f"{found.pairwise_f1:.3f} [{pairwise[0]:.3f}, {pairwise[1]:.3f}] "
        f"({found.pairwise_precision:.3f}/{found.pairwise_recall:.3f})",
    )


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
    arguments.add_argument("--no-peers", action="store_true")
    arguments.add_argument(
        "--text-dedup", type=Path, default=ROOT / ".venv-peers" / "text-dedup", help="where it is installed"
    )
    asked = arguments.parse_args()
    stories = asked.shared / "data" / "stories"
    corpora: dict[str, Callable[[], Iterator[Corpus]]] = {
        "demo": demo,
        "english-dev": lambda: labelled(stories, "english-dev"),
        "english-topics-dev": lambda: labelled(stories, "english-topics-dev"),
        "indonesian": lambda: indonesian(asked.shared),
    }
    packages = ", ".join(f"{name} {version(name)}" for name in ("datasketch", "numpy", "scipy", "sqlite-utils"))
    print(f"Python {platform.python_version()}, {platform.machine()}, {packages}\n")
    missing = "" if asked.no_peers else peers_stories.built(asked.text_dedup)
    if missing:
        print(f"text-dedup could not be installed: {missing}\n")
    peers = [] if asked.no_peers else list(peers_stories.methods(None if missing else asked.text_dedup))
    print(
        "| corpus | method | BCubed F1 [95%] (P/R) | pairwise F1 [95%] (P/R) | S together | R together | D together "
        "| founding pair | biggest | articles per CPU second | KB of memory an article |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|---|", flush=True)
    for name, load in corpora.items():
        for corpus in load() if name.startswith(asked.only or "") else ():
            print(row(corpus, "newscrawl", partial(by_us, corpus)), flush=True)
            for peer in peers:
                print(row(corpus, peer.name, partial(by_peer, peer, corpus)), flush=True)


if __name__ == "__main__":
    main()
