"""Figures read off the rollups, by whole hours; none of them counts events.

They end where `ledger.roll_up` last read, a minute ago by default. `since` begins with the hour that it
lies in.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Q, Sum
from django.utils import timezone

from ledger.models import LedgerEvent, LedgerHour, LedgerReader, LedgerSlowJob
from ledger.queries.statistics import wilson_interval
from ledger.rollups import READER, SLOW_KEPT, hour_of

DAY = timedelta(hours=24)
DONE = "job_processing_completed"
FAILED = ("job_processing_failed", "job_died")
RETRIED = "job_retry_scheduled"
TAIL_COUNTED = 10_000

_PG_TAIL = """
    SELECT severity, COUNT(*) FROM (
        SELECT severity FROM ledger_events WHERE (txid, id) > (%s::text::xid8, %s::uuid)
        ORDER BY txid, id LIMIT %s
    ) AS tail GROUP BY severity
"""
_SQLITE_TAIL = """
    SELECT severity, COUNT(*) FROM (
        SELECT severity FROM ledger_events WHERE rowid > %s ORDER BY rowid LIMIT %s
    ) AS tail GROUP BY severity
"""


@dataclass(frozen=True)
class FailureRate:
    """How jobs of one type ended. rate: failed / (completed + failed); low, high: its 95 % interval."""

    job_type: str
    completed: int
    failed: int
    retried: int
    rate: float
    low: float
    high: float


@dataclass(frozen=True)
class HourShown:
    """What one hour had. completed, failed: jobs that ended."""

    hour: datetime
    events: int
    errors: int
    completed: int
    failed: int


def counted_until() -> datetime | None:
    """When the rollups last took something in."""
    return LedgerReader.objects.filter(name=READER).values_list("moved_at", flat=True).first()


def events_by_severity() -> dict[str, int]:
    """Events ever recorded, by severity; retention takes none of them back.

    What the rollups counted, and what came since, at most TAIL_COUNTED of that.
    """
    reader = LedgerReader.objects.filter(name=READER).first() or LedgerReader(name=READER)
    severities = dict.fromkeys(LedgerEvent.Severity.values, 0) | reader.counted
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            minor = reader.minor or str(uuid.UUID(int=0))
            cursor.execute(_PG_TAIL, [str(reader.major), minor, TAIL_COUNTED])
        else:
            cursor.execute(_SQLITE_TAIL, [reader.major, TAIL_COUNTED])
        for severity, count in cursor.fetchall():
            severities[severity] += count
    return severities


def failure_rates(
    *, since: datetime | None = None, until: datetime | None = None
) -> list[FailureRate]:
    """Per job type how its jobs ended in these hours (24 by default), the worst rate first.

    A try that will be repeated is no failure; it counts as retried. The interval is Wilson's score
    interval (E. B. Wilson, JASA 22, 1927), which holds for few jobs too.
    """
    since = since or timezone.now() - DAY
    hours = LedgerHour.objects.filter(
        event_type__in=[DONE, *FAILED, RETRIED], hour__gte=hour_of(since)
    )
    if until:
        hours = hours.filter(hour__lt=until)
    rows = (
        hours.values("job_type")
        .annotate(
            done=Sum("count", filter=Q(event_type=DONE), default=0),
            bad=Sum("count", filter=Q(event_type__in=FAILED), default=0),
            again=Sum("count", filter=Q(event_type=RETRIED), default=0),
        )
        .values_list("job_type", "done", "bad", "again")
    )
    rates = []
    for job_type, done, bad, again in rows:
        low, high = wilson_interval(bad, done + bad)
        rates.append(FailureRate(job_type, done, bad, again, bad / (done + bad or 1), low, high))
    return sorted(rates, key=lambda one: (-one.rate, -one.failed, one.job_type))


def throughput_per_hour(*, hours: int = 24, now: datetime | None = None) -> list[HourShown]:
    """The last so many hours, oldest first, the present one last; hours without events have zeros."""
    now = now or timezone.now()
    first = hour_of(now) - timedelta(hours=hours - 1)
    found = {
        row[0]: HourShown(*row)
        for row in LedgerHour.objects.filter(hour__gte=first, hour__lte=now)
        .values("hour")
        .annotate(
            events=Sum("count", default=0),
            errors=Sum("count", filter=Q(severity=LedgerEvent.Severity.ERROR), default=0),
            completed=Sum("count", filter=Q(event_type=DONE), default=0),
            failed=Sum("count", filter=Q(event_type__in=FAILED), default=0),
        )
        .values_list("hour", "events", "errors", "completed", "failed")
    }
    all_hours = (first + timedelta(hours=number) for number in range(hours))
    return [found.get(hour, HourShown(hour, 0, 0, 0, 0)) for hour in all_hours]


def slowest_jobs(
    *, since: datetime | None = None, job_type: str = "", limit: int = 20
) -> list[LedgerSlowJob]:
    """The tries that took longest from their start to their end, the slowest first.

    since None: of all time. Exact for up to SLOW_KEPT of them. Raises ValueError for more.
    """
    if not 1 <= limit <= SLOW_KEPT:
        raise ValueError(f"limit lies between 1 and {SLOW_KEPT}")
    slow = LedgerSlowJob.objects.order_by("-duration_ms", "event_id")
    if since:
        slow = slow.filter(hour__gte=hour_of(since))
    if job_type:
        slow = slow.filter(job_type=job_type)
    return list(slow[:limit])
