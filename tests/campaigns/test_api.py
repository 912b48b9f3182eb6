"""The API of campaigns: who may, what it answers, and every refusal in the one shape."""

import pytest
from rest_framework.test import APIClient

from campaigns.models import Campaign, CampaignClip, PlatformRule
from campaigns.services.rules import activate_rule, ensure_default_rules, propose_rule
from publishing.models import Publication
from tests.campaigns.rows import choose_for
from tests.campaigns.test_training import make_posts
from tests.factories import (
    make_account,
    make_campaign,
    make_clip,
    make_publication,
    make_user,
    make_variant,
    make_video,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben():
    """A client of Ben, who is staff."""
    return _client(make_user("ben"))


@pytest.fixture
def cleo():
    """A client of Cleo, who may only look."""
    return _client(make_user("cleo"))


def _client(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


def post(client, path, body=None):
    return client.post(path, body or {}, format="json")


def assert_refused(response, status, code):
    assert response.status_code == status
    assert set(response.json()) == {"code", "message", "details", "request_id"}
    assert response.json()["code"] == code


def test_a_campaign_goes_through_its_life(ben):
    video = make_video()
    body = {
        "name": "Spring",
        "platforms": ["instagram", "tiktok"],
        "video_asset": str(video.pk),
        "starts_at": "2026-12-01T10:00:00Z",
        "ends_at": "2099-12-02T10:00:00Z",
    }
    made = post(ben, "/campaigns", body)
    assert made.status_code == 201
    campaign = made.json()
    assert (campaign["status"], campaign["video_asset"]) == ("draft", str(video.pk))
    assert campaign["sentence"] == "Being put together; nothing is spent."
    path = f"/campaigns/{campaign['id']}"
    states = [
        post(ben, f"{path}/{verb}", {"why": "plan"}).json()["status"]
        for verb in ("start", "pause", "start", "complete")
    ]
    assert states == ["active", "paused", "active", "completed"]
    assert ben.get(path).json()["completed_at"] is not None
    assert_refused(post(ben, f"{path}/start"), 409, "ledger.illegal-move")


def test_orchestrating_answers_choices_with_reasons(ben):
    video = make_video()
    better = make_clip(video, features={"motion": 0.9})
    make_clip(video, features={"motion": 0.1})
    activate_rule(propose_rule("tiktok", weights={"motion": 1}))
    dry = post(
        ben, "/orchestrate", {"video_id": str(video.pk), "platforms": ["tiktok"], "dry_run": True}
    ).json()
    assert (dry["campaign"], dry["dry_run"], dry["choices"][0]["choice"]) == (None, True, None)
    answer = post(ben, "/orchestrate", {"video_id": str(video.pk), "platforms": ["tiktok"]})
    assert answer.status_code == 200
    (choice,) = answer.json()["choices"]
    assert (choice["clip"], choice["score"], choice["outcome"]) == (str(better.pk), 0.9, "new")
    assert choice["reasons"][0] == "90 of 100 points for TikTok."
    assert choice["alternatives"][0]["why"] == "80 points behind, most of it for: movement."
    assert choice["publication"] is None
    campaign = ben.get(f"/campaigns/{answer.json()['campaign']}").json()
    assert campaign["choices"][0]["id"] == choice["choice"]
    again = post(ben, "/orchestrate", {"campaign_id": campaign["id"]}).json()
    assert again["choices"][0]["outcome"] == "unchanged"


def test_orchestrating_with_publish_answers_the_post(ben):
    clip = make_clip()
    make_variant(clip)
    make_account("tiktok")
    body = {"video_id": str(clip.video_asset_id), "platforms": ["tiktok"], "publish": True}
    (choice,) = post(ben, "/orchestrate", body).json()["choices"]
    assert choice["posted_now"] is True
    assert choice["publication"]["id"] == str(Publication.objects.get().pk)


def test_a_rule_is_proposed_activated_and_retired(ben):
    made = post(
        ben, "/rules", {"platform": "tiktok", "weights": {"hook": 0.4, "motion": 0.6}, "why": "x"}
    )
    assert made.status_code == 201
    rule = made.json()
    assert (rule["status"], rule["version"]) == ("proposed", 1)
    assert rule["limits"]["preferred_format"] == "vertical_1080x1920"
    path = f"/rules/{rule['id']}"
    assert post(ben, f"{path}/activate").json()["status"] == "active"
    assert_refused(post(ben, f"{path}/activate"), 409, "ledger.illegal-move")
    assert post(ben, f"{path}/retire").json()["status"] == "retired"
    assert ben.get(path).json()["retired_at"] is not None


def test_evaluating_explains_a_clip_and_stores_nothing(cleo):
    clip = make_clip(features={"motion": 0.9, "energy": 0.2})
    answer = post(cleo, "/engine/evaluate", {"platform": "tiktok", "clip_id": str(clip.pk)})
    assert answer.status_code == 200
    body = answer.json()
    assert 0 < body["score"] < 1
    assert body["reasons"][0].endswith("of 100 points for TikTok.")
    assert {each["feature"] for each in body["contributions"]} >= {"motion", "hook"}
    assert "hook" in body["missing"]
    assert not PlatformRule.objects.exists()


def test_evaluating_takes_plain_features_and_an_older_rule(cleo):
    rule = propose_rule("youtube", weights={"hook": 1})
    body = {"platform": "youtube", "features": {"hook": 0.25}, "rule_id": str(rule.pk)}
    assert post(cleo, "/engine/evaluate", body).json()["score"] == 0.25


def test_training_answers_the_proposal(ben):
    make_posts(24)
    answer = post(ben, "/engine/train", {"platform": "tiktok"})
    assert (answer.status_code, answer.json()["status"]) == (200, "proposed")
    assert answer.json()["evidence"]["examples"] == 24


def test_training_without_enough_posts_says_how_many_are_missing(ben):
    make_posts(3)
    answer = post(ben, "/engine/train", {"platform": "tiktok"})
    assert_refused(answer, 409, "campaigns.too-few-examples")
    assert answer.json()["details"]["missing"] == 5


GHOST = "0192f0c4-0000-7000-8000-000000000000"
BAD = [
    ("/campaigns", {}, 400, "stakazo.invalid-input"),
    ("/campaigns", {"name": "", "platforms": ["tiktok"]}, 400, "stakazo.invalid-input"),
    ("/campaigns", {"name": "S", "platforms": []}, 400, "campaigns.bad-campaign"),
    ("/campaigns", {"name": "S", "platforms": "tiktok"}, 400, "stakazo.invalid-input"),
    ("/campaigns", {"name": "S", "platforms": ["myspace"]}, 400, "publishing.unknown-platform"),
    (
        "/campaigns",
        {"name": "S", "platforms": ["tiktok"], "budget_minor": -1},
        400,
        "campaigns.bad-campaign",
    ),
    (
        "/campaigns",
        {"name": "S", "platforms": ["tiktok"], "budget_minor": 10**30},
        400,
        "campaigns.bad-campaign",
    ),
    (
        "/campaigns",
        {
            "name": "S",
            "platforms": ["tiktok"],
            "starts_at": "2026-12-02T00:00:00Z",
            "ends_at": "2026-12-01T00:00:00Z",
        },
        400,
        "campaigns.bad-campaign",
    ),
    (
        "/campaigns",
        {"name": "S", "platforms": ["tiktok"], "goal": "x"},
        400,
        "stakazo.invalid-input",
    ),
    (
        "/campaigns",
        {"name": "S", "platforms": ["tiktok"], "video_asset": GHOST},
        400,
        "stakazo.invalid-input",
    ),
    ("/campaigns", [], 400, "stakazo.invalid-input"),
    ("/orchestrate", {}, 400, "stakazo.invalid-input"),
    ("/orchestrate", {"video_id": GHOST}, 400, "stakazo.invalid-input"),
    ("/orchestrate", {"video_id": "x"}, 400, "stakazo.invalid-input"),
    ("/rules", {"platform": "tiktok"}, 400, "stakazo.invalid-input"),
    ("/rules", {"platform": "myspace", "weights": {"hook": 1}}, 400, "publishing.unknown-platform"),
    ("/rules", {"platform": "tiktok", "weights": {"charm": 1}}, 400, "campaigns.bad-rule"),
    ("/rules", {"platform": "tiktok", "weights": {"hook": "x"}}, 400, "stakazo.invalid-input"),
    (
        "/rules",
        {"platform": "tiktok", "weights": {"hook": 1}, "limits": {"x": 1}},
        400,
        "campaigns.bad-rule",
    ),
    ("/engine/evaluate", {"platform": "tiktok"}, 400, "stakazo.invalid-input"),
    (
        "/engine/evaluate",
        {"platform": "tiktok", "features": {"hook": 2}},
        400,
        "stakazo.invalid-input",
    ),
    (
        "/engine/evaluate",
        {"platform": "tiktok", "features": {"charm": 1}},
        400,
        "campaigns.bad-features",
    ),
    (
        "/engine/evaluate",
        {"platform": "tiktok", "features": {"hook": 1}, "formats": ["round"]},
        400,
        "media.unknown-format",
    ),
    (
        "/engine/evaluate",
        {"platform": "myspace", "features": {"hook": 1}},
        400,
        "publishing.unknown-platform",
    ),
    ("/engine/train", {"platform": "myspace"}, 400, "publishing.unknown-platform"),
    (f"/campaigns/{GHOST}/start", {}, 404, "stakazo.not-found"),
    ("/campaigns/x/start", {}, 404, "stakazo.not-found"),
    (f"/rules/{GHOST}/activate", {}, 404, "stakazo.not-found"),
]


@pytest.mark.parametrize(("path", "body", "status", "code"), BAD)
def test_bad_input_is_refused_in_the_one_shape_and_stores_nothing(ben, path, body, status, code):
    assert_refused(ben.post(path, body, format="json"), status, code)
    assert not Campaign.objects.exists()
    assert not PlatformRule.objects.exists()
    assert not CampaignClip.objects.exists()


def test_a_video_and_a_campaign_together_are_one_too_many(ben):
    body = {"video_id": str(make_video().pk), "campaign_id": str(make_campaign().pk)}
    assert_refused(post(ben, "/orchestrate", body), 400, "stakazo.invalid-input")


def test_a_budget_above_the_limit_does_not_start(ben):
    campaign = make_campaign(budget_minor=100)
    answer = post(ben, f"/campaigns/{campaign.pk}/start")
    assert_refused(answer, 409, "campaigns.over-spending-limit")
    assert answer.json()["details"]["limit_minor"] == 0


def test_who_may_only_look_may_look_and_ask_but_not_change(cleo):
    campaign = make_campaign()
    (rule, *_) = ensure_default_rules()
    for path in ("/campaigns", f"/campaigns/{campaign.pk}", "/rules", f"/rules/{rule.pk}"):
        assert cleo.get(path).status_code == 200
    for path in (
        "/campaigns",
        f"/campaigns/{campaign.pk}/start",
        f"/rules/{rule.pk}/retire",
        "/rules",
        "/orchestrate",
        "/engine/train",
    ):
        assert_refused(post(cleo, path), 403, "stakazo.permission-denied")


@pytest.mark.parametrize("path", ["/campaigns", "/rules"])
def test_nobody_sees_anything_without_a_login(path):
    assert_refused(APIClient().get(path), 401, "stakazo.not-authenticated")


def test_lists_can_be_narrowed(ben):
    video = make_video()
    mine = make_campaign(video_asset=video, status="active")
    make_campaign()
    rows = ben.get(f"/campaigns?video_asset={video.pk}&status=active").json()["results"]
    assert [row["id"] for row in rows] == [str(mine.pk)]
    ensure_default_rules()
    propose_rule("tiktok", weights={"hook": 1})
    rows = ben.get("/rules?platform=tiktok&status=active").json()["results"]
    assert [row["version"] for row in rows] == [1]
    assert ben.get("/campaigns?status=lost").status_code == 400


def test_a_list_takes_the_same_queries_however_long(ben, django_assert_num_queries):
    clip = make_clip()
    for _ in range(3):
        campaign = make_campaign(video_asset=clip.video_asset)
        for platform in ("instagram", "tiktok"):
            choose_for(campaign, platform=platform, clip=clip, publication=make_publication())
    with django_assert_num_queries(4):  # two of them: what the caller may
        assert len(ben.get("/campaigns").json()["results"]) == 3
