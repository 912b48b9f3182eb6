"""Running what recurs: each tick puts one job in the queue, wherever and however often we look."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from jobs.errors import BadSchedule, UnknownSchedule
from jobs.models import Job, JobSchedule
from jobs.schedules import SCHEDULES, Schedule
from jobs.services.enqueueing import enqueue
from jobs.services.settling import DATABASE_GONE
from ledger.services import log_event

logger = logging.getLogger(__name__)

AGAIN = timedelta(minutes=1)  # a tick that failed is tried again so soon


def keep_declared(**more: Any) -> None:
    """Make the table what the code declares. For `post_migrate`; safe beside another one.

    A schedule that now recurs otherwise waits for its next tick; one that is gone goes.
    """
    if JobSchedule._meta.db_table not in connection.introspection.table_names():
        return  # only some apps were migrated
    now, known = timezone.now(), {row.name: row for row in JobSchedule.objects.all()}
    new = []
    for declared in SCHEDULES.values():
        try:
            row = known.pop(declared.name, None)
            if row is None:
                new.append(_first_row(declared, now))
            else:
                _follow(row, declared, now)
        except BadSchedule:
            logger.exception("The schedule %s cannot run", declared.name)
    JobSchedule.objects.bulk_create(new, ignore_conflicts=True)
    if known:
        JobSchedule.objects.filter(pk__in=[row.pk for row in known.values()]).delete()


def _first_row(declared: Schedule, now: datetime) -> JobSchedule:
    return JobSchedule(
        name=declared.name,
        job_type=declared.job_type,
        recurs=declared.recurs,
        next_run_at=declared.first_tick(now),
    )


def _follow(row: JobSchedule, declared: Schedule, now: datetime) -> None:
    here = JobSchedule.objects.filter(pk=row.pk)
    if row.job_type != declared.job_type:
        here.update(job_type=declared.job_type)
    if row.recurs != declared.recurs:
        here.update(recurs=declared.recurs, next_run_at=declared.next_after(now))


def run_due_schedules(now: datetime) -> int:
    """Put the jobs of all due ticks in the queue; how many. One that fails stops no other.

    Ticks that were missed while nobody looked count as one.
    """
    if not settings.JOB_SCHEDULES_RUN:
        return 0
    due = JobSchedule.objects.filter(
        name__in=SCHEDULES, paused_at__isnull=True, next_run_at__lte=now
    )
    return sum(_run_safely(row, now) for row in due.order_by("next_run_at"))


def pause_schedule(schedule: JobSchedule, *, why: str = "asked for") -> JobSchedule:
    """Run no tick of it until it is resumed. Its last job, if it still runs, goes on."""

    def pause(here: QuerySet[JobSchedule]) -> int:
        return here.filter(paused_at__isnull=True).update(paused_at=timezone.now())

    return _change(schedule, pause, "job_schedule_paused", why)


def resume_schedule(schedule: JobSchedule, *, why: str = "asked for") -> JobSchedule:
    """Run it again, from its next tick after now on: what was missed stays undone.

    Raises UnknownSchedule.
    """
    tick = _declared(schedule).next_after(timezone.now())

    def resume(here: QuerySet[JobSchedule]) -> int:
        return here.filter(paused_at__isnull=False).update(paused_at=None, next_run_at=tick)

    return _change(schedule, resume, "job_schedule_resumed", why)


def run_schedule_now(schedule: JobSchedule, *, why: str = "asked for") -> Job:
    """Put its job in the queue now, also while it is paused; its ticks stay as they are.

    While its last job waits or runs that one is given back. Raises UnknownSchedule.
    """
    declared, now = _declared(schedule), timezone.now()
    key = declared.dedup_key or f"schedule:{schedule.name}:asked:{now.isoformat()}"
    with transaction.atomic():
        row = JobSchedule.objects.select_for_update().get(pk=schedule.pk)
        job = None if declared.overlap else _last_live(row)
        if job is None:
            job = _put_in(row, declared, key=key, now=now)
        log_event(
            "job_schedule_run_asked",
            entity=row,
            job_id=job.pk,
            metadata={"why": why, "schedule": row.name},
            of_change=True,
        )
    schedule.refresh_from_db()
    return job


def _declared(schedule: JobSchedule) -> Schedule:
    try:
        return SCHEDULES[schedule.name]
    except KeyError:
        raise UnknownSchedule(
            f"The code declares no schedule called {schedule.name!r}.", known=sorted(SCHEDULES)
        ) from None


def _run_safely(row: JobSchedule, now: datetime) -> int:
    declared = SCHEDULES[row.name]
    try:
        if declared.when is not None and not declared.when():
            _take_tick(row, declared.next_after(now), note="There was nothing to do.")
            return 0
        return _run(row, declared, now)
    except DATABASE_GONE:
        logger.warning("The database went away; the schedule %s is still due", row.name)
    except Exception as error:
        logger.exception("The schedule %s put nothing in the queue", row.name)
        _postpone(row, now, why=f"{type(error).__name__}: {error}")
    return 0


def _run(row: JobSchedule, declared: Schedule, now: datetime) -> int:
    with transaction.atomic():
        if not _take_tick(row, declared.next_after(now)):
            return 0  # somebody else ran it, or paused it
        # `row` keeps the tick that we saw; its last job may be another one by now.
        here = JobSchedule.objects.get(pk=row.pk)
        if not declared.overlap and _last_live(here):
            JobSchedule.objects.filter(pk=row.pk).update(note="The last job has not ended yet.")
            return 0
        _put_in(here, declared, key=declared.key_of(row.next_run_at), now=now)
    return 1


def _take_tick(row: JobSchedule, next_tick: datetime, *, note: str = "") -> bool:
    """Move on from the tick that we saw. False: it was taken. Of many at once, one succeeds."""
    here = JobSchedule.objects.filter(
        pk=row.pk, next_run_at=row.next_run_at, paused_at__isnull=True
    )
    return bool(here.update(next_run_at=next_tick, note=note))


def _postpone(row: JobSchedule, now: datetime, *, why: str) -> None:
    """Try again soon, not at every sweep."""
    try:
        _take_tick(row, now + AGAIN, note=why.replace("\x00", "")[:500])
    except DATABASE_GONE:
        logger.warning("The database went away; the schedule %s is still due", row.name)


def _put_in(row: JobSchedule, declared: Schedule, *, key: str, now: datetime) -> Job:
    job = enqueue(declared.job_type, declared.payload, dedup_key=key)
    JobSchedule.objects.filter(pk=row.pk).update(last_run_at=now, last_job=job, note="")
    return job


def _last_live(row: JobSchedule) -> Job | None:
    if row.last_job_id is None:
        return None
    return Job.objects.filter(pk=row.last_job_id, status__in=Job.LIVE).first()


def _change(
    schedule: JobSchedule, change: Callable[[QuerySet[JobSchedule]], int], event: str, why: str
) -> JobSchedule:
    """Change the row and record it; where it is so already, nothing happens."""
    with transaction.atomic():
        if change(JobSchedule.objects.filter(pk=schedule.pk)):
            log_event(
                event,
                entity=schedule,
                metadata={"why": why, "schedule": schedule.name},
                of_change=True,
            )
    schedule.refresh_from_db()
    return schedule
