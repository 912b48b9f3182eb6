"""Repair, every second or so, in as many places at once as there are supervisors.

Finds jobs that nobody works on any more, and rings for due jobs whose bell was lost or heard in vain.
"""

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from jobs import services, transport
from jobs.errors import LostLease
from jobs.models import Job
from jobs.queries import jobs_orphaned, jobs_unrung
from jobs.services.schedules import run_due_schedules
from ledger.context import acting

logger = logging.getLogger(__name__)

BATCH = 50


@dataclass(frozen=True)
class Swept:
    """What one sweep did."""

    lost: int = 0
    rung: int = 0
    drained: int = 0
    forgotten: int = 0


def sweep(*, now: datetime | None = None) -> Swept:
    """One round. Looks without locks first: where nothing is wrong nothing is written."""
    with acting(actor="sweeper"):
        run_due_schedules(now or timezone.now())
        return Swept(
            lost=_give_up_on_orphans(now or timezone.now()),
            rung=_ring_again(now or timezone.now()),
            drained=services.pause_drained(),
            forgotten=transport.forget_stale_bells(),
        )


def _give_up_on_orphans(now: datetime) -> int:
    orphans = jobs_orphaned(now=now).order_by("lease_until").values_list("pk", flat=True)[:BATCH]
    return sum(_give_up_on(job_id, now) for job_id in orphans)


def _give_up_on(job_id: uuid.UUID, now: datetime) -> int:
    with transaction.atomic():
        here = jobs_orphaned(now=now).filter(pk=job_id)
        if connection.features.has_select_for_update_skip_locked:
            here = here.select_for_update(skip_locked=True)
        job = here.first()
        if job is None:
            return 0  # another sweeper was first, or its worker lives after all
        return lose(job, why=f"The worker {job.worker_id} went away.", now=now)


def lose(job: Job, *, why: str, now: datetime | None = None) -> int:
    """Settle a job whose worker is gone. 0: it was settled meanwhile."""
    try:
        services.settle_lost(job, why=why, now=now)
    except LostLease:
        return 0
    logger.warning("Job %s: %s", job.pk, why)
    return 1


def _ring_again(now: datetime) -> int:
    if not jobs_unrung(now=now).exists():
        return 0
    free = transport.ENOUGH_BELLS - transport.bells_waiting()
    return services.ring_unrung(limit=free, now=now) if free > 0 else 0
