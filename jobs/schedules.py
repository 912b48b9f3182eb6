"""What recurs, as the code declares it: which job, how often.

Each room declares its own in its `schedules.py`. `jobs.services.schedules` runs them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cronsim import CronSim, CronSimError

from jobs.errors import BadSchedule
from jobs.registry import decode_payload, job_type

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = ((86_400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


@dataclass(frozen=True)
class Schedule:
    """A job that is put in the queue again and again.

    every: the time between two ticks; they lie on multiples of it since 1970, so that all hosts mean
    the same ones. cron: five fields (or six, with seconds first), in UTC. One of the two.
    when: asked at each tick; where it says no, nothing is put in the queue.
    overlap: put a job in also while the last one still waits or runs.
    dedup_key: the job's, where it shares one with jobs that people ask for; else each tick has one.
    """

    name: str
    job_type: str
    payload: Any = field(default_factory=dict)
    every: timedelta | None = None
    cron: str = ""
    when: Callable[[], bool] | None = None
    overlap: bool = False
    dedup_key: str = ""

    @property
    def recurs(self) -> str:
        """How often, in words."""
        if self.every is None:
            return f"cron {self.cron} (UTC)"
        seconds = self.every.total_seconds()
        size, unit = next(
            ((size, unit) for size, unit in _UNITS if seconds % size == 0), (1, "second")
        )
        count = seconds / size
        return f"every {unit}" if count == 1 else f"every {count:g} {unit}s"

    def next_after(self, moment: datetime) -> datetime:
        """The first tick after this moment. Raises BadSchedule when there is none."""
        if (self.every is None) == (not self.cron):
            raise BadSchedule(f"The schedule {self.name} needs either every or cron.")
        if self.every is not None:
            if self.every < timedelta(seconds=1):
                raise BadSchedule(f"The schedule {self.name} recurs too fast.")
            return _EPOCH + ((moment - _EPOCH) // self.every + 1) * self.every
        try:
            return next(CronSim(self.cron, moment.astimezone(UTC)))
        except (CronSimError, StopIteration) as error:
            raise BadSchedule(
                f"The schedule {self.name} has a bad cron expression {self.cron!r}: {error}."
            ) from error

    def first_tick(self, now: datetime) -> datetime:
        """When a schedule that is new runs first: at once, or when its cron expression says so."""
        after = self.next_after(now)
        return now if self.every is not None else after

    def key_of(self, tick: datetime) -> str:
        """The dedup_key of the job of this tick."""
        return self.dedup_key or f"schedule:{self.name}:{tick.astimezone(UTC).isoformat()}"

    def check(self) -> None:
        """Raises BadSchedule, UnknownJobType or BadPayload."""
        self.next_after(_EPOCH)
        kind = job_type(self.job_type)
        if not isinstance(self.payload, kind.payload):
            decode_payload(kind, self.payload)


SCHEDULES: dict[str, Schedule] = {}


def schedule(
    name: str,
    job_type: str,
    *,
    payload: Any = None,
    every: timedelta | None = None,
    cron: str = "",
    when: Callable[[], bool] | None = None,
    overlap: bool = False,
    dedup_key: str = "",
) -> Schedule:
    """Declare a schedule. Two of one name is an error; whether it makes sense is a system check."""
    if name in SCHEDULES:
        raise ValueError(f"the schedule {name} is declared twice")
    declared = Schedule(
        name, job_type, {} if payload is None else payload, every, cron, when, overlap, dedup_key
    )
    SCHEDULES[name] = declared
    return declared
