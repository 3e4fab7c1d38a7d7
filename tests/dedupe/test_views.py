"""What the views say, and that they say it without reading whole tables."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import combinations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dedupe import Article, Store, cluster, open_store, views
from dedupe.shingles import jaccard
from dedupe.verify import SAME_QUOTATION
from dedupe.words import words

Make = Callable[..., Article]
Tell = Callable[..., int]

COVERAGE_LIST = [
    "story_id", "article_id", "url", "outlet", "title", "published_text", "published_day", "first_seen_at", "score",
]  # fmt: skip
"""These columns stand in this order for ever."""


@pytest.fixture(scope="module")
def demo(told: tuple[tuple[str, Article], ...], tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The demo's articles, grouped into stories."""
    with open_store(tmp_path_factory.mktemp("views") / "news.db") as store:
        for _, article in told:
            store.save_article(article)
        cluster(store)
    return open_store(store.path, readonly=True)


@pytest.fixture
def tell(store: Store, make: Make) -> Tell:
    """Makes a story of articles: tell(("warta", "2026-05-05"), ("kota", "2026-05-05T08:00:00Z")) gives its id."""

    def told(*articles: tuple[str, str | None] | Article) -> int:
        ids = [store.save_article(article(one)).article_id for one in articles]
        rows = store.rows(f"SELECT outlet, published_day FROM articles WHERE id IN ({', '.join(map(str, ids))})")
        days = [row["published_day"] or "2026-05-11" for row in rows]
        count = len({row["outlet"] for row in rows})
        store.connection.execute(
            "INSERT INTO stories (title, articles, outlets, first_day, last_day, created_at)"
            " VALUES ('Told', ?, ?, ?, ?, '')",
            (len(ids), count, min(days), max(days)),
        )
        story: int = store.value("SELECT max(id) FROM stories")
        store.connection.executemany("INSERT INTO coverage VALUES (?, ?, 1)", [(one, story) for one in ids])
        return story

    def article(said: tuple[str, str | None] | Article) -> Article:
        if isinstance(said, Article):
            return said
        outlet, printed = said
        at = datetime.fromisoformat(printed) if printed and "T" in printed else None
        number = store.value("SELECT count(*) FROM articles")
        return make(f"a{number}", outlet=outlet, day=printed and printed[:10], published_at=at)

    return told


def rows(store: Store, view: str, where: str = "1", values: Sequence[Any] = ()) -> list[dict[str, Any]]:
    return [dict(row) for row in store.rows(f"SELECT * FROM {view} WHERE {where}", values)]


# --- plans --------------------------------------------------------------------------------------

OF_A_STORY = [name for name, view in views().items() if any(c.name == "story_id" for c in view.columns)]
OF_A_MONTH = {
    "article_list": "published_day",
    "coverage_by_outlet": "story_day",
    "coverage_list": "published_day",
    "exclusive_stories": "first_day",
    "first_seen_lags": "story_day",
    "outlet_days": "day",
    "outlet_pairs": "story_day",
    "quotation_list": "published_day",
    "quotation_variants": "story_day",
    "story_days": "story_day",
    "story_firsts": "story_day",
    "story_list": "first_day",
    "text_families": "published_day",
    "text_pair_list": "published_day",
    "text_reuse": "day",
    "version_list": "seen_at",
}
QUESTIONS = [
    *((name, "story_id = 7") for name in OF_A_STORY),
    *((name, f"{day} >= '2026-05-01' AND {day} < '2026-06-01'") for name, day in OF_A_MONTH.items()),
    *(
        (name, f"outlet = 'warta' AND {day} >= '2026-05-01' AND {day} < '2026-06-01'")
        for name, day in OF_A_MONTH.items()
        if any(column.name == "outlet" for column in views()[name].columns)
    ),
]
MANY = """
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400)
"""
FILLED = (
    "INSERT INTO outlets (name, first_seen_at) VALUES ('warta', ''), ('kota', ''), ('sore', '')",
    MANY + "INSERT INTO articles (id, url, outlet, title, body, published_day, first_seen_at, changed_at)"
    " SELECT i, 'https://a.example/' || i, CASE i % 3 WHEN 0 THEN 'warta' WHEN 1 THEN 'kota' ELSE 'sore' END,"
    " 'T', 'B', date('2026-01-01', '+' || (i / 2) || ' days'), '2026-01-01T00:00:00Z', '' FROM n",
    MANY + "INSERT INTO stories SELECT i, 'T', 3, 1 + i % 3, date('2026-01-01', '+' || i || ' days'),"
    " date('2026-01-01', '+' || i || ' days'), '' FROM n WHERE i <= 133",
    "INSERT INTO coverage SELECT id, 1 + id % 133, 1 FROM articles",
    MANY + "INSERT INTO versions SELECT 1 + i / 2, 1 + i % 2, 'T', 'B', NULL, NULL, NULL, '2026-01-01T00:00:00Z' FROM n"
    " WHERE i > 1 AND i < 400",
    MANY + 'INSERT INTO quotes (article_id, position, text, "start", "end", kind)'
    " SELECT i, 0, 'Q', 0, 1, 'direct' FROM n",
    MANY
    + "INSERT INTO pairs SELECT i, i + 1, 'same_story', 0.9, '{\"quotations\": {\"value\": 0.5}}' FROM n WHERE i < 400",
    MANY + "INSERT INTO text_pairs SELECT i, i + 1, 'edited', 0.5, 0.5, 0.5, 10 FROM n WHERE i < 400",
    "INSERT INTO family_members SELECT id, 1 + id / 5, 0.5 FROM articles",
    "INSERT INTO story_links SELECT i, i + 1, 'same_topic', 0.5, '' FROM (SELECT id AS i FROM stories WHERE id < 133)",
    MANY
    + "INSERT INTO decisions (kind, story_id, other_id, made_at, made_by, why) SELECT 'merge', i, i, '', '', '' FROM n",
    "ANALYZE",
)


@pytest.fixture(scope="module", params=["empty", "filled"])
def planned(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A store without statistics, and one that SQLite has looked at."""
    with open_store(tmp_path_factory.mktemp("plans") / "news.db") as store:
        for statement in FILLED if request.param == "filled" else ():
            store.connection.execute(statement)
    return open_store(store.path, readonly=True)


DAYS_IN_AN_INDEX = {"text_reuse": "SCAN x USING INDEX articles_by_outlet_day"}
"""Without statistics SQLite looks for the days in an index that has them second: entries are read, articles are not."""


@pytest.mark.parametrize(("view", "where"), QUESTIONS)
def test_no_whole_table_is_read(planned: Store, view: str, where: str) -> None:
    plan = [row["detail"] for row in planned.rows(f"EXPLAIN QUERY PLAN SELECT * FROM {view} WHERE {where}")]
    whole = [step for step in plan if is_whole_table(step) or "AUTOMATIC" in step]
    assert [step for step in whole if step != DAYS_IN_AN_INDEX.get(view)] == [], plan


def is_whole_table(step: str) -> bool:
    """Tell whether a step of a plan goes through a whole table or index; the rows of a view do not count."""
    name = re.match(r"SCAN (\S+)", step)
    inner = name is not None and (name[1] in views() or name[1].startswith("("))
    return name is not None and not inner and "VIRTUAL TABLE" not in step and "CONSTANT ROW" not in step


# --- stories ------------------------------------------------------------------------------------


def test_the_columns_of_coverage_list_stay() -> None:
    assert [column.name for column in views()["coverage_list"].columns][: len(COVERAGE_LIST)] == COVERAGE_LIST


def test_coverage_is_counted_by_outlet(demo: Store) -> None:
    counted = {(row["story_id"], row["outlet"]): row["articles"] for row in rows(demo, "coverage_by_outlet")}
    assert counted == Counter((row["story_id"], row["outlet"]) for row in rows(demo, "coverage_list"))
    assert sum(row["articles"] for row in rows(demo, "story_days")) == len(rows(demo, "coverage_list"))
    assert sum(row["articles"] for row in rows(demo, "outlet_days")) == len(rows(demo, "article_list"))


def test_every_story_is_of_several_outlets_or_of_one_alone(demo: Store) -> None:
    alone = [row["story_id"] for row in rows(demo, "exclusive_stories")]
    several = [row["story_id"] for row in rows(demo, "story_list")]
    assert sorted(alone + several) == [row["id"] for row in demo.rows("SELECT id FROM stories ORDER BY 1")]
    assert sum(row["exclusive"] for row in rows(demo, "outlet_days")) == sum(
        row["articles"] for row in rows(demo, "exclusive_stories")
    )


def test_outlets_are_counted_with_those_that_cover_the_same(demo: Store) -> None:
    stories: dict[int, set[str]] = {}
    for row in rows(demo, "coverage_list"):
        stories.setdefault(row["story_id"], set()).add(row["outlet"])
    shared = Counter(pair for outlets in stories.values() for pair in combinations(sorted(outlets), 2))
    counted: Counter[tuple[str, str]] = Counter()
    for row in rows(demo, "outlet_pairs"):
        counted[row["outlet"], row["other_outlet"]] += row["stories"]
    assert counted == shared + Counter({(b, a): count for (a, b), count in shared.items()})


def test_lags_begin_with_the_first(demo: Store) -> None:
    for story in {row["story_id"] for row in rows(demo, "first_seen_lags")}:
        lags = rows(demo, "first_seen_lags", "story_id = ?", [story])
        assert min(lag["hours_after_first_seen"] for lag in lags) == 0
        assert min(lag["hours_after_first_printed"] for lag in lags) == 0
        assert min(lag["days_after_first_day"] for lag in lags) == 0
        assert min(lag["place_seen"] for lag in lags) == 1


def test_lags_of_a_printed_day_are_days(store: Store, tell: Tell) -> None:
    story = tell(
        ("warta", "2026-05-05T08:00:00Z"), ("kota", "2026-05-05T20:30:00Z"), ("sore", "2026-05-07"), ("pagi", None)
    )
    lags = {row["outlet"]: row for row in rows(store, "first_seen_lags", "story_id = ?", [story])}
    assert [lags[outlet]["hours_after_first_printed"] for outlet in ("warta", "kota", "sore", "pagi")] == [
        0,
        12.5,
        None,
        None,
    ]
    assert [lags[outlet]["days_after_first_day"] for outlet in ("warta", "kota", "sore", "pagi")] == [0, 0, 2, None]


@pytest.mark.parametrize(
    ("told", "first"),
    [
        ([("warta", "2026-05-05T08:00:00Z"), ("kota", "2026-05-05T07:59:00Z")], "kota"),
        ([("warta", "2026-05-05T08:00:00Z"), ("kota", "2026-05-05T08:00:00Z")], None),
        ([("warta", "2026-05-05"), ("kota", "2026-05-05T20:00:00Z")], None),
        ([("warta", "2026-05-05"), ("kota", "2026-05-06T00:10:00Z")], "warta"),
        ([("warta", "2026-05-05"), ("kota", "2026-05-05")], None),
        ([("warta", "2026-05-05"), ("warta", "2026-05-05"), ("kota", "2026-05-06")], "warta"),
        ([("warta", "2026-05-05"), ("kota", "2026-05-06"), ("sore", None)], "warta"),
        ([("warta", None), ("kota", None)], None),
        ([("warta", "2026-05-05"), ("warta", "2026-05-04")], None),
    ],
)
def test_who_printed_first_is_told_where_it_is_certain(
    store: Store, tell: Tell, told: list[tuple[str, str | None]], first: str | None
) -> None:
    story = tell(*told)
    found = rows(store, "story_firsts", "story_id = ? AND first_by = 'printed'", [story])
    assert [row["outlet"] for row in found] == ([first] if first else [])


def test_who_was_seen_first_is_told_where_it_is_certain(store: Store, make: Make, tell: Tell) -> None:
    at = [datetime.fromisoformat(f"2026-05-11T08:0{minute}:00Z") for minute in (2, 1, 1)]
    story = tell(make("a", outlet="warta", fetched_at=at[0]), make("b", outlet="kota", fetched_at=at[1]))
    tied = tell(make("c", outlet="warta", fetched_at=at[1]), make("d", outlet="sore", fetched_at=at[2]))
    found = {row["story_id"]: row["outlet"] for row in rows(store, "story_firsts", "first_by = 'seen'")}
    assert found == {story: "kota"}
    assert tied not in found


# --- quotations ---------------------------------------------------------------------------------


def test_quotations_of_a_story_are_put_beside_each_other(demo: Store) -> None:
    said = demo.rows(
        "SELECT c.story_id, q.id, q.article_id, q.text FROM quotes AS q JOIN coverage AS c USING (article_id)"
        " WHERE q.kind <> 'fragment' ORDER BY q.article_id"
    )
    alike = {
        (a["id"], b["id"]): jaccard(frozenset(words(a["text"])), frozenset(words(b["text"])))
        for a, b in combinations(said, 2)
        if a["story_id"] == b["story_id"] and a["article_id"] != b["article_id"]
    }
    expected = {ids: share for ids, share in alike.items() if share > SAME_QUOTATION}
    found = {(row["quote_id"], row["other_quote_id"]): row["similarity"] for row in rows(demo, "quotation_variants")}
    assert found.keys() == expected.keys()
    assert all(abs(found[ids] - expected[ids]) < 0.03 for ids in expected)


HOSTILE = [
    '"',
    "\\",
    "\\n",
    '\\","',
    "a\nb",
    "\x01\x1f",
    "\ue000",
    "' OR 1",
    "\u2028",
    "😀 😀",
    "[]",
    "{}",
    "%",
    "",
    " ",
    "null",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_can_be_quoted(store: Store, tell: Tell, text: str) -> None:
    story = tell(("warta", "2026-05-05"), ("kota", "2026-05-05"))
    a, b = (row["article_id"] for row in rows(store, "coverage_list", "story_id = ?", [story]))
    store.connection.execute(
        "INSERT INTO pairs VALUES (?, ?, 'same_story', 1, '{\"quotations\": {\"value\": 1}}')", (a, b)
    )
    for article, said in ((a, f"Kami akan datang besok pagi {text}"), (b, f"Kami akan datang besok {text} pagi, ya")):
        store.connection.execute(
            'INSERT INTO quotes (article_id, position, text, "start", "end", kind) VALUES (?, 0, ?, 0, 1, \'direct\')',
            (article, said),
        )
    found = rows(store, "quotation_variants", "story_id = ?", [story])
    assert [row["is_verbatim"] for row in found] == [0]
    assert 0.4 < found[0]["similarity"] <= 1


# --- texts --------------------------------------------------------------------------------------


def test_each_family_has_one_earliest(demo: Store) -> None:
    families = rows(demo, "text_families")
    earliest = Counter(row["family_id"] for row in families if row["is_earliest"])
    assert earliest == dict.fromkeys({row["family_id"] for row in families}, 1)
    for row in families:
        of_it = [other for other in families if other["family_id"] == row["family_id"]]
        assert row["articles"] == len(of_it)
        assert not row["is_earliest"] or row["seen_at"] == min(other["seen_at"] for other in of_it)


def test_shared_text_is_told_from_either_side(demo: Store) -> None:
    pairs = {(row["article_id"], row["other_article_id"]): row for row in rows(demo, "text_pair_list")}
    assert len(pairs) == 2 * demo.value("SELECT count(*) FROM text_pairs")
    turned = {"excerpt": "extended", "extended": "excerpt"}
    for (a, b), row in pairs.items():
        other = pairs[b, a]
        assert (row["share"], row["other_share"]) == (other["other_share"], other["share"])
        assert other["kind"] == turned.get(row["kind"], row["kind"])
        assert row["printed_earlier"] is None or row["printed_earlier"] == 1 - other["printed_earlier"]


def test_reuse_adds_pairs_up(demo: Store) -> None:
    between = [row for row in rows(demo, "text_pair_list") if row["outlet"] != row["other_outlet"]]
    reuse = rows(demo, "text_reuse")
    assert reuse
    assert sum(row["pairs"] for row in reuse) == len(between)
    assert sum(row["earlier"] for row in reuse) == sum(row["printed_earlier"] == 1 for row in between)
    assert sum(row["later"] for row in reuse) == sum(row["printed_earlier"] == 0 for row in between)


@pytest.mark.parametrize(
    ("one", "other", "earlier"),
    [
        ("2026-05-05T08:00:00Z", "2026-05-05T09:00:00Z", 1),
        ("2026-05-05T09:00:00Z", "2026-05-05T08:00:00Z", 0),
        ("2026-05-05T09:00:00Z", "2026-05-05T09:00:00Z", None),
        ("2026-05-05", "2026-05-05T09:00:00Z", None),
        ("2026-05-05", "2026-05-06T00:05:00Z", 1),
        ("2026-05-06", "2026-05-05", 0),
        ("2026-05-06", None, None),
    ],
)
def test_who_printed_a_text_earlier(store: Store, tell: Tell, one: str, other: str | None, earlier: int | None) -> None:
    story = tell(("warta", one), ("kota", other))
    ids = [row["article_id"] for row in rows(store, "coverage_list", "story_id = ? ORDER BY article_id", [story])]
    store.connection.execute("INSERT INTO text_pairs VALUES (?, ?, 'excerpt', 0.3, 0.9, 0.3, 40)", ids)
    row = rows(store, "text_pair_list", "article_id = ?", ids[:1])[0]
    assert (row["printed_earlier"], row["kind"], row["share"], row["other_share"]) == (earlier, "excerpt", 0.9, 0.3)
    reuse = rows(store, "text_reuse", "outlet = 'warta'")[0]
    assert (reuse["earlier"], reuse["later"]) == (int(earlier == 1), int(earlier == 0))


# --- versions -----------------------------------------------------------------------------------

PARAGRAPH = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00\n\ue000"), max_size=30
) | st.sampled_from([one for one in HOSTILE if "\n" not in one and "\ue000" not in one])
TEXT = st.lists(PARAGRAPH, min_size=1, max_size=5).map("\n".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(TEXT, TEXT)
def test_what_a_version_changed(store: Store, make: Make, before: str, after: str) -> None:
    with store.transaction():
        article = store.save_article(make("a", before)).article_id
        store.connection.execute("DELETE FROM versions WHERE article_id = ? AND number > 1", (article,))
        store.connection.execute("UPDATE versions SET body = ? WHERE article_id = ?", (before, article))
        store.connection.execute(
            "INSERT INTO versions VALUES (?, 2, 'Other', ?, NULL, NULL, NULL, '2026-05-12T08:00:00Z')", (article, after)
        )
    (row,) = rows(store, "version_list", "article_id = ?", [article])
    old, new = before.split("\n"), after.split("\n")
    assert (row["number"], row["title_changed"], row["text_changed"]) == (2, 1, int(before != after))
    assert row["characters_more"] == len(after) - len(before)
    if before == after:
        assert row["paragraphs_new"] is None
        return
    assert json.loads(row["paragraphs_new"]) == [paragraph for paragraph in new if paragraph not in old]
    assert json.loads(row["paragraphs_gone"]) == [paragraph for paragraph in old if paragraph not in new]


def test_a_first_version_changed_nothing(store: Store, make: Make) -> None:
    store.save_article(make("a"))
    assert not rows(store, "version_list")
