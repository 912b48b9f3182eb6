"""Job types for the chaos tests.

Their effect is a line in `$CHAOS_DIR/effects`, written while the completing transaction holds the job,
so that a file outside the database says how often each job really took effect. That they began is a
line in `$CHAOS_DIR/begun`, which the tests wait for.
"""

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from jobs.registry import Done, Outcome, handles
from jobs.running import Running


@dataclass(frozen=True)
class Work:
    """A name, and how long to work."""

    name: str
    seconds: float = 0.0


def append(file, line):
    """One line, at once and whole."""
    descriptor = os.open(
        Path(os.environ["CHAOS_DIR"]) / file, os.O_WRONLY | os.O_APPEND | os.O_CREAT
    )
    os.write(descriptor, f"{line}\n".encode())
    os.close(descriptor)


def _work(job: Running[Work]) -> Outcome:
    append("begun", f"{job.payload.name} {os.getpid()}")
    job.stage("working")
    until = time.monotonic() + job.payload.seconds
    while (left := until - time.monotonic()) > 0:
        job.progress(1 - left / job.payload.seconds)
        job.stop.wait(0.05)
    return Done(effect=lambda: append("effects", job.payload.name))


@handles("chaos_work", payload=Work, queue="default", max_attempts=5)
def chaos_work(job: Running[Work]) -> Outcome:
    """Work for a while in small steps."""
    return _work(job)


@handles("chaos_heavy", payload=Work, queue="render", max_attempts=5)
def chaos_heavy(job: Running[Work]) -> Outcome:
    """Work for a while in small steps, as heavy work."""
    return _work(job)


@handles("chaos_poison", payload=Work, max_attempts=2, backoff_max_s=0.5)
def chaos_poison(job: Running[Work]) -> Outcome:
    """Kill the worker."""
    append("begun", f"{job.payload.name} {os.getpid()}")
    os.kill(os.getpid(), 9)
    return Done()


@handles("chaos_deaf", payload=Work, max_attempts=1, timeout_s=1)
def chaos_deaf(job: Running[Work]) -> Outcome:
    """Never look at anything, with a child process that outlives its parent."""
    child = subprocess.Popen(["sleep", str(job.payload.seconds)], start_new_session=True)
    append("begun", f"{job.payload.name} {child.pid}")
    while True:
        time.sleep(0.1)


@handles("chaos_hungry", payload=Work, max_attempts=1)
def chaos_hungry(job: Running[Work]) -> Outcome:
    """Take 300 MiB of memory, little by little, and wait for somebody to mind."""
    append("begun", f"{job.payload.name} {os.getpid()}")
    eaten = []
    for _ in range(300):
        eaten.append(os.urandom(2**20))
        job.stop.wait(0.001)
    job.stop.wait(60)
    job.check()
    return Done({"pieces": len(eaten)}, effect=lambda: append("effects", job.payload.name))


@handles("chaos_greedy", payload=Work, max_attempts=2, backoff_max_s=0.5)
def chaos_greedy(job: Running[Work]) -> Outcome:
    """Ask for 4 GiB at once."""
    append("begun", f"{job.payload.name} {os.getpid()}")
    return Done({"bytes": len(bytearray(2**32))})
