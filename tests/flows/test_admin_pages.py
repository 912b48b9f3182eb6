"""Every page of the admin opens, for each role as far as it may, and lists stay quick when they grow."""

from datetime import timedelta

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_q.models import Schedule

from jobs.models import (
    BudgetUse,
    Job,
    JobAttempt,
    JobBatch,
    JobQueue,
    JobSchedule,
    JobWorker,
    RateBudget,
)
from ledger.models import LedgerArchive, LedgerSeal
from media_assets.models import Card, Clip, Upload, VideoAsset, Watermark
from publishing.models import (
    AccountHold,
    Approval,
    PostFinding,
    PublishLog,
    PublishStep,
    ReconcileRun,
    RefusedDelivery,
    SocialAccount,
    WebhookDelivery,
    WebsubLease,
)
from publishing.outgoing.models import OutgoingAttempt, OutgoingDelivery, WebhookSubscriber
from stakazo.alerts.models import Alert
from stakazo.identity.policy import EDITOR, VIEWER, permissions_of
from stakazo.identity.services import create_api_key
from stakazo.reasoning.models import ReasoningRun
from stakazo.telemetry.models import TelemetryMetric
from tests.campaigns.rows import choose_for
from tests.factories import (
    make_account,
    make_campaign,
    make_captions,
    make_clip,
    make_graphic,
    make_publication,
    make_user,
    make_variant,
    make_video,
)

pytestmark = pytest.mark.django_db

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
MOST_QUERIES = 20


def populate(number):
    """One more of everything, each with what hangs on it."""
    video = make_video(title=f"Harbour {number}", thumbnail=f"thumbnails/f{number}.jpg")
    clip = make_clip(video, thumbnail=f"thumbnails/c{number}.jpg")
    variant = make_variant(clip, thumbnail=f"thumbnails/v{number}.jpg")
    make_captions(video)
    for graphic in (Watermark, Card):
        make_graphic(graphic, name=f"Logo {number}")
    account = make_account()
    publication = make_publication(variant, account)
    Upload.objects.create(
        filename=f"v{number}.mp4", size_bytes=5, part_bytes=5, place="local", video=video,
        expires_at=timezone.now(),
    )  # fmt: skip
    Approval.objects.create(publication=publication, content_hash="0" * 64)
    log = PublishLog.objects.create(publication=publication)
    PublishStep.objects.create(publication=publication, kind="first_comment", text="Hello")
    ReconcileRun.objects.create(door="api", success_log_ids=[str(log.pk)])
    PostFinding.objects.create(
        kind="removed", social_account=account, publication=publication,
        external_post_id=f"p{number}", why="It is gone.",
    )  # fmt: skip
    AccountHold.objects.create(social_account=account, why="It broke.", retry_at=timezone.now())
    subscriber = WebhookSubscriber.objects.create(name=f"hook {number}", url="https://a.example/")
    outgoing = OutgoingDelivery.objects.create(subscriber=subscriber, event_type="x", body="{}")
    OutgoingAttempt.objects.create(delivery=outgoing, number=1, took_ms=1)
    WebhookDelivery.objects.create(platform="tiktok", event_key=f"e{number}", body="{}")
    RefusedDelivery.objects.create(
        platform="tiktok", reason="signature", digest=f"d{number}", body=b"{}", size_bytes=2
    )
    WebsubLease.objects.create(social_account=make_account("youtube"), topic=f"t{number}")
    campaign = make_campaign(name=f"Spring {number}", video_asset=video)
    choose_for(campaign, clip=clip)
    job = Job.objects.create(
        job_type="cut_analysis",
        payload={"video_asset_id": str(video.pk)},
        correlation_id=video.correlation_id,
        parent=Job.objects.first(),
    )
    JobAttempt.objects.create(job=job, number=1, fencing_token=1, worker_id="vm::1")
    JobBatch.objects.create(name=f"batch {number}", total=1, callback=job)
    JobQueue.objects.create(name=f"queue {number}")
    JobWorker.objects.create(worker_id=f"vm::{number}", node="vm", pid=number)
    BudgetUse.objects.create(
        budget=RateBudget.objects.create(key=f"api:{number}", limit=1, per_s=60), cost=1,
        at=timezone.now(), until=timezone.now() + timedelta(hours=1),
    )  # fmt: skip
    JobSchedule.objects.create(
        name=f"test.{number}", job_type="cut_analysis", next_run_at=timezone.now(), last_job=job
    )
    Alert.objects.create(
        rule="video_failed",
        title="A video failed",
        fingerprint=f"video_failed:{number}",
        entity_type="publish_log",
        entity_id=str(log.pk),
    )
    ReasoningRun.objects.create(job_id=job.pk)
    TelemetryMetric.objects.create(name="jobs", value=number)
    LedgerSeal.objects.create(
        number=number + 1, count=1, first_id=job.pk, last_id=job.pk, position=1, members=b""
    )
    LedgerArchive.objects.create(
        number=number + 1, name="ledger/archives/1.jsonl.gz", count=1, size_bytes=5,
        first_id=job.pk, last_id=job.pk, position=1, bounds={"": "2026-01-01"}, gone=b"",
    )  # fmt: skip
    user = User.objects.create_user(f"user{number}")
    user.groups.add(Group.objects.get(name="Editor"))
    create_api_key(user=user, name=f"key {number}", scopes=["read"])
    Group.objects.create(name=f"group {number}")
    Schedule.objects.create(name=f"schedule {number}", func="jobs.runner.sweep_and_answer")


@pytest.fixture(params=["ada", "ben", "cleo"])
def somebody(request, client):
    """Ada owns, Ben edits, Cleo may look; each of them has a login to the admin."""
    user = make_user(request.param, is_staff=True)
    client.force_login(user)
    client.user = user
    return client


def page(model, name, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def allowed(somebody):
    """A request of this person, to ask an admin what it would allow."""
    request = RequestFactory().get("/")
    request.user = User.objects.get(pk=somebody.user.pk)
    return request


def test_every_page_opens_for_whoever_may_see_it(somebody):
    populate(1)
    request, opened = allowed(somebody), []
    role = {"ben": EDITOR}.get(somebody.user.username, VIEWER)
    for model in MODELS:
        site = admin.site._registry[model]
        row = model._default_manager.first()
        assert row is not None, f"populate makes no {model.__name__}"
        meta = model._meta
        may_look = f"{meta.app_label}.view_{meta.model_name}" in permissions_of(role)
        may_look = may_look or somebody.user.is_superuser
        expected = {
            page(model, "changelist"): may_look,
            page(model, "change", row.pk): may_look,
            page(model, "add"): site.has_add_permission(request),
        }
        for path, may in expected.items():
            assert somebody.get(path).status_code == (200 if may else 403), path
            if may:
                opened.append(path)
    adds = {path for path in opened if path.endswith("/add/")}
    if somebody.user.username == "cleo":
        assert adds == set()
    else:
        assert page(VideoAsset, "add") in adds
        assert page(Job, "add") not in adds or somebody.user.is_superuser
    assert somebody.get("/admin/").status_code == 200


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_a_list_asks_as_much_for_many_rows_as_for_few(client, model):
    client.force_login(make_user("ada"))
    for number in range(2):
        populate(number)
    client.get(page(model, "changelist"))  # content types are remembered from here on
    few = queries_of(client, model)
    for number in range(2, 8):
        populate(number)
    many = queries_of(client, model)
    assert len(many) <= len(few), "\n".join(many)
    assert len(many) <= MOST_QUERIES, "\n".join(many)


def queries_of(client, model):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(page(model, "changelist")).status_code == 200
    return [query["sql"][:300] for query in seen.captured_queries]


def test_the_counts_of_the_home_page_are_those_of_the_lists_behind_them(client):
    client.force_login(make_user("ada"))
    populate(1)
    for status, number in {"failed": 1, "dead": 2, "completed": 1}.items():
        for _ in range(number):
            Job.objects.create(job_type="cut_analysis", status=status)
    for status in ("unknown", "failed", "cancelled", "awaiting", "missed"):
        make_publication(status=status)
    for number in range(2):
        make_publication(
            status="published", external_post_id=f"p{number}", published_at=timezone.now()
        )
    make_video(status=VideoAsset.Status.FAILED)
    make_clip(status=Clip.Status.ARCHIVED)
    make_account(status=SocialAccount.Status.EXPIRED)
    soon = timezone.now() + timedelta(days=3)
    make_account(refresh_expires_at=soon)
    make_account(refresh_expires_at=soon, status=SocialAccount.Status.DISCONNECTED)
    make_account(refresh_expires_at=timezone.now() + timedelta(days=99))
    make_campaign(status="active")

    home = client.get("/admin/")
    counts = [*home.context["needs_you"], *home.context["road"]]
    assert all(each.count for each in counts), [each.title for each in counts if not each.count]
    for each in counts:
        listed = len(client.get(each.url, follow=True).context["cl"].result_list)
        assert (each.title, listed) == (each.title, each.count)
        assert f'href="{each.url.replace("&", "&amp;")}"' in home.text
