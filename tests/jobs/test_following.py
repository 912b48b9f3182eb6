"""Jobs that come after others, batches, and keys that hold for a while."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from jobs.errors import BadPayload, EmptyBatch, NotWaiting, PredecessorFailed
from jobs.models import Job, JobBatch
from jobs.registry import Done, GiveUp
from jobs.runner import drain
from jobs.services import (
    cancel_job,
    claim,
    claim_next,
    enqueue,
    enqueue_batch,
    retry_job,
    settle_done,
    settle_given_up,
    start_now,
)
from ledger.machine import IllegalMove
from tests.events import event_types_of
from tests.jobs.conftest import Note
from tests.past_the_ledger import overwrite

pytestmark = pytest.mark.django_db


def put(word="", name="test_note", **options):
    return enqueue(name, Note(word), **options)


def begin(job):
    return claim(job.pk, worker_id="vm::1")


def done(job):
    settle_done(begin(job), Done(), [])


def failed(job):
    settle_given_up(begin(job), GiveUp("no"), [])


def status(job):
    job.refresh_from_db()
    return job.status


@pytest.fixture(autouse=True)
def _types(job_type_of):
    job_type_of()


def test_it_begins_when_all_before_it_have_completed():
    first, second = put("1"), put("2")
    last = put("3", after=[first, second])
    assert (last.status, last.after_left) == ("pending", 2)
    done(first)
    assert claim(last.pk, worker_id="vm::1") is None
    with pytest.raises(NotWaiting):
        start_now(last)
    done(second)
    assert claim_next(worker_id="vm::1").pk == last.pk


def test_what_completed_before_is_not_waited_for():
    first = put()
    done(first)
    assert put(after=[first]).after_left == 0


def test_a_bad_end_cancels_those_after_it_all_the_way_and_a_retry_brings_them_back():
    first = put("1")
    second = put("2", after=[first])
    third = put("3", after=[second])
    failed(first)
    assert [status(job) for job in (first, second, third)] == ["failed", "cancelled", "cancelled"]
    assert (second.error_code, third.error_code) == ("jobs.predecessor-failed",) * 2
    assert str(first) in second.error
    with pytest.raises(PredecessorFailed):
        retry_job(second)
    with pytest.raises(PredecessorFailed):
        put(after=[first])
    retry_job(first)
    assert [status(job) for job in (first, second, third)] == ["pending"] * 3
    assert [second.after_left, third.after_left] == [1, 1]
    done(first)
    done(second)
    done(third)
    assert event_types_of(third) == [
        "job_created",
        "job_cancelled",
        "job_requeued",
        "job_processing_started",
        "job_processing_completed",
    ]


def test_cancelling_by_hand_cancels_those_after_it():
    first = put()
    second = put(after=[first])
    cancel_job(first)
    assert status(second) == "cancelled"


def test_one_that_somebody_cancelled_is_not_brought_back():
    first = put()
    second = put(after=[first])
    cancel_job(second)
    failed(first)
    assert status(first) == "failed"
    retry_job(first)
    assert status(second) == "cancelled"
    done(first)
    assert status(first) == "completed"
    with pytest.raises(IllegalMove):
        retry_job(first)
    assert retry_job(second).after_left == 0


def test_after_any_end_it_begins_all_the_same():
    good, bad = put("good"), put("bad")
    last = put("last", after=[good, bad], after_any_end=True)
    failed(bad)
    assert (status(last), last.after_left) == ("pending", 1)
    done(good)
    assert begin(last)


@pytest.mark.django_db(transaction=True)
def test_an_end_at_the_same_moment_is_never_missed():
    """Each round a job ends while another is told to come after it: that one always gets to begin."""
    for _ in range(12):
        first = begin(put())
        gate, born = threading.Barrier(2), []

        def follow(first=first, gate=gate, born=born):
            gate.wait()
            try:
                born.append(put(after=[first]))
            finally:
                connection.close()

        thread = threading.Thread(target=follow)
        thread.start()
        gate.wait()
        settle_done(first, Done(), [])
        thread.join()
        assert claim(born[0].pk, worker_id="vm::2") is not None


def test_a_batch_calls_back_when_all_of_it_has_ended(job_type_of):
    told = []

    def all_done(job):
        told.append(job.payload.word)
        return Done()

    job_type_of(all_done, name="test_all_done")
    job_type_of(lambda job: GiveUp("no"), name="test_bad")
    batch = enqueue_batch(
        "three",
        [("test_note", Note("1")), ("test_bad", Note("2")), ("test_note", Note("3"))],
        then=("test_all_done", Note("told")),
        correlation_id="road",
    )
    assert (batch.total, batch.jobs.count(), batch.callback.after_left) == (3, 3, 3)
    assert batch.callback.correlation_id == "road"
    drain()
    assert told == ["told"]
    assert status(batch.callback) == "completed"


def test_a_batch_is_put_in_whole_or_not_at_all():
    with pytest.raises(BadPayload):
        enqueue_batch("bad", [("test_note", {"word": "x"}), ("test_note", {"word": 1})])
    with pytest.raises(EmptyBatch):
        enqueue_batch("none", [])
    assert not Job.objects.exists()
    assert not JobBatch.objects.exists()


def test_a_key_may_hold_for_a_while_after_the_end():
    first = put(dedup_key="k", dedup_for_s=60)
    done(first)
    assert put(dedup_key="k", dedup_for_s=60).pk == first.pk
    assert put(dedup_key="k").pk != first.pk
    overwrite(Job.objects, created_at=timezone.now() - timedelta(seconds=61), status="completed")
    assert put(dedup_key="k", dedup_for_s=60).pk != first.pk


def test_a_bad_end_frees_the_key_at_once():
    first = put(dedup_key="k", dedup_for_s=60)
    failed(first)
    assert put(dedup_key="k", dedup_for_s=60).pk != first.pk
