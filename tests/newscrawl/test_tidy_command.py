from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from dedupe import StoryChange, TidyReport, open_store
from newscrawl import show
from newscrawl.cli import main

FLOOD = "Banjir merendam 1.240 rumah di Kecamatan Lantera, Sagara, sejak Rabu malam setelah tanggul Kali Sewu jebol."
CRICKET = "Kesebelasan Saltmarsh menang tipis dua angka dalam laga kriket terakhir musim ini di Lapangan Dermaga."


def store_of(folder: Path) -> Path:
    """A store of two stories that were put into one."""
    lines, db = folder / "news.jsonl", folder / "news.db"
    records = [
        {
            "url": f"https://{outlet}.example/{n}",
            "title": title,
            "body": body,
            "published": "2026-05-05",
            "language": "id",
        }
        for n, (title, body) in enumerate((("Tanggul Jebol", FLOOD), ("Saltmarsh Menang Tipis", CRICKET)))
        for outlet in ("warta", "muara")
    ]
    lines.write_text("\n".join(json.dumps(record) for record in records), "utf-8")
    assert CliRunner().invoke(main, ["ingest", str(lines), "--db", str(db), "-q"]).exit_code == 0
    with open_store(db) as store, store.transaction():
        first = store.value("SELECT min(id) FROM stories")
        store.connection.execute("UPDATE coverage SET story_id = ?", (first,))
        store.connection.execute("DELETE FROM stories WHERE id <> ?", (first,))
        store.connection.execute("UPDATE stories SET articles = 4, last_day = '2026-05-05'")
    return db


def test_tidy_splits_and_says_so(tmp_path: Path) -> None:
    db = store_of(tmp_path)
    told = CliRunner().invoke(main, ["cluster", "--db", str(db)])
    assert "fell apart" not in told.stdout
    told = CliRunner().invoke(main, ["cluster", "--tidy", "--db", str(db)])
    assert told.exit_code == 0
    assert "1 story since 2026-04-29: 1 fell apart, 0 became part of another, 2 articles moved" in told.stdout
    assert "Story 1: articles that left it are in 2 now" in told.stdout
    again = CliRunner().invoke(main, ["cluster", "--tidy", "--days", "3", "--db", str(db), "--json"])
    assert again.exit_code == 0
    found = json.loads(again.stdout)
    assert found["tidied"]["since"] == "2026-05-03"
    assert found["tidied"]["changes"] == []
    assert found["tidied"]["stories"] == 2


def test_days_must_be_one_or_more(tmp_path: Path) -> None:
    db = store_of(tmp_path)
    assert CliRunner().invoke(main, ["cluster", "--tidy", "--days", "0", "--db", str(db)]).exit_code == 2


def test_every_kind_of_change_is_told() -> None:
    changes = [
        StoryChange(1, 4, 2, 1, (9,), 0.05),
        StoryChange(2, 3, 0, 1, (1,), None),
        StoryChange(3, 3, 5, 3, (), None),
    ]
    told = "\n".join(show.tidied(TidyReport(stories=3, too_big=1, changes=changes)))
    assert "in 9 now; mean score with those that stayed 0.05" in told
    assert "Story 2 is part of story 1 now." in told
    assert "Story 3 has 5 articles now, before 3." in told
    assert "being floods: 1" in told
