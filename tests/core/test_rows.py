"""One row written or read without the ORM's composing: the same row as with it."""

import uuid
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import connection
from django.db.models.signals import post_save

from jobs.models import Job, JobAttempt
from ledger.queries import events_of
from stakazo.core.rows import create_row, insert_row, select_row, update_row

pytestmark = pytest.mark.django_db

ODD = {
    "job_type": "note",
    "status": Job.Status.RETRY,  # a str, but not only
    "priority": -3,
    "payload": {"a": [1, None, "ü"], "quote": "'%s'"},
    "dedup_key": "it's 100 %",
    "run_at": datetime(2026, 5, 4, 3, 2, 1, 123456, tzinfo=timezone(timedelta(hours=-7))),
    "started_at": None,
    "cancel_requested": True,
    "progress": 1 / 3,
    "result": {},
}


def everything(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_a_row_reads_as_it_was_written_with_and_without_the_orm():
    job = Job(**ODD)
    insert_row(job)
    found = select_row(Job, "WHERE id = %s", [Job._meta.pk.get_db_prep_value(job.pk, connection)])
    assert everything(found) == everything(Job.objects.get(pk=job.pk)) == everything(job)
    assert found._state.db == "default"
    assert not found._state.adding


def test_what_the_orm_wrote_reads_the_same():
    job = Job.objects.create(**ODD)
    found = select_row(Job, "WHERE job_type = %s", ["note"])
    assert everything(found) == everything(Job.objects.get(pk=job.pk))


def test_no_row_is_none():
    assert select_row(Job, "WHERE job_type = %s", ["none of this name"]) is None


def test_an_update_writes_every_kind_of_value_once():
    job = Job.objects.create(job_type="note")
    later = datetime(2027, 1, 1, tzinfo=UTC)
    written = {"run_at": later, "result": {"n": 1}, "progress": 1, "error": "bad", "attempt": True}
    assert update_row(Job, written, where={"pk": job.pk, "status": Job.Status.PENDING}) == 1
    assert update_row(Job, written, where={"pk": uuid.uuid4()}) == 0
    job.refresh_from_db()
    assert (job.run_at, job.result, job.progress, job.error, job.attempt) == (
        later,
        {"n": 1},
        1.0,
        "bad",
        1,
    )


def test_a_row_that_belongs_to_another_may_be_given_it_whole():
    job = Job.objects.create(job_type="note")
    attempt = JobAttempt(job=job, number=1, fencing_token=1, worker_id="vm::1")
    insert_row(attempt)
    assert job.attempts.get() == attempt
    assert update_row(JobAttempt, {"error": "x"}, where={"job": job, "fencing_token": 1}) == 1


def test_a_created_row_is_told_to_the_ledger():
    told = []
    post_save.connect(
        lambda **facts: told.append(facts["created"]), sender=Job, weak=False, dispatch_uid="t"
    )
    try:
        job = Job(job_type="note")
        create_row(job)
    finally:
        post_save.disconnect(sender=Job, dispatch_uid="t")
    assert told == [True]
    assert [event.event_type for event in events_of(job)] == ["job_created"]
