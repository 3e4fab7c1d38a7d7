"""Puts what a batch job computed (`spark_job`) into a store, in place of what clustering had made; stories keep ids."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Any

import numpy as np

from dedupe import bands, spark_job
from dedupe.band_index import Entries, Signed
from dedupe.clustering import ENGINE, Clustering, ClusterReport, anew
from dedupe.profile import Text
from dedupe.store import Store, StoreError
from dedupe.verify import Verified

AT_ONCE = 1_000
Row = Mapping[str, Any]


@dataclass
class ImportReport:
    """What an import did."""

    articles: int = 0
    """Articles that the job and the store both have."""
    unknown: int = 0
    """Articles of the job that the store does not have."""
    pairs: int = 0
    clustered: ClusterReport | None = None
    """What was clustered after it: articles that the job did not have, or has with another text; those that an editor
    decided about."""


def import_job(store: Store, folder: str, progress: Callable[[int], object] | None = None) -> ImportReport:
    """Take over what a job wrote to a folder, cluster what it did not have, and return what was done.

    Articles are known by their addresses, so that a job over several stores' articles fits the store that unites them.
    One transaction: all of it, or nothing.

    Raises:
        StoreError: the folder holds no job, or one of another engine.
    """
    check_engine(folder)
    report = ImportReport()

    def begin(clustering: Clustering) -> None:
        take_over(clustering, folder, report, progress)

    report.clustered = anew(store, progress, begin)
    return report


def check_engine(folder: str) -> None:
    """Refuse what no job wrote, or one of another engine: its band values and scores mean something else.

    Raises:
        StoreError: see above.
    """
    try:
        told = list(spark_job.rows_of(folder, "job"))
    except FileNotFoundError as error:
        raise StoreError(f"{folder}: holds no results of `newscrawl spark` (no {error.args[0].name}/).") from error
    if not told:
        raise StoreError(f"{folder}: the job that wrote it did not end. Run it again.")
    if told[0]["engine"] != ENGINE:
        raise StoreError(f"{folder}: was computed by engine {told[0]['engine']}, this is {ENGINE}. Run the job again.")


def take_over(
    clustering: Clustering, folder: str, report: ImportReport, progress: Callable[[int], object] | None
) -> None:
    """Write down what a job computed; an article that an editor decided about is left to be decided again."""
    kept = clustering.kept
    take_frequencies(clustering, folder)
    decided = {row["article_id"] for row in clustering.store.rows("SELECT DISTINCT article_id FROM decision_articles")}
    id_of: dict[int, int] = {}
    story_of: dict[int, tuple[int, int]] = {}
    for portion in portions(spark_job.rows_of(folder, "articles")):
        known = known_articles(clustering.store, portion)
        id_of.update(known)
        report.unknown += len(portion) - len(known)
        story_of.update(
            {known[row["article_id"]]: (row["story"], row["day"]) for row in portion if row["article_id"] in known}
        )
        if progress:
            progress(len(portion))
    report.articles = len(id_of)
    for portion in portions(spark_job.rows_of(folder, "articles")):
        sign(clustering, [row for row in portion if row["article_id"] in id_of], id_of, decided)
    for portion in portions(spark_job.rows_of(folder, "pairs")):
        pairs = dict(as_pair(row, id_of) for row in portion if row["a"] in id_of and row["b"] in id_of)
        clustering.keep(pairs)
        clustering.in_store.clear()
        report.pairs += len(pairs)
    stories: dict[int, list[tuple[int, int]]] = {}
    for article_id, (story, day) in story_of.items():
        stories.setdefault(story, []).append((day, article_id))
    for members in sorted(map(sorted, stories.values())):
        story_id = kept.new_story("", date.fromordinal(members[0][0]).isoformat())
        for _, article_id in members:
            kept.cover(article_id, story_id)
        clustering.touched.add(story_id)


def portions(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Yield rows in lists."""
    source = iter(rows)
    while portion := list(islice(source, AT_ONCE)):
        yield portion


def take_frequencies(clustering: Clustering, folder: str) -> None:
    """Write down in how many articles each word stands."""
    for row in spark_job.rows_of(folder, "languages"):
        clustering.kept.count_words(row["language"], row["articles"], ())
    for portion in portions(spark_job.rows_of(folder, "frequencies")):
        by_language: dict[str, list[tuple[str, int]]] = {}
        for one in portion:
            by_language.setdefault(one["language"], []).append((one["term"], one["articles"]))
        for language, words in by_language.items():
            clustering.kept.count_words(language, 0, words)


def known_articles(store: Store, rows: Iterable[Row]) -> dict[int, int]:
    """Return which of a job's articles the store has: id there -> id here."""
    by_url = {row["url"]: row["article_id"] for row in rows}
    found = store.rows_in("SELECT url, article_id FROM addresses WHERE url IN ({})", by_url)
    return {by_url[row["url"]]: row["article_id"] for row in found}


def sign(clustering: Clustering, rows: Iterable[Row], id_of: Mapping[int, int], decided: set[int]) -> None:
    """Write down signatures, and put them into the band index."""
    saved, indexed = [], []
    for row in rows:
        article_id, original = id_of[row["article_id"]], row.get("same_text_as")
        values = np.array(row.get("bands") or [], dtype=np.int64)
        version = 0 if article_id in decided else row["version"]
        text = Text(article_id, version, "", "", "", "", row["day"], row["dated"], ())
        saved.append((text, bytes.fromhex(row["text_hash"]), id_of.get(original) if original else None, values))
        if original is None:
            indexed.append(Signed(article_id, row["day"], values))
    clustering.kept.save_signatures(saved)
    for epoch in sorted({bands.epoch(one.day) for one in indexed}):
        new = [one for one in indexed if bands.epoch(one.day) == epoch]
        values = np.unique(np.concatenate([one.values for one in new]))
        clustering.index.insert(epoch, Entries(*clustering.kept.band_entries(epoch, values.tolist())), new)


def as_pair(row: Row, id_of: Mapping[int, int]) -> tuple[tuple[int, int], Verified]:
    """Return a pair by the store's ids, the smaller first; its evidence is told from that side."""
    a, b = id_of[row["a"]], id_of[row["b"]]
    evidence: dict[str, Any] = json.loads(row["evidence"])
    if a > b:
        a, b, evidence = b, a, turned(evidence)
    return (a, b), Verified(row["kind"], row["score"], evidence)


def turned(evidence: dict[str, Any]) -> dict[str, Any]:
    """Return the evidence of a pair told from its other side."""
    text = evidence["text"]
    if "a_in_b" in text:
        evidence["text"] = {**text, "a_in_b": text["b_in_a"], "b_in_a": text["a_in_b"]}
    if evidence["quotations"].get("shared"):
        evidence["quotations"]["shared"] = evidence["quotations"]["shared"][::-1]
    return evidence
