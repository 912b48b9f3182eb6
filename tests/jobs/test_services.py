"""Enqueue, claim, settle, retry, cancel: the truth of the Job row."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone
from django_q.brokers import get_broker

from campaigns.models import Campaign
from jobs import services
from jobs.errors import BadPayload, LostLease, NotWaiting, UnknownJobType
from jobs.models import Job, JobAttempt
from jobs.registry import Done, GiveUp, Snooze
from jobs.services import (
    cancel_job,
    claim,
    claim_next,
    enqueue,
    retry_job,
    settle_cancelled,
    settle_done,
    settle_failed,
    settle_given_up,
    settle_lost,
    settle_snoozed,
    settling,
    start_now,
)
from jobs.transport import bells_waiting
from ledger.machine import IllegalMove
from ledger.models import LedgerEvent
from tests.events import event_types_of
from tests.factories import make_campaign
from tests.jobs.conftest import Note

pytestmark = pytest.mark.django_db
LATER = timedelta(hours=1)


def outcomes(job):
    return list(job.attempts.order_by("fencing_token").values_list("outcome", flat=True))


def test_a_job_is_put_in_claimed_and_completed(job_type_of):
    job_type_of(queue="render", max_attempts=4, timeout_s=9)
    job = enqueue("test_note", Note("hello"), priority=3, correlation_id="road")
    assert (job.queue, job.max_attempts, job.timeout_s) == ("render", 4, 9)
    taken = claim_next("render", worker_id="vm::1")
    assert taken.pk == job.pk
    settle_done(taken, Done({"n": 1}, effect=lambda: {"m": 2}), [])
    job.refresh_from_db()
    assert (job.status, job.result, job.progress) == ("completed", {"n": 1, "m": 2}, 1.0)
    assert (job.attempt, job.fencing_token, job.lease_until, job.worker_id) == (1, 1, None, "")
    assert outcomes(job) == ["done"]
    assert event_types_of(job) == [
        "job_created",
        "job_processing_started",
        "job_processing_completed",
    ]


def test_an_unknown_type_and_a_wrong_payload_store_nothing(job_type_of):
    job_type_of()
    with pytest.raises(UnknownJobType):
        enqueue("test_nothing", {})
    with pytest.raises(BadPayload) as wrong:
        enqueue("test_note", {"word": 5})
    assert wrong.value.details["fields"] == {"word": "is not a str"}
    with pytest.raises(BadPayload):
        enqueue("test_note", {"word": "nul \x00"})
    with pytest.raises(BadPayload):
        enqueue("test_note", ["word"])
    assert Job.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_an_enqueue_that_is_rolled_back_leaves_no_job_and_no_bell(job_type_of):
    job_type_of()
    with pytest.raises(RuntimeError), transaction.atomic():
        enqueue("test_note", Note())
        raise RuntimeError
    assert (Job.objects.count(), bells_waiting()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_the_bell_rings_when_the_enqueue_commits_and_only_for_what_is_due(job_type_of):
    job_type_of()
    with transaction.atomic():
        enqueue("test_note", Note())
        assert bells_waiting() == 0
    assert bells_waiting() == 1
    enqueue("test_note", Note(), run_at=timezone.now() + LATER)
    assert bells_waiting() == 1


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_does_not_break_the_enqueue(job_type_of, monkeypatch, caplog):
    job_type_of()

    def away(*args, **kwargs):
        raise ConnectionError("no broker")

    monkeypatch.setattr(type(get_broker()), "ring", away)
    job = enqueue("test_note", Note())
    assert Job.objects.get(pk=job.pk).status == "pending"
    assert "the sweeper rings again" in caplog.text


def test_a_live_job_of_the_same_key_is_given_back(job_type_of):
    job_type_of()
    first = enqueue("test_note", Note("a"), dedup_key="k")
    assert enqueue("test_note", Note("b"), dedup_key="k").pk == first.pk
    settle_done(claim(first.pk, worker_id="vm::1"), Done(), [])
    assert enqueue("test_note", Note("c"), dedup_key="k").pk != first.pk


def test_the_best_due_job_is_claimed_first(job_type_of):
    job_type_of()
    now = timezone.now()
    low = enqueue("test_note", Note(), run_at=now - 2 * LATER)
    old = enqueue("test_note", Note(), priority=5, run_at=now - LATER)
    new = enqueue("test_note", Note(), priority=5, run_at=now)
    enqueue("test_note", Note(), priority=9, run_at=now + LATER)
    order = [claim_next(worker_id="vm::1", now=now) for _ in range(4)]
    assert [job and job.pk for job in order] == [old.pk, new.pk, low.pk, None]


def test_heavy_work_leaves_room_for_light_work(job_type_of, settings):
    settings.JOB_HEAVY_QUEUES, settings.JOB_HEAVY_SLOTS = ["cut", "render"], 2
    job_type_of(queue="cut", name="test_cut")
    job_type_of(queue="render", name="test_render")
    job_type_of(queue="publish", name="test_publish")
    for name in ("test_cut", "test_render", "test_render"):
        enqueue(name, Note(), priority=9)
    light = enqueue("test_publish", Note())
    taken = [claim_next(worker_id=f"vm:g:{n}") for n in range(4)]
    assert [job and job.job_type for job in taken] == [
        "test_cut",
        "test_render",
        "test_publish",
        None,
    ]
    assert taken[2].pk == light.pk
    assert claim_next(worker_id="another:g:1").job_type == "test_render"


def test_a_lease_that_ran_out_frees_its_slot(job_type_of, settings):
    settings.JOB_HEAVY_QUEUES, settings.JOB_HEAVY_SLOTS = ["render"], 1
    job_type_of(queue="render")
    enqueue("test_note", Note())
    enqueue("test_note", Note())
    now = timezone.now()
    assert claim_next(worker_id="vm::1", now=now)
    assert claim_next(worker_id="vm::2", now=now) is None
    late = now + timedelta(seconds=settings.JOB_LEASE_S + 1)
    assert claim_next(worker_id="vm::2", now=late)


def test_an_old_token_can_neither_renew_nor_settle(job_type_of):
    job_type_of()
    job = enqueue("test_note", Note())
    stale = claim(job.pk, worker_id="vm::1")
    settle_lost(claim_copy(stale), why="gone")
    fresh = claim(job.pk, worker_id="vm::2")
    assert fresh.fencing_token == stale.fencing_token + 1
    assert not services.renew_lease(stale, progress=0.5)
    ran = []
    with pytest.raises(LostLease):
        settle_done(stale, Done(effect=lambda: ran.append(1)), [])
    with pytest.raises(LostLease):
        settle_failed(stale, error="x", error_code="x")
    assert ran == []
    job.refresh_from_db()
    assert (job.status, job.progress, job.worker_id) == ("processing", 0.0, "vm::2")
    assert outcomes(job) == ["lost", "running"]


def claim_copy(job):
    return Job.objects.get(pk=job.pk)


def test_effect_and_completion_happen_together_or_not_at_all(job_type_of):
    job_type_of()
    taken = claim(enqueue("test_note", Note()).pk, worker_id="vm::1")

    def effect():
        make_campaign()
        raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        settle_done(taken, Done(effect=effect), [])
    assert Campaign.objects.count() == 0
    assert claim_copy(taken).status == "processing"
    settle_done(taken, Done(effect=lambda: make_campaign() and None), [])
    assert claim_copy(taken).status == "completed"


def test_a_failed_try_waits_longer_each_time_and_ends_as_a_dead_letter(job_type_of):
    kind = job_type_of(max_attempts=3, backoff_base_s=4, backoff_max_s=6)
    job = enqueue("test_note", Note())
    now = timezone.now()
    for attempt, most_s in ((1, 4), (2, 6)):
        taken = claim(job.pk, worker_id="vm::1")
        settle_failed(taken, error="no luck", error_code="x", now=now)
        job.refresh_from_db()
        assert (job.status, job.attempt, job.error) == ("retry", attempt, "no luck")
        assert 0.5 <= (job.run_at - now).total_seconds() <= most_s
    settle_failed(claim(job.pk, worker_id="vm::1"), error="no luck", error_code="x")
    job.refresh_from_db()
    assert (job.status, job.attempt) == ("dead", 3)
    assert event_types_of(job)[-1] == "job_died"
    waits = [services.backoff_s(kind, 10) for _ in range(100)]
    assert all(0.5 <= wait <= 6 for wait in waits)
    assert len(set(waits)) > 50


def test_words_that_no_database_takes_still_end_the_try(job_type_of):
    job_type_of()
    taken = claim(enqueue("test_note", Note()).pk, worker_id="vm::1")
    settle_failed(taken, error="ffmpeg said \x00" + "x" * 50_000, error_code="x", traceback="\x00")
    assert claim_copy(taken).error.startswith("ffmpeg said x")


def test_a_dependency_that_names_a_time_is_obeyed(job_type_of):
    job_type_of()
    now = timezone.now()
    taken = claim(enqueue("test_note", Note()).pk, worker_id="vm::1")
    settle_failed(taken, error="busy", error_code="x", retry_after_s=90, now=now)
    assert claim_copy(taken).run_at == now + timedelta(seconds=90)


def test_a_snooze_costs_no_attempt_however_often(job_type_of):
    job_type_of(max_attempts=1)
    job = enqueue("test_note", Note())
    for _ in range(3):
        settle_snoozed(claim(job.pk, worker_id="vm::1"), Snooze(5, "not yet"), [])
    job.refresh_from_db()
    assert (job.status, job.attempt, job.fencing_token) == ("scheduled", 0, 3)
    assert outcomes(job) == ["snoozed"] * 3


def test_a_job_that_is_released_is_due_at_once_and_has_lost_nothing(job_type_of):
    job_type_of(max_attempts=1)
    taken = claim(enqueue("test_note", Note()).pk, worker_id="vm::1")
    services.release(taken, why="this worker stops")
    again = claim_next(worker_id="vm::2")
    assert (again.pk, again.attempt) == (taken.pk, 1)
    assert outcomes(again) == ["released", "running"]


def test_giving_up_ends_it_for_good(job_type_of):
    job_type_of()
    taken = claim(enqueue("test_note", Note()).pk, worker_id="vm::1")
    services.settle_given_up(taken, GiveUp("not a video", "x.bad"), [])
    job = claim_copy(taken)
    assert (job.status, job.error, job.error_code) == ("failed", "not a video", "x.bad")


def test_an_ended_job_can_be_retried_with_its_attempts_counted_anew(job_type_of):
    job_type_of(max_attempts=1)
    taken = claim(enqueue("test_note", Note()).pk, worker_id="vm::1")
    settle_failed(taken, error="x", error_code="x")
    job = retry_job(claim_copy(taken))
    assert (job.status, job.attempt, job.ended_at) == ("pending", 0, None)
    again = claim(job.pk, worker_id="vm::1")
    assert (again.attempt, again.fencing_token) == (1, 2)
    settle_done(again, Done(), [])
    with pytest.raises(IllegalMove):
        retry_job(claim_copy(again))


def test_a_waiting_job_is_cancelled_at_once_and_a_running_one_is_asked(job_type_of):
    job_type_of()
    waiting, running = (enqueue("test_note", Note()) for _ in range(2))
    assert cancel_job(waiting).status == "cancelled"
    claim(running.pk, worker_id="vm::1")
    asked = cancel_job(claim_copy(running))
    assert (asked.status, asked.cancel_requested) == ("processing", True)
    cancel_job(asked)
    assert event_types_of(running).count("job_cancel_requested") == 1
    with pytest.raises(IllegalMove):
        cancel_job(waiting)


def test_a_job_that_was_claimed_meanwhile_is_asked_to_end(job_type_of):
    job_type_of()
    seen_waiting = enqueue("test_note", Note())
    claim(seen_waiting.pk, worker_id="vm::1")
    stale = claim_copy(seen_waiting)
    assert cancel_job(stale).cancel_requested


def test_a_lost_job_that_somebody_cancelled_ends_as_cancelled(job_type_of):
    job_type_of()
    job = enqueue("test_note", Note())
    claim(job.pk, worker_id="vm::1")
    cancel_job(claim_copy(job))
    settle_lost(claim_copy(job), why="gone")
    assert claim_copy(job).status == "cancelled"


def test_however_a_job_is_buried_its_owner_is_told_in_the_same_transaction(job_type_of):
    told = []
    job_type_of(
        name="test_owned",
        max_attempts=1,
        on_buried=lambda note, why: told.append((note.word, why, connection.in_atomic_block)),
    )

    def job(word, *, claimed=True):
        row = enqueue("test_owned", Note(word))
        return claim(row.pk, worker_id="w") if claimed else row

    settle_lost(job("lost"), why="The worker w died.")
    settle_given_up(job("given up"), GiveUp("No use."), [])
    settle_cancelled(job("stopped"), [])
    cancel_job(job("never begun", claimed=False))
    settle_done(job("done"), Done(), [])
    settle_snoozed(job("snoozed"), Snooze(1, "Later."), [])
    assert told == [
        ("lost", "The worker w died.", True),
        ("given up", "No use.", True),
        ("stopped", "The job was cancelled.", True),
        ("never begun", "The job was cancelled.", True),
    ]


def test_an_owner_that_cannot_be_told_does_not_keep_the_job_alive(job_type_of, caplog):
    def break_half_way(note, why):
        make_campaign(name=note.word)
        Campaign.objects.create(pk=Campaign.objects.get(name=note.word).pk)  # the database refuses

    job_type_of(name="test_owned", on_buried=break_half_way)
    job = claim(enqueue("test_owned", Note("half")).pk, worker_id="w")
    settle_given_up(job, GiveUp("No use."), [])
    job.refresh_from_db()
    assert (job.status, job.error) == ("failed", "No use.")
    assert outcomes(job) == ["gave_up"]
    assert not Campaign.objects.exists()
    assert "could not be told" in caplog.text


def test_a_buried_job_whose_payload_nobody_can_read_still_ends(job_type_of, caplog):
    told = []
    job_type_of(name="test_owned", on_buried=lambda note, why: told.append(why))
    job = enqueue("test_owned", Note("x"))
    Job.objects.filter(pk=job.pk).update(payload={"word": 7})
    job.refresh_from_db()
    assert cancel_job(job).status == "cancelled"
    assert told == []
    assert "could not be told" in caplog.text


def test_only_a_waiting_job_can_be_told_to_start_now(job_type_of):
    job_type_of()
    job = enqueue("test_note", Note(), run_at=timezone.now() + LATER)
    assert claim_next(worker_id="vm::1") is None
    start_now(job)
    assert claim_next(worker_id="vm::1").pk == job.pk
    with pytest.raises(NotWaiting):
        start_now(claim_copy(job))


@pytest.mark.django_db(transaction=True)
def test_settling_survives_a_database_that_goes_away_for_a_moment(job_type_of, monkeypatch):
    job_type_of()
    monkeypatch.setattr(settling, "_WAITS_S", (0.0, 0.0))
    taken = claim(enqueue("test_note", Note()).pk, worker_id="vm::1")
    runs = []

    def effect():
        runs.append(1)
        make_campaign()
        if len(runs) == 1:
            raise OperationalError("server closed the connection unexpectedly")

    settle_done(taken, Done(effect=effect), [])
    assert claim_copy(taken).status == taken.status == "completed"
    assert Campaign.objects.count() == 1
    assert event_types_of(taken).count("job_processing_completed") == 1


@pytest.mark.django_db(transaction=True)
def test_a_commit_whose_answer_was_lost_is_not_done_twice(job_type_of, monkeypatch):
    job_type_of()
    monkeypatch.setattr(settling, "_WAITS_S", (0.0,))
    taken = claim(enqueue("test_note", Note()).pk, worker_id="vm::1")
    effects, calls = [], []
    atomic = transaction.atomic

    class AnswerLost:
        """The first outermost transaction commits, and its answer is lost."""

        def __enter__(self):
            self.inner = atomic()
            self.inner.__enter__()

        def __exit__(self, *how):
            self.inner.__exit__(*how)
            calls.append(1)
            if len(calls) == 1:
                raise OperationalError("the answer was lost")

    monkeypatch.setattr(settling, "transaction", SimpleNamespace(atomic=AnswerLost))
    settle_done(taken, Done(effect=lambda: effects.append(1)), [])
    assert effects == [1]
    assert JobAttempt.objects.get(job=taken).outcome == "done"


def test_the_database_refuses_a_lease_without_a_worker(job_type_of):
    job_type_of()
    job = enqueue("test_note", Note())
    with pytest.raises(Exception, match="only_processing_jobs_hold_a_lease"), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(lease_until=timezone.now())
    assert connection.is_usable()


def test_the_ledger_knows_which_worker_began_a_try(job_type_of):
    job_type_of()
    taken = claim(enqueue("test_note", Note()).pk, worker_id="vm::1")
    event = LedgerEvent.objects.get(event_type="job_processing_started", job_id=taken.pk)
    assert (event.actor, event.worker_id) == ("worker", "vm::1")
