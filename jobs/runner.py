"""What a worker does when the bell rings: claim → perform → settle."""

import logging
import os
import socket
import traceback
import uuid

from jobs import services
from jobs.errors import Cancelled, LostLease
from jobs.models import Job
from jobs.registry import Done, GiveUp, Outcome, Snooze, decode_payload, job_type
from jobs.running import Running
from ledger.context import acting
from stakazo.core.errors import StakazoError

logger = logging.getLogger(__name__)


def worker_id() -> str:
    """Who we are: host and process."""
    return f"{socket.gethostname()}:{os.getpid()}"


def answer_bell(queue: str) -> str:
    """Do the best due job of the queue. The only function that django-q2 ever calls."""
    job = services.claim_next(queue, worker_id=worker_id())
    if job is None:
        return ""
    run_claimed(job)
    return str(job.pk)


def run_job(job_id: uuid.UUID) -> Job:
    """Claim and do this very job here and now; the row as it stands afterwards."""
    job = services.claim(job_id, worker_id=worker_id())
    if job is not None:
        run_claimed(job)
    return Job.objects.get(pk=job_id)


def run_claimed(job: Job) -> None:
    """Perform a job that was claimed, and settle it."""
    with acting(
        actor="worker",
        worker_id=job.worker_id,
        job_id=job.pk,
        correlation_id=job.correlation_id,
    ):
        try:
            _perform_and_settle(job)
        except LostLease:
            logger.warning("Job %s was taken from us; nothing was written", job.pk)


def _perform_and_settle(job: Job) -> None:
    running: Running[object] | None = None
    try:
        kind = job_type(job.job_type)
        running = Running(job, decode_payload(kind, job.payload))
        outcome: Outcome = kind.handler(running)
        running.end_stage()
        _settle(job, outcome, running)
    except LostLease:
        raise
    except Cancelled:
        services.settle_cancelled(job, running.stages if running else [])
    except StakazoError as error:
        _settle_error(job, error, running)
    except Exception as error:
        logger.exception("Job %s failed on a bug", job.pk)
        services.settle_failed(
            job,
            error=f"{type(error).__name__}: {error}",
            error_code="jobs.bug",
            traceback=traceback.format_exc(),
            stages=running.stages if running else [],
        )


def _settle(job: Job, outcome: Outcome, running: Running[object]) -> None:
    match outcome:
        case Done():
            services.settle_done(job, outcome, running.stages)
        case Snooze():
            services.settle_snoozed(job, outcome, running.stages)
        case GiveUp():
            services.settle_given_up(job, outcome, running.stages)


def _settle_error(job: Job, error: StakazoError, running: Running[object] | None) -> None:
    stages = running.stages if running else []
    if error.permanent:
        services.settle_given_up(job, GiveUp(error.message, error.code), stages)
    else:
        services.settle_failed(
            job,
            error=error.message,
            error_code=error.code,
            stages=stages,
            retry_after_s=error.details.get("retry_after_s"),
        )
