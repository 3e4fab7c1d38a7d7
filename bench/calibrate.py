"""Learns the score's weights and each language's thresholds from labelled pairs, and writes dedupe/scoring.toml.

    python bench/calibrate.py [--shared FOLDER] [--write]

Pairs: the candidates that clustering itself meets on the dev corpora, labelled by their events (english-dev,
english-topics-dev, demo) or one by one (the Indonesian S and D pairs; R pairs, same running story, teach nothing).
Weights: logistic regression with a small ridge, each corpus weighing the same however many pairs it has; features that
speak for a pair can not get a weight below 0. Out-of-fold figures: five folds by event.
Thresholds: those at which the corpora of a language are grouped best, by BCubed F1, or, for Indonesian, by S pairs
together less D pairs together less the R pairs together above a half. Without --write nothing is changed.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from stories import Corpus, Grouping, agreement_of, demo, indonesian, labelled, share_together

from dedupe import open_store, scoring
from dedupe import stories as growing
from dedupe.clustering import Clustering
from dedupe.verify import FEATURES

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT / ".." / "shared"
RIDGE = 1.0
PAIRS_OF_A_CORPUS = 1_000.0
"""What the pairs of one corpus weigh together."""
WEIGHT_OF = {"indonesian + founding pair": 0.5}
"""The Indonesian labels are few and made by machine."""
FOLDS = 5
Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Labelled:
    """The labelled candidate pairs of a corpus."""

    name: str
    values: Array
    same: Array
    fold: npt.NDArray[np.int64]


class Recording(Clustering):
    """A clustering that remembers what it measured."""

    def __init__(self, store: Any) -> None:
        super().__init__(store)
        self.seen: dict[tuple[int, int], Array] = {}

    def settle(self, *said: Any) -> None:
        """Let stories grow, and keep what was measured for it."""
        super().settle(*said)
        self.seen.update({ids: values for ids, (values, _) in self.pairs.measured.items()})


def group(corpus: Corpus) -> tuple[Grouping, dict[tuple[str, str], Array]]:
    """The stories of a corpus, and the values of every pair that was measured on the way."""
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "news.db") as store:
        with store.transaction():
            for article in corpus.articles:
                store.save_article(article)
        clustering = Recording(store)
        clustering.run(None)
        rows = store.rows(
            "SELECT u.url, u.article_id, c.story_id FROM article_urls AS u JOIN coverage AS c USING (article_id)"
        )
        urls = {row["article_id"]: row["url"] for row in rows}
        seen = {(urls[a], urls[b]): values for (a, b), values in clustering.seen.items()}
        return {row["url"]: row["story_id"] for row in rows}, seen


def labels(corpus: Corpus) -> Iterator[tuple[str, str, bool]]:
    for label, a, b in corpus.pairs:
        if label in "SD":
            yield a, b, label == "S"


def labelled_pairs(corpus: Corpus, seen: dict[tuple[str, str], Array]) -> Labelled:
    story = dict(corpus.gold)
    rows, same, folds = [], [], []
    one_by_one = {frozenset((a, b)): is_same for a, b, is_same in labels(corpus)}
    for (a, b), values in seen.items():
        said = story[a] == story[b] if a in story and b in story else one_by_one.get(frozenset((a, b)))
        if said is not None:
            rows.append(values)
            same.append(float(said))
            folds.append(int(hashlib.sha256(min(story.get(a, a), story.get(b, b)).encode()).hexdigest(), 16) % FOLDS)
    return Labelled(corpus.name, np.array(rows), np.array(same), np.array(folds))


def fit(sets: Sequence[Labelled], leave_out: int | None = None) -> Array:
    """Base and weights, in the order of FEATURES."""
    values, same, weight = [], [], []
    for one in sets:
        use = one.fold != leave_out
        values.append(one.values[use])
        same.append(one.same[use])
        share = WEIGHT_OF.get(one.name, 1.0) * PAIRS_OF_A_CORPUS
        weight.append(np.full(int(use.sum()), share / max(1, int(use.sum()))))
    x, y, w = np.concatenate(values), np.concatenate(same), np.concatenate(weight)

    def loss(p: Array) -> tuple[float, Array]:
        z = p[0] + x @ p[1:]
        wrong = w * (1 / (1 + np.exp(-z)) - y)
        value = float(w @ np.logaddexp(0, np.where(y == 1, -z, z)) + RIDGE * (p[1:] @ p[1:]) / 2)
        return value, np.concatenate([[wrong.sum()], x.T @ wrong + RIDGE * p[1:]])

    bounds = [(None, None), *((None, 0) if name == "days" else (0, None) for name in FEATURES)]
    found = minimize(loss, np.zeros(1 + len(FEATURES)), jac=True, method="L-BFGS-B", bounds=bounds)
    return np.asarray(np.round(found.x, 2))


def out_of_fold(sets: Sequence[Labelled]) -> Iterator[str]:
    """Accuracy and area under the ROC curve on pairs of events that the weights were not learned from."""
    told: dict[str, list[tuple[Array, Array]]] = {}
    for fold in range(FOLDS):
        p = fit(sets, fold)
        for one in sets:
            use = one.fold == fold
            told.setdefault(one.name, []).append((one.values[use] @ p[1:] + p[0], one.same[use]))
    for name, parts in told.items():
        z, y = (np.concatenate(side) for side in zip(*parts, strict=True))
        rank = np.argsort(np.argsort(z)) + 1
        positive = y.sum()
        area = (rank[y == 1].sum() - positive * (positive + 1) / 2) / max(1.0, positive * (len(y) - positive))
        yield f"| {name} | {len(y)} | {int(positive)} | {((z > 0) == y).mean():.3f} | {area:.3f} |"


def goodness(corpus: Corpus, placed: Grouping) -> float:
    if corpus.gold:
        return agreement_of(corpus, placed).bcubed_f1
    share = share_together(corpus, placed)
    return share["S"] - share["D"] - max(0.0, share["R"] - 0.5)


def sweep(
    corpora: Sequence[Corpus], language: str, field: str, tried: Sequence[float]
) -> Iterator[tuple[float, float]]:
    """How well corpora of a language are grouped at each value of one of its thresholds."""
    now = scoring.thresholds(language)
    for value in tried:
        table = {**scoring.THRESHOLDS, language: replace(now, **{field: value})}
        with patch.object(scoring, "THRESHOLDS", table), patch.object(growing, "LEAST", growing.least(table)):
            yield value, sum(goodness(corpus, group(corpus)[0]) for corpus in corpora) / len(corpora)


def middle_of_best(found: Sequence[tuple[float, float]], slack: float = 0.002) -> float:
    """The middle of the values that are as good as the best, give or take the slack."""
    best = max(score for _, score in found)
    good = [value for value, score in found if score >= best - slack]
    return good[len(good) // 2]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--shared", type=Path, default=SHARED)
    arguments.add_argument("--write", action="store_true", help="write dedupe/scoring.toml")
    asked = arguments.parse_args()
    stories = asked.shared / "data" / "stories"
    if not stories.is_dir():
        print(f"skipped: there is no {stories}")
        return
    corpora = [
        *demo(),
        *labelled(stories, "english-dev"),
        *labelled(stories, "english-topics-dev"),
        *indonesian(asked.shared),
    ]
    sets = [labelled_pairs(corpus, group(corpus)[1]) for corpus in corpora]
    p = fit(sets)
    print("| feature | weight |\n|---|---|")
    for name, value in zip(("base", *FEATURES), p, strict=True):
        print(f"| {name} | {value:.2f} |")
    print("\n| out of fold | pairs | same event | right | area under ROC |\n|---|---|---|---|---|")
    for line in out_of_fold(sets):
        print(line)
    sys.stdout.flush()
    by_name = {corpus.name: corpus for corpus in corpora}
    weights = dict(zip(FEATURES, p[1:].tolist(), strict=True))
    chosen = calibrate(by_name, float(p[0]), weights)
    if asked.write:
        write(float(p[0]), weights, chosen, sets)


def calibrate(corpora: dict[str, Corpus], base: float, weights: dict[str, float]) -> dict[str, scoring.Thresholds]:
    """The thresholds of each language with these weights; prints what each value tried comes to."""
    from dedupe import verify  # noqa: PLC0415 - patched below

    factors = np.array([weights[name] for name in FEATURES])
    steps = {"en": ("english-dev",), "id": ("indonesian + founding pair",)}
    chosen = dict(scoring.THRESHOLDS)
    print("\n| language | threshold | value: goodness |\n|---|---|---|")
    with patch.object(verify, "FACTORS", factors), patch.object(verify, "BASE", base):
        for language, names in steps.items():
            found = list(sweep([corpora[n] for n in names], language, "dated", np.arange(0.14, 0.62, 0.04).round(2)))
            chosen[language] = replace(chosen[language], dated=float(middle_of_best(found)))
            report(language, "dated", found)
        found = list(sweep([corpora["english-topics-dev"]], "en", "undated", np.arange(0.3, 0.62, 0.04).round(2)))
        chosen["en"] = replace(chosen["en"], undated=float(middle_of_best(found)))
        report("en", "undated", found)
    middle = (chosen["en"].dated + chosen["id"].dated) / 2
    chosen["id"] = replace(chosen["id"], undated=round(chosen["id"].dated + 0.1, 2))
    chosen["other"] = replace(chosen["other"], dated=round(middle, 2), undated=round(middle + 0.1, 2))
    return chosen


def report(language: str, field: str, found: Sequence[tuple[float, float]]) -> None:
    print(f"| {language} | {field} | {' · '.join(f'{value:.2f}: {score:.3f}' for value, score in found)} |", flush=True)


def write(
    base: float, weights: dict[str, float], chosen: dict[str, scoring.Thresholds], sets: Sequence[Labelled]
) -> None:
    lines = [
        "# Weights and thresholds of the score, learned from labelled data.",
        "# Written by bench/calibrate.py; do not edit by hand.",
        "",
        f"base = {base}",
        "",
        "[weights]",
        *(f"{name} = {value}" for name, value in weights.items()),
        "",
    ]
    for language, said in chosen.items():
        lines += [f"[thresholds.{language}]", *(f"{k} = {v}" for k, v in vars(said).items()), ""]
    lines += [
        "[learned]",
        f'on = "{datetime.now(tz=UTC).date().isoformat()}"',
        'by = "bench/calibrate.py"',
        "",
        "[learned.pairs]",
    ]
    lines += [f'"{one.name}" = {{ pairs = {len(one.same)}, same_event = {int(one.same.sum())} }}' for one in sets]
    (ROOT / "dedupe" / scoring.FILE).write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
