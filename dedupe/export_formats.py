"""Rows of a view -> CSV, JSON Lines, Parquet or an Excel workbook, portion by portion."""

from __future__ import annotations

import csv
import json
from codecs import getwriter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from importlib import import_module
from typing import Any, BinaryIO, Literal, Protocol

from dedupe.outgoing import ExportError
from dedupe.plain import defused
from dedupe.schema import Column, Type, View

Format = Literal["csv", "jsonl", "parquet", "xlsx"]
Row = tuple[Any, ...]
Rows = Iterable[Sequence[Row]]

LARGEST_SHEET = 1_048_576
"""Rows of a sheet, its heading among them (Microsoft: Excel specifications and limits)."""
LONGEST_CELL = 32_767
"""Characters of a cell, as Excel counts them: those beyond the basic plane are two."""
LARGEST_NUMBER = 10**15
"""Excel holds 15 digits of a number; longer ones are written as text."""
CUT = " […]"
FIRST_YEAR_OF_EXCEL = 1900
ROWS_OF_A_GROUP = 50_000
CHARACTERS_OF_A_GROUP = 32_000_000
"""A row group of a Parquet file holds at most so much: it is what must be kept in memory."""


class Writer(Protocol):
    """Writes one view in one format."""

    def write(self, rows: Sequence[Row]) -> None:
        """Write the next rows."""

    def close(self) -> None:
        """Write what ends the file; the file itself stays open."""

    def notes(self) -> Iterator[str]:
        """Yield what the format could not hold, for people."""


class CsvWriter:
    """Comma-separated values in UTF-8 with a heading, lines ended as RFC 4180 says; no cell is run by a spreadsheet."""

    def __init__(self, file: BinaryIO, view: View) -> None:
        self.rows = csv.writer(getwriter("utf-8")(file))  # unlike a TextIOWrapper it leaves the file open
        self.rows.writerow([column.name for column in view.columns])

    def write(self, rows: Sequence[Row]) -> None:
        """Write the next rows."""
        self.rows.writerows([defused(as_text(value)) for value in row] for row in rows)

    def close(self) -> None:
        """Write nothing more."""

    def notes(self) -> Iterator[str]:
        """Yield nothing."""
        yield from ()


class JsonLinesWriter:
    """A JSON object a line: booleans, lists and objects are such, all else is as stored."""

    def __init__(self, file: BinaryIO, view: View) -> None:
        self.file = file
        self.names = [column.name for column in view.columns]
        self.readers = [
            as_json if c.type == "json" else as_boolean if c.type == "boolean" else as_text for c in view.columns
        ]

    def write(self, rows: Sequence[Row]) -> None:
        """Write the next rows."""
        for row in rows:
            values = (read(value) for read, value in zip(self.readers, row, strict=True))
            line = json.dumps(dict(zip(self.names, values, strict=True)), ensure_ascii=False)
            self.file.write(f"{line}\n".encode())

    def close(self) -> None:
        """Write nothing more."""

    def notes(self) -> Iterator[str]:
        """Yield nothing."""
        yield from ()


def as_text(value: Any) -> Any:
    """Return a value without bytes, which no text format holds."""
    return value.hex() if isinstance(value, bytes) else value


def as_json(value: Any) -> Any:
    """Return what a JSON text holds; a text that is no JSON is itself."""
    if isinstance(value, str):
        with suppress(ValueError, RecursionError):
            return json.loads(value)
    return as_text(value)


def as_boolean(value: Any) -> Any:
    """Return 0 and 1 as false and true."""
    return bool(value) if value in {0, 1} else as_text(value)


def as_day(value: Any) -> date | None:
    """Return a stored day as a date.

    Raises:
        ValueError: it is none.
        TypeError: it is no text.
    """
    return None if value is None else date.fromisoformat(value)


def as_moment(value: Any) -> datetime | None:
    """Return a stored moment as a time in UTC.

    Raises:
        ValueError: it is none.
        TypeError: it is no text.
    """
    if value is None:
        return None
    read = datetime.fromisoformat(value)
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


# --- Parquet ------------------------------------------------------------------------------------


PARQUET_READERS: Mapping[Type, Callable[[Any], Any]] = {"day": as_day, "moment": as_moment, "boolean": as_boolean}


class ParquetWriter:
    """Apache Parquet, packed with zstd: days are date32, moments timestamps in UTC; descriptions are metadata."""

    def __init__(self, file: BinaryIO, view: View) -> None:
        self.arrow = wanted("pyarrow", "parquet", "Parquet")
        self.columns = view.columns
        fields = [
            self.arrow.field(c.name, self.type_of(c.type), metadata={"description": c.description})
            for c in view.columns
        ]
        self.schema = self.arrow.schema(fields, metadata={"view": view.name, "description": view.sentence})
        self.file = wanted("pyarrow.parquet", "parquet", "Parquet").ParquetWriter(file, self.schema, compression="zstd")
        self.kept: list[Row] = []
        self.size = 0

    def type_of(self, kind: Type) -> Any:
        """Return the Arrow type of a column's values."""
        arrow = self.arrow
        types: dict[Type, Any] = {
            "integer": arrow.int64(),
            "real": arrow.float64(),
            "boolean": arrow.bool_(),
            "day": arrow.date32(),
            "moment": arrow.timestamp("ms", tz="UTC"),
        }
        return types.get(kind, arrow.string())

    def write(self, rows: Sequence[Row]) -> None:
        """Keep the next rows, and write them when they make a row group."""
        self.kept += rows
        self.size += sum(len(value) for row in rows for value in row if isinstance(value, str))
        if len(self.kept) >= ROWS_OF_A_GROUP or self.size >= CHARACTERS_OF_A_GROUP:
            self.write_group()

    def write_group(self) -> None:
        """Write what is kept as a row group."""
        if self.kept:
            columns = [
                self.column(c, values) for c, values in zip(self.columns, zip(*self.kept, strict=True), strict=True)
            ]
            self.file.write_table(self.arrow.Table.from_arrays(columns, schema=self.schema))
        self.kept, self.size = [], 0

    def column(self, column: Column, values: Sequence[Any]) -> Any:
        """Return the values of a column in its type.

        Raises:
            ExportError: one of them is not of that type.
        """
        read = PARQUET_READERS.get(column.type, as_text)
        try:
            return self.arrow.array([read(value) for value in values], self.type_of(column.type))
        except (ValueError, TypeError, OverflowError, self.arrow.ArrowException) as error:
            raise ExportError(
                f"column {column.name} holds what is no {column.type} ({error}). --csv and --jsonl take any value."
            ) from error

    def close(self) -> None:
        """Write the rest, and what ends the file."""
        self.write_group()
        self.file.close()

    def notes(self) -> Iterator[str]:
        """Yield nothing."""
        yield from ()


# --- Excel --------------------------------------------------------------------------------------


class ExcelWriter:
    """An Excel workbook: the view on one sheet, what its columns mean on another; days and moments are real dates."""

    def __init__(self, file: BinaryIO, view: View) -> None:
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        book = wanted("xlsxwriter", "xlsx", "an Excel workbook").Workbook(file, options)
        self.book, self.columns, self.row, self.cut = book, view.columns, 0, 0
        self.bold = book.add_format({"bold": True})
        self.formats = {
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        self.sheet = book.add_worksheet(view.name[:31])
        self.sheet.freeze_panes(1, 0)
        for number, column in enumerate(view.columns):
            width = {"day": 11, "moment": 19, "integer": 9, "real": 9, "boolean": 9}.get(column.type, 28)
            self.sheet.set_column(number, number, max(width, len(column.name) + 1))
            self.sheet.write_string(0, number, column.name, self.bold)
        self.tell(view)

    def tell(self, view: View) -> None:
        """Write the sheet that says what a row is and what its columns mean."""
        sheet = self.book.add_worksheet("columns")
        sheet.set_column(0, 1, 20)
        sheet.write_string(0, 0, view.sentence)
        for number, column in enumerate(view.columns, 2):
            told = f"{column.description} (UTC)" if column.type == "moment" else column.description
            for place, text in enumerate((column.name, column.type, told)):
                sheet.write_string(number, place, text)

    def write(self, rows: Sequence[Row]) -> None:
        """Write the next rows."""
        for row in rows:
            self.row += 1
            for number, (column, value) in enumerate(zip(self.columns, row, strict=True)):
                if value is not None:
                    self.write_cell(number, column, value)

    def write_cell(self, number: int, column: Column, value: Any) -> None:
        """Write one cell: a number, a date, or a text that nothing runs."""
        if column.type in self.formats and (read := excel_date(column.type, value)):
            self.sheet.write_datetime(self.row, number, read, self.formats[column.type])
        elif column.type == "boolean" and value in {0, 1}:
            self.sheet.write_boolean(self.row, number, bool(value))
        elif isinstance(value, int | float) and abs(value) < LARGEST_NUMBER:
            self.sheet.write_number(self.row, number, value)
        else:
            text, is_cut = fitting(str(as_text(value)))
            self.cut += is_cut
            self.sheet.write_string(self.row, number, text)

    def close(self) -> None:
        """Pack the workbook into the file."""
        self.sheet.autofilter(0, 0, self.row, len(self.columns) - 1)
        self.book.close()

    def notes(self) -> Iterator[str]:
        """Yield how many cells were cut."""
        if self.cut:
            cells = "1 cell was" if self.cut == 1 else f"{self.cut:,} cells were"
            yield f"{cells} cut at the {LONGEST_CELL:,} characters that Excel holds; --csv keeps them whole"


def excel_date(kind: str, value: Any) -> date | datetime | None:
    """Return a day or moment as Excel can hold it, in UTC without a zone; None for any other value."""
    with suppress(ValueError, TypeError):
        read = as_day(value) if kind == "day" else as_moment(value)
        if read and read.year >= FIRST_YEAR_OF_EXCEL:
            return read.replace(tzinfo=None) if isinstance(read, datetime) else read
    return None


def fitting(text: str) -> tuple[str, bool]:
    """Return a text as long as a cell can hold it, and whether it was cut."""
    if 2 * len(text) <= LONGEST_CELL or len(units := text.encode("utf-16-le")) // 2 <= LONGEST_CELL:
        return text, False
    kept = units[: 2 * (LONGEST_CELL - len(CUT))].decode("utf-16-le", "ignore")
    return kept + CUT, True


def wanted(package: str, extra: str, what: str) -> Any:
    """Return an optional package.

    Raises:
        ExportError: it is not installed.
    """
    try:
        return import_module(package)
    except ImportError as error:
        name = {"xlsxwriter": "XlsxWriter"}.get(package, package.partition(".")[0])
        raise ExportError(
            f"{what} wants the package {name}, which is not installed: pip install 'newscrawl[{extra}]'"
        ) from error


FORMATS: dict[Format, Callable[[BinaryIO, View], Writer]] = {
    "csv": CsvWriter,
    "jsonl": JsonLinesWriter,
    "parquet": ParquetWriter,
    "xlsx": ExcelWriter,
}
