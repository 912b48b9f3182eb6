"""What people do to jobs: retry, cancel, start now."""

from django.db import transaction
from django.utils import timezone

from jobs import transport
from jobs.errors import NotWaiting
from jobs.models import JOB, Job
from jobs.services.ending import see_end
from jobs.services.following import cancelled_after, wait_again
from jobs.services.holding import held_by_us
from ledger.machine import IllegalMove
from ledger.services import log_job_event


def retry_job(job: Job, *, why: str = "asked for") -> Job:
    """Put an ended (failed, dead or cancelled) job in the queue again, its attempts counted anew.

    With it those that were cancelled because it ended. Raises IllegalMove for a job that is live or
    completed, PredecessorFailed when one that it comes after has ended badly.
    """
    now = timezone.now()
    if job.status not in Job.BURIED:
        raise IllegalMove(
            f"A job that is {job.status} cannot be tried again.",
            entity_id=str(job.pk),
            state=job.status,
            wanted=str(Job.Status.PENDING),
        )
    with transaction.atomic():
        after_left = wait_again(job)
        JOB.move(
            job,
            Job.Status.PENDING,
            why=why,
            values={
                "attempt": 0,
                "run_at": now,
                "ended_at": None,
                "after_left": after_left,
                "rung_at": now,
                "progress": 0.0,
                "stage": "",
                "cancel_requested": False,
            },
        )
        for follower in cancelled_after(job):
            retry_job(follower, why=f"{job} is tried again")
        if not after_left:
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
        see_end(job)
    return job


def start_now(job: Job, *, why: str = "asked for") -> Job:
    """Make a waiting job due at once and ring for it.

    Raises NotWaiting when it does not wait, or waits for other jobs.
    """
    now = timezone.now()
    with transaction.atomic():
        here = Job.objects.filter(pk=job.pk, status__in=Job.WAITING, after_left=0)
        if not here.update(run_at=now, rung_at=now):
            job.refresh_from_db()
            what = "waits for others" if job.is_waiting else f"is {job.status}"
            raise NotWaiting(
                f"A job that {what} cannot be told to start now.",
                entity_id=str(job.pk),
                state=job.status,
                possible=list(Job.WAITING),
            )
        log_job_event("job_start_asked", job.pk, metadata={"why": why})
        job.refresh_from_db()
        if job.status == Job.Status.SCHEDULED:
            JOB.move(job, Job.Status.PENDING, why=why)
        transport.ring_after_commit(job)
    return job
