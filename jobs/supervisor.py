"""Watches over q2 clusters: starts one, replaces it when it dies or hangs, and repairs jobs meanwhile.

A stock q2 cluster can stop for ever while it looks healthy: the process that dies may hold the lock
of a queue (docs/jobs.md). q2's processes hold no truth of ours, so the cure is always the same and
never asks what broke: **retire** the cluster and start another. A retiring cluster loses its parent
processes at once; its workers finish the job in hand, if they have one, and end.
"""

import contextlib
import logging
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from jobs import services, sweeper, transport
from jobs.errors import LostLease
from jobs.models import Job
from jobs.processes import adopt_orphans, children_of, descendants_of, parents, send
from jobs.queries import job_overdue, jobs_held_by, oldest_due_age_s
from jobs.worker import group_id, node
from ledger.context import acting
from ledger.services import log_event

logger = logging.getLogger(__name__)

TICK_S = 0.5
LOOK_AROUND_S = 2.0
START_TIMEOUT_S = 30.0
IDLE_EXIT_S = 2.0  # a retiring worker without a job has so long to leave by itself
MAX_RESTART_WAIT_S = 30


@dataclass
class Cluster:
    """A q2 cluster and its processes, as far as they were seen."""

    group: str
    main: "subprocess.Popen[bytes]"
    workers: int
    started: float
    pids: set[int] = field(default_factory=set)  # all of the processes below
    above: set[int] = field(default_factory=set)  # main and sentinel, who do no jobs
    complete: bool = False
    retiring_since: float | None = None

    @property
    def id(self) -> str:
        """How the ids of its workers begin."""
        return group_id(self.group)

    def learn(self, table: dict[int, int]) -> None:
        """Learn who belongs to it: the main process, the sentinel, and the sentinel's children.

        Afresh at each look until it is complete: a process that is starting runs helpers of a
        moment (libraries ask the system who it is), whose end is no reason to replace the cluster.
        """
        families = {
            pid: children_of(pid, table=table) for pid in children_of(self.main.pid, table=table)
        }
        sentinels = [pid for pid, children in families.items() if children]
        below = [pid for sentinel in sentinels for pid in families[sentinel]]
        self.above = {self.main.pid, *sentinels}
        self.pids = {*self.above, *below}
        # Its workers, a pusher and a monitor.
        self.complete = self.complete or len(below) >= self.workers + 2

    def living(self, table: dict[int, int]) -> set[int]:
        """Those of its processes that still run."""
        return {pid for pid in self.pids if pid in table}


class Supervisor:
    """Runs until it is told to stop. One per machine is enough; several do no harm.

    workers: processes of the cluster. grace_s: how long running jobs may go on after the stop.
    """

    def __init__(self, *, workers: int, grace_s: float) -> None:
        self.workers, self.grace_s = workers, grace_s
        self.heavy_slots = min(settings.JOB_HEAVY_SLOTS, max(1, workers - 1))
        if workers > settings.WORKERS:  # more than the settings reckoned with
            self.heavy_slots += workers - settings.WORKERS
        self.cluster: Cluster | None = None
        self.retiring: list[Cluster] = []
        self._stopping = False
        self._ended_by_us: set[int] = set()
        self._unheard_since: float | None = None
        self._failed_starts = 0
        self._start_not_before = 0.0
        self._looked_around = 0.0
        self._late = False

    def stop(self) -> None:
        """Take no new jobs; running ones get the grace, then are handed back. Twice: no grace."""
        if self._stopping:
            self.grace_s = 0
        self._stopping = True

    def run(self) -> None:
        """Supervise until stopped; when this returns, every process below us is gone."""
        adopt_orphans()
        with acting(actor="supervisor"):
            try:
                while not self._stopping:
                    self._safely(self._round)
                    time.sleep(TICK_S)
            finally:
                self._wind_down()

    def _safely(self, step: Callable[[], None]) -> None:
        try:
            step()
        except (DatabaseError, InterfaceError) as error:
            logger.warning("The database does not answer the supervisor: %s", error)
            connection.close()
        except Exception:  # whatever it is, jobs must go on being watched over
            logger.exception("A round of the supervisor failed")

    # --- One round ------------------------------------------------------------------------------

    def _round(self) -> None:
        table = parents()
        self._watch(table)
        self._see_off(table)
        self._end_strays(table)
        if self.cluster is None and time.monotonic() >= self._start_not_before:
            self._start()
        sweeper.sweep()
        if time.monotonic() - self._looked_around >= LOOK_AROUND_S:
            self._looked_around = time.monotonic()
            self._listen_for_silence()
            self._note_lateness()

    def _start(self) -> None:
        group = secrets.token_hex(4)
        main = subprocess.Popen(
            [sys.executable, "-m", "django", "jobs_cluster"],
            cwd=settings.BASE_DIR,
            start_new_session=True,
            env=os.environ
            | {
                "STAKAZO_WORKERS": str(self.workers),
                "STAKAZO_HEAVY_SLOTS": str(self.heavy_slots),
                "STAKAZO_WORKER_GROUP": group,
                "STAKAZO_SUPERVISOR_PID": str(os.getpid()),
            },
        )
        self._failed_starts += 1  # until it is up
        self.cluster = Cluster(group, main, self.workers, time.monotonic())
        logger.info("Worker group %s starts with %s workers", group, self.workers)

    def _watch(self, table: dict[int, int]) -> None:
        """Replace the cluster when a process of it is gone: it may have held a queue's lock."""
        cluster = self.cluster
        if cluster is None:
            return
        was_complete = cluster.complete
        if not cluster.complete:
            cluster.learn(table)
        up_s = time.monotonic() - cluster.started
        if cluster.complete and not was_complete:
            self._failed_starts = 0
            log_event(
                "worker_started",
                entity_type="worker",
                entity_id=cluster.id.rstrip(":"),
                metadata={"workers": cluster.workers, "pid": cluster.main.pid},
            )
        if cluster.main.poll() is not None:
            self._replace("its main process ended")
        elif cluster.complete and (gone := cluster.pids - cluster.living(table)):
            self._replace(f"{len(gone)} of its processes ended")
        elif not cluster.complete and up_s > START_TIMEOUT_S:
            self._replace("it did not come up")

    def _listen_for_silence(self) -> None:
        """Replace the cluster when bells stay unheard, due work waits, and a worker is idle."""
        cluster = self.cluster
        if cluster is None or not cluster.complete or not self._is_silent(cluster):
            self._unheard_since = None
            return
        now = time.monotonic()
        self._unheard_since = self._unheard_since or now
        if now - self._unheard_since >= settings.JOB_HUNG_AFTER_S / 2:
            self._unheard_since = None
            self._replace("it does not answer the bell")

    def _is_silent(self, cluster: Cluster) -> bool:
        return (
            job_overdue(
                node=node(),
                heavy_slots=self.heavy_slots,
                waited_s=settings.JOB_HUNG_AFTER_S / 2,
            )
            is not None
            and jobs_held_by(cluster.id).count() < cluster.workers
            and transport.bells_waiting() > 0
        )

    def _replace(self, why: str) -> None:
        if self.cluster is None:
            return
        logger.warning("Worker group %s is replaced: %s", self.cluster.group, why)
        self._retire(self.cluster, why)
        self.cluster = None
        # One that came up is replaced at once; one that cannot come up must not be tried in a frenzy.
        wait_s = 2**self._failed_starts - 1 if self._failed_starts else 0
        self._start_not_before = time.monotonic() + min(wait_s, MAX_RESTART_WAIT_S)

    def _note_lateness(self) -> None:
        age_s = oldest_due_age_s() or 0.0
        if (late := age_s > settings.JOB_LATE_S) != self._late:
            self._late = late
            log_event(
                "jobs_late" if late else "jobs_on_time",
                entity_type="worker",
                entity_id=node(),
                metadata={"oldest_due_age_s": round(age_s)},
            )

    # --- Seeing clusters off --------------------------------------------------------------------

    def _retire(self, cluster: Cluster, why: str) -> None:
        """Tell its workers to take no more, and end every process of it that is no worker."""
        cluster.learn(parents())  # q2 may have started some anew since we looked
        cluster.retiring_since = time.monotonic()
        send(cluster.pids - cluster.above, signal.SIGUSR1)
        send(cluster.above, signal.SIGKILL)
        self.retiring.append(cluster)
        log_event(
            "worker_stopped",
            entity_type="worker",
            entity_id=cluster.id.rstrip(":"),
            metadata={"why": why},
        )

    def _see_off(self, table: dict[int, int]) -> None:
        """End what retiring clusters have left that does no job; settle what their dead ones held."""
        for cluster in list(self.retiring):
            cluster.main.poll()
            living = cluster.living(table)
            held = {_pid_of(job): job for job in jobs_held_by(cluster.id)}
            for pid, job in held.items():
                if pid not in table:
                    self._settle_for(job)
            if time.monotonic() - (cluster.retiring_since or 0.0) > IDLE_EXIT_S:
                idle = living - held.keys()
                self._end(idle)
            if not living and not held:
                self.retiring.remove(cluster)

    def _settle_for(self, job: Job) -> None:
        if _pid_of(job) not in self._ended_by_us:
            sweeper.lose(job, why=f"The worker {job.worker_id} died.")
            return
        try:
            services.release(job, why="The worker was stopped.")
        except LostLease:
            logger.info("Job %s was settled while its worker ended", job.pk)

    def _end_strays(self, table: dict[int, int]) -> None:
        """Kill what was left to us by a worker that died: its ffmpeg, say."""
        known = {cluster.main.pid for cluster in self._clusters()}
        known |= {pid for cluster in self._clusters() for pid in cluster.pids}
        for pid in children_of(os.getpid(), table=table):
            if pid not in known:
                self._end({pid, *descendants_of(pid, table=table)})
        _bury_the_dead(except_for={cluster.main.pid for cluster in self._clusters()})

    def _end(self, pids: set[int]) -> None:
        self._ended_by_us |= pids
        send(pids, signal.SIGKILL)

    def _clusters(self) -> list[Cluster]:
        return [*self.retiring, *([self.cluster] if self.cluster else [])]

    # --- The end --------------------------------------------------------------------------------

    def _wind_down(self) -> None:
        logger.info("Workers take no new jobs; running ones have %s s", self.grace_s)
        if self.cluster is not None:
            self._safely(lambda: self._retire(self.cluster, "stopped") if self.cluster else None)
            self.cluster = None
        began, asked = time.monotonic(), False
        while self.retiring:
            self._safely(lambda: self._see_off(parents()))
            self._safely(lambda: self._end_strays(parents()))
            spent_s = time.monotonic() - began
            if not asked and spent_s > self.grace_s:
                asked = True
                table = parents()
                send([pid for c in self.retiring for pid in c.living(table)], signal.SIGUSR2)
            if spent_s > self.grace_s + 2 * settings.JOB_END_GRACE_S + 2:
                break
            time.sleep(TICK_S / 5)
        self._end(set(descendants_of(os.getpid())))
        self._safely(self._settle_the_rest)

    def _settle_the_rest(self) -> None:
        for cluster in self.retiring:
            for job in jobs_held_by(cluster.id):
                self._settle_for(job)


def _pid_of(job: Job) -> int:
    return int(job.worker_id.rpartition(":")[2] or 0)


def _bury_the_dead(*, except_for: set[int]) -> None:
    """Reap adopted processes that ended; subprocess reaps the main ones itself."""
    with contextlib.suppress(ChildProcessError):
        while found := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            if found.si_pid in except_for:
                return
            os.waitpid(found.si_pid, os.WNOHANG)
