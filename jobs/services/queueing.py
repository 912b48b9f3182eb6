"""What people do to whole queues: pause, resume, drain, limit."""

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from jobs.models import QUEUE, Job, JobQueue
from jobs.registry import check_queue
from ledger.services import log_event

S = JobQueue.Status


def pause_queue(name: str, *, why: str = "asked for") -> JobQueue:
    """Have no worker take jobs of this queue; running ones go on. Again: nothing changes.

    Raises UnknownQueue.
    """
    return _move(name, S.PAUSED, why)


def resume_queue(name: str, *, why: str = "asked for") -> JobQueue:
    """Have workers take jobs of this queue again. Raises UnknownQueue."""
    return _move(name, S.RUNNING, why)


def drain_queue(name: str, *, why: str = "asked for") -> JobQueue:
    """Have what waits now done, and nothing newer; then the queue pauses. Raises UnknownQueue."""
    return _move(name, S.DRAINING, why)


def limit_queue(
    name: str, *, host_limit: int | None, total_limit: int | None, why: str = "asked for"
) -> JobQueue:
    """Set how many jobs of it run at once, on one machine and on all; None: as the settings say.

    Raises UnknownQueue.
    """
    check_queue(name)
    with transaction.atomic():
        queue = _row(name)
        limits = {"host_limit": host_limit, "total_limit": total_limit}
        JobQueue.objects.filter(pk=queue.pk).update(**limits)
        log_event("queue_limited", entity=queue, metadata={**limits, "why": why})
        queue.refresh_from_db()
    return queue


def pause_drained() -> int:
    """Pause the queues that were told to drain and have nothing left to do; how many."""
    return sum(_pause_if_drained(queue) for queue in JobQueue.objects.filter(status=S.DRAINING))


def _pause_if_drained(queue: JobQueue) -> bool:
    left = Job.objects.filter(
        Q(status__in=[Job.Status.PENDING, Job.Status.PROCESSING])
        | Q(status__in=Job.LATER, run_at__lte=queue.drain_before),
        queue=queue.name,
        created_at__lte=queue.drain_before,
    )
    if left.exists():
        return False
    _move(queue.name, S.PAUSED, "drained")
    return True


def _move(name: str, to: str, why: str) -> JobQueue:
    check_queue(name)
    with transaction.atomic():
        queue = _row(name)
        if queue.status == to:
            return queue
        before = timezone.now() if to == S.DRAINING else None
        return QUEUE.move(queue, to, why=why, values={"why": why[:200], "drain_before": before})


def _row(name: str) -> JobQueue:
    """The row of the queue, ours until the commit."""
    JobQueue.objects.get_or_create(name=name)
    return JobQueue.objects.select_for_update().get(name=name)
