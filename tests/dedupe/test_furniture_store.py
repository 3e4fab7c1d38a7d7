from collections.abc import Callable
from typing import Any

import pytest

from dedupe import Article, Furniture, FurnitureStore, Store, cluster, furniture_store, open_store

Make = Callable[..., Article]
Dump = Callable[[Store], dict[str, list[tuple[Any, ...]]]]
BODY = "Warga menanam bakau.\nBaca juga: Panen Garam\nMereka pulang sore."
TOLD = ("opening", "baca juga:")
LINE = {(1, 0, 22): TOLD}
WITHOUT = "Warga menanam bakau.\nMereka pulang sore."


def take_out(kept: FurnitureStore, *, is_cut: bool = True) -> None:
    """Take the one line out of the one article, or put it back."""
    (printed,) = kept.printed([1])
    kept.take_out(printed, WITHOUT if is_cut else BODY, LINE if is_cut else {}, ())


def told(text: str = TOLD[1], kind: furniture_store.Kind = "opening", **counts: Any) -> Furniture:
    said = {"articles": 8, "of": 9, "days": 7, "first_day": "2026-05-01", "last_day": "2026-05-09", **counts}
    return Furniture(kind=kind, text=text, **said)


@pytest.fixture
def kept(store: Store, make: Make) -> FurnitureStore:
    """A store with one article of which one line was taken out."""
    store.save_article(make("a", BODY, furniture=("Simak Video",)))
    known = FurnitureStore(store)
    with store.transaction():
        known.save_learned("warta", [told()])
        take_out(known)
    return known


def test_a_new_text_makes_its_outlet_due(store: Store, make: Make) -> None:
    known = FurnitureStore(store)
    store.save_article(make("a"))
    store.save_article(make("b", outlet="kabar"))
    assert known.due() == ["kabar", "warta"]
    known.save_learned("warta", [])
    assert known.due() == ["kabar"]
    store.save_article(make("a"))
    assert known.due() == ["kabar"]
    store.save_article(make("a", "Hujan reda."))
    assert known.due() == ["kabar", "warta"]


def test_what_is_learned_comes_back(store: Store, make: Make) -> None:
    store.save_article(make("a"))
    known = FurnitureStore(store)
    assert known.save_learned("warta", [told(), told("iklan", "line", articles=5)])
    assert not known.save_learned("warta", [told("iklan", "line", articles=5), told()])
    assert not known.save_learned("warta", [told("iklan", "line", articles=6), told()])
    assert known.learned("warta") == (told(), told("iklan", "line", articles=6))
    assert known.save_learned("warta", [told()])
    assert known.learned("warta") == (told(),)


def test_only_other_furniture_sends_through_all_articles_again(store: Store, make: Make) -> None:
    store.save_article(make("a"))
    known = FurnitureStore(store)
    known.save_learned("warta", [])
    assert known.behind() == {}
    known.save_learned("warta", [told()])
    assert known.behind() == {"warta": 0}
    known.note_gone_through("warta", 1)
    known.save_learned("warta", [told(articles=9)])
    assert known.behind() == {"warta": 1}
    assert known.after("warta", 0) == [1]
    assert known.after("warta", 1) == []
    known.note_gone_through("warta", None)
    assert known.behind() == {}


def test_a_line_that_is_taken_out_is_kept(kept: FurnitureStore) -> None:
    article = kept.store.article(1)
    assert article.body == "Warga menanam bakau.\nMereka pulang sore."
    assert article.furniture == ("Simak Video", "Baca juga: Panen Garam")
    assert kept.printed([1])[0].body == BODY
    assert kept.taken_out([1]) == {1: LINE}


def test_taking_out_again_replaces(kept: FurnitureStore) -> None:
    before = kept.store.article(1)
    take_out(kept)
    assert kept.store.article(1) == before
    take_out(kept, is_cut=False)
    assert kept.store.article(1).body == BODY
    assert kept.store.article(1).furniture == ("Simak Video",)
    assert kept.taken_out([1]) == {}


def test_a_part_of_a_line_is_kept_and_shown_too(store: Store, make: Make) -> None:
    body = "Warga menanam bakau.\nMereka pulang sore. Baca juga: Panen Garam"
    store.save_article(make("a", body))
    known = FurnitureStore(store)
    known.save_learned("warta", [told()])
    known.take_out(known.printed([1])[0], WITHOUT, {(1, 20, 42): TOLD}, ())
    assert store.article(1).furniture == ("Baca juga: Panen Garam",)
    assert known.taken_out([1]) == {1: {(1, 20, 42): TOLD}}
    assert known.shown("warta")[0].samples == (("Baca juga: Panen Garam", "https://warta.example/a"),)


def test_the_bodys_rule_says_that_learned_furniture_was_cut(store: Store, make: Make) -> None:
    store.save_article(make("a", BODY, provenance={"body": "outlet", "title": "meta"}))
    known = FurnitureStore(store)
    known.save_learned("warta", [told()])
    for _ in range(2):
        take_out(known)
        assert store.article(1).provenance == {"title": "meta", "body": "learned", "printed_body": "outlet"}
    take_out(known, is_cut=False)
    assert store.article(1).provenance == {"title": "meta", "body": "outlet"}


def test_the_same_text_met_again_is_no_new_version(kept: FurnitureStore, make: Make) -> None:
    assert kept.store.save_article(make("a", BODY, furniture=("Simak Video",))).outcome == "unchanged"
    assert kept.store.article(1).body == "Warga menanam bakau.\nMereka pulang sore."


def test_a_new_version_is_whole_again(kept: FurnitureStore, make: Make) -> None:
    assert kept.store.save_article(make("a", BODY + "\nHujan turun.", furniture=("Iklan",))).outcome == "version"
    assert kept.taken_out([1]) == {}
    assert kept.store.article(1).furniture == ("Iklan",)
    take_out(kept)
    assert kept.store.article(1).furniture == ("Iklan", "Baca juga: Panen Garam")


def test_the_article_waits_for_clustering_and_its_words_are_counted_once(kept: FurnitureStore, store: Store) -> None:
    cluster(store)
    assert cluster(store).articles == 0
    take_out(kept, is_cut=False)
    assert cluster(store).articles == 1
    assert store.value("SELECT articles FROM counted_articles WHERE language = 'id'") == 1


def test_full_text_search_is_in_step(kept: FurnitureStore) -> None:
    kept.store.connection.execute("INSERT INTO articles_fts (articles_fts, rank) VALUES ('integrity-check', 1)")
    found = kept.store.rows("SELECT rowid FROM articles_fts WHERE articles_fts MATCH 'panen'")
    assert found == []


def test_the_sample_is_all_of_a_small_outlet_and_steady_for_a_big_one(
    store: Store, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = FurnitureStore(store)
    for number in range(30):
        store.save_article(make(f"a{number}", f"Hujan {number}.", day=f"2025-01-{number + 1:02}"))
    assert len(known.sample("warta")) == 30
    monkeypatch.setattr(furniture_store, "SAMPLE", 10)
    monkeypatch.setattr(furniture_store, "RECENT", 0)
    before = {one.article_id for one in known.sample("warta")}
    store.save_article(make("new", "Hujan baru."))
    after = {one.article_id for one in known.sample("warta")}
    assert (len(before), len(after)) == (10, 10)
    assert len(before - after) <= 1
    monkeypatch.setattr(furniture_store, "RECENT", 5)
    assert 31 in {one.article_id for one in known.sample("warta")}


def test_what_is_shown_names_lines_and_articles(kept: FurnitureStore) -> None:
    (one,) = kept.shown("warta")
    assert (one.kind, one.text, one.articles, one.of) == ("opening", "baca juga:", 1, 1)
    assert (one.first_day, one.last_day) == ("2026-05-05", "2026-05-05")
    assert one.samples == (("Baca juga: Panen Garam", "https://warta.example/a"),)
    kept.save_learned("warta", [])
    assert kept.shown("warta") == []


def forget_migrations(store: Store, *names: str) -> None:
    for name in names:
        store.connection.execute("DELETE FROM _sqlite_migrations WHERE name = ?", (name,))


def test_a_store_from_before_is_due(store: Store, make: Make) -> None:
    store.save_article(make("a"))
    for statement in ("TRIGGER furniture_due_insert", "TRIGGER furniture_due_version", "TABLE furniture_due",
                      "TABLE furniture_lines", "TABLE furniture"):  # fmt: skip
        store.connection.execute(f"DROP {statement}")
    forget_migrations(store, "003_furniture", "004_furniture_parts")
    with open_store(store.path) as again:
        assert FurnitureStore(again).due() == ["warta"]


def test_whole_lines_of_a_store_from_before_are_looked_at_again(kept: FurnitureStore) -> None:
    connection = kept.store.connection
    connection.execute("DROP TABLE furniture_lines")
    connection.execute("CREATE TABLE furniture_lines AS SELECT 1 AS article_id, 1 AS position, 1 AS furniture_id")
    forget_migrations(kept.store, "004_furniture_parts")
    with open_store(kept.store.path) as again:
        known = FurnitureStore(again)
        assert known.behind() == {"warta": 0}
        assert known.taken_out([1]) == {1: {(1, 0, -1): TOLD}}
        take_out(known)
        assert known.taken_out([1]) == {1: LINE}
        assert known.store.article(1).furniture == ("Simak Video", "Baca juga: Panen Garam")
