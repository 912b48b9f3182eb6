"""Holding work: the lease and the fencing token of a running job."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from jobs.errors import LostLease
from jobs.models import Job, JobAttempt


def renew_lease(job: Job, *, now: datetime | None = None, **values: Any) -> bool:
    """Hold the job for another lease and write `values` (stage, progress). False: it is not ours."""
    return bool(held_by_us(job).update(lease_until=lease_end(now or timezone.now()), **values))


def keep_stages(job: Job, stages: list[dict[str, Any]]) -> None:
    """Note how far this attempt came, for the case that its worker dies."""
    attempt_of(job).filter(outcome=JobAttempt.Outcome.RUNNING).update(stages=stages)


def check_token(job: Job) -> None:
    """Inside a transaction: hold the row until it commits. Raises LostLease when it is not ours."""
    if not renew_lease(job):
        raise LostLease("This worker no longer holds the job.", job_id=str(job.pk))


def lease_end(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.JOB_LEASE_S)


def held_by_us(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(
        pk=job.pk, status=Job.Status.PROCESSING, fencing_token=job.fencing_token
    )


def attempt_of(job: Job) -> QuerySet[JobAttempt]:
    return JobAttempt.objects.filter(job=job, fencing_token=job.fencing_token)
