"""Writing to the ledger. Nothing here ever raises into the caller, and nothing is lost."""

import logging
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from ledger import spool
from ledger.context import current
from ledger.hashing import row_hash
from ledger.masking import masked
from ledger.models import LedgerEvent
from ledger.registry import EVENT_TYPES, entity_of
from ledger.signals import event_recorded
from stakazo.core.bundles import Write, bundle
from stakazo.core.ids import uuid7
from stakazo.core.rows import insertion

logger = logging.getLogger(__name__)


def log_event(
    event_type: str,
    *,
    entity: Model | None = None,
    entity_type: str = "",
    entity_id: object = "",
    severity: str | None = None,
    metadata: Mapping[str, Any] | None = None,
    job_id: uuid.UUID | None = None,
    clip_id: uuid.UUID | None = None,
    worker_id: str = "",
    correlation_id: str = "",
    of_change: bool = False,
) -> LedgerEvent | None:
    """Record one fact, in the caller's transaction where there is one.

    Never raises. None means that it could not be written now and went to the spool, from which
    `manage.py backfill ledger` restores it. of_change: the fact is a change that the caller's
    transaction makes, so when that is lost the fact never was one.
    """
    try:
        if entity is not None:
            entity_type, entity_id = entity_of(entity)
        event = _new_event(
            event_type,
            entity_type=entity_type,
            entity_id=str(entity_id),
            severity=severity,
            metadata=metadata or {},
            job_id=job_id,
            clip_id=clip_id,
            worker_id=worker_id,
            correlation_id=correlation_id,
        )
        return _write(event, of_change=of_change)
    except Exception:
        logger.exception("An event of type %s could not be recorded", event_type)
        return None


def log_job_event(
    event_type: str, job_id: uuid.UUID, *, metadata: Mapping[str, Any] | None = None, **more: Any
) -> LedgerEvent | None:
    """Record one fact about a job. Never raises."""
    return log_event(
        event_type, entity_type="job", entity_id=job_id, job_id=job_id, metadata=metadata, **more
    )


def log_clip_event(
    event_type: str, clip_id: uuid.UUID, *, metadata: Mapping[str, Any] | None = None, **more: Any
) -> LedgerEvent | None:
    """Record one fact about a clip. Never raises."""
    return log_event(
        event_type,
        entity_type="clip",
        entity_id=clip_id,
        clip_id=clip_id,
        metadata=metadata,
        **more,
    )


def insert_events(events: list[LedgerEvent]) -> int:
    """Insert events that may be there already; how many were new."""
    ids = [event.pk for event in events]
    with transaction.atomic():
        known = set(LedgerEvent.objects.filter(pk__in=ids).values_list("pk", flat=True))
        new = [event for event in events if event.pk not in known]
        LedgerEvent.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _new_event(event_type: str, *, severity: str | None, **fields: Any) -> LedgerEvent:
    context = current()
    declared = EVENT_TYPES.get(event_type)
    if severity not in LedgerEvent.Severity.values:
        severity = declared.severity if declared else LedgerEvent.Severity.INFO
    metadata = masked(fields.pop("metadata"))
    event = LedgerEvent(
        id=uuid7(),
        timestamp=timezone.now(),
        event_type=event_type[:64],
        severity=severity,
        entity_type=fields["entity_type"][:64],
        entity_id=fields["entity_id"][:64],
        actor=context.actor[:128],
        worker_id=(fields["worker_id"] or context.worker_id)[:128],
        correlation_id=(fields["correlation_id"] or context.correlation_id)[:64],
        job_id=fields["job_id"] or context.job_id,
        clip_id=fields["clip_id"],
        caused_by=context.caused_by,
        metadata=metadata,
    )
    event.row_hash = row_hash(event)
    return event


def _write(event: LedgerEvent, *, of_change: bool) -> LedgerEvent | None:
    made = bundle()
    if made is None:
        return _write_now(event, of_change=of_change)
    made.writes.append(
        Write(
            *insertion(event),
            told=lambda _: transaction.on_commit(lambda: _tell(event)),
            alone=lambda: _write_now(event, of_change=of_change),
        )
    )
    return event


def _write_now(event: LedgerEvent, *, of_change: bool) -> LedgerEvent | None:
    if connection.in_atomic_block and connection.needs_rollback:
        if not of_change:
            _keep(event)
        return None
    try:
        event.save(force_insert=True)
    except Exception:  # whatever the database said, the event must not be lost
        logger.exception("Event %s could not be inserted", event.event_type)
        if connection.in_atomic_block and not connection.needs_rollback and _transaction_alive():
            transaction.on_commit(lambda: _keep(event))
        elif not (connection.in_atomic_block and of_change):
            _keep(event)
        return None
    transaction.on_commit(lambda: _tell(event))
    return event


def _keep(event: LedgerEvent) -> None:
    try:
        spool.keep(event)
    except OSError:
        # Disk full too: the log is what is left, and backfill finds what states show.
        logger.critical("Event lost: %s", spool.line_of(event), exc_info=True)


def _transaction_alive() -> bool:
    """Whether the transaction we are in can still commit (PostgreSQL: not in the failed state)."""
    if connection.vendor != "postgresql" or connection.connection is None:
        return True
    import psycopg.pq  # only where PostgreSQL is in use

    status = connection.connection.info.transaction_status
    return bool(status == psycopg.pq.TransactionStatus.INTRANS)


def _tell(event: LedgerEvent) -> None:
    for receiver, answer in event_recorded.send_robust(sender=LedgerEvent, event=event):
        if isinstance(answer, Exception):
            logger.error("%r failed on %s: %r", receiver, event.event_type, answer)
