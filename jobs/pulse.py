"""Two threads beside each worker: one watches its memory, one writes down that it lives.

They are two because the second waits for the database, and memory does not wait.
"""

import logging
import os
import signal
import threading
import time
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from jobs import services, vitals, worker
from jobs.errors import OutOfMemory
from jobs.models import JobWorker
from jobs.processes import descendants_of, memory_of
from stakazo.core.ids import uuid7

logger = logging.getLogger(__name__)

WATCH_S, WATCH_IDLE_S = 0.5, 1.0
TELL_S = 5.0
STAYS_HIGH = 0.75  # of the bound: a worker that keeps so much after a job is replaced


def start() -> None:
    """Called in each new worker process."""
    worker.tell_state()
    for target in (_Watch().run, _Pulse(timezone.now()).run):
        threading.Thread(target=target, daemon=True, name=target.__qualname__).start()


def out_of_memory(taken_bytes: int = 0) -> OutOfMemory:
    """How a try ends that took too much, or (0) asked for too much at once."""
    bound = f"{settings.WORKER_MEMORY_BYTES // 1024**2} MiB"
    if not taken_bytes:
        return OutOfMemory(f"The try asked for more memory than a worker may have ({bound}).")
    taken = f"{taken_bytes // 1024**2} MiB"
    return OutOfMemory(f"The worker took {taken} of memory for this try; it may have {bound}.")


class _Watch:
    """Memory, recycling, and signs of life to the supervisor."""

    def __init__(self) -> None:
        self._told = time.monotonic()
        self._wished = False

    def run(self) -> None:
        """Until the process ends."""
        while True:
            time.sleep(WATCH_S if worker.running else WATCH_IDLE_S)
            try:
                self._look(time.monotonic())
            except Exception:  # no more memory, say; then the next look finds it
                logger.exception("A look at the memory of this worker failed")

    def _look(self, now: float) -> None:
        if now - self._told >= TELL_S:
            self._told = now
            worker.tell_state()
        bound, memory = settings.WORKER_MEMORY_BYTES, memory_of(os.getpid())
        if bound and memory > bound:
            if running := worker.running:
                running.end(out_of_memory(memory))
            worker.leave("its memory went over the bound")
        elif worker.jobs_done >= settings.RECYCLE_AFTER > 0:
            self._wish(f"it did {worker.jobs_done} jobs")
        elif bound and worker.running is None and memory > STAYS_HIGH * bound:
            self._wish(f"it kept {memory // 1024**2} MiB after a job")

    def _wish(self, why: str) -> None:
        """To be replaced when another is ready; where nobody sees to that, go now."""
        if not settings.JOB_VITALS_FD:
            worker.leave(why)
        elif not self._wished:
            vitals.tell("wishes", os.getpid(), why)
            self._wished = True


class _Pulse:
    """The row of this worker, and the wish of somebody that it stops."""

    def __init__(self, started_at: datetime) -> None:
        self.started_at = started_at
        self._id = uuid7()
        self._stopping_since: float | None = None

    def run(self) -> None:
        """Until the process ends."""
        while True:
            try:
                if services.note_pulse(self._row()):
                    self._stop(time.monotonic())
            except (DatabaseError, InterfaceError) as error:
                logger.info("The pulse of this worker could not be written: %s", error)
                connection.close()
            time.sleep(settings.JOB_PULSE_S)

    def _row(self) -> JobWorker:
        # An idle worker has no children; to look for them costs a look at every process.
        children = descendants_of(os.getpid()) if worker.running else []
        return JobWorker(
            id=self._id,
            worker_id=worker.worker_id(),
            node=worker.node(),
            group=settings.JOB_WORKER_GROUP,
            pid=os.getpid(),
            started_at=self.started_at,
            memory_bytes=memory_of(os.getpid()),
            children_memory_bytes=sum(map(memory_of, children)),
            jobs_done=worker.jobs_done,
        )

    def _stop(self, now: float) -> None:
        if self._stopping_since is None:
            self._stopping_since = now
            worker.leave("somebody asked for it")
        elif now - self._stopping_since > settings.JOB_STOP_GRACE_S:
            os.kill(os.getpid(), signal.SIGUSR2)
