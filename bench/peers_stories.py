"""Other ways to group articles into stories, for bench/stories.py: each as its authors describe it, none of ours.

    python bench/peers_stories.py

Same-text methods: datasketch's MinHashLSH on shingles of words, MinHash of 5-character shingles, text-dedup's own
script. Same-story methods: single-pass clustering with centroids and time (Miranda et al. 2018, EMNLP, without its
entity tagger), and offline average linkage (UPGMA, scipy) with a penalty for each day. Both see the TF-IDF of the whole
corpus at once, and are given, for every corpus apart, the threshold that is best on it: more than a user would have.
"""

from __future__ import annotations

import json
import math
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from datasketch import MinHash, MinHashLSH
from scipy import sparse
from scipy.cluster.hierarchy import fcluster, linkage

from dedupe import Article

PERMUTATIONS = 128
COMMON = 0.2
"""Share of articles from which a word says nothing; it is left out of the TF-IDF."""
TITLE_WEIGHT = 3
PENALTY_A_DAY = 0.04
SPREAD_OF_DAYS = 3.0
"""Days of one standard deviation in Miranda's similarity of time stamps."""
WEIGHT_OF_TIME = 0.2
WORD = re.compile(r"\w+")
PROJECT = Path(__file__).resolve().parents[1]

Grouping = dict[str, int]
Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Method:
    """One way to group: what is made of a corpus once, and the groups at each of the settings that compete."""

    name: str
    prepare: Callable[[Sequence[Article]], Any]
    group: Callable[[Any, float], Grouping]
    settings: tuple[float, ...]


class Families:
    """Connected components, joined pair by pair."""

    def __init__(self, count: int) -> None:
        self.leads = list(range(count))

    def lead(self, one: int) -> int:
        """Return the first of a component."""
        while self.leads[one] != one:
            self.leads[one] = self.leads[self.leads[one]]
            one = self.leads[one]
        return one

    def join(self, one: int, other: int) -> None:
        """Let two be of one component."""
        a, b = self.lead(one), self.lead(other)
        self.leads[max(a, b)] = min(a, b)

    def named(self, articles: Sequence[Article]) -> Grouping:
        """Return the component of each article."""
        return {article.url: self.lead(number) for number, article in enumerate(articles)}


def lsh(articles: Sequence[Article], size: int, threshold: float) -> Grouping:
    """Textbook: shingles of so many words, datasketch's MinHashLSH at a threshold, connected components."""
    index, families = MinHashLSH(threshold=threshold, num_perm=PERMUTATIONS), Families(len(articles))
    for number, article in enumerate(articles):
        sketch = sketched(shingles(article.body, size))
        for other in index.query(sketch):
            families.join(number, int(other))
        index.insert(number, sketch)
    return families.named(articles)


def shingles(text: str, size: int) -> list[bytes]:
    said = WORD.findall(text.lower())
    return [" ".join(said[i : i + size]).encode() for i in range(max(1, len(said) - size + 1))]


def sketched(features: Sequence[bytes]) -> MinHash:
    sketch = MinHash(num_perm=PERMUTATIONS)
    sketch.update_batch(features)
    return sketch


def characters(articles: Sequence[Article], threshold: float) -> Grouping:
    """5-character shingles: all pairs whose signatures agree on such a share of slots, connected components.

    Every pair is looked at, so that no setting of bands is to blame.
    """
    signed = np.array([sketched(pieces(article.body)).hashvalues for article in articles]).astype(np.uint32)
    families = Families(len(articles))
    for number in range(1, len(signed)):
        agree = np.count_nonzero(signed[:number] == signed[number], axis=1) / PERMUTATIONS
        for other in np.flatnonzero(agree >= threshold).tolist():
            families.join(number, other)
    return families.named(articles)


def pieces(text: str, size: int = 5) -> list[bytes]:
    folded = " ".join(text.lower().split())
    return list({folded[i : i + size].encode() for i in range(max(1, len(folded) - size + 1))})


def alike(articles: Sequence[Article]) -> Matrix:
    """Return the TF-IDF cosine of every pair, the title's words weighing more."""
    counts = [
        Counter(WORD.findall(f"{(article.title + ' ') * TITLE_WEIGHT} {article.body}".lower())) for article in articles
    ]
    seen = Counter(word for count in counts for word in count)
    most = max(2.0, COMMON * len(articles))
    numbers = {word: number for number, word in enumerate(word for word, n in seen.items() if 1 < n <= most)}
    rows, columns, values = [], [], []
    for row, count in enumerate(counts):
        for word, times in count.items():
            if word in numbers:
                rows.append(row)
                columns.append(numbers[word])
                values.append((1 + math.log(times)) * math.log(len(articles) / seen[word]))
    table = sparse.csr_matrix((values, (rows, columns)), shape=(len(articles), max(1, len(numbers))), dtype=np.float32)
    length = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    table = sparse.diags(1 / np.maximum(length, 1e-9)) @ table
    found = np.empty((len(articles), len(articles)), dtype=np.float32)
    for start in range(0, len(articles), 500):
        found[start : start + 500] = (table[start : start + 500] @ table.T).toarray()
    return found


def days(articles: Sequence[Article]) -> npt.NDArray[np.float64]:
    """Return the day of each article; NaN where none is printed."""
    return np.array([a.published_day.toordinal() if a.published_day else np.nan for a in articles])


def gaps(articles: Sequence[Article]) -> Matrix:
    """Return the days between every two articles; 0 where one has none."""
    day = days(articles).astype(np.float32)
    return np.nan_to_num(np.abs(day[:, None] - day[None, :]), nan=0.0)


class InOrder(NamedTuple):
    """A corpus in the order of its days."""

    urls: list[str]
    cosines: Matrix
    days: npt.NDArray[np.float64]


def in_order(articles: Sequence[Article]) -> InOrder:
    day = np.nan_to_num(days(articles), nan=0.0)
    order = np.argsort(day, kind="stable")
    arriving = [articles[at] for at in order.tolist()]
    return InOrder([article.url for article in arriving], alike(arriving), day[order])


def centroids(corpus: InOrder, threshold: float) -> Grouping:
    """Single pass: an article joins the most similar centroid, or opens a cluster."""
    return dict(zip(corpus.urls, single_pass(corpus.cosines, corpus.days, threshold).tolist(), strict=True))


def single_pass(cosines: Matrix, day: npt.NDArray[np.float64], threshold: float) -> npt.NDArray[np.int64]:
    """Return the cluster of each article; the cosine with a centroid follows from those with its members."""
    homes = np.zeros(len(day), dtype=np.int64)
    squared, sum_of_days, sizes = (np.zeros(len(day)) for _ in range(3))
    clusters = 0
    for number in range(len(day)):
        dots = np.bincount(homes[:number], cosines[number, :number], clusters)[:clusters]
        gap = sum_of_days[:clusters] / np.maximum(sizes[:clusters], 1) - day[number]
        near = (1 - WEIGHT_OF_TIME) * dots / np.sqrt(squared[:clusters]) + WEIGHT_OF_TIME * np.exp(
            -(gap**2) / (2 * SPREAD_OF_DAYS**2)
        )
        best = int(np.argmax(near)) if clusters else -1
        if best < 0 or near[best] < threshold:
            best, clusters = clusters, clusters + 1
            squared[best] = 1.0
        else:
            squared[best] += 2 * dots[best] + 1.0
        homes[number] = best
        sum_of_days[best] += day[number]
        sizes[best] += 1
    return homes


class Tree(NamedTuple):
    """How the articles of a corpus grow together, to be cut."""

    urls: list[str]
    joined: npt.NDArray[np.float64]


def tree(articles: Sequence[Article]) -> Tree:
    """Offline: scipy's average linkage over all pairs."""
    near = alike(articles)
    near -= PENALTY_A_DAY * gaps(articles)
    apart = np.concatenate([1.0 - row[number + 1 :].astype(np.float64) for number, row in enumerate(near)])
    del near
    return Tree([article.url for article in articles], linkage(np.maximum(0.0, apart, out=apart), "average"))


def cut(grown: Tree, threshold: float) -> Grouping:
    return dict(zip(grown.urls, fcluster(grown.joined, 1.0 - threshold, "distance").tolist(), strict=True))


def text_dedup(articles: Sequence[Article], folder: Path, threshold: float) -> Grouping:
    """text-dedup's own MinHash script, in its own environment, with its own defaults but for the permutations."""
    python = str(folder / "bin" / "python")
    with tempfile.TemporaryDirectory() as out:
        texts = Path(out) / "texts.jsonl"
        texts.write_text("".join(json.dumps({"text": article.body}) + "\n" for article in articles), "utf-8")
        said = {"path": "json", "data_files": texts, "split": "train", "cache_dir": f"{out}/cache", "column": "text"}
        said |= {"output": f"{out}/kept", "threshold": threshold, "num_proc": 1, "num_perm": PERMUTATIONS}
        asked = [part for name, value in said.items() for part in (f"--{name}", str(value))]
        ran(python, "-m", "text_dedup.minhash", *asked, "--no-local", "--debug")
        leads = json.loads(ran(python, "-c", LEADS, str(Path(out) / "kept" / "uf.pkl")))
    families = Families(len(articles))
    for one, lead in leads.items():
        families.join(int(one), int(lead))
    return families.named(articles)


LEADS = """
import json, pickle, sys
families = pickle.load(open(sys.argv[1], "rb"))
print(json.dumps({one: families.find(one) for one in list(families.parent)}))
"""


def ran(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own commands
    if done.returncode:
        raise SystemExit(f"{' '.join(command[:3])}: {done.stderr[-500:]}")
    return done.stdout


def built(folder: Path) -> str:
    """Build text-dedup's environment once; return what went wrong, or nothing."""
    wanted = Path(__file__).parent / "peers" / "requirements-text-dedup.txt"
    done = folder / "installed"
    if done.is_file() and done.read_text("utf-8") == wanted.read_text("utf-8"):
        return ""
    print(f"Setting up {folder} (once; about a minute) ...", file=sys.stderr)
    pip = (str(folder / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", "--no-deps")
    try:
        ran(sys.executable, "-m", "venv", str(folder))
        ran(*pip, "-r", str(wanted))
    except SystemExit as failed:
        return str(failed)
    done.write_text(wanted.read_text("utf-8"), "utf-8")
    return ""


def methods(text_dedup_in: Path | None) -> Iterator[Method]:
    """Yield the peers."""
    for size in (3, 5):
        for threshold in (0.5, 0.8):
            yield once(f"LSH at {threshold}, {size}-word shingles", partial(lsh, size=size, threshold=threshold))
    yield once("MinHash of 5 characters at 0.2", partial(characters, threshold=0.2))
    if text_dedup_in:
        group = partial(text_dedup, folder=text_dedup_in, threshold=0.7)
        yield once("text-dedup 0.4.0 at 0.7, 5-word shingles", group)
    yield Method(
        "single pass with centroids", in_order, centroids, tuple(np.arange(0.18, 0.66, 0.04).round(2).tolist())
    )
    yield Method("average linkage, offline", tree, cut, tuple(np.arange(0.02, 0.64, 0.02).round(2).tolist()))


def once(name: str, group: Callable[[Sequence[Article]], Grouping]) -> Method:
    """Return a method that has no settings to compete."""
    return Method(name, lambda articles: articles, lambda articles, _: group(articles), (0.0,))


if __name__ == "__main__":
    print("bench/stories.py runs these.")
