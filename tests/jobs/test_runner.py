"""Claim → perform → settle, and the heartbeat beside it."""

import threading
from dataclasses import dataclass

import pytest
from django.db import OperationalError
from django.utils import timezone

from jobs import heartbeat, runner, worker
from jobs.errors import LostLease
from jobs.models import Job
from jobs.registry import Done, GiveUp, Snooze
from jobs.runner import answer_bell, drain, run_claimed, run_job
from jobs.running import Running
from jobs.services import cancel_job, claim, enqueue, settle_lost
from jobs.transport import bells_waiting
from ledger.context import current
from ledger.models import LedgerEvent
from stakazo.core.errors import InvalidInput, Unavailable
from tests.jobs.conftest import Note


def run(handler, job_type_of, **options):
    job_type_of(handler, **options)
    job = enqueue("test_note", Note("w"))
    return run_job(job.pk)


@pytest.fixture
def quick_heartbeat(monkeypatch):
    """A heart that beats as fast as it can."""
    monkeypatch.setattr(heartbeat, "TICK_S", 0.005)
    monkeypatch.setattr(heartbeat, "LOOK_S", 0.0)


def until_stopped(job):
    """Wait until the heartbeat tells the handler to end."""
    assert job.stop.wait(20), "nobody told the handler to end"
    job.check()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "status", "code", "outcome"),
    [
        (Done(), "completed", "", "done"),
        (Snooze(60, "later"), "scheduled", "", "snoozed"),
        (GiveUp("no"), "failed", "jobs.gave-up", "gave_up"),
        (InvalidInput("not a video"), "failed", "stakazo.invalid-input", "gave_up"),
        (Unavailable("busy", retry_after_s=9), "retry", "stakazo.unavailable", "failed"),
        (KeyError("x"), "retry", "jobs.bug", "failed"),
        (OperationalError("gone"), "retry", "jobs.database-away", "failed"),
        (None, "retry", "jobs.bug", "failed"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else None,
)
def test_every_way_a_handler_can_end(answer, status, code, outcome, job_type_of):
    def handler(job):
        if isinstance(answer, Exception):
            raise answer
        return answer

    job = run(handler, job_type_of)
    (attempt,) = job.attempts.all()
    assert (job.status, job.error_code, attempt.outcome) == (status, code, outcome)
    assert bool(attempt.traceback) == (code == "jobs.bug")


@pytest.mark.django_db
def test_stages_and_context_are_remembered(job_type_of):
    seen = []

    def handler(job):
        job.stage("reading")
        job.progress(0.5)
        job.stage("writing")
        seen.append(current())
        return Done()

    job_type_of(handler)
    job = run_job(enqueue("test_note", Note(), correlation_id="road").pk)
    assert [stage["name"] for stage in job.attempts.get().stages] == ["reading", "writing"]
    assert (seen[0].job_id, seen[0].correlation_id, seen[0].actor) == (job.pk, "road", "worker")


@pytest.mark.django_db
def test_a_job_whose_type_is_gone_fails_in_words(job_type_of):
    job_type_of()
    job = enqueue("test_note", Note())
    Job.objects.filter(pk=job.pk).update(job_type="test_gone")
    done = run_job(job.pk)
    assert (done.status, done.error_code) == ("failed", "jobs.unknown-type")


@pytest.mark.django_db
def test_an_old_payload_outlives_new_code(job_type_of):
    @dataclass(frozen=True)
    class Newer:
        word: str
        times: int = 2

    job_type_of(lambda job: Done({"times": job.payload.times}), payload=Newer)
    job = enqueue("test_note", {"word": "w", "dropped_field": 1})
    assert run_job(job.pk).result == {"times": 2}


@pytest.mark.django_db
def test_an_effect_that_breaks_is_a_failed_try(job_type_of):
    def effect():
        raise ValueError("half way")

    job = run(lambda job: Done(effect=effect), job_type_of)
    assert (job.status, job.error) == ("retry", "ValueError: half way")


@pytest.mark.django_db
def test_draining_does_all_that_is_due_and_counts_the_ends(job_type_of):
    def handler(job):
        return Done() if job.payload.word == "good" else GiveUp("bad")

    job_type_of(handler)
    for word in ("good", "bad", "good"):
        enqueue("test_note", Note(word))
    assert drain(at_most=1) == {"completed": 1}
    assert drain() == {"failed": 1, "completed": 1}
    assert drain() == {}


@pytest.mark.django_db
def test_a_bell_that_finds_nothing_due_writes_nothing(django_assert_max_num_queries):
    with django_assert_max_num_queries(3) as asked:
        assert answer_bell("render") == 0
    assert {query["sql"].split()[0] for query in asked} == {"SELECT"}
    assert LedgerEvent.objects.count() == 0


@pytest.mark.django_db
def test_one_bell_does_all_that_is_due(job_type_of):
    job_type_of()
    for _ in range(3):
        enqueue("test_note", Note())
    assert answer_bell("default") == 3


@pytest.mark.django_db(transaction=True)
def test_after_a_while_the_worker_rings_for_the_next_one_and_goes_back(job_type_of, settings):
    settings.JOB_DRAIN_S = -1
    job_type_of()
    for _ in range(3):
        enqueue("test_note", Note())
    bells = bells_waiting()
    assert answer_bell("default") == 1
    assert bells_waiting() == bells + 1


@pytest.mark.django_db
def test_a_worker_that_is_leaving_takes_nothing(job_type_of, monkeypatch):
    leaving = threading.Event()
    leaving.set()
    monkeypatch.setattr(worker, "taking_no_more", leaving)
    job_type_of()
    enqueue("test_note", Note())
    assert answer_bell("default") == 0


@pytest.mark.django_db(transaction=True)
def test_progress_and_stage_are_on_the_row_while_it_runs(job_type_of, quick_heartbeat):
    seen = []

    def handler(job):
        job.stage("reading")
        job.stage("rendering")
        job.progress(0.25)
        seen.append(row_when(job, lambda row: row.progress == 0.25))
        seen.append(row_when(job, lambda row: row.attempts.get().stages))
        return Done()

    run(handler, job_type_of)
    assert (seen[0].stage, seen[0].status) == ("rendering", "processing")
    assert seen[1].attempts.get().outcome == "done"


def row_when(job, holds):
    """The row as soon as that holds of it; the heartbeat writes from its own thread."""
    pause = threading.Event()
    for _ in range(2000):
        row = Job.objects.get(pk=job.job.pk)
        if holds(row):
            return row
        pause.wait(0.01)
    raise AssertionError("it never held")


@pytest.mark.django_db(transaction=True)
def test_the_lease_is_renewed_while_it_runs(job_type_of, quick_heartbeat, settings):
    settings.JOB_HEARTBEAT_S = 0
    leases = []

    def handler(job):
        first = Job.objects.get(pk=job.job.pk).lease_until
        leases.append(row_when(job, lambda row: row.lease_until > first).lease_until)
        return Done()

    run(handler, job_type_of)
    assert leases[0] > timezone.now()


@pytest.mark.django_db(transaction=True)
def test_a_running_job_that_is_cancelled_ends_at_the_next_beat(job_type_of, quick_heartbeat):
    def handler(job):
        cancel_job(Job.objects.get(pk=job.job.pk))
        until_stopped(job)

    job = run(handler, job_type_of)
    assert (job.status, job.attempts.get().outcome) == ("cancelled", "cancelled")


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_lost_its_job_writes_nothing(job_type_of, quick_heartbeat):
    def handler(job):
        settle_lost(Job.objects.get(pk=job.job.pk), why="swept")
        with pytest.raises(LostLease):
            until_stopped(job)
        with pytest.raises(LostLease), job.guarded():
            raise AssertionError("not reached")
        return Done({"late": True})

    job = run(handler, job_type_of)
    assert (job.status, job.result, job.error) == ("retry", {}, "swept")
    assert job.attempts.get().outcome == "lost"


@pytest.mark.django_db(transaction=True)
def test_a_try_that_takes_too_long_is_ended_and_tried_again(job_type_of, quick_heartbeat):
    job = run(until_stopped, job_type_of, timeout_s=0)
    assert (job.status, job.error_code) == ("retry", "jobs.timed-out")
    assert job.error == "The try took longer than 0 s."


@pytest.mark.django_db(transaction=True)
def test_a_stage_that_takes_too_long_ends_the_try(job_type_of, quick_heartbeat):
    def handler(job):
        job.stage("quick")
        job.stage("rendering")
        until_stopped(job)

    job = run(handler, job_type_of, stage_timeouts_s={"rendering": 0, "quick": 600})
    assert (job.status, job.error_code) == ("retry", "jobs.timed-out")
    assert job.error == "The stage 'rendering' took longer than 0 s."


@pytest.mark.django_db(transaction=True)
def test_a_try_in_which_nothing_moves_is_ended(job_type_of, quick_heartbeat):
    def handler(job):
        job.stage("rendering")
        job.progress(0.5)
        until_stopped(job)

    job = run(handler, job_type_of, stall_s=0.2)
    assert (job.status, job.error_code) == ("retry", "jobs.timed-out")
    assert job.error == "Nothing moved for 0.2 s (stage 'rendering')."


def test_progress_and_stages_count_as_moving_and_saying_the_same_does_not(job_type_of):
    job_type_of(stall_s=60)
    running = Running(Job(job_type="test_note", timeout_s=600), Note())

    def moves(act):
        running.moved = 0.0
        act()
        return running.moved > 0

    assert moves(lambda: running.stage("reading"))
    assert moves(lambda: running.progress(0.1))
    assert not moves(lambda: running.progress(0.1))
    assert moves(lambda: running.progress(0.2))
    assert running.overdue(running.moved + 59) == ""
    assert running.overdue(running.moved + 61) == "Nothing moved for 60 s (stage 'reading')."


@pytest.mark.django_db(transaction=True)
def test_what_breaks_because_the_job_must_end_is_no_bug(job_type_of, quick_heartbeat):
    def handler(job):
        job.stop.wait(20)
        raise BrokenPipeError("ffmpeg was killed")

    job = run(handler, job_type_of, timeout_s=0)
    assert job.error_code == "jobs.timed-out"


@pytest.mark.django_db(transaction=True)
def test_a_stopping_worker_hands_its_job_back_uncounted(job_type_of, quick_heartbeat, monkeypatch):
    monkeypatch.setattr(worker, "handing_back", threading.Event())

    def handler(job):
        worker.handing_back.set()
        until_stopped(job)

    job = run(handler, job_type_of)
    assert (job.status, job.attempt, job.attempts.get().outcome) == ("pending", 0, "released")
    assert job.run_at <= timezone.now()


@pytest.mark.django_db(transaction=True)
def test_ctrl_c_hands_the_job_back(job_type_of):
    def handler(job):
        raise KeyboardInterrupt

    job_type_of(handler)
    job = enqueue("test_note", Note())
    with pytest.raises(KeyboardInterrupt):
        run_claimed(claim(job.pk, worker_id=runner.worker_id()))
    job.refresh_from_db()
    assert (job.status, job.attempt) == ("pending", 0)


@pytest.mark.django_db(transaction=True)
def test_an_effect_in_the_middle_commits_only_with_the_token(job_type_of):
    def handler(job):
        with job.guarded():
            Job.objects.filter(pk=job.job.pk).update(dedup_key="guarded")
        settle_lost(Job.objects.get(pk=job.job.pk), why="swept")
        with job.guarded():
            Job.objects.filter(pk=job.job.pk).update(dedup_key="too late")

    assert run(handler, job_type_of).dedup_key == "guarded"


@pytest.mark.django_db(transaction=True)
def test_a_heartbeat_that_fell_asleep_wakes_for_the_next_job(job_type_of, quick_heartbeat):
    thread, pause = heartbeat._pacemaker(), threading.Event()
    for _ in range(2000):
        if thread._is_parked:
            break
        pause.wait(0.01)
    assert thread._is_parked, "it never fell asleep"

    def handler(job):
        cancel_job(Job.objects.get(pk=job.job.pk))
        until_stopped(job)

    assert run(handler, job_type_of).status == "cancelled"
    assert heartbeat._pacemaker() is thread
