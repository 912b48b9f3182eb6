"""Reading the ledger forward without ever skipping an event that committed late.

"id > last seen" loses events: an id is taken before its transaction commits, and a slower one with a
smaller id may appear afterwards. PostgreSQL: each row carries its transaction's id, and a reader only
goes up to the oldest transaction that is still open (`pg_snapshot_xmin`). SQLite: writers follow one
another, so the order of rowids is the order of commits.
"""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db import connection

from ledger.models import LedgerEvent


@dataclass(frozen=True)
class Position:
    """How far a reader has come; opaque to it. `major` is the transaction id or the rowid."""

    major: int = 0
    minor: str = ""


# ORDER BY names the column with its table: a bare txid would be the output, and everything be sorted.
_PG_PAGE = """
    SELECT txid::text::bigint AS major, id FROM ledger_events
    WHERE txid < pg_snapshot_xmin(pg_current_snapshot())
      AND (txid, id) > (%s::text::xid8, %s::uuid)
    ORDER BY ledger_events.txid, ledger_events.id LIMIT %s
"""
_PG_HEAD = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
_SQLITE_PAGE = "SELECT rowid, id FROM ledger_events WHERE rowid > %s ORDER BY rowid LIMIT %s"
_SQLITE_HEAD = "SELECT COALESCE(MAX(rowid), 0) FROM ledger_events"
_NIL = "00000000-0000-0000-0000-000000000000"


def head() -> Position:
    """The position behind which everything is committed and seen; a reader from here sees news."""
    with connection.cursor() as cursor:
        cursor.execute(_PG_HEAD if connection.vendor == "postgresql" else _SQLITE_HEAD)
        return Position(int(cursor.fetchone()[0]))


def events_after(position: Position, *, limit: int = 500) -> tuple[list[LedgerEvent], Position]:
    """The next events in commit order, and the position behind them."""
    ids, behind = ids_after(position, limit=limit)
    found = LedgerEvent.objects.in_bulk(ids)
    return [found[key] for key in ids if key in found], behind


def ids_after(position: Position, *, limit: int = 500) -> tuple[list[uuid.UUID], Position]:
    """The ids of the next events in commit order, and the position behind them."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_PG_PAGE, [str(position.major), position.minor or _NIL, limit])
        else:
            cursor.execute(_SQLITE_PAGE, [position.major, limit])
        page = cursor.fetchall()
    if not page:
        return [], position
    ids = [_uuid(row[1]) for row in page]
    return ids, Position(int(page[-1][0]), str(ids[-1]))


def _uuid(value: Any) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(value)
