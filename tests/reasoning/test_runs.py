"""Runs of the reasoning worker: what it sees, what it keeps, and its doors."""

import json
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from campaigns.services.choosing import orchestrate
from jobs.models import Job, JobAttempt
from jobs.runner import run_job
from ledger.models import LedgerEvent
from ledger.services import log_event
from media_assets.models import Clip, VideoAsset
from publishing.models import PostMetric, Publication, SocialAccount
from stakazo.core.admin import admin_url
from stakazo.core.errors import InvalidInput
from stakazo.reasoning import handlers
from stakazo.reasoning.models import ReasoningRun
from stakazo.reasoning.queries import snapshot
from stakazo.reasoning.reasoner import think
from stakazo.reasoning.services import begin_run, fail_run, request_reasoning
from tests.events import event_types_of
from tests.factories import (
    make_account,
    make_campaign,
    make_clip,
    make_publication,
    make_user,
    make_video,
)

pytestmark = pytest.mark.django_db
NOW = timezone.now()
HOUR = timedelta(hours=1)


def make_job(**fields):
    fields = {"job_type": "publish_clip", "status": Job.Status.DEAD, "ended_at": NOW, **fields}
    return Job.objects.create(**fields)


def test_a_fresh_house_is_in_order():
    facts = snapshot()
    assert think(facts).findings == ()
    assert facts.jobs == dict.fromkeys(Job.Status.values, 0)
    assert (facts.oldest_due_s, facts.worker_seen_s) == (None, None)


def test_the_snapshot_groups_jobs_that_ended_badly_lately():
    newest = [make_job(error_code="jobs.timeout", error="timed out") for _ in range(2)]
    make_job(status=Job.Status.FAILED, error_code="media.bad", error="no")
    make_job(ended_at=NOW - timedelta(days=8))
    refused, dead = sorted(snapshot().ended_jobs, key=lambda group: group.dead)
    assert (dead.count, dead.error, set(dead.job_ids)) == (
        2,
        "timed out",
        {str(job.pk) for job in newest},
    )
    assert (refused.count, refused.error_code) == (1, "media.bad")


def test_the_snapshot_knows_how_long_work_waits_and_when_a_worker_was_seen():
    make_job(status=Job.Status.PENDING, ended_at=None, run_at=NOW - HOUR)
    job = make_job(status=Job.Status.COMPLETED)
    JobAttempt.objects.create(
        job=job, number=1, fencing_token=1, worker_id="w", started_at=NOW - 2 * HOUR
    )
    facts = snapshot(now=NOW)
    assert (facts.due_jobs, facts.oldest_due_s, facts.worker_seen_s) == (1, 3600, 7200)
    make_job(status=Job.Status.PROCESSING, ended_at=None, lease_until=NOW + timedelta(seconds=15))
    assert snapshot(now=NOW).worker_seen_s == 0


def test_the_snapshot_knows_since_when_a_post_is_in_doubt_where_the_ledger_says():
    told, untold = (make_publication(status=Publication.Status.UNKNOWN) for _ in range(2))
    log_event("publication_outcome_unknown", entity=told)
    at = LedgerEvent.objects.get(event_type="publication_outcome_unknown").timestamp
    doubts = {each.publication_id: each.minutes for each in snapshot(now=at + HOUR).doubts}
    assert doubts == {str(told.pk): 60, str(untold.pk): None}


def test_the_snapshot_knows_failed_posts_of_the_last_day():
    make_publication(status=Publication.Status.FAILED, error="Too long.")
    make_publication(status=Publication.Status.FAILED, created_at=NOW - timedelta(days=2))
    (failed,) = snapshot().failed_posts
    assert (failed.platform, failed.count, failed.error) == ("Instagram", 1, "Too long.")


def test_the_snapshot_knows_accounts_that_are_used():
    make_account("tiktok", status=SocialAccount.Status.EXPIRED)
    make_account("youtube", refresh_expires_at=NOW + timedelta(days=3))
    make_account("instagram", status=SocialAccount.Status.DISCONNECTED)
    accounts = {each.platform: each for each in snapshot(now=NOW).accounts}
    assert set(accounts) == {"tiktok", "youtube"}
    assert accounts["tiktok"].expired
    assert accounts["youtube"].token_days == pytest.approx(3)


def test_the_snapshot_knows_videos_whose_clips_nobody_used():
    waiting = make_clip(created_at=NOW - HOUR)
    make_clip(waiting.video_asset, created_at=NOW - 2 * HOUR)
    make_clip(waiting.video_asset, status=Clip.Status.ARCHIVED)
    make_clip(status=Clip.Status.ARCHIVED)
    orchestrate(make_clip().video_asset)
    make_publication()
    (video,) = snapshot(now=NOW).waiting_videos
    assert (video.video_id, video.clips, video.hours) == (str(waiting.video_asset_id), 2, 1)


def test_the_snapshot_knows_campaigns_rules_and_outcomes():
    make_campaign(status="active", name="Late", ends_at=NOW - HOUR)
    make_campaign(status="paused")
    post = make_publication(
        status=Publication.Status.PUBLISHED, external_post_id="1", published_at=NOW
    )
    PostMetric.objects.create(publication=post, hour=NOW, taken_at=NOW, views=1)
    make_video(status=VideoAsset.Status.FAILED, error="No frames.")
    facts = snapshot(now=NOW)
    (campaign,) = facts.running_campaigns
    assert (campaign.name, campaign.platforms, campaign.choices, campaign.ended_hours) == (
        "Late",
        1,
        0,
        1,
    )
    assert {each.platform: each.posts for each in facts.outcomes}["instagram"] == 1
    assert facts.failed_videos[0].error == "No frames."


def test_the_snapshot_is_json_and_takes_the_same_queries_however_much_there_is(
    django_assert_max_num_queries, django_assert_num_queries
):
    def fill():
        make_publication(status=Publication.Status.UNKNOWN)
        make_publication(status=Publication.Status.FAILED)
        make_campaign(status="active")
        make_clip()
        make_job()

    fill()
    with django_assert_max_num_queries(30) as first:
        json.dumps(snapshot().data())
    fill()
    fill()
    with django_assert_num_queries(len(first)):
        snapshot()


def test_a_run_keeps_what_it_saw_found_and_proposes():
    dead = make_job(error="timed out", error_code="jobs.timeout")
    job = run_job(request_reasoning().pk)
    assert job.status == Job.Status.COMPLETED
    run = ReasoningRun.objects.get(job_id=job.pk)
    assert job.result == {"reasoning_run_id": str(run.pk), "findings": 1}
    assert (run.status, run.reasoner, run.trigger) == ("completed", "rules", "asked")
    assert run.recommendations[0]["rule"] == "jobs_that_ended_badly"
    assert run.plan["steps"][0]["calls"] == [
        {"method": "POST", "path": f"/jobs/{dead.pk}/retry", "body": None}
    ]
    assert run.snapshot["jobs"]["dead"] == 1
    assert event_types_of(run) == ["reasoning_started", "reasoning_completed"]
    dead.refresh_from_db()
    assert dead.status == Job.Status.DEAD  # it proposes, it does not act


def test_a_run_that_is_asked_for_twice_is_one():
    assert request_reasoning() == request_reasoning(trigger="scheduled")
    with pytest.raises(InvalidInput):
        request_reasoning(trigger="whim")


def test_a_run_that_fails_says_why_and_its_second_try_takes_it_up(monkeypatch, caplog):
    def broken(facts):
        raise RuntimeError("out of thoughts")

    job = request_reasoning()
    with monkeypatch.context() as patched:
        patched.setattr(handlers, "think", broken)
        assert run_job(job.pk).status == Job.Status.RETRY
    run = ReasoningRun.objects.get()
    assert (run.status, run.error) == ("failed", "RuntimeError: out of thoughts")
    assert run_job(job.pk).status == Job.Status.COMPLETED
    run.refresh_from_db()
    assert (run.status, run.error) == ("completed", "")
    assert event_types_of(run) == [
        "reasoning_started",
        "reasoning_failed",
        "reasoning_restarted",
        "reasoning_completed",
    ]


def test_a_run_whose_job_died_is_closed_by_the_next():
    lost = begin_run(uuid.uuid4(), trigger="asked")
    alive = begin_run(make_job(status=Job.Status.PENDING, ended_at=None).pk, trigger="asked")
    run_job(request_reasoning().pk)
    lost.refresh_from_db()
    alive.refresh_from_db()
    assert (lost.status, lost.error) == ("failed", "Its job ended without it.")
    assert alive.status == "running"


# --- Doors --------------------------------------------------------------------------------------


@pytest.fixture
def ben():
    """A client of Ben, who is staff."""
    client = APIClient()
    client.force_authenticate(make_user("ben"))
    return client


@pytest.fixture
def cleo():
    """A client of Cleo, who may only look."""
    client = APIClient()
    client.force_authenticate(make_user("cleo"))
    return client


def test_a_run_is_triggered_followed_and_read(ben):
    idle = ben.get("/ai/global/status").json()
    assert (idle["running"], idle["job"], idle["last_run"]) == (False, None, None)
    assert {"name", "sentence"} == set(idle["rules"][0])
    answer = ben.post("/ai/global/trigger")
    assert answer.status_code == 202
    job = answer.json()["job"]
    assert ben.post("/ai/global/trigger").json()["job"]["id"] == job["id"]
    assert ben.get("/ai/global/status").json()["job"]["id"] == job["id"]
    make_job(error="timed out")
    run_job(uuid.UUID(job["id"]))
    status = ben.get("/ai/global/status").json()
    assert (status["running"], status["last_run"]["findings"]) == (False, 1)
    (row,) = ben.get("/ai/global/history").json()["results"]
    whole = ben.get(f"/ai/global/history/{row['id']}").json()
    assert ben.get(f"/ai/global/{row['id']}").json() == whole
    assert whole["recommendations"][0]["action"]["title"] == "Retry 1 dead job."
    assert whole["plan"]["steps"][0]["number"] == 1
    assert whole["snapshot"]["jobs"]["dead"] == 1


def test_a_run_that_goes_on_can_be_read(ben):
    run = begin_run(uuid.uuid4(), trigger="asked")
    assert ben.get(f"/ai/global/history/{run.pk}").json()["plan"] == {}


def test_history_can_be_narrowed(ben):
    fail_run(begin_run(uuid.uuid4(), trigger="asked"), error="x")
    begin_run(make_job(status=Job.Status.PENDING, ended_at=None).pk, trigger="scheduled")
    rows = ben.get("/ai/global/history?status=failed").json()["results"]
    assert [row["trigger"] for row in rows] == ["asked"]
    assert ben.get("/ai/global/history?status=lost").status_code == 400


def test_who_may_only_look_reads_but_does_not_trigger(cleo):
    assert cleo.get("/ai/global/status").status_code == 200
    assert cleo.get("/ai/global/history").status_code == 200
    refused = cleo.post("/ai/global/trigger")
    assert (refused.status_code, refused.json()["code"]) == (403, "stakazo.permission-denied")
    assert not Job.objects.exists()


def test_nobody_reads_without_a_login_and_a_run_that_is_not_there_is_404(ben):
    assert APIClient().get("/ai/global/status").status_code == 401
    missing = ben.get(f"/ai/global/history/{uuid.uuid4()}")
    assert (missing.status_code, missing.json()["code"]) == (404, "stakazo.not-found")


def test_the_admin_shows_findings_readably_and_asks_for_a_run(client):
    client.force_login(make_user("ada"))
    make_job(error="timed out")
    run_job(request_reasoning().pk)
    run = ReasoningRun.objects.get()
    assert client.get(reverse("admin:reasoning_reasoningrun_changelist")).status_code == 200
    page = client.get(admin_url(run)).content.decode()
    assert "1 job of type publish_clip failed every try" in page
    assert "1. Retry 1 dead job. (1 job of type publish_clip failed every try)" in page
    assert "Nothing was done. Each step waits for somebody to take it." in page
    assert "reasoning_completed" in page
    url = reverse("admin:reasoning_reasoningrun_look_now")
    assert client.get(url).status_code == 200
    assert Job.objects.filter(job_type="ai_reasoning", status="pending").count() == 0
    client.post(url, {"_form_submitted": "1"})
    assert Job.objects.filter(job_type="ai_reasoning", status="pending").count() == 1


def test_a_run_cannot_be_changed_in_the_admin(client):
    client.force_login(make_user("ada"))
    run = begin_run(uuid.uuid4(), trigger="asked")
    client.post(admin_url(run), {"summary": "all is lost"})
    run.refresh_from_db()
    assert run.summary == ""


def test_the_list_takes_the_same_queries_however_long(
    client, django_assert_max_num_queries, django_assert_num_queries
):
    client.force_login(make_user("ada"))
    url = reverse("admin:reasoning_reasoningrun_changelist")
    begin_run(uuid.uuid4(), trigger="asked")
    with django_assert_max_num_queries(10) as first:
        client.get(url)
    for _ in range(3):
        begin_run(uuid.uuid4(), trigger="asked")
    with django_assert_num_queries(len(first)):
        client.get(url)
