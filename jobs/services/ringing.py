"""Ringing the bell for jobs that are due."""

from datetime import datetime

from django.utils import timezone

from jobs import transport
from jobs.models import Job
from jobs.queries import jobs_due, jobs_unrung


def ring_due(*, queue: str = "", limit: int, now: datetime | None = None) -> int:
    """Ring for due jobs, best first, whether or not their bell rang before; how many."""
    now = now or timezone.now()
    due = jobs_due(now=now, queue=queue).order_by("-priority", "run_at", "id")[:limit]
    return sum(_ring(job, now=now) for job in due)


def ring_unrung(*, limit: int, now: datetime | None = None) -> int:
    """Ring for due jobs whose bell did not ring, or rang in vain; how many. Safe in many places."""
    now = now or timezone.now()
    rung = 0
    for job in jobs_unrung(now=now).order_by("-priority", "run_at", "id")[:limit]:
        if jobs_unrung(now=now).filter(pk=job.pk).update(rung_at=now):
            transport.ring(job.queue)
            rung += 1
    return rung


def _ring(job: Job, *, now: datetime) -> int:
    if not Job.objects.filter(pk=job.pk, status__in=Job.WAITING).update(rung_at=now):
        return 0
    transport.ring(job.queue)
    return 1
