"""Watches over q2 clusters: starts one, replaces it when it dies or hangs, and repairs jobs meanwhile.

A stock q2 cluster can stop for ever while it looks healthy: the process that dies may hold the lock
of a queue (docs/jobs.md). q2's processes hold no truth of ours, so the cure is always the same and
never asks what broke: **retire** the cluster and start another. A retiring cluster loses its parent
processes at once; its workers finish the job in hand, if they have one, and end.
"""

import contextlib
import logging
import os
import signal
import time
from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from jobs import services, sweeper, transport
from jobs.cluster import Cluster, start_cluster
from jobs.errors import LostLease
from jobs.models import Job
from jobs.processes import Deaths, adopt_orphans, children_of, descendants_of, parents, send
from jobs.queries import job_overdue, jobs_held_by, oldest_due_age_s
from jobs.worker import node
from ledger.context import acting
from ledger.services import log_event

logger = logging.getLogger(__name__)

TICK_S = 0.5
SWEEP_S = 1.0
LOOK_AROUND_S = 2.0
PROCESSES_S = 10.0  # the ends of those we know are told to us at once
SLEPT_S = 2.0  # a round so late says that we did not run ourselves: nobody else is to blame
START_TIMEOUT_S = 30.0
IDLE_EXIT_S = 2.0  # a retiring worker without a job has so long to leave by itself
MAX_RESTART_WAIT_S = 30


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
        self.heir: Cluster | None = None  # comes up while the other, which is to go, still works
        self.retiring: list[Cluster] = []
        self._stopping = False
        self._ended_by_us: set[int] = set()
        self._unheard_since: float | None = None
        self._failed_starts = 0
        self._start_not_before = 0.0
        self._deaths = Deaths()
        self._somebody_died = True
        self._swept = self._looked_around = self._looked_at_processes = 0.0
        self._rounded = time.monotonic()
        self._late = False
        self._last_fault = ""

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
                    self._somebody_died |= self._deaths.wait(TICK_S)
            finally:
                self._wind_down()

    def _safely(self, step: Callable[[], object]) -> None:
        try:
            step()
        except (DatabaseError, InterfaceError) as error:
            logger.warning("The database does not answer the supervisor: %s", error)
            connection.close()
        except Exception as error:  # whatever it is, jobs must go on being watched over
            again, self._last_fault = repr(error) == self._last_fault, repr(error)
            logger.error("A round of the supervisor failed: %s", error, exc_info=not again)

    # --- One round ------------------------------------------------------------------------------

    def _round(self) -> None:
        now = time.monotonic()
        slept, self._rounded = now - self._rounded > SLEPT_S, now
        if now - self._looked_at_processes >= PROCESSES_S:
            self._somebody_died = True  # perhaps one whom we do not know yet
            self._safely(services.forget_silent_workers)
        if self._somebody_died or not self._is_settled():
            self._looked_at_processes = now
            self._look_at_processes()
        if self.cluster is None and self.heir is None and now >= self._start_not_before:
            self._start()
        if self.cluster is not None and self.cluster.complete:
            self._safely(lambda: self._listen(slept=slept))
        if now - self._swept >= SWEEP_S:
            self._swept = now
            self._safely(sweeper.sweep)
        if now - self._looked_around >= LOOK_AROUND_S:
            self._looked_around = now
            self._listen_for_silence()
            self._note_lateness()

    def _is_settled(self) -> bool:
        """One cluster, complete: then deaths are told to us, and nothing else can change."""
        return bool(self.cluster and self.cluster.complete and not (self.retiring or self.heir))

    def _look_at_processes(self) -> None:
        table = parents()
        self._watch(table)
        self._watch_heir(table)
        self._see_off()
        self._end_strays(table)
        alive = {pid for cluster in self._clusters() for pid in cluster.living(table)}
        self._somebody_died = not self._deaths.watch(alive)

    def _start(self) -> None:
        self._failed_starts += 1  # until it is up
        self.cluster = self._started()

    def _started(self) -> Cluster:
        cluster = start_cluster(workers=self.workers, heavy_slots=self.heavy_slots)
        logger.info("Worker group %s starts with %s workers", cluster.group, self.workers)
        return cluster

    def _watch(self, table: dict[int, int]) -> None:
        """Replace the cluster when a process of it is gone: it may have held a queue's lock."""
        cluster = self.cluster
        if cluster is None:
            return
        self._learn(cluster, table)
        if why := _why_gone(cluster, table):
            self._replace(why)

    def _learn(self, cluster: Cluster, table: dict[int, int]) -> None:
        if not cluster.complete and cluster.learn(table):
            self._failed_starts = 0
            log_event(
                "worker_started",
                entity_type="worker",
                entity_id=cluster.id.rstrip(":"),
                metadata={"workers": cluster.workers, "pid": cluster.main.pid},
            )

    def _watch_heir(self, table: dict[int, int]) -> None:
        """Once it is up it takes over; should it not come up, the other stays."""
        heir = self.heir
        if heir is None:
            return
        self._learn(heir, table)
        if why := _why_gone(heir, table):
            self.heir = None
            logger.warning("Worker group %s, an heir, is given up: %s", heir.group, why)
            self._retire(heir, why)
        elif heir.complete or self.cluster is None:
            self.heir = None
            if self.cluster is not None:
                self._replace(self.cluster.vitals.wish)
            self.cluster = heir

    def _listen(self, *, slept: bool) -> None:
        """Hear what the cluster says of itself, and whether its canary sings."""
        cluster, now = self.cluster, time.monotonic()
        if cluster is None:
            return
        cluster.vitals.hear(now)
        if slept:
            cluster.vitals.forgive(now)
            cluster.canary.forgive()
        if why := cluster.canary.look(cluster.vitals, now):
            self._replace(why)
        elif cluster.vitals.wish and self.heir is None:
            logger.info("Worker group %s shall be replaced: %s", cluster.group, cluster.vitals.wish)
            self.heir = self._started()

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
        self._safely(partial(transport.forget_group, cluster.group))

    def _see_off(self) -> None:
        """End what retiring clusters have left that does no job; settle what their dead ones held."""
        for cluster in list(self.retiring):
            cluster.main.poll()
            held = {_pid_of(job): job for job in jobs_held_by(cluster.id)}
            # Looked at after that: who took a job a moment ago is in this table, or dead.
            table = parents()
            living = cluster.living(table)
            for pid, job in held.items():
                if pid not in table:
                    self._settle_for(job)
            if time.monotonic() - (cluster.retiring_since or 0.0) > IDLE_EXIT_S:
                idle = living - held.keys()
                self._end(idle)
            if not living and not held:
                self.retiring.remove(cluster)
                cluster.vitals.close()
                services.forget_workers(cluster.id)

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
        return [*self.retiring, *(each for each in (self.cluster, self.heir) if each)]

    # --- The end --------------------------------------------------------------------------------

    def _wind_down(self) -> None:
        logger.info("Workers take no new jobs; running ones have %s s", self.grace_s)
        for cluster in (self.cluster, self.heir):
            if cluster is not None:
                self._safely(partial(self._retire, cluster, "stopped"))
        self.cluster = self.heir = None
        began, asked = time.monotonic(), False
        while self.retiring:
            self._safely(self._see_off)
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
            services.forget_workers(cluster.id)


def _why_gone(cluster: Cluster, table: dict[int, int]) -> str:
    """Why a cluster is none any more; empty while it is one, or may become one."""
    if gone := cluster.pids - cluster.living(table):
        cluster.vitals.hear(time.monotonic())
        if own_will := [why for pid, why in cluster.vitals.leaving.items() if pid in gone]:
            return f"a worker left: {own_will[0]}"
    if cluster.main.poll() is not None:
        return "its main process ended"
    if cluster.complete and gone:
        return f"{len(gone)} of its processes ended"
    if not cluster.complete and time.monotonic() - cluster.started > START_TIMEOUT_S:
        return "it did not come up"
    return ""


def _pid_of(job: Job) -> int:
    return int(job.worker_id.rpartition(":")[2] or 0)


def _bury_the_dead(*, except_for: set[int]) -> None:
    """Reap adopted processes that ended; subprocess reaps the main ones itself."""
    with contextlib.suppress(ChildProcessError):
        while found := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
            if found.si_pid in except_for:
                return
            os.waitpid(found.si_pid, os.WNOHANG)
