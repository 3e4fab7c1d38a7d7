from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from dedupe import Article, Store, cluster
from dedupe.story_store import StoryStore
from dedupe.word_index import RARE_ENOUGH, candidates, headlined, most_voted, quoted, weights

Make = Callable[..., Article]


def asked(store: Store, text: str) -> list[str]:
    """The last parts of the addresses of the candidates for a text."""
    weigh = weights(StoryStore(store), {word: word for word in text.split()})
    found = candidates(store, weigh, 0.0)
    return [store.value("SELECT url FROM articles WHERE id = ?", (i,)).rsplit("/")[-1] for i in found]


@pytest.fixture
def some(store: Store, make: Make) -> Store:
    """Thirty articles that all have two words, of which three have rarer ones."""
    for number in range(30):
        rare = {3: " jembatan roboh", 7: " jembatan", 11: " roboh"}.get(number, "")
        store.save_article(make(f"a{number}", f"Banjir merendam desa nomor {number}{rare}."))
    cluster(store)
    return store


def test_who_has_most_of_the_words_comes_first(some: Store) -> None:
    assert asked(some, "banjir jembatan roboh")[:3] == ["a3", "a11", "a7"]


def test_of_equals_the_newest_come_first(some: Store) -> None:
    assert asked(some, "banjir merendam")[:2] == ["a29", "a28"]


def test_words_in_too_many_articles_are_asked_for_together(some: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dedupe.word_index.ENTRIES_READ", 5)
    assert asked(some, "banjir merendam jembatan roboh")[0] == "a3"
    assert len(asked(some, "banjir merendam desa")) == 5


def test_who_cannot_have_enough_is_left_out(some: Store) -> None:
    weigh = weights(StoryStore(some), {word: word for word in ("banjir", "jembatan", "roboh")})
    assert len(candidates(some, weigh, weigh("jembatan") + weigh("roboh"))) == 1
    assert candidates(some, weigh, 1_000.0) == []


def test_headlines(store: Store, make: Make) -> None:
    store.save_article(make("a", "Isi.", title="Harga Emas Naik"))
    store.save_article(make("b", "Harga emas naik.", title="Pasar Ramai"))
    assert headlined(store, ["emas", "naik"]) == [1]
    assert headlined(store, ["\0", ""]) == []


def test_a_rare_word_weighs_no_more_than_enough(some: Store) -> None:
    weigh = weights(StoryStore(some), {"zzz": "zzz", "banjir": "banjir"})
    assert weigh("banjir") < weigh("zzz") < RARE_ENOUGH + 0.1
    assert weigh.articles == {"zzz": 0, "banjir": 30}


def test_words_are_weighed_as_they_are_spelled(some: Store) -> None:
    assert weights(StoryStore(some), {"banjir": "zzz"}).articles == {"banjir": 0}


def test_votes_are_summed() -> None:
    votes = [(np.array([1, 2, 3]), 1.0), (np.array([2, 3]), 0.5), (np.array([3]), 0.1)]
    assert most_voted(votes, 0.0) == [3, 2, 1]
    assert most_voted(votes, 1.5) == [3, 2]
    assert most_voted([], 0.0) == []


@pytest.mark.parametrize(
    ("word", "expected"),
    [("a", '"a"'), ('a"b', '"a b"'), ("\0", ""), ('"', ""), ("", ""), ("NEAR(", '"NEAR("'), ("*", '"*"')],
)
def test_a_word_is_never_syntax(word: str, expected: str) -> None:
    assert quoted(word) == expected
