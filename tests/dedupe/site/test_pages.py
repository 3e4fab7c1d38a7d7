from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import fromstring

import pytest

from dedupe import Article, Quote, Store, open_store
from dedupe.compare import Utterance
from dedupe.left_out import left_out
from dedupe.site import speakers
from dedupe.site.outlets import DAYS
from dedupe.site.stories import folded, printed

Make = Callable[..., Article]
ATOM = "{http://www.w3.org/2005/Atom}"
NOON = datetime(2026, 5, 5, 12, tzinfo=UTC)


class Filling:
    """A store that is filled by hand: who told which story when, in which words."""

    def __init__(self, store: Store, make: Make) -> None:
        self.store, self.make = store, make
        self.number = 0

    def tell(self, outlet: str, story: int | None, *, title: str = "", hours: float | None = 0, **said: Any) -> int:
        """Save an article of an outlet, printed so many hours after noon, in a story."""
        self.number += 1
        at = None if hours is None else NOON + timedelta(hours=hours)
        said.setdefault("quotes", ())
        article = replace(
            self.make(f"a{self.number}", said.pop("body", f"Text {self.number}."), outlet=outlet),
            title=title or f"{outlet} {self.number}",
            published_at=at,
            published_day=said.pop("day", at.date() if at else date(2026, 5, 5)),
            **said,
        )
        article_id = self.store.save_article(article).article_id
        if story is not None:
            self.join(article_id, story)
        return article_id

    def join(self, article_id: int, story: int) -> None:
        """Put an article into a story, which is counted anew."""
        run = self.store.connection.execute
        with self.store.transaction():
            run(
                "INSERT OR IGNORE INTO stories (id, title, articles, outlets, first_day, last_day, created_at)"
                " VALUES (?, ?, 0, 0, '2026-05-05', '2026-05-05', '2026-05-05T00:00:00Z')",
                (story, f"Story {story}"),
            )
            run("INSERT INTO coverage VALUES (?, ?, 0.9)", (article_id, story))
            run(
                "UPDATE stories SET (articles, outlets, first_day, last_day) ="
                " (SELECT count(*), count(DISTINCT outlet), min(published_day), max(published_day) FROM coverage"
                "    JOIN articles ON articles.id = article_id WHERE story_id = stories.id) WHERE id = ?",
                (story,),
            )

    def share(self, *article_ids: int) -> None:
        """Make articles one family of texts."""
        with self.store.transaction():
            self.store.connection.executemany(
                "INSERT INTO family_members VALUES (?, ?, 1)", [(one, article_ids[0]) for one in article_ids]
            )


@pytest.fixture
def fill(store: Store, make: Make) -> Filling:
    return Filling(store, make)


def said(text: str, speaker: str | None, **more: Any) -> tuple[Quote, ...]:
    return (Quote(text=text, start=0, end=len(text), **{"kind": "direct", "speaker": speaker, "cue": "kata", **more}),)


@pytest.fixture
def ask(fill: Filling, open_pages: Any) -> Callable[[str], Any]:
    pages: list[Any] = []

    def answer(path: str) -> Any:
        if not pages:
            pages.append(open_pages(fill.store.path))
        return pages[0].ask(path)

    return answer


def record(ask: Callable[[str], Any], path: str) -> Any:
    answer = ask(path)
    assert answer.status_code == 200, answer.text[:500]
    return answer.json()


def test_an_outlet_is_first_where_it_was_out_before_all_others(fill: Filling, ask: Any) -> None:
    for story, (ours, theirs) in enumerate([(0, 1), (1, 0), (0, 0)], 1):
        fill.tell("warta", story, hours=ours)
        fill.tell("pesisir", story, hours=theirs)
    fill.tell("warta", 4)
    recent = record(ask, "/outlet/warta.json")["recent"]
    assert (recent["articles"], recent["stories"], recent["shared_stories"]) == (4, 4, 3)
    assert (recent["firsts"], recent["alone"]) == (1, 1)
    assert [one["story_id"] for one in recent["first_in"]] == [1]
    assert [one["story_id"] for one in recent["alone_in"]] == [4]


def test_a_printed_day_alone_counts_as_its_end(fill: Filling, ask: Any) -> None:
    fill.tell("warta", 1, hours=None)
    fill.tell("pesisir", 1, hours=3)
    assert record(ask, "/outlet/pesisir.json")["recent"]["firsts"] == 1
    assert record(ask, "/outlet/warta.json")["recent"]["firsts"] == 0


def test_what_is_older_than_the_window_is_not_counted(fill: Filling, ask: Any) -> None:
    fill.tell("warta", 1, hours=-24 * DAYS)
    fill.tell("warta", 2, hours=0)
    shown = record(ask, "/outlet/warta.json")
    assert (shown["articles"], shown["recent"]["articles"]) == (2, 1)


def test_with_whom_an_outlet_shares_text_and_who_was_earlier(fill: Filling, ask: Any) -> None:
    fill.share(
        fill.tell("warta", None, hours=0), fill.tell("pesisir", None, hours=1), fill.tell("muara", None, hours=2)
    )
    newest = fill.tell("warta", None, hours=5)
    fill.share(newest, fill.tell("pesisir", None, hours=4))
    fill.share(fill.tell("warta", None, hours=6), fill.tell("warta", None, hours=7))
    shares = record(ask, "/outlet/warta.json")["recent"]["shares"]
    assert [(one["outlet"], one["texts"], one["earlier"], one["later"]) for one in shares] == [
        ("pesisir", 2, 1, 1),
        ("muara", 1, 1, 0),
    ]
    assert shares[0]["example"] == newest


@pytest.mark.parametrize("name", ["warta.example", "a/b", "a b&c=d", "Harian “Muara”", "ümläut", "100%"])
def test_an_outlet_of_any_name_has_a_page(fill: Filling, ask: Any, name: str) -> None:
    with fill.store.transaction():
        fill.store.connection.execute("INSERT INTO outlets (name, first_seen_at) VALUES (?, '2026-05-05')", (name,))
    assert record(ask, f"/outlet/{quote(name, safe='')}.json")["outlet"] == name
    listed = ask("/outlets").text
    assert f'href="/outlet/{quote(name)}"' in listed


@pytest.mark.parametrize("path", ["/outlet/nobody", "/outlet/%ff", "/outlet/%00", "/speaker", "/speaker?name=nobody"])
def test_what_is_not_there_is_not_found(fill: Filling, ask: Any, path: str) -> None:
    fill.tell("warta", 1)
    assert ask(path).status_code == 404


def test_an_outlet_s_feed_and_table_have_its_newest_articles(fill: Filling, ask: Any) -> None:
    ids = [fill.tell("warta", None, hours=24 * number) for number in range(25)]
    feed = fromstring(ask("/outlet/warta.atom").content)  # noqa: S314 - our own feed
    assert [entry.findtext(f"{ATOM}id") for entry in feed.findall(f"{ATOM}entry")] == [
        f"http://localhost/article/{one}" for one in ids[:-21:-1]
    ]
    rows = list(csv.DictReader(io.StringIO(ask("/outlet/warta.csv?page=2").text)))
    assert [int(row["article_id"]) for row in rows] == ids[4::-1]


def test_an_outlet_never_crawled_says_so(fill: Filling, ask: Any) -> None:
    fill.tell("warta", 1)
    assert record(ask, "/outlet/warta.json")["health"] is None
    assert "Never crawled here" in ask("/outlet/warta").text


def test_an_outlet_s_health_is_that_of_its_last_run(fill: Filling, ask: Any) -> None:
    fill.tell("warta", 1)
    with fill.store.transaction():
        run = fill.store.connection.execute
        for number, finished in ((1, "finished"), (2, "shutdown")):
            at = f"2026-05-0{number}T00:00:00Z"
            run("INSERT INTO runs (id, command, started_at, finished_at, status) VALUES (?, 'run', ?, ?, 'good')",
                (number, at, at))  # fmt: skip
            run("INSERT INTO run_outlets (run_id, outlet, saved, finished) VALUES (?, 'warta', ?, ?)",
                (number, number * 10, finished))  # fmt: skip
        run("INSERT INTO alarms (outlet, kind, since, text) VALUES ('warta', 'dates', '2026-05-02', 'No dates.')")
    health = record(ask, "/outlet/warta.json")["health"]
    assert (health["finished"], health["saved"]) == ("shutdown", 20)
    assert health["alarms"] == [{"kind": "dates", "subject": "", "since": "2026-05-02", "text": "No dates."}]
    assert health["last_finished_at"] == "2026-05-01T00:00:00Z"
    assert "1 alarm" in ask("/outlets").text


def test_the_most_quoted_are_those_whom_most_outlets_quote(fill: Filling, ask: Any) -> None:
    for outlet in ("warta", "pesisir"):
        fill.tell(outlet, 1, quotes=said("Air naik.", "Budi Karya"))
    for _ in range(3):
        fill.tell("warta", 1, quotes=said("Harga naik.", "Sri Hartuti"))
    fill.tell("muara", 1, hours=-24 * 40, quotes=said("Lama sekali.", "Orang Lama"))
    listed = record(ask, "/speakers.json")["speakers"]
    assert [(one["speaker"], one["outlets"], one["quotations"]) for one in listed] == [
        ("Budi Karya", 2, 2),
        ("Sri Hartuti", 1, 3),
    ]
    assert "Orang Lama" in {one["speaker"] for one in record(ask, "/speakers.json?days=90")["speakers"]}


@pytest.mark.parametrize("name", ["budi", "BUDI kar", "karya budi", "Budi!"])
def test_a_speaker_is_found_by_the_beginning_of_words(fill: Filling, ask: Any, name: str) -> None:
    fill.tell("warta", 1, quotes=said("Air naik.", "Budi Karya"))
    fill.tell("warta", 1, quotes=said("Budi Karya orang baik.", "Sri Hartuti"))
    found = record(ask, f"/speakers.json?name={quote(name)}")["speakers"]
    assert [one["speaker"] for one in found] == ["Budi Karya"]


def test_one_utterance_of_a_person_has_the_wording_of_every_outlet(fill: Filling, ask: Any) -> None:
    full = "Kami akan membangun tanggul sepanjang enam kilometer tahun depan"
    short = "Kami akan membangun tanggul sepanjang enam kilometer"
    fill.tell("warta", 1, quotes=said(full, "Budi Karya Sumadi"))
    fill.tell("pesisir", 1, quotes=said(short, "Budi Karya"))
    fill.tell("muara", 1, quotes=said("Yang lain tidak bicara apa-apa hari ini", "Sri Hartuti"))
    fill.tell("pesisir", 2, quotes=said("Budi yang lain, di berita yang lain", "Budi Karya"))
    shown = record(ask, "/speaker.json?name=Budi Karya Sumadi")
    assert shown["spellings"] == ["Budi Karya"]
    (story,) = shown["stories"]
    (utterance,) = story["utterances"]
    assert [wording["quote"]["text"] for wording in utterance["wordings"]] == [full, short]


def test_fragments_of_a_person_stand_on_their_page(fill: Filling, ask: Any) -> None:
    fill.tell("warta", 1, quotes=said("tidak masuk akal", "Budi Karya", kind="fragment"))
    fill.tell("warta", None, quotes=said("sama sekali", "Budi Karya", kind="fragment"))
    shown = record(ask, "/speaker.json?name=Budi Karya")
    assert shown["quotations"] == 2
    assert sum(len(story["utterances"]) for story in shown["stories"]) == 2
    assert {story["story_id"] for story in shown["stories"]} == {1, None}


def test_a_speaker_s_feed_gives_each_quotation_an_address_of_its_own(fill: Filling, ask: Any) -> None:
    article = fill.tell("warta", 1, quotes=said("Air naik.", "Budi Karya"))
    feed = fromstring(ask("/speaker.atom?name=Budi Karya").content)  # noqa: S314 - our own feed
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == f"http://localhost/article/{article}#quotation-1"
    assert entry.findtext(f"{ATOM}summary") == "“Air naik.”"
    assert 'id="quotation-1"' in ask(f"/article/{article}").text


@pytest.mark.parametrize(
    ("other", "belongs"),
    [("Budi", True), ("BUDI KARYA", True), ("B. Karya", True), ("Sri Hartuti", False), ("B. K.", False), ("", False)],
)
def test_names_of_one_utterance_belong_together_by_a_word_in_common(other: str, *, belongs: bool) -> None:
    one = Utterance(("Budi Karya", other), ())
    assert speakers.others("Budi Karya", [one]) == ((other,) if belongs else ())
    assert speakers.others("Budi Karya", [Utterance((other, "Orang Ketiga"), ())]) == ()


def test_an_outlet_left_out_what_most_of_the_others_have(make: Make) -> None:
    having = ["warta", "pesisir", "muara"]
    articles = [make(f"a-{one}", "Sebanyak 1.840 rumah terendam, kata Bupati Sagara Idris Malaka.", outlet=one)
                for one in having]  # fmt: skip
    without = make("without", "Banyak rumah terendam air.", outlet="bukit")
    found = left_out([*articles, without], [])
    assert [one.outlet for one in found] == ["bukit"]
    assert "1.840" in found[0].facts


def test_of_two_outlets_none_left_out_anything(make: Make) -> None:
    pair = [make("a", "Sebanyak 1.840 rumah.", outlet="warta"), make("b", "Banyak rumah.", outlet="pesisir")]
    assert left_out(pair, []) == ()
    assert left_out([], []) == ()


@pytest.mark.parametrize(
    ("fact", "shown"),
    [
        ("idris malaka", "Idris Malaka"),
        ("bpbd", "BPBD"),
        ("1,7", "1,7"),
        ("nowhere", "nowhere"),
        ("(a", "(a"),
        ("", ""),
    ],
)
def test_names_are_shown_as_printed(fact: str, shown: str) -> None:
    assert printed({1: "Kata Idris Malaka, BPBD mencatat 1,7 meter."})(fact, 1) == shown


@pytest.mark.parametrize(("length", "opened"), [(0, 0), (10, 10), (11, 8), (50, 8)])
def test_long_lists_fold(length: int, opened: int) -> None:
    assert folded(range(length), 10, 8) == opened


def test_a_flood_folds_but_loses_nothing(fill: Filling, ask: Any) -> None:
    ids = [fill.tell(f"o{number}", 1, hours=number) for number in range(40)]
    page = ask("/story/1").text
    assert "Show 30 more articles" in page
    assert all(page.count(f'id="article-{one}"') == 1 for one in ids)


def test_a_date_for_machines_has_the_day_beside_it(fill: Filling, ask: Any) -> None:
    fill.tell("warta", 1, published_text="2026-05-05T19:00:00+07:00")
    fill.tell("pesisir", 1, published_text="Selasa, 5 Mei 2026", hours=None)
    page = ask("/story/1").text
    assert '2026-05-05T19:00:00+07:00</span> <span class="whole">(5 May 2026)</span>' in page
    assert 'Selasa, 5 Mei 2026</span> <span class="quiet">(no time printed)</span>' in page


def test_the_next_development_stands_on_top(fill: Filling, ask: Any) -> None:
    fill.tell("warta", 1, hours=0)
    fill.tell("warta", 2, hours=72)
    with fill.store.transaction():
        fill.store.connection.execute(
            "INSERT INTO story_links VALUES (1, 2, 'next_development', 0.7, '2026-05-09T00:00:00Z')"
        )
    assert 'Next development: <a href="/story/2">' in ask("/story/1").text
    assert 'What came before: <a href="/story/1">' in ask("/story/2").text


def test_the_front_page_begins_with_the_newest_day_that_has_what_it_shows(fill: Filling, ask: Any) -> None:
    fill.tell("warta", 1, hours=0)
    fill.tell("pesisir", 1, hours=0)
    fill.tell("warta", 2, hours=48)
    assert record(ask, "/index.json")["day"] == "2026-05-05"
    assert record(ask, "/index.json?kind=all")["day"] == "2026-05-07"


def test_the_language_links_keep_what_was_asked(fill: Filling, ask: Any) -> None:
    fill.tell("warta", 1, quotes=said("Air naik.", "Budi Karya"))
    page = ask("/speaker?name=Budi%20Karya&lang=id").text
    assert 'href="?name=Budi%20Karya&amp;lang=en"' in page


@pytest.mark.parametrize("language", ["en", "id"])
@pytest.mark.parametrize(
    "path", ["/", "/story/1", "/story/1?a=1&b=2", "/article/1", "/why/1/2", "/outlets", "/outlet/warta_sagara",
             "/speakers", "/speakers?name=x", "/about"]
)  # fmt: skip
def test_every_page_of_the_demo_in_both_languages(told_store: Path, open_pages: Any, path: str, language: str) -> None:
    pages = open_pages(told_store)
    answer = pages.ask(path, headers={"accept-language": language})
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    assert answer.text.count("<h1") == 1


def test_an_empty_store_has_pages(tmp_path: Path, open_pages: Any) -> None:
    with open_store(tmp_path / "empty.db"):
        pass
    pages = open_pages(tmp_path / "empty.db")
    assert [pages.ask(path).status_code for path in ("/", "/outlets", "/speakers", "/speakers?name=a")] == [200] * 4
