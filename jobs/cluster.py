"""One q2 cluster as its supervisor sees it: how it is started, and which processes it is."""

import os
import secrets
import subprocess
import sys
import time
from dataclasses import dataclass, field

from django.conf import settings

from jobs.canary import Canary
from jobs.processes import children_of
from jobs.vitals import Vitals
from jobs.worker import group_id


@dataclass
class Cluster:
    """A q2 cluster and its processes, as far as they were seen."""

    group: str
    main: "subprocess.Popen[bytes]"
    workers: int
    started: float
    vitals: Vitals
    canary: Canary
    pids: set[int] = field(default_factory=set)  # all of the processes below
    above: set[int] = field(default_factory=set)  # main and sentinel, who do no jobs
    complete: bool = False
    retiring_since: float | None = None

    @property
    def id(self) -> str:
        """How the ids of its workers begin."""
        return group_id(self.group)

    def learn(self, table: dict[int, int]) -> bool:
        """Learn who belongs to it: main process, sentinel, its children. Whether all are there.

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
        return self.complete

    def living(self, table: dict[int, int]) -> set[int]:
        """Those of its processes that still run."""
        return {pid for pid in self.pids if pid in table}


def start_cluster(*, workers: int, heavy_slots: int) -> Cluster:
    """Start one in a session of its own; its workers are a group with a name of its own."""
    group, vitals = secrets.token_hex(4), Vitals.opened()
    main = subprocess.Popen(
        [sys.executable, "-m", "django", "jobs_cluster"],
        cwd=settings.BASE_DIR,
        start_new_session=True,
        pass_fds=[vitals.write_fd],
        env=os.environ
        | {
            "STAKAZO_WORKERS": str(workers),
            "STAKAZO_HEAVY_SLOTS": str(heavy_slots),
            "STAKAZO_WORKER_GROUP": group,
            "STAKAZO_SUPERVISOR_PID": str(os.getpid()),
            "STAKAZO_VITALS_FD": str(vitals.write_fd),
        },
    )
    vitals.handed_over()
    return Cluster(group, main, workers, time.monotonic(), vitals, Canary(group))
