"""The audit compares both ways, opens findings and changes nothing; every run is in the history."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from jobs.models import Job
from jobs.runner import run_job
from jobs.services import enqueue
from ledger.machine import IllegalMove
from publishing.models import PostFinding, PublishLog, ReconcileRun
from publishing.payloads import AuditPosts, ReconcilePublications
from publishing.schedules import something_may_be_compared
from publishing.services.auditing import audit_posts, dismiss_finding
from publishing.services.deciding import settle_as_ours
from publishing.services.reconcile import reconcile
from stakazo.alerts.facts import gather_facts
from stakazo.alerts.rules import RULES
from stakazo.core.errors import InvalidInput
from tests.events import event_types_of
from tests.factories import make_account, make_publication, make_user
from tests.past_the_ledger import overwrite
from tests.publishing.road import PLATFORMS, crash_at, drive, run_once, wanted

pytestmark = pytest.mark.django_db(transaction=True)


def live(simulator, platform, path, clock, **fields):
    """A post of two hours ago."""
    publication = drive(wanted(simulator, platform, path, **fields), clock)
    assert publication.status == "published", publication.error
    clock.shift(2 * 3600)
    return publication


def kinds():
    return sorted(PostFinding.objects.filter(status="open").values_list("kind", flat=True))


@pytest.mark.parametrize("platform", PLATFORMS)
def test_what_agrees_is_no_finding_and_what_was_removed_there_is_one(
    simulator, clock, small_video, platform
):
    publication = live(simulator, platform, small_video, clock)
    simulator.foreign(platform, caption="Good morning", title="Good morning")
    answer = audit_posts()
    assert answer == {"accounts": 1, "posts": 2, "opened": 0, "resolved": 0, "failed": 0}
    simulator.remove(publication.external_post_id)
    assert audit_posts()["opened"] == 1
    (finding,) = PostFinding.objects.all()
    assert (finding.kind, finding.publication) == ("removed", publication)
    assert event_types_of(finding) == ["post_finding_opened"]
    assert audit_posts()["opened"] == 0  # it is known
    publication.refresh_from_db()
    assert publication.status == "published"
    (alert,) = RULES["post_finding"](gather_facts())
    assert alert.entity_id == str(finding.pk)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_second_post_that_looks_like_ours_is_found(simulator, clock, small_video, platform):
    publication = live(simulator, platform, small_video, clock)
    double = simulator.foreign(
        platform,
        title="Harbour lights",
        caption="Out now #harbour",
        duration_ms=4_000,
        size_bytes=publication.clip_variant.size_bytes,
    )
    audit_posts()
    (finding,) = PostFinding.objects.all()
    assert (finding.kind, finding.external_post_id) == ("double", double)
    assert publication.external_post_id in finding.why
    simulator.remove(double)
    assert audit_posts()["resolved"] == 1
    assert event_types_of(finding) == ["post_finding_opened", "post_finding_resolved"]


def test_a_post_that_we_took_for_failed_is_found_and_settled_by_a_person(
    simulator, clock, small_video, monkeypatch
):
    publication = wanted(simulator, "youtube", small_video)
    crash_at(monkeypatch, "publish.after")
    run_once(publication)
    overwrite(Job.objects.filter(job_type="publish_clip"), status="dead")
    audit_posts()
    assert kinds() == []  # it is being asked about
    overwrite(PublishLog.objects, status="failed")
    overwrite(type(publication).objects.filter(pk=publication.pk), status="failed")
    audit_posts()
    assert kinds() == ["unclaimed"]
    (post,) = simulator.posts()
    settle_as_ours(publication, post["id"], by=make_user("ada"))
    assert audit_posts()["resolved"] == 1


def test_private_posts_of_tiktok_are_in_no_list_and_young_ones_may_be_missing(
    simulator, clock, small_video
):
    live(simulator, "tiktok", small_video, clock, privacy="private")
    young = drive(wanted(simulator, "instagram", small_video), clock)
    simulator.remove(young.external_post_id)
    audit_posts()
    assert kinds() == []
    clock.shift(3600)
    audit_posts()
    assert kinds() == ["removed"]


def test_one_that_is_dismissed_is_not_opened_again(simulator, clock, small_video):
    publication = live(simulator, "instagram", small_video, clock)
    simulator.remove(publication.external_post_id)
    audit_posts()
    finding = PostFinding.objects.get()
    dismiss_finding(finding, why="we removed it")
    assert audit_posts()["opened"] == 0
    with pytest.raises(IllegalMove):
        dismiss_finding(finding)


def test_an_account_that_cannot_be_asked_stops_no_other_and_keeps_its_findings(
    simulator, clock, small_video
):
    publication = live(simulator, "instagram", small_video, clock)
    live(simulator, "youtube", small_video, clock)
    simulator.remove(publication.external_post_id)
    audit_posts()
    simulator.inject("instagram.*", "reset_before", count=500)
    answer = audit_posts()
    assert (answer["failed"], answer["posts"], kinds()) == (1, 1, ["removed"])
    run = ReconcileRun.objects.first()
    assert (run.kind, run.skipped, run.per_platform["youtube"]["posts"]) == ("audit", 1, 1)
    assert [error["platform"] for error in run.errors] == ["instagram"]


@pytest.mark.parametrize("days", [0, 91])
def test_the_days_have_bounds(days):
    with pytest.raises(InvalidInput):
        audit_posts(days)
    assert not ReconcileRun.objects.exists()


# --- History --------------------------------------------------------------------------------------


def test_every_door_leaves_a_run(simulator, clock, small_video, monkeypatch):
    publication = wanted(simulator, "tiktok", small_video)
    crash_at(monkeypatch, "publish.after")
    run_once(publication)
    overwrite(Job.objects.filter(job_type="publish_clip"), status="dead")
    clock.shift(11 * 60)
    ada = make_user("ada")
    api = APIClient()
    api.force_authenticate(ada)
    out = StringIO()
    call_command("reconcile", "--dry-run", "--json", stdout=out)
    assert json.loads(out.getvalue())["marked_success"] == 1
    assert api.post("/publishing/reconcile?since_minutes=10").data["marked_success"] == 1
    job = enqueue("reconcile_publications", ReconcilePublications())
    run_job(job.pk)
    call_command("reconcile", "--audit", stdout=out)
    assert "Compared 1 posts of 1 accounts" in out.getvalue()
    run_job(enqueue("audit_posts", AuditPosts()).pk)
    runs = list(ReconcileRun.objects.order_by("id"))
    assert [(run.kind, run.door) for run in runs] == [
        ("settle", "command"),
        ("settle", "api"),
        ("settle", "schedule"),
        ("audit", "command"),
        ("audit", "schedule"),
    ]
    dry, asked, scheduled, *_ = runs
    assert (dry.parameters["dry_run"], asked.parameters["dry_run"]) == (True, False)
    (log,) = publication.publish_logs.all()
    assert asked.success_log_ids == [str(log.pk)]
    assert asked.per_platform["tiktok"]["success"] == 1
    assert scheduled.job_id == job.pk
    assert all(run.ended_at and run.duration_ms is not None and not run.error for run in runs)
    listed = api.get("/publishing/reconcile/runs?door=api&kind=settle").data["results"]
    assert [each["id"] for each in listed] == [str(asked.pk)]
    assert api.get(f"/publishing/reconcile/runs/{asked.pk}").data["total_checked"] == 1


def test_a_run_that_is_broken_off_says_by_what(monkeypatch):
    make_account()
    with pytest.raises(RuntimeError):
        audit_posts(check=lambda: (_ for _ in ()).throw(RuntimeError("the job was cancelled")))
    run = ReconcileRun.objects.get()
    assert (run.error, run.ended_at is not None) == ("the job was cancelled", True)


def test_what_cannot_be_asked_about_is_named(simulator, clock, small_video, monkeypatch):
    publication = wanted(simulator, "tiktok", small_video)
    crash_at(monkeypatch, "publish.after")
    run_once(publication)
    overwrite(Job.objects.filter(job_type="publish_clip"), status="dead")
    clock.shift(11 * 60)
    simulator.inject("tiktok.*", "reset_before", count=500)
    assert reconcile(10)["skipped"] == 1
    run = ReconcileRun.objects.get()
    (log,) = publication.publish_logs.all()
    assert run.errors == [
        {"about": str(log.pk), "platform": "tiktok", "error": "TikTok cannot be reached."}
    ]


def test_the_nightly_audit_has_work_only_where_something_was_sent(clock):
    account = make_account()
    assert not something_may_be_compared()
    PublishLog.objects.create(publication=make_publication(account=account))
    assert something_may_be_compared()
    clock.shift(timedelta(days=31))
    assert not something_may_be_compared()


# --- The doors ------------------------------------------------------------------------------------


def finding():
    return PostFinding.objects.create(
        kind="double", social_account=make_account(), external_post_id="p1", why="It looks alike."
    )


def test_programs_and_operators_dismiss_a_finding(client):
    api = APIClient()
    api.force_authenticate(make_user("ben"))
    first, second = finding(), finding()
    listed = api.get("/publishing/findings?status=open&kind=double").data["results"]
    assert {each["id"] for each in listed} == {str(first.pk), str(second.pk)}
    path = f"/publishing/findings/{first.pk}/dismiss"
    assert api.post(path, {"why": "on purpose"}, format="json").data["ended_why"] == "on purpose"
    assert api.post(path).status_code == 409
    client.force_login(make_user("ada"))
    page = client.get(reverse("admin:publishing_postfinding_change", args=[second.pk])).text
    assert "It is as it should be" in page
    form = {"action": "dismiss", "_selected_action": str(second.pk), "index": "0"}
    client.post(reverse("admin:publishing_postfinding_changelist"), form)
    second.refresh_from_db()
    assert second.status == "dismissed"


def test_the_page_of_a_run_links_to_what_it_settled(client):
    log = PublishLog.objects.create(publication=make_publication())
    run = ReconcileRun.objects.create(
        door="api", success_log_ids=[str(log.pk)], per_platform={"tiktok": {"checked": 1}},
        started_at=timezone.now(),
    )  # fmt: skip
    client.force_login(make_user("ada"))
    page = client.get(reverse("admin:publishing_reconcilerun_change", args=[run.pk])).text
    assert reverse("admin:publishing_publishlog_change", args=[log.pk]) in page
    assert "checked 1" in page
    assert "its process died" in page
