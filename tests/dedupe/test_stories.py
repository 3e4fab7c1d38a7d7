from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe import scoring, stories

Pairs = Mapping[tuple[int, int], float]


def grown(
    groups: list[list[int]], pairs: Pairs, *, dated: bool = True, known: Pairs | None = None, language: str = ""
) -> set[frozenset[int]]:
    """The clusters that grow from these groups; scores not in `known` are 0."""
    everything = {**pairs, **(known or {})}
    clusters = [stories.Cluster(list(group), dated, language) for group in groups]

    def score(one: int, others: Sequence[int]) -> list[float]:
        return [everything.get((min(one, other), max(one, other)), 0.0) for other in others]

    return {frozenset(cluster.members) for cluster in stories.Growth(clusters, pairs, score).run()}


AT = scoring.OTHER
MERGE = AT.dated * AT.merge
JUST, LESS = AT.dated + 0.001, AT.dated - 0.001


@pytest.mark.parametrize(
    ("groups", "pairs", "expected"),
    [
        ([[1], [2]], {}, [{1}, {2}]),
        ([[1], [2]], {(1, 2): JUST}, [{1, 2}]),
        ([[1], [2]], {(1, 2): LESS}, [{1}, {2}]),
        ([[1], [2], [3]], {(1, 2): 0.9, (2, 3): JUST}, [{1, 2}, {3}]),
        ([[1], [2], [3]], {(1, 2): 0.9, (2, 3): 2 * JUST}, [{1, 2, 3}]),
        ([[1, 2], [3, 4]], {(1, 3): 0.9}, [{1, 2}, {3, 4}]),
        ([[1, 2], [3, 4]], dict.fromkeys(((1, 3), (1, 4), (2, 3), (2, 4)), MERGE), [{1, 2, 3, 4}]),
        ([[1, 2], [3, 4]], dict.fromkeys(((1, 3), (1, 4), (2, 3), (2, 4)), MERGE - 0.01), [{1, 2}, {3, 4}]),
        ([[1]], {(1, 99): 0.9, (98, 99): 0.9}, [{1}]),
    ],
)
def test_average_linkage(groups: list[list[int]], pairs: Pairs, expected: list[set[int]]) -> None:
    assert grown(groups, pairs) == {frozenset(group) for group in expected}


def test_a_missing_day_asks_for_more() -> None:
    score = (AT.dated + AT.undated) / 2
    assert grown([[1], [2]], {(1, 2): score}) == {frozenset({1, 2})}
    assert grown([[1], [2]], {(1, 2): score}, dated=False) == {frozenset({1}), frozenset({2})}


def test_scores_that_were_no_candidates_are_learnt_before_a_join() -> None:
    pairs = {(1, 2): 0.9, (2, 3): JUST}
    assert grown([[1], [2], [3]], pairs, known={(1, 3): JUST}) == {frozenset({1, 2, 3})}
    assert grown([[1], [2], [3]], pairs, known={(1, 3): -0.1}) == {frozenset({1, 2}), frozenset({3})}


def test_a_chain_of_strong_links_makes_no_one_story() -> None:
    chain = {(n, n + 1): 1.4 * AT.dated for n in range(1, 40)}
    assert max(map(len, grown([[n] for n in range(1, 41)], chain))) <= 4


@pytest.mark.parametrize("language", [*sorted(scoring.THRESHOLDS), ""])
def test_every_language_has_thresholds_that_ask_more_of_less(language: str) -> None:
    at = scoring.thresholds(language)
    assert 0 < stories.PAIR_FLOOR < stories.LEAST <= at.dated <= at.undated < 1 < at.merge
    just, less = {(1, 2): at.dated + 0.001}, {(1, 2): at.dated - 0.001}
    assert len(grown([[1], [2]], just, language=language)) == 1
    assert len(grown([[1], [2]], less, language=language)) == 2


def test_two_languages_are_joined_by_the_stricter() -> None:
    lax, strict = sorted(("en", "id"), key=stories.strictness)
    pairs = {(1, 2): (stories.strictness(lax) + stories.strictness(strict)) / 2}
    for languages, expected in (((lax, lax), 1), ((lax, strict), 2), ((strict, lax), 2), ((strict, strict), 2)):
        clusters = [stories.Cluster([n], is_dated=True, language=code) for n, code in enumerate(languages, 1)]
        assert len(list(stories.Growth(clusters, pairs, lambda _, others: [0.0] * len(others)).run())) == expected


def test_great_stories_are_joined_by_some_scores_not_by_all() -> None:
    asked: list[int] = []

    def score(_: int, others: Sequence[int]) -> list[float]:
        asked.extend(others)
        return [0.9] * len(others)

    groups = [stories.Cluster(list(range(start, start + 500)), is_dated=True) for start in (0, 500, 1000)]
    found = list(stories.Growth(groups, {(0, 500): 0.9, (500, 1000): 0.9}, score).run())
    assert [len(one.members) for one in found] == [1500]
    assert len(asked) <= 3 * stories.SCORES_ENOUGH


@st.composite
def scored_pairs(draw: st.DrawFn) -> Pairs:
    """Scores of some pairs of eight articles, no two the same."""
    pairs = list(combinations(range(8), 2))
    values = draw(st.permutations([n / len(pairs) for n in range(len(pairs))]))
    return {pair: value for pair, value in zip(pairs, values, strict=True) if draw(st.booleans())}


@given(scored_pairs(), st.randoms(use_true_random=False))
def test_growth_is_a_partition_and_the_order_of_arrival_does_not_matter(pairs: Pairs, chance: random.Random) -> None:
    found = grown([[n] for n in range(8)], pairs)
    assert sorted(member for group in found for member in group) == list(range(8))
    groups, shuffled = [[n] for n in range(8)], list(pairs.items())
    chance.shuffle(groups)
    chance.shuffle(shuffled)
    assert grown(groups, dict(shuffled)) == found


@given(scored_pairs())
def test_no_two_stories_that_fit_are_left_apart(pairs: Pairs) -> None:
    for one, other in combinations(grown([[n] for n in range(8)], pairs), 2):
        scores = [pairs.get((min(a, b), max(a, b)), 0.0) for a in one for b in other]
        threshold = AT.dated if 1 in {len(one), len(other)} else MERGE
        assert sum(scores) / len(scores) < threshold + 1e-9


def test_the_members_nearest_in_time_stand_for_a_story() -> None:
    members = [(article_id, article_id % 50) for article_id in range(500)]
    found = stories.nearest(members, 7)
    assert len(found) == stories.MEMBERS_COMPARED
    assert found[:3] == [7, 57, 107]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({}, {1: 5}, {}),
        ({1: 3, 2: 3, 3: 4}, {1: 9, 2: 9, 3: 9}, {9: 3}),
        ({1: 3, 2: 3, 3: 3}, {1: 8, 2: 9, 3: 9}, {9: 3}),
        ({1: 3, 2: 4}, {1: 9, 2: 9}, {9: 3}),
        ({1: 3, 2: 3}, {1: 8, 2: 9}, {8: 3}),
        ({1: 3, 2: 3, 3: 4}, {1: 8, 2: 8, 3: 8, 4: 9}, {8: 3}),
    ],
)
def test_heirs(old: dict[int, int], new: dict[int, int], expected: dict[int, int]) -> None:
    assert stories.heirs(old, new) == expected


@given(st.dictionaries(st.integers(0, 20), st.integers(0, 5)), st.dictionaries(st.integers(0, 20), st.integers(10, 15)))
def test_an_id_has_one_heir_and_shares_an_article_with_it(old: dict[int, int], new: dict[int, int]) -> None:
    found = stories.heirs(old, new)
    assert len(set(found.values())) == len(found)
    assert all(any(old.get(i) == old_id and new[i] == new_id for i in new) for new_id, old_id in found.items())
