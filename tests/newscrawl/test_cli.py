from __future__ import annotations

import json
import math
import os
import pty
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import click
import pytest

from newscrawl import urls
from newscrawl.cli import main
from newscrawl.demo.events import demo_root
from newscrawl.demo.web import build

COMMANDS = sorted(main.commands)
INNER = [
    (name, inner)
    for name, group in sorted(main.commands.items())
    if isinstance(group, click.Group)
    for inner in sorted(group.commands)
]
WITH_OPTIONS = [*((name,) for name in COMMANDS if name != "archive"), *INNER]
"""Every command but for groups that do nothing themselves."""
WEB = build()
GOLD = demo_root() / "stories.jsonl"


@pytest.fixture
def ask(demo: Path, invoke: Any) -> Callable[..., Any]:
    """A command on the demo's store."""
    return lambda name, *args, **more: invoke(name, "--db", demo, *args, **more)


def line(name: str, **more: object) -> str:
    said = {"url": f"https://harian.example.org/{name}", "body": "Warga menanam bakau di teluk. " * 6, **more}
    return json.dumps(said) + "\n"


# --- every command ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WITH_OPTIONS, ids=" ".join)
def test_every_command_explains_itself(name: tuple[str, ...], invoke: Any) -> None:
    done = invoke(*name, "--help")
    assert done.exit_code == 0
    for option in ("--config", "--db", "--json", "--log-json", "-q", "-v"):
        assert option in done.stdout


def test_every_command_is_there() -> None:
    wanted = {
        "run",
        "ingest",
        "cluster",
        "status",
        "outlets",
        "extract",
        "check",
        "story",
        "explain",
        "evaluate",
        "demo",
    }
    assert wanted <= set(COMMANDS)


JSON_KEYS = [
    (
        ("status",),
        {
            "db",
            "articles",
            "stories",
            "quotations",
            "waiting_for_clustering",
            "left_to_fetch",
            "outlets",
            "rejects",
            "runs",
        },
    ),
    (
        ("story", "1"),
        {"story_id", "title", "outlets", "articles", "independent_texts", "coverage", "quotations", "own", "pairs"},
    ),
    (("explain", "1", "2"), {"a", "b", "story", "kind", "score", "evidence", "passages", "quotations"}),
    (("check", WEB.articles[0].title), {"query", "story", "matches"}),
    (
        ("evaluate", str(GOLD)),
        {"articles", "missing", "bcubed_precision", "bcubed_recall", "bcubed_f1", "pairwise_f1", "ari"},
    ),
]


@pytest.mark.parametrize(("args", "keys"), JSON_KEYS, ids=lambda value: value[0] if isinstance(value, tuple) else "")
def test_json_holds_the_documented_keys_and_nothing_stands_beside_it(
    args: tuple[str, ...], keys: set[str], ask: Any
) -> None:
    done = ask(*args, "--json")
    assert done.exit_code == 0
    assert keys <= set(json.loads(done.stdout))
    assert done.stderr == ""


def test_lists_are_json_lists(ask: Any) -> None:
    stories = json.loads(ask("story", "--json").stdout)
    assert {"story_id", "title", "outlets", "articles"} <= set(stories[0])
    outlets = json.loads(ask("outlets", "--json").stdout)
    assert {"name", "title", "homepage", "language", "is_demo", "is_on", "last_run"} == set(outlets[0])
    assert [o["name"] for o in outlets] == sorted(o["name"] for o in outlets)


def test_a_match_holds_the_documented_keys(ask: Any) -> None:
    [match, *_] = json.loads(ask("check", WEB.articles[0].url, "--json").stdout)["matches"]
    assert {"outlet", "url", "title", "published_text", "first_seen_at", "score", "kind"} <= set(match)


@pytest.mark.parametrize("args", [("status",), ("story",), ("story", "1"), ("outlets",), ("explain", "1", "2")])
def test_words_for_people_come_without_escape_codes_and_fall_silent(args: tuple[str, ...], ask: Any) -> None:
    done = ask(*args)
    assert done.exit_code == 0
    assert done.stdout.strip()
    assert "\x1b" not in done.stdout + done.stderr
    assert ask(*args, "-q").stdout == ""


# --- check --------------------------------------------------------------------------------------


ONE = next(a for a in WEB.articles if a.outlet == "harian_muara" and a.amp_path)
BARE = ONE.url.removeprefix("http://")
ADDRESSES = {
    "as it is": ONE.url,
    "https": f"https://{BARE}",
    "without scheme": BARE,
    "www": f"http://www.{BARE}",
    "tracking": f"{ONE.url}?utm_source=wa&utm_medium=x&fbclid=3",
    "fragment": f"{ONE.url}#komentar",
    "without trailing slash": ONE.url.rstrip("/"),
    "amp": f"{ONE.url}amp/",
    "amp parameter": f"{ONE.url}?amp=1",
    "all pages": f"{ONE.url}?page=all",
    "spaces around": f"  {ONE.url}\n",
    "upper-case host": ONE.url.replace("harianmuara.example", "HarianMuara.Example"),
    "default port": ONE.url.replace(".example/", ".example:80/"),
}


@pytest.mark.parametrize("form", ADDRESSES)
def test_check_finds_a_story_by_any_form_of_an_address(form: str, ask: Any) -> None:
    found = json.loads(ask("check", ADDRESSES[form], "--json").stdout)
    assert found["story"]
    assert found["matches"][0]["url"] == ONE.url
    assert found["matches"][0]["kind"] == "url"


def quotation(rows: Any, demo: Path) -> tuple[str, str]:
    """A long quotation of the demo and the address it stands at."""
    return rows(
        demo,
        "SELECT a.url, q.text FROM quotes AS q JOIN articles AS a ON a.id = q.article_id"
        " WHERE a.outlet = 'kabar_lestari' ORDER BY length(q.text) DESC, q.id LIMIT 1",
    )[0]


def test_check_finds_a_headline_a_quotation_and_a_paragraph(ask: Any, demo: Path, rows: Any) -> None:
    url, said = quotation(rows, demo)
    [(title, body)] = rows(demo, "SELECT title, body FROM articles WHERE url = ?", (url,))
    paragraph = max(body.split("\n"), key=len)
    for query, kinds in (
        (title, {"title"}),
        (said, {"quotation"}),
        (f"“{said}”", {"quotation"}),
        (paragraph, {"text", "quotation"}),
    ):
        found = json.loads(ask("check", query, "--json").stdout)
        assert found["matches"][0]["url"] == url, query
        assert found["matches"][0]["kind"] in kinds, query
        assert found["story"]


def test_check_finds_a_reworded_quotation(ask: Any, demo: Path, rows: Any) -> None:
    url, said = quotation(rows, demo)
    tokens = said.split()
    reworded = " ".join(["Menurut", "kami", *tokens[2:6], "memang", *tokens[7:]])
    found = json.loads(ask("check", reworded, "--json").stdout)
    assert found["matches"][0]["url"] == url


def test_check_reads_a_file_and_standard_input(ask: Any, demo: Path, tmp_path: Path) -> None:
    file = tmp_path / "kutipan.txt"
    file.write_text(f"\ufeff{ONE.title}\n", "utf-8")
    by_file = json.loads(ask("check", file, "--json").stdout)
    by_stdin = json.loads(ask("check", "-", "--json", stdin=ONE.title + "\n").stdout)
    assert by_file["story"] == by_stdin["story"] is not None
    assert json.loads(ask("check", "-", "--json", stdin=f"{ONE.url}\n").stdout)["matches"][0]["kind"] == "url"


def test_check_says_that_it_found_nothing(ask: Any, demo: Path) -> None:
    done = ask("check", "Zeppelin ungu mendarat diam-diam")
    assert done.exit_code == 4
    assert not done.stdout
    assert "Zeppelin ungu" in done.stderr
    assert str(demo) in done.stderr
    found = ask("check", "https://nowhere.example.org/1", "--json")
    assert found.exit_code == 4
    assert json.loads(found.stdout) == {"query": "https://nowhere.example.org/1", "story": None, "matches": []}


HOSTILE = [
    "",
    " ",
    "-" * 300,
    "“" * 120,
    "é" * 250,
    '"',
    "NEAR(a b)",
    "a\x00b",
    "OR AND NOT",
    "\ud800",
    "%",
    "https://",
    "http://[",
    "x.y/z",
    "🐟" * 80,
    "a" * 60_000,
]


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
def test_check_takes_any_string(query: str, ask: Any) -> None:
    assert ask("check", "--", query).exit_code in {0, 4}
    assert ask("check", "-", stdin=query.encode("utf-8", "surrogatepass")).exit_code in {0, 4}


def test_check_takes_bytes_that_are_no_text(ask: Any) -> None:
    assert ask("check", "-", stdin=b"\xff\xfe\x00\xd8" * 30).exit_code == 4


# --- story, explain -----------------------------------------------------------------------------


def test_story_lists_by_number_of_outlets(ask: Any) -> None:
    listed = json.loads(ask("story", "--json", "--least-outlets", "4", "--most", "3").stdout)
    assert len(listed) == 3
    assert all(len(one["outlets"]) >= 4 for one in listed)
    assert json.loads(ask("story", "--json", "--most", "0").stdout) == []


@pytest.mark.parametrize(("given", "code"), [("99999", 4), ("0", 4), ("9" * 30, 2), ("x", 2), (str(2**63 - 1), 4)])
def test_story_says_that_there_is_no_such_story(given: str, code: int, ask: Any) -> None:
    done = ask("story", given)
    assert done.exit_code == code
    assert given in done.stderr
    assert not done.stdout


def test_story_of_an_empty_store(tmp_path: Path, invoke: Any) -> None:
    db = tmp_path / "x.db"
    (tmp_path / "x.jsonl").write_text("{}\n")
    assert invoke("ingest", tmp_path / "x.jsonl", "--db", db).exit_code == 3
    assert invoke("story", "--db", db).exit_code == 0
    assert json.loads(invoke("story", "--db", db, "--json").stdout) == []
    assert invoke("check", "apa saja", "--db", db).exit_code == 4
    assert invoke("status", "--db", db).exit_code == 0


def test_explain_takes_ids_and_addresses(ask: Any, demo: Path, rows: Any) -> None:
    [(a, url_a, b, url_b)] = rows(
        demo,
        "SELECT x.article_id, x.url, y.article_id, y.url FROM coverage_list AS x JOIN coverage_list AS y"
        " ON y.story_id = x.story_id AND y.article_id > x.article_id ORDER BY 1, 3 LIMIT 1",
    )
    by_id = json.loads(ask("explain", a, b, "--json").stdout)
    by_address = json.loads(ask("explain", f"{url_a}?utm_source=x", url_b.removeprefix("http://"), "--json").stdout)
    assert by_id == by_address
    assert by_id["story"]
    features = {name: told for name, told in by_id["evidence"].items() if name not in {"base", "text"}}
    log_odds = by_id["evidence"]["base"] + sum(told["contribution"] for told in features.values())
    assert 1 / (1 + math.exp(-log_odds)) == pytest.approx(by_id["score"], abs=1e-5)
    printed = ask("explain", a, b).stdout
    assert f"{log_odds:+.4f}" in printed
    assert all(f"{told['contribution']:+.4f}" in printed for told in features.values())


@pytest.mark.parametrize(
    ("pair", "code"),
    [
        (("1", "1"), 2),
        (("1", "99999"), 4),
        (("https://nowhere.example.org/1", "1"), 4),
        (("\ud800", "1"), 4),
        (("9" * 40, "1"), 4),
    ],
)
def test_explain_says_what_is_missing(pair: tuple[str, str], code: int, ask: Any) -> None:
    done = ask("explain", *pair)
    assert done.exit_code == code
    assert done.stderr.startswith("newscrawl: ")
    assert not done.stdout


# --- evaluate -----------------------------------------------------------------------------------

BAD_GOLD = ["nonsense", "[]", '{"url": "x"}', "3", "null", "[" * 100_000]


@pytest.mark.parametrize("bad", BAD_GOLD, ids=range(len(BAD_GOLD)))
def test_evaluate_names_the_line_that_is_none(bad: str, ask: Any, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text(f'{{"url": "{ONE.url}", "story": "a"}}\n\n{bad}\n')
    done = ask("evaluate", gold)
    assert done.exit_code == 2
    assert f"{gold}, line 3" in done.stderr
    assert not done.stdout


def test_evaluate_takes_a_mark_at_the_start_and_unusual_line_ends_inside_a_line(ask: Any, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text(f'\ufeff{{"url": "{ONE.url}", "story": "a\u2028b"}}\r\n', "utf-8", newline="")
    assert json.loads(ask("evaluate", gold, "--json").stdout)["articles"] == 1


def test_evaluate_says_that_nothing_of_the_gold_is_there(ask: Any, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text('{"url": "https://nowhere.example.org/1", "story": "a"}\n')
    assert ask("evaluate", gold).exit_code == 4
    assert ask("evaluate", tmp_path / "none.jsonl").exit_code == 2


# --- extract ------------------------------------------------------------------------------------


def saved(folder: Path, outlet: str, target: str) -> tuple[Path, str]:
    host = WEB.outlets[outlet].host
    page = WEB.page(host, target)
    assert page
    (folder / "page.html").write_bytes(page.body)
    return folder / "page.html", f"http://{host}{target}"


def test_extract_shows_an_article_and_stores_nothing(tmp_path: Path, invoke: Any, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    file, url = saved(tmp_path, "warta_sagara", next(a.path for a in WEB.articles if a.outlet == "warta_sagara"))
    said = json.loads(invoke("extract", file, "--url", url, "--json").stdout)
    assert said["url"] == url
    assert said["outlet"] == "warta_sagara"
    assert said["body"]
    assert said["published_day"]
    assert all(said["body"][q["start"] : q["end"]] == q["text"] for q in said["quotes"])
    assert said["body"].split("\n")[0] in invoke("extract", file, "--url", url).stdout
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_extract_says_why_a_page_is_no_article(tmp_path: Path, invoke: Any) -> None:
    file, url = saved(tmp_path, "pesisir", "/berita/640931/foto-perahu-hias")
    done = invoke("extract", file, "--url", url)
    assert done.exit_code == 4
    assert "not-an-article" in done.stderr
    assert not done.stdout
    assert json.loads(invoke("extract", file, "--url", url, "--json").stdout)["reason"] == "not-an-article"


@pytest.mark.parametrize(
    "body", [b"", b"\x00" * 5000, b"\xff" * 5000, b"<p>" * 50_000, b"PK\x03\x04 zip", b"just words"]
)
def test_extract_takes_any_file(body: bytes, tmp_path: Path, invoke: Any) -> None:
    (tmp_path / "x").write_bytes(body)
    assert invoke("extract", tmp_path / "x", "--url", "https://nowhere.example.org/a").exit_code == 4


@pytest.mark.parametrize("url", ["", "not an address", "http://[", "ftp://a.example.org/", "file:///etc/passwd"])
def test_extract_asks_for_a_web_address(url: str, tmp_path: Path, invoke: Any) -> None:
    (tmp_path / "x").write_text("x")
    done = invoke("extract", tmp_path / "x", "--url", url)
    assert done.exit_code == 2
    assert "is no web address" in done.stderr


def test_extract_without_a_file_or_an_address(tmp_path: Path, invoke: Any) -> None:
    assert invoke("extract", tmp_path / "none.html", "--url", "https://a.example.org/").exit_code == 2
    (tmp_path / "x.html").write_text("x")
    assert invoke("extract", tmp_path / "x.html").exit_code == 2


# --- the store that is not there, or is something else -------------------------------------------

READERS = [
    ("status",),
    ("story",),
    ("story", "1"),
    ("check", "x"),
    ("explain", "1", "2"),
    ("evaluate", str(GOLD)),
    ("cluster",),
]


@pytest.mark.parametrize("args", READERS, ids=" ".join)
def test_a_missing_store_is_told_and_not_made(args: tuple[str, ...], tmp_path: Path, invoke: Any) -> None:
    done = invoke(*args, "--db", tmp_path / "none.db")
    assert done.exit_code == 2
    assert "there is no such store" in done.stderr
    assert not done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["status", "cluster", "ingest"])
@pytest.mark.parametrize("kind", ["text", "directory", "other database", "below a file", "."])
def test_a_file_that_is_no_store_is_told(
    kind: str, command: str, tmp_path: Path, invoke: Any, monkeypatch: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.jsonl").write_text(line("1"))
    db = Path("." if kind == "." else "some.db")
    if kind == "text":
        db.write_text("Ini bukan basis data. " * 100)
    elif kind == "directory":
        db.mkdir()
    elif kind == "other database":
        with closing(sqlite3.connect(db)) as connection:
            connection.execute("CREATE TABLE harta (id)")
    elif kind == "below a file":
        db.write_text("x")
        db /= "news.db"
    done = invoke(command, *(["x.jsonl"] if command == "ingest" else []), "--db", db)
    assert done.exit_code == 2
    assert done.stderr.startswith("newscrawl: ")
    assert not done.stdout


def test_the_store_may_be_named_by_the_environment(demo: Path, invoke: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("NEWSCRAWL_DB", str(demo))
    assert json.loads(invoke("status", "--json").stdout)["articles"] == 80


# --- progress -----------------------------------------------------------------------------------

SLOWLY = """
import time
from newscrawl.cli import Options, progress
with progress(Options(None, False, {quiet}, False), "reading", 300) as bar:
    for _ in range(30):
        time.sleep(0.05)
        bar.update(10)
print("done")
"""


def on_a_terminal(code: str) -> tuple[str, str]:
    """Stdout, and what came on a terminal at stderr."""
    main_end, end = pty.openpty()
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=end, timeout=60, check=True)
    os.set_blocking(main_end, False)
    shown = b""
    with suppress(BlockingIOError):
        while piece := os.read(main_end, 65_536):
            shown += piece
    os.close(end)
    os.close(main_end)
    return done.stdout.decode(), shown.decode()


def test_progress_shows_on_a_terminal_only_and_not_when_quiet() -> None:
    out, shown = on_a_terminal(SLOWLY.format(quiet=False))
    assert re.search(r"reading: +\d+%", shown)
    assert out == "done\n"
    assert on_a_terminal(SLOWLY.format(quiet=True)) == ("done\n", "")
    piped = subprocess.run(
        [sys.executable, "-c", SLOWLY.format(quiet=False)], capture_output=True, timeout=60, check=True
    )
    assert piped.stderr == b""


def test_messages_name_the_program(newscrawl: Any, tmp_path: Path) -> None:
    done = newscrawl("story", "1", "--db", tmp_path / "none.db")
    assert done.returncode == 2
    assert done.stderr.startswith("newscrawl: ")
    assert done.stdout == ""


def test_addresses_are_told_from_words() -> None:
    assert urls.typed("harbour.example/a")[:2] == ("harbour.example/a", "https://harbour.example/a")
    assert urls.typed("Harga naik.") == urls.typed("naik.") == urls.typed("") == ()
