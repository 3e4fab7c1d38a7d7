from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dedupe import Article, Store, at_hand, cluster, open_store
from dedupe.story_store import StoryStore

Told = tuple[tuple[str, Article], ...]
FEW = 24
MADE = ("coverage", "pairs", "text_pairs", "family_members", "bands", "document_frequencies", "story_aliases")


def clustered(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """What clustering has made, but for moments."""
    columns = {"story_aliases": "old_id, story_id"}
    return {
        table: [tuple(row) for row in store.rows(f"SELECT {columns.get(table, '*')} FROM {table} ORDER BY 1, 2")]
        for table in MADE
    }


def one_at_a_time(store: Store, articles: Iterable[Article], between: Callable[[], object]) -> None:
    """Save and cluster articles one at a time, and do something between."""
    for article in articles:
        store.save_article(article)
        cluster(store)
        between()


def made(told: Told) -> list[Article]:
    """Some articles, the last of them a new version of the first, others reports of its event."""
    articles = [article for _, article in told][:FEW]
    return [*articles, replace(articles[0], body=articles[1].body + "\n\n" + articles[0].body)]


def test_what_is_at_hand_changes_no_score_and_no_story(told: Told, tmp_path: Path) -> None:
    with open_store(tmp_path / "kept.db") as kept, open_store(tmp_path / "fresh.db") as fresh:
        one_at_a_time(kept, made(told), lambda: None)
        one_at_a_time(fresh, made(told), lambda: at_hand.forget(fresh))
        assert len(at_hand.take(kept).readings) > FEW / 2
        assert clustered(kept) == clustered(fresh)


def test_words_are_left_for_the_next_clustering_and_weights_are_not(store: Store, told: Told) -> None:
    one_at_a_time(store, made(told), lambda: None)
    pairs = at_hand.take(store)
    assert pairs.vocabulary.words
    assert not pairs.profiles
    assert not at_hand.take(store).vocabulary.words, "what is taken and not given back is gone"


def test_nothing_is_at_hand_where_another_connection_has_written(store: Store, told: Told) -> None:
    one_at_a_time(store, made(told)[:5], lambda: None)
    with open_store(store.path) as other:
        other.save_article(told[FEW][1])
    assert not at_hand.take(store).vocabulary.words


@pytest.mark.parametrize("sql", ["DELETE FROM counted_articles", "UPDATE counted_articles SET articles = articles + 1"])
def test_nothing_is_at_hand_where_the_counts_are_others(store: Store, told: Told, sql: str) -> None:
    one_at_a_time(store, made(told)[:5], lambda: None)
    store.connection.execute(sql)
    assert not at_hand.take(store).vocabulary.words


def test_a_rebuild_begins_with_nothing(store: Store, told: Told) -> None:
    one_at_a_time(store, made(told), lambda: None)
    cluster(store, rebuild=True)
    rebuilt = clustered(store)
    cluster(store, rebuild=True)
    assert clustered(store) == rebuilt


def test_a_clustering_that_failed_leaves_nothing(store: Store, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    one_at_a_time(store, made(told)[:5], lambda: None)
    store.save_article(told[FEW][1])
    monkeypatch.setattr(StoryStore, "save_signatures", lambda *_: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        cluster(store)
    assert gc.isenabled()
    assert not at_hand.take(store).vocabulary.words


def test_what_is_at_hand_keeps_no_store(tmp_path: Path, told: Told) -> None:
    store = open_store(tmp_path / "news.db")
    one_at_a_time(store, made(told)[:3], lambda: None)
    gone = weakref.ref(store)
    store.close()
    del store
    assert gone() is None


@pytest.mark.parametrize("is_enabled", [True, False])
def test_the_collector_is_as_it_was(store: Store, told: Told, *, is_enabled: bool) -> None:
    was = gc.isenabled()
    try:
        (gc.enable if is_enabled else gc.disable)()
        one_at_a_time(store, made(told)[:2], lambda: None)
        assert gc.isenabled() == is_enabled
    finally:
        (gc.enable if was else gc.disable)()
