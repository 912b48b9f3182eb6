"""Ending work: each outcome in one transaction, guarded by the token."""

import copy
import logging
import random
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from jobs import transport
from jobs.errors import DatabaseAway, LostLease
from jobs.models import JOB, Job, JobAttempt
from jobs.registry import JOB_TYPES, Done, GiveUp, JobType, Snooze
from jobs.services.causes import cause_of
from jobs.services.ending import see_end
from jobs.services.holding import attempt_of, check_token
from ledger.machine import StaleState
from stakazo.core import bundles
from stakazo.core.bundles import Write, bundled
from stakazo.core.errors import StakazoError
from stakazo.core.rows import change

logger = logging.getLogger(__name__)

MAX_WORDS_CHARS = 20_000
DATABASE_GONE = (OperationalError, InterfaceError)

_ENDED: dict[str, Any] = {"lease_until": None, "worker_id": ""}
_WAITS_S = (0.1, 0.5, 1.0, 2.0)
Stages = list[dict[str, Any]]


def settle_done(
    job: Job, done: Done, stages: Stages, *, then: Callable[[], Job | None] | None = None
) -> Job | None:
    """Complete the job, with its effect, in one transaction guarded by the token.

    then: takes another job at the end of the same transaction. Answers that job; None where there was
    none, or where the database went away meanwhile: whoever looks for lost jobs will find it. Raises
    LostLease when the job is no longer ours; then nothing happened.
    """
    taken: list[Job | None] = []
    steps = [lambda: taken.append(then())] if then else []

    def write(job: Job) -> None:
        facts = dict(done.facts)
        if done.effect is not None:
            check_token(job)
            facts |= done.effect() or {}
        with _ours(job), bundled() as together:
            _move(job, Job.Status.COMPLETED, result=facts, progress=1.0)
            _end_attempt(job, JobAttempt.Outcome.DONE, stages)
            together.afterwards += steps
            steps.clear()

    # Without an effect the transaction is that of the bundle: as short as can be.
    guard = nullcontext if done.effect is None else transaction.atomic
    at_once = _settle(job, write, JobAttempt.Outcome.DONE, guard=guard)
    return taken[0] if at_once and taken else None


def settle_snoozed(job: Job, snooze: Snooze, stages: Stages) -> None:
    """Put the job back for later; the attempt does not count."""
    later = timezone.now() + timedelta(seconds=snooze.seconds)
    _put_back(job, Job.Status.SCHEDULED, snooze.why, later, stages, JobAttempt.Outcome.SNOOZED)


def release(job: Job, *, why: str, stages: Stages | None = None) -> None:
    """Hand unfinished work back at once, no attempt counted: its worker stops."""
    outcome = JobAttempt.Outcome.RELEASED
    _put_back(job, Job.Status.PENDING, why, timezone.now(), stages, outcome)


def _put_back(
    job: Job, to: str, why: str, run_at: datetime, stages: Stages | None, outcome: str
) -> None:
    def write(job: Job) -> None:
        attempt = max(job.attempt - 1, 0)
        _move(job, to, why=why, run_at=run_at, attempt=attempt, rung_at=None)
        _end_attempt(job, outcome, stages, error=_words(why))
        transport.ring_after_commit(job)

    _settle(job, write, outcome)


def settle_given_up(job: Job, given_up: GiveUp, stages: Stages) -> None:
    """End the job as failed for good."""

    def write(job: Job) -> None:
        facts = {"error": _words(given_up.why), "error_code": given_up.code}
        group = cause_of(job.job_type, given_up.code, given_up.why)
        _move(job, Job.Status.FAILED, why=facts["error"], error_group=group, **facts)
        _end_attempt(job, JobAttempt.Outcome.GAVE_UP, stages, **facts)

    _settle(job, write, JobAttempt.Outcome.GAVE_UP)


def settle_failed(
    job: Job,
    *,
    error: str,
    error_code: str,
    traceback: str = "",
    stages: Stages | None = None,
    outcome: str = JobAttempt.Outcome.FAILED,
    retry_after_s: float | None = None,
    now: datetime | None = None,
) -> None:
    """After a failed try: wait and try again, or, when the attempts are used up, the dead letter."""

    def write(job: Job) -> None:
        facts = {"error": _words(error), "error_code": error_code}
        known = facts | {"error_group": cause_of(job.job_type, error_code, error)}
        if job.attempt >= job.max_attempts:
            _move(job, Job.Status.DEAD, why=f"{job.attempt} of {job.max_attempts} tries", **known)
        else:
            wait_s = retry_after_s
            if wait_s is None:
                wait_s = backoff_s(JOB_TYPES.get(job.job_type), job.attempt)
            run_at = (now or timezone.now()) + timedelta(seconds=wait_s)
            _move(job, Job.Status.RETRY, why=facts["error"], run_at=run_at, rung_at=None, **known)
        _end_attempt(job, outcome, stages, traceback=_words(traceback), **facts)

    _settle(job, write, outcome)


def settle_cancelled(job: Job, stages: Stages | None) -> None:
    """End the job because somebody asked for it."""

    def write(job: Job) -> None:
        _move(job, Job.Status.CANCELLED, why="somebody asked for it")
        _end_attempt(job, JobAttempt.Outcome.CANCELLED, stages)

    _settle(job, write, JobAttempt.Outcome.CANCELLED)


def settle_lost(job: Job, *, why: str, now: datetime | None = None) -> None:
    """The worker of this attempt is gone: try again, or the dead letter, or, if asked for, cancel.

    The attempt was counted when it was claimed, so that a job that kills its workers runs out. The
    first time it is tried again at once: mostly it was not the job's fault.
    """
    if job.cancel_requested:
        settle_cancelled(job, None)
        return
    settle_failed(
        job,
        error=why,
        error_code="jobs.worker-lost",
        outcome=JobAttempt.Outcome.LOST,
        retry_after_s=0.0 if job.attempt == 1 else None,
        now=now,
    )


def _settle(
    job: Job,
    write: Callable[[Job], None],
    outcome: str,
    *,
    guard: Callable[[], AbstractContextManager[None]] = transaction.atomic,
) -> bool:
    """Run `write` in a transaction guarded by the token; try again when the database goes away.

    Each try works on a copy: a rolled back move must not leave its mark on the row in hand. When a
    commit's answer was lost on the way, the attempt's outcome tells that it did happen. Answers
    whether the first try did it. guard: what `write` runs in, where it does not see to that itself.
    """
    for wait_s in (*_WAITS_S, None):
        fresh = copy.copy(job)
        first = wait_s == _WAITS_S[0]
        try:
            with guard():
                write(fresh)
        except DATABASE_GONE as error:
            if wait_s is None or connection.in_atomic_block:
                raise
            logger.warning("The database went away while job %s was settled: %s", job.pk, error)
            connection.close()
            time.sleep(wait_s)
        except LostLease:
            if not first and attempt_of(job).filter(outcome=outcome).exists():
                return False
            raise
        except StakazoError as error:
            if first:
                raise
            # The effect was half done in memory when the database went away; do the job anew.
            raise DatabaseAway("The database went away while the result was saved.") from error
        else:
            job.__dict__.update(fresh.__dict__)
            return first
    raise AssertionError("the last try returns or raises")


def backoff_s(kind: JobType[Any] | None, attempt: int) -> float:
    """Seconds to wait after this attempt: exponential, full jitter (Brooker, AWS blog, 2015).

    Half a second at least, so that a broken dependency is not hammered.
    """
    base, most = (kind.backoff_base_s, kind.backoff_max_s) if kind else (2.0, 300.0)
    return max(0.5, random.uniform(0, min(most, base * 2 ** (attempt - 1))))  # noqa: S311  no secret


def _words(text: str) -> str:
    """Text from anywhere, ffmpeg say, as the database takes it: no NUL, not endless."""
    return text.replace("\x00", "")[:MAX_WORDS_CHARS]


def _move(job: Job, to: str, *, why: str = "", **values: Any) -> None:
    with _ours(job):
        JOB.move(
            job, to, why=why, values=_ENDED | values, only_if={"fencing_token": job.fencing_token}
        )
    if to not in Job.WAITING:
        see_end(job)


@contextmanager
def _ours(job: Job) -> Iterator[None]:
    """Within this block, a move that finds another token means that the job is not ours."""
    try:
        yield
    except StaleState as error:
        raise LostLease("This worker no longer holds the job.", job_id=str(job.pk)) from error


def _end_attempt(job: Job, outcome: str, stages: Stages | None, **facts: Any) -> None:
    """Close the attempt. stages None: what the heartbeat noted stays."""
    if stages is not None:
        facts["stages"] = stages
    values = facts | {"outcome": outcome, "ended_at": timezone.now()}
    held = {"job": job.pk, "fencing_token": job.fencing_token}
    bundles.write(Write(*change(JobAttempt, values, where=held)))
