"""The thread beside running jobs: keeps leases, carries progress, sees when a job must end.

One thread serves a process for as long as it lives, so that a job of a millisecond costs none.
"""

import contextvars
import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from jobs import services, worker
from jobs.errors import Cancelled, LostLease, Stopping, TimedOut
from jobs.models import Job
from jobs.processes import descendants_of, send
from jobs.running import Running

logger = logging.getLogger(__name__)

TICK_S = 0.25
PARK_AFTER_TICKS = 4  # without a job; to wake a thread for each costs more than a tick now and then
LOOK_S = 0.5  # progress is on the row within a second: a tick, a look and the write


class Heartbeat:
    """Runs for the length of a `with` block around one attempt.

    end_for: settles the job for the given reason; called when the handler does not end by itself and
    this whole process is ended with it (only ever a q2 worker process).
    """

    def __init__(self, running: Running[Any], *, end_for: Callable[[Exception], None]) -> None:
        self.running, self.job = running, running.job
        self._end_for = end_for
        # Inside a caller's transaction nobody else sees the job yet: there is no lease to keep.
        self._in_database = not connection.in_atomic_block
        self._context = contextvars.copy_context()
        self._beating = threading.Lock()
        self._done = False
        self._begun = self._looked = self._renewed = time.monotonic()
        self._written: tuple[str, float] = ("", 0.0)
        self._stages_kept = 0
        self._ending_since: float | None = None
        self._children_killed = False

    def __enter__(self) -> "Heartbeat":
        _pacemaker().add(self)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        with self._beating:  # a beat that has begun ends first
            self._done = True
        _pacemaker().remove(self)

    def beat(self) -> None:
        """One look at this attempt, in the context that it was begun in."""
        with self._beating:
            if not self._done:
                self._context.run(self._beat, time.monotonic())

    def _beat(self, now: float) -> None:
        worker.notice_parent()
        if worker.handing_back.is_set():
            self.running.end(Stopping("This worker stops.", job_id=str(self.job.pk)))
        if why := self.running.overdue(now):
            self.running.end(TimedOut(why, job_id=str(self.job.pk)))
        if self.running.stop.is_set():
            self._see_it_end(now)
        if self._in_database and now - self._looked >= LOOK_S:
            self._looked = now
            try:
                self._look(now)
            except (DatabaseError, InterfaceError):
                # The work goes on: whoever takes the job meanwhile raises the token, and then
                # nothing of ours can be written.
                logger.warning("The lease of job %s could not be renewed", self.job.pk)
                connection.close()

    def _look(self, now: float) -> None:
        told = (self.running.stage_name[:64], self.running.fraction)
        is_news = told != self._written or now - self._renewed >= settings.JOB_HEARTBEAT_S
        if is_news and services.renew_lease(self.job, stage=told[0], progress=told[1]):
            self._written, self._renewed = told, now
        if len(self.running.stages) > self._stages_kept:
            self._stages_kept = len(self.running.stages)
            services.keep_stages(self.job, list(self.running.stages))
        cancel = (
            Job.objects.filter(
                pk=self.job.pk,
                status=Job.Status.PROCESSING,
                fencing_token=self.job.fencing_token,
            )
            .values_list("cancel_requested", flat=True)
            .first()
        )
        if cancel is None:
            # Or it is being settled at this moment by the thread beside us; that one asks no more.
            self.running.end(LostLease("Somebody else has the job now.", job_id=str(self.job.pk)))
        elif cancel:
            self.running.end(Cancelled("Somebody asked for the job to end."))

    def _see_it_end(self, now: float) -> None:
        """First the handler ends by itself; then its child processes are killed; then we are."""
        if self._ending_since is None:
            self._ending_since = now
        late_s = now - self._ending_since
        if not worker.is_q2_worker() or late_s < settings.JOB_END_GRACE_S:
            return
        if not self._children_killed:
            self._children_killed = True
            logger.warning("Job %s does not end; its child processes are killed", self.job.pk)
            send(descendants_of(os.getpid()), signal.SIGKILL)
        elif late_s > 2 * settings.JOB_END_GRACE_S:
            logger.error("Job %s does not end; its worker process is ended with it", self.job.pk)
            try:
                self._end_for(self.running.stop_reason or LostLease("It did not end."))
            finally:
                os._exit(1)


class _Pacemaker(threading.Thread):
    """Beats every Heartbeat of this process, four times a second while there is one."""

    def __init__(self) -> None:
        super().__init__(name="heartbeat", daemon=True)
        self.pid = os.getpid()
        self._hearts: list[Heartbeat] = []
        self._is_connected = self._is_parked = False
        self._some = threading.Condition()

    def add(self, heart: Heartbeat) -> None:
        with self._some:
            self._hearts.append(heart)
            if self._is_parked:
                self._some.notify()

    def remove(self, heart: Heartbeat) -> None:
        with self._some:
            self._hearts.remove(heart)
            if self._is_connected:
                self._some.notify()  # an idle process holds no connection

    def run(self) -> None:
        idle_ticks = 0
        while True:
            with self._some:
                idle_ticks = 0 if self._hearts else idle_ticks + 1
                if self._is_connected and not self._hearts:
                    self._is_connected = False
                    connection.close()
                if idle_ticks > PARK_AFTER_TICKS:
                    self._is_parked = True
                    self._some.wait_for(lambda: self._hearts)
                    self._is_parked, idle_ticks = False, 0
                self._some.wait_for(lambda: self._is_connected and not self._hearts, TICK_S)
                hearts = list(self._hearts)
            for heart in hearts:
                self._beat(heart)
            self._is_connected = connection.connection is not None

    def _beat(self, heart: Heartbeat) -> None:
        try:
            heart.beat()
        except Exception:  # whatever it is, the other jobs' leases must be kept
            logger.exception("A heartbeat failed")


_the_pacemaker: _Pacemaker | None = None
_making = threading.Lock()


def _pacemaker() -> _Pacemaker:
    """The thread of this process; a forked child has none of its parent's threads."""
    global _the_pacemaker
    with _making:
        maker = _the_pacemaker
        if maker is None or maker.pid != os.getpid() or not maker.is_alive():
            maker = _the_pacemaker = _Pacemaker()
            maker.start()
        return maker
