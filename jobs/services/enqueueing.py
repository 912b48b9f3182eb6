"""Putting work in."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from jobs import transport
from jobs.models import Job
from jobs.registry import decode_payload, encode_payload, job_type
from ledger.context import current


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
