"""What the end of a job means to others: to what it was about, and to the jobs that wait for it."""

import logging
from functools import partial
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from jobs import transport
from jobs.models import JOB, Job, JobDependency
from jobs.registry import JOB_TYPES, decode_payload
from jobs.services.following import PREDECESSOR_FAILED
from ledger.context import acting
from stakazo.core.bundles import Write, write

logger = logging.getLogger(__name__)

_AWAITED = "SELECT 1 FROM job_dependencies WHERE on_id = %s AND open LIMIT 1"


def see_end(job: Job) -> None:
    """In the transaction that ends a job: tell whoever waits for it."""
    if job.status in Job.BURIED:
        _tell_owner(job)
    _release_followers(job)


def _tell_owner(job: Job) -> None:
    """Call the `on_buried` of the job's type, in a savepoint; what it raises is only logged."""
    kind = JOB_TYPES.get(job.job_type)
    if kind is None or kind.on_buried is None:
        return
    why = "The job was cancelled." if job.status == Job.Status.CANCELLED else job.error
    try:
        with acting(job_id=job.pk, correlation_id=job.correlation_id), transaction.atomic():
            kind.on_buried(decode_payload(kind, job.payload), why)
    except Exception:
        if connection.needs_rollback:  # the database is gone, and with it this transaction
            raise
        logger.exception("Job %s ended, but what it was about could not be told", job.pk)


def _release_followers(job: Job) -> None:
    """In the transaction that ends a job: let those begin that waited for it, or cancel them."""
    key = Job._meta.pk.get_db_prep_value(job.pk, connection)
    # Most jobs are not waited for: one look, with whatever else is written.
    write(Write(_AWAITED, [key], told=partial(_let_begin_if_awaited, job)))


def _let_begin_if_awaited(job: Job, cursor: Any) -> None:
    if cursor.fetchone():
        _let_begin(job)


def _let_begin(job: Job) -> None:
    for link in job.awaited_by.filter(open=True).select_related("job").order_by("job_id"):
        if not JobDependency.objects.filter(pk=link.pk, open=True).update(open=False):
            continue
        waiting = Job.objects.filter(pk=link.job_id, status__in=Job.WAITING, after_left__gt=0)
        waiting.update(after_left=F("after_left") - 1)
        link.job.refresh_from_db()
        if link.job.status not in Job.WAITING:
            continue
        if link.needs_success and job.status != Job.Status.COMPLETED:
            _cancel_after(link.job, job)
        elif link.job.after_left == 0:
            Job.objects.filter(pk=link.job_id).update(rung_at=timezone.now())
            transport.ring_after_commit(link.job)


def _cancel_after(follower: Job, job: Job) -> None:
    why = f"{job}, which it comes after, is {job.status}."
    JOB.move(
        follower,
        Job.Status.CANCELLED,
        why=why,
        values={"error": why, "error_code": PREDECESSOR_FAILED},
    )
    see_end(follower)
