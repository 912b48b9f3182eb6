"""Several at once, on real connections: one winner, one ledger event."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from jobs.models import Job
from jobs.services import claim, claim_next, enqueue
from jobs.sweeper import sweep
from tests.events import event_types_of
from tests.jobs.conftest import Note

pytestmark = pytest.mark.django_db(transaction=True)
CROWD = 6


def all_at_once(work):
    """What each of CROWD threads got, all starting together, each on its own connection."""
    gate = threading.Barrier(CROWD)

    def one(number):
        try:
            gate.wait()
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(CROWD) as pool:
        return list(pool.map(one, range(CROWD)))


def test_one_of_many_claimers_wins(job_type_of):
    job_type_of()
    job = enqueue("test_note", Note())
    taken = all_at_once(lambda n: claim(job.pk, worker_id=f"vm::{n}"))
    (winner,) = [each for each in taken if each]
    job.refresh_from_db()
    assert (job.worker_id, job.attempt, job.fencing_token) == (winner.worker_id, 1, 1)
    assert event_types_of(job) == ["job_created", "job_processing_started"]


def test_many_claimers_share_the_work(job_type_of):
    job_type_of()
    jobs = [enqueue("test_note", Note()) for _ in range(CROWD)]
    taken = all_at_once(lambda n: claim_next(worker_id=f"vm::{n}"))
    got = [each.pk for each in taken if each]
    assert len(set(got)) == len(got)
    while more := claim_next(worker_id="vm::last"):
        got.append(more.pk)
    assert sorted(got) == sorted(job.pk for job in jobs)


def test_the_limit_of_heavy_work_holds_when_all_claim_at_once(job_type_of, settings):
    settings.JOB_HEAVY_QUEUES, settings.JOB_HEAVY_SLOTS = ["render"], 2
    job_type_of(queue="render")
    for _ in range(CROWD):
        enqueue("test_note", Note())
    taken = all_at_once(lambda n: claim_next(worker_id=f"vm::{n}"))
    assert len([each for each in taken if each]) == 2


def test_the_same_key_at_once_is_one_job(job_type_of):
    job_type_of()
    found = all_at_once(lambda n: enqueue("test_note", Note(str(n)), dedup_key="k").pk)
    assert len(set(found)) == 1
    assert Job.objects.count() == 1


def test_sweepers_in_many_places_find_a_lost_job_once(job_type_of):
    job_type_of()
    job = enqueue("test_note", Note())
    claim(job.pk, worker_id="vm::1")
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert sum(swept.lost for swept in all_at_once(lambda n: sweep())) == 1
    job.refresh_from_db()
    assert (job.status, job.error_code) == ("retry", "jobs.worker-lost")
    assert event_types_of(job).count("job_retry_scheduled") == 1
