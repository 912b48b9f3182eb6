"""Events as they lie in the table, between two positions of the commit order, for whoever verifies many.

They are read past the ORM: that is faster, and a column that somebody filled with what it cannot hold
(no JSON, no time) is then a row that does not match its hash, not an error that ends the reading.
"""

import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, transaction

from ledger.hashing import HASHED, canonical
from ledger.sealing.digests import (
    BEFORE_ALL,
    NIL,
    PG_SENT,
    POSTGRESQL,
    SQLITE_COLUMNS,
    digest_of_sqlite,
)
from ledger.sealing.members import microseconds
from ledger.watermark import Position

PAGE = 2_000
_IDS = ("id", "job_id", "clip_id", "caused_by")
_COMMITTED = "txid < pg_snapshot_xmin(pg_current_snapshot())"
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

    @property
    def at_us(self) -> int:
        """The time it claims, in microseconds since 1970; 0 where the column holds none."""
        try:
            return microseconds(datetime.fromisoformat(self.content["timestamp"]))
        except (ValueError, TypeError):
            return 0

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


def rows_to_seal(after: Position, *, limit: int) -> tuple[list[Row], str]:
    """The next rows behind this position that are committed for good, and the digest over them.

    One statement reads both, so they speak of the same rows.
    """
    where, params = _behind(after)
    if connection.vendor != "postgresql":
        found = _fetched(_sqlite_select(where, limit), params)
        return [_of_sqlite(row) for row in found], digest_of_sqlite([row[:-1] for row in found])
    sql = f"""
        WITH batch AS MATERIALIZED (
            SELECT {_NAMES}, row_hash, txid FROM ledger_events
            WHERE {_COMMITTED} AND {where}
            ORDER BY txid, id LIMIT {limit}
        )
        SELECT (SELECT encode(sha256(string_agg({PG_SENT}, ''::bytea ORDER BY txid, id)), 'hex') FROM batch),
            {_PG_COLUMNS}, row_hash, txid::text::bigint
        FROM batch ORDER BY batch.txid, batch.id
    """  # noqa: S608  our own words
    found = _fetched(sql, params)
    digest = f"{POSTGRESQL}:{found[0][0]}" if found else ""
    return [_of_postgresql(row[1:]) for row in found], digest


def rows_behind(after: Position | None) -> Iterator[list[Row]]:
    """All rows behind this position, page by page, also those that the watermark still holds back."""
    while page := _rows(*_behind(after), limit=PAGE):
        yield page
        after = Position(page[-1].major, page[-1].id)


def stream_rows(
    where: str, params: Sequence[Any], *, commit_order: bool = False, limit: int | None = None
) -> Iterator[Row]:
    """The rows under this condition that are committed for good, oldest first, a few at a time.

    One statement reads them, so what is written meanwhile does not come in between. commit_order: in
    that order, not by id.
    """
    postgresql = connection.vendor == "postgresql"
    where = f"({where}) AND {_COMMITTED}" if postgresql else where
    select = (_pg_select if postgresql else _sqlite_select)(where, limit, by_id=not commit_order)
    read = _of_postgresql if postgresql else _of_sqlite
    # Within a transaction PostgreSQL hands rows out as it finds them, outside it collects them first.
    # SQLite needs none, and would let nobody write.
    with (
        transaction.atomic() if postgresql else nullcontext(),
        connection.chunked_cursor() as cursor,
    ):
        cursor.execute(select, params)
        while page := cursor.fetchmany(PAGE):
            yield from map(read, page)


def count_rows(where: str, params: Sequence[Any]) -> int:
    """How many rows this condition has."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ledger_events WHERE {where}", params)  # noqa: S608  our own words
        return int(cursor.fetchone()[0])


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
        minor = after.minor or NIL
        return "(txid, id) > (%s::text::xid8, %s::uuid)", [str(after.major), minor]
    return "rowid > %s", [BEFORE_ALL if after is None else after.major]


def _rows(where: str, params: Sequence[Any], *, limit: int | None = None) -> list[Row]:
    if connection.vendor == "postgresql":
        return [_of_postgresql(values) for values in _fetched(_pg_select(where, limit), params)]
    return [_of_sqlite(values) for values in _fetched(_sqlite_select(where, limit), params)]


def _fetched(sql: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def _pg_select(where: str, limit: int | None = None, *, by_id: bool = False) -> str:
    order = "e.id" if by_id else "e.txid, e.id"  # of the table, whose index has them in this order
    sql = f"SELECT {_PG_COLUMNS}, row_hash, txid::text::bigint FROM ledger_events e WHERE {where} ORDER BY {order}"  # noqa: S608  our own words
    return sql + (f" LIMIT {limit}" if limit else "")


def _sqlite_select(where: str, limit: int | None = None, *, by_id: bool = False) -> str:
    sql = f"SELECT {SQLITE_COLUMNS}, rowid FROM ledger_events WHERE {where} ORDER BY {'id' if by_id else 'rowid'}"  # noqa: S608  our own words
    return sql + (f" LIMIT {limit}" if limit else "")


def _pg_column(name: str) -> str:
    if name == "timestamp":
        return _PG_TIME
    return f"{name}::text" if name in (*_IDS, "metadata") else f'"{name}"'


_NAMES = ", ".join(f'"{name}"' for name in HASHED)
_PG_COLUMNS = ", ".join(map(_pg_column, HASHED))


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
