"""A job and a task that do nothing but look at the clock."""

import time
from dataclasses import dataclass

from jobs.registry import Done, Outcome, handles
from jobs.running import Running


@dataclass(frozen=True)
class Nothing:
    """Nothing to know."""


@handles("bench_nothing", payload=Nothing, queue="default")
def bench_nothing(job: Running[Nothing]) -> Outcome:
    """Say when it began."""
    return Done({"at": time.time()})


def nothing():
    """The same for stock q2."""
    return time.time()
