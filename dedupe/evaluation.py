"""BCubed, pairwise F1 and ARI of the store's stories against a gold file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb

import numpy as np
import numpy.typing as npt

from dedupe.store import Store
from dedupe.story_store import StoryStore

RESAMPLES = 1_000
Counted = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Evaluation:
    """How well stories agree with the gold; every share lies between 0 and 1 (ARI from -0.5 to 1)."""

    articles: int
    """Articles that both have."""
    missing: tuple[str, ...]
    """Addresses of the gold that the store does not know."""
    bcubed_precision: float
    bcubed_recall: float
    bcubed_f1: float
    pairwise_precision: float
    pairwise_recall: float
    pairwise_f1: float
    ari: float
    biggest_story: int
    """Articles of the gold in the biggest story."""


def evaluate(store: Store, gold: Iterable[Mapping[str, str]]) -> Evaluation:
    """Return how the stories agree with gold lines `{"url", "story"}`; an article is known by any of its addresses."""
    truth: dict[int, str] = {}
    missing: list[str] = []
    for line in gold:
        article_id = store.article_at([line["url"]])
        if article_id is None:
            missing.append(line["url"])
        else:
            truth[article_id] = line["story"]
    placed = StoryStore(store).stories_of(truth)
    found = {article_id: placed.get(article_id, -article_id) for article_id in truth}
    return compare([found[i] for i in truth], list(truth.values()), tuple(missing))


def compare(found: Sequence[Hashable], truth: Sequence[Hashable], missing: tuple[str, ...] = ()) -> Evaluation:
    """Return the agreement of two groupings of the same items, given as labels in the same order.

    BCubed as in Bagga and Baldwin 1998; the adjusted Rand index as in Hubert and Arabie 1985.
    """
    clusters, classes = Counter(found), Counter(truth)
    both = Counter(zip(found, truth, strict=True))
    items = len(found)
    precision = sum(n * n / clusters[cluster] for (cluster, _), n in both.items()) / items if items else 0.0
    recall = sum(n * n / classes[label] for (_, label), n in both.items()) / items if items else 0.0
    together = sum(comb(n, 2) for n in both.values())
    in_clusters = sum(comb(n, 2) for n in clusters.values())
    in_classes = sum(comb(n, 2) for n in classes.values())
    pair_precision = together / in_clusters if in_clusters else 1.0
    pair_recall = together / in_classes if in_classes else 1.0
    expected = in_clusters * in_classes / comb(items, 2) if items > 1 else 0.0
    most = (in_clusters + in_classes) / 2
    return Evaluation(
        articles=items,
        missing=missing,
        bcubed_precision=precision,
        bcubed_recall=recall,
        bcubed_f1=harmonic(precision, recall),
        pairwise_precision=pair_precision,
        pairwise_recall=pair_recall,
        pairwise_f1=harmonic(pair_precision, pair_recall),
        ari=(together - expected) / (most - expected) if most != expected else 1.0,
        biggest_story=max(clusters.values(), default=0),
    )


def intervals(
    found: Sequence[Hashable],
    truth: Sequence[Hashable],
    *,
    share: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = 1,
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return bootstrap intervals of BCubed F1 and of pairwise F1, by the percentile method (Efron 1979).

    Whole labelled stories are drawn with replacement, for articles of one event are right or wrong together.
    """
    counted = items(found, truth)
    names = {label: number for number, label in enumerate(dict.fromkeys(truth))}
    if not names:
        return (0.0, 0.0), (0.0, 0.0)
    story = np.array([names[label] for label in truth])
    both, cluster, label = counted.T
    columns = [np.ones(len(both)), both / cluster, both / label, both - 1, cluster - 1, label - 1]
    sums = np.stack([np.bincount(story, column, len(names)) for column in columns])
    random = np.random.default_rng(seed)
    drawn = random.multinomial(len(names), np.full(len(names), 1 / len(names)), size=resamples)
    articles, precision, recall, together, in_clusters, in_classes = sums @ drawn.T
    bcubed = [harmonic(p, r) for p, r in zip(precision / articles, recall / articles, strict=True)]
    pairs = in_clusters + in_classes
    pairwise = np.divide(2 * together, pairs, out=np.ones_like(pairs), where=pairs > 0)
    ends = (50 - 50 * share, 50 + 50 * share)
    (low, high), (low_of_pairs, high_of_pairs) = np.percentile(bcubed, ends), np.percentile(pairwise, ends)
    return (float(low), float(high)), (float(low_of_pairs), float(high_of_pairs))


def items(found: Sequence[Hashable], truth: Sequence[Hashable]) -> Counted:
    """Return for each item how many share both its group and its label, how many its group, how many its label."""
    clusters, classes, both = Counter(found), Counter(truth), Counter(zip(found, truth, strict=True))
    return np.array(
        [(both[pair], clusters[pair[0]], classes[pair[1]]) for pair in zip(found, truth, strict=True)], dtype=float
    ).reshape(-1, 3)


def harmonic(precision: float, recall: float) -> float:
    """Return the harmonic mean of precision and recall (F1)."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
