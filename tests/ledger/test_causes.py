"""Events know what caused them, through every door, without anybody passing it on."""

import uuid

import pytest

from jobs.models import Job
from jobs.services import claim
from ledger.causes import causes_of
from ledger.context import acting, current
from ledger.models import LedgerEvent
from ledger.services import log_event, log_job_event

pytestmark = pytest.mark.django_db


def types(event):
    return [each.event_type for each in causes_of(event)]


def test_the_first_event_of_a_request_causes_the_others():
    with acting(actor="user:1", correlation_id="request-1"):
        first = log_event("worker_started")
        with acting(correlation_id="road-1"):
            second = log_event("worker_stopped")
        third = log_event("worker_stopped")
    assert first.caused_by is None
    assert second.caused_by == third.caused_by == first.pk
    with acting(actor="user:1", correlation_id="request-2"):
        assert log_event("worker_started").caused_by is None


def test_a_job_s_start_causes_what_it_does_and_its_birth_caused_the_start():
    with acting(actor="user:1", correlation_id="request-1"):
        asked = log_event("campaign_started", entity_type="campaign", entity_id="c")
        job = Job(job_type="test_note", queue="default")
        job.save()
    claimed = claim(job.pk, worker_id="host:1")
    with acting(actor="worker", worker_id="host:1", job_id=claimed.pk):
        done = log_event("clip_created", entity_type="clip", entity_id="c")
        child = Job.objects.create(job_type="test_note", queue="default", parent=job)
    born = LedgerEvent.objects.get(entity_id=str(child.pk))
    for event in (done, born):
        assert types(event) == ["job_processing_started", "job_created", "campaign_started"]
        assert causes_of(event)[-1].pk == asked.pk


def test_where_the_process_does_not_know_the_life_of_the_thing_tells(monkeypatch):
    monkeypatch.setattr("ledger.context._newest_of_job", {})
    job_id = uuid.uuid4()
    log_job_event("job_created", job_id)
    monkeypatch.setattr("ledger.context._newest_of_job", {})  # another process
    started = log_job_event("job_processing_started", job_id)
    assert started.caused_by is None
    assert types(started) == ["job_created"]


def test_who_looks_for_work_causes_nothing():
    with acting(actor="command:jobs_drain", correlation_id="command-1"):
        log_event("worker_started")
        with acting(actor="worker", worker_id="host:1"):
            assert current().caused_by is None


def test_a_cause_that_was_rolled_back_and_a_circle_end_the_chain():
    gone = uuid.uuid4()
    with acting(caused_by=gone):
        event = log_event("worker_started", entity_type="worker", entity_id="w")
    assert event.caused_by == gone
    assert causes_of(event) == []


def test_what_is_remembered_of_jobs_has_a_bound(monkeypatch):
    monkeypatch.setattr("ledger.context._newest_of_job", known := {})
    monkeypatch.setattr("ledger.context.JOBS_REMEMBERED", 3)
    for _ in range(9):
        log_job_event("job_created", uuid.uuid4())
    assert len(known) <= 3
