"""A job and a task that do nothing but say that they began."""

from dataclasses import dataclass

from jobs.registry import Done, Outcome, handles
from jobs.running import Running
from tests.benchmarks.noop.starts import note_start


@dataclass(frozen=True)
class Nothing:
    """Nothing to know."""


@handles("bench_nothing", payload=Nothing, queue="default")
def bench_nothing(job: Running[Nothing]) -> Outcome:
    """Say that it began."""
    note_start()
    return Done()


def nothing():
    """The same for stock q2."""
    note_start()
