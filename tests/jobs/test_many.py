"""Many jobs at once: figures, causes, and the same wish for all of them."""

from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from jobs.errors import NothingMatches
from jobs.models import Job, JobAttempt
from jobs.registry import Done, GiveUp
from jobs.runner import drain
from jobs.services import (
    act_on_many,
    bulk,
    claim,
    enqueue,
    pause_queue,
    settle_done,
    settle_failed,
    settle_given_up,
)
from jobs.stats import batch_counts, batch_progress, failures_by_cause, queue_stats
from tests.factories import make_user
from tests.jobs.conftest import Note

pytestmark = pytest.mark.django_db


def client_of(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def ben():
    """Somebody who may change jobs."""
    return client_of(make_user("ben"))


@pytest.fixture
def cleo():
    """Somebody who may only look."""
    return client_of(make_user("cleo"))


@pytest.fixture(autouse=True)
def _types(job_type_of):
    job_type_of(max_attempts=1)


def put(**options):
    return enqueue("test_note", Note(), **options)


def begin(job):
    return claim(job.pk, worker_id="vm::1")


def dead(error="no luck 1", code="x"):
    job = put()
    settle_failed(begin(job), error=error, error_code=code)
    return job


def stats_of(queue, **options):
    (found,) = [each for each in queue_stats(**options) if each.queue == queue]
    return found


def test_a_queue_in_figures():
    now = timezone.now()
    settle_done(begin(put()), Done(), [])
    settle_given_up(begin(put()), GiveUp("no"), [])
    first = begin(put())
    put(), put(after=[first]), put(run_at=now + timedelta(hours=1))
    JobAttempt.objects.filter(outcome="done").update(ended_at=now - timedelta(minutes=5))
    Job.objects.filter(status="pending", after_left=0).update(run_at=now - timedelta(seconds=30))
    stats = stats_of("default", now=now)
    assert (stats.waiting, stats.blocked, stats.scheduled, stats.running) == (1, 1, 1, 1)
    assert stats.oldest_wait_s == 30
    assert (stats.done_1h, stats.failed_1h, stats.failure_share) == (1, 1, 0.5)
    assert stats.done_by_minute[-6] == 1
    assert sum(stats.failed_by_minute[-2:]) == 1


def test_a_thousand_failures_of_one_cause_are_one_row():
    for n in range(3):
        dead(f"no luck {n}")
    dead("something else")
    causes = failures_by_cause()
    assert [(cause.count, cause.error) for cause in causes] == [
        (3, "no luck 2"),
        (1, "something else"),
    ]
    assert causes[0].first_seen < causes[0].last_seen


def test_many_are_tried_again_in_the_background(monkeypatch):
    monkeypatch.setattr(bulk, "PER_JOB", 2)
    jobs = [dead() for _ in range(5)]
    batch = act_on_many(Job.objects.all(), "retry", why="the platform is back")
    assert (batch.name, batch.total) == ("retry 5 jobs", 3)
    assert drain()["completed"] == 3 + 5
    assert set(Job.objects.filter(pk__in=[job.pk for job in jobs]).values_list("status")) == {
        ("completed",)
    }
    assert (batch_counts(batch)["completed"], batch_progress(batch)) == (3, 1.0)
    with pytest.raises(NothingMatches):
        act_on_many(Job.objects.all(), "retry")


def test_those_that_moved_on_are_skipped():
    kept, moved = put(), put()
    batch = act_on_many(Job.objects.filter(job_type="test_note"), "cancel")
    settle_done(begin(moved), Done(), [])
    drain()
    assert Job.objects.get(pk=kept.pk).status == "cancelled"
    assert Job.objects.get(pk=moved.pk).status == "completed"
    assert batch.jobs.get().result == {"done": 1, "skipped": 1, "gone": 0}


def test_bulk_by_the_api(ben):
    jobs = [dead(), dead()]
    answer = ben.post(
        "/jobs/bulk", {"action": "retry", "filter": {"status": "dead"}}, format="json"
    )
    assert answer.status_code == 202, answer.content
    assert answer.json()["counts"]["pending"] == 1
    drain()
    batch = ben.get(f"/jobs/batches/{answer.json()['id']}").json()
    assert (batch["progress"], batch["total"]) == (1.0, 1)
    again = ben.post("/jobs/bulk", {"action": "retry", "ids": [str(jobs[0].pk)]}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "jobs.nothing-matches")


@pytest.mark.parametrize(
    "body",
    [
        {"action": "retry"},
        {"action": "retry", "filter": {}},
        {"action": "delete", "filter": {"status": "dead"}},
        {"action": "retry", "filter": {"colour": "red"}},
        {"action": "retry", "filter": {"status": "red"}},
        {"action": "retry", "ids": ["x"]},
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(ben, body):
    assert ben.post("/jobs/bulk", body, format="json").status_code == 400


def test_queues_and_figures_by_the_api(ben):
    put()
    paused = ben.post("/jobs/queues/default/pause", {"why": "night"}, format="json")
    assert (paused.status_code, paused.json()["status"]) == (200, "paused")
    assert drain() == {}
    shown = ben.get("/jobs/stats").json()
    (queue,) = [each for each in shown["queues"] if each["queue"] == "default"]
    assert (queue["status"], queue["waiting"], len(queue["done_by_minute"])) == ("paused", 1, 60)
    assert ben.post("/jobs/queues/default/resume").json()["status"] == "running"
    assert ben.post("/jobs/queues/nowhere/pause").json()["code"] == "jobs.unknown-queue"
    assert ben.post("/jobs/queues/default/burn").status_code == 400
    first = put()
    made = ben.post(
        "/jobs",
        {"job_type": "test_note", "payload": {"word": "x"}, "after": [str(first.pk)]},
        format="json",
    )
    assert (made.status_code, made.json()["after_left"]) == (202, 1)


def test_only_those_who_may_change_jobs_act_on_many(cleo):
    pause_queue("default")
    assert cleo.post("/jobs/queues/default/resume").status_code == 403
    assert cleo.post("/jobs/bulk", {"action": "retry", "ids": []}).status_code == 403
    assert cleo.get("/jobs/stats").status_code == 200
