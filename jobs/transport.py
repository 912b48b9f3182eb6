"""The doorbell: django-q2 carries the name of a queue to a worker, and nothing else.

No bell is precious. A lost one is rung again by the sweeper, a surplus one finds nothing to do.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.apps import AppConfig
from django.db import connection, transaction
from django.db.models.signals import post_migrate
from django.utils import timezone
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from jobs.models import Job

logger = logging.getLogger(__name__)

ENOUGH_BELLS = 8  # one wakes a worker, which then does all that is due; more are noise
STALE_BELL = timedelta(minutes=10)


def ring_after_commit(job: "Job") -> None:
    """Ring for this job once the caller's transaction has committed, if it is due by then.

    A bell that cannot be rung (broker away) is only logged: the sweeper rings again. It also rings
    for jobs whose time comes later.
    """
    if job.run_at <= timezone.now():
        transaction.on_commit(partial(_try_to_ring, job.queue))


def _try_to_ring(queue: str) -> None:
    # Not on_commit(robust=True): Django 5.2 cannot name a partial that fails, and raises.
    try:
        if bells_waiting() < ENOUGH_BELLS:  # each that is still to be heard will find this job too
            ring(queue)
    except Exception:  # a broker may fail in any way, and the caller has already committed
        logger.exception("The bell for %s could not be rung; the sweeper rings again", queue)


def ring(queue: str) -> None:
    """Wake one worker. Raises what the broker raises."""
    from django_q.tasks import async_task  # needs the apps loaded

    async_task("jobs.runner.answer_bell", queue, save=False)


def bells_waiting() -> int:
    """Bells that no worker has heard yet."""
    from django_q.brokers import get_broker

    return int(get_broker().queue_size())


def forget_stale_bells() -> int:
    """Delete bells that a cluster took long ago and never confirmed; how many.

    Only the ORM broker keeps such: its lock says when q2 would deliver it again, which we never want.
    """
    from django_q.conf import Conf
    from django_q.models import OrmQ

    if not Conf.ORM:
        return 0
    now = timezone.now()
    taken_before = now + timedelta(seconds=Conf.RETRY) - STALE_BELL
    stale = OrmQ.objects.using(Conf.ORM).filter(lock__gt=now, lock__lt=taken_before)
    if not stale.exists():
        return 0
    return stale.delete()[0]


def keep_schedules(app: AppConfig, schedules: Iterable[tuple[str, str, int]]) -> None:
    """Have these (name, function, minutes) made after each migrate. For an app's `ready`."""

    def keep(**more: Any) -> None:
        if "django_q_schedule" not in connection.introspection.table_names():
            return  # only some apps were migrated
        for name, function, minutes in schedules:
            ensure_schedule(name, function, minutes=minutes)

    post_migrate.connect(keep, sender=app, weak=False, dispatch_uid=f"{app.label}.schedules")


def ensure_schedule(name: str, function: str, *, minutes: int) -> None:
    """Have every cluster call this function (a dotted path, no arguments) so often.

    One malformed schedule stops all schedules of a q2 cluster, so this is the only way to make one:
    raises ImportError for a path that leads nowhere, ValueError for a time under a minute.
    """
    from django_q.models import Schedule

    if not callable(import_string(function)) or minutes < 1:
        raise ValueError(f"{function} every {minutes} minutes cannot be scheduled")
    Schedule.objects.update_or_create(
        name=name,
        defaults={
            "func": function,
            "schedule_type": Schedule.MINUTES,
            "minutes": minutes,
            "repeats": -1,
            "args": None,
            "kwargs": None,
            "hook": None,
            "cluster": None,
        },
    )
