"""Real supervisors, clusters and workers, killed at the worst moment: each effect exactly once."""

import os
import signal

import pytest
from django.db import connection

from jobs.models import Job
from jobs.processes import descendants_of, parents
from jobs.transport import bells_waiting
from ledger.models import LedgerEvent
from tests.events import event_types_of
from tests.jobs.chaos.house import clusters_started, tree_of, work

pytestmark = pytest.mark.django_db(transaction=True)


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


def test_a_cluster_that_hangs_is_replaced_when_work_waits_also_without_a_canary(chaos):
    chaos.env = {"CHAOS_CANARY_PATIENCE_S": "600"}
    supervisor = chaos.workers()
    chaos.ended(work("before"))
    os.kill(tree_of(supervisor)[2][4], signal.SIGSTOP)
    chaos.ended(work("after"))
    assert "does not answer the bell" in chaos.log()
    assert chaos.effects() == {"before": 1, "after": 1}


def test_a_stop_lets_running_jobs_finish_and_takes_no_new_ones(chaos):
    supervisor = chaos.workers("--grace", "20")
    running = [work(f"run{n}", 4.0) for n in range(3)]
    for n in range(3):
        chaos.begun(f"run{n}")
    below = descendants_of(supervisor.pid)
    supervisor.terminate()
    stopped = LedgerEvent.objects.filter(event_type="worker_stopped")
    chaos.until(stopped.exists, "the workers are told")
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
    assert (job.status, job.attempt) == ("pending", 0)
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
