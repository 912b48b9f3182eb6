"""The doorbell: django-q2 carries the name of a queue to a worker, and nothing else."""

import logging
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction

if TYPE_CHECKING:
    from jobs.models import Job

logger = logging.getLogger(__name__)


def ring_after_commit(job: "Job") -> None:
    """Ring for this job once the caller's transaction has committed.

    A bell that cannot be rung (broker away) is only logged: the sweeper rings again.
    """
    transaction.on_commit(partial(_ring, job), robust=True)


def _ring(job: "Job") -> None:
    from django_q.tasks import async_task

    async_task("jobs.runner.answer_bell", job.queue, save=False)
