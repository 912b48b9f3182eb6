"""Searches for clips by the rules of platforms."""

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from campaigns.defaults import DEFAULT_RULES
from campaigns.engine import Ruleset
from campaigns.errors import BadCampaign
from campaigns.features import DERIVED, FEATURES, Limits
from campaigns.searching import KNOWN, search_for, weights_of
from campaigns.services.rules import activate_rule, propose_rule
from campaigns.services.searching import analyse_for
from jobs.models import Job
from media_assets.analysis.choosing import WEIGHTS
from publishing.errors import UnknownPlatform
from tests.factories import make_campaign, make_user, make_video


def test_every_measured_feature_of_the_rules_is_one_of_the_search():
    assert set(KNOWN) == set(vars(WEIGHTS)) == set(FEATURES) - set(DERIVED)


def test_weights_keep_their_shares_and_the_overall_look_is_what_it_is_made_of():
    alone = weights_of(Ruleset("A", {"hook": 2.0, "motion": -2.0, "format_ready": 5.0}))
    assert alone == {"hook": 0.5, "motion": -0.5}
    look = weights_of(Ruleset("A", {"visual_score": 3.0}))
    ours = vars(WEIGHTS)
    assert look == pytest.approx({name: ours[name] / sum(ours.values()) for name in KNOWN})
    assert weights_of(Ruleset("A", {"duration_fit": 1.0})) == {}


def test_lengths_are_those_that_all_platforms_like():
    def rule(**limits):
        return Ruleset("A", {"hook": 1.0}, Limits(**limits))

    liked = search_for(
        [
            rule(ideal_min_ms=7_000, ideal_max_ms=30_000),
            rule(ideal_min_ms=9_000, ideal_max_ms=60_000),
        ]
    )
    assert (liked.min_ms, liked.max_ms) == (9_000, 30_000)
    apart = search_for(
        [
            rule(ideal_max_ms=8_000, min_duration_ms=3_000, max_duration_ms=90_000),
            rule(ideal_min_ms=20_000, max_duration_ms=60_000),
        ]
    )
    assert (apart.min_ms, apart.max_ms) == (3_000, 60_000)
    free = search_for([rule()])
    assert (free.min_ms, free.max_ms) == (None, None)


def test_two_platforms_are_served_by_the_mean_of_their_weights():
    search = search_for([Ruleset("A", {"hook": 1.0}), Ruleset("B", {"hook": 1.0, "energy": 1.0})])
    assert search.weights == {"energy": 0.25, "hook": 0.75}


@pytest.mark.django_db
def test_the_active_rule_reaches_the_job():
    rule = activate_rule(propose_rule("tiktok", weights={"motion": 3, "hook": 1}))
    job = analyse_for(make_video(), ["tiktok"], clip_count=4)
    assert job.payload["weights"] == {"motion": 0.75, "hook": 0.25}
    assert job.payload["by_rule"] == str(rule)
    assert job.payload["clip_count"] == 4
    limits = DEFAULT_RULES["tiktok"].limits
    assert (job.payload["min_ms"], job.payload["max_ms"]) == (
        limits.ideal_min_ms,
        limits.ideal_max_ms,
    )


@pytest.mark.django_db
def test_nobody_searches_for_no_platform_or_an_unknown_one():
    with pytest.raises(BadCampaign):
        analyse_for(make_video(), [])
    with pytest.raises(UnknownPlatform):
        analyse_for(make_video(), ["myspace"])
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_programs_and_operators_search_by_the_rules(admin_client):
    client, video = APIClient(), make_video()
    client.force_authenticate(make_user("ben"))
    body = {"video_id": str(video.pk), "platforms": ["instagram", "tiktok"]}
    answer = client.post("/engine/analyse", body, format="json")
    assert answer.status_code == 202, answer.content
    job = Job.objects.get(pk=answer.json()["job"]["id"])
    assert job.payload["by_rule"] == "Instagram v1, TikTok v1"
    campaign = make_campaign(video_asset=make_video(), platforms=["youtube"])
    admin_client.post(
        reverse("admin:campaigns_campaign_changelist"),
        {"action": "search_selected", "_selected_action": [str(campaign.pk)]},
    )
    assert Job.objects.filter(payload__by_rule="YouTube v1").count() == 1
