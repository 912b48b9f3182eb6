"""A house of real supervisors and clusters, who is who in it, and how to hurt it."""

import contextlib
import heapq
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from jobs.processes import children_of, descendants_of, die_with_parent, parents, send
from tests.chaos import clock, points
from tests.chaos.forking import let_go_of_the_database
from tests.chaos.history import lines_of

PROJECT = Path(__file__).resolve().parent.parent.parent
PATIENCE_S = 400  # of whoever waits for an end; machines may be slow


class House:
    """folder: of this run; env: what its processes are told besides; workers: of each cluster."""

    def __init__(self, folder, *, env, workers=3, supervisors=1, disk=None):
        self.folder, self.env, self.workers = Path(folder), env, workers
        self.disk = disk
        self.waker = None
        self.supervisors = [None] * supervisors
        self.ever = set()  # every pid that was seen below a supervisor
        self._later = []

    # --- Starting and stopping --------------------------------------------------------------------

    def start(self, number, *, grace_s=5):
        """Start a supervisor, as an init system would."""
        with (self.folder / "log").open("ab") as log:
            self.supervisors[number] = subprocess.Popen(
                [
                    *(sys.executable, "manage.py", "run_workers"),
                    *("--workers", str(self.workers), "--grace", str(grace_s)),
                ],
                cwd=PROJECT,
                env=os.environ | self.env | {"CHAOS_ARMED": "1"},
                stdout=log,
                stderr=log,
            )

    def keep_up(self):
        """Start again whichever supervisor is gone, and see to what is due."""
        table = parents()
        for number, process in enumerate(self.supervisors):
            if process is None or process.poll() is not None:
                self.start(number)
            else:
                self.ever |= set(descendants_of(process.pid, table=table))
        if self.waker is None:
            self._fork_waker()
        while self._later and self._later[0][0] <= time.monotonic():
            heapq.heappop(self._later)[2]()

    def later(self, seconds, do):
        """Do something when the time has come."""
        heapq.heappush(self._later, (time.monotonic() + seconds, random.random(), do))

    def _fork_waker(self):
        """A process that wakes up whoever was stopped, when the time has come.

        Not the harness itself: who was stopped may hold a lock of SQLite that the harness waits for.
        """
        let_go_of_the_database()
        self.waker = os.fork()
        if self.waker:
            return
        try:
            die_with_parent()
            while True:
                time.sleep(0.1)
                for line in lines_of(self.folder, "stopped"):
                    due_s = line["at_s"] + line["for_s"]
                    if (
                        due_s <= time.time() < due_s + 1
                    ):  # often, in case one was lost; not for ever
                        send([line["pid"]], signal.SIGCONT)
        finally:
            os._exit(1)

    def stop(self):
        """TERM to all; afterwards no process is left. Those that are after all are named and killed."""
        for _, _, do in sorted(self._later, key=lambda each: each[:2]):
            do()
        self._later.clear()
        running = [process for process in self.supervisors if process]
        for process in running:
            self.ever |= set(descendants_of(process.pid))
            send([process.pid], signal.SIGCONT)
            process.terminate()
        self._end_waker()
        left = []
        for process in running:
            try:
                process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                left.append(f"{process.pid} run_workers, which does not stop")
                process.kill()
                process.wait()
        ours = self.ever | {line["pid"] for line in lines_of(self.folder, "children")}
        until = time.monotonic() + PATIENCE_S
        while (there := self._still(ours)) and time.monotonic() < until:
            time.sleep(0.1)
        send(there, signal.SIGKILL)
        return left + list(there.values())

    def _end_waker(self):
        stopped = {line["pid"] for line in lines_of(self.folder, "stopped")}
        send(self._still(stopped), signal.SIGCONT)
        if self.waker:
            send([self.waker], signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(self.waker, 0)
            self.waker = None

    def _still(self, ours):
        """Those of these pids that run and are of this run: a pid may be somebody else's by now."""
        found = {}
        for pid in ours & parents().keys():
            with contextlib.suppress(OSError):
                environ = Path(f"/proc/{pid}/environ").read_bytes()
                words = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
                if f"CHAOS_DIR={self.folder}\0".encode() in environ:
                    found[pid] = f"{pid} {words}"
        return found

    # --- Who is who -------------------------------------------------------------------------------

    def who(self, role, pick):
        """The pids that an injury of this role hits; empty when there is nobody of that role now."""
        alive = [process for process in self.supervisors if process and process.poll() is None]
        if not alive:
            return []
        supervisor = alive[pick % len(alive)].pid
        if role == "supervisor":
            return [supervisor]
        if role == "everything":
            return [supervisor, *descendants_of(supervisor)]
        table = parents()
        families = [
            (main, sentinel, children_of(sentinel, table=table))
            for main in children_of(supervisor, table=table)
            for sentinel in children_of(main, table=table)
        ]
        families = [family for family in families if len(family[2]) > self.workers]
        if not families:
            return []
        main, sentinel, below = families[-1]
        chosen = {
            "main": [main],
            "sentinel": [sentinel],
            "cluster": [main, sentinel, *below],
            "worker": [self._busy(below[: self.workers], pick)],
            "monitor": below[self.workers : self.workers + 1],
            "pusher": below[self.workers + 1 : self.workers + 2],
        }
        return chosen[role]

    def _busy(self, workers, pick):
        """A worker, nine times of ten one that has a job in hand."""
        committed = {(line["job"], line["token"]) for line in lines_of(self.folder, "committed")}
        busy = {
            line["pid"]
            for line in lines_of(self.folder, "begun")[-50:]
            if (line["job"], line["token"]) not in committed
        }
        those = [pid for pid in workers if pid in busy] if pick % 10 else workers
        return (those or workers)[pick % len(those or workers)]

    # --- Hurting it -------------------------------------------------------------------------------

    def hurt(self, injury, *, database, name, redis):
        """Do what the injury says; False when there was nothing to hurt."""
        kind, _, whom = injury.kind.partition(":")
        facts = {"kind": injury.kind, "for_s": injury.for_s}
        match kind:
            case "kill" | "term" | "pause":
                pids = self.who(whom, injury.pick)
                facts["pids"] = pids
                done = bool(pids)
            case _:
                done = True
        if not done:
            return False
        points.log("injected", facts)
        match kind:
            case "kill":
                send(pids, signal.SIGKILL)
            case "term":
                send(pids, signal.SIGTERM)
            case "pause":
                send(pids, signal.SIGSTOP)
                for pid in pids:
                    points.log("stopped", {"pid": pid, "for_s": injury.for_s})
            case "clock":
                clock.set_fast_by(clock.fast_by_s() + injury.for_s)
            case "full":
                self._fill_the_disk(injury.for_s)
            case "cut":
                database.cut(name)
            case "restart":
                (database if whom == "database" else redis).restart()
            case "flush":
                redis.flush()
        return True

    def _fill_the_disk(self, for_s):
        """Really where it is our own; else by what writes answer."""
        if self.disk is not None:
            self.disk.fill()
            self.later(for_s, self.disk.empty)
            return
        (self.folder / "full").touch()
        self.later(for_s, lambda: (self.folder / "full").unlink(missing_ok=True))

    def remove(self):
        """The folder of the run."""
        for sub in self.folder.iterdir():
            if sub.is_symlink():
                shutil.rmtree(sub.resolve(), ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)
