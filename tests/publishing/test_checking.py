"""When preflight runs, and that no platform hears of what it refuses."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from ledger.models import LedgerEvent
from media_assets.models import ClipVariant
from publishing.errors import NotPublishable
from publishing.models import Publication
from publishing.platforms.base import Content
from publishing.preflight import SCHEMAS
from publishing.services import checking
from publishing.services.publications import (
    create_publication,
    retry_publication,
    schedule_publication,
)
from tests.factories import make_account, make_publication, make_user, make_variant
from tests.publishing.road import PLATFORMS, real_variant, run_once, wanted

pytestmark = pytest.mark.django_db
SCHEMA_OF = {
    "instagram": SCHEMAS["instagram_reel"].ref,
    "tiktok": SCHEMAS["tiktok_direct_post"].ref,
    "youtube": SCHEMAS["youtube_short"].ref,
}
CONTENT = Content("Harbour lights", "Out now")
LONG = {"whole_ms": 20 * 60_000, "duration_ms": 20 * 60_000}


def spoil(variant, **facts):
    """As if the file had been another one all the time."""
    variant.facts = {**variant.facts, "file": {**variant.facts["file"], **facts}}
    ClipVariant.objects.filter(pk=variant.pk).update(facts=variant.facts)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_publication_keeps_the_version_that_checked_it(platform):
    publication = create_publication(
        make_variant(), make_account(platform), title="Harbour lights", caption="Out now"
    )
    publication.refresh_from_db()
    assert publication.preflight_version == SCHEMA_OF[platform]
    assert publication.preflight_at is not None
    duties = {"instagram": [], "tiktok": ["music"], "youtube": ["audience"]}[platform]
    assert [each["rule"] for each in publication.preflight_findings] == duties


def test_what_would_be_refused_is_not_even_a_draft():
    variant = make_variant(duration_ms=2_000)
    with pytest.raises(NotPublishable) as caught:
        create_publication(variant, make_account(), title="", caption="", draft=True)
    (problem,) = caught.value.details["problems"]
    assert problem["field"] == "clip_variant_id"
    assert problem["limit"] == "from 3 s"
    assert not Publication.objects.exists()


def test_it_is_checked_again_when_it_gets_a_time_another_time_and_a_retry():
    draft = create_publication(make_variant(), make_account(), title="t", caption="", draft=True)
    at = timezone.now() + timedelta(hours=1)
    spoil(draft.clip_variant, **LONG)
    with pytest.raises(NotPublishable):
        schedule_publication(draft, at=at)
    spoil(draft.clip_variant, whole_ms=10_000, duration_ms=10_000)
    before = schedule_publication(draft, at=at).preflight_at
    spoil(draft.clip_variant, **LONG)
    with pytest.raises(NotPublishable):
        schedule_publication(draft, at=at + timedelta(hours=1))
    draft.refresh_from_db()
    assert (draft.status, draft.scheduled_at, draft.preflight_at) == ("scheduled", at, before)
    failed = make_publication(make_variant(duration_ms=2_000), status="failed")
    with pytest.raises(NotPublishable):
        retry_publication(failed)
    assert Publication.objects.get(pk=failed.pk).status == "failed"


def test_a_time_can_be_moved_while_the_account_is_out():
    account = make_account()
    publication = create_publication(make_variant(), account, title="t", caption="")
    type(account).objects.filter(pk=account.pk).update(handle="out")
    publication.social_account.status = "expired"
    at = timezone.now() + timedelta(hours=1)
    assert schedule_publication(publication, at=at).scheduled_at == at


# --- Just before the first call -------------------------------------------------------------------


@pytest.mark.parametrize("platform", PLATFORMS)
def test_what_has_become_wrong_fails_before_any_call(simulator, small_video, platform, monkeypatch):
    publication = wanted(simulator, platform, small_video)
    spoil(publication.clip_variant, **LONG, width_px=1920, height_px=1080)

    def no_client(*args, **kwargs):
        raise AssertionError("A client was made.")

    monkeypatch.setattr("publishing.services.accounts.client_for", no_client)
    job = run_once(publication)
    publication.refresh_from_db()
    assert (publication.status, job.status) == ("failed", "failed")
    assert "min" in publication.error
    assert not publication.publish_logs.exists()
    assert publication.preflight_findings[0]["severity"] == "error"
    event = LedgerEvent.objects.get(event_type="publication_failed")
    assert event.metadata["error_code"] == "publishing.not-publishable"
    assert event.metadata["problems"][0]["field"] == "clip_variant_id"
    assert simulator.posts() == []


@pytest.mark.parametrize("harm", ["gone", "other"])
def test_a_file_that_is_gone_or_another_is_not_sent(simulator, small_video, harm):
    publication = wanted(simulator, "youtube", small_video)
    file = publication.clip_variant.file
    if harm == "gone":
        file.storage.delete(file.name)
    else:
        with file.storage.open(file.name, "wb") as content:
            content.write(b"something else")
    run_once(publication)
    publication.refresh_from_db()
    assert publication.status == "failed"
    assert publication.preflight_findings[0]["rule"] == "readable"
    assert simulator.posts() == []


def test_the_look_before_the_call_is_the_one_that_stands_on_the_row(simulator, small_video):
    publication = wanted(simulator, "instagram", small_video)
    Publication.objects.filter(pk=publication.pk).update(preflight_version="instagram_reel@old")
    run_once(publication)
    publication.refresh_from_db()
    assert publication.preflight_version == SCHEMA_OF["instagram"]
    assert len(simulator.posts()) == 1


# --- The file's facts -----------------------------------------------------------------------------


def test_an_older_variant_is_looked_at_once_and_keeps_what_was_seen(small_video, monkeypatch):
    variant = real_variant(small_video)
    ClipVariant.objects.filter(pk=variant.pk).update(facts={"lufs": -14})
    variant.refresh_from_db()
    assert checking.check(variant, make_account(), CONTENT).errors == []
    variant.refresh_from_db()
    assert variant.facts["lufs"] == -14
    assert variant.facts["file"]["video_codec"] == "h264"
    monkeypatch.setattr("media_assets.services.variants.look", None)
    assert checking.check(variant, make_account(), CONTENT).errors == []


def test_a_variant_whose_file_is_no_video_is_refused_with_the_reason():
    variant = make_variant(content=b"not really a video", facts={"file": None})
    (finding,) = checking.check(variant, make_account(), CONTENT).errors
    assert (finding.rule, "not a video" in finding.actual) == ("readable", True)


# --- Doors ----------------------------------------------------------------------------------------


def test_the_api_answers_with_every_finding_and_shows_the_version():
    client = APIClient()
    client.force_authenticate(make_user("ada"))
    variant, account = make_variant(), make_account("tiktok")
    body = {
        "clip_variant_id": str(variant.pk),
        "social_account_id": str(account.pk),
        "caption": "x" * 2201,
        "options": {"brand_content": True, "privacy_level": "SELF_ONLY"},
    }
    answer = client.post("/publications", body, format="json")
    assert (answer.status_code, answer.data["code"]) == (422, "publishing.not-publishable")
    details = answer.data["details"]
    assert f"{details['destination']}@{details['version']}" == SCHEMA_OF["tiktok"]
    assert [each["field"] for each in details["problems"]] == ["caption", "options.brand_content"]
    keys = {"rule", "field", "limit", "actual", "cure", "severity", "message"}
    assert all(set(each) == keys for each in details["problems"])
    answer = client.post("/publications", {**body, "caption": "", "options": {}}, format="json")
    assert answer.status_code == 201, answer.data
    shown = answer.data["preflight"]
    assert shown["version"] == SCHEMA_OF["tiktok"]
    assert [each["severity"] for each in shown["findings"]] == ["warning"]


def test_the_admin_says_it_at_the_field_and_shows_what_was_found(client):
    client.force_login(make_user("ada"))
    form = {
        "clip_variant": str(make_variant(duration_ms=2_000).pk),
        "social_account": str(make_account("youtube").pk),
        "title": "",
        "caption": "1 < 2",
        "privacy": "public",
        "scheduled_at_0": "",
        "scheduled_at_1": "",
    }
    answer = client.post(reverse("admin:publishing_publication_add"), form)
    assert set(answer.context["adminform"].form.errors) == {"title", "caption"}
    spoiled = {**form, "clip_variant": str(make_variant(duration_ms=500).pk), "title": "t"}
    answer = client.post(reverse("admin:publishing_publication_add"), spoiled)
    assert set(answer.context["adminform"].form.errors) == {"clip_variant", "caption"}
    answer = client.post(
        reverse("admin:publishing_publication_add"), {**form, "title": "t", "caption": ""}
    )
    assert answer.status_code == 302
    publication = Publication.objects.get()
    said = client.get(reverse("admin:publishing_publication_changelist")).content.decode()
    assert "whether they are made for children" in said
    page = client.get(reverse("admin:publishing_publication_change", args=[publication.pk]))
    text = page.content.decode()
    assert SCHEMA_OF["youtube"] in text
    assert "options.made_for_kids" in text
    assert "made for children" in text


def test_no_privacy_is_chosen_beforehand_in_the_admin(client):
    client.force_login(make_user("ada"))
    form = client.get(reverse("admin:publishing_publication_add")).context["adminform"].form
    assert form["privacy"].initial in (None, "")
    assert form.fields["privacy"].required
