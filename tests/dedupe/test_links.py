from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe import Article, Store, bands, cluster, coverage, links
from dedupe.comparing import Comparing
from dedupe.link_store import LinkStore, Medoid, StoryLink, ends_of, redirect_links
from dedupe.scoring import LINKS
from dedupe.story_store import StoryStore
from dedupe.verify import FEATURES

Make = Callable[..., Article]
Dump = Callable[[Store], dict[str, list[tuple[Any, ...]]]]
Told = tuple[tuple[str, Article], ...]


def save(store: Store, articles: Sequence[Article]) -> None:
    with store.transaction():
        for article in articles:
            store.save_article(article)


def linked(store: Store) -> dict[tuple[int, int], str]:
    return {(row["story_a"], row["story_b"]): row["kind"] for row in store.rows("SELECT * FROM story_links")}


def linked_events(store: Store, told: Told) -> set[frozenset[str]]:
    """The events whose stories are linked."""
    story_of = {row["url"]: row["story_id"] for row in store.rows("SELECT url, story_id FROM coverage_list")}
    event_of = {story_of[article.url]: event for event, article in told}
    return {frozenset({event_of[a], event_of[b]}) for a, b in linked(store)}


def sound(store: Store) -> None:
    """Check what must hold of links at any time."""
    assert store.rows("PRAGMA foreign_key_check") == []
    assert store.rows("SELECT * FROM story_links WHERE story_a >= story_b") == []
    ends = Counter(story_id for pair in linked(store) for story_id in pair)
    assert all(number <= links.MOST_LINKS for number in ends.values())


# --- scores and kinds --------------------------------------------------------------------------


def test_days_between_two_stories_leave_their_topic_score_alone() -> None:
    values = np.full(len(FEATURES), 0.4)
    near, far = values.copy(), values.copy()
    near[FEATURES.index("days")], far[FEATURES.index("days")] = 0, 13
    assert links.topic_score(near) == links.topic_score(far)
    assert 0 < links.topic_score(np.zeros(len(FEATURES))) < links.topic_score(near) < 1


def medoid(day: int, story_id: int = 1) -> Medoid:
    return Medoid(story_id, story_id, day, "id", bands.EMPTY)


@pytest.mark.parametrize(
    ("days", "score", "kind"),
    [
        (1, LINKS.next_development, "next_development"),
        (-links.NEXT_DAYS, 0.99, "next_development"),
        (links.NEXT_DAYS + 1, 0.99, "same_topic"),
        (0, 0.99, "same_topic"),
        (1, LINKS.next_development - 0.01, "same_topic"),
        (9, LINKS.same_topic, "same_topic"),
        (0, LINKS.same_topic - 0.01, None),
    ],
)
def test_kinds_of_links(days: int, score: float, kind: str | None) -> None:
    assert links.kind_of(medoid(700), medoid(700 + days), score) == kind
    assert links.kind_of(medoid(700 + days), medoid(700), score) == kind


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=40))
def test_those_that_meet_often(meetings: list[tuple[int, int]]) -> None:
    who, whom = (np.array([pair[side] for pair in meetings], dtype=np.int64) for side in (0, 1))
    often = [pair for pair, times in Counter(meetings).items() for _ in range(times) if times >= links.BANDS_SHARED]
    one, other = links.met_often(who, whom)
    assert sorted(zip(one.tolist(), other.tolist(), strict=True)) == sorted(often)


# --- the demo's running stories ----------------------------------------------------------------


@pytest.mark.parametrize("batch", [1_000, 7])
def test_next_developments_are_linked_and_not_merged(store: Store, told: Told, batch: int) -> None:
    articles = [article for _, article in told]
    for start in range(0, len(articles), batch):
        save(store, articles[start : start + batch])
        cluster(store)
        sound(store)
    found = linked_events(store, told)
    assert frozenset({"port-corruption-arrest", "port-corruption-trial"}) in found
    assert len(found) < 8


def test_a_story_shows_the_stories_that_it_is_linked_to(store: Store, told: Told) -> None:
    save(store, [article for _, article in told])
    cluster(store)
    for a, b in linked(store):
        for one, other in ((a, b), (b, a)):
            shown = coverage(store, one)
            assert shown is not None
            assert other in {link.story_id for link in shown.linked}
    assert store.value("SELECT count(*) FROM story_links_list") == 2 * len(linked(store))


def test_clustering_twice_and_a_rebuild_leave_the_links(store: Store, told: Told, contents: Dump) -> None:
    save(store, [article for _, article in told])
    cluster(store)
    before = contents(store)["story_links"]
    assert before
    cluster(store)
    assert contents(store)["story_links"] == before
    store.connection.execute("UPDATE story_links SET since = '2001-01-01T00:00:00Z'")
    cluster(store, rebuild=True)
    sound(store)
    after = contents(store)["story_links"]
    ends = {row[:2] for row in before}
    assert {row[:2] for row in after} >= ends
    assert {row[-1] for row in after if row[:2] in ends} == {"2001-01-01T00:00:00Z"}


def test_links_follow_what_an_article_tells_now(store: Store, told: Told, make: Make) -> None:
    save(
        store, [article for event, article in told if event in {"flood-sagara", "aid-sagara", "port-corruption-trial"}]
    )
    save(store, [article for event, article in told if event == "port-corruption-arrest"][:1])
    cluster(store)
    (arrest,) = (
        article for event, article in told if event == "port-corruption-arrest" and store.article_at([article.url])
    )
    assert frozenset({"port-corruption-arrest", "port-corruption-trial"}) in linked_events(store, told_of(store, told))
    body = "Seekor paus abu-abu terdampar lalu berenang lagi ke laut lepas setelah ditunggui para penyelam semalaman."
    save(store, [make("x", body, url=arrest.url, outlet=arrest.outlet, title="Paus Pulang ke Laut")])
    cluster(store)
    sound(store)
    assert frozenset({"port-corruption-arrest", "port-corruption-trial"}) not in linked_events(
        store, told_of(store, told)
    )


def told_of(store: Store, told: Told) -> Told:
    """The articles that are in the store, with their events."""
    return tuple((event, article) for event, article in told if store.article_at([article.url]) is not None)


# --- redirects, caps, floods -------------------------------------------------------------------


def stories(store: Store, make: Make, count: int) -> None:
    """As many stories of one article each, ids from 1."""
    save(store, [make(f"a{n}", f"kata{n} " * 30, title=f"Judul {n}") for n in range(count)])
    kept = StoryStore(store)
    with store.transaction():
        for number in range(1, count + 1):
            kept.cover(number, kept.new_story(f"Judul {number}", "2026-05-05"))


def test_links_of_a_merged_story_lead_to_the_survivor(store: Store, make: Make) -> None:
    stories(store, make, 4)
    kept = LinkStore(store)
    kept.replace({}, {ends: StoryLink("same_topic", 0.5) for ends in ((1, 2), (2, 3), (2, 4), (1, 4))})
    redirect_links(store, 3, 2)
    assert set(linked(store)) == {(1, 3), (3, 4), (1, 4)}
    StoryStore(store).merge(1, 3)
    assert set(linked(store)) == {(1, 4)}
    StoryStore(store).merge(1, 4)
    assert linked(store) == {}


@given(seed=st.integers(0, 10_000))
def test_no_story_keeps_more_links_than_it_may(seed: int) -> None:
    pick = random.Random(seed)
    wanted = {ends_of(*pick.sample(range(9), 2)): pick.random() for _ in range(25)}
    kept = Kept(dict(wanted))
    kept.prune(range(9), 3)
    ends = Counter(story_id for pair in kept.links for story_id in pair)
    assert all(number <= 3 for number in ends.values())
    assert not kept.links or max(wanted.values()) == max(kept.links.values())


class Kept(LinkStore):
    """Links in memory, to try pruning many times."""

    def __init__(self, found: dict[tuple[int, int], float]) -> None:
        self.links = found
        super().__init__(self)  # type: ignore[arg-type]

    @property
    def connection(self) -> Kept:
        return self

    def rows_in(self, sql: str, _values: object) -> list[dict[str, Any]]:
        turn = 1 if sql.startswith("SELECT story_a") else -1
        return [dict(zip(("one", "other"), ends[::turn], strict=True), score=s) for ends, s in self.links.items()]

    def executemany(self, _sql: str, gone: list[tuple[int, int]]) -> None:
        self.links = {ends: score for ends, score in self.links.items() if ends not in set(gone)}


def test_a_flood_of_stories_of_one_topic_is_compared_with_few_each(
    store: Store, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dedupe.stories.thresholds", lambda _: unreachable())
    bodies = (
        f"Banjir merendam Kecamatan Lantera di Sagara, tanggul Kali Sewu jebol, kata Darma{n}." for n in range(120)
    )
    save(store, [make(f"b{n}", body, title=f"Tanggul Kali Sewu Jebol {n}") for n, body in enumerate(bodies)])
    cluster(store)
    sound(store)
    kept = StoryStore(store)
    linking = links.Linking(kept, Comparing(kept.counts, kept.texts))
    compared = linking.candidates(linking.links.medoids(kept.story_ids()))
    assert 0 < len(compared) <= 120 * links.STORIES_COMPARED


def unreachable() -> Any:
    from dedupe.scoring import Thresholds  # noqa: PLC0415 - the one test that needs it

    return Thresholds(9, 9, 1)


def test_articles_without_words_are_linked_to_nothing(store: Store, make: Make) -> None:
    save(store, [make(f"c{n}", "", title="", day=day) for n, day in enumerate((None, "0001-01-01", "9999-12-31"))])
    cluster(store)
    sound(store)
    assert linked(store) == {}
