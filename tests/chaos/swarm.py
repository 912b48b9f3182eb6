"""Many injuries in little time: the same jobs and database, but workers that are forked, without q2.

Each worker does what q2's do when a bell rings (`jobs.runner.answer_bell`), over and over; two processes
sweep. What dies is forked anew within milliseconds, where a cluster takes seconds to come up, so that
this finds in minutes what real clusters would meet in days. What it leaves out (bells, the supervisor)
the other runs have.
"""

import contextlib
import os
import signal
import sys
import time

from django.db import connections

from jobs import worker
from jobs.processes import send
from tests.chaos import points
from tests.chaos.forking import let_go_of_the_database
from tests.chaos.house import House
from tests.chaos.plan import plan_of
from tests.chaos.run import AWAY, Run

SWEEPERS = 2
INJURIES = {
    "kill:worker": 12,
    "kill:sweeper": 2,
    "kill:everything": 1,
    "term:worker": 3,
    "pause:worker": 3,
    "pause:sweeper": 1,
    "clock": 1,
    "full": 1,
    "cut": 3,
    "restart:database": 0.3,
    "flush:redis": 1,
    "restart:redis": 0.3,
    "cancel": 2,
}


class SwarmHouse(House):
    """Workers and sweepers, forked from the harness."""

    def __init__(self, folder, *, env, workers, supervisors, disk=None):
        super().__init__(folder, env=env, workers=workers, supervisors=0, disk=disk)
        self.living = {}  # pid → role

    def keep_up(self):
        """Fork whoever is missing."""
        with contextlib.suppress(ChildProcessError):
            while (found := os.waitpid(-1, os.WNOHANG))[0]:
                self.living.pop(found[0], None)
                if found[0] == self.waker:
                    self.waker = None
        wanted = {"worker": self.workers, "sweeper": SWEEPERS}
        for role, count in wanted.items():
            for _ in range(count - list(self.living.values()).count(role)):
                self._fork(role)
        super().keep_up()

    def _fork(self, role):
        let_go_of_the_database()
        pid = os.fork()
        if pid:
            self.living[pid] = role
            return
        try:
            os.environ |= self.env | {"CHAOS_ARMED": "1"}
            with (self.folder / "log").open("ab") as log:
                os.dup2(log.fileno(), sys.stderr.fileno())
            points.install()
            (_work if role == "worker" else _sweep)()
        finally:
            os._exit(1)

    def who(self, role, pick):
        """One of the role, or everybody."""
        those = [pid for pid, of in self.living.items() if role in (of, "everything")]
        if role == "worker":
            return [self._busy(those, pick)]
        return those if role == "everything" else [those[pick % len(those)]]

    def stop(self):
        """TERM to all; who does not leave is named."""
        for _, _, do in sorted(self._later, key=lambda each: each[:2]):
            do()
        self._later.clear()
        send(self.living, signal.SIGCONT)
        send(self.living, signal.SIGTERM)
        until = time.monotonic() + 60
        while self.living and time.monotonic() < until:
            with contextlib.suppress(ChildProcessError):
                while (found := os.waitpid(-1, os.WNOHANG))[0]:
                    self.living.pop(found[0], None)
            time.sleep(0.02)
        left = [f"{pid} {role}, which does not stop" for pid, role in self.living.items()]
        send(self.living, signal.SIGKILL)
        for pid in self.living:
            os.waitpid(pid, 0)
        self.living.clear()
        return left + super().stop()


class Swarm(Run):
    """A run whose house is a swarm."""

    house_of = SwarmHouse
    progress_s = 1.0


def swarm_plan(seed, *, jobs, injuries, crashes, without, workers):
    """As `plan_of`, in small time."""
    return plan_of(
        seed,
        jobs=jobs,
        injuries=injuries,
        crashes=crashes,
        without=without,
        workers=workers,
        longest_s=0.2,
        kinds=INJURIES,
        pauses_s=(0.0, 0.01, 0.05),
    )


def _work():
    from jobs.runner import answer_bell

    worker.settle_in()
    while True:
        if not answer_bell(""):
            time.sleep(0.02)


def _sweep():
    from jobs.sweeper import sweep

    worker.die_with_parent(signal.SIGKILL)
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    while True:
        try:
            sweep()
        except AWAY:
            connections.close_all()
        time.sleep(0.1)
