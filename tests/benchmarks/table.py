"""What a benchmark answers, and how it is printed."""

import resource
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.db import connection


@dataclass(frozen=True)
class Row:
    """One figure: what was measured, beside what, and their ratio."""

    what: str
    value: str
    against: str
    ratio: str


def median_s(work: Callable[[], object], *, rounds: int = 5) -> float:
    """Median wall seconds of a piece of work, after one round that does not count."""
    work()
    taken = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def undisturbed_s(work: Mapping[str, Callable[[], object]], *, rounds: int) -> dict[str, float]:
    """Wall seconds of each piece of work: what one in twenty of so many rounds, in turns, stays below.

    In turns, so that what else the machine does falls on all alike; so low, for that only adds.
    """
    taken: dict[str, list[float]] = {name: [] for name in work}
    for number in range(rounds + 20):
        for name, do in work.items():
            begun = time.perf_counter()
            do()
            if number >= 20:
                taken[name].append(time.perf_counter() - begun)
    return {name: sorted(found)[len(found) // 20] for name, found in taken.items()}


def cpu_and_wall_s(work: Callable[[], object]) -> tuple[float, float]:
    """(CPU, wall) seconds of one run, children included."""

    def used() -> float:
        return sum(
            each.ru_utime + each.ru_stime
            for each in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        )

    cpu, wall = used(), time.perf_counter()
    work()
    return used() - cpu, time.perf_counter() - wall


def server_cpu_s() -> float:
    """Seconds on a CPU that our backend took so far; SQLite has none."""
    if connection.vendor == "sqlite":
        return 0.0
    connection.ensure_connection()
    backend = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    return int(backend.read_text().split()[0]) / 1e9


def print_table(title: str, rows: list[Row]) -> None:
    """The rows, as Markdown."""
    print(f"\n### {title}\n\n| what | value | against | ratio |\n|---|---|---|---|")  # noqa: T201
    for row in rows:
        print(f"| {row.what} | {row.value} | {row.against} | {row.ratio} |")  # noqa: T201
