"""Putting work in."""

import zlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from jobs import transport
from jobs.models import Job, JobBatch
from jobs.registry import decode_payload, encode_payload, job_type
from jobs.services.following import follow
from ledger.context import current
from stakazo.core.rows import create_row


def enqueue(
    name: str,
    payload: Any,
    *,
    dedup_key: str = "",
    dedup_for_s: float | None = None,
    priority: int = 0,
    run_at: datetime | None = None,
    after: Iterable[Job] = (),
    after_any_end: bool = False,
    batch: JobBatch | None = None,
    parent: Job | None = None,
    correlation_id: str = "",
) -> Job:
    """Put work in the queue, in the caller's transaction; the bell rings when that commits.

    payload: the dataclass of the job type, or its JSON form. dedup_key: a live job of the same key
    is given back instead of a second one; with dedup_for_s also one made in the last so many seconds
    that completed. after: it begins when all of these have completed, and is cancelled when one ends
    badly; after_any_end: however they end. Raises UnknownJobType, BadPayload, PredecessorFailed.
    """
    kind, now = job_type(name), timezone.now()
    is_later = run_at is not None and run_at > now
    job = Job(
        job_type=kind.name,
        queue=kind.queue,
        status=Job.Status.SCHEDULED if is_later else Job.Status.PENDING,
        payload=encode_payload(
            payload if isinstance(payload, kind.payload) else decode_payload(kind, payload)
        ),
        priority=priority,
        run_at=run_at or now,
        rung_at=None if is_later else now,
        max_attempts=kind.max_attempts,
        timeout_s=kind.timeout_s,
        dedup_key=dedup_key,
        batch=batch,
        parent=parent,
        correlation_id=correlation_id or current().correlation_id,
    )
    after = list(after)
    if dedup_key and dedup_for_s is not None:
        with transaction.atomic():
            _hold_key(dedup_key)
            since = now - timedelta(seconds=dedup_for_s)
            return _recent(dedup_key, since) or _put(job, after, after_any_end)
    if dedup_key and (live := _live(dedup_key)):
        return live
    return _put(job, after, after_any_end)


def _put(job: Job, after: list[Job], after_any_end: bool) -> Job:
    try:
        with transaction.atomic():
            if after:
                follow(job, after, needs_success=not after_any_end)
            else:
                create_row(job)
    except IntegrityError:
        if job.dedup_key and (live := _live(job.dedup_key)):
            return live
        raise
    if not job.after_left:
        transport.ring_after_commit(job)
    return job


def _live(dedup_key: str) -> Job | None:
    return Job.objects.filter(dedup_key=dedup_key, status__in=Job.LIVE).first()


def _recent(dedup_key: str, since: datetime) -> Job | None:
    same = Job.objects.filter(dedup_key=dedup_key).order_by("-created_at")
    return (
        _live(dedup_key)
        or same.exclude(status__in=Job.BURIED).filter(created_at__gte=since).first()
    )


def _hold_key(dedup_key: str) -> None:
    """Until the commit nobody else decides about this key. (SQLite: we are the only writer.)"""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtext('stakazo.jobs.dedup'), %s)",
                [zlib.crc32(dedup_key.encode()) - 2**31],
            )
