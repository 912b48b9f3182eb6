"""Real clusters that hang, are told to stop, eat memory or grow old: all are replaced in time."""

import os
import signal

import pytest

from jobs.models import Job, JobWorker
from jobs.processes import parents
from jobs.queries import workers_alive
from jobs.services import stop_worker
from ledger.models import LedgerEvent
from tests.jobs.chaos.house import clusters_started, tree_of, work

pytestmark = pytest.mark.django_db(transaction=True)

MIB = 2**20
MEMORY = 400 * MIB


def test_a_cluster_that_hangs_is_replaced_though_no_job_waits(chaos):
    supervisor = chaos.workers("--workers", "2")
    for role, which in {"pusher": 3, "monitor": 2}.items():
        known = clusters_started()
        os.kill(tree_of(supervisor, 2)[2][which], signal.SIGSTOP)
        chaos.until(lambda known=known: clusters_started() > known, f"a new one after the {role}")
    assert chaos.log().count("it does not answer the canary") == 2
    # Of two workers one is at it, so the other is the one that waits for the next bell.
    job = work("long", 12)
    busy, known = chaos.begun("long"), clusters_started()
    (idle,) = set(tree_of(supervisor, 2)[2][:2]) - {busy}
    os.kill(idle, signal.SIGSTOP)
    chaos.until(lambda: clusters_started() > known, "a new one after the worker")
    assert chaos.log().count("it does not answer the canary") == 3
    chaos.ended(job)
    assert chaos.effects() == {"long": 1}
    assert [a.outcome for a in job.attempts.all()] == ["done"]


def test_a_worker_is_seen_and_leaves_when_it_is_asked_to(chaos):
    supervisor = chaos.workers("--workers", "2")
    below = set(tree_of(supervisor, 2)[2][:2])
    chaos.until(
        lambda: set(workers_alive().values_list("pid", flat=True)) == below, "both are seen"
    )
    job = work("long", 3)
    busy = chaos.begun("long")
    worker = JobWorker.objects.get(pid=busy)
    assert Job.objects.get(pk=job.pk).worker_id == worker.worker_id
    chaos.until(
        lambda: JobWorker.objects.filter(pk=worker.pk, memory_bytes__gt=10 * MIB).exists(),
        "it tells its memory",
    )
    assert stop_worker(worker)
    assert not stop_worker(worker)
    chaos.ended(job)
    chaos.until(lambda: clusters_started() == 2, "another is in its place")
    assert "a worker left: somebody asked for it" in chaos.log()
    assert chaos.effects() == {"long": 1}
    chaos.until(
        lambda: (
            (seen := set(workers_alive().values_list("pid", flat=True)))
            and len(seen) == 2
            and not seen & below
        ),
        "only the new ones are seen",
    )
    assert not below & set(parents())
    asked = LedgerEvent.objects.get(event_type="worker_stop_asked")
    assert asked.entity_id == worker.worker_id


def test_a_job_that_eats_the_memory_is_a_dead_letter_that_says_so(chaos):
    chaos.env = {"STAKAZO_WORKER_MEMORY_BYTES": str(MEMORY)}
    chaos.workers("--workers", "2")
    other = work("other", 1.0)
    greedy = work("greedy", job_type="chaos_greedy")
    hungry = work("hungry", job_type="chaos_hungry")
    chaos.until(lambda: Job.objects.filter(status="dead").count() == 2, "both are dead")
    for job, attempts, words in (
        (greedy, 2, "The try asked for more memory than a worker may have (400 MiB)."),
        (hungry, 1, "of memory for this try; it may have 400 MiB."),
    ):
        job.refresh_from_db()
        assert (job.attempt, job.error_code) == (attempts, "jobs.out-of-memory")
        assert job.error.endswith(words)
    chaos.ended(other)
    assert chaos.effects() == {"other": 1}
    assert "a worker left: " in chaos.log()


def test_workers_that_did_their_share_are_replaced_and_no_job_notices(chaos):
    chaos.env = {"STAKAZO_RECYCLE_AFTER": "3"}
    chaos.workers("--workers", "1")
    jobs = [work(f"job{n}", 0.2) for n in range(12)]
    chaos.until(lambda: clusters_started() >= 2, "an heir is there")
    chaos.ended(*jobs)
    assert chaos.effects() == {f"job{n}": 1 for n in range(12)}
    assert "shall be replaced: it did " in chaos.log()
    assert Job.objects.filter(attempt=1).count() == 12
