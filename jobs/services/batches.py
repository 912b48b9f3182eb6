"""Batches: jobs that are put in together, with a job that begins when all of them have ended."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from jobs.errors import EmptyBatch
from jobs.models import Job, JobBatch
from jobs.services.enqueueing import enqueue


def enqueue_batch(
    name: str,
    jobs: Iterable[tuple[str, Any]],
    *,
    then: tuple[str, Any] | None = None,
    priority: int = 0,
    correlation_id: str = "",
) -> JobBatch:
    """Put jobs in together: all of them or, when one is refused, none.

    jobs: (job type, payload) each. then: (job type, payload) of the callback, which begins when all
    have ended, however they ended; a payload with a field `batch_id` is told which batch it was.
    Raises EmptyBatch, UnknownJobType, BadPayload.
    """
    wanted = list(jobs)
    if not wanted:
        raise EmptyBatch("A batch holds at least one job.", name=name)
    with transaction.atomic():
        batch = JobBatch.objects.create(name=name[:128], total=len(wanted))
        members = [
            enqueue(kind, payload, batch=batch, priority=priority, correlation_id=correlation_id)
            for kind, payload in wanted
        ]
        if then is not None:
            batch.callback = _callback(batch, members, then, correlation_id)
            batch.save(update_fields=["callback"])
    return batch


def _callback(
    batch: JobBatch, members: list[Job], then: tuple[str, Any], correlation_id: str
) -> Job:
    kind, payload = then
    if isinstance(payload, Mapping):
        payload = {**payload, "batch_id": str(batch.pk)}
    return enqueue(kind, payload, after=members, after_any_end=True, correlation_id=correlation_id)
