from __future__ import annotations

import json
import random
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dedupe import Article, Store, StoreError, cluster, open_store, spark_job, waiting
from dedupe.importing import import_job
from dedupe.spark_job import Counted, Plan

sys.path.append(str(Path(__file__).resolve().parents[2] / "bench"))
pytestmark = pytest.mark.slow
Make = Callable[..., Article]
Told = tuple[tuple[str, Article], ...]


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A Spark session on this machine: one for all tests, for it takes seconds to start."""
    pytest.importorskip("pyspark", reason="the extra [spark] is not installed: pip install -e '.[spark]'")
    if not shutil.which("java"):
        pytest.skip("there is no java: apt-get install openjdk-17-jre-headless")
    few = {"spark.default.parallelism": "2", "spark.sql.shuffle.partitions": "2", "spark.ui.enabled": "false"}
    session = spark_job.session("local[2]", **few)
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture(scope="session")
def corpus(told: Told, make: Make) -> list[Article]:
    """The demo's eighty articles, 300 generated ones, an exact copy and a flood of pages with one word changed."""
    from generated import articles  # noqa: PLC0415 - a bench's module, found by the path added above

    made = [article for _, article in told]
    invented = list(articles(300, days=4, outlets=12))
    source = invented[0]
    copy = make("copied", source.body, outlet="salin", title=source.title, day=str(source.published_day))
    return [*made, *invented, copy, *flood(make)]


def flood(make: Make) -> list[Article]:
    """Pages of one text with one word changed in each."""
    drawn = random.Random(4)
    text = [f"kata{drawn.randrange(400)}" for _ in range(120)]
    pages = []
    for number in range(24):
        changed = [*text]
        changed[drawn.randrange(120)] = f"lain{number}"
        pages.append(make(f"banjir-{number}", " ".join(changed), title="Pengumuman kata lain", outlet=f"satu{number}"))
    return pages


@pytest.fixture(scope="session")
def clustered(corpus: list[Article], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the corpus, clustered by the local engine in one batch."""
    path = tmp_path_factory.mktemp("spark") / "local.db"
    with open_store(path) as store:
        with store.transaction():
            for article in corpus:
                store.save_article(article)
        cluster(store)
    return path


@pytest.fixture(scope="session")
def results(spark: Any, clustered: Path) -> Path:
    """What the job makes of that store."""
    target = clustered.with_name("results")
    spark_job.run(spark, str(clustered), str(target), plan=Plan(slices=3, blocks=2))
    return target


def sets(pairs: Iterable[tuple[Any, Any]]) -> set[frozenset[Any]]:
    """Things and their groups -> the groups as sets."""
    found: dict[Any, set[Any]] = {}
    for thing, group in pairs:
        found.setdefault(group, set()).add(thing)
    return {frozenset(things) for things in found.values()}


def pairs_of(store: Store) -> dict[tuple[int, int], tuple[str, float]]:
    return {(r["a"], r["b"]): (r["kind"], r["score"]) for r in store.rows("SELECT * FROM pairs")}


def test_stories_are_those_of_the_local_engine(results: Path, clustered: Path) -> None:
    rows = list(spark_job.rows_of(str(results), "articles"))
    with open_store(clustered, readonly=True) as store:
        local = sets((r["article_id"], r["story_id"]) for r in store.rows("SELECT * FROM coverage"))
    assert sets((row["article_id"], row["story"]) for row in rows) == local
    assert max(map(len, local)) >= 24  # the flood


def test_pairs_are_those_of_the_local_engine(results: Path, clustered: Path) -> None:
    found = {(row["a"], row["b"]): row for row in spark_job.rows_of(str(results), "pairs")}
    with open_store(clustered, readonly=True) as store:
        local = pairs_of(store)
    assert found.keys() == local.keys()
    for ids, (kind, score) in local.items():
        assert found[ids]["kind"] == kind
        assert found[ids]["score"] == pytest.approx(score, abs=5e-4)  # values are rounded to four places


def test_signatures_and_frequencies_are_those_of_the_local_engine(results: Path, clustered: Path) -> None:
    with open_store(clustered, readonly=True) as store:
        signatures = {r["article_id"]: r for r in store.rows("SELECT * FROM signatures")}
        frequencies = {tuple(r) for r in store.rows("SELECT * FROM document_frequencies")}
        languages = {tuple(r) for r in store.rows("SELECT * FROM counted_articles")}
    copies = 0
    for row in spark_job.rows_of(str(results), "articles"):
        kept = signatures.pop(row["article_id"])
        copies += kept["same_text_as"] is not None
        assert row["text_hash"] == kept["text_hash"].hex()
        assert row.get("same_text_as") == kept["same_text_as"]
        assert row["bands"] == np.frombuffer(kept["bands"], dtype=np.int64).tolist()
    assert not signatures
    assert copies >= 10
    words = spark_job.rows_of(str(results), "frequencies")
    assert {(row["language"], row["term"], row["articles"]) for row in words} == frequencies
    counted = spark_job.rows_of(str(results), "languages")
    assert {(row["language"], row["articles"]) for row in counted} == languages


def test_imported_into_a_store_it_is_as_if_clustered_there(results: Path, clustered: Path, tmp_path: Path) -> None:
    path = tmp_path / "imported.db"
    shutil.copy(clustered, path)
    with open_store(path) as store:
        store.connection.execute("DELETE FROM pairs")
        report = import_job(store, str(results))
        assert (report.unknown, report.articles) == (0, store.value("SELECT count(*) FROM articles"))
        assert waiting(store) == 0
        assert cluster(store).articles == 0
        assert store.rows("PRAGMA foreign_key_check") == []
        with open_store(clustered, readonly=True) as local:
            for table in ("coverage", "pairs", "bands", "signatures", "text_pairs", "family_members"):
                ours, theirs = ({tuple(r) for r in s.rows(f"SELECT * FROM {table}")} for s in (store, local))
                assert ours == theirs, table
            stories = "SELECT id, title, articles, outlets, first_day, last_day FROM stories"
            assert [tuple(r) for r in store.rows(stories)] == [tuple(r) for r in local.rows(stories)]


def test_what_the_job_did_not_have_is_clustered_by_the_import(
    results: Path, clustered: Path, tmp_path: Path, make: Make
) -> None:
    path = tmp_path / "more.db"
    shutil.copy(clustered, path)
    with open_store(path) as store:
        original = store.article(1)
        added = make("added", original.body, outlet="susulan", title=original.title, day=str(original.published_day))
        new = store.save_article(added).article_id
        before = store.value("SELECT story_id FROM coverage WHERE article_id = 1")
        report = import_job(store, str(results))
        assert report.clustered is not None
        assert report.clustered.articles == 1
        there = [store.value("SELECT story_id FROM coverage WHERE article_id = ?", (i,)) for i in (1, new)]
        assert there == [before, before]


def test_a_folder_that_is_no_job_is_refused(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="holds no results"):
        import_job(store, str(tmp_path))


def test_results_of_another_engine_are_refused(store: Store, tmp_path: Path) -> None:
    (tmp_path / "job").mkdir()
    (tmp_path / "job" / "part-0.json").write_text('{"engine": 1}\n', "utf-8")
    with pytest.raises(StoreError, match="by engine 1"):
        import_job(store, str(tmp_path))


@pytest.mark.parametrize("file_format", ["json", "parquet"])
def test_reads_files_of_articles(spark: Any, tmp_path: Path, file_format: str) -> None:
    rows = [
        {"url": "https://b.example/2", "body": "Dua tiga.", "published_day": "2026-05-05", "quotations": ["empat"]},
        {"url": "https://a.example/1", "body": "Satu.", "first_seen_at": "2026-05-06T01:02:03Z", "language": "id"},
        {"url": "https://c.example/3", "body": "Lima.", "published_day": "kemarin"},
        {"url": "https://d.example/4"},
    ]
    lines = tmp_path / "articles.jsonl"
    lines.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    source = lines
    if file_format == "parquet":
        source = tmp_path / "articles"
        spark.read.json(str(lines)).write.parquet(str(source))
    found = sorted(spark_job.documents(spark, str(source), "2026-05-07").collect(), key=lambda one: one.url)
    assert [(one.text.article_id, one.text.day - 739_738, one.text.dated) for one in found] == [
        (1, 4, False),
        (2, 3, True),
        (3, 5, False),
    ]
    assert found[1].text.quotations == ("empat",)
    assert found[0].text.language == "id"


def test_writes_parquet_too(spark: Any, clustered: Path, tmp_path: Path) -> None:
    source = spark.sparkContext.parallelize([("https://a.example/1", "Satu dua."), ("https://b.example/2", "Tiga.")])
    spark.createDataFrame(source, "url string, body string").write.parquet(str(tmp_path / "in"))
    report = spark_job.run(spark, str(tmp_path / "in"), str(tmp_path / "out"), file_format="parquet")
    assert (report.articles, report.stories, report.pairs) == (2, 2, 0)
    assert {row["url"] for row in spark_job.rows_of(str(tmp_path / "out"), "articles")} == {
        "https://a.example/1",
        "https://b.example/2",
    }
    assert list(spark_job.rows_of(str(tmp_path / "out"), "pairs")) == []


@pytest.mark.parametrize("gathered", [0, 1_000])
def test_components_are_those_of_a_plain_search(spark: Any, gathered: int) -> None:
    drawn = random.Random(2)
    edges = [(drawn.randrange(300), drawn.randrange(300)) for _ in range(170)]
    edges += [(1_000 + n, 1_001 + n) for n in range(40)]
    edges = [(a, b) for a, b in edges if a != b]
    found = spark_job.with_roots(spark_job.components(spark.sparkContext.parallelize(edges, 3), gathered)).collect()
    plain = dict(spark_job.united(edges))
    assert dict(found) == {**plain, **{root: root for root in plain.values()}}
    assert len(found) == len(set(found))


def test_a_component_that_is_too_large_loses_its_weakest_links(spark: Any) -> None:
    chain = [(n, n + 1, 0.9 if n % 5 else 0.6) for n in range(20)]
    labels, cut = spark_job.labelled(spark.sparkContext.parallelize(chain, 2), largest=8)
    assert cut > 0
    assert max(size for _, size in spark_job.sizes(labels).collect()) <= 8
    same = dict(labels.collect())
    assert same[1] == same[5]
    assert same[5] != same[6]


def test_counted_knows_words_and_what_it_leaves_out() -> None:
    hashes = np.sort(np.array([spark_job.word_hash(word) for word in ("banjir", "kota")], dtype=np.uint64))
    times = np.array([7, 7], dtype=np.uint32)
    counted = Counted({"id": 9}, {"id": (hashes, times)})
    assert counted("id", ["kota", "sekali"]) == (9, {"kota": 7, "sekali": 1})
    assert counted("en", ["town"]) == (0, {"town": 1})
    assert counted("id", []) == (9, {})


def test_one_value_that_all_share_costs_no_square() -> None:
    many = 5_000
    ids = np.arange(many, dtype=np.int64)
    block = (np.full(many, 5, dtype=np.int64), np.full(many, 739_000, dtype=np.int64), ids)
    met = list(spark_job.met(((739_000 // 7, 0), [block]), 1))
    assert sum(len(block[0]) for _, block in met) < many * 64


def test_copies_among_others() -> None:
    copies = spark_job.as_copies([(9, 2, 1), (4, 3, 1)])
    assert copies.among([9, 2, 3, 4]) == {4: 3, 9: 2}
    assert spark_job.as_copies([]).among([1]) == {}
