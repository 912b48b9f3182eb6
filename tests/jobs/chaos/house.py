"""What the chaos tests share: supervisors as real processes, and the folder where effects show."""

import importlib
import os
import subprocess
import sys
import threading
from collections import Counter

import pytest
from django.conf import settings as product
from django.db import connection

from jobs.models import Job
from jobs.processes import children_of, descendants_of, parents
from jobs.registry import JOB_TYPES
from jobs.services import enqueue
from ledger.models import LedgerEvent

_OURS = {}


class Chaos:
    """A folder where effects show, and the supervisors that were started."""

    def __init__(self, folder):
        self.folder = folder
        self.env = {}
        self.started = []

    def command(self, *words):
        """Start a manage.py command against the database of this test."""
        database = connection.settings_dict
        url = {
            "sqlite": lambda: f"sqlite:///{database['NAME']}",
            "postgresql": lambda: (
                f"postgres://{database['USER']}:{database['PASSWORD']}"
                f"@{database['HOST']}:{database['PORT'] or 5432}/{database['NAME']}"
            ),
        }[connection.vendor]()
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "manage.py", *words],
                cwd=product.BASE_DIR,
                env=os.environ
                | {
                    "DJANGO_SETTINGS_MODULE": "tests.jobs.chaos.settings",
                    "DATABASE_URL": url,
                    "CHAOS_DIR": str(self.folder),
                    "STAKAZO_LOG_LEVEL": "INFO",
                }
                | self.env,
                stdout=log,
                stderr=log,
            )
        self.started.append(process)
        return process

    def workers(self, *options):
        """A supervisor whose cluster is up."""
        known = clusters_started()
        process = self.command("run_workers", "--workers", "3", *options)
        self.until(lambda: clusters_started() > known, "the workers are up")
        return process

    def until(self, holds, what, timeout_s=40):
        """Wait for something that other processes bring about."""
        pause = threading.Event()
        for _ in range(timeout_s * 20):
            if answer := holds():
                return answer
            pause.wait(0.05)
        raise AssertionError(f"never: {what}\n{self.log()}\n{list(Job.objects.values())}")

    def lines(self, file):
        """What the handlers wrote."""
        path = self.folder / file
        return path.read_text().splitlines() if path.exists() else []

    def log(self):
        """What the processes said."""
        return (self.folder / "log").read_text()

    def effects(self):
        """name → how often it took effect."""
        return Counter(self.lines("effects"))

    def begun(self, name, times=1):
        """The pid that began this job for the nth time, as soon as it did."""

        def pids():
            return [int(line.split()[1]) for line in self.lines("begun") if line.startswith(name)]

        return self.until(lambda: len(pids()) >= times and pids(), f"{name} begins")[times - 1]

    def ended(self, *jobs):
        """Wait until all of these are completed."""
        keys = [job.pk for job in jobs]
        left = Job.objects.filter(pk__in=keys).exclude(status="completed")
        self.until(lambda: not left.exists(), "all jobs are completed")


@pytest.fixture(scope="module")
def chaos_types():
    """The job types of the chaos app, known to this process only for these tests."""
    if not _OURS:
        before = set(JOB_TYPES)
        importlib.import_module("tests.jobs.chaos.handlers")  # registers them, once in a process
        _OURS.update({name: JOB_TYPES[name] for name in JOB_TYPES.keys() - before})
    JOB_TYPES.update(_OURS)
    yield
    for name in _OURS:
        del JOB_TYPES[name]


@pytest.fixture
def chaos(tmp_path, chaos_types):
    house = Chaos(tmp_path)
    yield house
    for process in house.started:
        below = descendants_of(process.pid)
        if process.poll() is None:
            process.kill()
            process.wait()
        house.until(lambda below=below: not set(below) & set(parents()), "all processes are gone")


def clusters_started():
    """How many clusters came up so far."""
    return LedgerEvent.objects.filter(event_type="worker_started").count()


def tree_of(supervisor, workers=3):
    """(main, sentinel, the sentinel's children: workers, then monitor, then pusher)."""
    table = parents()
    for main in children_of(supervisor.pid, table=table):  # an old worker may be leaving still
        for sentinel in children_of(main, table=table):
            if len(below := children_of(sentinel, table=table)) == workers + 2:
                return main, sentinel, below
    raise AssertionError("the cluster is not complete")


def work(name, seconds=0.0, job_type="chaos_work", **options):
    return enqueue(job_type, {"name": name, "seconds": seconds}, **options)
