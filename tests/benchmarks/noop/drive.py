"""One round, in a process of its own: enqueue, start the workers, wait for the end, ring singly.

`python -m tests.benchmarks.noop.drive Ours`, or another of the systems. Prints one JSON object.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.noop.starts import VARIABLE, starts
from tests.benchmarks.noop.systems import SYSTEMS, WORKERS

WORK = 1000
SINGLES = 15
PATIENCE_S = 60


def wait_for_starts(count, *, look_s):
    """When each began, as soon as so many have."""
    until = time.monotonic() + PATIENCE_S
    while len(began := starts()) < count:
        if time.monotonic() > until:
            raise RuntimeError(f"only {len(began)} of {count} began in {PATIENCE_S} s")
        time.sleep(look_s)
    return began


def wait_for_end(system):
    """When everything about all of them was written."""
    until = time.monotonic() + PATIENCE_S
    while left := system.left():
        if time.monotonic() > until:
            raise RuntimeError(f"all began, but {left} did not end in {PATIENCE_S} s")
        time.sleep(0.005)
    return time.time()


def measure(system):
    """A round: what enqueueing cost, how fast the backlog went, how long single ones waited."""
    system.put()  # the first one pays for imports and connections
    costs = []
    for _ in range(WORK):
        begun = time.perf_counter()
        system.put()
        costs.append(time.perf_counter() - begun)
    workers = [_start(command) for command in system.commands]
    try:
        began = wait_for_starts(WORK + 1, look_s=0.02)
        written = wait_for_end(system)
        chance = random.Random(7)
        waits = []
        for _ in range(SINGLES):
            time.sleep(chance.uniform(1.0, 1.3))  # long enough for whoever looks less when idle
            rung, known = time.time(), len(starts())
            system.put()
            waits.append(wait_for_starts(known + 1, look_s=0.002)[-1] - rung)
    finally:
        for worker in workers:
            worker.send_signal(signal.SIGTERM)
        for worker in workers:
            _see_end(worker)
    return {
        "put_s": costs,
        "per_s": (WORK + 1) / (written - began[0]),
        "waits_s": waits,
        "twice": len(starts()) - WORK - 1 - SINGLES,
    }


def _start(command):
    return subprocess.Popen(
        command,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"STAKAZO_WORKERS": str(WORKERS)},
    )


def _see_end(worker):
    try:
        worker.wait(30)
    except subprocess.TimeoutExpired:
        worker.kill()


def main(name):
    """Measure this system and print what was found."""
    chosen = SYSTEMS[name]
    with tempfile.TemporaryDirectory() as folder:
        os.environ[VARIABLE] = str(Path(folder, "starts"))
        os.environ["DJANGO_SETTINGS_MODULE"] = chosen.settings
        system = chosen()
        try:
            print(json.dumps(measure(system)))  # noqa: T201
        finally:
            system.clear()


if __name__ == "__main__":
    main(sys.argv[1])
