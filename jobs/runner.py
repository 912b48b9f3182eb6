"""What a worker does when the bell rings: claim → perform → settle."""

import contextlib
import logging
import time
import traceback
import uuid
from collections import Counter
from typing import Any

from django.conf import settings
from django.db import connection

from jobs import services, sweeper, transport, worker
from jobs.errors import Cancelled, DatabaseAway, LostLease, Stopping
from jobs.heartbeat import Heartbeat
from jobs.models import Job
from jobs.pulse import out_of_memory
from jobs.registry import Done, GiveUp, Outcome, Snooze, decode_payload, job_type
from jobs.running import Running
from jobs.worker import worker_id
from ledger.context import acting
from stakazo.core.errors import StakazoError

logger = logging.getLogger(__name__)


def answer_bell(queue: str) -> int:
    """Do due jobs, best first, until none is due that this machine may take; how many were done.

    queue: what the bell rang for; any due job is as good an answer, for the best goes first. After
    JOB_DRAIN_S the worker rings for whoever comes next and goes back to the bell.
    """
    done, until = 0, time.monotonic() + settings.JOB_DRAIN_S
    taker = services.Taker(worker_id())
    with worker.busy():
        try:
            while not worker.taking_no_more.is_set():
                job = taker.next()
                if job is None:
                    break
                run_claimed(job)
                done += 1
                if time.monotonic() > until:
                    transport.ring(job.queue)
                    break
        except services.DATABASE_GONE:
            # The sweeper rings again for what waits, and finds what we held.
            logger.warning("The database went away; this bell goes unanswered")
            connection.close()
    return done


def sweep_and_answer() -> int:
    """What q2's own schedule calls once a minute, where no `run_workers` sweeps every second."""
    sweeper.sweep()
    return answer_bell("")


def drain(*, queue: str = "", at_most: int | None = None) -> dict[str, int]:
    """Do due jobs here, in this process, until none is due; how many there are of each end."""
    ends: Counter[str] = Counter()
    taker = services.Taker(worker_id(), queue=queue, limited=False)
    while at_most is None or ends.total() < at_most:
        job = taker.next()
        if job is None:
            break
        run_claimed(job)
        ends[Job.objects.values_list("status", flat=True).get(pk=job.pk)] += 1
    return dict(ends)


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
            kind = job_type(job.job_type)
            running: Running[Any] = Running(job, decode_payload(kind, job.payload))
        except StakazoError as error:
            services.settle_given_up(job, GiveUp(error.message, error.code), [])
            return
        try:
            beside = Heartbeat(running, end_for=lambda reason: _settle(running, reason))
            with worker.doing(running), beside:
                _settle(running, _perform(running))
        except LostLease:
            logger.warning("Job %s was taken from us; nothing was written", job.pk)
        except KeyboardInterrupt:
            with contextlib.suppress(StakazoError):
                services.release(job, why="interrupted", stages=running.stages)
            raise


def _perform(running: Running[Any]) -> Outcome | Exception:
    """What the handler answered, or why it ended."""
    handler = job_type(running.job.job_type).handler
    try:
        outcome: object = handler(running)
    except MemoryError:
        worker.leave("a job ran out of memory")
        return running.stop_reason or out_of_memory()
    except Exception as error:  # noqa: BLE001  any failure is how this try ended
        # Whatever broke because we ended the job broke for that reason.
        return running.stop_reason or error
    finally:
        running.end_stage()
    if not isinstance(outcome, Done | Snooze | GiveUp):
        return TypeError(f"the handler answered {outcome!r}, not Done, Snooze or GiveUp")
    return outcome


def _settle(running: Running[Any], ending: Outcome | Exception) -> None:
    job, stages = running.job, list(running.stages)
    match ending:
        case Done():
            try:
                services.settle_done(job, ending, stages)
            except LostLease:
                raise
            except Exception as error:  # noqa: BLE001  the effect is part of the try
                _settle(running, error)
        case Snooze():
            services.settle_snoozed(job, ending, stages)
        case GiveUp():
            services.settle_given_up(job, ending, stages)
        case Stopping():
            services.release(job, why=ending.message, stages=stages)
        case LostLease():
            raise ending
        case Cancelled():
            services.settle_cancelled(job, stages)
        case StakazoError(permanent=True):
            services.settle_given_up(job, GiveUp(ending.message, ending.code), stages)
        case StakazoError():
            _settle_failed(job, ending, stages)
        case Exception() if isinstance(ending, services.DATABASE_GONE):
            if not connection.in_atomic_block:
                connection.close()
            _settle_failed(job, DatabaseAway(f"The database did not answer: {ending}"), stages)
        case _:
            logger.error("Job %s failed on a bug", job.pk, exc_info=ending)
            services.settle_failed(
                job,
                error=f"{type(ending).__name__}: {ending}",
                error_code="jobs.bug",
                traceback="".join(traceback.format_exception(ending)),
                stages=stages,
            )


def _settle_failed(job: Job, error: StakazoError, stages: list[dict[str, Any]]) -> None:
    services.settle_failed(
        job,
        error=error.message,
        error_code=error.code,
        stages=stages,
        retry_after_s=error.details.get("retry_after_s"),
    )
