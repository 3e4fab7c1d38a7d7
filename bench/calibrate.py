"""Learns the score's weights and each language's thresholds from labelled pairs, and writes dedupe/scoring.toml.

    python bench/calibrate.py [--shared FOLDER] [--write]

Pairs: the candidates that clustering itself meets on the dev corpora, labelled by their events (english-dev,
english-topics-dev, demo) or one by one (the Indonesian S and D pairs; R pairs, same running story, teach nothing).
Weights: logistic regression with a small ridge, each corpus weighing the same however many pairs it has; features that
speak for a pair can not get a weight below 0. Out-of-fold figures: five folds by event.
Thresholds: those at which a language's corpus is grouped best, by the mean of BCubed and pairwise F1; for Indonesian,
by S pairs together less D pairs together less the R pairs together above a half. Each corpus is clustered once; what it
comes to at other settings follows from the values of its pairs, as one batch. Without --write nothing is changed.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from stories import Corpus, Grouping, demo, goodness, indonesian, labelled

from dedupe import open_store, scoring
from dedupe import stories as growing
from dedupe.clustering import Clustering
from dedupe.comparing import Comparing, Ids, ids_of
from dedupe.evaluation import harmonic, items
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
Found = Sequence[tuple[float, float]]
"""Values tried, and how good each was."""


def steps(least: float, most: float) -> list[float]:
    return [float(value) for value in np.arange(least, most + 0.01, 0.04).round(2)]


@dataclass(frozen=True)
class Labelled:
    """The labelled candidate pairs of a corpus."""

    name: str
    values: Array
    same: Array
    fold: npt.NDArray[np.int64]


class Known:
    """A corpus, clustered once: its candidate pairs with their values, and stories grown anew at other settings."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.folder = tempfile.TemporaryDirectory()
        """Kept with the open store in it: profiles that were let go are read again."""
        self.store = store = open_store(Path(self.folder.name) / "news.db")
        with store.transaction():
            for article in corpus.articles:
                store.save_article(article)
        clustering = Clustering(store)
        with patch.object(Comparing, "forget_pairs", lambda _: None):
            clustering.run(None)
        rows = store.rows("SELECT url, article_id FROM article_urls")
        self.pairs = clustering.pairs
        self.met = sorted(self.pairs.measured)
        """The pairs that were measured: candidates, and what stories asked for while they grew."""
        self.urls: dict[int, str] = {}
        for row in rows:
            self.urls.setdefault(row["article_id"], row["url"])
        self.article_ids = {row["url"]: row["article_id"] for row in rows}
        self.values = self.values_of(self.met)

    def values_of(self, pairs: Sequence[Ids]) -> Array:
        """The values of pairs; those that were not met are measured."""
        self.pairs.measure(pairs)
        return np.array([self.pairs.measured[ids][0] for ids in pairs])

    def grouped(self, base: float, factors: Array) -> Grouping:
        """The stories of the corpus with these weights and the thresholds that are set, as one batch."""

        def scored(values: Array) -> Array:
            found: Array = 0.5 + 0.5 * np.tanh((base + values @ factors) / 2)
            return found

        def score(one: int, others: Sequence[int]) -> list[float]:
            missing = [other for other in others if ids_of(one, other) not in known]
            if missing:
                pairs = [ids_of(one, other) for other in missing]
                known.update(zip(pairs, scored(self.values_of(pairs)).tolist(), strict=True))
            return [known[ids_of(one, other)] for other in others]

        known = dict(zip(self.met, scored(self.values).tolist(), strict=True))
        profiles = self.pairs.recall(sorted(self.urls))
        alone = [growing.Cluster([one.article_id], one.dated, one.language) for one in profiles]
        stories = growing.Growth(alone, dict(known), score).run()
        home = {member: number for number, story in enumerate(stories) for member in story.members}
        return {url: home[article_id] for url, article_id in self.article_ids.items()}


def labels(corpus: Corpus) -> Iterator[tuple[str, str, bool]]:
    for label, a, b in corpus.pairs:
        if label in "SD":
            yield a, b, label == "S"


def labelled_pairs(known: Known) -> Labelled:
    story = {known.article_ids[url]: name for url, name in known.corpus.gold}
    at = known.article_ids
    one_by_one = {ids_of(at[a], at[b]): is_same for a, b, is_same in labels(known.corpus)}
    rows, same, folds = [], [], []
    for ids, values in zip(known.met, known.values, strict=True):
        a, b = ids
        said = story[a] == story[b] if a in story and b in story else one_by_one.get(ids)
        if said is not None:
            events = [story.get(one, known.urls[one]) for one in ids]
            rows.append(values)
            same.append(float(said))
            folds.append(fold_of(min(events)))
    return Labelled(known.corpus.name, np.array(rows), np.array(same), np.array(folds))


def fold_of(event: str) -> int:
    return int(hashlib.sha256(event.encode()).hexdigest(), 16) % FOLDS


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


def good(corpus: Corpus, placed: Grouping, keep: Callable[[str], bool] = lambda _: True) -> float:
    """How well a corpus is grouped: the mean of BCubed and pairwise F1, over the articles of the events to be kept."""
    if not corpus.gold:
        return goodness(corpus, placed)
    bcubed, pairwise = both_f1(corpus, placed, keep)
    return (bcubed + pairwise) / 2


def both_f1(corpus: Corpus, placed: Grouping, keep: Callable[[str], bool]) -> tuple[float, float]:
    """BCubed and pairwise F1 over the articles of some events; wrong company of other events counts too."""
    known = [(placed[url], story) for url, story in corpus.gold]
    counted = items([group for group, _ in known], [story for _, story in known])
    both, cluster, label = counted[[keep(story) for _, story in known]].T
    bcubed = harmonic(float((both / cluster).mean()), float((both / label).mean()))
    return bcubed, float(2 * (both - 1).sum() / max(1.0, (cluster + label - 2).sum()))


@dataclass(frozen=True)
class Choice:
    """One threshold of a language, the corpus that it is chosen on, the values tried, and a corpus beside it.

    The Indonesian labels are few and made by machine: the demo's events, made up, keep the choice where they hold.
    """

    language: str
    field: str
    corpus: str
    tried: Sequence[float]
    beside: str = ""


CHOICES = (
    Choice("en", "dated", "english-dev", steps(0.10, 0.5)),
    Choice("en", "undated", "english-topics-dev", steps(0.26, 0.62)),
    Choice("id", "dated", "indonesian + founding pair", steps(0.14, 0.62), beside="demo"),
)
MERGES = (1.25, 1.5)
"""Two stories ask for more than an article: at 1.0 keyword soup glues them together (test_floods). 1.75 was as good in
one batch, but stories that grew one article at a time must still be able to meet."""


def sweep(choice: Choice, known: Known, p: Array, merge: float, keep: Callable[[str], bool] = lambda _: True) -> Found:
    """How well a corpus is grouped at each value of a threshold."""
    now = replace(scoring.thresholds(choice.language), merge=merge)
    found = []
    for value in choice.tried:
        with at(choice.language, replace(now, **{choice.field: value})):
            found.append((value, good(known.corpus, known.grouped(float(p[0]), p[1:]), keep)))
    return found


def sweep_all(choice: Choice, known: Mapping[str, Known], p: Array, merge: float) -> Found:
    """How well a choice's corpora are grouped at each value of its threshold, added up."""
    found = [sweep(choice, known[name], p, merge) for name in (choice.corpus, choice.beside) if name]
    return [(of[0][0], sum(score for _, score in of)) for of in zip(*found, strict=True)]


@contextmanager
def at(language: str, said: scoring.Thresholds) -> Iterator[None]:
    """Let a language have other thresholds."""
    table = {**scoring.THRESHOLDS, language: said}
    with patch.object(scoring, "THRESHOLDS", table), patch.object(growing, "LEAST", growing.least(table)):
        yield


def middle_of_best(found: Found, slack: float = 0.004) -> float:
    """The middle of the values that are as good as the best, give or take the slack."""
    best = max(score for _, score in found)
    enough = [value for value, score in found if score >= best - slack]
    return float(enough[len(enough) // 2])


def plateau(found: Found, width: int = 3) -> float:
    """How good the best few values are on average: one lucky value is no reason."""
    return sum(sorted((score for _, score in found), reverse=True)[:width]) / width


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
    known = {corpus.name: Known(corpus) for corpus in corpora}
    sets = [labelled_pairs(one) for one in known.values()]
    p = fit(sets)
    print("| feature | weight |\n|---|---|")
    for name, value in zip(("base", *FEATURES), p, strict=True):
        print(f"| {name} | {value:.2f} |")
    print("\n| out of fold | pairs | same event | right | area under ROC |\n|---|---|---|---|---|")
    for line in out_of_fold(sets):
        print(line)
    chosen = calibrate(known, p)
    print("\n| out of fold | thresholds chosen | BCubed F1 | pairwise F1 |\n|---|---|---|---|", flush=True)
    for choice in CHOICES:
        if known[choice.corpus].corpus.gold:
            print(held_out(choice, known[choice.corpus], sets, chosen[choice.language].merge), flush=True)
    if asked.write:
        write(float(p[0]), dict(zip(FEATURES, p[1:].tolist(), strict=True)), chosen, sets)


def own(fold: int) -> Callable[[str], bool]:
    return lambda event: fold_of(event) == fold


def others(fold: int) -> Callable[[str], bool]:
    return lambda event: fold_of(event) != fold


def held_out(choice: Choice, known: Known, sets: Sequence[Labelled], merge: float) -> str:
    values, *both = zip(*by_fold(choice, known, sets, merge), strict=True)
    cells = [f"{sum(f1) / FOLDS:.3f} ({min(f1):.3f} to {max(f1):.3f})" for f1 in both]
    return f"| {choice.corpus} | {' '.join(f'{value:.2f}' for value in values)} | {' | '.join(cells)} |"


def by_fold(
    choice: Choice, known: Known, sets: Sequence[Labelled], merge: float
) -> Iterator[tuple[float, float, float]]:
    """A corpus's events, each fold grouped with weights and threshold that were chosen on the others.

    Of each fold the threshold, BCubed and pairwise F1.
    """
    for fold in range(FOLDS):
        p = fit(sets, fold)
        value = middle_of_best(sweep(choice, known, p, merge, others(fold)))
        now = replace(scoring.thresholds(choice.language), merge=merge, **{choice.field: value})
        with at(choice.language, now):
            yield value, *both_f1(known.corpus, known.grouped(float(p[0]), p[1:]), own(fold))


def calibrate(known: Mapping[str, Known], p: Array) -> dict[str, scoring.Thresholds]:
    """The thresholds of each language with these weights; prints what each value tried comes to."""
    chosen = dict(scoring.THRESHOLDS)
    print("\n| language | threshold | merge | value: goodness | chosen |\n|---|---|---|---|---|")
    for language in dict.fromkeys(choice.language for choice in CHOICES):
        asked = [choice for choice in CHOICES if choice.language == language]
        found = {merge: [sweep_all(choice, known, p, merge) for choice in asked] for merge in MERGES}
        heights = {merge: sum(plateau(one) for one in of) for merge, of in found.items()}
        merge = middle_of_best([*heights.items()])
        chosen[language] = replace(chosen[language], merge=merge)
        for number, choice in enumerate(asked):
            chosen[language] = replace(chosen[language], **{choice.field: middle_of_best(found[merge][number])})
            for tried, of in found.items():
                told = " · ".join(f"{value:.2f}: {score:.3f}" for value, score in of[number])
                best = f"{vars(chosen[language])[choice.field]:.2f}" if tried == merge else ""
                print(f"| {language} | {choice.field} | {tried} | {told} | {best} |", flush=True)
    middle = (chosen["en"].dated + chosen["id"].dated) / 2
    chosen["id"] = replace(chosen["id"], undated=round(chosen["id"].dated + 0.1, 2))
    undated = max(round(middle + 0.1, 2), chosen["en"].undated)
    chosen["other"] = replace(chosen["other"], dated=round(middle, 2), undated=undated, merge=chosen["en"].merge)
    return chosen


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
        "# Scores, the days between left out, from which stories are linked; chosen with bench/links.py, kept here.",
        "[links]",
        *(f"{k} = {v}" for k, v in vars(scoring.LINKS).items()),
        "",
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
