"""A run's figures in the store become alarms that name what to look at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from dedupe import Article, RunStore, Store, open_store
from newscrawl import checkup, learning

PLACES = ("Muara", "Lembah", "Bukit", "Sagara", "Tanjung", "Cemara", "Rancah", "Wana", "Samudra", "Telaga", "Padang")
LINE = "Warga desa yang ditemui di tempat itu menyebut hal serupa"
"""What begins a paragraph of every article from some day on, always with another end: it is taken for furniture."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "news.db") as fresh:
        yield fresh


def article(number: int, more: Sequence[str]) -> Article:
    place, other = PLACES[number % 11], PLACES[(number * 7 + 3) % 11]
    lines = [
        f"Pasar {place} dibuka lagi pada hari ke-{number} setelah lama ditutup untuk perbaikan atap.",
        *more,
        f"Kabar dari {other} menyusul besok.",
    ]
    return Article(
        url=f"https://warta.example/{number}", outlet="warta", title=f"Pasar {place} {number}", body="\n".join(lines),
        language="id", published_day=date(2026, 1, 1) + timedelta(days=number // 3),
        published_at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number // 3), fetched_at=datetime.now(UTC),
    )  # fmt: skip


def run(store: Store, articles: Sequence[Article]) -> checkup.Checkup:
    """What a run comes to that brings these articles: saved, furniture learned, judged."""
    runs = RunStore(store)
    newest, run_id = runs.newest_article(), runs.start("run", ["warta"])
    for one in articles:
        learning.save(store, one)
    learning.learn(store)
    counts = {"listings": 1, "links": 9, "saved": len(articles), "articles": len(articles), "finished": "finished"}
    runs.note_outlets(run_id, {"warta": counts})
    runs.note_learned(run_id)
    runs.note_furniture(run_id, newest)
    found = checkup.check(store, run_id, ["warta"])
    runs.finish(run_id, "good")
    return found


def test_a_line_that_swallows_text_raises_an_alarm_that_names_it_and_ends_when_it_is_gone(store: Store) -> None:
    for first in range(0, 60, 10):
        assert run(store, [article(n, []) for n in range(first, first + 10)]).open == ()
    swallowed = [
        article(n, [f"{LINE} soal {PLACES[n % 11]} {PLACES[n // 11 % 11]} pada hari ke-{n}"]) for n in range(60, 80)
    ]
    (alarm,) = [one for one in run(store, swallowed).raised if one.kind == "taken"]
    assert "warga desa" in alarm.text
    assert "of the text of 20 articles was taken out as furniture; it was 0% of the last 60" in alarm.text
    assert "`newscrawl outlets --furniture warta`" in alarm.text
    well = run(store, [article(n, []) for n in range(80, 100)])
    assert [one.kind for one in well.ended] == ["taken"]
