"""From one job to the next: the transaction that ends one takes another."""

import pytest
from django.db import OperationalError, connection

from jobs import services, worker
from jobs.models import Job
from jobs.registry import Done
from jobs.runner import answer_bell
from jobs.services import Taker, enqueue, pause_queue, settle_done
from ledger.context import acting
from ledger.models import LedgerEvent
from tests.jobs.conftest import Note


def put(word="", **options):
    return enqueue("test_note", Note(word), **options)


def status(job):
    return Job.objects.get(pk=job.pk).status


@pytest.mark.django_db(transaction=True)
def test_the_next_job_is_taken_in_the_transaction_that_ends_this_one(job_type_of):
    job_type_of()
    first, second = put("first"), put("second")
    taker = Taker("vm::1")
    begins = []

    def see(execute, sql, params, many, context):
        begins.append(connection.in_atomic_block)
        return execute(sql, params, many, context)

    job = taker.next()
    sight = taker.look()
    with connection.execute_wrapper(see):
        after = settle_done(job, Done(), [], then=lambda: taker.take(sight))
    assert (job.pk, after.pk) == (first.pk, second.pk)
    assert (status(first), status(second)) == ("completed", "processing")
    writes = begins[1:] if connection.vendor == "sqlite" else begins  # the first says BEGIN
    assert all(writes)


@pytest.mark.django_db
def test_events_of_the_next_job_know_nothing_of_the_one_before(job_type_of):
    job_type_of()
    first, second = put("first", correlation_id="road 1"), put("second")
    taker = Taker("vm::1")
    job = taker.next()
    with acting(actor="worker", job_id=first.pk, correlation_id="road 1", caused_by=first.pk):
        settle_done(job, Done(), [], then=taker.next)
    begun = LedgerEvent.objects.get(event_type="job_processing_started", job_id=second.pk)
    assert (begun.actor, begun.worker_id) == ("worker", "vm::1")
    assert begun.correlation_id == ""
    created = LedgerEvent.objects.get(event_type="job_created", job_id=second.pk)
    assert begun.caused_by == created.pk


@pytest.mark.django_db(transaction=True)
def test_what_was_taken_ahead_falls_with_the_transaction(job_type_of):
    job_type_of()
    put("first")
    second = put("second")
    taker = Taker("vm::1")
    job = taker.next()

    def take_and_fail():
        assert taker.next().pk == second.pk
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        settle_done(job, Done(), [], then=take_and_fail)
    assert (status(job), status(second)) == ("processing", "pending")


@pytest.mark.django_db(transaction=True)
def test_a_database_that_goes_away_on_the_way_costs_the_next_job_and_not_this_one(job_type_of):
    job_type_of()
    put("first")
    second = put("second")
    taker = Taker("vm::1")
    job = taker.next()

    def take_and_lose():
        taker.next()
        raise OperationalError("gone")

    assert settle_done(job, Done(), [], then=take_and_lose) is None
    assert (status(job), status(second)) == ("completed", "pending")
    assert Job.objects.get(pk=second.pk).attempt == 0


@pytest.mark.django_db
def test_a_worker_that_is_told_to_go_hands_back_what_it_took_ahead(job_type_of, monkeypatch):
    done = []
    settle = services.settle_done

    def settle_then_be_told(*args, **options):
        after = settle(*args, **options)
        worker.taking_no_more.set()  # the signal comes just after the commit
        return after

    def handler(job):
        done.append(job.payload.word)
        return Done()

    job_type_of(handler)
    put("first")
    second = put("second")
    monkeypatch.setattr(services, "settle_done", settle_then_be_told)
    try:
        assert answer_bell("default") == 1
    finally:
        worker.taking_no_more.clear()
    assert done == ["first"]
    second.refresh_from_db()
    assert (second.status, second.attempt) == ("pending", 0)
    assert second.attempts.get().outcome == "released"


@pytest.mark.django_db
def test_a_queue_that_is_paused_meanwhile_gives_no_more(job_type_of, monkeypatch):
    """A worker that goes from job to job sees a pause as soon as one that waits for bells."""
    done = []

    def handler(job):
        done.append(job.payload.word)
        if len(done) == 3:
            pause_queue("default", why="test")
        return Done()

    monkeypatch.setattr("jobs.services.claiming.RULES_HOLD_S", 0.0)
    monkeypatch.setattr("jobs.runner.SIGHT_HOLDS_S", 0.0)
    job_type_of(handler)
    for n in range(5):
        put(str(n))
    assert answer_bell("default") == 3
    assert done == ["0", "1", "2"]
