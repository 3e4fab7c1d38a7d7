"""The clustering of a whole corpus as a PySpark job, by the functions that cluster a store; its results are imported.

    documents -> frequencies -> signatures -> meetings -> candidates -> pairs -> components -> stories

One batch as large as the corpus: what `newscrawl cluster --rebuild` makes of a store in one batch, this makes of any
number of articles on any number of machines. Between the steps travel arrays packed by key, not single rows.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from dedupe import bands, stories
from dedupe.clustering import (
    ENGINE,
    SAME_AT_LEAST,
    SURELY_ONE,
    beside_originals,
    copies_among,
    few_inside,
    few_reprints,
    worth_keeping,
)
from dedupe.comparing import Comparing, Ids, ids_of
from dedupe.kinship import SHINGLES_OF_A_TEXT
from dedupe.near_copies import LOOK_ALIKES, asked, copies_in_flood
from dedupe.profile import Text, read
from dedupe.store import open_store
from dedupe.story_store import StoryStore
from dedupe.verify import Verified
from dedupe.vocabulary import Vocabulary

SIGNED_AT_ONCE = 1_000
"""Articles signed in one go, as in a store's batch."""
SLICES = 16
"""Parts that the band values of an epoch are divided into: each is a task of its own."""
BLOCKS = 1
"""Parts that the verification of an epoch is divided into; more for corpora of over 50,000 articles a day."""
LARGEST_COMPONENT = 50_000
"""Articles whose stories one task grows, 400 MB of profiles; a larger component loses its weakest links first."""
STEP = 0.1
"""By how much the floor of links is raised in a component that is too large."""
GATHERED = 1_000_000
"""Links that one task unites by itself: 200 MB, a second. More are united in rounds over all machines."""
ONCE = 1
"""Words of one article are most of a language's, and go without saying: a word that an article has stands in one."""
EDGE = min(stories.LEAST, SAME_AT_LEAST)
"""Score from which two articles belong to one component: below it nothing can put them into one story."""
DAY = re.compile(r"\d{4}-\d\d-\d\d")
FIELDS = {
    "article_id": "bigint", "version": "bigint", "url": "string", "outlet": "string", "title": "string",
    "body": "string", "language": "string", "published_day": "string", "first_seen_at": "string",
    "quotations": "array<string>",
}  # fmt: skip
"""Columns of a file of articles; all but `url` and `body` may be absent."""
TABLES = {
    "articles": "article_id bigint, version bigint, url string, day bigint, dated boolean, text_hash string,"
    " same_text_as bigint, bands array<bigint>, story bigint",
    "pairs": "a bigint, b bigint, kind string, score double, evidence string",
    "frequencies": "language string, term string, articles bigint",
    "languages": "language string, articles bigint",
    "job": "engine bigint, articles bigint, pairs bigint, stories bigint, components_cut bigint",
}
"""What the job writes, a folder for each."""

Rdd = Any
"""`pyspark.RDD`: pyspark comes with the extra [spark] and is imported where a session is made."""
Key = tuple[int, int]
"""An epoch and a part of it."""
Block = tuple[npt.NDArray[np.int64], ...]
"""Columns of equal length."""
Candidates = dict[int, list[int]]


@dataclass(frozen=True)
class JobReport:
    """What a job did; also its table `job`."""

    engine: int
    articles: int
    pairs: int
    stories: int
    components_cut: int
    """Components that were larger than a task may hold and lost their weakest links."""


class Document(NamedTuple):
    """One article of the corpus: what it is compared by, and its address."""

    text: Text
    url: str


class Signature(NamedTuple):
    """One article as the index sees it."""

    article_id: int
    day: int
    text_hash: bytes
    is_long: bool
    """Whether its text is long enough to be another's copy."""
    values: npt.NDArray[np.int64]
    asked: list[int]
    """The band values by which a copy of it is known."""


class Compared(NamedTuple):
    """One article with its candidates: the score with each, and the pairs that are kept."""

    article_id: int
    scores: list[tuple[int, float]]
    kept: dict[Ids, Verified]


@dataclass(frozen=True)
class Plan:
    """How the work is divided; the results do not depend on it."""

    slices: int = SLICES
    blocks: int = BLOCKS
    largest_component: int = LARGEST_COMPONENT


# --- a session, and what is read ----------------------------------------------------------------


def session(master: str | None = None, **settings: str) -> Any:
    """Return the Spark session of this process; `master` only where `spark-submit` does not say it.

    Raises:
        ModuleNotFoundError: the extra [spark] is not installed.
    """
    from pyspark.sql import SparkSession  # noqa: PLC0415 - an optional extra, and slow to start

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # workers find what this process finds
    builder = SparkSession.builder.appName("newscrawl")
    builder = builder.master(master) if master else builder
    for name, value in {"spark.ui.showConsoleProgress": "false", **settings}.items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def documents(spark: Any, source: str, seen_at: str | None = None) -> Rdd:
    """Return the articles of a store (.db), of Parquet, or of JSON Lines (.json, .jsonl, also packed, or a folder).

    Where a file names no `article_id`, the articles are numbered by their addresses. `seen_at` (ISO 8601, else now)
    gives the day of those that say neither when they were published nor when they were first seen.
    """
    if source.endswith(".db"):
        return of_store(spark, Path(source))
    is_json = re.search(r"\.jsonl?(\.gz|\.bz2)?$|\.json(l)?/?$", source)
    frame = spark.read.schema(schema(FIELDS)).json(source) if is_json else spark.read.parquet(source)
    known = {name: kind for name, kind in FIELDS.items() if name in frame.columns}
    rows = frame.selectExpr(*(f"CAST({name} AS {kind}) AS {name}" for name, kind in known.items())).rdd.map(
        lambda row: row.asDict()
    )
    rows = rows.filter(lambda row: row.get("url") and row.get("body"))
    if not rows.filter(lambda row: row.get("article_id") is None).isEmpty():
        ordered = rows.sortBy(lambda row: row["url"]).zipWithIndex()
        rows = ordered.map(lambda numbered: {**numbered[0], "article_id": numbered[1] + 1})
    today = seen_at or datetime.now(UTC).isoformat()
    return rows.map(lambda row: as_document(row, today))


def schema(columns: Mapping[str, str]) -> str:
    """Return columns as Spark's schema."""
    return ", ".join(f"{name} {kind}" for name, kind in columns.items())


def as_document(row: Mapping[str, Any], today: str) -> Document:
    """Return an article from the columns of a file."""
    printed = DAY.match(row.get("published_day") or "")
    day = printed.group() if printed else (row.get("first_seen_at") or today)[:10]
    text = Text(
        article_id=row["article_id"],
        version=row.get("version") or 1,
        outlet=row.get("outlet") or "",
        title=row.get("title") or "",
        body=row["body"],
        language=row.get("language") or "",
        day=date.fromisoformat(day).toordinal(),
        dated=printed is not None,
        quotations=tuple(row.get("quotations") or ()),
    )
    return Document(text, row["url"])


def of_store(spark: Any, path: Path) -> Rdd:
    """Return the articles of a store, read in portions by the machines that see its file."""
    path = path.absolute()
    with open_store(path, readonly=True) as store:
        last = store.value("SELECT coalesce(max(id), 0) FROM articles")
    starts = range(0, last, SIGNED_AT_ONCE)

    def portion(start: int) -> Iterator[Document]:
        with open_store(path, readonly=True) as store:
            rows = store.rows("SELECT id, url FROM articles WHERE id > ? AND id <= ?", (start, start + SIGNED_AT_ONCE))
            urls = {row["id"]: row["url"] for row in rows}
            yield from (Document(text, urls[text.article_id]) for text in StoryStore(store).texts(urls))

    return spark.sparkContext.parallelize(starts, max(1, min(len(starts), 1_000))).flatMap(portion)


# --- document frequencies -----------------------------------------------------------------------


@dataclass(frozen=True)
class Counted:
    """The document frequencies of a corpus in 12 bytes a word; words of one article are left out (`ONCE`)."""

    articles: Mapping[str, int]
    """Language -> number of articles."""
    words: Mapping[str, tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint32]]]
    """Language -> hashes of words in ascending order, and in how many articles each stands."""

    def __call__(self, language: str, words: Sequence[str]) -> tuple[int, dict[str, int]]:
        """Return how many articles of a language there are, and in how many of them these words stand."""
        hashes, times = self.words.get(language, (np.empty(0, np.uint64), np.empty(0, np.uint32)))
        asked = np.array([word_hash(word) for word in words], dtype=np.uint64)
        at = np.searchsorted(hashes, asked)
        at[at == len(hashes)] = 0
        known = hashes[at] == asked if len(hashes) else np.zeros(len(asked), dtype=bool)
        found = np.where(known, times[at] if len(times) else ONCE, ONCE)
        return self.articles.get(language, 0), dict(zip(words, found.tolist(), strict=True))


def word_hash(word: str) -> int:
    """Return 64 bits of a word: among ten million two are one with a chance of 3 in a million."""
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def words_of(texts: Iterable[Text]) -> Iterator[tuple[tuple[str, str], int]]:
    """Yield (language, word) with the number of these articles that it stands in; word '' counts the articles."""
    for portion in batches(texts, SIGNED_AT_ONCE):
        vocabulary = Vocabulary(lambda _language, _words: (0, {}))
        found: Counter[tuple[str, str]] = Counter()
        for text in portion:
            found[text.language, ""] += 1
            distinct = vocabulary.printed(read(text, vocabulary).distinct)
            found.update((text.language, word) for word in distinct)
        yield from found.items()


def batches(things: Iterable[Any], most: int) -> Iterator[list[Any]]:
    """Yield things in lists of at most so many."""
    source = iter(things)
    while portion := list(islice(source, most)):
        yield portion


def counted(frequencies: Rdd) -> Counted:
    """Return the document frequencies as one table that every machine gets."""
    languages = frequencies.filter(lambda one: not one[0][1]).map(lambda one: (one[0][0], one[1])).collectAsMap()
    packed = frequencies.filter(lambda one: one[0][1] and one[1] > ONCE).mapPartitions(packed_words).collect()
    words = {}
    for language in languages:
        parts = [(hashes, times) for code, hashes, times in packed if code == language]
        if parts:
            hashes, times = (np.concatenate(side) for side in zip(*parts, strict=True))
            order = np.argsort(hashes)
            words[language] = (hashes[order], times[order])
    return Counted(languages, words)


def packed_words(
    rows: Iterable[tuple[tuple[str, str], int]],
) -> Iterator[tuple[str, npt.NDArray[np.uint64], npt.NDArray[np.uint32]]]:
    """Yield the words of a partition as arrays: language, hashes, in how many articles."""
    by_language: dict[str, tuple[list[int], list[int]]] = {}
    for (language, word), times in rows:
        hashes, numbers = by_language.setdefault(language, ([], []))
        hashes.append(word_hash(word))
        numbers.append(times)
    for language, (hashes, numbers) in by_language.items():
        yield language, np.array(hashes, dtype=np.uint64), np.array(numbers, dtype=np.uint32)


# --- signatures and candidates ------------------------------------------------------------------


def signed(texts: Iterable[Text], counts: Counted) -> Iterator[Signature]:
    """Yield the signature of each article."""
    pairs = Comparing(counts, lambda _ids: ())
    for portion in batches(texts, SIGNED_AT_ONCE):
        pairs.weigh(pairs.read(portion))
        profiles = pairs.recall([text.article_id for text in portion])
        for one, values in zip(profiles, bands.band_values(profiles, pairs.vocabulary), strict=True):
            is_long = len(one.shingles) >= SHINGLES_OF_A_TEXT
            yield Signature(one.article_id, one.day, one.text_hash, is_long, values, asked(one))
        pairs.profiles.clear()
        pairs.forget_pairs()


@dataclass(frozen=True)
class Copies:
    """Copies, ascending, each with the article whose text it has, and its day."""

    copies: npt.NDArray[np.int64]
    originals: npt.NDArray[np.int64]
    days: npt.NDArray[np.int64]

    def among(self, article_ids: Iterable[int]) -> dict[int, int]:
        """Return which of these articles are copies, and of which."""
        asked = np.array(sorted(article_ids), dtype=np.int64)
        at = np.searchsorted(self.copies, asked)
        at[at == len(self.copies)] = 0
        known = self.copies[at] == asked if len(self.copies) else np.zeros(len(asked), dtype=bool)
        return dict(zip(asked[known].tolist(), self.originals[at[known]].tolist(), strict=True))


def exact_copies(signatures: Rdd) -> Copies:
    """Return the articles that have the very text of an earlier one."""

    def of_one_text(group: tuple[bytes, Iterable[tuple[int, int]]]) -> list[tuple[int, int, int]]:
        members = sorted(group[1])
        days = {article_id: day for day, article_id in members}
        found = copies_among((group[0], article_id, day) for day, article_id in members)
        return [(copy, original, days[copy]) for copy, original in found.items()]

    found = (
        signatures.filter(lambda one: one.is_long)
        .map(lambda one: (one.text_hash, (one.day, one.article_id)))
        .groupByKey()
        .flatMap(of_one_text)
        .collect()
    )
    return as_copies(found)


CROWD = LOOK_ALIKES * 2 // 3
"""Articles under one band value from which there may be a flood: a copy shares two of its values with LOOK_ALIKES."""


def crowds(signatures: Rdd, copies: Copies) -> Rdd:
    """Return links between articles that crowd under a value a copy is known by, each to the least of the crowd."""

    def asking(some: Iterable[Signature]) -> Iterator[Ids]:
        for portion in batches(some, SIGNED_AT_ONCE):
            out = copies.among(one.article_id for one in portion)
            for one in portion:
                if one.is_long and one.article_id not in out:
                    yield from ((value, one.article_id) for value in one.asked)

    def links(group: tuple[int, Iterable[int]]) -> list[Ids]:
        members = sorted(group[1])
        return [(one, members[0]) for one in members[1:]] if len(members) >= CROWD else []

    return signatures.mapPartitions(asking).groupByKey().flatMap(links)


def copies_of_floods(crowds: Iterable[tuple[int, Iterable[Text]]], counts: Counted) -> Iterator[tuple[int, int, int]]:
    """Yield the copies among the texts of each crowd: copy, original and day."""
    for _, group in crowds:
        texts = sorted(group, key=lambda text: (text.day, text.article_id))
        here = {text.article_id: text for text in texts}
        pairs = Comparing(counts, lambda ids, here=here: [here[article_id] for article_id in ids])  # type: ignore[misc]
        profiles = (pairs.recall([text.article_id])[0] for text in texts)
        for copy, original in copies_in_flood(profiles, {}, pairs.recall).items():
            if pairs.scores(original, [copy])[0] >= SURELY_ONE:
                yield copy, original, here[copy].day


def with_floods(signatures: Rdd, exact: Copies, by_id: Rdd, counts: Counted) -> Copies:
    """Return the exact copies and those of floods."""
    links = crowds(signatures, exact).persist()
    if links.isEmpty():
        return exact
    texts = by_id.join(with_roots(components(links))).map(lambda one: (one[1][1], one[1][0])).groupByKey()
    return as_copies([
        *zip(exact.copies.tolist(), exact.originals.tolist(), exact.days.tolist(), strict=True),
        *texts.mapPartitions(lambda some: copies_of_floods(some, counts)).collect(),
    ])  # fmt: skip


def as_copies(found: Iterable[tuple[int, int, int]]) -> Copies:
    """Return copies in their order."""
    columns = np.array(sorted(found), dtype=np.int64).reshape(-1, 3)
    return Copies(columns[:, 0], columns[:, 1], columns[:, 2])


def sliced(signatures: Iterable[Signature], copies: Copies, slices: int) -> Iterator[tuple[Key, Block]]:
    """Yield the band values of articles by epoch and slice: value, day, article.

    The last days of an epoch go to the next one too, where they may meet its first.
    """
    for portion in batches(signatures, SIGNED_AT_ONCE):
        out = copies.among(one.article_id for one in portion)
        own = [one for one in portion if one.article_id not in out]
        sizes = [len(one.values) for one in own]
        values = np.concatenate([bands.EMPTY, *(one.values for one in own)])
        days = np.repeat(np.array([one.day for one in own], dtype=np.int64), sizes)
        ids = np.repeat(np.array([one.article_id for one in own], dtype=np.int64), sizes)
        own_epoch, next_epoch = days // bands.EPOCH_DAYS, (days + bands.WINDOW_DAYS) // bands.EPOCH_DAYS
        at = slice_of(values, slices)
        for epoch in np.unique(np.concatenate([own_epoch, next_epoch])).tolist():
            here = (own_epoch == epoch) | (next_epoch == epoch)
            for part in np.unique(at[here]).tolist():
                rows = here & (at == part)
                yield (epoch, part), (values[rows], days[rows], ids[rows])


def slice_of(values: npt.NDArray[np.int64], slices: int) -> npt.NDArray[np.int64]:
    """Return the slice of each band value: both the band's number and its hash go in."""
    return ((values ^ (values >> 32)) * 0x9E3779B1 >> 12) % slices


def together(blocks: Iterable[Block]) -> Block:
    """Return blocks as one."""
    return tuple(np.concatenate(column) for column in zip(*blocks, strict=True))


def met(group: tuple[Key, Iterable[Block]], parts: int) -> Iterator[tuple[Key, Block]]:
    """Yield who met whom under the values of one slice of an epoch: later, earlier, how often; by parts of the later.

    A value that very many share costs no more: only the BUCKET next to each other meet (`bands.meetings`).
    """
    (epoch, _), blocks = group
    values, days, ids = together(blocks)
    order = np.lexsort((values, ids, days))
    values, days, ids = values[order], days[order], ids[order]
    begins = np.flatnonzero(np.concatenate([[True], ids[1:] != ids[:-1]]))
    each_day, each_id = days[begins], ids[begins]
    later, earlier = bands.meetings(np.split(values, begins[1:]), each_day.tolist())
    own = each_day[later] // bands.EPOCH_DAYS == epoch
    both, times = np.unique(np.stack([each_id[later[own]], each_id[earlier[own]]]), axis=1, return_counts=True)
    yield from divided(epoch, parts, (both[0], both[1], times))


def divided(epoch: int, parts: int, block: Block) -> Iterator[tuple[Key, Block]]:
    """Yield the rows of a block by the part that the article in its first column belongs to."""
    at = block[0] % parts
    for part in np.unique(at).tolist():
        rows = at == part
        yield (epoch, part), tuple(column[rows] for column in block)


def copies_met(copies: Copies, parts: int) -> Iterator[tuple[Key, Block]]:
    """Yield the exact copies, each of which meets its original."""
    epochs = copies.days // bands.EPOCH_DAYS
    for epoch in np.unique(epochs).tolist():
        rows = epochs == epoch
        once = np.ones(int(rows.sum()), dtype=np.int64)
        yield from divided(epoch, parts, (copies.copies[rows], copies.originals[rows], once))


def candidates(blocks: Iterable[Block]) -> Candidates:
    """Return for each article those that it met most often."""
    later, earlier, times = together(blocks)
    return bands.most_met(np.repeat(later, times), np.repeat(earlier, times))


# --- pairs --------------------------------------------------------------------------------------


def wanted(group: tuple[Key, Candidates]) -> Iterator[tuple[int, Key]]:
    """Yield the articles whose texts the verification of a part needs."""
    key, found = group
    for article_id in sorted({*found, *(other for others in found.values() for other in others)}):
        yield article_id, key


def compared(found: Candidates, texts: Mapping[int, Text], counts: Counted) -> Iterator[Compared]:
    """Yield every article with its candidates, measured."""
    pairs = Comparing(counts, lambda ids: [texts[article_id] for article_id in ids])
    for portion in batches(sorted(found), SIGNED_AT_ONCE):
        few = {article_id: few_reprints(pairs, article_id, found[article_id]) for article_id in portion}
        pairs.measure(ids_of(article_id, other) for article_id, others in few.items() for other in others)
        for article_id, others in few.items():
            kept = pairs.verified(worth_keeping(pairs, article_id, others))
            scores = pairs.scores(article_id, others)
            yield Compared(article_id, list(zip(others, scores, strict=True)), kept)
        pairs.forget_pairs()


# --- components ---------------------------------------------------------------------------------


def united(edges: Iterable[Ids]) -> Iterator[Ids]:
    """Yield the articles that these links hold together, each with the least of them."""
    root: dict[int, int] = {}

    def find(one: int) -> int:
        while root.setdefault(one, one) != one:
            root[one] = root[root[one]]
            one = root[one]
        return one

    for a, b in edges:
        low, high = sorted((find(a), find(b)))
        root[high] = low
    for one in sorted(root):
        if find(one) != one:
            yield one, find(one)


def components(edges: Rdd, gathered: int = GATHERED) -> Rdd:
    """Return the articles that links hold together, each with the least of them, itself left out.

    More than so many links: large-star and small-star in turn (Kiveris et al. 2014, Connected Components in MapReduce
    and Beyond).
    """
    stars = edges.mapPartitions(united).cache()
    if stars.count() <= gathered:
        return stars.repartition(1).mapPartitions(united)
    before = checksum(stars)
    while True:
        large = stars.flatMap(lambda e: (e, (e[1], e[0]))).groupByKey().flatMap(large_star)
        stars = large.map(lambda e: (max(e), min(e))).groupByKey().flatMap(small_star).distinct().cache()
        after = checksum(stars)
        if after == before:
            return stars
        before = after


def large_star(node: tuple[int, Iterable[int]]) -> Iterator[Ids]:
    """Yield the links of a node's greater neighbours to the least node around."""
    one, others = node[0], list(node[1])
    least = min(one, *others)
    yield from ((other, least) for other in others if other > one)


def small_star(node: tuple[int, Iterable[int]]) -> Iterator[Ids]:
    """Yield the links of a node and its lesser neighbours to the least of them."""
    others = list(node[1])
    least = min(others)
    yield from ((one, least) for one in (node[0], *others) if one != least)


def checksum(edges: Rdd) -> tuple[int, int]:
    """Return a number that tells whether links are others than before."""
    found = edges.map(lambda e: (1, hash(e) & 0xFFFFFFFF)).fold((0, 0), lambda a, b: (a[0] + b[0], a[1] + b[1]))
    return int(found[0]), int(found[1])


def labelled(scored: Rdd, largest: int) -> tuple[Rdd, int]:
    """Return the articles of components, each with the component's least article; and how many had to be cut.

    `scored` holds (a, b, score). A component of more articles than `largest` loses its weakest links, step by step.
    """
    labels = with_roots(components(scored.filter(lambda e: e[2] >= EDGE).map(lambda e: (e[0], e[1])))).cache()
    floor, cut = EDGE, 0
    while too_large := set(sizes(labels).filter(lambda one: one[1] > largest).keys().collect()):
        floor, cut = floor + STEP, cut + len(too_large)
        labels = weakest_cut(labels, scored, too_large, floor).cache()
    return labels, cut


def weakest_cut(labels: Rdd, scored: Rdd, too_large: set[int], floor: float) -> Rdd:
    """Return the labels with those components divided that are too large: links below the floor are left out."""
    strong = scored.filter(lambda e: e[2] >= floor).map(lambda e: (e[0], e[1]))
    inside = strong.join(labels).filter(lambda e: e[1][1] in too_large).map(lambda e: (e[0], e[1][0]))
    return labels.filter(lambda one: one[1] not in too_large).union(with_roots(components(inside)))


def with_roots(stars: Rdd) -> Rdd:
    """Return the articles of components with the component's least article, that one too."""
    return stars.union(stars.map(lambda e: (e[1], e[1]))).distinct()


def sizes(labels: Rdd) -> Rdd:
    """Return the number of articles of each component."""
    return labels.map(lambda one: (one[1], 1)).reduceByKey(lambda a, b: a + b)


# --- stories ------------------------------------------------------------------------------------


class Grown(NamedTuple):
    """The stories of one component, and the pairs inside them that were not kept yet."""

    stories: list[list[int]]
    pairs: dict[Ids, Verified]


def grown(texts: Sequence[Text], measured: Iterable[Compared], copies: Copies, pairs: Comparing) -> Grown:
    """Return the stories of one component, grown as those of a store's batch."""
    here = {text.article_id: text for text in texts}
    known: dict[Ids, float] = {}
    kept: set[Ids] = set()
    beside = {copy: original for copy, original in copies.among(here).items() if original in here}
    for one in sorted(measured, key=lambda one: (one.article_id in beside, one.article_id)):
        known.update({ids_of(one.article_id, b): scored for b, scored in one.scores if b in here})
        kept.update(one.kept)
    pairs.texts = lambda ids: [here[article_id] for article_id in ids]
    ordered = sorted(texts, key=lambda text: (text.day, text.article_id))
    clusters = [stories.Cluster([text.article_id], text.dated, text.language) for text in ordered]
    clusters = beside_originals(clusters, beside, known)
    found = [sorted(cluster.members) for cluster in stories.Growth(clusters, known, pairs.scores).run()]
    story_of = {member: number for number, members in enumerate(found) for member in members}
    new = [ids for ids in {**known, **pairs.measured} if ids not in kept]
    inside = few_inside(ids for ids in new if story_of[ids[0]] == story_of[ids[1]])
    pairs.measure(inside)
    more = pairs.verified(inside)
    pairs.forget_pairs()
    return Grown(found, more)


def grown_in(components: Iterable[tuple[int, Any]], copies: Copies, counts: Counted) -> Iterator[Grown]:
    """Yield the stories of the components of one task."""
    pairs = Comparing(counts, lambda _ids: ())
    for _, (texts, measured) in components:
        yield grown(list(texts), measured, copies, pairs)


# --- the job ------------------------------------------------------------------------------------


class Results(NamedTuple):
    """What a job found, before it is written."""

    articles: Rdd
    pairs: Rdd
    frequencies: Rdd
    languages: Rdd
    components_cut: int


def computed(spark: Any, corpus: Rdd, plan: Plan = Plan()) -> Results:
    """Return the articles with their stories, the pairs and the document frequencies of a corpus."""
    share = spark.sparkContext.broadcast
    corpus = corpus.persist()
    texts = corpus.map(lambda one: one.text)
    frequencies = texts.mapPartitions(words_of).reduceByKey(lambda a, b: a + b).persist()
    counts = share(counted(frequencies))
    signatures = texts.mapPartitions(lambda some: signed(some, counts.value)).persist()
    by_id = texts.keyBy(lambda text: text.article_id)
    copies = share(with_floods(signatures, exact_copies(signatures), by_id, counts.value))

    meetings = signatures.mapPartitions(lambda some: sliced(some, copies.value, plan.slices)).groupByKey()
    all_met = meetings.flatMap(lambda group: met(group, plan.blocks)).union(
        spark.sparkContext.parallelize(list(copies_met(copies.value, plan.blocks)))
    )
    found = all_met.groupByKey().mapValues(candidates).persist()

    needed = found.flatMap(wanted).join(by_id).map(lambda one: one[1])
    measured = (
        found.cogroup(needed)
        .flatMap(
            lambda group: [] if not (some := list(group[1][0])) else
            compared(some[0], {text.article_id: text for text in group[1][1]}, counts.value)
        )
        .persist()
    )  # fmt: skip

    scored = measured.flatMap(lambda one: [(one.article_id, other, value) for other, value in one.scores])
    labels, cut = labelled(scored.filter(lambda e: e[2] >= EDGE).persist(), plan.largest_component)
    in_components = by_id.join(labels).map(lambda one: (one[1][1], one[1][0]))
    measured_there = measured.keyBy(lambda one: one.article_id).join(labels).map(lambda one: (one[1][1], one[1][0]))
    told = (
        in_components.cogroup(measured_there)
        .mapPartitions(lambda some: grown_in(some, copies.value, counts.value))
        .persist()
    )
    story_of = told.flatMap(lambda one: [(member, group[0]) for group in one.stories for member in group])

    kept = measured.flatMap(lambda one: one.kept.items()).union(told.flatMap(lambda one: one.pairs.items()))
    about = corpus.keyBy(lambda one: one.text.article_id).mapValues(facts_of)
    articles = (
        about.join(signatures.keyBy(lambda one: one.article_id))
        .leftOuterJoin(story_of)
        .map(lambda one: article_row(one[0], one[1][0][0], one[1][0][1], copies.value, one[1][1]))
    )
    words = frequencies.filter(lambda one: one[0][1]).map(lambda one: (*one[0], one[1]))
    languages = frequencies.filter(lambda one: not one[0][1]).map(lambda one: (one[0][0], one[1]))
    return Results(articles, kept.map(pair_row), words, languages, cut)


def facts_of(one: Document) -> tuple[int, str, bool]:
    """Return version, address, and whether the day was printed."""
    return one.text.version, one.url, one.text.dated


def article_row(
    article_id: int, facts: tuple[int, str, bool], signature: Signature, copies: Copies, story: int | None
) -> tuple[Any, ...]:
    """Return a row of the table `articles`; an article without a component is a story by itself."""
    version, url, dated = facts
    original = copies.among([article_id]).get(article_id)
    values = [] if original is not None else signature.values.tolist()
    story = article_id if story is None else story
    return article_id, version, url, signature.day, dated, signature.text_hash.hex(), original, values, story


def pair_row(pair: tuple[Ids, Verified]) -> tuple[Any, ...]:
    """Return a row of the table `pairs`."""
    (a, b), one = pair
    return a, b, one.kind, one.score, json.dumps(one.evidence, ensure_ascii=False)


def run(spark: Any, source: str, target: str, *, plan: Plan = Plan(), file_format: str = "json") -> JobReport:
    """Cluster the articles of a source and write the results below a folder, which must not be there yet."""
    results = computed(spark, documents(spark, source), plan)
    frames = {
        name: spark.createDataFrame(rows, TABLES[name]) for name, rows in results._asdict().items() if name in TABLES
    }
    options = {"compression": "gzip"} if file_format == "json" else {}
    for name, frame in frames.items():
        frame.write.format(file_format).options(**options).save(f"{target}/{name}")
    written = {name: spark.read.schema(TABLES[name]).format(file_format).load(f"{target}/{name}") for name in frames}
    report = JobReport(
        engine=ENGINE,
        articles=written["articles"].count(),
        pairs=written["pairs"].count(),
        stories=written["articles"].select("story").distinct().count(),
        components_cut=results.components_cut,
    )
    told = spark.createDataFrame([tuple(asdict(report).values())], TABLES["job"])
    told.coalesce(1).write.format(file_format).options(**options).save(f"{target}/job")
    return report


def run_job(
    source: str,
    target: str,
    *,
    master: str | None = None,
    file_format: str = "json",
    settings: Mapping[str, str] | None = None,
) -> JobReport:
    """Run the job in a session of its own, and return what was done; see `run`.

    Raises:
        ModuleNotFoundError: the extra [spark] is not installed.
    """
    spark = session(master, **(settings or {}))
    try:
        return run(spark, source, target, file_format=file_format)
    finally:
        spark.stop()


def rows_of(target: str, name: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table that a job wrote: JSON Lines without Spark, Parquet by way of it.

    Raises:
        FileNotFoundError: there is no such table.
    """
    folder = Path(target) / name
    lines = sorted(folder.glob("part-*.json.gz")) + sorted(folder.glob("part-*.json"))
    if lines:
        yield from (row for path in lines for row in json_rows(path))
    elif any(folder.glob("*.parquet")):
        spark = session("local[1]")
        yield from (row.asDict() for row in spark.read.parquet(str(folder)).toLocalIterator())
    elif not (folder / "_SUCCESS").exists():
        raise FileNotFoundError(folder)


def json_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a file of JSON Lines; what was None is left out by Spark."""
    import gzip  # noqa: PLC0415 - one use

    opened: Callable[..., Any] = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines)
