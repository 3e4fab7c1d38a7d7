from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe import Article, Store, cluster, open_store
from dedupe.searching import (
    MOST_TERMS,
    RANKED,
    Filters,
    Hit,
    Results,
    excerpt,
    search,
    sought,
    wanted,
)

Make = Callable[..., Article]
Told = tuple[tuple[str, Article], ...]

PIECES = [
    '"', "'", "*", "^", "(", ")", "{", "}", ":", "-", "+", "AND", "OR", "NOT", "NEAR(", "NEAR/3", "title:", "body :",
    "\0", "\ud800", "\u202e", "\ufffe", "😀", "ﷺ", "é", "banjir", "sung*", "1.240", "%", "_", ";", "--", "\\", "\n",
    " ", "  ", "x" * 300, "https://", "articles_fts", "rowid", "rank", "NULL", "?", "?1", ":a", "ß", "İ", "東京",
    "\u0301", "-*", '"*', "yang", '""', "\ue000", "\ufdd0", "٣", "²", "Ⅷ", "𝟘", "\U0001f1ee", "\u200d", "\x1a", "\x7f",
]  # fmt: skip


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, told: Told) -> Iterator[Store]:
    """The demo's articles, clustered: for reading."""
    with open_store(tmp_path_factory.mktemp("searching") / "news.db") as store:
        with store.transaction():
            for _, article in told:
                store.save_article(article)
        cluster(store)
        yield store


def urls(found: Results) -> set[str]:
    return {hit.url for hit in found.hits}


def excerpts(found: Results) -> list[str]:
    return [hit.excerpt for hit in found.hits]


@pytest.mark.parametrize(
    ("query", "expression"),
    [
        ("banjir", '"banjir"'),
        ("banjir jembatan", '"banjir" AND "jembatan"'),
        ('"wali kota"', '"wali kota"'),
        ('"wali kota', '"wali kota"'),
        ("sung*", '"sung" *'),
        ('"wali kot*"', '"wali kot*"'),
        ('"wali kot"*', '"wali kot" *'),
        ("su*", '"su"'),
        ("banjir -rob", '("banjir") NOT ("rob")'),
        ('banjir -"pasang naik" -rob', '("banjir") NOT ("pasang naik" OR "rob")'),
        ("-rob", ""),
        ("", ""),
        ('"" * - ^ ()', ""),
        ("AND OR NOT", '"AND" AND "OR" AND "NOT"'),
        ("NEAR(a b)", '"NEAR(a" AND "b)"'),
        ("title:banjir", '"title:banjir"'),
        ("muara-jati", '"muara-jati"'),
        ("banjir banjir", '"banjir"'),
        ("\0banjir\0", '"banjir"'),
        ("\ud800banjir", '"?banjir"'),
    ],
)
def test_what_is_asked(query: str, expression: str) -> None:
    assert wanted(query).expression == expression


def test_a_search_has_a_bounded_number_of_terms() -> None:
    asked = wanted(" ".join(f"k{number}" for number in range(300)))
    assert len(asked.terms) == MOST_TERMS


def three(store: Store, make: Make) -> None:
    """Three articles of two outlets."""
    store.save_article(make("a", "Banjir merendam jembatan di Lantera. Wali Kota Muara Jati datang.", day="2026-05-01"))
    store.save_article(
        make(
            "b",
            "Wali murid membuka Café di kota.",
            title="Banjir Rob",
            day="2026-05-03",
            outlet="harian",
            language="su",
        )
    )
    store.save_article(make("c", "Jembatanku roboh.", day=None, outlet="harian"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("banjir", "ab"),
        ("BANJIR lantera", "a"),
        ('"wali kota"', "a"),
        ("wali kota", "ab"),
        ("jembatan", "a"),
        ("jemb*", "ac"),
        ("banjir -rob", "a"),
        ("cafe", "b"),
        ("CAFÉ", "b"),
        ("kota -cafe", "a"),
        ("zzz", ""),
        ("-banjir", ""),
    ],
)
def test_what_is_found(store: Store, make: Make, query: str, found: str) -> None:
    three(store, make)
    assert {url[-1] for url in urls(search(store, query))} == set(found)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (Filters(), "abc"),
        (Filters(outlet="harian"), "bc"),
        (Filters(language="su"), "b"),
        (Filters(first_day="2026-05-02"), "bc"),  # c has no printed day and was first seen later
        (Filters(last_day="2026-05-01"), "a"),
        (Filters(first_day="2026-05-01", last_day="2026-05-03"), "ab"),
        (Filters(first_day="2026-05-11", last_day="2026-05-11"), "c"),
        (Filters(outlet="nobody"), ""),
    ],
)
def test_filters(store: Store, make: Make, filters: Filters, found: str) -> None:
    three(store, make)
    hits = search(store, "jemb*", filters).hits + search(store, "banjir", filters).hits
    assert {hit.url[-1] for hit in hits} == set(found)


def test_a_headline_counts_more_and_can_be_asked_alone(store: Store, make: Make) -> None:
    three(store, make)
    assert [hit.url[-1] for hit in search(store, "banjir").hits] == ["b", "a"]
    assert [hit.url[-1] for hit in search(store, "banjir", where="title").hits] == ["b"]


def test_the_newest_come_first_where_that_is_asked(store: Store, make: Make) -> None:
    three(store, make)
    assert [hit.url[-1] for hit in search(store, "jemb*", order="newest").hits] == ["c", "a"]
    assert [hit.url[-1] for hit in sought(store, "jemb*").news()] == ["c", "a"]
    assert sought(store, "-x").news() == ()


def test_quotations_are_found_with_who_said_them(demo: Store) -> None:
    row = demo.rows("SELECT text FROM quotes WHERE length(text) > 60 LIMIT 1")[0]
    said = " ".join(row["text"].split()[:6])
    found = search(demo, f'"{said}"', where="quotations")
    assert row["text"] in excerpts(found)
    assert all(any(piece.is_shared for piece in hit.pieces) for hit in found.hits)


def test_hits_name_their_story_and_show_what_was_found(demo: Store) -> None:
    found = search(demo, "Lantera")
    assert found.count > 3
    assert all(hit.story_id for hit in found.hits)
    assert {piece.text for hit in found.hits for piece in hit.pieces if piece.is_shared} == {"Lantera"}


def test_pages_have_every_hit_once(demo: Store) -> None:
    whole = search(demo, "kota", on_a_page=1_000)
    paged: list[Hit] = []
    for page in range(1, 100):
        one = search(demo, "kota", page=page, on_a_page=7)
        assert one.count == whole.count
        paged += one.hits
        if not one.has_more:
            break
    assert [hit.article_id for hit in paged] == [hit.article_id for hit in whole.hits]
    assert len(paged) == whole.count


def test_of_more_hits_than_are_ranked_the_newest_come_first(
    store: Store, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        store.save_article(make(f"a{number}", "Banjir lagi."))
    monkeypatch.setattr("dedupe.searching.RANKED", 10)
    found = search(store, "banjir")
    assert (found.count, found.is_counted, found.order) == (12, True, "newest")
    assert found.hits[0].url.endswith("a11")
    assert RANKED > 10
    monkeypatch.setattr("dedupe.searching.COUNTED", 10)
    assert not search(store, "banjir").is_counted


@pytest.mark.parametrize("where", ["text", "title", "quotations"])
def test_any_string_is_a_valid_search(demo: Store, where: str) -> None:
    chance = random.Random(5)
    for _ in range(1_000):
        query = chance.choice(["", " "]).join(chance.choices(PIECES, k=chance.randint(1, 10)))
        filters = Filters(language=chance.choice(["", "id"]), outlet=chance.choice(["", "harian_muara"]))
        assert search(demo, query, filters, where=where).query == query  # type: ignore[arg-type] # of the table above


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(codec=None, exclude_categories=()), max_size=60))
def test_any_text_is_a_valid_search(demo: Store, query: str) -> None:
    search(demo, query)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["banjir", "lantera", "kota", "warga", "sungai"]), min_size=1, max_size=4))
def test_more_words_find_no_more(demo: Store, asked: list[str]) -> None:
    counts = [search(demo, " ".join(asked[:size])).count for size in range(1, len(asked) + 1)]
    assert counts == sorted(counts, reverse=True)


@pytest.mark.parametrize(
    "query", [f'"{"kata " * 400}"', "x" * 100_000, '"' * 5_000, "-" * 5_000, "*" * 5_000, "a " * 9_999]
)
def test_a_huge_search_is_answered(demo: Store, query: str) -> None:
    assert search(demo, query).query == query


TEXT = "Wali Kota datang. " + "kata " * 100 + "Banjir merendam Wali Kota. " + "kata " * 100


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("banjir", ["Banjir"]),
        ("banjir kota", ["Banjir", "Kota"]),
        ('"wali kota" banjir', ["Banjir", "Wali Kota"]),
        ("dat*", ["datang"]),
        ('"wali kot"*', ["Wali Kota"]),
        ("zzz", []),
        ("merendam-wali", ["merendam Wali"]),
    ],
)
def test_excerpts_show_where_most_of_it_stands(query: str, found: list[str]) -> None:
    pieces = excerpt(TEXT, wanted(query))
    assert [piece.text for piece in pieces if piece.is_shared] == found
    assert "".join(piece.text for piece in pieces).strip("… ") in TEXT


@settings(max_examples=200)
@given(st.text("ab <&.-\"'é\n", max_size=200), st.lists(st.sampled_from(["a", "b", '"a b"', "aab*", "é"]), min_size=1))
def test_an_excerpt_is_of_the_text(text: str, asked: list[str]) -> None:
    whole = "".join(piece.text for piece in excerpt(text, wanted(" ".join(asked)), is_cut=False))
    assert whole == text
    part = "".join(piece.text for piece in excerpt(text, wanted(" ".join(asked))))
    assert part.removeprefix("… ").removesuffix(" …") in text


def test_no_hit_is_markup(store: Store, make: Make) -> None:
    store.save_article(make("a", "Banjir <b>di</b> Lantera."))
    (hit,) = search(store, "lantera").hits
    assert hit.excerpt == "Banjir <b>di</b> Lantera."


def test_no_search_writes(demo: Store) -> None:
    with open_store(demo.path, readonly=True) as reader:
        assert search(reader, "banjir").hits
