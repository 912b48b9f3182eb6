"""Writing to the ledger. Nothing here ever raises into the caller, and nothing is lost."""

import logging
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model

from ledger import spool
from ledger.buffer import buffer
from ledger.composing import new_event
from ledger.models import LedgerEvent
from ledger.models.event import NotRecorded
from ledger.registry import EVENT_TYPES, TELEMETRY
from ledger.telling import anybody_listens, tell
from ledger.writing import database_away, insert_new, transaction_alive
from stakazo.core.bundles import Write, bundle

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
    `ledger.replay` and `manage.py backfill ledger` restore it. of_change: the fact is a change that
    the caller's transaction makes, so when that is lost the fact never was one. An event whose type
    is of the class `telemetry` is given back though it is only written a moment later.
    """
    try:
        event = new_event(
            event_type,
            entity=entity,
            entity_type=entity_type,
            entity_id=entity_id,
            severity=severity,
            metadata=metadata,
            job_id=job_id,
            clip_id=clip_id,
            worker_id=worker_id,
            correlation_id=correlation_id,
        )
        if _is_telemetry(event):
            buffer.add(event)
            return event
    except Exception:
        logger.exception("An event of type %r could not be composed", event_type)
        return None
    return event if _recorded(event, of_change=of_change) else None


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


def log_events(facts: Iterable[Mapping[str, Any]], *, of_change: bool = False) -> int:
    """Record many facts at once, in the caller's transaction where there is one; how many are written.

    facts: the arguments of `log_event` each, `event_type` among them. All are of the class `audit`
    here, whatever their type says. When the database refuses them together they are written one by
    one, so that it takes all but those that are wrong; these go to the spool. Never raises.
    """
    composed: list[LedgerEvent] = []
    try:
        known = iter(
            list(facts)
        )  # before the first is written, for to read them may ask the database
    except Exception:
        logger.exception("Facts could not be read")
        return 0

    def compose() -> Iterator[LedgerEvent]:
        for fact in known:
            try:
                composed.append(new_event(**fact))
            except Exception:
                logger.exception("An event of many could not be composed")
            else:
                yield composed[-1]

    if _may_be_tried():
        try:
            insert_new(compose())
        except Exception as error:  # noqa: BLE001  whatever the database said, none must be lost
            logger.warning("%s events go one by one: %s", len(composed), error)
            if not connection.in_atomic_block:
                database_away.note(error)
        else:
            _tell_later(composed)
            return len(composed)
    for _ in compose():  # what was not reached
        pass
    if database_away and not connection.in_atomic_block:
        _keep_all(composed)
        return 0
    return sum(_recorded(event, of_change=of_change) for event in composed)


def _is_telemetry(event: LedgerEvent) -> bool:
    declared = EVENT_TYPES.get(event.event_type)
    return (
        declared is not None
        and declared.event_class is TELEMETRY
        and settings.LEDGER_TELEMETRY_FLUSH_S > 0
    )


def _recorded(event: LedgerEvent, *, of_change: bool) -> bool:
    """Whether the event is in the table now; when not it is in the spool, or never was a fact.

    An event of a bundle that is being made counts as there.
    """
    try:
        if (made := bundle()) is not None:
            made.writes.append(_with_the_bundle(event, of_change=of_change))
            return True
        if connection.in_atomic_block:
            return _recorded_with_the_rest(event, of_change=of_change)
        return _recorded_alone(event)
    except Exception:
        logger.exception("Event %s met what nobody thought of", event.event_type)
        _keep(event)
        return False


def _with_the_bundle(event: LedgerEvent, *, of_change: bool) -> Write:
    def see(cursor: Any) -> None:
        try:
            event.see_recorded(cursor)
        except NotRecorded as error:
            _not_recorded(event, error, of_change=of_change)
        else:
            _tell_later([event])

    sql, parameters = event.insertion()
    return Write(
        sql,
        parameters,
        told=see,
        alone=partial(_recorded_with_the_rest, event, of_change=of_change),
    )


def _recorded_alone(event: LedgerEvent) -> bool:
    if database_away:
        _keep(event)
        return False
    try:
        event.save(force_insert=True)
    except Exception as error:  # noqa: BLE001  whatever it said, the event must not be lost
        _keep(event)
        logger.warning("Event %s goes to the spool: %s", event.event_type, error)
        database_away.note(error)
        return False
    _tell_later([event])
    return True


def _recorded_with_the_rest(event: LedgerEvent, *, of_change: bool) -> bool:
    if connection.needs_rollback:
        if not of_change:
            _keep(event)
        return False
    try:
        event.save(force_insert=True)
    except Exception as error:  # noqa: BLE001  whatever it said, the event must not be lost
        _not_recorded(event, error, of_change=of_change)
        return False
    _tell_later([event])
    return True


def _not_recorded(event: LedgerEvent, error: Exception, *, of_change: bool) -> None:
    logger.warning("Event %s could not be inserted: %s", event.event_type, error)
    if transaction_alive():
        _keep_until_known(event, of_change=of_change)
    elif not of_change:
        _keep(event)


def _may_be_tried() -> bool:
    return not (connection.needs_rollback if connection.in_atomic_block else database_away)


def _tell_later(events: Sequence[LedgerEvent]) -> None:
    if anybody_listens():
        for event in events:
            transaction.on_commit(partial(tell, event))


def _keep_until_known(event: LedgerEvent, *, of_change: bool) -> None:
    """Spool it now, so that a crash does not lose it, and say after the commit that it counts."""
    try:
        spool.keep(event, pending=spool.Pending(of_change=of_change, xid=_xid()))
    except OSError:
        transaction.on_commit(partial(_keep, event))  # there may be room by then
    else:
        transaction.on_commit(partial(_settle, event))


def _xid() -> str:
    """PostgreSQL's number of this transaction; "" elsewhere."""
    if connection.vendor != "postgresql":
        return ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        return str(cursor.fetchone()[0])


def _settle(event: LedgerEvent) -> None:
    try:
        spool.settle([event])
    except OSError:  # `ledger.backfill` then asks the row itself
        logger.warning("The spool does not know yet that event %s counts", event.pk, exc_info=True)


def _keep_all(events: Sequence[LedgerEvent]) -> None:
    try:
        spool.keep_all(events)
    except Exception:  # noqa: BLE001  then as many as there is room for
        for event in events:
            _keep(event)


def _keep(event: LedgerEvent) -> None:
    try:
        spool.keep(event)
    except Exception:
        # The disk is full too, or the spool has its size: the log is what is left, and backfill
        # finds what states show.
        logger.critical("Event lost: %s", spool.line_of(event), exc_info=True)
