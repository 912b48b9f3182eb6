"""Every write to jobs: enqueue, claim, settle, retry, cancel."""

import logging
import random
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils import timezone

from jobs import transport
from jobs.errors import LostLease
from jobs.models import JOB, Job, JobAttempt
from jobs.registry import (
    Done,
    GiveUp,
    JobType,
    Snooze,
    decode_payload,
    encode_payload,
    job_type,
)
from ledger.context import current
from ledger.machine import StaleState

logger = logging.getLogger(__name__)


# --- Putting work in ----------------------------------------------------------------------------


def enqueue(
    name: str,
    payload: Any,
    *,
    dedup_key: str = "",
    priority: int = 0,
    run_at: datetime | None = None,
    parent: Job | None = None,
    correlation_id: str = "",
) -> Job:
    """Put work in the queue, in the caller's transaction; the bell rings when that commits.

    payload: the dataclass of the job type, or its JSON form. With a dedup_key, a live job of the
    same key is given back instead of a second one. Raises UnknownJobType, BadPayload.
    """
    kind = job_type(name)
    data = encode_payload(
        payload if isinstance(payload, kind.payload) else decode_payload(kind, payload)
    )
    job = Job(
        job_type=kind.name,
        queue=kind.queue,
        payload=data,
        priority=priority,
        run_at=run_at or timezone.now(),
        max_attempts=kind.max_attempts,
        timeout_s=kind.timeout_s,
        dedup_key=dedup_key,
        parent=parent,
        correlation_id=correlation_id or current().correlation_id,
    )
    if dedup_key and (live := _live(dedup_key)):
        return live
    try:
        with transaction.atomic():
            job.save(force_insert=True)
    except IntegrityError:
        if dedup_key and (live := _live(dedup_key)):
            return live
        raise
    transport.ring_after_commit(job)
    return job


def _live(dedup_key: str) -> Job | None:
    return Job.objects.filter(dedup_key=dedup_key, status__in=Job.LIVE).first()


# --- Taking work --------------------------------------------------------------------------------


def claim_next(queue: str, *, worker_id: str, now: datetime | None = None) -> Job | None:
    """Take the best due job of the queue, or None. See `claim`."""
    now = now or timezone.now()
    return _claim(Q(queue=queue, run_at__lte=now), worker_id=worker_id, now=now)


def claim(job_id: uuid.UUID, *, worker_id: str, now: datetime | None = None) -> Job | None:
    """Take this very job if it waits; None when it does not (any more).

    Raises its fencing token and its attempt count, takes a lease and opens a JobAttempt, all before
    anything runs, so that a job that kills its worker is counted too.
    """
    return _claim(Q(pk=job_id), worker_id=worker_id, now=now or timezone.now())


def _claim(which: Q, *, worker_id: str, now: datetime) -> Job | None:
    with transaction.atomic():
        waiting = Job.objects.filter(which, status__in=Job.DUE)
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
                    "lease_until": now + timedelta(seconds=settings.JOB_LEASE_S),
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


def renew_lease(job: Job, *, now: datetime | None = None, **values: Any) -> bool:
    """Hold the job for another lease and write `values` (stage, progress). False: it is not ours."""
    lease = (now or timezone.now()) + timedelta(seconds=settings.JOB_LEASE_S)
    return bool(_ours(job).update(lease_until=lease, **values))


def check_token(job: Job) -> None:
    """Inside a transaction: hold the row until it commits. Raises LostLease when it is not ours."""
    if not _ours(job).update(lease_until=timezone.now() + timedelta(seconds=settings.JOB_LEASE_S)):
        raise LostLease("This worker no longer holds the job.", job_id=str(job.pk))


def _ours(job: Job) -> Any:
    return Job.objects.filter(
        pk=job.pk, status=Job.Status.PROCESSING, fencing_token=job.fencing_token
    )


# --- Ending work --------------------------------------------------------------------------------

_ENDED: dict[str, Any] = {"lease_until": None, "worker_id": ""}


def settle_done(job: Job, done: Done, stages: list[dict[str, Any]]) -> None:
    """Complete the job, with its effect, in one transaction guarded by the token.

    Raises LostLease when the job is no longer ours; then nothing happened.
    """
    with transaction.atomic():
        check_token(job)
        facts = dict(done.facts)
        if done.effect is not None:
            facts |= done.effect() or {}
        _move(job, Job.Status.COMPLETED, result=facts, progress=1.0)
        _end_attempt(job, JobAttempt.Outcome.DONE, stages)


def settle_snoozed(job: Job, snooze: Snooze, stages: list[dict[str, Any]]) -> None:
    """Put the job back for later; the attempt does not count."""
    with transaction.atomic():
        check_token(job)
        _move(
            job,
            Job.Status.RETRY,
            why=snooze.why,
            run_at=timezone.now() + timedelta(seconds=snooze.seconds),
            attempt=max(job.attempt - 1, 0),
            rung_at=None,
        )
        _end_attempt(job, JobAttempt.Outcome.SNOOZED, stages, error=snooze.why)
        transport.ring_after_commit(job)


def settle_given_up(job: Job, given_up: GiveUp, stages: list[dict[str, Any]]) -> None:
    """End the job as failed for good."""
    with transaction.atomic():
        check_token(job)
        _move(
            job,
            Job.Status.FAILED,
            why=given_up.why,
            error=given_up.why,
            error_code=given_up.code,
        )
        _end_attempt(
            job,
            JobAttempt.Outcome.GAVE_UP,
            stages,
            error=given_up.why,
            error_code=given_up.code,
        )


def settle_failed(
    job: Job,
    *,
    error: str,
    error_code: str,
    traceback: str = "",
    stages: list[dict[str, Any]] | None = None,
    outcome: str = JobAttempt.Outcome.FAILED,
    retry_after_s: float | None = None,
    now: datetime | None = None,
) -> None:
    """After a failed try: wait and try again, or, when the attempts are used up, the dead letter."""
    now = now or timezone.now()
    with transaction.atomic():
        check_token(job)
        facts = {"error": error, "error_code": error_code}
        if job.attempt >= job.max_attempts:
            _move(job, Job.Status.DEAD, why=f"{job.attempt} of {job.max_attempts} tries", **facts)
        else:
            wait_s = retry_after_s or backoff_s(_kind_or_none(job), job.attempt)
            _move(
                job,
                Job.Status.RETRY,
                why=error,
                run_at=now + timedelta(seconds=wait_s),
                rung_at=None,
                **facts,
            )
            transport.ring_after_commit(job)
        _end_attempt(
            job, outcome, stages or [], error=error, error_code=error_code, traceback=traceback
        )


def settle_cancelled(job: Job, stages: list[dict[str, Any]]) -> None:
    """End the job because somebody asked for it."""
    with transaction.atomic():
        check_token(job)
        _move(job, Job.Status.CANCELLED, why="somebody asked for it")
        _end_attempt(job, JobAttempt.Outcome.CANCELLED, stages)


def release(job: Job, *, why: str) -> None:
    """Hand unfinished work back, no attempt counted: this worker stops."""
    settle_snoozed(job, Snooze(0, why), [])


def backoff_s(kind: JobType[Any] | None, attempt: int) -> float:
    """Seconds to wait after this attempt: exponential, full jitter (Brooker, AWS blog, 2015).

    Half a second at least, so that a broken dependency is not hammered.
    """
    base, most = (kind.backoff_base_s, kind.backoff_max_s) if kind else (2.0, 300.0)
    return max(0.5, random.uniform(0, min(most, base * 2 ** (attempt - 1))))  # noqa: S311  no secret


def _kind_or_none(job: Job) -> JobType[Any] | None:
    from jobs.registry import JOB_TYPES

    return JOB_TYPES.get(job.job_type)


def _move(job: Job, to: str, *, why: str = "", **values: Any) -> None:
    JOB.move(job, to, why=why, values=_ENDED | values, only_if=Q(fencing_token=job.fencing_token))


def _end_attempt(job: Job, outcome: str, stages: list[dict[str, Any]], **facts: Any) -> None:
    JobAttempt.objects.filter(job=job, fencing_token=job.fencing_token).update(
        outcome=outcome, stages=stages, ended_at=timezone.now(), **facts
    )


# --- By hand ------------------------------------------------------------------------------------


def retry_job(job: Job, *, why: str = "asked for") -> Job:
    """Put an ended (failed, dead or cancelled) job in the queue again, its attempts counted anew.

    Raises IllegalMove for a job that is live or completed.
    """
    with transaction.atomic():
        JOB.move(
            job,
            Job.Status.PENDING,
            why=why,
            values={
                "attempt": 0,
                "run_at": timezone.now(),
                "ended_at": None,
                "rung_at": None,
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
    if job.status == Job.Status.PROCESSING and _ours(job).update(cancel_requested=True):
        job.cancel_requested = True
        return job
    return JOB.move(job, Job.Status.CANCELLED, why=why)
