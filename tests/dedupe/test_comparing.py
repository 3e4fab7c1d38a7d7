from __future__ import annotations

from collections.abc import Iterable

import pytest

from dedupe.comparing import Comparing, ids_of
from dedupe.model import Article
from dedupe.profile import Text
from dedupe.verify import FEATURES, verify

Told = tuple[tuple[str, Article], ...]
Asked = list[int]


@pytest.fixture(scope="module")
def texts(told: Told) -> dict[int, Text]:
    """The demo's articles, by number."""
    return {
        n: Text(
            article_id=n,
            version=1,
            outlet=article.outlet,
            title=article.title,
            body=article.body,
            language=article.language or "",
            day=739_000,
            dated=True,
            quotations=tuple(quote.text for quote in article.quotes),
        )
        for n, (_, article) in enumerate(told[:12], 1)
    }


@pytest.fixture
def asked() -> Asked:
    """The articles whose texts were asked for, in order."""
    return []


@pytest.fixture
def comparing(texts: dict[int, Text], asked: Asked) -> Comparing:
    def read(article_ids: Iterable[int]) -> list[Text]:
        wanted = list(article_ids)
        asked.extend(wanted)
        return [texts[article_id] for article_id in reversed(wanted)]

    return Comparing(lambda _language, _words: (0, {}), read)


def test_a_text_is_read_once(comparing: Comparing, asked: Asked) -> None:
    comparing.scores(1, [2, 3])
    comparing.scores(2, [3, 1])
    assert [one.article_id for one in comparing.recall([3, 1, 3])] == [3, 1, 3]
    assert asked == [1, 2, 3]


def test_scores_come_in_the_order_asked_and_are_those_of_the_pair(comparing: Comparing) -> None:
    first = comparing.scores(1, [4, 2, 3])
    assert comparing.scores(1, [3, 4, 2]) == [first[2], first[0], first[1]]
    assert comparing.scores(4, [1]) == first[:1]
    one, other = comparing.recall([1, 4])
    assert verify(one, other, comparing.vocabulary).score == pytest.approx(first[0], abs=1e-4)
    found = comparing.verified([(1, 4)])[1, 4]
    assert found.score == first[0]
    assert comparing.measured[1, 4][0][FEATURES.index("words")] == found.evidence["words"]["value"]
    assert comparing.scores(1, []) == []


def test_forgetting_pairs_keeps_the_profiles_that_fit(
    comparing: Comparing, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dedupe.comparing.PROFILES_KEPT", 4)
    monkeypatch.setattr("dedupe.comparing.READINGS_KEPT", 6)
    before = comparing.scores(1, range(2, 9))
    comparing.forget_pairs()
    assert not comparing.measured
    assert (len(comparing.profiles), len(comparing.readings)) == (4, 6)
    asked.clear()
    assert comparing.scores(1, range(2, 9)) == before
    assert len(asked) == 2, "those that were no longer at hand, even as words"


def test_too_many_words_are_forgotten_with_the_profiles_that_are_made_of_them(
    comparing: Comparing, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = comparing.scores(1, range(2, 9))
    evidence = comparing.verified([(1, 2)])[1, 2].evidence
    words = comparing.vocabulary
    comparing.forget_pairs()
    assert comparing.vocabulary is words
    monkeypatch.setattr("dedupe.vocabulary.MOST_WORDS", 10)
    comparing.forget_pairs()
    assert comparing.vocabulary is not words
    assert not comparing.profiles
    comparing.recall([8, 7, 6])
    assert comparing.scores(1, range(2, 9)) == pytest.approx(before, abs=1e-4)
    assert comparing.verified([(1, 2)])[1, 2].evidence == evidence


def test_an_article_read_anew_takes_the_place_of_the_older(comparing: Comparing, texts: dict[int, Text]) -> None:
    before = comparing.recall([1])[0]
    comparing.weigh(comparing.read([texts[2]]))
    comparing.weigh(comparing.read([texts[1]]))
    assert comparing.recall([1])[0] is not before
    assert list(comparing.profiles) == [2, 1]


@pytest.mark.parametrize(("a", "b", "expected"), [(1, 2, (1, 2)), (2, 1, (1, 2))])
def test_ids_of(a: int, b: int, expected: tuple[int, int]) -> None:
    assert ids_of(a, b) == expected
