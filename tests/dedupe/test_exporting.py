"""A view in a file: types, hostile cells, limits of formats, expressions that can only read, whole files or none."""

import csv
import io
import json
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dedupe import Article, ExportError, Store, StoreError, export_view, open_store, views
from dedupe import export_formats as formats
from dedupe.schema import Column, View

Make = Callable[..., Article]
parquet = pytest.mark.skipif(find_spec("pyarrow") is None, reason="wants pyarrow: pip install 'newscrawl[parquet]'")
excel = pytest.mark.skipif(find_spec("xlsxwriter") is None, reason="wants XlsxWriter: pip install 'newscrawl[xlsx]'")
HOSTILE = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '"quoted", with\nlines', "nol\u2028garis", "𝔘nicode", "", " ")
FORMULA = '=HYPERLINK("http://evil.example")'


@pytest.fixture
def db(store: Store, make: Make) -> Path:
    """A store of 30 articles of two outlets; the title of one is a formula."""
    for number in range(30):
        outlet = ("warta", "kabar")[number % 2]
        title = FORMULA if number == 7 else f"Judul {number}"
        at = datetime(2026, 5, 5, 6, number, tzinfo=UTC) if number else None
        store.save_article(make(f"a{number}", f"Hujan turun {number}.", outlet=outlet, title=title, published_at=at))
    return store.path


def exported(db: Path, view: str, form: str = "csv", **asked: Any) -> bytes:
    stream = io.BytesIO()
    export_view(db, views()[view], stream, form, **asked)  # type: ignore[arg-type]
    return stream.getvalue()


def read_csv(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def made(kind: str, *values: Any) -> tuple[View, list[tuple[Any, ...]]]:
    """A view of one column, and its rows."""
    return View("v", "A row.", (Column("c", kind, "What it is."),)), [(value,) for value in values]  # type: ignore[arg-type]


def as_form(form: str, view: View, rows: list[tuple[Any, ...]]) -> tuple[bytes, list[str]]:
    stream = io.BytesIO()
    writer = formats.FORMATS[form](stream, view)  # type: ignore[index]
    writer.write(rows)
    writer.close()
    return stream.getvalue(), list(writer.notes())


# --- every view ---------------------------------------------------------------------------------


@pytest.mark.parametrize("view", sorted(views()))
def test_every_view_is_exported_with_the_columns_that_it_has(view: str, demo: Path, rows: Callable[..., Any]) -> None:
    stored = rows(demo, f"SELECT * FROM {view}")
    there = list(csv.reader(io.StringIO(exported(demo, view).decode(), newline="")))
    assert there[0] == [column.name for column in views()[view].columns]
    assert len(there) == len(stored) + 1


@parquet
@pytest.mark.parametrize("view", sorted(views()))
def test_every_view_fits_its_types(view: str, demo: Path, rows: Callable[..., Any]) -> None:
    import pyarrow.parquet  # noqa: PLC0415 - where it is installed

    table = pyarrow.parquet.read_table(io.BytesIO(exported(demo, view, "parquet")))
    assert table.num_rows == len(rows(demo, f"SELECT 1 FROM {view}"))
    described = {field.name: field.metadata[b"description"].decode() for field in table.schema}
    assert described == {column.name: column.description for column in views()[view].columns}


def test_json_lines_hold_lists_and_booleans(demo: Path) -> None:
    lines = [json.loads(line) for line in exported(demo, "article_list", "jsonl").splitlines()]
    assert all(isinstance(line["authors"], list) for line in lines)
    assert {
        line["shares_text"] for line in map(json.loads, exported(demo, "exclusive_stories", "jsonl").splitlines())
    } <= {
        True,
        False,
    }


# --- cells --------------------------------------------------------------------------------------


def test_no_cell_of_csv_is_a_formula(db: Path) -> None:
    titles = [row["title"] for row in read_csv(exported(db, "article_list"))]
    assert f"'{FORMULA}" in titles
    assert not [title for title in titles if title.startswith(("=", "+", "-", "@"))]


def test_json_lines_hold_texts_as_they_are(db: Path) -> None:
    assert FORMULA in {json.loads(line)["title"] for line in exported(db, "article_list", "jsonl").splitlines()}


@given(st.lists(st.one_of(st.none(), st.sampled_from(HOSTILE), st.text(st.characters(codec="utf-8"), max_size=80))))
def test_any_text_comes_back_from_csv(values: list[str | None]) -> None:
    data, _ = as_form("csv", *made("text", *values))
    back = [row[0] if row else "" for row in csv.reader(io.StringIO(data.decode(), newline=""))][1:]
    assert [text.removeprefix("'") for text in back] == [(value or "").removeprefix("'") for value in values]


@given(
    st.lists(st.one_of(st.none(), st.text(st.characters(codec="utf-8"), max_size=80), st.integers(-(2**63), 2**63 - 1)))
)
def test_any_value_comes_back_from_json_lines(values: list[Any]) -> None:
    data, _ = as_form("jsonl", *made("text", *values))
    assert [json.loads(line)["c"] for line in data.split(b"\n")[:-1]] == values


def test_a_json_text_that_is_none_stays_a_text() -> None:
    data, _ = as_form("jsonl", *made("json", "[1, 2]", "{", None, "[" * 100_000))
    assert [json.loads(line)["c"] for line in data.splitlines()] == [[1, 2], "{", None, "[" * 100_000]


def test_a_text_that_is_no_utf8_does_not_stop_an_export(db: Path) -> None:
    with closing(sqlite3.connect(db)) as connection, connection:
        connection.execute("UPDATE articles SET section = CAST(x'41ff42' AS TEXT) WHERE id = 1")
    assert "A\ufffdB" in {row["section"] for row in read_csv(exported(db, "article_list"))}


@parquet
def test_parquet_keeps_days_and_moments() -> None:
    import pyarrow.parquet as pq  # noqa: PLC0415 - where it is installed

    for kind, text, value in (
        ("day", "2026-05-05", date(2026, 5, 5)),
        ("moment", "2026-05-05T13:25:00Z", datetime(2026, 5, 5, 13, 25, tzinfo=UTC)),
        ("boolean", 1, True),
        ("real", 0.25, 0.25),
        ("integer", 7, 7),
        ("json", "[1]", "[1]"),
    ):
        data, _ = as_form("parquet", *made(kind, text, None))
        table = pq.read_table(io.BytesIO(data))
        assert table.column("c").to_pylist() == [value, None]
    assert str(table.schema.field("c").type) == "string"


@parquet
def test_parquet_says_which_column_holds_what_is_not_of_its_type() -> None:
    with pytest.raises(ExportError, match=r"column c holds what is no day .*--csv"):
        as_form("parquet", *made("day", "kemarin"))


@parquet
def test_parquet_writes_row_groups_of_bounded_size(monkeypatch: pytest.MonkeyPatch) -> None:
    import pyarrow.parquet as pq  # noqa: PLC0415 - where it is installed

    monkeypatch.setattr(formats, "CHARACTERS_OF_A_GROUP", 100)
    stream = io.BytesIO()
    view, rows = made("text", "x" * 60, "y" * 60)
    writer = formats.ParquetWriter(stream, view)
    for _ in range(3):
        writer.write(rows)
    writer.close()
    assert pq.ParquetFile(stream).num_row_groups == 3


def sheet(data: bytes, number: int = 1) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        return book.read(f"xl/worksheets/sheet{number}.xml").decode()


@excel
def test_a_workbook_holds_texts_as_texts_and_days_as_days() -> None:
    data, notes = as_form("xlsx", *made("text", FORMULA, "http://warta.example/a"))
    assert "<f>" not in sheet(data)
    assert "hyperlink" not in sheet(data)
    assert FORMULA.replace('"', "&quot;") in sheet(data) or FORMULA in sheet(data)
    day, _ = as_form("xlsx", *made("day", "2026-05-05", "1890-01-01", "kemarin"))
    assert "<v>46147</v>" in sheet(day)  # days since 1899-12-30
    assert "1890-01-01" in sheet(day)
    assert "kemarin" in sheet(day)
    assert "What it is." in sheet(data, 2)
    assert not notes


@excel
def test_a_workbook_cuts_what_is_too_long_and_says_so() -> None:
    data, notes = as_form("xlsx", *made("text", "𝔘" * 20_000, "x" * 32_767, 2**60))
    assert notes == ["1 cell was cut at the 32,767 characters that Excel holds; --csv keeps them whole"]
    assert "x" * 32_767 in sheet(data)
    assert str(2**60) in sheet(data)


@excel
@given(st.text(st.characters(codec="utf-8"), max_size=60))
@settings(max_examples=40)
def test_any_text_makes_a_sound_workbook(text: str) -> None:
    from xml.etree import ElementTree as ET  # noqa: PLC0415 - needed here alone

    data, _ = as_form("xlsx", *made("text", text))
    ET.fromstring(sheet(data))  # noqa: S314 - our own file


def test_a_text_is_cut_by_what_excel_counts() -> None:
    text, is_cut = formats.fitting("𝔘" * 20_000)
    assert is_cut
    assert len(text.encode("utf-16-le")) // 2 <= formats.LONGEST_CELL
    assert formats.fitting("x" * formats.LONGEST_CELL) == ("x" * formats.LONGEST_CELL, False)


@excel
def test_more_rows_than_a_sheet_holds_are_refused_before_any_is_written(
    db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dedupe.exporting.LARGEST_SHEET", 30)
    with pytest.raises(ExportError, match=r"more than the 29 rows .* --where, or take --csv"):
        export_view(db, views()["article_list"], tmp_path / "x.xlsx", "xlsx")
    assert export_view(db, views()["article_list"], tmp_path / "x.xlsx", "xlsx", where="article_id < 30").rows == 29


def test_a_missing_package_is_named_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "xlsxwriter", None)
    with pytest.raises(ExportError, match=r"XlsxWriter.*pip install 'newscrawl\[xlsx\]'"):
        as_form("xlsx", *made("text", "x"))


# --- expressions --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("where", "count"),
    [
        ("outlet = 'warta'", 15),
        ("outlet = 'warta' -- with a remark", 15),
        ("outlet = 'warta' OR 1", 30),
        ("title LIKE '%;%' OR article_id IN (1, 2)", 2),
        ("article_id IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH 'hujan')", 30),
        ("(1) AND (1)", 30),
    ],
)
def test_an_expression_narrows(db: Path, where: str, count: int) -> None:
    assert len(read_csv(exported(db, "article_list", where=where))) == count


@pytest.mark.parametrize(
    ("where", "said"),
    [
        ("", "is empty"),
        ("outlett = 'warta'", "no such column: outlett. article_list has article_id, story_id"),
        ("1) UNION SELECT * FROM article_list WHERE (1", "syntax error"),
        ("1) LIMIT (1", "syntax error"),
        ("1) ORDER BY (1", "syntax error"),
        ("1) /*", "incomplete input"),
        ("1 /*", "incomplete input"),
        ("1; DELETE FROM articles", "syntax error"),
        ("1)); DELETE FROM articles; --", "expression"),
        ("? = 1", "more than one SQL expression"),
        (":name = 1", "more than one SQL expression"),
        ("load_extension('x')", "may only read"),
        ("count(*) > 1", "misuse of aggregate"),
        ("article_id IN (SELECT rowid FROM articles_fts WHERE articles_fts MATCH '\"')", "unterminated string"),
        ("zeroblob(2000000000) IS NULL", "too big"),
        ("(" * 2_000 + "1" + ")" * 2_000, "stack overflow"),
        ("a\x00b", "NUL"),
        ("'\udcff' = 1", "no UTF-8"),
    ],
)
def test_what_is_no_expression_is_refused(db: Path, where: str, said: str) -> None:
    before = db.read_bytes()
    with pytest.raises(ExportError) as refused:
        exported(db, "article_list", where=where)
    assert said in str(refused.value)
    assert len(str(refused.value)) < 1_000
    assert db.read_bytes() == before


@given(st.text(max_size=40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80)
def test_any_expression_is_answered_or_refused(db: Path, where: str) -> None:
    with suppress(ExportError):  # any other error is a bug
        exported(db, "article_list", where=where)


def test_an_endless_expression_is_stopped(db: Path) -> None:
    endless = "(WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n) > 0"
    with pytest.raises(ExportError, match=r"0\.2 seconds .*--where"):
        exported(db, "article_list", where=endless, seconds=0.2)


# --- files --------------------------------------------------------------------------------------


def test_a_file_is_whole_or_as_it_was(db: Path, tmp_path: Path) -> None:
    target = tmp_path / "out" / "articles.csv"
    target.parent.mkdir()
    target.write_text("before")
    with pytest.raises(ExportError):
        export_view(db, views()["article_list"], target, "csv", where="abs(article_id - 9223372036854775807 - 2) > 1")
    assert target.read_text() == "before"
    assert export_view(db, views()["article_list"], target, "csv").rows == 30
    assert len(read_csv(target.read_bytes())) == 30
    assert list(target.parent.iterdir()) == [target]


def places(db: Path, tmp_path: Path) -> Iterator[tuple[Path, str]]:
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE mine (x)")
    link = tmp_path / "link.csv"
    link.symlink_to(db)
    loop = tmp_path / "loop.csv"
    loop.symlink_to(loop)
    yield db, "is the store itself"
    yield link, "is the store itself"
    yield other, "is a database"
    yield tmp_path, "is no file"
    yield tmp_path / "nowhere" / "x.csv", "no such folder"
    yield loop, "loop"
    yield tmp_path / ("x" * 300), "cannot be written"


def test_an_export_takes_the_place_of_nothing_else(db: Path, tmp_path: Path) -> None:
    before = db.read_bytes()
    for place, said in places(db, tmp_path):
        with pytest.raises(ExportError, match=said):
            export_view(db, views()["article_list"], place, "csv")
    assert db.read_bytes() == before


def test_a_link_to_a_file_stays_a_link(db: Path, tmp_path: Path) -> None:
    target, link = tmp_path / "real.csv", tmp_path / "named.csv"
    target.touch()
    link.symlink_to(target)
    export_view(db, views()["article_list"], link, "csv")
    assert link.is_symlink()
    assert len(read_csv(target.read_bytes())) == 30


def test_there_is_no_export_of_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no such store"):
        export_view(tmp_path / "none.db", views()["article_list"], tmp_path / "x.csv", "csv")
    assert not list(tmp_path.iterdir())


def test_an_export_sees_one_moment_while_a_writer_writes(db: Path, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dedupe.exporting.ROWS_AT_ONCE", 5)
    stream = io.BytesIO()
    write = formats.CsvWriter.write

    def writing(self: formats.CsvWriter, rows: Any) -> None:
        with open_store(db) as beside:
            beside.connection.execute("DELETE FROM articles WHERE id > 10")
        write(self, rows)

    monkeypatch.setattr(formats.CsvWriter, "write", writing)
    assert export_view(db, views()["article_list"], stream, "csv").rows == 30


# --- the command --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "code", "said"),
    [
        (("coverag_list",), 4, "Perhaps you mean coverage_list"),
        (("--csv",), 2, "VIEW"),
        (("coverage_list", "--parquet"), 2, "-o coverage_list.parquet"),
        (("coverage_list", "--json"), 2, "--jsonl"),
        (("coverage_list", "-o", "x.doc"), 2, "tells no format"),
        (("coverage_list", "--where", "nobody = 1"), 2, "no such column: nobody"),
        (("coverage_list", "--seconds", "0"), 2, "--seconds"),
    ],
)
def test_a_command_that_cannot_be_done_says_why(
    invoke: Callable[..., Any], db: Path, asked: tuple[str, ...], code: int, said: str
) -> None:
    done = invoke("export", *asked, "--db", db)
    assert (done.exit_code, done.stdout) == (code, "")
    assert said in done.stderr


def test_the_command_writes_to_stdout_and_to_files(invoke: Callable[..., Any], db: Path, tmp_path: Path) -> None:
    assert len(read_csv(invoke("export", "article_list", "--db", db).stdout_bytes)) == 30
    told = invoke(
        "export", "article_list", "--db", db, "-o", tmp_path / "a.jsonl", "--json", "--where", "article_id < 4"
    )
    assert json.loads(told.stdout)["rows"] == 3
    assert len((tmp_path / "a.jsonl").read_text().splitlines()) == 3
