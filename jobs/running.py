"""A job while it runs: what a handler sees of it."""

import contextlib
import threading
import time
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from django.db import transaction

from jobs import services
from jobs.errors import LostLease
from jobs.models import Job
from jobs.registry import JOB_TYPES

P = TypeVar("P")


class Running(Generic[P]):
    """The job in a handler's hands.

    payload: the frozen dataclass of the job type. stop: set when the handler must end at once (lease
    lost, cancelled, out of time, worker stopping); code that waits on a child process should watch
    it. What is raised after that counts as the reason for the end, whatever it was. moved: when it
    last showed progress or began a stage, by the monotonic clock.
    """

    def __init__(self, job: Job, payload: P) -> None:
        self.job, self.payload = job, payload
        self.stop = threading.Event()
        self.stop_reason: Exception | None = None
        self.fraction = 0.0
        self.stage_name = ""
        self.stages: list[dict[str, Any]] = []
        self._begun = self._stage_begun = self.moved = time.monotonic()

    @property
    def token(self) -> int:
        """The fencing token of this attempt; put it in the name of each file in the making."""
        return self.job.fencing_token

    def stage(self, name: str) -> None:
        """Say what is being done now. Raises when the job must end."""
        self.end_stage()
        self.stage_name, self._stage_begun = name, time.monotonic()
        self.moved = self._stage_begun
        self.check()

    def overdue(self, now: float) -> str:
        """Why this try has taken too long at this time of the monotonic clock; empty: it has not."""
        kind = JOB_TYPES.get(self.job.job_type)
        if now - self._begun > self.job.timeout_s:
            return f"The try took longer than {self.job.timeout_s} s."
        if kind is None:
            return ""
        limit_s = kind.stage_timeouts_s.get(self.stage_name)
        if limit_s is not None and now - self._stage_begun > limit_s:
            return f"The stage {self.stage_name!r} took longer than {limit_s:g} s."
        if kind.stall_s is not None and now - self.moved > kind.stall_s:
            return f"Nothing moved for {kind.stall_s:g} s (stage {self.stage_name or 'none'!r})."
        return ""

    def progress(self, fraction: float) -> None:
        """Say how much is done, 0–1; the heartbeat carries it to the row. Raises when it must end."""
        fraction = min(max(fraction, 0.0), 1.0)
        if fraction != self.fraction:
            self.fraction, self.moved = fraction, time.monotonic()
        self.check()

    def check(self) -> None:
        """Raises Cancelled, LostLease, TimedOut or Stopping when this attempt must end."""
        if self.stop.is_set():
            raise self.stop_reason or LostLease("The job must end.", job_id=str(self.job.pk))

    def end(self, reason: Exception) -> None:
        """Make the attempt end at its next check. Called by the heartbeat."""
        self.stop_reason = self.stop_reason or reason
        self.stop.set()

    def end_stage(self) -> None:
        """Close the stage in hand in the list of stages."""
        if self.stage_name:
            now = time.monotonic()
            self.stages.append(
                {
                    "name": self.stage_name,
                    "started_ms": round((self._stage_begun - self._begun) * 1000),
                    "ms": round((now - self._stage_begun) * 1000),
                }
            )
            self.stage_name = ""

    @contextlib.contextmanager
    def guarded(self) -> Iterator[None]:
        """A transaction that only commits while this attempt holds the job. Raises LostLease.

        For effects in the middle of a handler (the handle of a post, say); what belongs to the end
        goes into `Done(effect=…)`.
        """
        with transaction.atomic():
            services.check_token(self.job)
            yield
