"""Workers as rows: they write that they live, and are told to stop."""

from datetime import datetime, timedelta

from django.utils import timezone

from jobs.models import JobWorker
from ledger.services import log_event

FORGET_AFTER = timedelta(minutes=10)


def note_pulse(worker: JobWorker, *, now: datetime | None = None) -> bool:
    """Write down that this worker lives, with its memory and count of jobs.

    Whether it was asked to stop. Not an event: it happens every few seconds.
    """
    worker.seen_at = now or timezone.now()
    told = {
        "seen_at": worker.seen_at,
        "memory_bytes": worker.memory_bytes,
        "children_memory_bytes": worker.children_memory_bytes,
        "jobs_done": worker.jobs_done,
    }
    row = JobWorker.objects.filter(worker_id=worker.worker_id)
    if not row.update(**told):  # the first time, or somebody took us for dead
        JobWorker.objects.bulk_create(
            [worker], update_conflicts=True, unique_fields=["worker_id"], update_fields=[*told]
        )
    return bool(row.values_list("stop_requested", flat=True).first())


def stop_worker(worker: JobWorker) -> bool:
    """Ask a worker to finish the job in hand and leave; past the grace it hands the job back.

    It notices within seconds, and its supervisor puts another in its place. False: it was asked
    before, or it is gone.
    """
    asked = JobWorker.objects.filter(pk=worker.pk, stop_requested=False).update(stop_requested=True)
    if asked:
        worker.stop_requested = True
        log_event(
            "worker_stop_asked",
            entity_type="worker",
            entity_id=worker.worker_id,
            metadata={"node": worker.node, "pid": worker.pid},
        )
    return bool(asked)


def forget_workers(group_id: str, *, except_for: set[int] | None = None) -> int:
    """Remove the rows of workers that ended, by how their ids begin; how many."""
    gone = JobWorker.objects.filter(worker_id__startswith=group_id)
    return gone.exclude(pid__in=except_for or ()).delete()[0]


def forget_silent_workers(*, now: datetime | None = None) -> int:
    """Remove the rows of workers that have been silent for so long that they must be gone."""
    silent = JobWorker.objects.filter(seen_at__lt=(now or timezone.now()) - FORGET_AFTER)
    return silent.delete()[0] if silent.exists() else 0
