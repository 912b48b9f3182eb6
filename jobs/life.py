"""A job's life as a time line: when it waited, when it was worked on, in which stages."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from jobs.models import Job, JobAttempt

TRIES_SHOWN = 50
SLIMMEST = 0.4  # percent, so that a moment can be seen beside a day

_O = JobAttempt.Outcome
_AFTER = {  # how the try before it ended → what the job then waited for
    _O.FAILED: "Waited to be tried again",
    _O.LOST: "Waited for another worker",
    _O.RELEASED: "Waited for another worker",
    _O.SNOOZED: "Snoozed",
    _O.DONE: "Was done",
    _O.GAVE_UP: "Had ended, until somebody asked again",
    _O.CANCELLED: "Was cancelled, until somebody asked again",
}
_WAITING = {
    Job.Status.PENDING: "Waits for a worker",
    Job.Status.SCHEDULED: "Waits for its time",
    Job.Status.RETRY: "Waits to be tried again",
}


@dataclass(frozen=True)
class Span:
    """A stretch of time; left and width are percent of the whole life. ended_at None: it goes on."""

    name: str
    started_at: datetime
    ended_at: datetime | None
    took_s: float
    left: float
    width: float


@dataclass(frozen=True)
class Wait:
    """The job waited."""

    span: Span


@dataclass(frozen=True)
class Try:
    """The job was worked on, stage after stage."""

    span: Span
    attempt: JobAttempt
    stages: list[Span]


@dataclass(frozen=True)
class Life:
    """Waits and tries in order. left_out: older tries that are not among them."""

    started_at: datetime
    ended_at: datetime
    waited_s: float
    worked_s: float
    rows: list[Wait | Try]
    left_out: int
    goes_on: bool


class _Axis:
    """Where times lie between the first and the last of a life."""

    def __init__(self, first: datetime, last: datetime) -> None:
        self.first, self.last = first, last
        self.whole_s = max((last - first).total_seconds(), 0.001)

    def span(self, name: str, start: datetime, end: datetime | None) -> Span:
        """The stretch, as it lies on the axis."""
        took_s = max(((end or self.last) - start).total_seconds(), 0.0)
        left = 100 * (start - self.first).total_seconds() / self.whole_s
        width = max(100 * took_s / self.whole_s, SLIMMEST)
        left = min(max(left, 0.0), 100 - SLIMMEST)
        return Span(name, start, end, took_s, round(left, 3), round(min(width, 100 - left), 3))


def life_of(job: Job, *, now: datetime | None = None) -> Life:
    """Waits and tries from the making of the job to its end, or to now. Two queries at most."""
    now = now or timezone.now()
    newest = list(job.attempts.order_by("-fencing_token")[: TRIES_SHOWN + 1])
    attempts = newest[:TRIES_SHOWN][::-1]
    left_out = job.attempts.count() - TRIES_SHOWN if len(newest) > TRIES_SHOWN else 0
    first = attempts[0].started_at if left_out else job.created_at
    ended = [at for attempt in attempts if (at := attempt.ended_at)]
    live = job.status in Job.LIVE
    last = now if live else max([job.ended_at or first, *ended])
    axis = _Axis(first, max(first, last))
    rows = list(_rows(job, attempts, axis, first))
    return Life(
        axis.first,
        axis.last,
        sum(row.span.took_s for row in rows if isinstance(row, Wait)),
        sum(row.span.took_s for row in rows if isinstance(row, Try)),
        rows,
        left_out,
        live,
    )


def life_of_try(attempt: JobAttempt, *, now: datetime | None = None) -> Life:
    """One try alone. No query."""
    first, last = attempt.started_at, attempt.ended_at or now or timezone.now()
    row = _try(attempt, _Axis(first, max(first, last)))
    return Life(first, last, 0.0, row.span.took_s, [row], 0, attempt.ended_at is None)


def _rows(job: Job, attempts: list[JobAttempt], axis: _Axis, since: datetime) -> "list[Wait | Try]":
    rows: list[Wait | Try] = []
    waits_for = "Waited for a worker"
    for attempt in attempts:
        if attempt.started_at > since:
            rows.append(Wait(axis.span(waits_for, since, attempt.started_at)))
        rows.append(_try(attempt, axis))
        since, waits_for = attempt.ended_at or axis.last, _AFTER.get(attempt.outcome, "Waited")  # type: ignore[call-overload]  # a str that is one of the choices
    if job.is_waiting:
        rows.append(Wait(axis.span(_now_waits(job), since, None)))
    elif not attempts and axis.last > since:
        rows.append(Wait(axis.span("Waited until it was ended", since, axis.last)))
    return rows


def _now_waits(job: Job) -> str:
    if job.after_left:
        others = "another job" if job.after_left == 1 else f"{job.after_left} other jobs"
        return f"Waits for {others}"
    return _WAITING[Job.Status(job.status)]


def _try(attempt: JobAttempt, axis: _Axis) -> Try:
    name = f"Try {attempt.number}: {attempt.get_outcome_display().lower()}"
    span = axis.span(name, attempt.started_at, attempt.ended_at)
    stages = []
    for stage in attempt.stages:
        if isinstance(stage, dict):
            begun = attempt.started_at + timedelta(milliseconds=stage["started_ms"])
            ended = begun + timedelta(milliseconds=stage["ms"])
            stages.append(axis.span(stage["name"], begun, ended))
    return Try(span, attempt, stages)
