"""The text that benches and a few tests are made of."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import islice
from types import ModuleType

import pytest

from dedupe import Store, cluster
from dedupe.evaluation import compare
from dedupe.words import prior, words


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_same_arguments_give_the_same_articles(generated: ModuleType, language: str) -> None:
    once = list(generated.articles(60, language=language, seed=3))
    assert once == list(generated.articles(60, language=language, seed=3))
    assert once != list(generated.articles(60, language=language, seed=4))


def test_articles_are_whole_and_in_the_order_of_their_time(generated: ModuleType) -> None:
    made = list(generated.articles(1_200, days=30, outlets=9))
    assert len({article.url for article in made}) == len(made) == 1_200
    assert len({article.outlet for article in made}) == 9
    times = [article.published_at for article in made]
    assert times == sorted(times)
    assert (times[-1] - times[0]).days == 29
    assert all(article.body[q.start : q.end] == q.text for article in made for q in article.quotes)
    assert 250 < sum(len(words(article.body)) for article in made) / len(made) < 350


def test_events_are_small_near_in_time_and_told_by_several(generated: ModuleType) -> None:
    events = defaultdict(list)
    for article in generated.articles(3_000, days=30):
        events[generated.event_of(article)].append(article)
    sizes = Counter(map(len, events.values()))
    assert set(sizes) == set(range(1, 7))
    assert 0.3 < sum(size * n for size, n in sizes.items() if size > 1) / 3_000 < 0.6
    assert all((told[-1].published_at - told[0].published_at).days <= 2 for told in events.values())


def test_words_stand_as_often_as_the_table_says(generated: ModuleType) -> None:
    made = list(generated.articles(500))
    seen = Counter(word for article in made for word in set(words(article.body)))
    common = list(islice(prior("id").items(), 5, 60))
    assert sum(abs(seen[word] / 500 - share) for word, share in common) / len(common) < 0.15


def test_stories_find_the_generated_events(generated: ModuleType, store: Store) -> None:
    made = list(generated.articles(300, days=6))
    with store.transaction():
        for article in made:
            store.save_article(article)
    cluster(store)
    rows = store.rows("SELECT u.url, c.story_id FROM article_urls AS u JOIN coverage AS c USING (article_id)")
    placed = {row["url"]: row["story_id"] for row in rows}
    agreed = compare([placed[article.url] for article in made], [generated.event_of(article) for article in made])
    assert agreed.bcubed_f1 > 0.97
