from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe import Article, Store, bands, open_store
from dedupe.band_index import BandIndex, Signed, place_in_run
from dedupe.profile import Text
from dedupe.story_store import StoryStore

Make = Callable[..., Article]
DAY = 739_009
"""The last but one day of an epoch, so that a window reaches into the next."""


def signed(article_id: int, values: Sequence[int], day: int = DAY) -> Signed:
    return Signed(article_id, day, np.array(sorted(set(values)), dtype=np.int64))


def members(store: Store, value: int) -> list[int]:
    """The articles under a value, in whatever epoch."""
    return [row["member"] >> 3 for row in store.rows("SELECT member FROM bands WHERE value = ? ORDER BY 1", (value,))]


@contextmanager
def emptied(store: Store) -> Iterator[BandIndex]:
    """An index without entries, forgotten afterwards."""
    with store.transaction():
        store.connection.execute("DELETE FROM bands")
        yield BandIndex(StoryStore(store))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store(tmp_path_factory.mktemp("bands") / "news.db") as store:
        yield store


ARTICLES = st.lists(st.tuples(st.frozensets(st.integers(0, 9), max_size=5), st.integers(0, 9)), max_size=14)


def met_by(store: Store, batches: Sequence[Sequence[Signed]]) -> set[frozenset[int]]:
    """Who met whom, whoever asked."""
    with emptied(store) as index:
        found = [index.take_in(batch) for batch in batches]
    return {frozenset((who, whom)) for one in found for who, others in one.items() for whom in others}


@given(articles=ARTICLES, size=st.integers(1, 6), chance=st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_who_meets_whom_does_not_depend_on_order_or_batches(
    kept: Store, articles: list[tuple[frozenset[int], int]], size: int, chance: object
) -> None:
    given_in = [signed(n, list(values), DAY + day) for n, (values, day) in enumerate(articles, 1)]
    shuffled = list(given_in)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    plain = {
        frozenset((one.article_id, other.article_id))
        for one in given_in
        for other in given_in
        if one.article_id < other.article_id
        and abs(one.day - other.day) <= bands.WINDOW_DAYS
        and set(one.values.tolist()) & set(other.values.tolist())
    }
    for order in (given_in, given_in[::-1], shuffled):
        assert met_by(kept, [order[start : start + size] for start in range(0, len(order), size)]) == plain


def test_those_that_share_most_values_come_first(store: Store) -> None:
    with emptied(store) as index:
        index.take_in([signed(1, [10, 11]), signed(2, [10, 11, 12]), signed(3, [12]), signed(4, [12])])
        assert index.take_in([signed(9, [10, 11, 12])]) == {9: [2, 1, 4, 3]}


def test_a_value_in_two_epochs_counts_for_each_article_once(store: Store) -> None:
    with emptied(store) as index:
        index.take_in([signed(1, [10, 11], DAY), signed(2, [10], DAY + 3)])
        assert bands.epoch(DAY) != bands.epoch(DAY + 3)
        assert index.take_in([signed(3, [10, 11], DAY + 2)]) == {3: [1, 2]}


@pytest.mark.parametrize("size", [1, 7, 40, 500])
def test_a_value_keeps_the_newest_of_an_epoch(store: Store, size: int) -> None:
    flood = [signed(n, [10, 1000 + n]) for n in range(1, 201)]
    with emptied(store) as index:
        for start in range(0, len(flood), size):
            index.take_in(flood[start : start + size])
            assert len(members(store, 10)) <= bands.BUCKET
        assert members(store, 10) == list(range(201 - bands.BUCKET, 201))
        assert index.pushed_out == 200 - bands.BUCKET
        index.take_in([signed(999, [10], DAY + bands.EPOCH_DAYS)])
        assert len(members(store, 10)) == bands.BUCKET + 1
        assert members(store, 1001) == [1]


def test_an_older_article_that_comes_late_stays_out_of_a_full_value(store: Store) -> None:
    with emptied(store) as index:
        index.take_in([signed(n, [10]) for n in range(100, 100 + bands.BUCKET)])
        assert len(index.take_in([signed(1, [10])])[1]) == min(bands.BUCKET, bands.CANDIDATES)
        assert 1 not in members(store, 10)
        assert index.pushed_out == 1


def test_an_article_taken_out_is_met_no_more(store: Store, make: Make) -> None:
    with store.transaction():
        for slug in "ab":
            store.save_article(make(slug))
    kept = StoryStore(store)
    with emptied(store) as index:
        one, other = signed(1, [10, 11]), signed(2, [10, 11])
        text = Text(1, 1, "warta", "a", "b", "id", DAY, dated=True, quotations=())
        index.take_in([one])
        kept.save_signatures([(text, b"", None, one.values)])
        assert kept.forget_signature(1)
        assert store.value("SELECT count(*) FROM bands") == 0
        assert index.take_in([other]) == {}
        assert not kept.forget_signature(1)


def test_nobody_meets_himself(store: Store) -> None:
    with emptied(store) as index:
        index.take_in([signed(1, [10, 11])])
        assert index.take_in([signed(1, [10, 11])]) == {}


def test_an_empty_batch_and_articles_without_values(store: Store) -> None:
    with emptied(store) as index:
        assert index.take_in([]) == {}
        assert index.take_in([signed(1, []), signed(2, [])]) == {}
        assert index.take_in([signed(3, []), signed(4, [10])]) == {}


@pytest.mark.parametrize("day", [1, 2, 7, 3_652_058, 3_652_059])
def test_the_first_and_the_last_day_of_the_calendar(store: Store, day: int) -> None:
    with emptied(store) as index:
        index.take_in([signed(1, [10], day)])
        assert index.take_in([signed(2, [10], day)]) == {2: [1]}


@given(st.lists(st.integers(0, 5), max_size=40).map(sorted))
def test_place_in_run(values: list[int]) -> None:
    found = place_in_run(np.array(values, dtype=np.int64)).tolist()
    assert found == [values[:n].count(value) for n, value in enumerate(values)]
