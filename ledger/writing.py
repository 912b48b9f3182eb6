"""Getting events into the table: one at a time, or many by COPY."""

import contextlib
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.db import (
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)
from django.db.backends.signals import connection_created
from django.dispatch import receiver

from ledger.hashing import HASHED
from ledger.models.event import INSERT, LedgerEvent

COLUMNS = [*HASHED, "row_hash"]
BATCH = 1_000
PART = 250  # events that are sent to the database together
AWAY_S = 2.0

_COPY = f"COPY ledger_events ({', '.join(COLUMNS)}) FROM STDIN"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_TAME = re.compile(r"[\w.:-]*").fullmatch


class DatabaseAway:
    """Remembers for a moment that the database did not answer, so that not every event waits for it.

    While it is remembered, events outside of a transaction go to the spool at once. The first new
    connection that anybody makes in this process ends that, and so does time.
    """

    def __init__(self) -> None:
        self._until = 0.0

    def __bool__(self) -> bool:
        return self._until > 0 and time.monotonic() < self._until

    def note(self, error: Exception) -> None:
        """An insert outside of a transaction failed: remember it, if it was the database's absence."""
        if isinstance(error, OperationalError | InterfaceError):
            self._until = time.monotonic() + AWAY_S
            # A broken connection outside of a transaction holds nothing: let the next one be made.
            with contextlib.suppress(Exception):
                connection.close_if_unusable_or_obsolete()

    def forget(self) -> None:
        """It answers again."""
        self._until = 0.0


database_away = DatabaseAway()


@receiver(connection_created, dispatch_uid="ledger.database_is_back")
def _database_is_back(**more: Any) -> None:
    database_away.forget()


def transaction_alive() -> bool:
    """Whether the transaction that Django believes to be in can still commit."""
    if connection.needs_rollback or connection.connection is None:
        return False
    if connection.vendor != "postgresql":
        try:
            return bool(connection.connection.in_transaction)  # a full disk may have ended it
        except Exception:  # noqa: BLE001  a closed connection
            return False
    import psycopg.pq  # only where PostgreSQL is in use

    status = connection.connection.info.transaction_status
    return bool(status == psycopg.pq.TransactionStatus.INTRANS)


def insert_new(events: Iterable[LedgerEvent]) -> list[LedgerEvent]:
    """Insert many events that are not there yet, all or none; the caller's transaction survives.

    They may be composed while they are written: PostgreSQL takes in one part by COPY while the next is
    made. Answers them. Raises what the database raises.
    """
    written: list[LedgerEvent] = []
    with transaction.atomic():
        if connection.vendor == "postgresql":
            _copy(events, written)
        else:
            _insert_many(events, written)
    for event in written:
        event._state.adding = False
    return written


def insert_missing(events: Sequence[LedgerEvent]) -> int:
    """Insert events that may be there already, all or none; how many were new."""
    new = 0
    with transaction.atomic():
        for start in range(0, len(events), BATCH):
            batch = {event.pk: event for event in events[start : start + BATCH]}
            known = LedgerEvent.objects.filter(pk__in=list(batch)).values_list("pk", flat=True)
            for pk in list(known):
                del batch[pk]
            LedgerEvent.objects.bulk_create(batch.values(), ignore_conflicts=True)
            new += len(batch)
    return new


def _parts(events: Iterable[LedgerEvent]) -> Iterator[list[LedgerEvent]]:
    remaining = iter(events)
    while part := list(islice(remaining, PART)):
        yield part


def _copy(events: Iterable[LedgerEvent], written: list[LedgerEvent]) -> None:
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(_COPY) as copy:
        for part in _parts(events):
            written += part
            copy.write("".join(map(_copy_line, part)))


def _insert_many(events: Iterable[LedgerEvent], written: list[LedgerEvent]) -> None:
    with connection.cursor() as cursor:
        for part in _parts(events):
            written += part
            cursor.executemany(INSERT, [event.plain_values() for event in part])


def _copy_line(event: LedgerEvent) -> str:
    """The event in COPY's text format, columns as in HASHED."""
    values = (
        str(event.pk),
        event.timestamp.isoformat(),
        _escaped(event.event_type),
        _escaped(event.entity_type),
        _escaped(event.entity_id),
        event.severity,
        _escaped(event.actor),
        _escaped(event.worker_id),
        _escaped(event.correlation_id),
        str(event.job_id) if event.job_id else "\\N",
        str(event.clip_id) if event.clip_id else "\\N",
        str(event.caused_by) if event.caused_by else "\\N",
        event.encoded_metadata().replace("\\", "\\\\"),  # JSON escapes all else itself
        event.row_hash,
    )
    return "\t".join(values) + "\n"


def _escaped(text: str) -> str:
    return text if _TAME(text) else text.translate(_ESCAPES)
