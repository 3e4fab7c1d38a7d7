from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from dedupe import Article, Store, cluster, merge, resolve, split, stories, tidy, tidying, waiting
from dedupe.evaluation import compare
from dedupe.stories import Constraints
from dedupe.story_store import StoryStore

Make = Callable[..., Article]
Dump = Callable[[Store], dict[str, list[tuple[Any, ...]]]]
Told = tuple[tuple[str, Article], ...]
ALL_DAYS = 40_000


def save(store: Store, articles: Iterable[Article]) -> None:
    with store.transaction():
        for article in articles:
            store.save_article(article)


def placed(store: Store) -> dict[str, int]:
    return {row["url"]: row["story_id"] for row in store.rows("SELECT url, story_id FROM coverage_list")}


def bcubed(store: Store, told: Told) -> float:
    where = placed(store)
    return compare([where[article.url] for _, article in told], [event for event, _ in told]).bcubed_f1


def sound(store: Store) -> None:
    """Check what must hold after every pass."""
    assert waiting(store) == 0
    assert store.rows("PRAGMA foreign_key_check") == []
    counted = "SELECT count(*) FROM coverage AS c WHERE c.story_id = s.id"
    assert store.rows(f"SELECT * FROM stories AS s WHERE articles <> ({counted}) OR articles = 0") == []
    assert store.rows("SELECT * FROM story_aliases WHERE old_id IN (SELECT id FROM stories)") == []
    assert store.rows("SELECT * FROM story_links WHERE story_a >= story_b") == []


def put(store: Store, told: Told, story_of: Callable[[str, int], int]) -> dict[str, int]:
    """Cluster the demo, then put its articles into other stories, as if they had grown like that: returns the ids."""
    save(store, (article for _, article in told))
    cluster(store)
    kept, given = StoryStore(store), dict[int, int]()
    with store.transaction():
        old = set(placed(store).values())
        for at, (event, article) in enumerate(told):
            wanted = story_of(event, at)
            if wanted not in given:
                given[wanted] = kept.new_story(article.title, "2026-05-05")
            kept.cover(store.article_at([article.url]) or 0, given[wanted])
        for story_id in old:
            store.connection.execute("DELETE FROM stories WHERE id = ?", (story_id,))
        kept.summarize(given.values())
    return placed(store)


def by_event(told: Told) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for event, article in told:
        found.setdefault(event, []).append(article.url)
    return found


# --- what it mends -----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", [5, 13])
def test_what_arrived_one_by_one_is_mended(store: Store, told: Told, contents: Dump, seed: int) -> None:
    for _, article in random.Random(seed).sample(told, len(told)):
        store.save_article(article)
        cluster(store)
    before = bcubed(store, told)
    report = tidy(store, days=ALL_DAYS)
    sound(store)
    assert bcubed(store, told) >= max(before - 0.02, 0.97)
    assert (report.split + report.merged > 0) == bool(report.changes)
    kept = contents(store)
    again = tidy(store, days=ALL_DAYS)
    assert (again.split, again.merged, again.moved, again.changes) == (0, 0, 0, [])
    assert contents(store) == kept


def test_a_story_of_two_events_is_split_and_the_older_part_keeps_the_id(store: Store, told: Told) -> None:
    events = by_event(told)
    (first, one), (second, other) = [(event, urls) for event, urls in events.items() if len(urls) > 2][:2]
    numbers = {event: n for n, event in enumerate(events)} | {second: list(events).index(first)}
    before = put(store, told, lambda event, _: numbers[event])
    shared = before[one[0]]
    assert before[other[0]] == shared
    report = tidy(store, days=ALL_DAYS)
    sound(store)
    after = placed(store)
    assert bcubed(store, told) >= 0.97
    days = {article.url: (article.published_day, store.article_at([article.url])) for _, article in told}
    oldest = min([*one, *other], key=lambda url: days[url])
    assert after[oldest] == shared
    parted = other if oldest in one else one
    assert len({after[url] for url in parted}) == 1
    assert after[parted[0]] > max(before.values())
    (change,) = (change for change in report.changes if change.story_id == shared)
    assert change.given_to == (after[parted[0]],)
    assert change.leads_to == shared
    assert change.mean is not None
    assert change.mean < stories.strictness("id")
    assert report.split >= 1
    assert report.moved >= len(parted)


def test_halves_of_one_event_become_one_and_the_older_id_stays(store: Store, told: Told) -> None:
    event, urls = max(by_event(told).items(), key=lambda item: len(item[1]))
    numbers = {name: n for n, name in enumerate(by_event(told))}
    before = put(store, told, lambda name, at: 1_000 + at % 2 if name == event else numbers[name])
    halves = {before[url] for url in urls}
    assert len(halves) == 2
    report = tidy(store, days=ALL_DAYS)
    sound(store)
    assert {placed(store)[url] for url in urls} == {min(halves)}
    assert resolve(store, max(halves)) == min(halves)
    assert report.merged == 1
    assert [change.leads_to for change in report.changes if change.story_id == max(halves)] == [min(halves)]
    members = sorted(article_id for article_id, _ in StoryStore(store).members(min(halves)))
    assert all(
        store.value("SELECT 1 FROM pairs WHERE (a, b) = (?, ?)", (a, b)) for a in members for b in members if a < b
    )


def test_an_article_that_went_astray_goes_home_and_both_ids_stay(store: Store, told: Told) -> None:
    events = {event: urls for event, urls in by_event(told).items() if len(urls) > 2}
    (first, one), (second, other) = list(events.items())[:2]
    numbers = {name: n for n, name in enumerate(by_event(told))}
    astray = next(at for at, (event, _) in enumerate(told) if event == second)
    before = put(store, told, lambda name, at: numbers[first] if at == astray else numbers[name])
    report = tidy(store, days=ALL_DAYS)
    sound(store)
    after = placed(store)
    assert {after[url] for url in one} == {before[one[0]]}
    assert {after[url] for url in other} == {before[other[1]]}
    assert report.merged == 0


# --- the window, floods, decisions -------------------------------------------------------------


def test_stories_outside_the_window_stay_as_they_are(store: Store, told: Told) -> None:
    event = max(by_event(told).items(), key=lambda item: len(item[1]))[0]
    numbers = {name: n for n, name in enumerate(by_event(told))}
    before = put(store, told, lambda name, at: 1_000 + at % 2 if name == event else numbers[name])
    last = max(article.published_day for _, article in told if article.published_day)
    report = tidy(store, until=last + timedelta(days=30))
    assert (report.articles, report.changes) == (0, [])
    assert report.since == last + timedelta(days=24)
    assert placed(store) == before
    assert tidy(store, days=ALL_DAYS, until=last).merged == 1


def test_an_article_of_the_far_future_does_not_move_the_window(store: Store, make: Make) -> None:
    today = datetime.now(UTC).date()
    save(store, [make("a", "Hujan turun.", day=today.isoformat()), make("b", "Angin kencang.", day="9999-12-31")])
    cluster(store)
    report = tidy(store)
    assert report.since == today - timedelta(days=6)
    assert report.articles == 1
    assert tidy(store, days=10**9).since == date.min


def test_an_empty_store_is_tidy(store: Store) -> None:
    assert tidy(store) == tidying.TidyReport()


def test_a_flood_stands_as_it_is(store: Store, told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    events = {event: urls for event, urls in by_event(told).items() if len(urls) > 2}
    first, second = list(events)[:2]
    numbers = {name: n for n, name in enumerate(by_event(told))} | {second: list(by_event(told)).index(first)}
    before = put(store, told, lambda name, _: numbers[name])
    monkeypatch.setattr(tidying, "LOOKED_INTO", len(events[first]) + len(events[second]) - 1)
    report = tidy(store, days=ALL_DAYS)
    sound(store)
    assert report.too_big >= 1
    assert {placed(store)[url] for url in events[first] + events[second]} == {before[events[first][0]]}


def test_copies_of_a_text_stay_with_it(store: Store, make: Make) -> None:
    text = "Banjir merendam 1.240 rumah di Kecamatan Lantera, Sagara, sejak Rabu malam. " * 5
    save(store, (make("banjir", text, outlet=outlet, title="Tanggul Jebol") for outlet in ("warta", "muara", "bukit")))
    cluster(store)
    before = placed(store)
    assert tidy(store, days=ALL_DAYS).changes == []
    assert placed(store) == before


def test_what_editors_bound_and_parted_is_left_alone(store: Store, told: Told) -> None:
    events = {event: urls for event, urls in by_event(told).items() if len(urls) > 2}
    (first, one), (second, other) = list(events.items())[:2]
    numbers = {name: n for n, name in enumerate(by_event(told))} | {second: list(by_event(told)).index(first)}
    before = put(store, told, lambda name, _: numbers[name])
    ids = [store.article_at([url]) or 0 for url in (one[0], other[0])]
    bound = Constraints(block_of=dict.fromkeys(ids, ids[0]))
    tidy(store, days=ALL_DAYS, constraints=bound)
    sound(store)
    after = placed(store)
    assert after[one[0]] == after[other[0]]
    assert tidy(store, days=ALL_DAYS, constraints=bound).changes == []
    parted = Constraints(block_of={i: i for i in ids}, apart=frozenset({(min(ids), max(ids))}))
    tidy(store, days=ALL_DAYS, constraints=parted)
    sound(store)
    assert placed(store)[one[0]] != placed(store)[other[0]]
    two = [store.article_at([url]) or 0 for url in one[:2]]
    apart = Constraints(block_of={i: i for i in two}, apart=frozenset({(min(two), max(two))}))
    tidy(store, days=ALL_DAYS, constraints=apart)
    sound(store)
    assert placed(store)[one[0]] != placed(store)[one[1]]
    assert resolve(store, before[one[0]]) is not None


def test_decisions_of_the_store_hold_without_being_handed_over(store: Store, told: Told) -> None:
    save(store, (article for _, article in told))
    cluster(store)
    events = [urls for urls in by_event(told).values() if len(urls) > 2]
    where = placed(store)
    merge(store, where[events[0][0]], where[events[1][0]], by="Ana", why="one thing")
    parted = store.article_at([events[2][0]]) or 0
    split(store, where[events[2][0]], [parted], by="Ana", why="another thing")
    tidy(store, days=ALL_DAYS)
    sound(store)
    after = placed(store)
    assert len({after[url] for url in events[0] + events[1]}) == 1
    assert after[events[2][0]] not in {after[url] for url in events[2][1:]}


def test_a_pass_that_is_killed_leaves_nothing_behind(
    store: Store, told: Told, contents: Dump, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = {name: n % 9 for n, name in enumerate(by_event(told))}
    put(store, told, lambda name, _: numbers[name])
    before = contents(store)
    with monkeypatch.context() as killed:
        killed.setattr(StoryStore, "summarize", lambda *_: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            tidy(store, days=ALL_DAYS)
    assert contents(store) == before
    tidy(store, days=ALL_DAYS)
    sound(store)
    assert bcubed(store, told) >= 0.97
