"""What a worker does when the bell rings: claim → perform → settle."""

import contextlib
import logging
import math
import time
import traceback
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
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


SIGHT_HOLDS_S = (
    0.02  # who goes on with a job looks again after so long whether another queue has better
)


@dataclass
class Turn:
    """The time in which one worker takes job after job. until: by the monotonic clock."""

    taker: services.Taker
    until: float = math.inf
    _sight: services.Sight | None = None
    _sight_until: float = 0.0

    @property
    def goes_on(self) -> bool:
        """Whether it may take one more."""
        return time.monotonic() <= self.until and not worker.taking_no_more.is_set()

    def claim_ahead(self) -> Callable[[], Job | None] | None:
        """Where there seems to be more to do: what takes it, for whoever is about to commit."""
        if not self.goes_on:
            return None
        now = time.monotonic()
        if now > self._sight_until or self._sight is None:
            self._sight, self._sight_until = self.taker.look(), now + SIGHT_HOLDS_S
        return partial(self._take, self._sight) if self._sight.best else None

    def _take(self, sight: services.Sight) -> Job | None:
        job = self.taker.take(sight)
        if job is None:
            self._sight = None
        return job


def answer_bell(queue: str) -> int:
    """Do due jobs, best first, until none is due that this machine may take; how many were done.

    queue: what the bell rang for; any due job is as good an answer, for the best goes first. After
    JOB_DRAIN_S the worker rings for whoever comes next and goes back to the bell.
    """
    done = 0
    turn = Turn(services.Taker(worker_id()), time.monotonic() + settings.JOB_DRAIN_S)
    with worker.busy():
        try:
            job = None if worker.taking_no_more.is_set() else turn.taker.next()
            while job is not None:
                if worker.taking_no_more.is_set():
                    services.release(job, why="This worker stops.")
                    break
                queue = job.queue
                job = run_claimed(job, turn)
                done += 1
                if job is None and turn.goes_on:
                    job = turn.taker.next()
            if time.monotonic() > turn.until:
                transport.ring(queue)
        except services.DATABASE_GONE as error:
            # The sweeper rings again for what waits, and finds what we held.
            logger.warning("The database went away; this bell goes unanswered: %s", error)
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


def run_claimed(job: Job, turn: Turn | None = None) -> Job | None:
    """Perform a job that was claimed, and settle it.

    turn: it goes on with another job, which is claimed in the transaction that settles this one, and
    answered.
    """
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
            return None
        try:
            beside = Heartbeat(running, end_for=lambda reason: _settle_badly(running, reason))
            with worker.doing(running), beside:
                return _settle(running, _perform(running), turn)
        except LostLease:
            logger.warning("Job %s was taken from us; nothing was written", job.pk)
        except KeyboardInterrupt:
            with contextlib.suppress(StakazoError):
                services.release(job, why="interrupted", stages=running.stages)
            raise
    return None


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


def _settle(running: Running[Any], ending: Outcome | Exception, turn: Turn | None) -> Job | None:
    """Write down how this try ended; the job to go on with, where the same transaction took one."""
    if not isinstance(ending, Done):
        _settle_badly(running, ending)
        return None
    then = turn.claim_ahead() if turn else None
    try:
        return services.settle_done(running.job, ending, list(running.stages), then=then)
    except LostLease:
        raise
    except Exception as error:  # noqa: BLE001  the effect is part of the try
        _settle_badly(running, error)
        return None


def _settle_badly(running: Running[Any], ending: Snooze | GiveUp | Exception) -> None:
    job, stages = running.job, list(running.stages)
    match ending:
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
