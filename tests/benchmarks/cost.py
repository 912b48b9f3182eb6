"""What a piece of work costs: CPU, wall, and the memory of its largest process.

Our work runs in a fork of this process, as q2 forks its workers. Commands of others run below a
launcher of ten megabytes, for Linux counts what a process held before its exec as its own peak.
"""

import contextlib
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.table import cpu_and_wall_s

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
PRESENT, FRAME = np.uint64(63), np.uint64(2**55 - 1)  # of an entry of /proc/…/pagemap
NICENESS = 5  # at which our own ffmpeg runs; everything that is compared runs so

LAUNCHER = """
import json, resource, subprocess, sys, time
begun = time.perf_counter()
code = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
sys.stdout.flush()
print()
print(json.dumps([code, used.ru_utime + used.ru_stime, time.perf_counter() - begun, used.ru_maxrss]))
"""


@dataclass(frozen=True)
class Cost:
    """Seconds and megabytes. child_mb: the largest process that the work started, 0 for none."""

    cpu_s: float
    wall_s: float
    peak_mb: float
    child_mb: float = 0.0


def cost_of(work: Callable[[], Any]) -> tuple[Cost, Any]:
    """Do the work in a fork of this process: its cost, and its answer as JSON gives it back."""
    from django.db import connections

    connections.close_all()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        with contextlib.suppress(BaseException):
            os.close(reader)
            os.nice(NICENESS)
            try:
                answer: list[Any] = []
                cpu_s, wall_s = cpu_and_wall_s(lambda: answer.append(work()))
                peaks = [
                    resource.getrusage(who).ru_maxrss / 1024
                    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
                ]
                with os.fdopen(writer, "w") as out:
                    json.dump([cpu_s, wall_s, *peaks, answer[0]], out)
                code = 0
            except Exception:  # noqa: BLE001  the parent raises
                traceback.print_exc()
        os._exit(code)
    os.close(writer)
    with os.fdopen(reader) as said:
        text = said.read()
    _, status = os.waitpid(child, 0)
    if status != 0:
        raise RuntimeError("the work failed; its traceback is above")
    *figures, answer = json.loads(text)
    return Cost(*figures), answer


def cost_of_command(*commands: Sequence[str]) -> tuple[Cost, str]:
    """Run the commands, one after the other: their cost, and what they wrote to stdout."""
    costs, said = [], ""
    for command in commands:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", LAUNCHER, *map(str, command)],
            capture_output=True,
            text=True,
            check=True,
            preexec_fn=lambda: os.nice(NICENESS),
        )
        before, _, last = done.stdout.rstrip("\n").rpartition("\n")
        code, cpu_s, wall_s, peak_kb = json.loads(last)
        if code != 0:
            raise RuntimeError(f"{command[0]} ended with {code}: {done.stderr[-2000:]}")
        costs.append(Cost(cpu_s, wall_s, peak_kb / 1024))
        said += before
    return (
        Cost(
            sum(cost.cpu_s for cost in costs),
            sum(cost.wall_s for cost in costs),
            max(cost.peak_mb for cost in costs),
        ),
        said,
    )


def cost_of_tree(command: Sequence[str], *, every_s: float = 0.2) -> tuple[Cost, float, str]:
    """Run a command that starts others: (cost, resident megabytes of all together, what it wrote).

    The peak of the cost counts each page of memory once, however many of the processes share it; who
    may not see which page is which (only root may) gets what each has for itself, and the most that
    one of them shares. The second figure adds up what `ps` says. Both are sampled.
    """
    begun, peaks = time.perf_counter(), [0.0, 0.0]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryFile() as out:
        child = subprocess.Popen(
            [str(each) for each in command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            preexec_fn=lambda: os.nice(NICENESS),
        )
        while child.poll() is None:
            processes = _tree(child.pid)
            held = [_memory_mb(process) for process in processes]
            own, shared = sum(each[0] for each in held), [each[1] for each in held]
            once = _unique_mb(processes) or own + max(shared)
            peaks = [max(peaks[0], once), max(peaks[1], own + sum(shared))]
            time.sleep(every_s)
        wall_s = time.perf_counter() - begun
        if child.returncode != 0:
            raise RuntimeError(f"{command[0]} ended with {child.returncode}")
        out.seek(0)
        said = out.read().decode()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(cpu_s, wall_s, peaks[0]), peaks[1], said


def _tree(root: int) -> list[int]:
    """The process and all below it."""
    parents = {}
    for each in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(each.parent.name)] = int(each.read_text().rpartition(")")[2].split()[1])
    found = [root]
    for process in found:
        found += [pid for pid, parent in parents.items() if parent == process]
    return found


def _memory_mb(process: int) -> tuple[float, float]:
    """(its own, shared) resident megabytes of a process; nothing when it is gone."""
    try:
        told = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0.0, 0.0
    sizes = {line.split(":")[0]: int(line.split()[1]) for line in told.splitlines()[1:]}
    own = sizes.get("Private_Clean", 0) + sizes.get("Private_Dirty", 0)
    shared = sizes.get("Shared_Clean", 0) + sizes.get("Shared_Dirty", 0)
    return own / 1024, shared / 1024


def _unique_mb(processes: Sequence[int]) -> float:
    """Megabytes of all pages that they have mapped, each counted once; 0 where nobody tells."""
    found = [np.zeros(0, np.uint64)]
    for process in processes:
        with contextlib.suppress(OSError):
            maps = Path(f"/proc/{process}/maps").read_text().splitlines()
            with open(f"/proc/{process}/pagemap", "rb", buffering=0) as table:  # noqa: PTH123
                for line in maps:
                    if line.endswith(("[vsyscall]", "[vvar]")):
                        continue
                    first, end = (
                        int(each, 16) // PAGE_BYTES for each in line.split()[0].split("-")
                    )
                    table.seek(8 * first)
                    entries = np.frombuffer(table.read(8 * (end - first)), np.uint64)
                    found.append(entries[entries >> PRESENT == 1] & FRAME)
    pages = np.unique(np.concatenate(found))
    return len(pages) * PAGE_BYTES / 1024**2 if len(pages) > 1 else 0.0


def in_turns(
    ways: dict[str, Callable[[], Cost]], *, rounds: int, once: Sequence[str] = ()
) -> dict[str, list[Cost]]:
    """Each way once per round, so that a busy moment of the machine hits all of them.

    once: ways that take part in the first round only.
    """
    costs: dict[str, list[Cost]] = {name: [] for name in ways}
    for number in range(rounds):
        for name, way in ways.items():
            if number == 0 or name not in once:
                costs[name].append(way())
    return costs


def median_cost(costs: list[Cost]) -> Cost:
    """Each figure's median."""
    return Cost(*(statistics.median(each) for each in zip(*map(_figures, costs), strict=True)))


def median_ratio(costs: list[Cost], peers: list[Cost], figure: str) -> float:
    """Median over the rounds of ours against the peer of the same round."""
    return statistics.median(
        getattr(ours, figure) / getattr(peer, figure)
        for ours, peer in zip(costs, peers, strict=False)  # fewer of what took part once
    )


def _figures(cost: Cost) -> tuple[float, ...]:
    return (cost.cpu_s, cost.wall_s, cost.peak_mb, cost.child_mb)
