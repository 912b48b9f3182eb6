"""Writes that go together: all of them or none, and an event that fails takes nothing with it."""

import contextlib

import pytest
from django.db import DatabaseError, connection, transaction

from jobs.models import JOB, Job
from ledger import spool
from ledger.machine import StaleState
from ledger.models import LedgerEvent
from ledger.queries import events_of
from ledger.services import log_event
from stakazo.core.bundles import Write, bundle, bundled, write
from tests.events import event_types_of
from tests.past_the_ledger import overwrite

pytestmark = pytest.mark.django_db

SILENT = {
    "postgresql": (
        "CREATE FUNCTION no_room() RETURNS trigger AS "
        "'BEGIN RAISE EXCEPTION ''no room''; END' LANGUAGE plpgsql",
        "CREATE TRIGGER no_room BEFORE INSERT ON ledger_events"
        " FOR EACH ROW EXECUTE FUNCTION no_room()",
    ),
    "sqlite": (
        "CREATE TRIGGER no_room BEFORE INSERT ON ledger_events"
        " BEGIN SELECT RAISE(ABORT, 'no room'); END",
    ),
}


@pytest.fixture
def job():
    return Job.objects.create(job_type="note")


@contextlib.contextmanager
def statements():
    seen = []

    def see(execute, sql, params, many, context):
        seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(see):
        yield seen


def refuse(cursor):
    raise StaleState("refused")


def name(job, text):
    return Write("UPDATE jobs SET worker_id = %s WHERE job_type = %s", [text, job.job_type])


def test_nothing_is_written_before_the_end_and_then_everything(job):
    with bundled():
        JOB.move(job, Job.Status.CANCELLED, values={"worker_id": "vm::1"})
        log_event("worker_started")
        assert Job.objects.get().status == Job.Status.PENDING
        assert event_types_of(job) == ["job_created"]
    kept = Job.objects.get()
    assert (kept.status, kept.worker_id) == (Job.Status.CANCELLED, "vm::1")
    assert event_types_of(job) == ["job_created", "job_cancelled"]
    assert LedgerEvent.objects.filter(event_type="worker_started").count() == 1
    assert bundle() is None


@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="statements travel on PostgreSQL only"
)
def test_it_is_one_round_trip(job):
    with statements() as seen, bundled():
        JOB.move(job, Job.Status.CANCELLED)
        write(name(job, "vm::1"))
    assert len(seen) == 1


@pytest.mark.parametrize("refused_first", [True, False])
def test_a_refused_write_takes_the_bundle_and_leaves_the_rest_of_the_transaction(
    job, refused_first
):
    other = Job.objects.create(job_type="other")
    writes = [name(job, "vm::1"), Write("UPDATE jobs SET stage = 'x'", [], told=refuse)]
    with transaction.atomic():
        JOB.move(other, Job.Status.CANCELLED)
        with pytest.raises(StaleState), bundled():
            for one in reversed(writes) if refused_first else writes:
                write(one)
    assert set(Job.objects.values_list("status", "worker_id", "stage")) == {
        ("pending", "", ""),
        ("cancelled", "", ""),
    }


def test_a_stale_move_writes_no_event(job):
    overwrite(Job.objects.filter(pk=job.pk), status=Job.Status.FAILED)
    with pytest.raises(StaleState), bundled():
        JOB.move(job, Job.Status.CANCELLED)
        log_event("worker_started")
    assert event_types_of(job) == ["job_created"]
    assert not LedgerEvent.objects.filter(event_type="worker_started").exists()


@pytest.mark.django_db(transaction=True)
def test_an_event_that_the_database_refuses_goes_to_the_spool_and_the_move_is_made(job):
    for statement in SILENT[connection.vendor]:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    try:
        with bundled():
            JOB.move(job, Job.Status.CANCELLED)
            write(name(job, "vm::1"))
    finally:
        with connection.cursor() as cursor:
            where = " ON ledger_events" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER no_room{where}")
            if connection.vendor == "postgresql":
                cursor.execute("DROP FUNCTION no_room")
    kept = Job.objects.get()
    assert (kept.status, kept.worker_id) == (Job.Status.CANCELLED, "vm::1")
    assert [one.event.event_type for one in spool.waiting()] == ["job_cancelled"]
    assert events_of(job).count() == 1


def test_a_statement_that_is_wrong_is_an_error_and_writes_nothing(job):
    with pytest.raises(DatabaseError), transaction.atomic(), bundled():
        JOB.move(job, Job.Status.CANCELLED)
        write(Write("UPDATE jobs SET nothing = 1", []))
    assert Job.objects.get().status == Job.Status.PENDING
    assert event_types_of(job) == ["job_created"]


@pytest.mark.django_db(transaction=True)
def test_a_bundle_whose_end_fails_is_undone(job):
    def fail():
        assert Job.objects.get().status == Job.Status.CANCELLED
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"), bundled() as together:
        JOB.move(job, Job.Status.CANCELLED)
        together.afterwards.append(fail)
    assert Job.objects.get().status == Job.Status.PENDING
    assert event_types_of(job) == ["job_created"]


def test_there_is_one_bundle_at_a_time():
    with bundled(), pytest.raises(RuntimeError), bundled():
        pass
