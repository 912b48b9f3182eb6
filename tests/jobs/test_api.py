"""The doors of jobs, over HTTP."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone
from rest_framework.test import APIClient

from jobs.models import Job
from jobs.runner import run_job
from jobs.services import claim, enqueue
from tests.factories import make_user
from tests.jobs.conftest import Note

pytestmark = pytest.mark.django_db
LATER = timedelta(hours=1)


@pytest.fixture
def ben():
    client = APIClient()
    client.force_authenticate(make_user("ben"))
    return client


def test_work_is_put_in_and_watched(ben, job_type_of):
    job_type_of()
    put = ben.post(
        "/jobs",
        {"job_type": "test_note", "payload": {"word": "w"}, "dedup_key": "k", "priority": 2},
        format="json",
    )
    assert put.status_code == 202
    assert (put.data["status"], put.data["priority"]) == ("pending", 2)
    again = ben.post(
        "/jobs", {"job_type": "test_note", "payload": {}, "dedup_key": "k"}, format="json"
    )
    assert again.data["id"] == put.data["id"]
    run_job(put.data["id"])
    shown = ben.get(put.data["links"]["self"]).json()
    assert (shown["status"], shown["result"]) == ("completed", {"word": "w"})
    assert shown["status_means"] == "Done, with all its effects."
    assert [each["outcome"] for each in shown["attempts"]] == ["done"]
    assert shown["links"]["retry"] == shown["links"]["cancel"] == ""


@pytest.mark.parametrize(
    ("body", "code", "named"),
    [
        ({"job_type": "no_such", "payload": {}}, "jobs.unknown-type", "known"),
        ({"job_type": "test_note", "payload": {"word": 1}}, "jobs.bad-payload", "fields"),
        ({"job_type": "test_note", "payload": "x"}, "stakazo.invalid-input", "payload"),
        ({"payload": {}}, "stakazo.invalid-input", "job_type"),
        (
            {"job_type": "test_note", "payload": {}, "run_at": "soon"},
            "stakazo.invalid-input",
            "run_at",
        ),
        (
            {"job_type": "test_note", "payload": {}, "priority": 5000},
            "stakazo.invalid-input",
            "priority",
        ),
        ([], "stakazo.invalid-input", "non_field_errors"),
    ],
)
def test_bad_work_is_refused_in_the_one_shape(body, code, named, ben, job_type_of):
    job_type_of()
    answer = ben.post("/jobs", body, format="json")
    assert answer.status_code == 400
    assert set(answer.json()) == {"code", "message", "details", "request_id"}
    assert (answer.json()["code"], named in answer.json()["details"]) == (code, True)
    assert Job.objects.count() == 0


def test_the_list_is_filtered_and_paged_newest_first(ben, job_type_of):
    job_type_of()
    job_type_of(name="test_other", queue="render")
    jobs = [enqueue("test_note", Note()) for _ in range(3)]
    other = enqueue("test_other", Note())
    run_job(other.pk)

    def ids(query):
        return [row["id"] for row in ben.get(f"/jobs?{query}").json()["results"]]

    assert ids("job_type=test_note") == [str(job.pk) for job in reversed(jobs)]
    assert ids("status=completed") == ids("queue=render") == [str(other.pk)]
    assert len(ids("status=completed&status=pending")) == 4
    since = (timezone.now() + LATER).isoformat().replace("+", "%2B")
    assert ids(f"since={since}") == []
    first = ben.get("/jobs?limit=3").json()
    assert len(first["results"]) == 3
    assert len(ben.get(first["next"]).json()["results"]) == 1
    wrong = ben.get("/jobs?status=odd")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "stakazo.invalid-input")


def test_a_list_costs_the_same_however_long_it_is(ben, job_type_of, django_assert_max_num_queries):
    job_type_of()
    for _ in range(20):
        enqueue("test_note", Note())
    with django_assert_max_num_queries(4):  # two of them: what Ben may
        ben.get("/jobs")


def test_a_job_is_started_cancelled_and_retried(ben, job_type_of):
    job_type_of()
    job = enqueue("test_note", Note(), run_at=timezone.now() + LATER)
    started = ben.post(f"/jobs/{job.pk}/process")
    assert started.status_code == 202
    job.refresh_from_db()
    assert job.run_at <= timezone.now()
    assert (
        ben.post(f"/jobs/{job.pk}/cancel", {"why": "wrong video"}, format="json").data["status"]
        == "cancelled"
    )
    for verb in ("process", "cancel"):
        refused = ben.post(f"/jobs/{job.pk}/{verb}")
        assert (refused.status_code, set(refused.json())) == (
            409,
            {"code", "message", "details", "request_id"},
        )
    assert ben.post(f"/jobs/{job.pk}/retry").data["status"] == "pending"
    assert ben.post(f"/jobs/{job.pk}/retry").status_code == 409
    claim(job.pk, worker_id="vm::1")
    asked = ben.post(f"/jobs/{job.pk}/cancel")
    assert (asked.data["status"], asked.data["cancel_requested"]) == ("processing", True)


def test_ringing_for_due_jobs_tells_how_many(ben, job_type_of):
    job_type_of(queue="render")
    for _ in range(3):
        enqueue("test_note", Note())
    assert ben.post("/jobs/process", {"limit": 2}, format="json").json() == {"rung": 2, "due": 3}
    assert ben.post("/jobs/process", {"queue": "render"}, format="json").json() == {
        "rung": 3,
        "due": 3,
    }
    unknown = ben.post("/jobs/process", {"queue": "no_such"}, format="json")
    assert (unknown.status_code, unknown.json()["code"]) == (400, "jobs.unknown-queue")


def test_what_is_not_there_is_not_found(ben):
    for path in ("/jobs/01930f6e-7f6e-7c3a-9a53-0d5c4f1f6a10", "/jobs/xyz"):
        answer = ben.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "stakazo.not-found")


def test_who_may_look_and_who_may_change(job_type_of):
    job_type_of()
    body = {"job_type": "test_note", "payload": {}}
    client = APIClient()
    assert client.get("/jobs").status_code == 401
    assert client.post("/jobs", body, format="json").status_code == 401
    cleo = make_user("cleo")
    client.force_authenticate(cleo)
    assert client.get("/jobs").status_code == 200
    assert client.post("/jobs", body, format="json").status_code == 403
    cleo.user_permissions.add(Permission.objects.get(codename="change_job"))
    client.force_authenticate(type(cleo).objects.get(pk=cleo.pk))
    assert client.post("/jobs", body, format="json").status_code == 202
