"""Events as they lie in the table, between two positions of the commit order, for whoever verifies many.

They are read past the ORM: that is faster, and a column that somebody filled with what it cannot hold
(no JSON, no time) is then a row that does not match its hash, not an error that ends the reading.
"""

import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django.db import connection

from ledger.hashing import HASHED, canonical
from ledger.watermark import Position

PAGE = 2_000
_NIL = "00000000-0000-0000-0000-000000000000"
_BEFORE_ALL = -(2**63)
_IDS = ("id", "job_id", "clip_id", "caused_by")
_PG_TIME = """to_char("timestamp" AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


class Row(NamedTuple):
    """An event as it is. content: what is hashed of it. key: its id as 16 bytes. major: its place."""

    content: dict[str, Any]
    row_hash: str
    major: int
    key: bytes

    @property
    def id(self) -> str:
        """The event's, as people write it."""
        return str(self.content["id"])

    def canonical(self) -> bytes:
        """Its canonical bytes."""
        return canonical(self.content)


def rows_between(after: Position | None, upto: Position) -> list[Row]:
    """The rows behind `after` (None: from the very first) and not behind `upto`, in commit order."""
    where, params = _behind(after)
    if connection.vendor == "postgresql":
        return _rows(
            f"{where} AND (txid, id) <= (%s::text::xid8, %s::uuid)",
            [*params, str(upto.major), upto.minor],
        )
    return _rows(f"{where} AND rowid <= %s", [*params, upto.major])


def rows_behind(after: Position | None) -> Iterator[list[Row]]:
    """All rows behind this position, page by page, also those that the watermark still holds back."""
    while page := _rows(*_behind(after), limit=PAGE):
        yield page
        after = Position(page[-1].major, page[-1].id)


def rows_of(ids: Iterable[uuid.UUID]) -> dict[str, Row]:
    """id → row, of those that are there."""
    postgresql = connection.vendor == "postgresql"
    wanted: list[Any] = [pk if postgresql else pk.hex for pk in ids]
    found: dict[str, Row] = {}
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        rows = _rows(f"id IN ({', '.join(['%s'] * len(part))})", part)
        found |= {row.id: row for row in rows}
    return found


def _behind(after: Position | None) -> tuple[str, list[Any]]:
    if connection.vendor == "postgresql":
        if after is None:
            return "true", []
        minor = after.minor or _NIL
        return "(txid, id) > (%s::text::xid8, %s::uuid)", [str(after.major), minor]
    return "rowid > %s", [_BEFORE_ALL if after is None else after.major]


def _rows(where: str, params: Sequence[Any], *, limit: int | None = None) -> list[Row]:
    postgresql = connection.vendor == "postgresql"
    columns = ", ".join(_pg_column(name) if postgresql else f'"{name}"' for name in HASHED)
    major, order = ("txid::text::bigint", "txid, id") if postgresql else ("rowid", "rowid")
    sql = f"SELECT {columns}, row_hash, {major} FROM ledger_events WHERE {where} ORDER BY {order}"  # noqa: S608  our own words
    with connection.cursor() as cursor:
        cursor.execute(sql + (f" LIMIT {limit}" if limit else ""), params)
        found = cursor.fetchall()
    read = _of_postgresql if postgresql else _of_sqlite
    return [read(values) for values in found]


def _pg_column(name: str) -> str:
    if name == "timestamp":
        return _PG_TIME
    return f"{name}::text" if name in (*_IDS, "metadata") else f'"{name}"'


def _of_postgresql(values: tuple[Any, ...]) -> Row:
    content = dict(zip(HASHED, values, strict=False))
    content["metadata"] = _parsed(content["metadata"])
    return Row(content, values[-2], values[-1], bytes.fromhex(content["id"].replace("-", "")))


def _of_sqlite(values: tuple[Any, ...]) -> Row:
    content = dict(zip(HASHED, values, strict=False))
    content["metadata"] = _parsed(content["metadata"])
    moment = str(content["timestamp"]).replace(" ", "T")
    content["timestamp"] = f"{moment}Z" if "." in moment else f"{moment}.000000Z"
    key = _key(content["id"])
    for name in _IDS:
        if digits := content[name]:
            text = str(digits)
            content[name] = f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
    return Row(content, values[-2], values[-1], key)


def _parsed(text: Any) -> Any:
    try:
        return json.loads(text)
    except (ValueError, TypeError):
        return repr(text)  # metadata is never a text, so this matches no hash


def _key(digits: Any) -> bytes:
    try:
        return bytes.fromhex(digits)
    except (ValueError, TypeError):
        return repr(digits).encode()
