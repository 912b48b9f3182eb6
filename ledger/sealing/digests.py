"""The digest of a batch: one hash over its rows just as this database keeps them.

The canonical bytes of an event are JSON that Python writes; to make them anew for ten million rows takes
minutes. The digest is over what the database itself has at hand, so that it can be recomputed where the
rows are: on PostgreSQL `record_send`, the binary form of all columns that are hashed and of the row hash,
on SQLite the text of the columns. A sealer takes it in the statement that reads the rows, and signs it
with the seal. A batch whose digest is right is bit for bit what was sealed. One whose digest is wrong
need not be: it may have been moved to the other engine, or retention let a part go. So it is then looked
at event by event.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db import connection, transaction

from ledger.hashing import HASHED
from ledger.watermark import Position

POSTGRESQL, SQLITE = "pg1", "sqlite1"
"""Which form was hashed, and its version; it stands before the digest."""

NIL = "00000000-0000-0000-0000-000000000000"
BEFORE_ALL = -(2**63)

_NAMES = ", ".join(f'"{name}"' for name in [*HASHED, "row_hash"])
PG_SENT = f"record_send(ROW({_NAMES}))"
SQLITE_COLUMNS = _NAMES.replace('"timestamp"', "\"timestamp\" || ''")  # else Django parses it


class Span(NamedTuple):
    """A batch: behind `after` (None: from the very first), not behind `upto`."""

    number: int
    after: Position | None
    upto: Position


class Digested(NamedTuple):
    """What lies in a span now. oldest: the earliest time that an event claims, None where none is.

    members_hash: of the seal's list of members, as it lies there.
    """

    digest: str
    oldest: datetime | None
    members_hash: str


def digest_of_sqlite(rows: Sequence[Sequence[Any]]) -> str:
    """The digest of these rows, read as SQLITE_COLUMNS."""
    text = json.dumps(rows, separators=(",", ":"), default=repr)
    return f"{SQLITE}:{hashlib.sha256(text.encode()).hexdigest()}"


def digests_of(spans: Sequence[Span]) -> dict[int, Digested]:
    """number → what lies in that span, of spans whose seals are there."""
    if connection.vendor == "postgresql":
        return _of_postgresql(spans)
    return {span.number: _of_sqlite(span) for span in spans}


_PG = f"""
    SELECT span.number, inside.digest, inside.oldest, encode(sha256(seal.members), 'hex')
    FROM unnest(%s::bigint[], %s::text[], %s::uuid[], %s::text[], %s::uuid[])
        AS span(number, after_txid, after_id, upto_txid, upto_id)
    JOIN ledger_seals seal USING (number),
    LATERAL (
        SELECT encode(sha256(string_agg(sent, ''::bytea ORDER BY txid, id)), 'hex') AS digest,
            min("timestamp") AS oldest
        FROM (
            SELECT txid, id, "timestamp", {PG_SENT} AS sent FROM ledger_events
            WHERE (txid, id) > (span.after_txid::xid8, span.after_id)
                AND (txid, id) <= (span.upto_txid::xid8, span.upto_id)
        ) AS event
    ) AS inside
"""  # noqa: S608  our own words


def _of_postgresql(spans: Sequence[Span]) -> dict[int, Digested]:
    first = Position(0, NIL)
    columns: list[list[Any]] = [
        [span.number for span in spans],
        [str((span.after or first).major) for span in spans],
        [(span.after or first).minor or NIL for span in spans],
        [str(span.upto.major) for span in spans],
        [span.upto.minor for span in spans],
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")  # compiling takes longer than the work
        cursor.execute(_PG, columns)
        found = cursor.fetchall()
    return {
        number: Digested(f"{POSTGRESQL}:{digest}", oldest, members_hash)
        for number, digest, oldest, members_hash in found
    }


def _of_sqlite(span: Span) -> Digested:
    sql = f"SELECT {SQLITE_COLUMNS} FROM ledger_events WHERE rowid > %s AND rowid <= %s ORDER BY rowid"  # noqa: S608  our own words
    after = BEFORE_ALL if span.after is None else span.after.major
    with connection.cursor() as cursor:
        cursor.execute(sql, [after, span.upto.major])
        rows = cursor.fetchall()
        cursor.execute("SELECT members FROM ledger_seals WHERE number = %s", [span.number])
        (members,) = cursor.fetchone() or (b"",)
    return Digested(
        digest_of_sqlite(rows),
        _earliest(str(row[1]) for row in rows),
        hashlib.sha256(bytes(members)).hexdigest(),
    )


def _earliest(moments: Any) -> datetime | None:
    try:
        text = min(moments, default=None)
        return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
