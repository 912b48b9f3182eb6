"""Letting go of what nobody looks at any more."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, ForeignObjectRel, OuterRef, QuerySet
from django.utils import timezone

from jobs.models import Job, JobAttempt

BATCH = 500


def forget_housekeeping(
    *,
    keep_days: int,
    now: datetime | None = None,
    check: Callable[[], None] = lambda: None,
    batch: int = BATCH,
) -> int:
    """Delete jobs of schedules that were completed so long ago, with their attempts; how many.

    Jobs that any row refers to stay, and so does what the ledger remembers. check: called before
    each batch; raises when we must end.
    """
    before = (now or timezone.now()) - timedelta(days=keep_days)
    forgotten = 0
    while True:
        check()
        with transaction.atomic():
            keys = list(_forgettable(before).order_by("id").values_list("pk", flat=True)[:batch])
            JobAttempt.objects.filter(job__in=keys).delete()
            Job.objects.filter(pk__in=keys).delete()
        forgotten += len(keys)
        if len(keys) < batch:
            return forgotten


def _forgettable(before: datetime) -> QuerySet[Job]:
    jobs = Job.objects.filter(
        status=Job.Status.COMPLETED, dedup_key__startswith="schedule:", ended_at__lt=before
    )
    for relation in Job._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and relation.related_model is not JobAttempt:
            rows: Any = relation.related_model  # a class by now, not "self" or a name
            referring = rows._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            jobs = jobs.exclude(Exists(referring))
    return jobs
