from __future__ import annotations

import codecs
import gzip
import io
import json
import random
import warnings
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import brotli
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from dedupe import Article, Reject
from newscrawl import jsonl, reading
from newscrawl.archive import Fetch
from newscrawl.files import FileError, FileReport
from newscrawl.ingest import read_file
from newscrawl.jsonl import BadLineError, line_article

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "extraction" / "real-news.warc.gz"
TEXT = "Warga Teluk Bening menanam seribu bakau di sepanjang pantai pada Sabtu pagi."


@pytest.fixture
def take(tmp_path: Path, invoke: Any) -> Callable[..., Any]:
    """`ingest` of a file with these bytes into the test's store: its exit code and words, and its report."""

    def ingested(name: str, content: bytes, *args: str) -> Any:
        (tmp_path / name).write_bytes(content)
        done = invoke("ingest", tmp_path / name, "--db", tmp_path / "news.db", "--json", "--no-cluster", *args)
        assert "\x1b" not in done.stderr
        return done, json.loads(done.stdout)["files"][0]

    return ingested


def said(number: int, **more: object) -> dict[str, object]:
    return {"url": f"https://harian.example.org/{number}", "body": f"{TEXT} Ini berita ke-{number}.", **more}


def lines(*records: dict[str, object] | str) -> bytes:
    return "".join(f"{r if isinstance(r, str) else json.dumps(r)}\n" for r in records).encode()


# --- JSON Lines ---------------------------------------------------------------------------------

GOOD = lines(*(said(n) for n in range(5)))
GOOD_FILES = {
    "plain.jsonl": GOOD,
    "packed.jsonl.gz": gzip.compress(GOOD),
    "any-name.txt": GOOD,
    "two-members.jsonl.gz": gzip.compress(GOOD[:300]) + gzip.compress(GOOD[300:]),
    "mark.jsonl": codecs.BOM_UTF8 + GOOD,
    "crlf.jsonl": GOOD.replace(b"\n", b"\r\n"),
    "no-last-newline.jsonl": GOOD.rstrip(b"\n"),
    "empty-lines.jsonl": b"\n\n" + GOOD.replace(b"\n", b"\n\n \t\n"),
}


@pytest.mark.parametrize("name", GOOD_FILES)
def test_json_lines_in_any_dress(name: str, take: Any, tmp_path: Path, rows: Any) -> None:
    done, report = take(name, GOOD_FILES[name])
    assert done.exit_code == 0, done.stderr
    assert report["outcomes"] == {"new": 5}
    assert report["broken"] == []
    [(body,)] = rows(tmp_path / "news.db", "SELECT body FROM articles WHERE url LIKE '%/3'")
    assert body == said(3)["body"]


def test_what_a_line_does_not_say_is_found_out_or_left_empty(take: Any, tmp_path: Path, rows: Any) -> None:
    take("a.jsonl", lines({"url": "https://www.harian.example.org/a?utm_source=x", "body": f"{TEXT}\n{TEXT} Lagi."}))
    [row] = rows(
        tmp_path / "news.db",
        "SELECT url, outlet, title, language, published_text, published_day, authors FROM articles",
    )
    assert row[3] in {"id", "ms"}, "the two are hard to tell apart in a few words"
    assert (*row[:3], *row[4:]) == ("https://www.harian.example.org/a", "harian.example.org", TEXT, None, None, "[]")
    urls = {url for (url,) in rows(tmp_path / "news.db", "SELECT url FROM article_urls")}
    assert {"https://www.harian.example.org/a?utm_source=x", "https://www.harian.example.org/a"} <= urls


def test_everything_a_line_says_is_kept(take: Any, tmp_path: Path, rows: Any) -> None:
    line = said(
        1,
        outlet="harian",
        title="Bakau",
        published="2026-05-06T09:40:00+07:00",
        language="id_ID",
        authors=["Rara", 3, " "],
    )
    take("a.jsonl", lines(line))
    [row] = rows(
        tmp_path / "news.db", "SELECT outlet, title, published_text, published_at, language, authors FROM articles"
    )
    assert row == ("harian", "Bakau", line["published"], "2026-05-06T02:40:00Z", "id", '["Rara"]')


BROKEN = {
    "no JSON": ("{half", "bad-json"),
    "words": ("bukan json", "bad-json"),
    "list": ("[1, 2]", "bad-record"),
    "number": ("NaN", "bad-record"),
    "null": ("null", "bad-record"),
    "empty": ("{}", "bad-record"),
    "no body": ('{"url": "https://a.example.org/1"}', "bad-record"),
    "empty body": ('{"url": "https://a.example.org/1", "body": " "}', "bad-record"),
    "body a number": ('{"url": "https://a.example.org/1", "body": NaN}', "bad-record"),
    "body a list": ('{"url": "https://a.example.org/1", "body": ["x"]}', "bad-record"),
    "no url": ('{"body": "x"}', "bad-record"),
    "url a path": ('{"url": "/etc/passwd", "body": "x"}', "bad-record"),
    "url of a file": ('{"url": "file:///etc/passwd", "body": "x"}', "bad-record"),
    "url a list": ('{"url": ["x"], "body": "x"}', "bad-record"),
    "url torn": ('{"url": "http://[", "body": "x"}', "bad-record"),
    "title a number": (json.dumps(said(7, title=3)), "bad-record"),
    "outlet a list": (json.dumps(said(7, outlet=["a"])), "bad-record"),
    "published a number": (json.dumps(said(7, published=1750000000)), "bad-record"),
    "language an object": (json.dumps(said(7, language={})), "bad-record"),
    "authors a number": (json.dumps(said(7, authors=5)), "bad-record"),
    "authors an object": (json.dumps(said(7, authors={"a": 1})), "bad-record"),
    "deep nesting": ('{"url": ' + "[" * 200_000, "bad-json"),
    "deep and closed": ('{"x": ' + "[" * 100_000 + "]" * 100_000 + "}", "bad-json"),
    "huge number": ('{"url": ' + "9" * 10_000 + "}", "bad-json"),
    "too short": (json.dumps({"url": "https://a.example.org/1", "body": "Pendek."}), "no-text"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_line_is_named_and_the_good_ones_are_kept(kind: str, take: Any, tmp_path: Path, rows: Any) -> None:
    bad, reason = BROKEN[kind]
    done, report = take("a.jsonl", lines(said(1), said(2), bad, said(3)))
    assert report["outcomes"] == {"new": 3, "rejected": 1}
    assert rows(tmp_path / "news.db", "SELECT count(*) FROM articles") == [(3,)]
    assert [r for (r,) in rows(tmp_path / "news.db", "SELECT reason FROM rejects")] == [reason]
    if reason != "no-text":
        assert done.exit_code == 3
        assert f"{tmp_path / 'a.jsonl'}, line 3: " in done.stderr
        assert "line 3" in rows(tmp_path / "news.db", "SELECT detail FROM rejects")[0][0]


def test_a_line_that_is_no_utf8(take: Any) -> None:
    done, report = take(
        "a.jsonl", lines(said(1)) + b'{"url": "https://a.example.org/\xe9", "body": "caf\xe9"}\n' + lines(said(2))
    )
    assert done.exit_code == 3
    assert "line 2" in done.stderr
    assert report["outcomes"] == {"new": 2, "rejected": 1}


def test_a_broken_first_line_does_not_hide_the_others(take: Any) -> None:
    done, report = take("a.jsonl", lines("rusak", said(1), said(2)))
    assert done.exit_code == 3
    assert "line 1" in done.stderr
    assert report["outcomes"] == {"new": 2, "rejected": 1}


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gz"])
def test_a_line_of_ten_megabytes_is_rejected_and_the_next_is_read(pack: Callable[[bytes], bytes], take: Any) -> None:
    name = "a.jsonl" if pack is bytes else "a.jsonl.gz"
    done, report = take(name, pack(lines(said(1), said(2, body="x" * 10_000_000), said(3))))
    assert done.exit_code == 3
    assert "line 2: longer than" in done.stderr
    assert report["outcomes"] == {"new": 2, "rejected": 1}


def test_a_line_at_the_limit_and_the_one_behind_it_are_read(take: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    line = lines(said(1))
    for limit in (len(line) - 2, len(line) - 1, len(line)):
        monkeypatch.setattr(jsonl, "LONGEST_LINE", limit)
        report = FileReport(Path("a.jsonl"))
        found = list(jsonl.lines(io.BytesIO(line + b"{}\n"), report.path))
        assert found[-1] == b"{}\n"
        assert len(found) == 2
        assert jsonl.is_too_long(found[0]) == (limit == len(line) - 2)


def test_more_broken_lines_than_anybody_reads_are_counted(take: Any) -> None:
    done, report = take("a.jsonl", lines(said(1), *["rusak"] * 50))
    assert len(report["broken"]) == 50
    assert len(done.stderr.splitlines()) == 21
    assert "30 more" in done.stderr


def test_lone_surrogates_and_nuls_do_not_reach_the_store(take: Any, tmp_path: Path, rows: Any) -> None:
    odd = "a\ud800b\x00c"
    line = said(1, title=odd, outlet=odd, published=odd, language=odd, authors=[odd], body=f"{TEXT}{odd}")
    done, _ = take("a.jsonl", lines(line, said(2, url=f"https://a.example.org/{odd}")))
    assert done.exit_code == 0, done.stderr
    kept = rows(tmp_path / "news.db", "SELECT title, outlet, authors, body FROM articles ORDER BY id")[0]
    assert kept == ("abc", "abc", '["abc"]', f"{TEXT}abc")


def test_the_same_address_twice_is_one_article_and_twice_the_file_changes_nothing(
    take: Any, tmp_path: Path, dump: Any
) -> None:
    content = lines(
        said(1), said(1), said(2), said(2, body=f"{TEXT} Kini lain."), said(1, url="HTTPS://harian.example.org:443/1#a")
    )
    _, first = take("a.jsonl", content)
    assert first["outcomes"] == {"new": 2, "unchanged": 2, "version": 1}
    before = without_fetch_times(dump(tmp_path / "news.db"))
    _, second = take("a.jsonl", content, "--again")
    assert second["outcomes"] == {"unchanged": 5}
    assert without_fetch_times(dump(tmp_path / "news.db")) == before


def without_fetch_times(tables: dict[str, list[tuple[Any, ...]]]) -> dict[str, list[tuple[Any, ...]]]:
    """A dump without what says when something was last looked at."""
    return {**tables, "ingested_files": [], "pages": [(*row[:10], *row[11:]) for row in tables["pages"]]}


texts = st.text(max_size=40) | st.none() | st.integers() | st.floats() | st.lists(st.text(max_size=5), max_size=3)


@given(
    st.dictionaries(
        st.sampled_from(["url", "outlet", "title", "body", "published", "language", "authors", "x"]), texts, max_size=8
    )
)
def test_any_object_is_an_article_or_a_reject_with_a_reason(record: dict[str, Any]) -> None:
    record.setdefault("url", "https://harian.example.org/1")
    try:
        read = line_article(json.dumps(record).encode())
    except BadLineError as error:
        reason = error.reason
    else:
        reason = "article" if isinstance(read, Article) else read.reason
    assert reason in {"bad-record", "article", "no-text"}


@given(st.binary(max_size=200))
def test_any_bytes_are_a_line(line: bytes) -> None:
    with pytest.raises(BadLineError):
        line_article(line)


# --- WARC ---------------------------------------------------------------------------------------


def html(number: int) -> bytes:
    paragraphs = "".join(f"<p>{TEXT} Ini alinea {n} dari berita {number}.</p>" for n in range(6))
    return (
        f'<html lang="id"><head><title>Bakau {number}</title><meta property="og:type" content="article">'
        f'<meta property="article:published_time" content="2026-05-0{number % 9 + 1}T08:00:00+07:00"></head>'
        f"<body><article><h1>Bakau {number}</h1>{paragraphs}</article></body></html>"
    ).encode()


def response(  # one record as a crawler keeps it
    number: int, body: bytes | None = None, *, status: str = "200 OK", kind: str = "response", **headers: str
) -> tuple[str, str, StatusAndHeaders, bytes]:
    named = {"Content-Type": "text/html; charset=utf-8", **{k.replace("_", "-"): v for k, v in headers.items()}}
    head = StatusAndHeaders(status, list(named.items()), protocol="HTTP/1.1")
    return f"https://harian.example.org/{number}", kind, head, html(number) if body is None else body


def warc(*records: tuple[str, str, StatusAndHeaders, bytes], packed: bool = True) -> bytes:
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=packed)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # warcio leaves its temporary files to the collector
        writer.write_record(writer.create_warcinfo_record("made-up.warc", {"software": "test"}))
        for url, kind, head, body in records:
            if kind == "revisit":
                record = writer.create_revisit_record(url, "sha1:X", url, "2026-05-06T00:00:00Z", http_headers=head)
            else:
                record = writer.create_warc_record(url, kind, payload=io.BytesIO(body), http_headers=head)
            writer.write_record(record)
            del record
    return out.getvalue()


@pytest.mark.parametrize("packed", [True, False], ids=["gz", "plain"])
def test_only_pages_of_a_warc_become_articles(packed: bool, take: Any, tmp_path: Path, rows: Any) -> None:  # noqa: FBT001 - a case
    content = warc(
        response(1),
        response(2, b"%PDF", Content_Type="application/pdf"),
        response(3, status="404 Not Found"),
        response(4, b"", status="301 Moved Permanently", Location="https://harian.example.org/1"),
        response(5, kind="revisit"),
        response(6),
        packed=packed,
    )
    done, report = take("a.warc", content)
    assert done.exit_code == 0, done.stderr
    assert report["outcomes"] == {"new": 2}
    assert report["skipped"] == {"warcinfo": 1, "application/pdf": 1, "http-404": 1, "http-301": 1, "revisit": 1}
    kept = rows(tmp_path / "news.db", "SELECT url, title, published_day, raw FROM articles ORDER BY url")
    assert [row[:3] for row in kept] == [
        ("https://harian.example.org/1", "Bakau 1", "2026-05-02"),
        ("https://harian.example.org/6", "Bakau 6", "2026-05-07"),
    ]
    hashes = {key for (key,) in rows(tmp_path / "pages.db", "SELECT hash FROM bodies")}
    assert {row[3] for row in kept} == hashes


PACKED = {"gzip": gzip.compress, "br": brotli.compress, "deflate": zlib.compress, "zstd": zstandard.compress}


@pytest.mark.parametrize("coding", PACKED)
def test_bodies_in_any_content_coding(coding: str, take: Any) -> None:
    body = PACKED[coding](html(1))
    done, report = take(
        "a.warc.gz", warc(response(1, body, Content_Encoding=coding), response(2, Content_Encoding=coding))
    )
    assert done.exit_code == 0, done.stderr
    assert report["outcomes"] == {"new": 2}, "the second had been unpacked by the crawler"
    torn = warc(response(3, body[: len(body) // 2], Content_Encoding=coding), response(4))
    done, report = take("b.warc.gz", torn)
    assert done.exit_code == 3
    assert "cannot be unpacked" in done.stderr
    assert report["outcomes"] == {"new": 1, "rejected": 1}


def test_a_bomb_is_a_reject(take: Any) -> None:
    for coding, pack in PACKED.items():
        done, report = take("a.warc.gz", warc(response(1, pack(b" " * 50_000_000), Content_Encoding=coding)))
        assert done.exit_code == 3
        assert report["outcomes"] == {"rejected": 1}, coding


def test_a_record_with_a_wrong_digest_is_a_reject(take: Any, tmp_path: Path, rows: Any) -> None:
    content = warc(response(1), response(2), packed=False).replace(b"dari berita 1", b"dari berota 1", 1)
    done, report = take("a.warc", content)
    assert done.exit_code == 3
    assert "digest" in done.stderr
    assert "https://harian.example.org/1" in done.stderr
    assert report["outcomes"] == {"new": 1, "rejected": 1}
    assert rows(tmp_path / "news.db", "SELECT url, reason FROM rejects") == [
        ("https://harian.example.org/1", "torn-record")
    ]


def record_ends(content: bytes, *, packed: bool) -> set[int]:
    """Where a WARC file may end without anybody seeing that something is missing."""
    if not packed:
        ends = {n for n in range(len(content)) if content[n:].startswith(b"WARC/1")}
        return {end - back for end in ends | {len(content)} for back in range(3)}
    ends, rest = set(), content
    while rest:
        unpacker = zlib.decompressobj(wbits=31)
        unpacker.decompress(rest)
        rest = unpacker.unused_data
        ends.add(len(content) - len(rest))
    return ends


@pytest.mark.parametrize("packed", [True, False], ids=["gz", "plain"])
def test_a_cut_file_is_never_taken_for_whole(packed: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a case
    content = warc(*(response(n) for n in range(5)), packed=packed)
    whole = record_ends(content, packed=packed)
    path = tmp_path / "a.warc"
    for cut in random.Random(7).sample(sorted(set(range(1, len(content))) - whole), 120):
        path.write_bytes(content[:cut])
        report = FileReport(path)
        found, error = [], ""
        try:
            found.extend(map(reading.fetch_of, read_file(path, report)))
        except FileError as broken:
            error = str(broken)
        torn = [one for one in found if isinstance(one, Reject)]
        assert error or report.broken or torn, f"cut at {cut} of {len(content)}"
        pages = [one for one in found if isinstance(one, Fetch)]
        assert all(page.body == html(n) for n, page in enumerate(pages)), "what came whole is kept, and nothing else"


def test_twenty_cut_files_end_with_an_exit_code_and_keep_what_came(take: Any, tmp_path: Path, rows: Any) -> None:
    content = warc(*(response(n) for n in range(6)))
    whole = record_ends(content, packed=True)
    stored = 0
    for cut in sorted(random.Random(3).sample(sorted(set(range(1, len(content))) - whole), 20)):
        done, _ = take("a.warc.gz", content[:cut])
        assert done.exit_code in {2, 3}
        assert str(tmp_path / "a.warc.gz") in done.stderr
        now = rows(tmp_path / "news.db", "SELECT count(*) FROM articles")[0][0]
        assert now >= stored
        stored = now
    assert stored >= 4


def test_any_damage_to_a_warc_is_said(tmp_path: Path) -> None:
    content = warc(*(response(n) for n in range(4)), packed=False)
    chance = random.Random(11)
    path = tmp_path / "a.warc"
    for _ in range(150):
        damaged = bytearray(content)
        for _ in range(chance.randint(1, 4)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        path.write_bytes(damaged)
        report = FileReport(path)
        try:
            found = [reading.fetch_of(one) for one in read_file(path, report)]
        except FileError:
            continue
        torn = [one for one in found if isinstance(one, Reject)]
        assert len(found) == 4 or torn or report.broken or set(report.skipped) - {"warcinfo"}


WRONG = {
    "empty.warc.gz": (b"", "is empty"),
    "empty.jsonl": (b"", "is empty"),
    "packed-nothing.jsonl.gz": (gzip.compress(b""), "is empty"),
    "only-newlines.jsonl": (b"\n\n\n", "holds no record"),
    "words.txt": (b"Sekadar catatan, bukan arsip.\n" * 50, "neither a WARC file nor JSON Lines"),
    "array.json": (b'[{"url": "x"}]', "neither a WARC file nor JSON Lines"),
    "half-a-head.warc.gz": (gzip.compress(GOOD)[:9], "breaks off at once"),
    "torn-head.jsonl.gz": (b"\x1f\x8b\x08\x00garbage garbage garbage", "gzip"),
    "no-pages.warc": (warc(packed=False), "holds no news page"),
    "whole-gzip.warc.gz": (gzip.compress(warc(response(1), response(2), packed=False)), "gunzip"),
    "picture.jsonl": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR" * 9, "neither a WARC file nor JSON Lines"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_told(name: str, take: Any, tmp_path: Path) -> None:
    content, message = WRONG[name]
    done, report = take(name, content)
    assert done.exit_code in {2, 3}
    assert message in done.stderr
    assert str(tmp_path / name) in done.stderr
    assert "Traceback" not in done.stderr
    assert report["error"] or report["broken"]


def test_a_zip_a_directory_and_a_missing_file_are_told_and_the_good_file_is_read(tmp_path: Path, invoke: Any) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as file:
        file.writestr("a.jsonl", GOOD)
    (tmp_path / "folder").mkdir()
    (tmp_path / "good.jsonl").write_bytes(GOOD)
    paths = [tmp_path / name for name in ("a.zip", "folder", "none.jsonl", "good.jsonl")]
    done = invoke("ingest", *paths, "--db", tmp_path / "news.db", "--no-cluster")
    assert done.exit_code == 3
    for path in paths[:3]:
        assert str(path) in done.stderr
    assert len(done.stderr.splitlines()) == 3
    assert "good.jsonl" in done.stdout
    assert invoke("ingest", *paths[:3], "--db", tmp_path / "b.db", "--no-cluster").exit_code == 2


@pytest.mark.parametrize("cut", [-1, -9, -40, 400])
def test_a_cut_json_lines_file_keeps_its_whole_lines(cut: int, take: Any) -> None:
    content = gzip.compress(b"".join(lines(said(n, x=random.Random(n).random())) for n in range(300)))
    done, report = take("a.jsonl.gz", content[:cut])
    assert done.exit_code == 3
    assert "after line" in done.stderr
    assert report["outcomes"]["new"] >= (1 if cut > 0 else 250)
    plain = lines(said(1), said(2))[:-20]
    done, report = take("b.jsonl", plain)
    assert done.exit_code == 3
    assert "line 2" in done.stderr


@pytest.mark.slow
@pytest.mark.skipif(not REAL.exists(), reason="the real pages of ../shared/data are not here")
def test_real_news_becomes_articles_or_says_why_not(tmp_path: Path, invoke: Any, rows: Any, dump: Any) -> None:
    db = tmp_path / "news.db"
    assert invoke("ingest", REAL, "--db", db, "--no-cluster").exit_code == 0
    [(articles, dated, long)] = rows(db, "SELECT count(*), count(published_day), sum(length(body) > 200) FROM articles")
    assert min(articles, dated, long) >= 250
    addresses = rows(db, "SELECT count(DISTINCT url) FROM (SELECT url FROM pages)")[0][0]
    assert addresses == rows(tmp_path / "pages.db", "SELECT count(DISTINCT url) FROM fetches")[0][0]
    assert not rows(db, "SELECT * FROM rejects WHERE reason = '' OR detail = ''")
