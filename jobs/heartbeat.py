"""The thread beside a running job: keeps the lease, carries progress, sees when the job must end."""

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
        self._done = threading.Event()
        self._begun = self._looked = self._renewed = time.monotonic()
        self._written: tuple[str, float] = ("", 0.0)
        self._stages_kept = 0
        self._ending_since: float | None = None
        self._children_killed = False
        self._thread = threading.Thread(
            target=contextvars.copy_context().run, args=(self._run,), daemon=True
        )

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            while not self._done.wait(TICK_S):
                try:
                    self._beat(time.monotonic())
                except (DatabaseError, InterfaceError):
                    # The work goes on: whoever takes the job meanwhile raises the token, and then
                    # nothing of ours can be written.
                    logger.warning("The lease of job %s could not be renewed", self.job.pk)
                    connection.close()
        finally:
            connection.close()

    def _beat(self, now: float) -> None:
        worker.notice_parent()
        if worker.handing_back.is_set():
            self.running.end(Stopping("This worker stops.", job_id=str(self.job.pk)))
        if now - self._begun > self.job.timeout_s:
            self.running.end(
                TimedOut(
                    f"The try took longer than {self.job.timeout_s} s.", job_id=str(self.job.pk)
                )
            )
        if self.running.stop.is_set():
            self._see_it_end(now)
        if self._in_database and now - self._looked >= LOOK_S:
            self._looked = now
            self._look(now)

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
        if self._done.is_set():
            return  # it was settled while we looked
        if cancel is None:
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
