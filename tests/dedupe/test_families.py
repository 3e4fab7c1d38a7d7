from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe import Article, Store, cluster, coverage
from dedupe.kinship import kinship, share_text
from dedupe.profile import Profile
from dedupe.shingles import MOST_FINGERPRINTS, fingerprints

FETCHED = datetime(2026, 5, 11, 8, tzinfo=UTC)
Make = Callable[..., Article]
MakeProfile = Callable[..., Profile]
WORDS = [
    f"{a}{b}{c}" for a in "bcdfgj" for b in ("ara", "elo", "inti", "uda") for c in ("kan", "mu", "nya", "ris", "tor")
]


def text(count: int, seed: int) -> list[str]:
    """So many words in an order of their own."""
    chance = random.Random(seed)
    return [f"{chance.choice(WORDS)}{chance.choice('abcdefghij')}" for _ in range(count)]


FIRST, OTHER, THIRD, RELEASE = text(300, 1), text(280, 2), text(280, 3), text(120, 4)


def edited(said: list[str], every: int) -> list[str]:
    return [f"{word}lah" if at % every == every // 2 else word for at, word in enumerate(said)]


KINDS = [
    ("identical", FIRST, FIRST),
    ("near_identical", FIRST, edited(FIRST, 40)),
    ("edited", FIRST, edited(FIRST, 8)),
    ("edited", FIRST, [*FIRST[:170], *OTHER[:130]]),
    ("excerpt", FIRST, FIRST[100:200]),
    ("excerpt", RELEASE, [*OTHER[:90], *RELEASE, *OTHER[90:]]),
    ("shared_passage", [*OTHER[:90], *RELEASE, *OTHER[90:]], [*THIRD[:200], *RELEASE, *THIRD[200:]]),
    ("shared_passage", [*OTHER[:90], *edited(RELEASE, 15), *OTHER[90:]], [*THIRD[:200], *RELEASE, *THIRD[200:]]),
    (None, [*OTHER, *RELEASE[:25]], [*THIRD, *RELEASE[:25]]),
    (None, FIRST, OTHER),
    (None, FIRST[:10], [*FIRST[:7], "lain", "sekali", "lagi"]),
    (None, [], FIRST),
    (None, [], []),
]


@pytest.mark.parametrize(("kind", "one", "other"), KINDS)
def test_how_two_texts_are_one(make_profile: MakeProfile, kind: str | None, one: list[str], other: list[str]) -> None:
    a, b = make_profile(1, "", " ".join(one)), make_profile(2, "", " ".join(other))
    found, back = kinship(a, b), kinship(b, a)
    assert found.kind == back.kind == kind
    assert (found.a_in_b, found.b_in_a, found.jaccard) == (back.b_in_a, back.a_in_b, back.jaccard)
    assert 0 <= found.jaccard <= min(found.a_in_b, found.b_in_a) <= 1
    assert found.is_same_text == (kind not in {None, "shared_passage"})
    assert kind is None or share_text(a, b)


@given(st.lists(st.integers(0, 2**32 - 1), max_size=400), st.integers(0, 300))
def test_a_text_that_stands_in_another_has_a_fingerprint_there(said: list[int], before: int) -> None:
    own = fingerprints(np.array(said, dtype=np.uint32))
    longer = fingerprints(np.array([*range(before), *said], dtype=np.uint32))
    assert len(own) <= MOST_FINGERPRINTS
    assert len(set(own.tolist())) == len(own)
    if not before:
        assert own.tolist() == longer.tolist()


# --- in the store --------------------------------------------------------------------------------


def saved(store: Store, make: Make, *said: tuple[str, Iterable[str], str]) -> dict[str, int]:
    """The ids of articles (outlet, words, printed day) by outlet, clustered."""
    found = {
        outlet: store.save_article(make("a", " ".join(words), outlet=outlet, title=outlet, day=day)).article_id
        for outlet, words, day in said
    }
    cluster(store)
    return found


def rows(store: Store) -> dict[str, Any]:
    """The family view by outlet."""
    return {row["outlet"]: row for row in store.rows("SELECT * FROM text_families")}


DAY, NEXT = "2026-05-05", "2026-05-06"
MIXED = [
    ("warta", FIRST, DAY),
    ("muara", edited(FIRST, 40), NEXT),
    ("bukit", FIRST[100:200], NEXT),
    ("sagara", [*FIRST, *OTHER[:200]], NEXT),
    ("lain", THIRD, NEXT),
]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("size", [1, 2, 5])
def test_a_family_tells_who_was_first_and_how_the_others_are_one_with_it(
    store: Store, make: Make, seed: int, size: int
) -> None:
    order = random.Random(seed).sample(MIXED, len(MIXED))
    for start in range(0, len(order), size):
        saved(store, make, *order[start : start + size])
    found = rows(store)
    assert {outlet: row["kind"] for outlet, row in found.items()} == {
        "warta": None,
        "muara": "near_identical",
        "bukit": "excerpt",
        "sagara": "extended",
    }
    assert [outlet for outlet, row in found.items() if row["is_earliest"]] == ["warta"]
    assert {row["compared_with"] for row in found.values()} == {None, found["warta"]["article_id"]}
    assert found["warta"]["shared"] == found["bukit"]["shared"] == 1.0
    assert 0.5 < found["sagara"]["shared"] < 0.7
    assert {row["articles"] for row in found.values()} == {4}


def test_the_same_press_release_in_two_longer_articles(store: Store, make: Make) -> None:
    saved(
        store,
        make,
        ("warta", [*OTHER[:90], *RELEASE, *OTHER[90:]], DAY),
        ("muara", [*THIRD[:200], *RELEASE, *THIRD[200:]], NEXT),
    )
    found = rows(store)
    assert found["muara"]["kind"] == "shared_passage"
    assert found["muara"]["shared"] == pytest.approx(120 / 400, abs=0.02)
    assert store.value("SELECT count(*) FROM pairs WHERE kind = 'same_text'") == 0


def test_a_new_version_leaves_the_family(store: Store, make: Make) -> None:
    saved(store, make, *MIXED)
    saved(store, make, ("warta", THIRD, DAY))
    found = rows(store)
    assert found["warta"]["family_id"] == found["lain"]["family_id"]
    assert found["muara"]["family_id"] == found["sagara"]["family_id"] != found["warta"]["family_id"]
    assert found["muara"]["compared_with"] is None or found["sagara"]["compared_with"] is None


def test_an_article_that_is_deleted_leaves_the_family(store: Store, make: Make) -> None:
    ids = saved(store, make, *MIXED[:3])
    store.connection.execute("DELETE FROM articles WHERE id = ?", (ids["warta"],))
    cluster(store)
    found = rows(store)
    assert set(found) == {"muara", "bukit"}
    assert found["bukit"]["compared_with"] == ids["muara"]
    store.connection.execute("DELETE FROM articles WHERE id = ?", (ids["muara"],))
    cluster(store)
    assert rows(store) == {}
    assert store.rows("SELECT * FROM text_pairs UNION ALL SELECT *, 0, 0, 0, 0, 0 FROM families_left") == []


def test_a_rebuild_reaches_the_same_families(store: Store, make: Make) -> None:
    for one in MIXED:
        saved(store, make, one)
    before = [tuple(row) for row in store.rows("SELECT * FROM text_families ORDER BY article_id")]
    cluster(store, rebuild=True)
    assert [tuple(row) for row in store.rows("SELECT * FROM text_families ORDER BY article_id")] == before


def test_a_printed_moment_comes_before_a_day_alone(store: Store, make: Make) -> None:
    body, day = " ".join(FIRST), FETCHED.date().isoformat()
    store.save_article(make("a", body, outlet="warta", day=day))
    store.save_article(make("a", body, outlet="muara", day=day, published_at=FETCHED.replace(hour=3)))
    cluster(store)
    assert [outlet for outlet, row in rows(store).items() if row["is_earliest"]] == ["muara"]


def test_a_story_says_how_much_of_a_text_stands_elsewhere(store: Store, make: Make) -> None:
    saved(store, make, ("warta", FIRST, DAY), ("muara", FIRST, DAY))
    found = coverage(store, 1)
    assert found is not None
    assert [one.text_elsewhere for one in found.coverage] == [1.0, 1.0]
