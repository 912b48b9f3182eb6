"""Figures about queues, failures and batches: what the board, the API and `jobs_stats` show."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Max, Min, OuterRef, Q, Subquery, Sum
from django.db.models.functions import TruncMinute
from django.utils import timezone

from jobs.models import Job, JobAttempt, JobBatch
from jobs.queries import jobs_due, jobs_failing
from jobs.queues import QueueRule, queue_rules

MINUTES = 60
CAUSES_SHOWN = 50

_O = JobAttempt.Outcome
_FAILED = (_O.FAILED, _O.LOST, _O.GAVE_UP)


@dataclass
class QueueStats:
    """One queue now, and what it did in the last hour; series by minute, oldest first."""

    queue: str
    status: str
    host_limit: int | None
    total_limit: int | None
    waiting: int = 0
    blocked: int = 0
    scheduled: int = 0
    retry: int = 0
    running: int = 0
    oldest_wait_s: float | None = None
    done_by_minute: list[int] = field(default_factory=lambda: [0] * MINUTES)
    failed_by_minute: list[int] = field(default_factory=lambda: [0] * MINUTES)

    @property
    def done_1h(self) -> int:
        """Tries that succeeded."""
        return sum(self.done_by_minute)

    @property
    def failed_1h(self) -> int:
        """Tries that failed."""
        return sum(self.failed_by_minute)

    @property
    def failure_share(self) -> float:
        """Failed of all tries, 0–1."""
        return round(self.failed_1h / ((self.done_1h + self.failed_1h) or 1), 4)


def queue_stats(*, now: datetime | None = None) -> list[QueueStats]:
    """Every queue, by name. Four queries, however many queues there are."""
    now = now or timezone.now()
    found = {name: _of_rule(rule) for name, rule in sorted(queue_rules().items())}
    _count_live(found)
    for row in jobs_due(now=now).order_by().values("queue").annotate(first=Min("run_at")):
        if row["queue"] in found:
            wait_s = (now - row["first"]).total_seconds()
            found[row["queue"]].oldest_wait_s = round(max(wait_s, 0.0), 1)
    _count_past(found, now)
    return list(found.values())


def _of_rule(rule: QueueRule) -> QueueStats:
    return QueueStats(rule.name, str(rule.status), rule.host_limit, rule.total_limit)


def _count_live(found: dict[str, QueueStats]) -> None:
    rows = Job.objects.order_by().filter(status__in=Job.LIVE).values("queue", "status")
    for row in rows.annotate(n=Count("id"), blocked=Count("id", filter=Q(after_left__gt=0))):
        stats = found.get(row["queue"])
        if stats is None:
            continue
        ready = row["n"] - row["blocked"]
        stats.blocked += row["blocked"]
        match row["status"]:
            case Job.Status.PENDING:
                stats.waiting = ready
            case Job.Status.SCHEDULED:
                stats.scheduled = ready
            case Job.Status.RETRY:
                stats.retry = ready
            case Job.Status.PROCESSING:
                stats.running = row["n"]


def _count_past(found: dict[str, QueueStats], now: datetime) -> None:
    this_minute = now.replace(second=0, microsecond=0)
    since = this_minute - timedelta(minutes=MINUTES - 1)
    ended = JobAttempt.objects.order_by().filter(
        ended_at__gte=since, outcome__in=[_O.DONE, *_FAILED]
    )
    rows = ended.annotate(minute=TruncMinute("ended_at"))
    for row in rows.values("job__queue", "outcome", "minute").annotate(n=Count("id")):
        stats = found.get(row["job__queue"])
        place = int((row["minute"] - since).total_seconds() // 60)
        if stats is None or not 0 <= place < MINUTES:
            continue
        series = stats.done_by_minute if row["outcome"] == _O.DONE else stats.failed_by_minute
        series[place] += row["n"]


@dataclass(frozen=True)
class Cause:
    """Failures of one cause, that still stand."""

    error_group: str
    job_type: str
    error_code: str
    error: str
    count: int
    waiting: int
    first_seen: datetime
    last_seen: datetime


def failures_by_cause(*, at_most: int = CAUSES_SHOWN) -> list[Cause]:
    """What goes wrong, the most frequent first: jobs that failed, died, or wait to be tried again.

    One query.
    """
    newest = Job.objects.filter(error_group=OuterRef("error_group")).order_by("-id")
    rows = (
        jobs_failing()
        .order_by()
        .values("error_group", "job_type", "error_code")
        .annotate(
            n=Count("id"),
            waiting=Count("id", filter=Q(status=Job.Status.RETRY)),
            first_seen=Min("started_at"),
            last_seen=Max("started_at"),
            words=Subquery(newest.values("error")[:1]),
        )
        .order_by("-n", "-last_seen")[:at_most]
    )
    names = ("error_group", "job_type", "error_code", "words", "n", "waiting")
    return [Cause(*row) for row in rows.values_list(*names, "first_seen", "last_seen")]


def job_stats(*, now: datetime | None = None) -> dict[str, Any]:
    """What GET /jobs/stats answers."""
    now = now or timezone.now()
    return {"at": now, "queues": queue_stats(now=now), "causes": failures_by_cause()}


@dataclass(frozen=True)
class BatchShown:
    """How far a batch is. counts: its jobs by status, none left out; progress: 0–1."""

    counts: dict[str, int]
    progress: float

    @property
    def live(self) -> int:
        """Jobs that have not ended."""
        return sum(self.counts[status] for status in Job.LIVE)


def batches_shown(batches: Iterable[JobBatch]) -> dict[Any, BatchShown]:
    """How far each of these is, by its id; running jobs count with their own progress. One query."""
    totals = {batch.pk: batch.total for batch in batches}
    counts = {pk: dict.fromkeys(Job.Status.values, 0) for pk in totals}
    done = dict.fromkeys(totals, 0.0)
    jobs = Job.objects.order_by().filter(batch__in=list(totals)).values("batch", "status")
    for row in jobs.annotate(n=Count("id"), part=Sum(F("progress"))):
        counts[row["batch"]][row["status"]] = row["n"]
        done[row["batch"]] += row["part"] if row["status"] in Job.LIVE else row["n"]
    return {
        pk: BatchShown(counts[pk], round(min(done[pk] / (total or 1), 1.0), 4))
        for pk, total in totals.items()
    }


def batch_counts(batch: JobBatch) -> dict[str, int]:
    """Jobs of the batch by status; none is left out."""
    return batches_shown([batch])[batch.pk].counts


def batch_progress(batch: JobBatch) -> float:
    """How much of the batch is done, 0–1: running jobs count with their own progress."""
    return batches_shown([batch])[batch.pk].progress
