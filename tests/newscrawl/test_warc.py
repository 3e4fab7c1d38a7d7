from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from dedupe import open_store
from newscrawl import ingest, reading
from newscrawl.archive import open_archive
from newscrawl.files import FileReport
from newscrawl.ingest import read_file
from newscrawl.reading import Readers, ReadersGoneError

NOW = datetime(2026, 5, 6, 9, 40, tzinfo=UTC)
Record = tuple[str, str, datetime, bytes]
"""Kind, address, time and body."""


def html(number: int, told: str = "pada Sabtu pagi") -> bytes:
    paragraphs = "".join(f"<p>Warga menanam bakau di pantai {told}, alinea {n} dari {number}.</p>" for n in range(6))
    return (
        f'<html lang="id"><head><title>Bakau {number}</title><meta property="og:type" content="article"></head>'
        f"<body><article><h1>Bakau {number}</h1>{paragraphs}</article></body></html>"
    ).encode()


def page(number: int, at: datetime = NOW, body: bytes | None = None) -> Record:
    return "response", f"https://harian.example.org/{number}", at, html(number) if body is None else body


def warc(path: Path, records: Sequence[Record], version: str = "WARC/1.1", *, chunked: bool = False) -> Path:
    """A WARC as crawlers publish them: each answer with its request, some with metadata and look-ups of names."""
    with path.open("wb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # warcio leaves its temporary files to the collector
        writer = WARCWriter(file, gzip=path.name.endswith(".gz"), warc_version=version)
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "made up"}))
        for kind, url, at, body in records:
            head = {"WARC-Date": at.strftime("%Y-%m-%dT%H:%M:%SZ")}
            asked = StatusAndHeaders("GET / HTTP/1.1", [("Host", "harian.example.org")], is_http_request=True)
            answered = [("Content-Type", "text/html; charset=utf-8")]
            sent = body
            if chunked:
                answered.append(("Transfer-Encoding", "chunked"))
                sent = b"%x\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (7, body[:7], len(body) - 7, body[7:])
            answer = StatusAndHeaders("200 OK", answered, protocol="HTTP/1.1")
            for one in (
                writer.create_warc_record(url, "request", http_headers=asked, warc_headers_dict=dict(head)),
                writer.create_warc_record(
                    url, kind, BytesIO(sent), len(sent), http_headers=answer, warc_headers_dict=dict(head)
                ),
                writer.create_warc_record(url, "metadata", BytesIO(b"via: -\r\n"), 8, warc_headers_dict=dict(head)),
                writer.create_warc_record(
                    "dns:harian.example.org", "resource", BytesIO(b"20260506 a"), 10, warc_content_type="text/dns"
                ),
            ):
                writer.write_record(one)
    return path


@pytest.fixture
def take(tmp_path: Path) -> Any:
    def taken(path: Path, db: str = "news.db", readers: Readers | None = None, **more: Any) -> FileReport:
        with open_store(tmp_path / db) as store, open_archive(tmp_path / db) as archive:
            return ingest.ingest(path, store, archive, readers, **more)

    return taken


def texts(tables: dict[str, list[tuple[Any, ...]]]) -> dict[str, list[tuple[Any, ...]]]:
    """A dump without when files were read."""
    return {**tables, "ingested_files": [], "_sqlite_migrations": []}


# --- what a file holds --------------------------------------------------------------------------


@pytest.mark.parametrize("version", ["WARC/1.0", "WARC/1.1"])
@pytest.mark.parametrize("chunked", [False, True], ids=["plain", "chunked"])
@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_mixed_records_of_either_version(version: str, chunked: bool, name: str, take: Any, tmp_path: Path) -> None:  # noqa: FBT001 - a case
    path = warc(tmp_path / name, [page(n) for n in range(5)], version, chunked=chunked)
    report = take(path)
    assert (report.error, report.broken) == (None, [])
    assert report.outcomes == {"new": 5}
    assert report.skipped == {"warcinfo": 1, "request": 5, "metadata": 5, "resource": 5}


def test_front_pages_and_cut_pages_are_rejects(take: Any, tmp_path: Path, rows: Any) -> None:
    front = "response", "https://harian.example.org/", NOW, html(1)
    path = warc(tmp_path / "a.warc", [front, page(2), page(3)])
    content = path.read_bytes()
    place = content.rindex(b"WARC-Type: response")
    path.write_bytes(content[:place] + b"WARC-Truncated: length\r\n" + content[place:])
    report = take(path)
    assert "cut it off" in " ".join(report.broken)
    assert report.outcomes == {"new": 1, "rejected": 2}
    assert ("https://harian.example.org/3", "torn-record") in rows(
        tmp_path / "news.db", "SELECT url, reason FROM rejects"
    )


# --- processes ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_result_does_not_depend_on_the_number_of_processes(
    take: Any, tmp_path: Path, dump: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bodies = [page(n, body=b"" if n % 7 == 3 else None) for n in range(40)]
    path = warc(tmp_path / "a.warc.gz", [*bodies, page(1, NOW + timedelta(days=1), html(1, "pada Minggu"))])
    alone = take(path, "a.db")
    monkeypatch.setattr(reading, "FEW", 4)
    monkeypatch.setattr(reading, "AT_ONCE", 3)
    with Readers(2) as readers:
        together = take(path, "b.db", readers)
        assert readers.pool
    assert (alone.outcomes, alone.reasons) == (together.outcomes, together.reasons)
    assert texts(dump(tmp_path / "a.db")) == texts(dump(tmp_path / "b.db"))


@pytest.mark.slow
def test_a_process_that_is_ended_from_outside_loses_nothing(
    take: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "FEW", 4)
    monkeypatch.setattr(reading, "AT_ONCE", 2)
    monkeypatch.setattr(ingest, "BATCH", 5)
    path = warc(tmp_path / "a.warc.gz", [page(n) for n in range(60)])
    with Readers(2) as readers:

        def kill(_: int) -> None:
            for process in list(readers.pool._processes.values()) if readers.pool else []:
                with suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGKILL)

        report = take(path, readers=readers, progress=kill)
    assert report.error
    assert "goes on there" in report.error
    again = take(path)
    assert again.went_on_after == sum(report.outcomes.values()) > 0
    assert again.outcomes == {"new": 60 - again.went_on_after}


def family(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += [int(child), *family(int(child))]
    return found


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes in /proc")
def test_killed_with_its_processes_at_work_it_goes_on_and_none_is_left(tmp_path: Path, rows: Any, invoke: Any) -> None:
    path, db = warc(tmp_path / "a.warc.gz", [page(n) for n in range(1500)]), tmp_path / "news.db"
    command = [sys.executable, "-m", "newscrawl.cli", "ingest", path, "--db", db, "--no-cluster", "--jobs", "2", "-q"]
    process = subprocess.Popen([str(part) for part in command])
    until = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < until and (not db.exists() or not articles(rows, db)):
        time.sleep(0.02)
    children = family(process.pid)
    process.kill()
    process.wait()
    stored = articles(rows, db)
    assert stored
    until = time.monotonic() + 20
    while (left := [pid for pid in children if is_alive(pid)]) and time.monotonic() < until:
        time.sleep(0.05)
    assert left == []
    assert invoke("ingest", path, "--db", db, "--no-cluster", "--jobs", 1).exit_code == 0
    assert articles(rows, db) == 1500
    assert rows(db, "SELECT count(*) FROM versions") == [(1500,)]


def articles(rows: Any, db: Path) -> int:
    if not rows(db, "SELECT 1 FROM sqlite_master WHERE name = 'coverage_list'"):
        return 0
    return int(rows(db, "SELECT count(*) FROM articles")[0][0])


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_an_error_comes_after_what_came_before_it() -> None:
    def broken() -> Iterator[Any]:
        yield from (reading.Line(n, b"{}", Path("x")) for n in range(3))
        raise reading.FileError("broke off")

    found = []
    with pytest.raises(reading.FileError), Readers() as readers:
        found.extend(readers.read(broken(), reading.read_one))
    assert len(found) == 3
    assert issubclass(ReadersGoneError, Exception)


# --- places -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz", "a.jsonl"])
def test_a_killed_reading_goes_on_where_it_was(
    name: str, take: Any, tmp_path: Path, dump: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / name
    if name == "a.jsonl":
        path.write_text(
            "".join(f'{{"url": "https://a.example.org/{n}", "body": "{"Bakau. " * 20}{n}"}}\n' for n in range(20))
        )
    else:
        warc(path, [page(n) for n in range(20)])
    monkeypatch.setattr(ingest, "BATCH", 3)
    done = itertools.count()

    def stop(_: int) -> None:
        if next(done) == 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take(path, progress=stop)
    report = take(path)
    assert (report.went_on_after, report.outcomes) == (9, {"new": 11})
    whole = take(path, "other.db")
    assert whole.outcomes == {"new": 20}
    if name != "a.jsonl":
        assert texts(dump(tmp_path / "news.db")) == texts(dump(tmp_path / "other.db"))


def test_a_finished_file_is_known_under_any_name_and_read_again_when_asked(
    take: Any, tmp_path: Path, dump: Any, invoke: Any
) -> None:
    path = warc(tmp_path / "a.warc.gz", [page(n) for n in range(3)])
    take(path)
    before = texts(dump(tmp_path / "news.db"))
    copy = tmp_path / "copy.warc.gz"
    copy.write_bytes(path.read_bytes())
    for one in (path, copy):
        report = take(one)
        assert report.finished_before
        assert (report.records, report.outcomes) == (0, {})
    assert take(path, again=True).outcomes == {"unchanged": 3}
    assert texts(dump(tmp_path / "news.db")) == before
    done = invoke("ingest", copy, "--db", tmp_path / "news.db", "--no-cluster")
    assert done.exit_code == 0
    assert "was read to its end before" in done.stdout


def test_a_damaged_file_is_gone_on_with_once_it_is_whole(take: Any, tmp_path: Path) -> None:
    path = warc(tmp_path / "a.warc.gz", [page(n) for n in range(8)])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    half = take(path)
    assert half.error
    assert 0 < half.outcomes["new"] < 8
    assert take(path).error == half.error
    path.write_bytes(whole)
    report = take(path)
    assert (report.error, sum(report.outcomes.values())) == (None, 8)


# --- time ---------------------------------------------------------------------------------------

TOLD = ("pada Sabtu", "pada Minggu", "pada Minggu", "pada Senin")
"""What one address said on four days."""


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_the_order_of_files_does_not_matter(order: Sequence[int], take: Any, tmp_path: Path, rows: Any) -> None:
    days = [NOW + timedelta(days=n) for n in range(4)]
    for n in order:
        take(warc(tmp_path / f"{n}.warc", [page(1, days[n], html(1, TOLD[n]))]))
    db = tmp_path / "news.db"
    for again in (False, True):
        found = rows(
            db, "SELECT number, seen_at, body LIKE '%Sabtu%', body LIKE '%Senin%' FROM versions ORDER BY number"
        )
        assert found == [
            (1, "2026-05-06T09:40:00Z", 1, 0),
            (2, "2026-05-07T09:40:00Z", 0, 0),
            (3, "2026-05-09T09:40:00Z", 0, 1),
        ], again
        [(present, version, first, changed)] = rows(
            db, "SELECT body LIKE '%Senin%', version, first_seen_at, changed_at FROM articles"
        )
        assert (present, version, first, changed) == (1, 3, "2026-05-06T09:40:00Z", "2026-05-09T09:40:00Z")
        assert rows(db, "SELECT max(last_fetched_at) FROM pages") == [("2026-05-09T09:40:00Z",)]
        for n in order:
            take(tmp_path / f"{n}.warc", again=True)
    assert rows(db, "SELECT count(*) FROM readings") == [(0,)]


def test_a_text_that_came_back_is_a_version(take: Any, tmp_path: Path, rows: Any) -> None:
    told = ["pada Sabtu", "pada Minggu", "pada Sabtu"]
    path = warc(tmp_path / "a.warc", [page(1, NOW + timedelta(days=n), html(1, t)) for n, t in enumerate(told)])
    assert take(path).outcomes == {"new": 1, "version": 2}
    assert take(path, again=True).outcomes == {"unchanged": 3}
    assert rows(tmp_path / "news.db", "SELECT count(*) FROM versions") == [(3,)]


def test_a_record_met_again_is_no_other_reject(take: Any, tmp_path: Path, rows: Any) -> None:
    empty = b"<html><body><p>Hampir tanpa kata.</p></body></html>"
    path = warc(tmp_path / "a.warc", [page(1, NOW + timedelta(days=n), empty) for n in range(3)])
    for _ in range(3):
        take(path, again=True)
    db = tmp_path / "news.db"
    assert rows(db, "SELECT times FROM rejects") == [(3,)]
    take(warc(tmp_path / "b.warc", [page(1, NOW + timedelta(days=9))]))
    assert rows(db, "SELECT count(*) FROM rejects") == [(0,)]
    take(path, again=True)
    assert rows(db, "SELECT count(*) FROM rejects") == [(0,)], "it became an article later"
    assert rows(db, "SELECT status FROM pages WHERE article_id IS NOT NULL") == [("article",)]


def test_a_file_is_read_in_portions(tmp_path: Path) -> None:
    path = warc(tmp_path / "a.warc.gz", [page(n) for n in range(30)])
    report = FileReport(path)
    first = next(iter(read_file(path, report)))
    assert (first.size, report.records) == (len(html(0)), 1)
