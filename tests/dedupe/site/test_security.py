import csv
import io
import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import datasette
import pytest
from lxml import html as lxml_html
from payloads import MARK, PAYLOADS

from dedupe import Article, Quote, cluster, coverage, merge, open_store, undo
from dedupe.site import security
from dedupe.site.editor import Editor
from dedupe.site.plugin import EDITORS_PAGES, PAGES
from dedupe.site.security import HEADERS, OURS, host_of, is_served
from dedupe.site.serve import Wish
from dedupe.site.single import single_file

TEMPLATES = Path(security.__file__).parent / "html"
JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
LEADS = {"href", "src", "action", "formaction", "data", "poster", "srcset", "xlink:href", "cite", "background"}
SAFE = re.compile(r"https?://\S*|[/?#](?!/)\S*|data:,", re.IGNORECASE)
WORDS = ["hujan", "deras", "jembatan", "warga", "sungai", "pasar", "kepala", "desa", "sekolah", "pagi", "malam"]


class Elements(HTMLParser):
    """Elements of a page with their attributes, as a tokenizer sees them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def elements(page: str) -> list[tuple[str, dict[str, str]]]:
    """The elements of a page as two parsers see them."""
    tokens = Elements()
    tokens.feed(page)
    tree = [
        (str(one.tag), dict(one.attrib))
        for one in lxml_html.document_fromstring(page).iter()
        if one.tag != lxml_html.etree.Comment
    ]
    return [*tokens.found, *tree]


def vocabulary(*names: str) -> set[tuple[str, str]]:
    """The elements and attributes that templates write: (element, "") and (element, attribute)."""
    found = {("html", ""), ("head", ""), ("body", ""), ("p", "")}
    for name in names:
        tokens = Elements()
        tokens.feed(JINJA.sub("", (TEMPLATES / name).read_text("utf-8")))
        for tag, attributes in tokens.found:
            found |= {(tag, ""), *((tag, attribute) for attribute in attributes)}
    # what stands inside an expression of a template
    return found | {("option", "selected"), ("details", "open"), ("input", "required"), ("input", "checked")}


@pytest.fixture(scope="session")
def written() -> set[tuple[str, str]]:
    """What the templates of pages write."""
    return vocabulary(*(path.name for path in TEMPLATES.glob("*.html") if path.name != "single.html"))


def live(page: str, written: set[tuple[str, str]]) -> list[str]:
    """What of a page no template writes: elements, attributes, addresses that a browser would run."""
    found = []
    for tag, attributes in elements(page):
        if (tag, "") not in written:
            found.append(f"<{tag}>")
        for name, value in attributes.items():
            if (tag, name) not in written:
                found.append(f"<{tag} {name}>")
            if name in LEADS and not SAFE.fullmatch(value):
                found.append(f"<{tag} {name}={value!r}>")
    return found


def test_the_templates_write_nothing_that_runs(written: set[tuple[str, str]]) -> None:
    names = {name for _, name in written}
    assert not {tag for tag, _ in written} & {"script", "iframe", "object", "embed", "base", "svg", "math", "template"}
    assert not {name for name in names if name.startswith("on")} | names & {
        "style",
        "srcdoc",
        "formaction",
        "http-equiv",
    }
    assert ("style", "") not in written
    sources = {path.name: path.read_text("utf-8") for path in TEMPLATES.glob("*.html")}
    assert not [name for name, text in sources.items() if "javascript:" in text.lower()]
    assert {name for name, text in sources.items() if re.search(r"\|\s*safe\b|Markup|autoescape", text)} <= {
        "single.html"
    }
    assert sources["single.html"].count("safe }}") == 1  # our own style sheet


# --- hostile stores -----------------------------------------------------------------------------


def hostile(number: int, payload: str, outlet: str, address: str) -> Article:
    """An article with an attack wherever an outlet or a file has its say."""
    unique = " ".join(f"{WORDS[(number * 7 + place) % len(WORDS)]}{number}x{place}" for place in range(60))
    opening = "Kata warga: “"
    spoken = f"{payload} jembatan itu harus lekas dibangun lagi oleh kami {number}"
    body = f"{opening}{spoken}”\n{payload}\n{unique}"
    said = Quote(
        text=spoken,
        start=len(opening),
        end=len(opening) + len(spoken),
        kind="direct",
        speaker=payload,
        role=payload,
        cue=payload,
    )
    return Article(
        url=address,
        outlet=outlet,
        title=f"{payload} {number}",
        body=body,
        standfirst=payload,
        authors=(payload,),
        section=payload,
        tags=(payload,),
        language=payload,
        published_text=payload,
        published_day=date(2026, 5, 5),
        modified_text=payload,
        image_url=payload,
        image_caption=payload,
        image_credit=payload,
        source_credit=payload,
        quotes=(said,),
        furniture=(payload,),
        provenance={"title": payload, payload: payload},
        addresses=(payload + address,),
    )


@pytest.fixture(scope="session")
def hostile_store(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[tuple[int, int, int]]]:
    """A store of attacks, and for each payload its story and two articles: for reading."""
    db = tmp_path_factory.mktemp("hostile") / "news.db"
    with open_store(db) as store:
        made = []
        for number, payload in enumerate(PAYLOADS):
            address = payload if number % 2 else f"https://warta.example/{number}/{payload}"
            ours = hostile(number, payload, payload, f"{address}#{number}")
            theirs = hostile(number, payload, f"warta{number}", f"javascript:alert('{MARK}')//{number}")
            saved = [store.save_article(one).article_id for one in (ours, theirs)]
            store.save_article(replace(ours, body=f"{payload}\n{ours.body} {payload}", title=f"{ours.title} {payload}"))
            made.append(saved)
        store.connection.execute(
            "UPDATE outlets SET title = name || ' ' || ?, language = ?", (PAYLOADS[0], PAYLOADS[4])
        )
        cluster(store)
        stories = [int(store.value("SELECT story_id FROM coverage WHERE article_id = ?", (a,))) for a, _ in made]
        others = sorted(set(stories))
        for payload, other in zip(PAYLOADS, others[1:6], strict=False):
            undo(store, merge(store, others[0], other, by=payload, why=payload).decision_id, by=payload, why=payload)
        cluster(store)
        stories = [int(store.value("SELECT story_id FROM coverage WHERE article_id = ?", (a,))) for a, _ in made]
    return db, [(story, a, b) for story, (a, b) in zip(stories, made, strict=True)]


@pytest.fixture(scope="session")
def hostile_pages(hostile_store: Any, open_pages: Any) -> Any:
    """The pages of the store of attacks, with an editor signed in."""
    editor = Editor()
    pages = open_pages(hostile_store[0], Wish(with_editor=True), editor)
    assert pages.ask(f"/edit?token={editor.token}").status_code == 303
    return pages


def addresses(story: int, a: int, b: int, payload: str) -> Iterator[tuple[str, bool]]:
    """The pages that show a payload, and whether they show it as text of theirs."""
    asked = quote(payload, safe="")
    yield f"/story/{story}", True
    yield f"/story/{story}?a={a}&b={b}", True
    yield f"/story/{story}?a={asked}&b={asked}&lang={asked}", True
    yield f"/article/{a}", True
    yield f"/article/{b}", True
    yield f"/why/{a}/{b}", True
    yield f"/outlet/{asked}", True
    yield f"/speaker?name={asked}", True
    yield f"/speakers?q={asked}&name={asked}&from={asked}&days={asked}", False
    yield f"/look?q={asked}", True
    yield f"/search?q={asked}&from={asked}&to={asked}&outlet={asked}&language={asked}&in={asked}&order={asked}", True
    yield f"/?day={asked}&kind={asked}&outlet={asked}&language={asked}&page={asked}&q={asked}", True
    yield f"/outlets?q={asked}&sort={asked}", False
    yield f"/about?q={asked}&{asked}={asked}", True
    yield f"/edit/story/{story}?other={asked}&by={asked}&why={asked}&what=merge", True
    yield f"/edit?by={asked}&why={asked}&q={asked}", True
    yield f"/{asked}", False
    yield f"/story/{asked}?q={asked}", True


@pytest.mark.slow
@pytest.mark.parametrize("number", range(len(PAYLOADS)))
def test_no_payload_lives_on_any_page(
    number: int, hostile_store: Any, hostile_pages: Any, written: set[tuple[str, str]]
) -> None:
    story, a, b = hostile_store[1][number]
    for path, is_shown in addresses(story, a, b, PAYLOADS[number]):
        answer = hostile_pages.ask(path, follow_redirects=True)
        assert answer.status_code in {200, 400, 404}, path
        assert answer.headers["content-type"] == "text/html; charset=utf-8", path
        assert answer.headers["content-security-policy"] == OURS, path
        assert live(answer.text, written) == [], path
        if is_shown:
            assert MARK in answer.text, f"{path} does not show what it was to be tested with"


@pytest.mark.parametrize("number", range(0, len(PAYLOADS), 5))
def test_no_payload_lives_in_other_forms(number: int, hostile_store: Any, hostile_pages: Any) -> None:
    story, a, b = hostile_store[1][number]
    asked = quote(PAYLOADS[number], safe="")
    for path in (
        f"/story/{story}",
        f"/article/{a}",
        f"/why/{a}/{b}",
        "/index",
        "/search",
        "/look",
        "/outlets",
        "/speakers",
    ):
        query = f"?q={asked}"
        found = hostile_pages.ask(f"{path}.json{query}")
        assert found.headers["content-type"] == "application/json; charset=utf-8"
        json.loads(found.text)
        table = hostile_pages.ask(f"{path}.csv{query}")
        assert table.headers["content-type"] == "text/csv; charset=utf-8"
        for row in csv.reader(io.StringIO(table.text)):
            assert not [cell for cell in row if cell[:1] in {"=", "+", "@", "\t", "\r"}]
        feed = hostile_pages.ask(f"{path}.atom{query}")
        if feed.status_code == 200:
            assert feed.headers["content-type"] == "application/atom+xml; charset=utf-8"
            names = {one.tag.rpartition("}")[2] for one in ET.fromstring(feed.content).iter()}  # noqa: S314 - our own feed
            assert names <= {
                "feed",
                "title",
                "id",
                "link",
                "updated",
                "author",
                "name",
                "entry",
                "summary",
                "content",
                "category",
            }
            links = [one.get("href", "") for one in ET.fromstring(feed.content).iter() if one.tag.endswith("link")]  # noqa: S314
            assert all(link.startswith(("http://", "https://")) for link in links)
        for answer in (found, table, feed):
            assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("language", ["en", "id"])
def test_no_payload_lives_in_a_file(language: str, hostile_store: Any) -> None:
    db, stories = hostile_store
    written = vocabulary("single.html", "parts.html")
    with open_store(db, readonly=True) as store:
        for story, _, _ in stories:
            found = coverage(store, story)
            assert found is not None
            page = single_file(store, found, made_at="2026-05-05T00:00:00Z", language=language)
            assert live(page, written) == []
            assert [page.lower().count(f"<{tag}") for tag in ("style", "meta")] == [1, 5]
            assert MARK in page


def test_a_url_from_outside_is_a_link_only_when_it_is_http(hostile_store: Any, hostile_pages: Any) -> None:
    for story, a, b in hostile_store[1][::7]:
        for path in (f"/story/{story}", f"/article/{a}", f"/article/{b}"):
            for tag, attributes in elements(hostile_pages.ask(path).text):
                leads = attributes.get("href", "")
                if tag == "a" and not leads.startswith(("/", "?", "#")):
                    assert leads.startswith(("http://", "https://"))
                    assert "noopener" in attributes["rel"]


def test_every_address_of_ours_is_tried() -> None:
    tried = {re.sub(r"[/?].*", "", path.removeprefix("/")) for path, _ in addresses(1, 1, 2, "x")}
    assert {re.split(r"[/(]", path.removeprefix("/"))[0] for path, _ in (*PAGES, *EDITORS_PAGES)} <= tried


# --- headers, hosts, addresses ------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/story/1",
        "/story/1.json",
        "/story/1.csv",
        "/story/1.atom",
        "/nowhere",
        "/about",
        "/-/static-plugins/newscrawl/newscrawl.css",
        "//x.example/",
    ],
)
def test_every_answer_has_the_headers(path: str, told_store: Path, open_pages: Any) -> None:
    answer = open_pages(told_store).ask(path)
    for name, value in (*HEADERS, (b"content-security-policy", OURS.encode())):
        assert answer.headers.get_list(name.decode()) == [value.decode()]
    assert "server" not in answer.headers


@pytest.mark.parametrize(
    ("host", "is_answered"),
    [
        ("localhost", True),
        ("localhost:8001", True),
        ("LOCALHOST:1", True),
        ("127.0.0.1:8001", True),
        ("[::1]:8001", True),
        ("192.0.2.1", True),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("evil.example:127", False),
        ("", False),
        ("127.0.0.1.evil.example", False),
        ("[::1].evil.example", False),
        ('a"><script>', False),
        ("localhost:x", False),
        ("news.example", False),
    ],
)
def test_only_hosts_that_are_served_are_answered(
    host: str,
    is_answered: bool,  # noqa: FBT001 - a table
    told_store: Path,
    open_pages: Any,
) -> None:
    answer = open_pages(told_store).ask("/", headers={"host": host})
    assert answer.status_code == (200 if is_answered else 421)
    assert "<script" not in answer.text


def test_a_name_that_the_owner_gives_is_served(told_store: Path, open_pages: Any) -> None:
    pages = open_pages(told_store, Wish(host="0.0.0.0", names=("News.example",)))  # noqa: S104 - never bound
    assert pages.ask("/", headers={"host": "news.example:80"}).status_code == 200
    assert pages.ask("/", headers={"host": "evil.example"}).status_code == 421


def test_a_request_that_names_two_hosts_names_none() -> None:
    assert host_of({"headers": [(b"host", b"localhost"), (b"host", b"evil.example")]}) == ""
    assert host_of({"headers": []}) == ""
    assert not is_served("", frozenset({"localhost"}))


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/",
        "//evil.example",
        "//evil.example/%2e%2e",
        "///x",
        "/%ff",
        "/%00",
        "/story/1/",
        "/%2e%2e/etc/passwd",
        "/-/static-plugins/newscrawl/../../plugin.py",
    ],
)
def test_no_address_leads_to_another_host(path: str, told_store: Path, open_pages: Any) -> None:
    answer = open_pages(told_store).ask(path)
    assert answer.status_code in {400, 404}
    assert "location" not in answer.headers


@pytest.mark.parametrize(
    "path",
    [
        "/-/databases.json",
        "/-/databases",
        "/-/versions",
        "/-/metadata.json",
        "/-/plugins",
        "/-/settings",
        "/-/threads",
        "/-/actor",
        "/-/permissions",
        "/-/allow-debug",
        "/news",
        "/news/articles",
        "/news.json?sql=select+1",
        "/news?sql=select+1",
        "/_memory",
        "/-/logout",
    ],
)
def test_without_sql_there_is_nothing_but_our_pages(path: str, told_store: Path, open_pages: Any) -> None:
    answer = open_pages(told_store).ask(path)
    assert answer.status_code == 404
    assert str(told_store) not in answer.text


def test_with_sql_the_tables_are_there_and_nothing_can_be_written(own_store: Path, open_pages: Any) -> None:
    pages = open_pages(own_store, Wish(with_sql=True))
    assert '<a href="/news">SQL</a>' in pages.ask("/").text
    assert pages.ask("/news/story_list.json?_shape=array").json()
    assert "'unsafe-inline'" in pages.ask("/news").headers["content-security-policy"]
    assert pages.ask("/").headers["content-security-policy"] == OURS
    for sql in (
        "delete from articles",
        "attach 'x' as y",
        "pragma journal_mode = delete",
        "vacuum",
        "insert into runs default values",
    ):
        answer = pages.ask("/news.json", params={"sql": sql}, follow_redirects=True)  # Datasette 1.0 leads elsewhere
        assert answer.status_code in {400, 403}
        assert str(own_store) not in answer.text


# --- errors -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/nowhere", "GET", 404),
        ("/story/999999", "GET", 404),
        ("/article/999999", "GET", 404),
        ("/article/1/raw/9", "GET", 404),
        ("/story/1", "POST", 405),
        ("/", "PUT", 405),
        ("/about", "DELETE", 405),
        ("/edit", "GET", 404),
        ("/edit", "POST", 404),
        ("//x", "GET", 400),
        ("/about.atom", "GET", 404),
    ],
)
@pytest.mark.parametrize("language", ["en", "id"])
def test_errors_have_the_look_of_the_house(
    path: str, method: str, status: int, language: str, told_store: Path, open_pages: Any
) -> None:
    headers = {"accept-language": language, "cookie": "a=b"}
    answer = open_pages(told_store).ask(path, method, headers=headers)
    assert answer.status_code == status
    if path.endswith(".atom"):
        assert answer.json()["status"] == status
        return
    assert f'<html lang="{language}">' in answer.text
    assert "newscrawl.css" in answer.text
    assert str(told_store.parent) not in answer.text


def test_head_is_answered(told_store: Path, open_pages: Any) -> None:
    assert open_pages(told_store).ask("/", "HEAD").status_code == 200
    answer = open_pages(told_store).ask("/story/1", "POST")
    assert answer.headers["allow"] == "GET, HEAD"


@pytest.mark.parametrize("has_sql", [False, True])
def test_our_own_faults_tell_no_paths(has_sql: bool, own_store: Path, open_pages: Any, caplog: Any, capfd: Any) -> None:  # noqa: FBT001 - a table
    pages = open_pages(own_store, Wish(with_sql=has_sql))
    with open_store(own_store) as store:
        store.connection.execute("DROP VIEW story_links_list")
        store.connection.execute("DROP TABLE family_members")
    for path in ("/story/1", "/story/1.json", "/article/1"):
        answer = pages.ask(path)
        assert answer.status_code == 503
        assert not [
            word for word in (str(own_store.parent), "Traceback", "family_members", "sqlite") if word in answer.text
        ]
    assert "no such table" in caplog.text  # the log says what it was
    capfd.readouterr()


@pytest.mark.xfail(
    condition=not datasette.__version__.startswith("0."),
    reason="Datasette 1.0 reads the file before any plugin is asked; `newscrawl serve` looks at it before that",
    raises=sqlite3.DatabaseError,
)
def test_a_file_that_is_no_store_is_said_to_be_none(tmp_path: Path, open_pages: Any, capfd: Any) -> None:
    other = tmp_path / "other.db"
    shutil.copyfile(Path(__file__), other)
    answer = open_pages(other).ask("/")
    assert answer.status_code == 503
    assert "newscrawl cluster" in answer.text
    assert str(tmp_path) not in answer.text
    capfd.readouterr()


@pytest.mark.parametrize(
    "cookie", ["a", "=", ";;;", "newscrawl_language=<script>", 'x="', "a=b; a:b=c; \x01=\x02", "é=ü", "a" * 9000]
)
def test_any_cookie_is_survived(cookie: str, told_store: Path, open_pages: Any) -> None:
    assert open_pages(told_store).ask("/about", headers={"cookie": cookie.encode()}).status_code == 200


@pytest.mark.parametrize(
    "payload", [one for one in PAYLOADS if one.startswith("<") and not one.startswith("<a href='data")]
)
def test_these_tests_would_notice(payload: str, written: set[tuple[str, str]]) -> None:
    assert live(f"<html><body><p>{payload}</p></body></html>", written)
