from __future__ import annotations

import gzip
import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from dedupe import Reject, Store, open_store
from newscrawl import retention, warc_writing
from newscrawl.archive import Archive, Fetch, open_archive
from newscrawl.files import FileError, FileReport
from newscrawl.reextract import finish_unread
from newscrawl.warc_writing import export, verified

NOW = datetime(2026, 5, 6, 9, 40, tzinfo=UTC)


def html(number: int) -> bytes:
    paragraphs = "".join(
        f"<p>Warga menanam bakau di pantai pada Sabtu pagi, alinea {n} dari {number}.</p>" for n in range(6)
    )
    return (
        f'<html lang="id"><head><title>Bakau {number}</title><meta property="og:type" content="article"></head>'
        f"<body><article><h1>Bakau {number}</h1>{paragraphs}</article></body></html>"
    ).encode()


def fetch(number: int, body: bytes | None = None, **more: Any) -> Fetch:
    said: dict[str, Any] = {
        "url": f"https://harian.example.org/{number}",
        "asked_for": f"https://harian.example.org/{number}",
        "outlet": "harian.example.org",
        "status": 200,
        "content_type": "text/html; charset=utf-8",
        "body": html(number) if body is None else body,
        "fetched_at": NOW + timedelta(minutes=number),
    }
    return Fetch(**(said | more))


@pytest.fixture
def kept(tmp_path: Path) -> Any:
    with open_archive(tmp_path / "news.db") as archive:
        yield archive


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with open_store(tmp_path / "news.db") as opened:
        yield opened


def contents(archive: Archive) -> list[tuple[Any, ...]]:
    """Everything that an archive holds, in an order of its own."""
    return sorted(
        (one.url, one.asked_for, one.outlet, one.fetched_at, one.status, one.content_type, archive.body(one.hash))
        for one in archive.fetches()
    )


def records(path: Path) -> list[tuple[str, dict[str, str]]]:
    with path.open("rb") as file:
        return [(record.rec_type, dict(record.rec_headers.headers)) for record in ArchiveIterator(file)]


# --- export and import --------------------------------------------------------------------------

word = st.text("ab ü/%?=&", max_size=8)


@settings(max_examples=25, deadline=None)
@given(
    kept_=st.lists(st.tuples(st.integers(0, 3), st.binary(max_size=40), st.integers(0, 400), word, word), max_size=12),
    name=st.sampled_from(["out.warc", "out.warc.gz"]),
)
def test_what_is_exported_and_imported_is_what_was_kept(
    kept_: list[tuple[int, bytes, int, str, str]], name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("round")
    with (
        open_archive(folder / "a.db") as source,
        open_archive(folder / "b.db") as target,
        open_store(folder / "b.db") as store,
    ):
        for number, body, minute, asked, outlet in kept_:
            at = NOW + timedelta(minutes=minute)
            more = {"asked_for": f"https://harian.example.org/{asked.strip()}", "outlet": outlet.strip() or "x"}
            source.keep(fetch(number, body, fetched_at=at, **more))
        exported = export(source, folder / name, source.fetches())
        report = retention.take_in(folder / name, store, target)
        assert (report.error, report.broken) == (None, [])
        assert exported.fetches == len(contents(source))
        assert contents(target) == contents(source)
        again = retention.take_in(folder / name, store, target)
        assert again.outcomes["new"] == 0
        assert contents(target) == contents(source)


def test_a_file_is_warc_1_1_with_digests_and_says_a_page_once(kept: Archive, tmp_path: Path) -> None:
    kept.keep(fetch(1))
    kept.keep(fetch(1, fetched_at=NOW + timedelta(days=1)))
    kept.keep(fetch(2))
    out = tmp_path / "out.warc.gz"
    report = export(kept, out, kept.fetches())
    assert (report.fetches, report.pages, report.bytes) == (3, 2, out.stat().st_size)
    found = records(out)
    assert [kind for kind, _ in found] == ["warcinfo", "response", "revisit", "response"]
    assert gzip.decompress(out.read_bytes()).count(b"WARC/1.1\r\n") == 4
    first, again = found[1][1], found[2][1]
    assert first["WARC-Target-URI"] == "https://harian.example.org/1"
    assert first["WARC-Date"] == "2026-05-06T09:41:00Z"
    assert first["WARC-Payload-Digest"].startswith("sha1:")
    assert first["WARC-Block-Digest"] != first["WARC-Payload-Digest"]
    assert again["WARC-Payload-Digest"] == first["WARC-Payload-Digest"]
    assert again["WARC-Refers-To-Date"] == first["WARC-Date"]
    assert again["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"


def test_days_and_an_outlet_are_chosen(kept: Archive, tmp_path: Path) -> None:
    for number in range(4):
        kept.keep(fetch(number, fetched_at=NOW + timedelta(days=number), outlet="ab"[number % 2]))
    chosen = kept.fetches(since="2026-05-07", until="2026-05-09", outlet="b")
    assert export(kept, tmp_path / "out.warc", chosen).fetches == 1


def test_a_file_that_is_there_is_not_touched(kept: Archive, tmp_path: Path) -> None:
    out = tmp_path / "out.warc.gz"
    out.write_bytes(b"mine")
    with pytest.raises(FileError, match="is there already"):
        export(kept, out, kept.fetches())
    assert out.read_bytes() == b"mine"
    with pytest.raises(FileError, match="cannot be written"):
        export(kept, tmp_path / "none" / "out.warc", kept.fetches())


def test_what_cannot_be_read_back_gets_no_name(kept: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.keep(fetch(1))
    monkeypatch.setattr(warc_writing, "verified", lambda _: iter(()))
    with pytest.raises(FileError, match="0 of 1 records"):
        export(kept, tmp_path / "out.warc.gz", kept.fetches())
    assert not list(tmp_path.glob("*warc*"))


@pytest.mark.parametrize("packed", [True, False], ids=["gz", "plain"])
def test_no_damage_goes_unnoticed(packed: bool, kept: Archive, tmp_path: Path) -> None:  # noqa: FBT001 - a case
    for number in range(3):
        kept.keep(fetch(number))
    good = tmp_path / ("out.warc.gz" if packed else "out.warc")
    export(kept, good, kept.fetches())
    content, chance, path = good.read_bytes(), random.Random(5), tmp_path / "bad.warc"
    bodies = {one.hash for one in verified(good)}
    for _ in range(60):
        damaged = bytearray(content)
        place = chance.randrange(len(damaged))
        damaged[place] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged if chance.random() < 0.7 else content[:place])
        report = FileReport(path)
        try:
            found = {one.hash for one in verified(path, report)}
        except FileError:
            continue
        assert found <= bodies, "what is verified is a page as it was kept"


def test_a_torn_record_is_a_reject_with_its_place(kept: Archive, store: Store, tmp_path: Path) -> None:
    for number in range(3):
        kept.keep(fetch(number))
    good = tmp_path / "out.warc"
    export(kept, good, kept.fetches())
    bad = tmp_path / "bad.warc"
    bad.write_bytes(good.read_bytes().replace(b"alinea 3 dari 1", b"alinea 4 dari 1"))
    with open_archive(tmp_path / "other.db") as other, open_store(tmp_path / "other.db") as its_store:
        for _ in range(2):
            report = retention.take_in(bad, its_store, other)
            assert report.outcomes["rejected"] == 1
            assert "page 2 (https://harian.example.org/1): its digest does not agree" in report.broken[0]
        [reject] = its_store.rows("SELECT url, reason, detail, times FROM rejects")
        assert tuple(reject)[:2] == ("https://harian.example.org/1", "torn-record")
        assert str(bad) in reject["detail"]
        assert reject["times"] == 1
        assert len(contents(other)) == 2


def test_what_was_taken_in_is_read_by_the_next_run(kept: Archive, store: Store) -> None:
    for number in range(3):
        kept.keep(fetch(number))
    kept.keep(fetch(9, b"<html><body><p>Hampir tanpa kata.</p></body></html>"))
    report = finish_unread(store, kept)
    assert (report.outcomes["new"], report.outcomes["rejected"]) == (3, 1)
    assert store.value("SELECT count(*) FROM articles") == 3
    assert finish_unread(store, kept).pages == 0


# --- retention ----------------------------------------------------------------------------------


def test_old_pages_go_and_work_to_do_stays(kept: Archive, store: Store) -> None:
    for number in range(3):
        kept.keep(fetch(number))
    finish_unread(store, kept)
    kept.keep(fetch(7))
    kept.keep(fetch(8, fetched_at=NOW + timedelta(days=30)))
    result = retention.prune(store, kept, "2026-05-07")
    assert (result.fetches, result.bodies, result.unread) == (3, 3, 1)
    assert {one.url[-1] for one in kept.fetches()} == {"7", "8"}
    assert store.value("SELECT count(*) FROM articles") == 3
    assert finish_unread(store, kept).outcomes["new"] == 2


def test_a_body_stays_while_a_younger_fetch_gave_it(kept: Archive, store: Store) -> None:
    kept.keep(fetch(1))
    kept.keep(fetch(1, fetched_at=NOW + timedelta(days=9)))
    finish_unread(store, kept)
    result = retention.prune(store, kept, "2026-05-08", with_vacuum=True)
    assert (result.fetches, result.bodies) == (1, 0)
    [left] = kept.fetches()
    assert kept.body(left.hash) == html(1)


def test_only_what_is_verified_goes(kept: Archive, store: Store, tmp_path: Path) -> None:
    for number in range(4):
        kept.keep(fetch(number))
    finish_unread(store, kept)
    out = tmp_path / "out.warc"
    export(kept, out, kept.fetches(until="2026-05-06T09:43:00Z"))
    out.write_bytes(out.read_bytes().replace(b"alinea 3 dari 1", b"alinea 4 dari 1"))
    result = retention.prune(store, kept, "2027", verified_in=out)
    assert (result.fetches, result.not_verified, len(result.troubles)) == (2, 2, 1)
    assert {one.url[-1] for one in kept.fetches()} == {"1", "3"}
    with pytest.raises(FileError, match="cannot be read"):
        retention.prune(store, kept, "2027", verified_in=tmp_path / "none.warc")
    assert len(list(kept.fetches())) == 2


def test_what_goes_is_exported_first_and_comes_back(kept: Archive, store: Store, tmp_path: Path) -> None:
    for number in range(3):
        kept.keep(fetch(number))
    finish_unread(store, kept)
    before = contents(kept)
    result = retention.prune(store, kept, "2027-01-01T00:00:00Z", export_to=tmp_path / "old")
    assert result.exported
    assert (result.fetches, result.exported.path.name) == (3, "pages-before-2027-01-01.warc.gz")
    assert contents(kept) == []
    retention.take_in(result.exported.path, store, kept)
    assert contents(kept) == before
    assert finish_unread(store, kept).pages == 0, "it has its articles already"


# --- commands -----------------------------------------------------------------------------------


def test_the_commands(invoke: Any, tmp_path: Path, kept: Archive, store: Store) -> None:
    for number in range(3):
        kept.keep(fetch(number))
    finish_unread(store, kept)
    db, out = tmp_path / "news.db", tmp_path / "out.warc.gz"
    assert "3 fetches of 3 pages" in invoke("archive", "export", out, "--db", db).stdout
    assert invoke("archive", "export", out, "--db", db).exit_code == 2
    assert invoke("archive", "export", tmp_path / "x.warc", "--db", db, "--since", "2030-01-01").exit_code == 4
    assert invoke("archive", "export", tmp_path / "y.warc", "--db", db, "--since", "kemarin").exit_code == 2
    assert "3 of 3 pages agree" in invoke("archive", "verify", out).stdout
    (tmp_path / "cut.warc.gz").write_bytes(out.read_bytes()[:-20])
    assert invoke("archive", "verify", tmp_path / "cut.warc.gz", tmp_path / "none").exit_code == 3
    other = tmp_path / "other" / "news.db"
    assert json.loads(invoke("archive", "import", out, "--db", other, "--json").stdout)[0]["outcomes"] == {"new": 3}
    done = invoke("archive", "prune", "--older", "0d", "--db", db, "--verified", out)
    assert "3 fetches from before" in done.stdout
    for age in ("", "d", "-3d", "3", "9999999d", "999999y", "3 d", "²d"):
        assert invoke("archive", "prune", "--older", age, "--db", db).exit_code == 2, age
    assert invoke("reextract", "--db", db).exit_code == 4
    assert invoke("reextract", "--db", db, "--outlet", "tidak-ada").exit_code == 2


def test_a_reject_is_work_done(kept: Archive, store: Store) -> None:
    key = kept.keep(fetch(1))
    store.save_reject(Reject(url=fetch(1).url, stage="read", reason="no-text", raw=key, seen_at=NOW))
    assert finish_unread(store, kept).pages == 0
