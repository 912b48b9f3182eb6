"""One round, in a process of its own: enqueue, start a cluster, wait for the end, ring singly.

`python -m tests.benchmarks.noop.drive`, with the settings module `…noop.ours` or `…noop.stock`.
Prints one JSON object.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time

import django
from django.conf import settings

WORK = 200  # stock q2 keeps the last 250 results
SINGLES = 30
WORKERS = 2
PATIENCE_S = 120


class Ours:
    """Jobs, done by the cluster that `run_workers` supervises."""

    command = ("run_workers", "--workers", str(WORKERS), "--grace", "5")

    @staticmethod
    def put():
        from jobs.services import enqueue

        return enqueue("bench_nothing", {}).pk

    @staticmethod
    def begun(keys):
        """When each began, of those that are done."""
        from jobs.models import Job

        done = Job.objects.filter(job_type="bench_nothing", status="completed", pk__in=keys)
        return {pk: result["at"] for pk, result in done.values_list("pk", "result")}


class Stock:
    """Tasks of a stock qcluster."""

    command = ("qcluster",)

    @staticmethod
    def put():
        from django_q.tasks import async_task

        return async_task("tests.benchmarks.noop.handlers.nothing")

    @staticmethod
    def begun(keys):
        from django_q.models import Task

        return {task.id: task.result for task in Task.objects.filter(id__in=keys, success=True)}


def wait_for(system, keys):
    """When each began, as soon as all are done and everything about them is written."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        begun = system.begun(keys)
        if len(begun) == len(keys):
            return begun
        time.sleep(0.02)
    raise RuntimeError(f"only {len(begun)} of {len(keys)} were done")


def main():
    django.setup()
    system = Stock if settings.Q_CLUSTER["name"] == "stock" else Ours
    system.put()  # the first one pays for imports and connections
    costs, keys = [], []
    for _ in range(WORK):
        begun = time.perf_counter()
        keys.append(system.put())
        costs.append(time.perf_counter() - begun)
    cluster = subprocess.Popen(
        [sys.executable, "manage.py", *system.command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"STAKAZO_WORKERS": str(WORKERS)},
    )
    try:
        first = min(wait_for(system, keys).values())
        drained_s = time.time() - first
        chance = random.Random(7)
        waits = []
        for _ in range(SINGLES):
            time.sleep(chance.uniform(0.05, 0.25))  # falls anywhere in the rhythm of a poll
            rung = time.time()
            waits += [at - rung for at in wait_for(system, [system.put()]).values()]
    finally:
        cluster.send_signal(signal.SIGTERM)
        try:
            cluster.wait(30)
        except subprocess.TimeoutExpired:
            cluster.kill()
    print(json.dumps({"put_s": costs, "per_s": WORK / drained_s, "waits_s": waits}))  # noqa: T201


if __name__ == "__main__":
    main()
