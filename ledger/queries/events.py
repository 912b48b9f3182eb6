"""Events by what they are about, each through one index whatever the size of the ledger."""

import uuid
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Model, QuerySet

from ledger.models import LedgerEvent
from ledger.registry import entity_of

COUNTED = 2_000
"""Up to so many events the total is exact."""
_SLACK = timedelta(minutes=1)

_PG_ESTIMATE = """
    SELECT COALESCE(SUM(
        CASE WHEN c.reltuples > 0 AND c.relpages > 0
             THEN c.reltuples / c.relpages ELSE 16 END
        * (pg_relation_size(c.oid) / current_setting('block_size')::bigint)), 0)::bigint
    FROM pg_class c
    WHERE c.oid = 'ledger_events'::regclass
       OR c.oid IN (SELECT relid FROM pg_partition_tree('ledger_events'))
"""
_SQLITE_ESTIMATE = """
    SELECT (SELECT MAX(rowid) FROM ledger_events) - (SELECT MIN(rowid) FROM ledger_events) + 1
"""


def get_recent_events(*, limit: int = 50) -> QuerySet[LedgerEvent]:
    """The newest events, newest first."""
    return LedgerEvent.objects.order_by("-id")[:limit]


def events_of(row: Model) -> QuerySet[LedgerEvent]:
    """The life of one thing, oldest first."""
    return entity_timeline(*entity_of(row))


def entity_timeline(entity_type: str, entity_id: str) -> QuerySet[LedgerEvent]:
    """The life of one thing, oldest first, by the name that the ledger knows it under."""
    return LedgerEvent.objects.filter(entity_type=entity_type, entity_id=entity_id).order_by("id")


def get_events_by_job(job_id: uuid.UUID) -> QuerySet[LedgerEvent]:
    """What happened in and to a job, oldest first."""
    return LedgerEvent.objects.filter(job_id=job_id).order_by("id")


def get_events_by_clip(clip_id: uuid.UUID) -> QuerySet[LedgerEvent]:
    """What happened to a clip, its variants and posts, oldest first."""
    return LedgerEvent.objects.filter(clip_id=clip_id).order_by("id")


def events_of_road(correlation_id: str) -> QuerySet[LedgerEvent]:
    """Everything on the road of one correlation id, oldest first."""
    return LedgerEvent.objects.filter(correlation_id=correlation_id).order_by("id")


def get_events_by_type(
    event_type: str,
    *,
    severity: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[LedgerEvent]:
    """Events of one type in [since, until), newest first."""
    events = within(LedgerEvent.objects.filter(event_type=event_type), since=since, until=until)
    if severity:
        events = events.filter(severity=severity)
    return events.order_by("-id")


def errors_since(since: datetime) -> QuerySet[LedgerEvent]:
    """Events of severity ERROR from this time on; counting them reads no more than them."""
    return within(LedgerEvent.objects.filter(severity=LedgerEvent.Severity.ERROR), since=since)


def within(
    events: QuerySet[LedgerEvent], *, since: datetime | None = None, until: datetime | None = None
) -> QuerySet[LedgerEvent]:
    """Those of [since, until).

    An id is made in the millisecond of its event's time, so the same bounds, a minute wider, hold for
    ids: every index ends in the id, and none is read beyond them.
    """
    if since:
        events = events.filter(timestamp__gte=since, pk__gte=first_id_at(since, -_SLACK))
    if until:
        events = events.filter(timestamp__lt=until, pk__lt=first_id_at(until, _SLACK))
    return events


def first_id_at(moment: datetime, later: timedelta = timedelta()) -> uuid.UUID:
    """The smallest UUIDv7 of this millisecond, or of one so much later; 1970 has the first of all."""
    millis = int((moment.timestamp() + later.total_seconds()) * 1000)
    return uuid.UUID(int=min(max(millis, 0), 0xFFFF_FFFF_FFFF) << 80)


def events_total() -> int:
    """How many events there are: exact up to COUNTED, beyond that an estimate.

    PostgreSQL: rows per page at the last ANALYZE (16 before the first) times the pages of now. SQLite: the span of the
    rowids, which has gaps only where retention let some of a stretch go.
    """
    counted = LedgerEvent.objects.order_by()[: COUNTED + 1].count()
    if counted <= COUNTED:
        return counted
    with connection.cursor() as cursor:
        cursor.execute(_PG_ESTIMATE if connection.vendor == "postgresql" else _SQLITE_ESTIMATE)
        return max(int(cursor.fetchone()[0]), COUNTED + 1)
