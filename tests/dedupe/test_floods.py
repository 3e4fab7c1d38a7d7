"""Hostile heaps of pages: no story swallows others, no step grows with the square, the report names what was cut."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence

import pytest

from dedupe import Article, ClusterReport, Store, cluster
from dedupe.evaluation import compare
from dedupe.profile import Profile
from dedupe.verify import Comparer, Values

Make = Callable[..., Article]
Told = tuple[tuple[str, Article], ...]
SYLLABLES = ("ba", "di", "gu", "ka", "lo", "mi", "nu", "ra", "se", "ti", "wa", "yo")


def said(count: int, chance: random.Random) -> list[str]:
    """So many words, hardly one twice."""
    return ["".join(chance.choices(SYLLABLES, k=4)) for _ in range(count)]


def clustered(store: Store, articles: Sequence[Article]) -> ClusterReport:
    with store.transaction():
        for article in articles:
            store.save_article(article)
    return cluster(store)


def sizes(store: Store, where: str = "coverage", what: str = "story_id") -> list[int]:
    """How many articles each story, or family, has, the largest first."""
    return sorted(Counter(row[0] for row in store.rows(f"SELECT {what} FROM {where}")).values(), reverse=True)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each pair whose features were measured while clustering."""
    calls: list[int] = []
    original = Comparer.measure_pairs

    def counted(self: Comparer, profiles: Sequence[Profile], pairs: Sequence[tuple[int, int]]) -> Values:
        calls.extend(later for _, later in pairs)
        return original(self, profiles, pairs)

    monkeypatch.setattr(Comparer, "measure_pairs", counted)
    return calls


def test_pages_that_differ_in_a_word_are_measured_about_once(store: Store, make: Make, measured: list[int]) -> None:
    chance = random.Random(1)
    base = said(100, chance)
    pages = []
    for n in range(1_500):
        words = list(base)
        words[chance.randrange(100)] = f"lain{n}"
        pages.append(make(str(n), " ".join(words), title="Tanggul Jebol", outlet=f"o{n % 9}"))
    report = clustered(store, pages)
    assert sizes(store) == [1_500]
    assert sum(sizes(store, "family_members", "family_id")) == 1_500
    assert report.near_copies > 1_400
    assert report.pairs < 2 * 1_500
    assert len(measured) < 3 * 1_500
    assert store.value("SELECT count(*) FROM bands") < 10 * 1_500


def test_identical_pages_are_measured_once(store: Store, make: Make, measured: list[int]) -> None:
    body = " ".join(said(100, random.Random(2)))
    report = clustered(store, [make(str(n), body, title="Tanggul Jebol") for n in range(1_000)])
    assert sizes(store) == [1_000]
    assert report.copies == report.pairs == 999
    assert len(measured) == 999


def test_notices_from_one_mould_are_not_one_story(store: Store, make: Make) -> None:
    chance = random.Random(3)
    mould = said(250, chance)
    pages = [
        make(str(n), " ".join([*own[:25], *mould, *own[25:]]), title=" ".join(own[:5]).title())
        for n, own in enumerate(said(60, chance) for _ in range(300))
    ]
    report = clustered(store, pages)
    assert sizes(store)[0] <= 30
    assert report.candidates_left > 0
    assert report.near_copies == 0


def test_a_drifting_chain_is_cut(store: Store, make: Make) -> None:
    chance = random.Random(4)
    words, pages = said(200, chance), []
    for n in range(150):
        start = chance.randrange(180)
        words[start : start + 20] = said(20, chance)
        pages.append(make(str(n), " ".join(words), title=" ".join(words[start : start + 5]), day="2026-05-05"))
    chance.shuffle(pages)
    clustered(store, pages)
    assert 3 < sizes(store)[0] <= 40
    assert 3 < sizes(store, "family_members", "family_id")[0] <= 40


def test_an_outlet_that_reprints_everything_joins_no_two_stories(store: Store, told: Told, make: Make) -> None:
    copies = [
        make(f"salinan-{n}", article.body, outlet="salin", title=article.title, language=article.language,
             day=article.published_day.isoformat() if article.published_day else None)
        for n, (_, article) in enumerate(told)
    ]  # fmt: skip
    report = clustered(store, [*(article for _, article in told), *copies])
    where = {row["url"]: row["story_id"] for row in store.rows("SELECT url, story_id FROM coverage_list")}
    found = compare([where[a.url] for _, a in told], [event for event, _ in told])
    assert found.bcubed_precision >= 0.99
    assert found.bcubed_f1 >= 0.93  # 80 articles told twice make every word of theirs less rare
    beside = [where[a.url] == where[copy.url] for (_, a), copy in zip(told, copies, strict=True)]
    assert sum(beside) >= len(beside) - 1
    assert report.copies >= len(told) - 5


def test_keyword_soup_spoils_no_story(store: Store, told: Told, make: Make) -> None:
    chance = random.Random(5)
    known = [word for _, article in told for word in f"{article.title} {article.body}".split()]
    soup = [
        make(
            f"sup-{n}", " ".join(chance.choices(known, k=300)), outlet="sup", title=" ".join(chance.choices(known, k=9))
        )
        for n in range(300)
    ]
    clustered(store, [*(article for _, article in told), *soup])
    where = {row["url"]: row["story_id"] for row in store.rows("SELECT url, story_id FROM coverage_list")}
    assert compare([where[a.url] for _, a in told], [event for event, _ in told]).bcubed_f1 >= 0.95
    assert sizes(store)[0] <= 30


def test_a_large_story_stores_a_few_pairs_an_article(store: Store, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dedupe.clustering.PAIRS_INSIDE", 3)
    chance = random.Random(6)
    event = said(60, chance)
    pages = [
        make(str(n), " ".join(chance.sample(event, 50) + said(20, chance)), title=" ".join(event[:5]), outlet=f"o{n}")
        for n in range(120)
    ]
    report = clustered(store, pages)
    assert report.pairs_left > 0
    assert sizes(store) == [120]
    assert report.pairs <= 23 * 120
