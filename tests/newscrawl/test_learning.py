import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from dedupe import Article, FurnitureStore, Store, cluster, open_store
from newscrawl import learning, quotes

Dump = Callable[[Path], dict[str, list[tuple[Any, ...]]]]
PLACES = ("Muara", "Lembah", "Bukit", "Sagara", "Tanjung", "Cemara", "Rancah")
LABEL = "Baca ini pula: Panen Garam di"


def article(number: int, *, with_line: bool = True) -> Article:
    place = PLACES[number % len(PLACES)]
    lines = [
        f"Warga {place} menanam bakau bersama {number} orang dari desa sebelah.",
        f"“Kami menanam {number} bibit sejak pagi di sepanjang pesisir,” kata Agis, warga {place}.",
        *([f"{LABEL} {place} {number}"] if with_line else []),
        f"“Besok kami ke {PLACES[(number + 3) % len(PLACES)]} untuk menanam lagi,” ujar Sari Melati.",
    ]
    body = "\n".join(lines)
    url = f"https://warta.example/{number}"
    return Article(
        url=url, outlet="warta", title=f"{place} Menanam Bakau {number}", body=body, language="id",
        published_day=date(2026, 1, 1) + timedelta(days=number), quotes=quotes.find(body, language="id"),
        furniture=("Simak Video",), provenance={"body": "generic"}, addresses=(url,),
        fetched_at=datetime(2026, 5, 1, tzinfo=UTC),
    )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "news.db") as fresh:
        yield fresh


def save_all(store: Store, numbers: Iterator[int] | range, *, every: int = 2) -> None:
    for number in numbers:
        learning.save(store, article(number, with_line=number % every == 0))


def bodies(store: Store) -> dict[str, tuple[str, str]]:
    return {
        row["url"]: (row["body"], row["furniture"]) for row in store.rows("SELECT url, body, furniture FROM articles")
    }


def with_label(store: Store) -> int:
    return sum(LABEL in body for body, _ in bodies(store).values())


def test_what_recurs_is_taken_out_of_earlier_articles(store: Store) -> None:
    save_all(store, range(20))
    assert with_label(store) == 10
    assert learning.learn(store) == learning.LearnReport(outlets=1, articles=10)
    assert with_label(store) == 0
    kept = store.article(1)
    assert kept.furniture == ("Simak Video", f"{LABEL} Muara 0")
    assert kept.quotes == quotes.find(kept.body, language="id")
    assert len(kept.quotes) == 2
    assert store.value("SELECT max(version) FROM articles") == 1


def test_quotations_fit_the_body_after_removal(store: Store) -> None:
    save_all(store, range(20))
    learning.learn(store)
    rows = store.rows(
        'SELECT a.body, q.text, q."start", q."end" FROM quotes AS q JOIN articles AS a ON a.id = article_id'
    )
    assert len(rows) == 40
    assert all(row["body"][row["start"] : row["end"]] == row["text"] for row in rows)


def test_body_and_furniture_hold_the_same_lines_as_before(store: Store) -> None:
    save_all(store, range(20))
    before = {url: sorted([*body.split("\n"), *json.loads(lines)]) for url, (body, lines) in bodies(store).items()}
    learning.learn(store)
    after = {url: sorted([*body.split("\n"), *json.loads(lines)]) for url, (body, lines) in bodies(store).items()}
    assert after == before


def test_what_is_known_is_taken_out_on_arrival(store: Store) -> None:
    save_all(store, range(20))
    learning.learn(store)
    learning.save(store, article(20))
    assert with_label(store) == 0
    assert learning.save(store, article(20)).outcome == "unchanged"
    assert learning.save(store, replace(article(20), body=article(20).body + "\nHujan turun.")).outcome == "version"
    assert with_label(store) == 0


def test_what_is_glued_to_a_paragraph_is_cut_and_quotations_fit(store: Store) -> None:
    for number in range(20):
        plain = article(number, with_line=False)
        tail = f" {LABEL} {number}" if number % 2 else " Ikuti kanal kami di aplikasi pesan."
        learning.save(store, replace(plain, body=plain.body.replace("\n", f"{tail}\n", 1)))
    assert learning.learn(store) == learning.LearnReport(outlets=1, articles=20)
    for number in range(20):
        kept, plain = store.article(number + 1), article(number, with_line=False)
        assert (kept.body, kept.quotes) == (plain.body, plain.quotes)
        assert kept.furniture[0] == "Simak Video"
        assert kept.furniture[1] in {f"{LABEL} {number}", "Ikuti kanal kami di aplikasi pesan."}
        assert kept.provenance["body"] == "learned"


def test_a_block_quotation_without_marks_stays_one(store: Store) -> None:
    save_all(store, range(19))
    lines = [*article(20).body.split("\n"), "Agis mengatakan:", "Kami menanam lagi setiap bulan Mei di pesisir itu."]
    body = "\n".join(lines)
    said = quotes.find(body, language="id", set_apart={lines[-1]})
    assert lines[-1] in {quote.text for quote in said}
    saved = learning.save(store, replace(article(20), body=body, quotes=said))
    learning.learn(store)
    kept = store.article(saved.article_id)
    assert [quote.text for quote in kept.quotes] == [quote.text for quote in said]
    assert LABEL not in kept.body


def test_learning_twice_is_learning_once(store: Store, dump: Dump) -> None:
    save_all(store, range(20))
    learning.learn(store)
    cluster(store)
    before = dump(store.path)
    assert learning.learn(store) == learning.LearnReport()
    assert cluster(store).articles == 0
    assert dump(store.path) == before


@pytest.mark.parametrize("order", [range(20), range(19, -1, -1), [*range(1, 20, 2), *range(0, 20, 2)]])
@pytest.mark.parametrize("at_once", [3, 20])
def test_order_and_batches_of_arrival_change_nothing(store: Store, order: list[int], at_once: int) -> None:
    with_others = open_store(store.path.with_name("other.db"))
    save_all(with_others, range(20))
    learning.learn(with_others)
    for start in range(0, 20, at_once):
        save_all(store, iter(order[start : start + at_once]))
        learning.learn(store)
    assert bodies(store) == bodies(with_others)
    assert FurnitureStore(store).learned("warta") == FurnitureStore(with_others).learned("warta")
    with_others.close()


def test_what_stops_being_furniture_comes_back(store: Store) -> None:
    save_all(store, range(40), every=4)
    before = bodies(store)
    learning.learn(store)
    assert with_label(store) == 0
    for number in range(20):  # now the outlet's sentences say it
        body = f"Mereka melihat papan nomor {chr(97 + number) * 3}, baca ini pula panen garam di sana, dan pulang sore."
        learning.save(store, replace(article(300 + number), body=body, quotes=()))
    assert learning.learn(store) == learning.LearnReport(outlets=1, articles=10)
    assert {url: text for url, text in bodies(store).items() if url in before} == before
    assert FurnitureStore(store).learned("warta") == ()


def test_changed_articles_are_clustered_again(store: Store) -> None:
    save_all(store, range(20))
    cluster(store)
    learning.learn(store)
    assert cluster(store).articles == 10
    assert store.value("SELECT articles FROM counted_articles") == 20


def test_a_kill_between_batches_loses_nothing(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    save_all(store, range(20))
    monkeypatch.setattr(learning, "BATCH", 4)

    def die(number: int) -> None:
        raise KeyboardInterrupt(number)

    with pytest.raises(KeyboardInterrupt):
        learning.learn(store, progress=die)
    assert with_label(store) == 8
    assert learning.learn(store) == learning.LearnReport(outlets=0, articles=8)
    assert with_label(store) == 0
    assert learning.learn(store) == learning.LearnReport()


def test_a_kill_inside_a_batch_leaves_it_as_before(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    save_all(store, range(20))
    before = bodies(store)
    seen: list[str] = []

    def die(body: str, language: str | None, set_apart: set[str]) -> tuple[()]:
        assert not set_apart
        seen.append(body)
        if len(seen) == 5:
            raise KeyboardInterrupt(language)
        return ()

    with monkeypatch.context() as patched:
        patched.setattr(quotes, "find", die)
        with pytest.raises(KeyboardInterrupt):
            learning.learn(store)
    assert bodies(store) == before
    assert learning.learn(store).articles == 10


def test_outlets_furniture_tells_what_was_learned(store: Store, invoke: Callable[..., Result]) -> None:
    save_all(store, range(20))
    learning.learn(store)
    told = json.loads(invoke("outlets", "--furniture", "warta", "--db", store.path, "--json").stdout)
    assert [(one["kind"], one["text"], one["articles"], one["of"]) for one in told] == [
        ("opening", "baca ini pula: panen", 10, 20)
    ]
    assert told[0]["samples"][0] == [f"{LABEL} Muara 0", "https://warta.example/0"]
    shown = invoke("outlets", "--furniture", "warta", "--db", store.path).stdout
    assert "the opening of lines in 10 of 20 articles, 2026-01-01 to 2026-01-19" in shown.replace(
        "to 19", "to 2026-01-19"
    )
    assert "https://warta.example/2" in shown


def test_outlets_furniture_of_an_unknown_outlet_is_nothing_found(store: Store, invoke: Callable[..., Result]) -> None:
    result = invoke("outlets", "--furniture", "kabar", "--db", store.path)
    assert result.exit_code == 4
    assert "newscrawl status" in result.stderr


def test_ingest_learns_before_it_groups(tmp_path: Path, invoke: Callable[..., Result]) -> None:
    made = [article(number, with_line=number % 2 == 0) for number in range(20)]
    lines = [
        {"url": a.url, "outlet": a.outlet, "title": a.title, "body": a.body, "published": str(a.published_day)}
        for a in made
    ]
    file = tmp_path / "news.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    said = invoke("ingest", file, "--db", tmp_path / "n.db").stdout
    assert "Learned other furniture for 1 outlet; text of 10 articles changed" in said
    with open_store(tmp_path / "n.db") as store:
        assert with_label(store) == 0
        assert store.value("SELECT count(*) FROM signatures WHERE version = 0") == 0
