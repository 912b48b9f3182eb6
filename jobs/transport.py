"""The doorbell: django-q2 carries the name of a queue to a worker, and nothing else.

No bell is precious. A lost one is rung again by the sweeper, a surplus one finds nothing to do.
"""

import logging
import time
from collections.abc import Collection
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from django.apps import AppConfig
from django.db import connection, transaction
from django.db.models.signals import post_migrate
from django.utils import timezone
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from jobs.brokers.doorbell import Doorbell
    from jobs.models import Job

logger = logging.getLogger(__name__)

ENOUGH_BELLS = 8  # one wakes a worker, which then does all that is due; more are noise
STALE_BELL_S = 600
FORGET_EVERY_S = 60

_forgot_at = -float(FORGET_EVERY_S)


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
        # Each bell that is still to be heard will find this job too.
        _broker().ring(_bell(queue), enough=ENOUGH_BELLS)
    except Exception:  # a broker may fail in any way, and the caller has already committed
        logger.exception("The bell for %s could not be rung; the sweeper rings again", queue)


def ring(queue: str) -> None:
    """Wake one worker. Raises what the broker raises."""
    _broker().enqueue(_bell(queue))


def bells_waiting() -> int:
    """Bells that no worker has heard yet."""
    return int(_broker().queue_size())


def ring_for_group(group: str, function: str, *arguments: Any) -> None:
    """Have a worker of this very group call a function (a dotted path)."""
    _broker().ring_for(group, _package(function, *arguments))


def forget_group(group: str) -> None:
    """Take back what was rung for a worker group that is gone."""
    _broker().forget(group)


def forget_stale_bells() -> int:
    """Take back bells of worker groups whose supervisor was gone before it could; how many.

    Once a minute in each process, however often it is called.
    """
    global _forgot_at
    now = time.monotonic()
    if now - _forgot_at < FORGET_EVERY_S:
        return 0
    _forgot_at = now
    return int(_broker().forget_stale(older_than_s=STALE_BELL_S))


@cache
def _broker() -> "Doorbell":
    """One for the whole process: it connects at its first use, and threads and forks may share it."""
    from django_q.brokers import get_broker

    broker: Doorbell = get_broker()
    return broker


def _bell(queue: str) -> str:
    return _package("jobs.runner.answer_bell", queue)


def _package(function: str, *arguments: Any) -> str:
    from jobs.brokers.doorbell import package

    return package(function, *arguments)


def keep_schedules(app: AppConfig, schedules: Collection[tuple[str, str, int]]) -> None:
    """Have q2 keep these (name, function, minutes), and no others, after each migrate.

    For an app's `ready`. What recurs is a job's business (`jobs.schedules`); q2 only sweeps.
    """
    from django_q.models import Schedule

    def keep(**more: Any) -> None:
        if "django_q_schedule" not in connection.introspection.table_names():
            return  # only some apps were migrated
        for name, function, minutes in schedules:
            ensure_schedule(name, function, minutes=minutes)
        Schedule.objects.exclude(name__in=[name for name, *_ in schedules]).delete()

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
