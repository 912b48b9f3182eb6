"""The admin of campaigns: pages that open, buttons that make one call, and refusals in words."""

import pytest
from django.contrib.messages import get_messages
from django.core.files.base import ContentFile
from django.urls import reverse

from campaigns.features import LABELS
from campaigns.models import Campaign, CampaignClip, PlatformRule
from campaigns.services.choosing import orchestrate
from campaigns.services.rules import activate_rule, ensure_default_rules, propose_rule, rule_in_use
from publishing.models import Publication
from stakazo.core.admin import admin_url
from tests.campaigns.rows import choose_for
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
CAMPAIGNS = "admin:campaigns_campaign"
RULES = "admin:campaigns_platformrule"
CHOICES = "admin:campaigns_campaignclip"


@pytest.fixture
def ada(client):
    """Ada, who owns the house, in her browser."""
    client.force_login(make_user("ada"))
    return client


def press(client, name, row, **form):
    """Press a button of the row's page, and submit its dialog."""
    url = reverse(f"admin:campaigns_{row._meta.model_name}_{name}", args=[row.pk])
    dialog = client.get(url)
    assert dialog.status_code == 200
    return client.post(url, {"_form_submitted": "1", "why": "plan", **form})


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_pages_of_a_rule_open_and_compare_it_with_the_one_in_use(ada):
    ensure_default_rules()
    rule = propose_rule(
        "tiktok", weights={"hook": 0.5, "faces": -0.5}, why="Learned.\nChanges: many."
    )
    page = ada.get(admin_url(rule)).content.decode()
    assert "Waits for somebody to switch it on." in page
    assert "Against TikTok v1, which decides now" in page
    assert "+30 points" in page
    assert "(less is better)" in page
    assert "<p>Changes: many.</p>" in page
    assert "rule_proposed" in page
    assert 'name="_save"' not in page


def test_a_rule_is_proposed_through_the_form(ada):
    active = rule_in_use("tiktok")
    page = ada.get(reverse(f"{RULES}_add"), {"platform": "tiktok"}).content.decode()
    assert all(label.replace("'", "&#x27;") in page for label in LABELS.values())
    assert 'name="weight_hook" value="0.2"' in page
    answer = ada.post(
        reverse(f"{RULES}_add"),
        {
            "platform": "tiktok",
            "why": "Ada thinks so.",
            "limits": '{"max_duration_ms": 9000}',
            "weight_hook": "0.7",
            "weight_motion": "0.3",
            "weight_faces": "0",
        },
    )
    assert answer.status_code == 302
    rule = PlatformRule.objects.get(version=2)
    assert rule.weights == {"hook": 0.7, "motion": 0.3}
    assert rule.limits == {"max_duration_ms": 9000}
    assert (rule.status, rule.why) == ("proposed", "Ada thinks so.")
    active.refresh_from_db()
    assert active.status == "active"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"weight_hook": "0"}, "The weights of a rule are an object"),
        ({"limits": '{"x": 1}'}, "The limits are wrong: x is not a limit."),
        ({"weight_hook": "much"}, "Enter a number."),
    ],
)
def test_a_proposal_that_makes_no_sense_is_refused_in_the_form(ada, fields, words):
    form = {"platform": "tiktok", "why": "x", "limits": "{}", "weight_hook": "1", **fields}
    answer = ada.post(reverse(f"{RULES}_add"), form)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not PlatformRule.objects.exists()


def test_a_rule_is_activated_and_retired_by_button_and_by_action(ada):
    first = propose_rule("tiktok", weights={"hook": 1})
    second = propose_rule("tiktok", weights={"motion": 1})
    press(ada, "activate", first)
    data = {"action": "activate_selected", "_selected_action": [str(second.pk)]}
    ada.post(reverse(f"{RULES}_changelist"), data)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("retired", "active")
    press(ada, "retire", second)
    second.refresh_from_db()
    assert second.status == "retired"
    assert told(press(ada, "retire", second))[-1] == (
        "A platform rule that is retired cannot become retired."
    )


def test_a_change_is_proposed_from_an_older_rule(ada):
    rule = propose_rule("youtube", weights={"hook": 0.25, "motion": 0.75})
    answer = ada.get(reverse("admin:campaigns_platformrule_propose_from", args=[rule.pk]))
    page = ada.get(answer.url).content.decode()
    assert 'name="weight_motion" value="0.75"' in page


def test_learning_by_button_tells_what_is_missing(ada):
    answer = press(ada, "learn", rule_in_use("tiktok"))
    assert told(answer) == ["0 posts on TikTok have figures; 8 more are needed."]


def test_a_campaign_is_put_together_through_the_form(ada):
    video = make_video()
    form = {
        "name": "Spring",
        "goal": "awareness",
        "video_asset": str(video.pk),
        "platforms": ["instagram", "tiktok"],
        "budget_minor": "1250",
        "currency": "EUR",
        "starts_at_0": "2026-12-01",
        "starts_at_1": "10:00",
        "ends_at_0": "2026-12-02",
        "ends_at_1": "10:00",
    }
    assert ada.get(reverse(f"{CAMPAIGNS}_add")).status_code == 200
    assert ada.post(reverse(f"{CAMPAIGNS}_add"), form).status_code == 302
    campaign = Campaign.objects.get()
    assert (campaign.platforms, campaign.video_asset) == (["instagram", "tiktok"], video)
    page = ada.get(admin_url(campaign)).content.decode()
    assert "12.50 EUR" in page
    assert "Draft. Being put together; nothing is spent." in page
    assert "campaign_created" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"ends_at_0": "2026-11-01"}, "ends_at is not after the start"),
        ({"budget_minor": "-5"}, "budget_minor is below 0"),
        ({"platforms": []}, "This field is required."),
        ({"platforms": ["myspace"]}, "Select a valid choice."),
    ],
)
def test_a_campaign_that_cannot_be_run_is_refused_in_the_form(ada, fields, words):
    form = {
        "name": "Spring",
        "goal": "awareness",
        "platforms": ["tiktok"],
        "budget_minor": "0",
        "currency": "EUR",
        "starts_at_0": "2026-12-01",
        "starts_at_1": "10:00",
        "ends_at_0": "2026-12-02",
        "ends_at_1": "10:00",
        **fields,
    }
    answer = ada.post(reverse(f"{CAMPAIGNS}_add"), form)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not Campaign.objects.exists()


def test_a_campaign_is_started_held_and_completed_by_buttons(ada):
    campaign = make_campaign()
    states = []
    for name in ("start", "pause", "start", "complete"):
        press(ada, name, campaign)
        campaign.refresh_from_db()
        states.append(campaign.status)
    assert states == ["active", "paused", "active", "completed"]


def test_only_buttons_that_can_do_something_are_shown(ada):
    def buttons(status):
        page = ada.get(admin_url(make_campaign(status=status))).content.decode()
        return {
            name for name in ("start", "pause", "complete", "orchestrate") if f"/{name}/" in page
        }

    assert buttons("draft") == {"start", "orchestrate"}
    assert buttons("active") == {"pause", "complete", "orchestrate"}
    assert buttons("completed") == set()
    page = ada.get(admin_url(rule_in_use("tiktok"))).content.decode()
    assert ("/activate/" in page, "/retire/" in page) == (False, True)


def test_a_budget_above_the_limit_is_refused_in_words(ada):
    campaign = make_campaign(budget_minor=100)
    (words,) = told(press(ada, "start", campaign))
    assert "The budget is 1.00 EUR, and the spending limit is 0.00 EUR." in words
    campaign.refresh_from_db()
    assert campaign.status == "draft"


def test_clips_are_chosen_by_a_button_and_shown_with_why(ada):
    activate_rule(propose_rule("tiktok", weights={"motion": 1}))
    clip = make_clip(features={"motion": 0.9})
    clip.thumbnail.save("t.jpg", ContentFile(b"jpeg"))
    make_clip(clip.video_asset, features={"motion": 0.2})
    make_variant(clip)
    make_account("tiktok")
    campaign = make_campaign(platforms=["tiktok"], video_asset=clip.video_asset)
    press(ada, "choose", campaign, publish="on")
    choice = CampaignClip.objects.get()
    assert choice.publication == Publication.objects.get()
    page = ada.get(admin_url(campaign)).content.decode()
    assert "90 of 100 points for TikTok." in page
    assert 'loading="lazy"' in page
    page = ada.get(admin_url(choice)).content.decode()
    assert "TikTok needs a file in vertical_1080x1920 or square_1080x1080." in page
    assert "clip_chosen" in page


def test_the_actions_of_a_list_say_how_many_went_and_why_others_did_not(ada):
    draft, over = make_campaign(), make_campaign(name="Old", status="completed")
    data = {"action": "start_selected", "_selected_action": [str(draft.pk), str(over.pk)]}
    answer = ada.post(reverse(f"{CAMPAIGNS}_changelist"), data)
    assert told(answer) == [
        "1 started.",
        "1 refused. Old: A campaign that is completed cannot become active.",
    ]


def test_a_dialog_in_the_background_is_told_where_to_go(ada):
    campaign = make_campaign()
    url = reverse("admin:campaigns_campaign_start", args=[campaign.pk])
    answer = ada.post(url, {"_form_submitted": "1", "why": "x"}, headers={"hx-request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (200, admin_url(campaign))


def test_a_button_of_a_row_that_is_not_there_answers_404(ada):
    url = reverse("admin:campaigns_campaign_start", args=["0190a0b0-0000-7000-8000-000000000000"])
    assert ada.post(url, {"_form_submitted": "1", "why": "x"}).status_code == 404


def test_who_may_not_change_campaigns_presses_no_button(client):
    client.force_login(make_user("cleo", is_staff=True))
    campaign = make_campaign()
    url = reverse("admin:campaigns_campaign_start", args=[campaign.pk])
    assert client.post(url, {"_form_submitted": "1", "why": "x"}).status_code == 403
    campaign.refresh_from_db()
    assert campaign.status == "draft"


def _fill(number):
    video = make_video()
    for _ in range(number):
        campaign = make_campaign(video_asset=video)
        for platform in ("instagram", "tiktok"):
            choose_for(
                campaign,
                platform=platform,
                clip=make_clip(video),
                publication=make_publication(),
            )


@pytest.mark.parametrize("name", [CAMPAIGNS, RULES, CHOICES])
def test_lists_take_the_same_queries_however_long(
    ada, name, django_assert_max_num_queries, django_assert_num_queries
):
    _fill(1)
    with django_assert_max_num_queries(12) as first:
        assert ada.get(reverse(f"{name}_changelist")).status_code == 200
    _fill(4)
    propose_rule("tiktok", weights={"hook": 1})
    with django_assert_num_queries(len(first)):
        assert ada.get(reverse(f"{name}_changelist")).status_code == 200


def test_the_page_of_a_campaign_takes_the_same_queries_however_many_choices(
    ada, django_assert_num_queries, django_assert_max_num_queries
):
    video = make_video()
    make_clip(video, features={"motion": 0.5})
    few = make_campaign(platforms=["tiktok"], video_asset=video)
    many = make_campaign(platforms=["instagram", "tiktok", "youtube"], video_asset=video)
    orchestrate(few)
    orchestrate(many)
    with django_assert_max_num_queries(14) as first:
        ada.get(admin_url(few))
    with django_assert_num_queries(len(first)):
        ada.get(admin_url(many))
