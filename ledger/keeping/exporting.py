"""Taking events out: any selection, streamed, whatever its size."""

import base64
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO

from django.db import connection

from ledger.hashing import canonical, utc_text
from ledger.keeping.formats import FORMATS
from ledger.models import LedgerSeal
from ledger.sealing.bodies import seal_body
from ledger.sealing.rows import Row, count_rows, stream_rows
from stakazo.core.errors import InvalidInput

Follow = Callable[[Iterable[Row], int | None], Iterable[Row]]


def _as_is(rows: Iterable[Row], total: int | None) -> Iterable[Row]:
    return rows


@dataclass(frozen=True)
class Selection:
    """Which events are meant; what is empty does not narrow. Times: [since, until)."""

    event_types: tuple[str, ...] = ()
    entity_type: str = ""
    entity_id: str = ""
    job_id: uuid.UUID | None = None
    clip_id: uuid.UUID | None = None
    correlation_id: str = ""
    severity: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def where(self) -> tuple[str, list[Any]]:
        """The condition in SQL and its values, for the database at hand."""
        adapt = connection.ops.adapt_datetimefield_value
        parts: list[tuple[str, Any]] = [
            (f'"{name}" = %s', value)
            for name in ("entity_type", "entity_id", "correlation_id", "severity")
            if (value := getattr(self, name))
        ]
        for name in ("job_id", "clip_id"):
            if value := getattr(self, name):
                parts.append((f'"{name}" = %s', as_key(value)))
        if self.since:
            parts.append(('"timestamp" >= %s', adapt(self.since)))
        if self.until:
            parts.append(('"timestamp" < %s', adapt(self.until)))
        conditions, values = [part for part, _ in parts], [value for _, value in parts]
        if self.event_types:
            conditions.append(f"event_type IN ({', '.join(['%s'] * len(self.event_types))})")
            values += self.event_types
        return " AND ".join(conditions) or "1 = 1", values


def as_key(value: uuid.UUID) -> Any:
    """A UUID as the database at hand takes it."""
    return value if connection.vendor == "postgresql" else value.hex


@dataclass
class Exported:
    """What an export wrote. by_type: how many of each."""

    events: int = 0
    first_id: str = ""
    last_id: str = ""
    by_type: dict[str, int] = field(default_factory=dict)


def export_events(
    out: BinaryIO,
    *,
    form: str = "jsonl",
    selection: Selection | None = None,
    follow: Follow = _as_is,
    count: bool = False,
) -> Exported:
    """Write the events that are meant, oldest first, in constant memory.

    Events of transactions that are still open, and those that came after them, are left for the next
    export. form: of FORMATS. count: tell `follow` how many there are. Raises InvalidInput.
    """
    if form not in FORMATS:
        raise InvalidInput(f"{form} is no form of export.", forms=sorted(FORMATS))
    where, values = (selection or Selection()).where()
    writer, exported = FORMATS[form](out), Exported()
    by_type = exported.by_type
    total = count_rows(where, values) if count else None
    for row in follow(stream_rows(where, values), total):
        writer.write(row)
        exported.events += 1
        exported.first_id = exported.first_id or row.id
        exported.last_id = row.id
        kind = str(row.content["event_type"])
        by_type[kind] = by_type.get(kind, 0) + 1
    writer.close()
    return exported


def export_seals(out: BinaryIO) -> int:
    """Write every seal with its members, a JSON line each, oldest first; how many."""
    written = 0
    for seal in LedgerSeal.objects.order_by("number").iterator(20):
        out.write(seal_line(seal))
        written += 1
    return written


def seal_line(seal: LedgerSeal) -> bytes:
    """A seal as a line: what is hashed of it, its hash, its signature, its list of members."""
    return (
        canonical(
            {
                "body": seal_body(seal),
                "seal_hash": seal.seal_hash,
                "signature": seal.signature,
                "members": base64.b64encode(bytes(seal.members)).decode(),
            }
        )
        + b"\n"
    )


def events_by_type(where: str, values: list[Any]) -> Iterator[tuple[str, int, str]]:
    """(type, how many, the oldest time) under this condition."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT event_type, count(*), min("timestamp") FROM ledger_events WHERE {where} '  # noqa: S608  our own words
            "GROUP BY event_type ORDER BY event_type",
            values,
        )
        for event_type, count, oldest in cursor.fetchall():
            yield event_type, count, utc_text(oldest) if isinstance(oldest, datetime) else oldest
