"""Jobs that come after others: who waits for whom."""

import uuid
from collections.abc import Sequence

from jobs.errors import PredecessorFailed
from jobs.models import Job, JobDependency
from stakazo.core.rows import create_row

PREDECESSOR_FAILED = "jobs.predecessor-failed"


def follow(job: Job, after: Sequence[Job], *, needs_success: bool) -> None:
    """Insert a new job that waits for others. In the caller's transaction.

    Raises PredecessorFailed when one of them has ended badly already and success is needed.
    """
    ends = _held({one.pk for one in after})
    links = [
        JobDependency(job=job, on=one, needs_success=needs_success, open=one.status in Job.LIVE)
        for one in ends
    ]
    _refuse_the_hopeless(links)
    job.after_left = sum(link.open for link in links)
    create_row(job)
    JobDependency.objects.bulk_create(links)


def wait_again(job: Job) -> int:
    """Before an ended job is tried again: how many of those before it are to be waited for.

    Raises PredecessorFailed when one that must have completed has not, and is not about to.
    """
    links = list(job.waits_for.select_related("on"))
    live = {one.pk: one for one in _held({link.on_id for link in links})}
    for link in links:
        link.on = live[link.on_id]
        link.open = link.on.status in Job.LIVE
    _refuse_the_hopeless(links)
    JobDependency.objects.bulk_update(links, ["open"])
    return sum(link.open for link in links)


def cancelled_after(job: Job) -> list[Job]:
    """The jobs that were cancelled because this one ended badly."""
    followers = Job.objects.filter(
        waits_for__on=job, status=Job.Status.CANCELLED, error_code=PREDECESSOR_FAILED
    )
    return list(followers.order_by("id"))


def _held(ids: set[uuid.UUID]) -> list[Job]:
    """These jobs as they are, and as they stay until we commit."""
    return list(Job.objects.select_for_update().filter(pk__in=ids).order_by("pk"))


def _refuse_the_hopeless(links: Sequence[JobDependency]) -> None:
    for link in links:
        if link.needs_success and link.on.status in Job.BURIED:
            raise PredecessorFailed(
                f"The job {link.on} that it comes after is {link.on.status}; try that one again first.",
                entity_id=str(link.on_id),
                state=link.on.status,
            )
