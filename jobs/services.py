"""Every write to jobs: enqueue, claim, renew, settle, retry, cancel."""

import copy
import logging
import random
import time
import uuid
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import (
    IntegrityError,
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)
from django.db.models import Q, QuerySet
from django.utils import timezone

from jobs import transport
from jobs.errors import DatabaseAway, LostLease, NotWaiting
from jobs.models import JOB, Job, JobAttempt
from jobs.queries import heavy_jobs_running, jobs_due, jobs_unrung
from jobs.registry import (
    JOB_TYPES,
    Done,
    GiveUp,
    JobType,
    Snooze,
    decode_payload,
    encode_payload,
    job_type,
)
from ledger.context import acting, current
from ledger.machine import StaleState
from ledger.services import log_job_event
from stakazo.core.errors import StakazoError

logger = logging.getLogger(__name__)

MAX_WORDS_CHARS = 20_000
DATABASE_GONE = (OperationalError, InterfaceError)


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
    kind, now = job_type(name), timezone.now()
    data = encode_payload(
        payload if isinstance(payload, kind.payload) else decode_payload(kind, payload)
    )
    job = Job(
        job_type=kind.name,
        queue=kind.queue,
        payload=data,
        priority=priority,
        run_at=run_at or now,
        rung_at=None if run_at and run_at > now else now,
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
                    "lease_until": _lease_end(now),
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


def renew_lease(job: Job, *, now: datetime | None = None, **values: Any) -> bool:
    """Hold the job for another lease and write `values` (stage, progress). False: it is not ours."""
    return bool(_ours(job).update(lease_until=_lease_end(now or timezone.now()), **values))


def keep_stages(job: Job, stages: list[dict[str, Any]]) -> None:
    """Note how far this attempt came, for the case that its worker dies."""
    _attempt_of(job).filter(outcome=JobAttempt.Outcome.RUNNING).update(stages=stages)


def check_token(job: Job) -> None:
    """Inside a transaction: hold the row until it commits. Raises LostLease when it is not ours."""
    if not renew_lease(job):
        raise LostLease("This worker no longer holds the job.", job_id=str(job.pk))


def _lease_end(now: datetime) -> datetime:
    return now + timedelta(seconds=settings.JOB_LEASE_S)


def _ours(job: Job) -> QuerySet[Job]:
    return Job.objects.filter(
        pk=job.pk, status=Job.Status.PROCESSING, fencing_token=job.fencing_token
    )


def _attempt_of(job: Job) -> QuerySet[JobAttempt]:
    return JobAttempt.objects.filter(job=job, fencing_token=job.fencing_token)


# --- Ending work --------------------------------------------------------------------------------

_ENDED: dict[str, Any] = {"lease_until": None, "worker_id": ""}
_WAITS_S = (0.1, 0.5, 1.0, 2.0)
Stages = list[dict[str, Any]]


def settle_done(job: Job, done: Done, stages: Stages) -> None:
    """Complete the job, with its effect, in one transaction guarded by the token.

    Raises LostLease when the job is no longer ours; then nothing happened.
    """

    def write(job: Job) -> None:
        facts = dict(done.facts)
        if done.effect is not None:
            facts |= done.effect() or {}
        _move(job, Job.Status.COMPLETED, result=facts, progress=1.0)
        _end_attempt(job, JobAttempt.Outcome.DONE, stages)

    _settle(job, write, JobAttempt.Outcome.DONE)


def settle_snoozed(job: Job, snooze: Snooze, stages: Stages) -> None:
    """Put the job back for later; the attempt does not count."""
    _put_back(job, snooze, stages, JobAttempt.Outcome.SNOOZED)


def release(job: Job, *, why: str, stages: Stages | None = None) -> None:
    """Hand unfinished work back at once, no attempt counted: its worker stops."""
    _put_back(job, Snooze(0, why), stages, JobAttempt.Outcome.RELEASED)


def _put_back(job: Job, snooze: Snooze, stages: Stages | None, outcome: str) -> None:
    def write(job: Job) -> None:
        _move(
            job,
            Job.Status.RETRY,
            why=snooze.why,
            run_at=timezone.now() + timedelta(seconds=snooze.seconds),
            attempt=max(job.attempt - 1, 0),
            rung_at=None,
        )
        _end_attempt(job, outcome, stages, error=snooze.why)
        transport.ring_after_commit(job)

    _settle(job, write, outcome)


def settle_given_up(job: Job, given_up: GiveUp, stages: Stages) -> None:
    """End the job as failed for good."""

    def write(job: Job) -> None:
        facts = {"error": _words(given_up.why), "error_code": given_up.code}
        _move(job, Job.Status.FAILED, why=facts["error"], **facts)
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
        if job.attempt >= job.max_attempts:
            _move(job, Job.Status.DEAD, why=f"{job.attempt} of {job.max_attempts} tries", **facts)
        else:
            wait_s = retry_after_s or backoff_s(JOB_TYPES.get(job.job_type), job.attempt)
            run_at = (now or timezone.now()) + timedelta(seconds=wait_s)
            _move(job, Job.Status.RETRY, why=facts["error"], run_at=run_at, rung_at=None, **facts)
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

    The attempt was counted when it was claimed, so that a job that kills its workers runs out.
    """
    if job.cancel_requested:
        settle_cancelled(job, None)
        return
    settle_failed(
        job,
        error=why,
        error_code="jobs.worker-lost",
        outcome=JobAttempt.Outcome.LOST,
        now=now,
    )


def _settle(job: Job, write: Callable[[Job], None], outcome: str) -> None:
    """Run `write` in a transaction guarded by the token; try again when the database goes away.

    Each try works on a copy: a rolled back move must not leave its mark on the row in hand. When a
    commit's answer was lost on the way, the attempt's outcome tells that it did happen.
    """
    for wait_s in (*_WAITS_S, None):
        fresh = copy.copy(job)
        first = wait_s == _WAITS_S[0]
        try:
            with transaction.atomic():
                check_token(fresh)
                write(fresh)
        except DATABASE_GONE:
            if wait_s is None or connection.in_atomic_block:
                raise
            logger.warning("The database went away while job %s was settled", job.pk)
            connection.close()
            time.sleep(wait_s)
        except LostLease:
            if not first and _attempt_of(job).filter(outcome=outcome).exists():
                return
            raise
        except StakazoError as error:
            if first:
                raise
            # The effect was half done in memory when the database went away; do the job anew.
            raise DatabaseAway("The database went away while the result was saved.") from error
        else:
            job.__dict__.update(fresh.__dict__)
            return


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
    JOB.move(job, to, why=why, values=_ENDED | values, only_if=Q(fencing_token=job.fencing_token))
    if to in Job.BURIED:
        _tell_owner(job)


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


def _end_attempt(job: Job, outcome: str, stages: Stages | None, **facts: Any) -> None:
    """Close the attempt. stages None: what the heartbeat noted stays."""
    if stages is not None:
        facts["stages"] = stages
    _attempt_of(job).update(outcome=outcome, ended_at=timezone.now(), **facts)


# --- By hand ------------------------------------------------------------------------------------


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
        if _ours(job).filter(cancel_requested=False).update(cancel_requested=True):
            log_job_event("job_cancel_requested", job.pk, metadata={"why": why})
        job.refresh_from_db()
        if job.status == Job.Status.PROCESSING:
            return job
    with transaction.atomic():
        JOB.move(job, Job.Status.CANCELLED, why=why)
        _tell_owner(job)
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


def ring_due(*, queue: str = "", limit: int, now: datetime | None = None) -> int:
    """Ring for due jobs, best first, whether or not their bell rang before; how many."""
    now = now or timezone.now()
    due = jobs_due(now=now, queue=queue).order_by("-priority", "run_at", "id")[:limit]
    return sum(_ring(job, now=now) for job in due)


def ring_unrung(*, limit: int, now: datetime | None = None) -> int:
    """Ring for due jobs whose bell did not ring, or rang in vain; how many. Safe in many places."""
    now = now or timezone.now()
    rung = 0
    for job in jobs_unrung(now=now).order_by("-priority", "run_at", "id")[:limit]:
        if jobs_unrung(now=now).filter(pk=job.pk).update(rung_at=now):
            transport.ring(job.queue)
            rung += 1
    return rung


def _ring(job: Job, *, now: datetime) -> int:
    if not Job.objects.filter(pk=job.pk, status__in=Job.DUE).update(rung_at=now):
        return 0
    transport.ring(job.queue)
    return 1
