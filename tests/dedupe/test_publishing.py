"""A published store: no long text anywhere in it, nothing of the machine, sound, whole, and read as any store is."""

import asyncio
import json
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedupe import Article, ExportError, Reject, Store, StoreError, cluster, open_store, publish_store, views
from dedupe import publishing as p
from dedupe.site.serve import application

Make = Callable[..., Article]
LONG = " ".join(f"Kata{number} panjang." for number in range(400))
ADDRESSES = re.compile("url|homepage")
JSON_COLUMNS = {"authors", "tags", "furniture", "provenance", "evidence", "body_lengths"}


@pytest.fixture(scope="module")
def published(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("published") / "out.db"
    publish_store(demo, out)
    return out


def columns(db: Path) -> Iterator[tuple[str, str]]:
    """Every column of every table of a store, but for SQLite's and sqlite-utils' own."""
    with closing(sqlite3.connect(db)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            if not re.search("_fts|^sqlite_|^_", table):
                for column in connection.execute(f'PRAGMA table_info("{table}")').fetchall():
                    yield table, column[1]


def strings(value: Any) -> Iterator[str]:
    """Every string in a value of JSON."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in [*value, *value.values()] if isinstance(value, dict) else value:
            yield from strings(one)


def texts(db: Path) -> Iterator[tuple[str, str, str]]:
    """Every text in a store, with its table and column: those in JSON one by one."""
    with closing(sqlite3.connect(db)) as connection:
        for table, column in columns(db):
            for (value,) in connection.execute(f'SELECT DISTINCT "{column}" FROM "{table}"'):
                if column in JSON_COLUMNS:
                    yield from ((table, column, text) for text in strings(json.loads(value)))
                elif isinstance(value, str):
                    yield table, column, value


# --- what is in it ------------------------------------------------------------------------------


def test_no_long_text_is_left_anywhere(published: Path) -> None:
    too_long = [
        (table, column, text[:40])
        for table, column, text in texts(published)
        if len(text) > (p.LONGEST_QUOTATION if column in {"text", *JSON_COLUMNS} else p.LONGEST_EXCERPT)
        and not ADDRESSES.search(column)
        and table != "publication"
    ]
    assert not too_long


def test_the_file_holds_no_byte_of_what_was_cut(demo: Path, published: Path, rows: Callable[..., Any]) -> None:
    there = published.read_bytes()
    kept = "\n".join(text for _, _, text in texts(published))
    looked_for = 0
    for (body,) in rows(demo, "SELECT body FROM articles"):
        for start in range(400, len(body) - 40, 100):
            piece = body[start : start + 40]
            if "\n" not in piece and piece not in kept:
                looked_for += 1
                assert piece.encode() not in there
    assert looked_for > 100


def test_no_raw_key_and_no_blob_is_left(demo: Path, published: Path, rows: Callable[..., Any]) -> None:
    there = published.read_bytes()
    for (key,) in rows(demo, "SELECT raw FROM articles UNION SELECT raw FROM pages UNION SELECT raw FROM rejects"):
        assert key is None or key.encode() not in there
    for table, column in columns(published):
        assert not rows(published, f'SELECT 1 FROM "{table}" WHERE typeof("{column}") = \'blob\' LIMIT 1')
    assert str(demo.parent).encode() not in there


def test_every_column_is_published_or_stays_behind_for_a_reason(demo: Path) -> None:
    script = "".join(
        (files("dedupe") / "sql" / "publish" / name).read_text() for name in ("published.sql", "furniture.sql")
    )
    named = {
        (table, column.strip().strip('"'))
        for table, listed in re.findall(r"INSERT INTO main\.(\w+) \(([^)]+)\)", script)
        for column in listed.split(",")
    }
    missing = {
        (table, column)
        for table, column in columns(demo)
        if (table, column) not in named
        and (table not in p.STAY_BEHIND or table in {"furniture", "furniture_lines"})
        and column not in p.STAY_BEHIND_OF.get(table, ())
    }
    assert not missing, "name them in dedupe/sql/publish/published.sql, or in STAY_BEHIND of dedupe/publishing.py"


def test_stories_and_pairs_are_those_of_the_store(
    demo: Path, published: Path, stories: Callable[[Path], Any], rows: Callable[..., Any]
) -> None:
    assert stories(published) == stories(demo)
    for view in ("story_list", "coverage_list", "text_families", "article_urls", "story_firsts", "text_reuse"):
        assert sorted(map(repr, rows(published, f"SELECT * FROM {view}"))) == sorted(
            map(repr, rows(demo, f"SELECT * FROM {view}"))
        )


@pytest.mark.parametrize("view", sorted(views()))
def test_every_view_answers(view: str, published: Path, rows: Callable[..., Any]) -> None:
    rows(published, f"SELECT * FROM {view}")


def test_full_text_search_finds_what_is_left(published: Path, rows: Callable[..., Any]) -> None:
    with closing(sqlite3.connect(published)) as connection:
        for table in ("articles_fts", "quotes_fts"):
            connection.execute(f"INSERT INTO {table} ({table}) VALUES ('integrity-check')")
    title = rows(published, "SELECT title FROM articles WHERE id = 1")[0][0]
    word = max(re.findall(r"\w+", title), key=len)
    assert (1,) in rows(published, "SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?", (word,))


# --- made-up stores -----------------------------------------------------------------------------


@pytest.fixture
def full(store: Store, make: Make) -> Store:
    """A store with long texts wherever one can stand."""
    said = f"“{'Kami menunggu air surut. ' * 40}”"
    store.save_article(
        make(
            "a",
            f"{LONG}\n{said} kata lurah.",
            title=LONG,
            standfirst=LONG,
            authors=(LONG,),
            tags=(LONG, "banjir"),
            furniture=(LONG,),
            image_caption=LONG,
            image_credit=LONG,
            source_credit=LONG,
            section=LONG,
            raw="f" * 64,
            published_text=LONG,
        )
    )
    store.save_article(make("a", f"{LONG}\nTambahan di akhir.\n{said} kata lurah.", title=LONG, raw="e" * 64))
    store.save_article(make("b", f"{LONG}\n{said} kata camat.", title=LONG, outlet="kabar"))
    store.save_reject(
        Reject(url="https://warta.example/x", stage="read", reason="soft-404", detail="/home/somebody/x.html")
    )
    store.save_reject(Reject(url="/home/somebody/x.jsonl:7", stage="read", reason="no-url"))
    store.connection.execute(
        "INSERT INTO runs (command, started_at, status, detail)"
        " VALUES ('ingest /home/somebody/x', '2026-05-05T00:00:00Z', 'good', '/home')"
    )
    store.connection.execute(
        "INSERT INTO decisions (id, kind, story_id, other_id, made_at, made_by, why)"
        " VALUES (1, 'merge', 1, 2, '2026-05-05T00:00:00Z', 'Rosalind', ?)",
        (LONG,),
    )
    cluster(store)
    return store


def test_long_texts_wherever_they_stand_are_cut(full: Store, tmp_path: Path) -> None:
    publish_store(full.path, tmp_path / "out.db")
    test_no_long_text_is_left_anywhere(tmp_path / "out.db")
    there = (tmp_path / "out.db").read_bytes()
    for hidden in (b"/home", b"somebody", b"Rosalind", b"Kata300", b"eeee", b"ffff"):
        assert hidden not in there


def test_a_version_shows_what_it_changed(full: Store, tmp_path: Path, rows: Callable[..., Any]) -> None:
    publish_store(full.path, tmp_path / "out.db")
    changed = rows(tmp_path / "out.db", "SELECT number, text_changed FROM version_list WHERE article_id = 1")
    assert changed[-1] == (2, 1)
    assert "Tambahan di akhir." in rows(tmp_path / "out.db", "SELECT body FROM versions WHERE number = 2")[0][0]


def test_a_quotation_stands_in_its_text_or_nowhere(full: Store, tmp_path: Path, rows: Callable[..., Any]) -> None:
    publish_store(full.path, tmp_path / "out.db")
    for start, end in rows(tmp_path / "out.db", 'SELECT "start", "end" FROM quotes'):
        assert (start, end) == (0, 0)


def test_the_demos_quotations_stand_where_they_say(published: Path, rows: Callable[..., Any]) -> None:
    found = rows(
        published, 'SELECT q.text, q."start", q."end", a.body FROM quotes q JOIN articles a ON a.id = q.article_id'
    )
    assert all(body[start:end] in {text, ""} for text, start, end, body in found)
    assert any(end for _, _, end, _ in found)


def test_whole_texts_and_editors_where_they_are_asked_for(
    full: Store, tmp_path: Path, rows: Callable[..., Any]
) -> None:
    done = publish_store(full.path, tmp_path / "out.db", full_texts=True, with_editors=True)
    assert done.texts == "whole"
    out = tmp_path / "out.db"
    assert rows(out, "SELECT body, title, furniture FROM articles") == rows(
        full.path, "SELECT body, title, furniture FROM articles"
    )
    assert rows(out, "SELECT * FROM quotes") == rows(full.path, "SELECT * FROM quotes")
    assert rows(out, "SELECT made_by FROM decisions") == [("Rosalind",)]
    assert rows(out, "SELECT texts, longest_excerpt FROM publication") == [("whole", None)]
    assert b"/home" not in out.read_bytes()


# --- the file -----------------------------------------------------------------------------------


def test_a_published_store_gives_way_to_a_newer_one_and_nothing_else_does(full: Store, tmp_path: Path) -> None:
    out = tmp_path / "out.db"
    publish_store(full.path, out)
    assert publish_store(full.path, out).articles == 2
    before = full.path.read_bytes()
    with pytest.raises(ExportError, match="is the store itself"):
        publish_store(full.path, full.path)
    with open_store(tmp_path / "other.db"):
        pass
    with pytest.raises(ExportError, match="is a database"):
        publish_store(full.path, tmp_path / "other.db")
    with pytest.raises(ExportError, match="no such folder"):
        publish_store(full.path, tmp_path / "nowhere" / "out.db")
    with pytest.raises(StoreError, match="no such store"):
        publish_store(tmp_path / "none.db", tmp_path / "new.db")
    assert full.path.read_bytes() == before
    assert not (tmp_path / "new.db").exists()
    assert not list(tmp_path.glob(".*"))


def test_what_is_not_sound_does_not_get_its_name(full: Store, tmp_path: Path) -> None:
    out = tmp_path / "out.db"
    publish_store(full.path, out)
    before = out.read_bytes()
    full.connection.execute("PRAGMA foreign_keys = OFF")
    full.connection.execute("INSERT INTO coverage VALUES (999, 999, 1.0)")
    with pytest.raises(ExportError, match=r"not sound \(a row of coverage names one of"):
        publish_store(full.path, out)
    assert out.read_bytes() == before
    assert not list(tmp_path.glob(".*"))


def test_one_file_is_enough_and_can_be_read_where_nothing_can_be_written(published: Path) -> None:
    assert [path.name for path in published.parent.iterdir()] == [published.name]
    with closing(sqlite3.connect(f"{published.as_uri()}?immutable=1", uri=True)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert connection.execute("SELECT count(*) FROM coverage_list").fetchone()[0] > 0
    assert open_store(published, readonly=True).is_up_to_date()


def test_a_published_store_has_nothing_to_cluster(published: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.write_bytes(published.read_bytes())
    with open_store(copy) as store:
        assert cluster(store).articles == 0


def test_the_pages_are_served_from_it(published: Path) -> None:
    async def ask(paths: list[str]) -> list[int]:
        transport = httpx.ASGITransport(app=application(published))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return [(await client.get(path)).status_code for path in paths]

    paths = [
        "/",
        "/story/1",
        "/article/1",
        "/article/2",
        "/why/1/7",
        "/outlets",
        "/speakers",
        "/story/1.json",
        "/story/1.atom",
    ]
    assert asyncio.run(ask(paths)) == [200] * len(paths)


def test_plain_datasette_reads_it(published: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "datasette", "-i", str(published), "--get", "/out/coverage_list.json?_size=1"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert json.loads(done.stdout)["rows"], done.stderr


def test_the_command_says_what_it_made(invoke: Callable[..., Any], full: Store, tmp_path: Path) -> None:
    done = invoke("publish", tmp_path / "out.db", "--db", full.path)
    assert "2 articles" in done.stdout
    assert "newscrawl serve --db" in done.stdout
    refused = invoke("publish", full.path, "--db", full.path)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert json.loads(invoke("publish", tmp_path / "out.db", "--json", "--db", full.path).stdout)["texts"] == "excerpts"


# --- cutting ------------------------------------------------------------------------------------


@given(st.text(max_size=400), st.integers(10, 300))
def test_a_cut_text_is_short_and_begins_as_it_did(text: str, longest: int) -> None:
    found = p.cut(text, longest)
    assert len(found) <= longest
    assert text.startswith(found.removesuffix(p.MORE)) or found == text
    assert (found == text) == (len(text) <= longest) or found == text


@given(st.text(max_size=900), st.text(max_size=900), st.integers(0, 900))
def test_versions_that_differ_still_differ_when_they_are_cut(before: str, tail: str, common: int) -> None:
    before = before.strip()
    text = (before[:common] + tail).strip()
    assert len(p.change(before, text)) <= p.LONGEST_EXCERPT
    assert p.change(None, text) == p.excerpt(text)


@given(
    st.recursive(
        st.text(max_size=900), lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
    )
)
def test_json_that_is_cut_is_json(value: Any) -> None:
    found = p.short(json.dumps(value, ensure_ascii=False))
    assert found is not None
    assert all(len(text) <= p.LONGEST_QUOTATION for text in strings(json.loads(found)))
