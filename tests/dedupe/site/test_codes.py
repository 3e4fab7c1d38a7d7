"""Codes of the store are words on the pages: all that newscrawl writes, in both languages; others stay as they are."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import declared
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as lxml_html
from payloads import PAYLOADS

from dedupe import Article, open_store
from dedupe.site.wording import LANGUAGES, load
from dedupe.store import now

WRITTEN: dict[str, tuple[Callable[[], set[str]], set[str]]] = {
    "reasons": (declared.reasons, {"robots", "http-", "fetch-", "guard-bomb", "no-text", "too-deep", "bad-json",
                                   "live-index", "soft-404", "listing-cut", "torn-record", "section-page"}),
    "ends": (declared.ends, {"finished", "run-minutes", "shutdown", "never started", "start_error", "running",
                             "its process died (exit code ", "memusage_exceeded", "closespider_pagecount"}),
    "rules": (declared.rules, {"outlet", "json-ld", "meta", "generic", "listing", "given", "learned"}),
    "fields": (declared.fields, {"title", "body", "printed_body", "url", "authors", "image_credit", "published_text"}),
    "alarms": (declared.alarms, {"silent", "dates", "selector", "taken", "flawed", "failing"}),
    "languages": (declared.spoken, {"en", "id", "tr"}),
    "countries": (declared.countries, {"ID", "ZA"}),
}  # fmt: skip
"""Table of words -> where its codes are gathered, and some of them, lest the gathering finds none any more."""
ALONE = {"http-", "fetch-", "its process died (exit code "}
"""How codes begin that are put together: they have the words of their family."""
PAGES = ("/", "/search", "/outlets", "/outlet/warta", "/article/1", "/look?q=https://warta.example/foto")
REASON = "INSERT INTO rejects (url, stage, reason, first_seen_at, last_seen_at) VALUES (?, 'read', ?, ?, ?)"


@pytest.mark.parametrize("table", WRITTEN)
def test_the_codes_are_found_where_the_code_declares_them(table: str) -> None:
    gathered, some = WRITTEN[table]
    assert some <= gathered()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("table", WRITTEN)
def test_every_code_that_is_written_has_words(table: str, language: str) -> None:
    wording = load(language)
    without = [code for code in WRITTEN[table][0]() if wording.code(table, code) is None]
    assert not without


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("table", WRITTEN)
def test_what_is_declared_whole_has_words_of_its_own(table: str, language: str) -> None:
    said, families = load(language).said, (*ALONE, "fetch-failed", "closespider_")
    wanted = [code for code in WRITTEN[table][0]() if not code.startswith(families)]
    assert not [code for code in wanted if f"codes.{table}.{code}" not in said]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_scrapy_says_of_a_failed_download_has_words_of_its_own(language: str) -> None:
    failures = declared.failures()
    assert "fetch-CannotResolveHostError" in failures
    assert not [code for code in failures if f"codes.reasons.{code}" not in load(language).said]


@pytest.mark.parametrize("table", ["ends", "rules", "fields", "alarms", "languages", "countries"])
def test_no_words_are_left_over(table: str) -> None:
    begun = {"its process died (*", "closespider_*"}
    keys = {key.removeprefix(f"codes.{table}.") for key in load("en").said if key.startswith(f"codes.{table}.")}
    assert keys - begun <= WRITTEN[table][0]()


@pytest.mark.parametrize(
    ("table", "code", "words"),
    [
        ("reasons", "http-404", "the outlet says that there is no such page"),
        ("reasons", "http-418", "the outlet's server answered with an error"),
        ("reasons", "fetch-KeyError", "it could not be fetched"),
        ("reasons", "guard-of-tomorrow", "this crawler's guard refused it"),
        ("reasons", "soft-405", None),
        ("reasons", "robots-of-tomorrow", None),
        ("reasons", "http", None),
        ("reasons", "", None),
        ("ends", "its process died (exit code -9)", "It broke off: its process died."),
        ("ends", "closespider_of_tomorrow", "It was stopped by a limit that its settings have."),
        ("ends", "finished_of_tomorrow", None),
        ("rules", "json", None),
        ("of tomorrow", "robots", None),
    ],
)
def test_a_code_has_its_own_words_or_its_family_s_or_none(table: str, code: str, words: str | None) -> None:
    assert load("en").code(table, code) == words


@given(st.sampled_from(sorted(WRITTEN)), st.text())
def test_any_code_may_be_asked_for(table: str, code: str) -> None:
    for language in LANGUAGES:
        assert load(language).code(table, code) or code not in WRITTEN[table][0]()


# --- on the pages -------------------------------------------------------------------------------


Codes = dict[str, str]
KNOWN = {"reason": "http-503", "end": "shutdown", "rule": "json-ld", "field": "title", "alarm": "selector",
         "language": "id", "country": "ID"}  # fmt: skip


def coded_store(db: Path, make: Callable[..., Article], codes: Codes) -> Path:
    """A store whose only outlet has such codes wherever a page shows one."""
    with open_store(db) as store:
        store.save_article(
            make("a", "Banjir merendam Lantera.", outlet="warta", provenance={codes["field"]: codes["rule"]})
        )
        run = store.connection.execute
        with store.transaction():
            run("UPDATE outlets SET language = ?, country = ? WHERE name = 'warta'",
                (codes["language"], codes["country"]))  # fmt: skip
            run("INSERT INTO runs (id, command, started_at, status) VALUES (1, 'run', ?, 'failed')", (now(),))
            run("INSERT INTO run_outlets (run_id, outlet, finished) VALUES (1, 'warta', ?)", (codes["end"],))
            run("INSERT INTO alarms (outlet, kind, subject, since, text) VALUES ('warta', ?, 'body_css', ?, ?)",
                (codes["alarm"], now(), "selector `p.isi` matched on 0 of 31 pages"))  # fmt: skip
            run(REASON, ("https://warta.example/foto", codes["reason"], now(), now()))
    return db


def texts_of(pages: Any, language: str) -> dict[str, str]:
    """What stands in the middle of each page, without its marks."""
    answers = {path: pages.ask(path, headers={"accept-language": language}) for path in PAGES}
    assert {path: one.status_code for path, one in answers.items()} == dict.fromkeys(PAGES, 200)
    trees = {path: lxml_html.fromstring(one.text) for path, one in answers.items()}
    return {path: " ".join(" ".join(tree.find("body").itertext()).split()) for path, tree in trees.items()}


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("en", {
            "/look?q=https://warta.example/foto":
                "no article could be made of it: the outlet's server had no time for it (http-503)",
            "/outlet/warta": "Indonesian, Indonesia",
            "/outlets": "Indonesian, Indonesia",
            "/": "Indonesian",
            "/article/1": "headline (title) data in the page for search engines (json-ld)",
        }),
        ("id", {
            "/look?q=https://warta.example/foto":
                "tidak dapat dijadikan artikel: peladen media itu sedang tidak melayani (http-503)",
            "/outlet/warta": "bahasa Indonesia, Indonesia",
            "/outlets": "bahasa Indonesia, Indonesia",
            "/article/1": "judul (title) data dalam halaman untuk mesin pencari (json-ld)",
        }),
    ],
)  # fmt: skip
def test_pages_say_codes_in_the_reader_s_words(
    tmp_path: Path, make: Any, open_pages: Any, language: str, says: dict[str, str]
) -> None:
    shown = texts_of(open_pages(coded_store(tmp_path / "news.db", make, KNOWN)), language)
    assert {path: words for path, words in says.items() if words not in shown[path]} == {}


@pytest.mark.parametrize(
    ("language", "ended", "headed"),
    [
        ("en", "It was stopped before its end. (shutdown)", "A selector that no longer matches (selector) body_css"),
        (
            "id",
            "Dihentikan sebelum selesai. (shutdown)",
            "Pemilih yang tidak cocok lagi (selector) body_css",
        ),
    ],
)
def test_an_outlet_s_end_and_alarms_are_words_over_the_stored_sentence(
    tmp_path: Path, make: Any, open_pages: Any, language: str, ended: str, headed: str
) -> None:
    shown = texts_of(open_pages(coded_store(tmp_path / "news.db", make, KNOWN)), language)["/outlet/warta"]
    assert ended in shown
    assert headed in shown
    assert "selector `p.isi` matched on 0 of 31 pages" in shown[shown.index(headed) :]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_without_words_stands_as_it_is(tmp_path: Path, make: Any, open_pages: Any, language: str) -> None:
    unknown = {name: f"xx{name} of tomorrow" for name in KNOWN}
    shown = texts_of(open_pages(coded_store(tmp_path / "news.db", make, unknown)), language)
    look, outlet, article = (shown[path] for path in (PAGES[-1], "/outlet/warta", "/article/1"))
    assert unknown["reason"] in look
    assert all(unknown[name] in outlet for name in ("end", "alarm", "language", "country"))
    assert all(unknown[name] in article for name in ("field", "rule"))
    assert unknown["language"] in shown["/outlets"]
    assert unknown["language"] in shown["/"]


@pytest.mark.parametrize(("status", "words"), [("running", "It is still going on."), ("crashed", "It broke off:")])
def test_where_no_end_is_written_down_the_run_s_is_said(
    tmp_path: Path, make: Any, open_pages: Any, status: str, words: str
) -> None:
    db = coded_store(tmp_path / "news.db", make, {**KNOWN, "end": ""})
    with open_store(db) as store, store.transaction():
        store.connection.execute("UPDATE runs SET status = ?", (status,))
    assert words in texts_of(open_pages(db), "en")["/outlet/warta"]


def test_a_crawl_that_came_to_its_end_needs_no_code(tmp_path: Path, make: Any, open_pages: Any) -> None:
    shown = texts_of(open_pages(coded_store(tmp_path / "news.db", make, {**KNOWN, "end": "finished"})), "en")
    assert "It came to its end. New articles" in shown["/outlet/warta"]


def test_hostile_codes_stay_text(tmp_path: Path, make: Any, open_pages: Any) -> None:
    db = coded_store(tmp_path / "news.db", make, KNOWN)
    for number, payload in enumerate(PAYLOADS[::7]):
        one = Path(shutil.copy(db, tmp_path / f"{number}.db"))
        with open_store(one) as store, store.transaction():
            run = store.connection.execute
            run("UPDATE articles SET provenance = ?", (json.dumps({payload: payload}),))
            run("UPDATE rejects SET reason = ?", (payload,))
            run("UPDATE run_outlets SET finished = ?", (payload,))
            run("UPDATE alarms SET kind = ?, subject = ?, text = ?", (payload, payload, payload))
            run("UPDATE outlets SET language = ?, country = ?", (payload, payload))
        pages = open_pages(one)
        for path in PAGES:
            tree = lxml_html.fromstring(pages.ask(path).text)
            assert not tree.xpath("//main//script | //main//img | //main//svg | //main//iframe"), (path, payload)


def test_every_reason_reads_on_after_the_sentence() -> None:
    for language in LANGUAGES:
        reasons = [words for key, words in load(language).said.items() if key.startswith("codes.reasons.")]
        assert not [words for words in reasons if re.search(r"[.:]$", words) or words[0].isupper()]
        ends = [words for key, words in load(language).said.items() if key.startswith("codes.ends.")]
        assert not [words for words in ends if not words.endswith(".") or words[0].islower()]
