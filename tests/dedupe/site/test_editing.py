import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from html import unescape
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest

from dedupe import Article, Store, cluster, decisions, merge, open_store, resolve, undo
from dedupe.decisions import Hindrance
from dedupe.site.asked import LENT, BusyError
from dedupe.site.editing import named_story
from dedupe.site.editor import Editor, is_from_here, read_form
from dedupe.site.serve import Wish
from newscrawl.lending import command_at_work, deciding
from newscrawl.lock import lock

WHY = {"by": "Wening", "why": "one visit, two reports"}


class Desk:
    """The editor's view of a store, with a browser that is signed in."""

    def __init__(self, db: Path, open_pages: Any) -> None:
        self.db, self.editor = db, Editor()
        self.pages = open_pages(db, Wish(with_editor=True), self.editor)
        self.signed_in = self.pages.ask(f"/edit?token={self.editor.token}")

    def send(self, path: str, form: dict[str, Any] | None = None, **said: Any) -> httpx.Response:
        """What a form is answered."""
        data = {"form_token": self.editor.form_token, **WHY, **(form or {})}
        answer: httpx.Response = self.pages.ask(path, "POST", data=data, **said)
        return answer

    def told(self, path: str) -> str:
        """A page's text."""
        answer = self.pages.ask(path)
        assert answer.status_code == 200
        return str(answer.text)


@pytest.fixture
def desk(own_store: Path, open_pages: Any) -> Desk:
    return Desk(own_store, open_pages)


def pick(db: Path) -> tuple[int, int, list[int]]:
    """Two stories, and the articles of the first."""
    with open_store(db, readonly=True) as store:
        one, other = [int(r["id"]) for r in store.rows("SELECT id FROM stories ORDER BY outlets DESC, id LIMIT 2")]
        rows = store.rows("SELECT article_id FROM coverage WHERE story_id = ? ORDER BY 1", (one,))
        return one, other, [int(row["article_id"]) for row in rows]


def story_of(db: Path, article: int) -> int:
    with open_store(db, readonly=True) as store:
        return int(store.value("SELECT story_id FROM coverage WHERE article_id = ?", (article,)))


def state(db: Path) -> list[tuple[Any, ...]]:
    with open_store(db, readonly=True) as store:
        return [
            tuple(row)
            for sql in ("SELECT * FROM coverage ORDER BY 1", "SELECT * FROM decisions")
            for row in store.rows(sql)
        ]


# --- who is let in ------------------------------------------------------------------------------


def test_without_editor_there_is_no_such_view(told_store: Path, open_pages: Any) -> None:
    pages = open_pages(told_store)
    assert pages.ask("/edit").status_code == pages.ask("/edit/story/1").status_code == 404
    assert pages.ask("/edit", "POST", data={"what": "undo"}).status_code == 404
    assert pages.ask("/edit?token=").status_code == 404
    assert "/edit" not in pages.ask("/story/1").text


@pytest.mark.parametrize("token", ["", "x", "é", "\ud800".encode("utf-8", "surrogatepass")])
def test_only_the_token_lets_in(token: Any, told_store: Path, open_pages: Any) -> None:
    pages = open_pages(told_store, Wish(with_editor=True), Editor())
    for answer in (pages.ask("/edit", params={"token": token}), pages.ask("/edit"), pages.ask("/edit/story/1")):
        assert answer.status_code == 403
        assert "newscrawl serve --editor" in answer.text
        assert "form_token" not in answer.text
    assert "/edit" not in pages.ask("/story/1").text


def test_the_token_is_exchanged_for_a_cookie_that_no_script_and_no_other_page_uses(desk: Desk) -> None:
    assert desk.signed_in.status_code == 303
    assert desk.signed_in.headers["location"] == "/edit"
    cookie = desk.signed_in.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert desk.editor.token not in cookie
    assert "no-store" in desk.pages.ask("/edit").headers["cache-control"]
    assert desk.editor.token not in repr(desk.editor)
    assert '<a href="/edit/story/1">' in desk.told("/story/1")


def test_two_servers_have_two_cookies() -> None:
    assert Editor().cookie != Editor().cookie
    assert not Editor().is_signed_in({Editor().cookie: ""})


def test_sql_does_not_show_the_secrets(own_store: Path, open_pages: Any) -> None:
    editor = Editor()
    pages = open_pages(own_store, Wish(with_sql=True, with_editor=True), editor)
    for path in ("/-/metadata.json", "/-/plugins.json", "/-/settings.json", "/-/versions.json"):
        text = pages.ask(path).text
        assert not [one for one in (editor.token, editor.session, editor.form_token) if one in text]


# --- forms from elsewhere -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "spoilt",
    [
        {"data": {"form_token": ""}},
        {"data": {"form_token": "x"}},
        {"headers": {"origin": "http://evil.example"}},
        {"headers": {"origin": "null"}},
        {"headers": {"sec-fetch-site": "cross-site"}},
        {"headers": {"sec-fetch-site": "same-site"}},
        {"headers": {"origin": "http://localhost:9999"}},
        {"headers": {"content-type": "text/plain"}},
        {"headers": {"content-type": "multipart/form-data; boundary=x"}},
        {"headers": {"content-type": ""}},
        {"headers": {"authorization": "Bearer x", "origin": "http://evil.example"}},
        {"content": b"a=1&" * 30_000},
        {"content": b"x" * 1_100_000},
    ],
)
def test_a_form_that_is_not_ours_changes_nothing(spoilt: dict[str, Any], desk: Desk) -> None:
    one, other, _ = pick(desk.db)
    before = state(desk.db)
    form = {"form_token": desk.editor.form_token, "what": "merge", "other": str(other), **WHY, **spoilt.get("data", {})}
    said = {"data": form, **{k: v for k, v in spoilt.items() if k != "data"}}
    if "content" in said:
        said = {"content": said["content"], "headers": {"content-type": "application/x-www-form-urlencoded"}}
    answer = desk.pages.ask(f"/edit/story/{one}", "POST", **said)
    assert answer.status_code == 403
    assert state(desk.db) == before


def test_without_the_cookie_the_right_form_changes_nothing(desk: Desk, open_pages: Any) -> None:
    one, other, _ = pick(desk.db)
    desk.pages.client.cookies.clear()
    assert desk.send(f"/edit/story/{one}", {"what": "merge", "other": other}).status_code == 403
    with open_store(desk.db, readonly=True) as store:
        assert decisions(store) == []


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    [
        ({"host": "localhost:8001"}, True),
        ({"host": "localhost:8001", "origin": "http://localhost:8001"}, True),
        ({"host": "localhost:8001", "origin": "http://localhost:8002"}, False),
        ({"host": "localhost", "origin": "null"}, False),
        ({"host": "localhost", "sec-fetch-site": "same-origin"}, True),
        ({"host": "localhost", "sec-fetch-site": "none"}, False),
    ],
)
def test_where_a_form_comes_from(headers: dict[str, str], is_ours: bool) -> None:  # noqa: FBT001 - a table
    assert is_from_here(headers) is is_ours


def test_forms_of_any_bytes_are_read() -> None:
    assert read_form(b"a=%ff&a=2&b=\x80&c") == {"a": ["\ufffd", "2"], "b": ["\ufffd"], "c": [""]}
    assert read_form(b"a&" * 30_000) is None


# --- merge, split, undo -------------------------------------------------------------------------


def test_a_merge_is_recorded_shown_and_survives_every_clustering(desk: Desk) -> None:
    one, other, articles = pick(desk.db)
    shown = desk.told(f"/edit/story/{one}?other=http://localhost/story/{other}")
    assert re.search(rf'name="other" value="{other}"', shown)
    answer = desk.send(f"/edit/story/{one}", {"what": "merge", "other": other})
    assert answer.status_code == 303
    kept = int(answer.headers["location"].removeprefix("/story/"))
    assert kept == min(one, other)
    page = desk.told(f"/story/{kept}")
    assert "Wening joined stories here on" in page
    assert WHY["why"] in page
    with open_store(desk.db) as store:
        cluster(store)
        cluster(store, rebuild=True)
        assert resolve(store, max(one, other)) == kept
        made = decisions(store)[0]
        assert (made.kind, made.made_by, made.why) == ("merge", *WHY.values())
    assert all(story_of(desk.db, article) == kept for article in articles)
    assert "Wening joined stories here on" in desk.told(f"/story/{kept}")


def test_a_split_is_recorded_shown_and_survives_every_clustering(desk: Desk) -> None:
    one, _, articles = pick(desk.db)
    parted = articles[:2]
    answer = desk.send(f"/edit/story/{one}", {"what": "split", "article": [str(a) for a in parted]})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/story/{one}")
    new = story_of(desk.db, parted[0])
    assert new != one
    with open_store(desk.db) as store:
        cluster(store)
        cluster(store, rebuild=True)
    assert {story_of(desk.db, article) for article in parted} == {new}
    assert {story_of(desk.db, article) for article in articles[2:]} == {one}
    for story in (one, new):
        assert "Wening parted stories here on" in desk.told(f"/story/{story}")


def test_an_undone_decision_is_decided_anew_and_stays_on_the_page(desk: Desk) -> None:
    one, _, articles = pick(desk.db)
    desk.send(f"/edit/story/{one}", {"what": "split", "article": [str(articles[0])]})
    for path in ("/edit", f"/edit/story/{one}"):
        assert "Undo decision 1" in desk.told(path)
    answer = desk.send("/edit", {"what": "undo", "decision": "1", "why": "", "by": "Sukma"})
    assert answer.status_code == 303
    page = desk.told(answer.headers["location"])
    assert "Undone by Sukma" in page
    assert "Undo decision 1" not in page
    with open_store(desk.db) as store:
        cluster(store)
    assert story_of(desk.db, articles[0]) == one
    assert "Undone by Sukma" in desk.told(f"/story/{one}")


@pytest.mark.parametrize(
    ("form", "status", "answered"),
    [
        ({"what": ""}, 400, "incomplete"),
        ({"what": "drop"}, 400, "incomplete"),
        ({"what": "merge", "by": " "}, 400, "Say who"),
        ({"what": "merge", "why": "\x00"}, 400, "Say why"),
        ({"what": "merge", "other": "x"}, 400, "no story"),
        ({"what": "merge", "other": "999999"}, 404, "Nothing was changed"),
        ({"what": "split"}, 400, "Choose"),
        ({"what": "split", "article": "x"}, 400, "incomplete"),
        ({"what": "split", "article": "999999"}, 404, "Nothing was changed"),
        ({"what": "split", "article": "9" * 30}, 400, "incomplete"),
        ({"what": "undo", "decision": "7"}, 404, "Nothing was changed"),
        ({"what": "merge", "other": "2", "by": "b" * 201}, 400, "At most"),
        ({"what": "merge", "other": "2", "why": "b" * 2_001}, 400, "At most"),
    ],
)
def test_a_form_that_cannot_be_carried_out_comes_back_filled_in(
    form: dict[str, Any], status: int, answered: str, desk: Desk
) -> None:
    one, _, _ = pick(desk.db)
    before = state(desk.db)
    answer = desk.send(f"/edit/story/{one}", form)
    assert answer.status_code == status
    assert answered in answer.text
    assert state(desk.db) == before


def test_what_was_chosen_and_written_is_not_lost(desk: Desk) -> None:
    one, _, articles = pick(desk.db)
    answer = desk.send(f"/edit/story/{one}", {"what": "split", "article": [str(a) for a in articles]})
    assert answer.status_code == 409  # nothing would be left
    assert answer.text.count(" checked") == len(articles)
    assert 'value="Wening"' in answer.text
    assert WHY["why"] in answer.text


def undone(db: Path) -> None:
    with open_store(db) as store:
        made = merge(store, *pick(db)[:2], **WHY)
        undo(store, made.decision_id, by="<b>Sukma</b>")


def emptied(db: Path) -> None:
    _, other, _ = pick(db)
    with open_store(db) as store:
        told = [r["article_id"] for r in store.rows("SELECT article_id FROM coverage WHERE story_id = ?", (other,))]
        store.connection.executemany("DELETE FROM articles WHERE id = ?", [(article,) for article in told])
        cluster(store)


def one_more(db: Path) -> None:
    with open_store(db) as store:
        store.save_article(
            Article(url="https://warta.example/baru", outlet="warta", title="Baru", body="Belum dibaca.")
        )


def nothing(_db: Path) -> None:
    pass


Form = Callable[[int, int, list[int]], dict[str, Any]]
HINDRANCES: dict[str, tuple[Callable[[Path], None], Form, str]] = {
    "no_name": (nothing, lambda _, other, __: {"what": "merge", "other": other, "by": " "}, "Sebutkan siapa"),
    "no_reason": (nothing, lambda _, other, __: {"what": "merge", "other": other, "why": " "}, "Sebutkan alasannya"),
    "no_decision": (nothing, lambda *_: {"what": "undo", "decision": 7}, "Tidak ada keputusan 7"),
    "undone_before": (
        undone,
        lambda *_: {"what": "undo", "decision": 1},
        "Keputusan 1 sudah dibatalkan oleh <b>Sukma</b> pada",
    ),
    "no_story": (nothing, lambda *_: {"what": "merge", "other": 999999}, "Tidak ada berita 999999"),
    "emptied": (emptied, lambda _, other, __: {"what": "merge", "other": other}, "tidak punya artikel lagi sejak"),
    "one_already": (nothing, lambda one, *_: {"what": "merge", "other": one}, "adalah berita ini juga"),
    "no_articles": (nothing, lambda *_: {"what": "split"}, "Pilih artikel"),
    "no_article": (nothing, lambda *_: {"what": "split", "article": 999999}, "Tidak ada artikel 999999"),
    "waiting": (one_more, lambda _, __, articles: {"what": "split", "article": articles[-1]}, "belum masuk berita"),
    "elsewhere": (nothing, lambda _, __, articles: {"what": "split", "article": articles[-1]}, "sekarang ada dalam"),
    "none_left": (nothing, lambda _, __, articles: {"what": "split", "article": articles[:-1]}, "Itu semua artikel"),
}
"""What hinders a decision -> how it comes to that, the form (of two stories, and of the articles of the first and one
that is not in it), and how it is told in Indonesian."""


def test_every_hindrance_has_its_case() -> None:
    assert set(HINDRANCES) == set(get_args(Hindrance))


@pytest.mark.parametrize("hindrance", HINDRANCES)
def test_an_editor_reads_in_the_own_language_why_nothing_was_changed(hindrance: str, desk: Desk) -> None:
    prepare, form_of, told = HINDRANCES[hindrance]
    one, other, articles = pick(desk.db)
    prepare(desk.db)
    with open_store(desk.db, readonly=True) as store:
        elsewhere = int(
            store.value(
                "SELECT max(id) FROM articles WHERE id NOT IN (SELECT article_id FROM coverage WHERE story_id = ?)",
                (one,),
            )
        )
    before = state(desk.db)
    form = form_of(one, other, [*articles, elsewhere])
    answer = desk.send(f"/edit/story/{one}", form, headers={"accept-language": "id"})
    (alert,) = re.findall(r'role="alert"><strong>(.*?)</strong>', answer.text)
    assert told in unescape(alert)
    assert "<b>" not in alert
    assert not re.search(r"\b(the|newscrawl|--by|There|nothing|story|UTC\+)\b", alert)
    assert answer.status_code in {400, 404, 409}
    assert state(desk.db) == before


@pytest.mark.parametrize("other", ["999999", "x", "javascript:1"])
def test_a_story_that_is_not_there_is_said_to_be_none(other: str, desk: Desk) -> None:
    one, _, _ = pick(desk.db)
    assert "There is no story" in desk.told(f"/edit/story/{one}?other={other}")
    assert "is this story already" in desk.told(f"/edit/story/{one}?other={one}")
    assert desk.pages.ask("/edit/story/999999").status_code == 404


def test_an_old_id_leads_to_the_story_that_it_is_now(desk: Desk) -> None:
    one, other, _ = pick(desk.db)
    with open_store(desk.db) as store:
        merge(store, one, other, by="Wening", why="one")
    answer = desk.pages.ask(f"/edit/story/{max(one, other)}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/edit/story/{min(one, other)}")


# --- beside a run -------------------------------------------------------------------------------


def test_while_a_run_is_at_work_its_name_is_told_and_nothing_changes(desk: Desk) -> None:
    one, other, _ = pick(desk.db)
    before = state(desk.db)
    with lock(desk.db, "run"):
        answer = desk.send(f"/edit/story/{one}", {"what": "merge", "other": other})
    assert answer.status_code == 409
    assert "“newscrawl run” is at work" in answer.text
    assert str(desk.db) not in answer.text
    assert state(desk.db) == before
    assert desk.send(f"/edit/story/{one}", {"what": "merge", "other": other}).status_code == 303


@pytest.mark.parametrize(
    ("holder", "command"),
    [
        ("`newscrawl run warta` (process 12, since 2026-05-06T08:00:00Z)", "newscrawl run warta"),
        ("", ""),
        ("`", ""),
        ("somebody", ""),
    ],
)
def test_who_is_at_work_is_told_by_the_command_alone(holder: str, command: str) -> None:
    assert command_at_work(holder) == command


def test_where_nobody_knows_who_is_at_work_that_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> AbstractContextManager[Store]:
        raise BusyError

    one, other, _ = pick(desk.db)
    monkeypatch.setattr(LENT, "ties", LENT.ties.__class__(deciding=refuse))
    answer = desk.send(f"/edit/story/{one}", {"what": "merge", "other": other}, headers={"accept-language": "id"})
    assert (answer.status_code, "Proses lain sedang bekerja" in answer.text) == (409, True)


def test_a_store_that_went_away_is_not_made_anew(tmp_path: Path) -> None:
    from dedupe import StoreError  # noqa: PLC0415 - this test alone

    gone = tmp_path / "gone.db"
    with pytest.raises(StoreError), deciding(gone, "merge"):
        pass
    assert not gone.exists()


def test_without_newscrawl_there_is_no_editor(
    own_store: Path, open_pages: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    editor = Editor()
    pages = open_pages(own_store, Wish(with_editor=True), editor)
    pages.ask("/about")  # now newscrawl has lent what it has
    monkeypatch.setattr(LENT, "ties", type(LENT.ties)())
    assert pages.ask(f"/edit?token={editor.token}").status_code == 404


def test_the_pages_never_write(told_store: Path, open_pages: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> AbstractContextManager[Store]:
        raise BusyError("nobody")

    pages = open_pages(told_store)
    pages.ask("/about")
    monkeypatch.setattr(LENT, "ties", LENT.ties.__class__(deciding=refuse))
    before = told_store.read_bytes()
    for path in ("/", "/story/1", "/article/1", "/look?q=hujan", "/search?q=hujan", "/outlets", "/speakers"):
        assert pages.ask(path).status_code == 200
    assert told_store.read_bytes() == before


@pytest.mark.parametrize(
    ("said", "story"),
    [
        ("12", 12),
        ("/story/12", 12),
        ("http://127.0.0.1:8001/story/12", 12),
        ("http://127.0.0.1/story/12?a=1#x", 12),
        ("/story/12.json", 12),
        ("", None),
        ("x", None),
        ("-1", None),
        ("1" * 30, None),
        ("12 13", None),
        ("/article/12", None),
        ("٣", None),
    ],
)
def test_a_story_is_named_by_number_or_address(said: str, story: int | None) -> None:
    assert named_story(said) == story
