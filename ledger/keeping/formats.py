"""The forms that events take in a file: JSON lines, CSV, Parquet."""

import csv
import io
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, BinaryIO, Protocol

from ledger.hashing import HASHED
from ledger.sealing.rows import Row
from stakazo.core.errors import InvalidInput

COLUMNS = [*HASHED, "row_hash"]
PARQUET_ROWS = 10_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


class Writer(Protocol):
    """Writes rows one by one; `close` ends the form, and leaves the file open."""

    def write(self, row: Row) -> None:
        """One event."""

    def close(self) -> None:
        """What the form needs at its end."""


class JsonLines:
    """A line for each event: its canonical bytes, as they are hashed, with `row_hash` at the end.

    So whoever checks a file needs no JSON parser: the line without its end is what was hashed.
    """

    def __init__(self, out: BinaryIO) -> None:
        self._write = out.write

    def write(self, row: Row) -> None:
        """One line."""
        self._write(line_of(row))

    def close(self) -> None:
        """Nothing."""


def line_of(row: Row) -> bytes:
    """The event as a line, its end included."""
    return row.canonical()[:-1] + b',"row_hash":' + json.dumps(row.row_hash).encode() + b"}\n"


class Csv:
    """A line for each event behind a line of names, RFC 4180. No cell is a formula to a spreadsheet:
    one that would be begins with an apostrophe."""

    def __init__(self, out: BinaryIO) -> None:
        self._text = io.TextIOWrapper(out, encoding="utf-8", newline="", write_through=True)
        self._csv = csv.writer(self._text)
        self._csv.writerow(COLUMNS)

    def write(self, row: Row) -> None:
        """One line."""
        content = row.content
        cells = [content[name] for name in HASHED]
        cells[HASHED.index("metadata")] = json.dumps(content["metadata"], ensure_ascii=False)
        self._csv.writerow([_cell(cell) for cell in [*cells, row.row_hash]])

    def close(self) -> None:
        """The file stays open."""
        self._text.flush()
        self._text.detach()


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


class Parquet:
    """Columns, compressed; metadata as JSON text. Raises InvalidInput where pyarrow is not installed."""

    def __init__(self, out: BinaryIO) -> None:
        try:
            import pyarrow
            import pyarrow.parquet
        except ImportError as error:
            raise InvalidInput("Parquet needs pyarrow: pip install pyarrow.") from error
        kinds: dict[str, Any] = {"timestamp": pyarrow.timestamp("us", tz="UTC")}
        self._schema = pyarrow.schema(
            [(name, kinds.get(name, pyarrow.string())) for name in COLUMNS]
        )
        self._table = pyarrow.Table.from_pydict
        self._file = pyarrow.parquet.ParquetWriter(out, self._schema, compression="zstd")
        self._rows: list[Row] = []

    def write(self, row: Row) -> None:
        """One row; each PARQUET_ROWS of them become a row group."""
        self._rows.append(row)
        if len(self._rows) >= PARQUET_ROWS:
            self._flush()

    def close(self) -> None:
        """The last group, and the footer."""
        if self._rows:
            self._flush()
        self._file.close()

    def _flush(self) -> None:
        columns: dict[str, list[Any]] = {
            name: [row.content[name] for row in self._rows] for name in HASHED
        }
        columns["timestamp"] = [_moment(text) for text in columns["timestamp"]]
        columns["metadata"] = [json.dumps(m, ensure_ascii=False) for m in columns["metadata"]]
        columns["row_hash"] = [row.row_hash for row in self._rows]
        self._file.write_table(self._table(columns, schema=self._schema))
        self._rows.clear()


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None  # a column that somebody filled with what is no time


FORMATS: dict[str, Callable[[BinaryIO], Writer]] = {
    "jsonl": JsonLines,
    "csv": Csv,
    "parquet": Parquet,
}


def has_parquet() -> bool:
    """Whether pyarrow is installed."""
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError:
        return False
    return True
