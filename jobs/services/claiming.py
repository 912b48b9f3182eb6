"""Taking work: claim a job, within the limits of the machine."""

import uuid
import zlib
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from jobs.models import JOB, Job, JobAttempt
from jobs.queries import heavy_jobs_running, jobs_due
from jobs.services.holding import lease_end
from ledger.context import acting
from ledger.machine import StaleState


def claim_next(
    queue: str = "", *, worker_id: str, now: datetime | None = None, limited: bool = True
) -> Job | None:
    """Take the best due job of the queue (empty: of any queue), or None. See `claim`.

    limited: leave the heavy queues alone while this machine does as much heavy work as it may.
    """
    now = now or timezone.now()
    due = jobs_due(now=now, queue=queue)
    if not due.exists():  # a look costs nothing; on SQLite a transaction would stop all writers
        return None
    return _claim(due, worker_id=worker_id, now=now, limited=limited)


def claim(job_id: uuid.UUID, *, worker_id: str, now: datetime | None = None) -> Job | None:
    """Take this very job if it waits; None when it does not (any more).

    Raises its fencing token and its attempt count, takes a lease and opens a JobAttempt, all before
    anything runs, so that a job that kills its worker is counted too.
    """
    waiting = Job.objects.filter(pk=job_id, status__in=Job.DUE)
    return _claim(waiting, worker_id=worker_id, now=now or timezone.now(), limited=False)


def _claim(waiting: QuerySet[Job], *, worker_id: str, now: datetime, limited: bool) -> Job | None:
    with acting(actor="worker", worker_id=worker_id), transaction.atomic():
        if limited:
            waiting = _within_limits(waiting, worker_id=worker_id, now=now)
        if connection.features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True)
        # On SQLite BEGIN IMMEDIATE already made us the only writer.
        job = waiting.order_by("-priority", "run_at", "id").first()
        if job is None:
            return None
        try:
            JOB.move(
                job,
                Job.Status.PROCESSING,
                values={
                    "worker_id": worker_id,
                    "attempt": job.attempt + 1,
                    "fencing_token": job.fencing_token + 1,
                    "lease_until": lease_end(now),
                    "started_at": now,
                    "ended_at": None,
                    "stage": "",
                    "progress": 0.0,
                    "cancel_requested": False,
                    "error": "",
                    "error_code": "",
                },
                metadata={"fencing_token": job.fencing_token + 1},
            )
        except StaleState:
            return None
        JobAttempt.objects.create(
            job=job,
            number=job.attempt,
            fencing_token=job.fencing_token,
            worker_id=worker_id,
            started_at=now,
        )
        return job


def _within_limits(waiting: QuerySet[Job], *, worker_id: str, now: datetime) -> QuerySet[Job]:
    node = worker_id.split(":")[0]
    if connection.vendor == "postgresql":
        # Two claims of one machine must not both count the same free slot.
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtext('stakazo.jobs.slots'), %s)",
                [zlib.crc32(node.encode()) - 2**31],
            )
    if heavy_jobs_running(node=node, now=now).count() < settings.JOB_HEAVY_SLOTS:
        return waiting
    return waiting.exclude(queue__in=settings.JOB_HEAVY_QUEUES)
