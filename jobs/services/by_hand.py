"""What people do to jobs: retry, cancel, start now."""

from django.db import transaction
from django.utils import timezone

from jobs import transport
from jobs.errors import NotWaiting
from jobs.models import JOB, Job
from jobs.services.holding import held_by_us
from jobs.services.settling import tell_owner
from ledger.services import log_job_event


def retry_job(job: Job, *, why: str = "asked for") -> Job:
    """Put an ended (failed, dead or cancelled) job in the queue again, its attempts counted anew.

    Raises IllegalMove for a job that is live or completed.
    """
    now = timezone.now()
    with transaction.atomic():
        JOB.move(
            job,
            Job.Status.PENDING,
            why=why,
            values={
                "attempt": 0,
                "run_at": now,
                "ended_at": None,
                "rung_at": now,
                "progress": 0.0,
                "stage": "",
                "cancel_requested": False,
            },
        )
        transport.ring_after_commit(job)
    return job


def cancel_job(job: Job, *, why: str = "asked for") -> Job:
    """End a waiting job now; ask a running one to end (it does so at its next heartbeat).

    Raises IllegalMove for a job that has already ended.
    """
    if job.status == Job.Status.PROCESSING:
        if held_by_us(job).filter(cancel_requested=False).update(cancel_requested=True):
            log_job_event("job_cancel_requested", job.pk, metadata={"why": why})
        job.refresh_from_db()
        if job.status == Job.Status.PROCESSING:
            return job
    with transaction.atomic():
        JOB.move(job, Job.Status.CANCELLED, why=why)
        tell_owner(job)
    return job


def start_now(job: Job, *, why: str = "asked for") -> Job:
    """Make a waiting job due at once and ring for it. Raises NotWaiting when it does not wait."""
    now = timezone.now()
    with transaction.atomic():
        here = Job.objects.filter(pk=job.pk, status__in=Job.DUE)
        if not here.update(run_at=now, rung_at=now):
            job.refresh_from_db()
            raise NotWaiting(
                f"A job that is {job.status} cannot be told to start now.",
                entity_id=str(job.pk),
                state=job.status,
                possible=list(Job.DUE),
            )
        log_job_event("job_start_asked", job.pk, metadata={"why": why})
        job.refresh_from_db()
        transport.ring_after_commit(job)
    return job
