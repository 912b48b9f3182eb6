"""The same thing done to many jobs, as jobs with progress of their own."""

import itertools
import uuid
from collections.abc import Iterator

from django.db.models import QuerySet

from jobs.errors import NothingMatches
from jobs.models import Job, JobBatch
from jobs.payloads import ActOnJobs
from jobs.services.batches import enqueue_batch

PER_JOB = 500


def act_on_many(jobs: QuerySet[Job], action: str, *, why: str = "asked for") -> JobBatch:
    """Retry or cancel these jobs in the background: a batch of jobs, each for 500 of them.

    Those that the action does not suit (a live one to be retried, an ended one to be cancelled) are
    left out now, and skipped when they have moved on meanwhile. Raises NothingMatches.
    """
    suits = Job.BURIED if action == "retry" else Job.LIVE
    ids = list(jobs.filter(status__in=suits).order_by("id").values_list("pk", flat=True))
    if not ids:
        raise NothingMatches(f"There is no job to {action} among these.", action=action)
    parts = [("act_on_jobs", ActOnJobs(action, part, why)) for part in _parts(ids)]
    return enqueue_batch(f"{action} {len(ids)} jobs", parts, priority=50)


def _parts(ids: list[uuid.UUID]) -> Iterator[tuple[uuid.UUID, ...]]:
    rest = iter(ids)
    while part := tuple(itertools.islice(rest, PER_JOB)):
        yield part
