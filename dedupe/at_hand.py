"""What a clustering has read -> what the next one in the same process need not read again: words and their numbers."""

from __future__ import annotations

from weakref import WeakKeyDictionary, proxy

from dedupe.comparing import Comparing
from dedupe.store import Store
from dedupe.story_store import StoryStore

LEFT: WeakKeyDictionary[Store, tuple[int, Comparing]] = WeakKeyDictionary()
"""What was left by the last clustering of each open store, and how often others had written to the file by then."""


def take(store: Store) -> Comparing:
    """Return what the last clustering of an open store has left, nothing where anybody else has written since.

    It must be given back with `leave` once all is committed: what was counted and then rolled back is not true.
    """
    writings, pairs = LEFT.pop(store, (-1, None))
    if pairs is not None and writings == writings_of_others(store) and counts_stand(store, pairs):
        return pairs
    kept = StoryStore(proxy(store))  # or what is left of a store would keep it open
    return Comparing(kept.counts, kept.texts)


def leave(store: Store, pairs: Comparing) -> None:
    """Keep what a clustering has read for the next one; weights are made anew, for document frequencies change."""
    pairs.forget_weights()
    LEFT[store] = writings_of_others(store), pairs


def forget(store: Store) -> None:
    """Let the next clustering of a store begin with nothing: all that was counted is to be counted anew."""
    LEFT.pop(store, None)


def writings_of_others(store: Store) -> int:
    """Return a number that is another one where another connection has written since."""
    return int(store.value("PRAGMA data_version"))


def counts_stand(store: Store, pairs: Comparing) -> bool:
    """Tell whether as many articles are counted as the document frequencies at hand say."""
    counted = {row["language"]: row["articles"] for row in store.rows("SELECT * FROM counted_articles")}
    return all(table.articles == counted.get(code, 0) for code, table in pairs.vocabulary.tables.items())
