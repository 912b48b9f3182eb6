"""Every named read of jobs."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from jobs.models import Job, JobQueue, JobWorker

_BAD_ENDS = (Job.Status.FAILED, Job.Status.DEAD)


def jobs_due(*, now: datetime | None = None, queue: str = "") -> QuerySet[Job]:
    """Waiting jobs whose time has come and that wait for no other, of one queue or (empty) of all."""
    due = Job.objects.filter(
        status__in=Job.WAITING, after_left=0, run_at__lte=now or timezone.now()
    )
    return due.filter(queue=queue) if queue else due


def jobs_unrung(*, now: datetime | None = None) -> QuerySet[Job]:
    """Due jobs whose bell did not ring since they became due, or rang JOB_RING_AGAIN_S ago."""
    now = now or timezone.now()
    again = now - timedelta(seconds=settings.JOB_RING_AGAIN_S)
    return _not_paused(jobs_due(now=now)).filter(
        Q(rung_at__isnull=True) | Q(rung_at__lt=F("run_at")) | Q(rung_at__lt=again)
    )


def _not_paused(jobs: QuerySet[Job]) -> QuerySet[Job]:
    paused = JobQueue.objects.filter(status=JobQueue.Status.PAUSED)
    return jobs.exclude(queue__in=paused.values("name"))


def jobs_orphaned(*, now: datetime | None = None) -> QuerySet[Job]:
    """Jobs in processing whose lease ran out: nobody renews it."""
    return Job.objects.filter(status=Job.Status.PROCESSING, lease_until__lt=now or timezone.now())


def jobs_held_by(group_id: str) -> QuerySet[Job]:
    """Jobs in processing by the workers whose id begins so."""
    return Job.objects.filter(status=Job.Status.PROCESSING, worker_id__startswith=group_id)


def jobs_running(*, queue: str, now: datetime, node: str = "") -> QuerySet[Job]:
    """Jobs of a queue that run under a lease that is still good, on one machine or (empty) on any."""
    here = jobs_held_by(f"{node}:") if node else Job.objects.filter(status=Job.Status.PROCESSING)
    return here.filter(queue=queue, lease_until__gt=now)


def heavy_jobs_running(*, node: str, now: datetime) -> QuerySet[Job]:
    """Jobs of the heavy queues that run on this machine, under a lease that is still good."""
    return jobs_held_by(f"{node}:").filter(queue__in=settings.JOB_HEAVY_QUEUES, lease_until__gt=now)


def jobs_of_workers(worker_ids: Iterable[str]) -> QuerySet[Job]:
    """Jobs in processing by these very workers."""
    return Job.objects.filter(status=Job.Status.PROCESSING, worker_id__in=list(worker_ids))


def workers_alive(*, now: datetime | None = None) -> QuerySet[JobWorker]:
    """Worker processes that said so lately, three pulses ago at most."""
    lately = (now or timezone.now()) - timedelta(seconds=3 * settings.JOB_PULSE_S)
    return JobWorker.objects.filter(seen_at__gte=lately)


def job_overdue(
    *, node: str, heavy_slots: int, waited_s: float, now: datetime | None = None
) -> Job | None:
    """A due job that waits so long although this machine may take it; None when all is well."""
    now = now or timezone.now()
    since = now - timedelta(seconds=waited_s)
    overdue = _not_paused(jobs_due(now=now)).filter(run_at__lt=since, rung_at__isnull=False)
    if heavy_jobs_running(node=node, now=now).count() >= heavy_slots:
        overdue = overdue.exclude(queue__in=settings.JOB_HEAVY_QUEUES)
    return overdue.order_by("run_at").first()


def stuck_jobs(*, now: datetime | None = None) -> QuerySet[Job]:
    """Jobs somebody should look at: orphaned, due for longer than JOB_LATE_S, or dead letters."""
    now = now or timezone.now()
    late = now - timedelta(seconds=settings.JOB_LATE_S)
    return Job.objects.filter(
        Q(status=Job.Status.PROCESSING, lease_until__lt=now)
        | Q(status__in=Job.WAITING, run_at__lt=late)
        | Q(status=Job.Status.DEAD)
    )


def oldest_due_age_s(*, now: datetime | None = None) -> float | None:
    """Seconds that the longest waiting due job waits; None when none waits."""
    now = now or timezone.now()
    first = jobs_due(now=now).order_by("run_at").values_list("run_at", flat=True).first()
    return None if first is None else (now - first).total_seconds()


# Spelled as in the index `jobs_ended`, which SQLite takes only when it sees the very words.
_ENDED_COUNTS = """
SELECT status, job_type, queue, count(*) FROM jobs
WHERE status IN ('completed', 'failed', 'dead', 'cancelled') GROUP BY status, job_type, queue
"""


def job_counts() -> list[dict[str, Any]]:
    """How many jobs there are of each [{status, job_type, queue, count}].

    Exact. What ended is counted in an index that holds nothing but these three columns, what lives
    by its rows: with a million ended jobs it takes a tenth of a second or two.
    """
    fields = ("status", "job_type", "queue")
    live = Job.objects.order_by().filter(status__in=Job.LIVE).values_list(*fields)
    with connection.cursor() as cursor:
        cursor.execute(_ENDED_COUNTS)
        counted = [*cursor.fetchall(), *live.annotate(count=Count("id"))]
    return [dict(zip((*fields, "count"), row, strict=True)) for row in sorted(counted)]


@dataclass(frozen=True)
class JobsSummary:
    """The state of all background work at one moment; ages in seconds."""

    total: int
    by_status: dict[str, int]
    by_type: dict[str, dict[str, int]]
    by_queue: dict[str, dict[str, int]]
    due: int
    oldest_due_age_s: float | None
    running: list[dict[str, Any]]
    failed_last_hour: int
    stuck: int


def jobs_summary(*, now: datetime | None = None) -> JobsSummary:
    """What /debug/jobs/summary and the telemetry page tell."""
    now = now or timezone.now()
    by_status = dict.fromkeys(Job.Status.values, 0)
    by_type: dict[str, dict[str, int]] = defaultdict(dict)
    by_queue: dict[str, dict[str, int]] = defaultdict(dict)
    for row in job_counts():
        status, count = row["status"], row["count"]
        by_status[status] += count
        by_type[row["job_type"]][status] = by_type[row["job_type"]].get(status, 0) + count
        by_queue[row["queue"]][status] = by_queue[row["queue"]].get(status, 0) + count
    hour_ago = now - timedelta(hours=1)
    return JobsSummary(
        total=sum(by_status.values()),
        by_status=by_status,
        by_type=dict(by_type),
        by_queue=dict(by_queue),
        due=jobs_due(now=now).count(),
        oldest_due_age_s=oldest_due_age_s(now=now),
        running=[_running(job, now) for job in longest_running()],
        failed_last_hour=Job.objects.filter(status__in=_BAD_ENDS, ended_at__gte=hour_ago).count(),
        stuck=stuck_jobs(now=now).count(),
    )


def longest_running(*, at_most: int = 50) -> QuerySet[Job]:
    """Jobs in processing, the longest first."""
    return Job.objects.filter(status=Job.Status.PROCESSING).order_by("started_at")[:at_most]


def jobs_failing(error_group: str = "") -> QuerySet[Job]:
    """Jobs that failed, died or wait to be tried again, for a known cause: of one cause, or of all."""
    failing = Job.objects.filter(status__in=[*_BAD_ENDS, Job.Status.RETRY])
    if error_group:
        return failing.filter(error_group=error_group)
    return failing.exclude(error_group="")


def _running(job: Job, now: datetime) -> dict[str, Any]:
    return {
        "id": str(job.pk),
        "job_type": job.job_type,
        "queue": job.queue,
        "stage": job.stage,
        "progress": job.progress,
        "attempt": job.attempt,
        "worker_id": job.worker_id,
        "running_s": round((now - (job.started_at or now)).total_seconds(), 1),
    }
