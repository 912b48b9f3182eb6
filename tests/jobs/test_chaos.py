"""Real supervisors, clusters and workers, killed at the worst moment: each effect exactly once."""

import importlib
import os
import signal
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
from jobs.transport import bells_waiting
from ledger.models import LedgerEvent
from tests.events import event_types_of

pytestmark = pytest.mark.django_db(transaction=True)


class Chaos:
    """A folder where effects show, and the supervisors that were started."""

    def __init__(self, folder):
        self.folder = folder
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
                },
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
    before = dict(JOB_TYPES)
    importlib.import_module("tests.jobs.chaos.handlers")
    ours = {name: kind for name, kind in JOB_TYPES.items() if name not in before}
    yield
    for name in ours:
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


def tree_of(supervisor):
    """(main, sentinel, the sentinel's children: workers, then monitor, then pusher)."""
    table = parents()
    for main in children_of(supervisor.pid, table=table):  # an old worker may be leaving still
        for sentinel in children_of(main, table=table):
            if len(below := children_of(sentinel, table=table)) == 5:
                return main, sentinel, below
    raise AssertionError("the cluster is not complete")


def work(name, seconds=0.0, job_type="chaos_work", **options):
    return enqueue(job_type, {"name": name, "seconds": seconds}, **options)


def test_a_killed_worker_loses_no_job_and_doubles_no_effect(chaos):
    chaos.workers()
    jobs = [work(f"job{n}", 1.0) for n in range(4)]
    os.kill(chaos.begun("job0"), signal.SIGKILL)
    chaos.ended(*jobs)
    assert chaos.effects() == {f"job{n}": 1 for n in range(4)}
    first = jobs[0]
    assert [a.outcome for a in first.attempts.all()] == ["lost", "done"]
    assert event_types_of(first) == [
        "job_created",
        "job_processing_started",
        "job_retry_scheduled",
        "job_processing_started",
        "job_processing_completed",
    ]


def test_a_killed_cluster_is_replaced_and_its_jobs_are_done_once(chaos):
    supervisor = chaos.workers()
    jobs = [work(f"job{n}", 1.5, "chaos_heavy") for n in range(3)]
    chaos.begun("job0")
    chaos.begun("job1")
    os.killpg(tree_of(supervisor)[0], signal.SIGKILL)
    chaos.ended(*jobs)
    assert chaos.effects() == {f"job{n}": 1 for n in range(3)}
    assert clusters_started() == 2
    assert LedgerEvent.objects.filter(event_type="worker_stopped").count() == 1


def test_whichever_idle_process_dies_the_next_job_is_done(chaos):
    """A stock q2 cluster stops for ever when some of these die, for they hold the locks of queues."""
    supervisor = chaos.workers()
    for role, which in {
        "monitor": lambda tree: tree[2][3],
        "pusher": lambda tree: tree[2][4],
        "worker": lambda tree: tree[2][0],
        "another worker": lambda tree: tree[2][1],
        "sentinel": lambda tree: tree[1],
        "main": lambda tree: tree[0],
    }.items():
        known = clusters_started()
        os.kill(which(tree_of(supervisor)), signal.SIGKILL)
        chaos.until(lambda known=known: clusters_started() > known, f"a new one after the {role}")
        job = work(role)
        chaos.ended(job)
        assert chaos.effects()[role] == 1


def test_a_worker_that_sleeps_past_its_lease_is_fenced_off(chaos):
    chaos.workers()
    job = work("sleeper", 0.6)
    sleeper = chaos.begun("sleeper")
    os.kill(sleeper, signal.SIGSTOP)
    chaos.ended(job)
    assert chaos.begun("sleeper", times=2) != sleeper
    os.kill(sleeper, signal.SIGCONT)
    chaos.until(lambda: "was taken from us" in chaos.log(), "the sleeper notices")
    assert chaos.effects() == {"sleeper": 1}
    assert [a.outcome for a in job.attempts.all()] == ["lost", "done"]


def test_a_cluster_that_hangs_is_replaced(chaos):
    supervisor = chaos.workers()
    chaos.ended(work("before"))
    os.kill(tree_of(supervisor)[2][4], signal.SIGSTOP)
    chaos.ended(work("after"))
    assert "does not answer the bell" in chaos.log()
    assert chaos.effects() == {"before": 1, "after": 1}


def test_a_stop_lets_running_jobs_finish_and_takes_no_new_ones(chaos):
    supervisor = chaos.workers("--grace", "20")
    running = [work(f"run{n}", 1.0) for n in range(3)]
    for n in range(3):
        chaos.begun(f"run{n}")
    below = descendants_of(supervisor.pid)
    supervisor.terminate()
    waiting = work("waiting")
    assert supervisor.wait(30) == 0
    assert not set(below) & set(parents())
    assert [Job.objects.get(pk=job.pk).status for job in running] == ["completed"] * 3
    assert Job.objects.get(pk=waiting.pk).status == "pending"
    assert chaos.effects() == {f"run{n}": 1 for n in range(3)}
    assert event_types_of(running[0])[-1] == "job_processing_completed"


def test_after_the_grace_a_job_is_handed_back_uncounted(chaos):
    supervisor = chaos.workers("--grace", "0")
    job = work("long", 30)
    chaos.begun("long")
    supervisor.terminate()
    assert supervisor.wait(30) == 0
    job.refresh_from_db()
    assert (job.status, job.attempt) == ("retry", 0)
    assert [a.outcome for a in job.attempts.all()] == ["released"]
    assert chaos.effects() == {}


def test_a_killed_supervisor_leaves_nobody_working(chaos):
    supervisor = chaos.workers()
    job = work("orphan", 3.0)
    chaos.begun("orphan")
    below = descendants_of(supervisor.pid)
    assert len(below) == 7
    supervisor.kill()
    supervisor.wait()
    chaos.until(lambda: not set(below) & set(parents()), "everybody is gone")
    assert chaos.effects() == {}
    chaos.workers()
    chaos.ended(job)
    assert chaos.effects() == {"orphan": 1}


def test_poison_deafness_and_heavy_work_spare_the_others(chaos):
    chaos.workers()
    heavy = [work(f"heavy{n}", 1.5, "chaos_heavy", priority=9) for n in range(4)]
    chaos.begun("heavy0")
    chaos.begun("heavy1")
    light = work("light")
    chaos.ended(light)
    assert len([line for line in chaos.lines("begun") if line.startswith("heavy")]) == 2
    poison = work("poison", 0, "chaos_poison")
    deaf = work("deaf", 600, "chaos_deaf")
    child = chaos.begun("deaf")
    chaos.ended(*heavy)
    chaos.until(lambda: Job.objects.filter(status="dead").count() == 2, "both are dead")
    poison.refresh_from_db()
    deaf.refresh_from_db()
    assert (poison.attempt, poison.error_code) == (2, "jobs.worker-lost")
    assert (deaf.attempt, deaf.error_code) == (1, "jobs.timed-out")
    chaos.until(lambda: child not in parents(), "the deaf job's child is gone")
    assert chaos.effects() == {f"heavy{n}": 1 for n in range(4)} | {"light": 1}


def test_a_plain_qcluster_does_jobs_too(chaos):
    cluster = chaos.command("qcluster")
    jobs = [work(f"job{n}") for n in range(3)]
    chaos.ended(*jobs)
    cluster.terminate()
    cluster.wait(30)
    assert chaos.effects() == {f"job{n}": 1 for n in range(3)}
    chaos.until(lambda: bells_waiting() == 0, "every bell is confirmed")


@pytest.mark.postgresql
@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
def test_a_database_that_cuts_every_connection_costs_no_effect(chaos):
    chaos.workers()
    jobs = [work(f"job{n}", 1.0) for n in range(3)]
    for n in range(3):
        chaos.begun(f"job{n}")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert cursor.fetchone()[0] >= 3
    chaos.ended(*jobs)
    assert chaos.effects() == {f"job{n}": 1 for n in range(3)}
