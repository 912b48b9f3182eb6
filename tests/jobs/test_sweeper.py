"""Repair: lost jobs, lost bells, late work."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_q.conf import Conf
from django_q.models import OrmQ, Schedule

from jobs import transport
from jobs.models import Job
from jobs.queries import job_overdue, jobs_summary, stuck_jobs
from jobs.registry import JOB_TYPES
from jobs.runner import sweep_and_answer
from jobs.services import claim, enqueue, renew_lease, ring_due
from jobs.sweeper import sweep
from jobs.transport import bells_waiting
from tests.jobs.conftest import Note, forget_all_bells

pytestmark = pytest.mark.django_db(transaction=True)
LATER = timedelta(hours=1)


def test_where_nothing_is_wrong_a_sweep_writes_nothing(job_type_of):
    job_type_of()
    claim(enqueue("test_note", Note()).pk, worker_id="vm::1")
    swept = sweep()
    assert (swept.lost, swept.rung, swept.forgotten) == (0, 0, 0)


def test_a_job_whose_lease_ran_out_is_tried_again_and_dies_after_its_last_try(job_type_of):
    job_type_of(max_attempts=2)
    job = enqueue("test_note", Note())
    for status in ("retry", "dead"):
        claim(job.pk, worker_id="vm::1")
        assert sweep(now=timezone.now() + LATER).lost == 1
        job.refresh_from_db()
        assert (job.status, job.error_code) == (status, "jobs.worker-lost")
    assert job.error == "The worker vm::1 went away."
    assert [a.outcome for a in job.attempts.all()] == ["lost", "lost"]


def test_no_job_of_ours_becomes_a_dead_letter_because_one_worker_died():
    ours = [kind for kind in JOB_TYPES.values() if not kind.handler.__module__.startswith("tests.")]
    assert len(ours) > 20
    assert [kind.name for kind in ours if kind.max_attempts < 2] == []


def test_a_lease_that_is_renewed_is_left_alone(job_type_of):
    job_type_of()
    taken = claim(enqueue("test_note", Note()).pk, worker_id="vm::1")
    renew_lease(taken, now=timezone.now() + LATER)
    assert sweep(now=timezone.now() + LATER).lost == 0


def test_a_lost_bell_is_rung_again_once_in_a_while(job_type_of, settings):
    job_type_of()
    enqueue("test_note", Note())
    forget_all_bells()
    now = timezone.now()
    assert sweep(now=now).rung == 0
    soon = now + timedelta(seconds=settings.JOB_RING_AGAIN_S + 1)
    assert [sweep(now=soon).rung, sweep(now=soon).rung] == [1, 0]
    assert bells_waiting() == 1


def test_the_bell_rings_when_the_time_of_a_job_comes(job_type_of):
    job_type_of()
    enqueue("test_note", Note(), run_at=timezone.now() + LATER)
    assert sweep().rung == 0
    assert sweep(now=timezone.now() + LATER).rung == 1


def test_bells_that_nobody_hears_do_not_pile_up(job_type_of):
    job_type_of()
    for _ in range(30):
        enqueue("test_note", Note(), run_at=timezone.now() + LATER)
    for minutes in range(5):
        sweep(now=timezone.now() + LATER + timedelta(minutes=minutes))
    assert bells_waiting() <= 8


@pytest.mark.skipif(not Conf.ORM, reason="in Redis they expire")
def test_bells_of_a_group_whose_supervisor_is_gone_are_forgotten(monkeypatch):
    monkeypatch.setattr(transport, "_forgot_at", -1e9)
    transport.ring("default")
    transport.ring_for_group("gone", "jobs.canary.answer", 1)
    assert sweep().forgotten == 0
    OrmQ.objects.update(lock=timezone.now() - timedelta(hours=1))
    assert sweep().forgotten == 0  # it looks once a minute
    monkeypatch.setattr(transport, "_forgot_at", -1e9)
    assert sweep().forgotten == 1
    assert bells_waiting() == 1


def test_ringing_by_hand_rings_for_what_is_due(job_type_of):
    job_type_of(queue="render")
    for _ in range(3):
        enqueue("test_note", Note())
    forget_all_bells()
    assert ring_due(queue="publish", limit=9) == 0
    assert ring_due(queue="render", limit=2) == 2
    assert bells_waiting() == 2


def test_a_plain_qcluster_sweeps_by_its_own_schedule(job_type_of):
    call_command("migrate", verbosity=0)
    (schedule,) = Schedule.objects.filter(name="jobs.sweep")
    assert (schedule.func, schedule.minutes) == ("jobs.runner.sweep_and_answer", 1)
    job_type_of()
    job = enqueue("test_note", Note())
    sweep_and_answer()
    assert Job.objects.get(pk=job.pk).status == "completed"


def test_a_schedule_that_leads_nowhere_is_refused():
    with pytest.raises(ImportError):
        transport.ensure_schedule("x", "jobs.runner.no_such_function", minutes=1)
    with pytest.raises(ValueError, match="cannot be scheduled"):
        transport.ensure_schedule("x", "jobs.runner.sweep_and_answer", minutes=0)
    assert not Schedule.objects.filter(name="x").exists()


def test_due_work_that_a_worker_could_take_is_overdue(job_type_of, settings):
    settings.JOB_HEAVY_QUEUES, settings.JOB_HEAVY_SLOTS = ["render"], 1
    job_type_of(queue="render")
    job = enqueue("test_note", Note())
    soon = timezone.now() + timedelta(seconds=11)
    assert job_overdue(node="vm", heavy_slots=1, waited_s=60, now=soon) is None
    assert job_overdue(node="vm", heavy_slots=1, waited_s=10, now=soon) == job
    taken = claim(enqueue("test_note", Note()).pk, worker_id="vm::1")
    renew_lease(taken, now=soon)
    assert job_overdue(node="vm", heavy_slots=1, waited_s=10, now=soon) is None


def test_the_summary_counts_what_waits_runs_and_fails(job_type_of):
    job_type_of(max_attempts=1, queue="render")
    waiting, running, lost = (enqueue("test_note", Note()) for _ in range(3))
    claim(lost.pk, worker_id="vm::1")
    sweep(now=timezone.now() + LATER)
    renew_lease(claim(running.pk, worker_id="vm::2"), stage="rendering", progress=0.5)
    soon = waiting.run_at + timedelta(seconds=20)
    summary = jobs_summary(now=soon)
    assert (summary.total, summary.due, summary.oldest_due_age_s) == (3, 1, 20.0)
    assert summary.by_status["dead"] == summary.by_status["processing"] == 1
    assert summary.by_type == {"test_note": {"dead": 1, "pending": 1, "processing": 1}}
    assert summary.by_queue["render"]["pending"] == 1
    assert [(r["stage"], r["progress"]) for r in summary.running] == [("rendering", 0.5)]
    assert summary.failed_last_hour == 1
    assert lost in stuck_jobs()
