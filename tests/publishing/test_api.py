"""The doors of publishing, as programs see them."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from jobs.models import Job
from ledger.models import LedgerEvent
from publishing import vault
from publishing.models import Publication, PublishLog
from publishing.platforms.base import Tokens
from tests.events import event_types_of
from tests.factories import make_account, make_publication, make_user, make_variant

pytestmark = pytest.mark.django_db


@pytest.fixture
def client():
    """Ada's."""
    client = APIClient()
    client.force_authenticate(make_user("ada"))
    return client


def wanted(**fields):
    variant, account = make_variant(), make_account()
    return {
        "clip_variant_id": str(variant.pk),
        "social_account_id": str(account.pk),
        "title": "Harbour lights",
        "caption": "Out now #harbour",
        **fields,
    }


def test_a_publication_is_created_and_put_in_the_queue(client):
    answer = client.post("/publications", wanted(), format="json")
    assert answer.status_code == 201, answer.data
    publication = Publication.objects.get(pk=answer.data["id"])
    assert publication.status == "scheduled"
    assert event_types_of(publication) == ["publication_created", "publication_scheduled"]
    (job,) = Job.objects.filter(job_type="publish_clip")
    assert job.payload == {"publication_id": str(publication.pk)}


def test_the_same_wanted_twice_is_one_publication_and_one_job(client):
    body = wanted()
    first = client.post("/publications", body, format="json")
    second = client.post("/publications", body, format="json")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.data["id"] == second.data["id"]
    assert Publication.objects.count() == Job.objects.filter(job_type="publish_clip").count() == 1


def test_another_text_is_another_publication(client):
    body = wanted()
    client.post("/publications", body, format="json")
    client.post("/publications", {**body, "caption": "Second week"}, format="json")
    assert Publication.objects.count() == 2


def test_a_draft_waits_and_its_time_moves_the_job(client):
    draft = client.post("/publications", wanted(draft=True), format="json").data
    assert draft["status"] == "draft"
    assert not Job.objects.filter(job_type="publish_clip").exists()
    at = timezone.now() + timedelta(days=2)
    path = f"/publications/{draft['id']}/schedule"
    client.post(path, {"scheduled_at": at.isoformat()}, format="json")
    job = Job.objects.get(job_type="publish_clip", status__in=Job.LIVE)
    assert job.run_at == at
    sooner = timezone.now() + timedelta(days=1)
    client.post(path, {"scheduled_at": sooner.isoformat()}, format="json")
    assert Job.objects.get(job_type="publish_clip", status__in=Job.LIVE).run_at == sooner


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"clip_variant_id": str(uuid.uuid4())}, 400, "stakazo.invalid-input"),
        ({"caption": "x" * 2201}, 422, "publishing.not-publishable"),
        ({"privacy": "secret"}, 422, "publishing.not-publishable"),
        ({"scheduled_at": "2001-01-01T00:00:00Z"}, 400, "stakazo.invalid-input"),
        ({"scheduled_at": "soon"}, 400, "stakazo.invalid-input"),
        ({"title": "t" * 101}, 400, "stakazo.invalid-input"),
    ],
)
def test_a_wrong_wish_is_refused_in_the_one_shape_and_leaves_nothing(client, change, status, code):
    answer = client.post("/publications", wanted(**change), format="json")
    assert (answer.status_code, answer.data["code"]) == (status, code), answer.data
    assert set(answer.data) == {"code", "message", "details", "request_id"}
    assert Publication.objects.count() == Job.objects.count() == 0


def test_an_account_that_is_out_is_a_conflict(client):
    account = make_account(status="expired")
    answer = client.post("/publications", wanted(social_account_id=str(account.pk)), format="json")
    assert answer.status_code == 409


def test_cancelled_before_it_is_sent_also_cancels_the_job(client):
    made = client.post("/publications", wanted(), format="json").data
    answer = client.post(f"/publications/{made['id']}/cancel", {"why": "wrong song"}, format="json")
    assert answer.data["status"] == "cancelled"
    assert Job.objects.get(job_type="publish_clip").status == "cancelled"
    again = client.post(f"/publications/{made['id']}/cancel", {}, format="json")
    assert (again.status_code, again.data["code"]) == (409, "ledger.illegal-move")


def test_only_a_failed_one_is_retried(client):
    publication = make_publication(status="published", external_post_id="1")
    assert (
        client.post(f"/publications/{publication.pk}/retry", {}, format="json").status_code == 409
    )
    failed = make_publication(status="failed", error="no")
    answer = client.post(f"/publications/{failed.pk}/retry", {}, format="json")
    assert (answer.status_code, answer.data["status"]) == (200, "scheduled")


def test_a_failed_one_is_not_retried_where_the_same_is_wanted_again(client):
    failed = make_publication(status="failed", dedup_key="same")
    make_publication(failed.clip_variant, failed.social_account, dedup_key="same")
    answer = client.post(f"/publications/{failed.pk}/retry", {}, format="json")
    assert answer.status_code == 409
    assert Publication.objects.get(pk=failed.pk).status == "failed"


def test_one_publication_comes_with_its_evidence_and_without_secrets(client):
    publication = make_publication(status="unknown")
    PublishLog.objects.create(
        publication=publication,
        status="processing",
        phase="committing",
        handle={"publish_id": "v1", "upload_url": "https://up.example/?upload_token=hush"},
        extra_metadata={
            "asked": [{"at": "2026-11-20T09:00:00+00:00", "said": "unknown", "reason": "no idea"}]
        },
    )
    answer = client.get(f"/publications/{publication.pk}")
    (attempt,) = answer.data["evidence"]["attempts"]
    assert attempt["handle"] == {"publish_id": "v1"}
    assert "no idea" in " ".join(answer.data["evidence"]["known"])
    assert "hush" not in answer.content.decode()
    assert [event["event_type"] for event in answer.data["ledger_trail"]] == ["publication_created"]


def test_lists_are_narrowed_and_cost_the_same_for_one_and_for_many(
    client, django_assert_max_num_queries
):
    for _ in range(5):
        make_publication()
    make_publication(account=make_account("tiktok"))
    with django_assert_max_num_queries(4):
        answer = client.get("/publications?platform=tiktok")
    assert len(answer.data["results"]) == 1
    with django_assert_max_num_queries(4):
        assert len(client.get("/publications").data["results"]) == 6


def test_accounts_never_show_a_token(client):
    account = make_account()
    vault.keep_tokens(account, Tokens("hush-access", "hush-refresh"))
    answer = client.get("/publishing/accounts")
    assert answer.data["results"][0]["handle"] == account.handle
    assert "hush" not in answer.content.decode()
    assert "sealed" not in answer.content.decode()


def test_a_disconnected_account_has_no_tokens_left(client):
    account = make_account()
    vault.keep_tokens(account, Tokens("hush-access", "hush-refresh"))
    answer = client.post(f"/publishing/accounts/{account.pk}/disconnect", {}, format="json")
    assert answer.data["status"] == "disconnected"
    account.refresh_from_db()
    assert vault.read_tokens(account).access_token == ""


@pytest.mark.parametrize(
    "path",
    ["/publications", "/confirm_publish", "/publishing/reconcile"],
)
def test_who_may_only_look_may_not_change(path):
    client = APIClient()
    assert client.post(path, {}, format="json").status_code == 401
    client.force_authenticate(make_user("cleo"))
    assert client.post(path, {}, format="json").status_code == 403
    assert client.get("/publications").status_code == 200


@pytest.mark.parametrize("minutes", ["0", "1441", "-5", "ten", "", "9" * 30, "1.5"])
def test_reconcile_takes_1_to_1440_minutes(client, minutes):
    answer = client.post(f"/publishing/reconcile?since_minutes={minutes}")
    assert (answer.status_code, answer.data["code"]) == (400, "stakazo.invalid-input")


def test_reconcile_of_nothing_answers_the_contract(client):
    answer = client.post("/publishing/reconcile")
    assert answer.data == {
        "total_checked": 0,
        "marked_success": 0,
        "marked_failed": 0,
        "skipped": 0,
        "success_log_ids": [],
        "failed_log_ids": [],
    }


def test_confirming_what_was_never_sent_is_a_conflict(client):
    publication = make_publication()
    body = {"publication_id": str(publication.pk), "external_post_id": "1"}
    assert client.post("/confirm_publish", body, format="json").status_code == 409
    assert client.post("/confirm_publish", {}, format="json").status_code == 400
    unknown = {"publication_id": str(uuid.uuid4())}
    assert client.post("/confirm_publish", unknown, format="json").status_code == 404


def test_a_publication_knows_the_video_it_came_from_in_the_ledger(client):
    made = client.post("/publications", wanted(), format="json").data
    publication = Publication.objects.get(pk=made["id"])
    event = LedgerEvent.objects.get(event_type="publication_created")
    assert event.clip_id == publication.clip_variant.clip_id
    assert event.correlation_id == str(publication.clip_variant.clip.video_asset_id)
