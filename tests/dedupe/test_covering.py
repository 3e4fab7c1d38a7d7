from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from dedupe import Article, Store, cluster, coverage, resolve, story_list
from dedupe.covering import StoryPair, independent

Make = Callable[..., Article]
WIRE = (
    "Gempa bumi berkekuatan 5,4 mengguncang laut di selatan Tanjung Pelita, Kamis pagi. Tidak ada laporan kerusakan.\n"
    "“Getarannya terasa sampai ke pelabuhan, tetapi warga tetap tenang,” kata Kepala Pos Pemantau Darmawan Sitanggu.\n"
    "Pos pemantau mencatat dua gempa susulan yang lebih kecil sampai pukul sepuluh."
)


@pytest.fixture
def quake(store: Store, make: Make) -> Store:
    """One story: a wire text, a reprint of it, and a report of another outlet."""
    other = (
        "Warga Muara Jati merasakan gempa berkekuatan 5,4 dari laut selatan Tanjung Pelita pada Kamis pagi.\n"
        "“Getarannya terasa ke pelabuhan, tetapi warga tenang,” ujar Darmawan.\nSekolah Dermaga tetap buka."
    )
    at = datetime(2026, 5, 7, 3, tzinfo=UTC)
    store.save_article(make("late", WIRE, outlet="muara", title="Gempa 5,4 Guncang Tanjung Pelita", day="2026-05-08"))
    store.save_article(
        make("first", WIRE, outlet="pesisir", title="Gempa 5,4 di Tanjung Pelita", day="2026-05-07", published_at=at)
    )
    store.save_article(make("own", other, outlet="bukit", title="Gempa Tanjung Pelita Terasa", day="2026-05-07"))
    store.save_article(make("else", "Panen padi melimpah di lereng utara.", title="Panen Padi", day="2026-05-07"))
    cluster(store)
    return store


def test_a_story_in_full(quake: Store) -> None:
    story_id = next(line.story_id for line in story_list(quake))
    found = coverage(quake, story_id)
    assert found is not None
    assert (found.outlets, found.articles, found.independent_texts) == (3, 3, 2)
    assert [one.outlet for one in found.coverage] == ["bukit", "pesisir", "muara"]
    by_outlet = {one.outlet: one for one in found.coverage}
    assert by_outlet["muara"].shares_text_with == (by_outlet["pesisir"].article_id,)
    assert by_outlet["bukit"].shares_text_with == ()
    assert [len(utterance.wordings) for utterance in found.quotations] == [3]
    assert found.own[by_outlet["bukit"].article_id].facts == ("dermaga", "muara jati")
    assert len(found.pairs) == 3
    assert all(pair.score > 0 for pair in found.pairs)


def test_the_list_shows_stories_that_several_outlets_cover(quake: Store) -> None:
    (line,) = story_list(quake)
    assert line.outlets == ("bukit", "pesisir", "muara")
    assert (line.first_day, line.last_day, line.articles, line.independent_texts) == ("2026-05-07", "2026-05-08", 3, 2)
    assert len(story_list(quake, least_outlets=1)) == 2
    assert story_list(quake, most=0) == []


@pytest.mark.parametrize("story_id", [0, -1, 999_999, 2**62])
def test_a_story_that_never_was(quake: Store, story_id: int) -> None:
    assert resolve(quake, story_id) is None
    assert coverage(quake, story_id) is None


@pytest.mark.parametrize(
    ("ids", "same_text", "expected"),
    [
        ([], [], 0),
        ([1], [], 1),
        ([1, 2, 3], [(1, 2)], 2),
        ([1, 2, 3, 4], [(1, 2), (3, 4), (2, 3)], 1),
        ([1, 2, 3], [(1, 2), (1, 2), (2, 1)], 2),
    ],
)
def test_independent_texts(ids: list[int], same_text: list[tuple[int, int]], expected: int) -> None:
    pairs = [StoryPair(a, b, "same_text", 1.0) for a, b in same_text]
    assert independent(ids, [*pairs, *(StoryPair(a, b, "same_story", 0.9) for a in ids for b in ids)]) == expected


def test_a_chain_of_reprints_needs_no_recursion() -> None:
    chain = [StoryPair(n, n + 1, "same_text", 1.0) for n in range(20_000)]
    assert independent(range(20_001), chain) == 1
