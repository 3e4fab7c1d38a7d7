from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe import Article, Store, cluster, evaluate
from dedupe.evaluation import compare, harmonic, intervals, items

Make = Callable[..., Article]
LABELS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=25)

# found, truth -> BCubed P, R; pairwise P, R; ARI: each worked out by hand
TABLE = [
    ("AABB", "xxyy", 1, 1, 1, 1, 1),
    ("AAAA", "xxyy", 1 / 2, 1, 2 / 6, 1, 0),
    ("ABCD", "xxyy", 1, 1 / 2, 1, 0, 0),
    # items 1-3 A, 4-5 B; truth 1-2 x, 3-5 y. Precision: 2/3, 2/3, 1/3, 1, 1; recall: 1, 1, 1/3, 2/3, 2/3.
    ("AAABB", "xxyyy", 11 / 15, 11 / 15, 2 / 4, 2 / 4, (2 - 1.6) / (4 - 1.6)),
    # Amigo et al. 2009: one big mixed group besides two whole ones.
    ("AAABBC", "xxyyyz", 14 / 18, 14 / 18, 2 / 4, 2 / 4, (2 - 16 / 15) / (4 - 16 / 15)),
    ("A", "x", 1, 1, 1, 1, 1),
    ("", "", 0, 0, 1, 1, 1),
    ("ABC", "xyz", 1, 1, 1, 1, 1),
]


@pytest.mark.parametrize(("found", "truth", "bp", "br", "pp", "pr", "ari"), TABLE)
def test_compare(found: str, truth: str, bp: float, br: float, pp: float, pr: float, ari: float) -> None:
    result = compare(found, truth)
    assert (result.bcubed_precision, result.bcubed_recall) == pytest.approx((bp, br))
    assert (result.pairwise_precision, result.pairwise_recall) == pytest.approx((pp, pr))
    assert result.ari == pytest.approx(ari)
    assert result.bcubed_f1 == pytest.approx(harmonic(bp, br))
    assert result.biggest_story == max(map(found.count, found), default=0)


@given(st.lists(st.integers(0, 4), min_size=1, max_size=25))
def test_equal_groupings_agree_fully_whatever_their_labels(labels: list[int]) -> None:
    result = compare(labels, [f"story {label}" for label in labels])
    shares = (result.bcubed_f1, result.pairwise_precision, result.pairwise_recall, result.pairwise_f1, result.ari)
    assert shares == pytest.approx((1, 1, 1, 1, 1))


@given(LABELS)
def test_turned_around_precision_is_recall_and_ari_the_same(labels: list[tuple[int, int]]) -> None:
    one, other = [a for a, _ in labels], [b for _, b in labels]
    there, back = compare(one, other), compare(other, one)
    assert there.ari == pytest.approx(back.ari)
    assert there.bcubed_precision == pytest.approx(back.bcubed_recall)
    assert there.pairwise_precision == pytest.approx(back.pairwise_recall)
    assert there.bcubed_f1 == pytest.approx(back.bcubed_f1)


@given(LABELS)
def test_each_figure_lies_in_its_range(labels: list[tuple[int, int]]) -> None:
    found = compare([a for a, _ in labels], [b for _, b in labels])
    shares = (found.bcubed_precision, found.bcubed_recall, found.bcubed_f1, found.pairwise_f1)
    assert all(0 <= share <= 1 + 1e-9 for share in shares)
    assert -0.5 - 1e-9 <= found.ari <= 1 + 1e-9


def test_groupings_of_different_length_are_a_bug() -> None:
    with pytest.raises(ValueError, match="zip"):
        compare([1, 2], [1])


def test_a_gold_file_is_matched_by_any_address(store: Store, make: Make) -> None:
    text = "Banjir merendam Kecamatan Lantera di Sagara sejak malam, ribuan warga mengungsi ke balai desa."
    store.save_article(make("a", text, title="Banjir Lantera", addresses=("https://warta.example/a/amp",)))
    store.save_article(make("b", text, title="Banjir Lantera", outlet="muara"))
    store.save_article(make("c", "Panen padi melimpah di lereng utara bulan ini.", title="Panen Padi"))
    cluster(store)
    gold = [
        {"url": "https://warta.example/a/amp", "story": "banjir"},
        {"url": "https://muara.example/b", "story": "banjir"},
        {"url": "https://warta.example/c", "story": "panen"},
        {"url": "https://warta.example/never", "story": "panen"},
    ]
    result = evaluate(store, gold)
    assert result.articles == 3
    assert result.missing == ("https://warta.example/never",)
    assert result.bcubed_f1 == result.pairwise_f1 == result.ari == 1
    assert result.biggest_story == 2


def test_before_clustering_every_article_is_its_own_story(store: Store, make: Make) -> None:
    store.save_article(make("a"))
    store.save_article(make("b"))
    gold = [{"url": f"https://warta.example/{slug}", "story": "x"} for slug in "ab"]
    assert evaluate(store, gold).bcubed_recall == 0.5


@given(LABELS.filter(bool))
def test_intervals_lie_around_and_within_0_and_1(labels: list[tuple[int, int]]) -> None:
    found, truth = [a for a, _ in labels], [b for _, b in labels]
    for low, high in intervals(found, truth, resamples=20):
        assert 0 <= low <= high <= 1 + 1e-9


def test_the_interval_of_a_perfect_grouping_is_a_point() -> None:
    assert intervals("AABBC", "xxyyz", resamples=50) == ((1, 1), (1, 1))


def test_intervals_hold_the_figure_and_narrow_with_more_events() -> None:
    found, truth = zip(*((n // 3, n // 2) for n in range(600)), strict=True)
    few, many = (intervals(found[:size], truth[:size]) for size in (60, 600))
    result = compare(found, truth)
    assert many[0][0] < result.bcubed_f1 < many[0][1]
    assert many[1][0] < result.pairwise_f1 < many[1][1]
    assert many[0][1] - many[0][0] < few[0][1] - few[0][0]
    assert intervals(found, truth) == many, "the same seed draws the same"


def test_of_nothing_nothing_is_known() -> None:
    assert intervals([], []) == ((0, 0), (0, 0))


@given(LABELS)
def test_shares_of_items_add_up_to_bcubed(labels: list[tuple[int, int]]) -> None:
    found, truth = [a for a, _ in labels], [b for _, b in labels]
    counted = items(found, truth)
    result = compare(found, truth)
    assert (counted[:, 0] / counted[:, 1]).sum() == pytest.approx(result.bcubed_precision * len(labels))
    assert (counted[:, 0] / counted[:, 2]).sum() == pytest.approx(result.bcubed_recall * len(labels))
