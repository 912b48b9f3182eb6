"""Queues: priorities, pauses, drains and limits."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from jobs import queries
from jobs.errors import UnknownQueue
from jobs.models import Job, JobQueue
from jobs.queries import job_overdue, jobs_unrung
from jobs.registry import Done
from jobs.services import (
    Taker,
    claim_next,
    drain_queue,
    enqueue,
    limit_queue,
    pause_queue,
    resume_queue,
    settle_done,
)
from jobs.services.claiming import OLDEST_EVERY
from jobs.sweeper import sweep
from ledger.models import LedgerEvent
from tests.jobs.conftest import Note

pytestmark = pytest.mark.django_db


def put(word="", name="test_note", **options):
    return enqueue(name, Note(word), **options)


def taken(*, worker_id="vm::1", **options):
    job = claim_next(worker_id=worker_id, **options)
    return job and job.payload["word"]


def end(job):
    settle_done(job, Done(), [])


def test_priorities_hold_under_a_backlog_and_the_lowest_does_not_starve(job_type_of):
    job_type_of()
    hour_ago = timezone.now() - timedelta(hours=1)
    put("old and low", priority=-5, run_at=hour_ago)
    for n in range(20):
        put(f"high {n}", priority=5)
    taker = Taker("vm::1")
    words = [taker.next().payload["word"] for _ in range(OLDEST_EVERY)]
    assert words == [*(f"high {n}" for n in range(OLDEST_EVERY - 1)), "old and low"]


def test_what_had_to_wait_for_its_time_is_taken_by_priority_when_it_is_over(job_type_of):
    job_type_of()
    now = timezone.now()
    put("ready", priority=1)
    put("soon", priority=9, run_at=now + timedelta(minutes=1))
    assert Job.objects.get(payload__word="soon").status == "scheduled"
    in_time = now + timedelta(minutes=2)
    assert [taken(now=now), taken(now=now)] == ["ready", None]
    assert taken(now=in_time) == "soon"


def test_a_paused_queue_gives_nothing_and_the_others_go_on(job_type_of):
    job_type_of()
    job_type_of(name="test_other", queue="other")
    put("first")
    running = claim_next(worker_id="vm::1")
    put("paused", priority=9)
    put("other", name="test_other")
    queue = pause_queue("default", why="broken platform")
    assert (queue.status, queue.why) == ("paused", "broken platform")
    pause_queue("default")
    assert [taken(), taken()] == ["other", None]
    end(running)
    resume_queue("default")
    assert taken() == "paused"
    events = LedgerEvent.objects.filter(entity_type="queue").order_by("id")
    assert [event.event_type for event in events] == [
        "queue_noted",
        "queue_paused",
        "queue_resumed",
    ]


def test_nobody_rings_for_a_paused_queue(job_type_of):
    job_type_of()
    put(), pause_queue("default")
    late = timezone.now() + timedelta(minutes=1)
    assert not jobs_unrung(now=late).exists()
    assert job_overdue(node="vm", heavy_slots=1, waited_s=1, now=late) is None
    resume_queue("default")
    assert jobs_unrung(now=late).exists()


def test_a_taker_that_goes_on_notices_a_pause(job_type_of, monkeypatch):
    job_type_of()
    put(), put()
    taker = Taker("vm::1")
    assert taker.next() is not None
    pause_queue("default")
    taker._rules_until = 0.0
    assert taker.next() is None


def test_a_drained_queue_does_what_waited_and_then_pauses(job_type_of):
    job_type_of()
    put("before")
    put("much later", run_at=timezone.now() + timedelta(days=7))
    drain_queue("default")
    put("after", priority=9)
    sweep()
    assert JobQueue.objects.get().status == "draining"
    job = claim_next(worker_id="vm::1")
    assert job.payload["word"] == "before"
    assert taken() is None
    assert sweep().drained == 0
    end(job)
    assert sweep().drained == 1
    assert JobQueue.objects.get().status == "paused"
    assert taken() is None
    resume_queue("default")
    assert taken() == "after"


def test_limits_of_a_machine_and_of_all(job_type_of, settings):
    settings.JOB_QUEUE_LIMITS = {"default": 2}
    job_type_of()
    for n in range(6):
        put(str(n))
    assert [taken(worker_id="a::1"), taken(worker_id="a::2"), taken(worker_id="a::3")] == [
        "0",
        "1",
        None,
    ]
    limit_queue("default", host_limit=None, total_limit=4)
    assert [taken(worker_id="b::1"), taken(worker_id="c::2"), taken(worker_id="d::3")] == [
        "2",
        "3",
        None,
    ]
    limit_queue("default", host_limit=3, total_limit=None)
    assert [taken(worker_id="a::3"), taken(worker_id="a::4")] == ["4", None]
    assert taken(worker_id="a::4", limited=False) == "5"


@pytest.mark.django_db(transaction=True)
def test_a_limit_of_all_machines_holds_when_all_claim_at_once(job_type_of):
    job_type_of()
    for _ in range(8):
        put()
    limit_queue("default", host_limit=None, total_limit=3)
    gate, found = threading.Barrier(6), []

    def one(number):
        gate.wait()
        try:
            found.append(claim_next(worker_id=f"host{number}::1"))
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([job for job in found if job]) == 3


def test_an_unknown_queue_is_refused(job_type_of):
    for act in (pause_queue, resume_queue, drain_queue):
        with pytest.raises(UnknownQueue):
            act("nowhere")
    assert not JobQueue.objects.exists()


def test_a_job_whose_type_moved_to_another_queue_is_still_taken(job_type_of, monkeypatch):
    job_type_of()
    put("moved")
    Job.objects.update(queue="of_old")
    monkeypatch.setattr("jobs.queues._names.until", 0.0)
    assert taken() == "moved"


def test_claims_read_only_indexes_of_what_waits(job_type_of):
    job_type_of()
    now = timezone.now()
    Job.objects.bulk_create(
        Job(job_type="test_note", status="completed", run_at=now) for _ in range(2000)
    )
    put("ready")
    put("later", run_at=now + timedelta(hours=1))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        for sql in (
            "SELECT queue FROM jobs WHERE queue = 'default' AND status = 'pending'"
            " AND after_left = 0 ORDER BY priority DESC, run_at, id LIMIT 1",
            "SELECT queue FROM jobs WHERE queue = 'default' AND status IN ('scheduled', 'retry')"
            " AND after_left = 0 AND run_at <= CURRENT_TIMESTAMP ORDER BY run_at LIMIT 1",
        ):
            if connection.vendor == "sqlite":
                cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            else:
                cursor.execute("SET LOCAL enable_seqscan = off")
                cursor.execute(f"EXPLAIN {sql}")
            plan = str(cursor.fetchall())
            assert "jobs_ready" in plan or "jobs_later" in plan, plan
            assert "TEMP B-TREE" not in plan
            assert "Sort" not in plan


def test_what_ended_is_counted_in_an_index(job_type_of):
    job_type_of()
    Job.objects.bulk_create(Job(job_type="test_note", status="completed") for _ in range(2000))
    put("waiting")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE jobs")
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {queries._ENDED_COUNTS}")
        else:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {queries._ENDED_COUNTS}")
        assert "jobs_ended" in str(cursor.fetchall())
    shared = {"job_type": "test_note", "queue": "default"}
    assert queries.job_counts() == [
        shared | {"status": "completed", "count": 2000},
        shared | {"status": "pending", "count": 1},
    ]
