"""Orchestrating: the best clip per platform, with reasons, once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.errors import (
    BadCampaign,
    CampaignHeld,
    CampaignOver,
    NoAccount,
    NoActiveRule,
    NothingToChoose,
)
from campaigns.models import Campaign, CampaignClip, PlatformRule
from campaigns.queries import choices_of_campaign
from campaigns.services.choosing import orchestrate
from campaigns.services.rules import activate_rule, propose_rule, retire_rule, rule_in_use
from ledger.models import LedgerEvent
from media_assets.models import Clip
from publishing.errors import UnknownPlatform
from publishing.models import Publication, SocialAccount
from tests.campaigns.together import all_at_once
from tests.events import event_types_of
from tests.factories import (
    make_account,
    make_campaign,
    make_clip,
    make_publication,
    make_variant,
    make_video,
)
from tests.past_the_ledger import overwrite

pytestmark = pytest.mark.django_db
P = Publication.Status


def weigh(platform="tiktok", **weights):
    return activate_rule(propose_rule(platform, weights=weights or {"motion": 1}))


def make_rivals(video=None, **fields):
    """(better, worse) by motion, each with a vertical file."""
    video = video or make_video()
    better = make_clip(video, features={"motion": 0.9}, rank=2, **fields)
    worse = make_clip(video, features={"motion": 0.2}, rank=1, **fields)
    make_variant(better)
    make_variant(worse)
    return better, worse


def test_the_best_clip_is_chosen_with_reasons_and_the_others_with_theirs():
    rule = weigh()
    better, worse = make_rivals()
    campaign = make_campaign(platforms=["tiktok"], video_asset=better.video_asset)
    (chosen,) = orchestrate(campaign).chosen
    assert (chosen.clip, chosen.rule, chosen.outcome, chosen.score) == (better, rule, "new", 0.9)
    (choice,) = choices_of_campaign(campaign)
    assert choice.reasons[0] == "90 of 100 points for TikTok."
    assert choice.alternatives == [
        {
            "clip_id": str(worse.pk),
            "name": str(worse),
            "score": 0.2,
            "excluded": False,
            "why": "70 points behind, most of it for: movement.",
        }
    ]
    assert event_types_of(choice) == ["clip_chosen"]
    event = LedgerEvent.objects.get(event_type="clip_chosen")
    assert event.clip_id == better.pk
    assert event.correlation_id == str(better.video_asset_id)


def test_each_platform_has_its_own_rule_and_so_its_own_clip():
    weigh("tiktok", motion=1)
    weigh("youtube", sharpness=1)
    video = make_video()
    lively = make_clip(video, features={"motion": 1, "sharpness": 0})
    crisp = make_clip(video, features={"motion": 0, "sharpness": 1})
    found = orchestrate(video, platforms=["youtube", "tiktok"])
    assert {each.platform: each.clip for each in found.chosen} == {
        "tiktok": lively,
        "youtube": crisp,
    }


def test_a_video_gets_a_campaign_of_its_own_and_keeps_it():
    better, _ = make_rivals()
    first = orchestrate(better.video_asset)
    again = orchestrate(better.video_asset, platforms=["tiktok"])
    assert first.campaign == again.campaign == Campaign.objects.get()
    assert first.campaign.name == "Best of Harbour lights"
    assert first.campaign.platforms == ["instagram", "tiktok", "youtube"]
    assert [each.outcome for each in again.chosen] == ["unchanged"]


def test_choosing_again_writes_nothing_when_the_choice_is_the_same():
    better, _ = make_rivals()
    orchestrate(better.video_asset)
    rows = list(CampaignClip.objects.order_by("id").values())
    events = LedgerEvent.objects.count()
    found = orchestrate(better.video_asset)
    assert {each.outcome for each in found.chosen} == {"unchanged"}
    assert list(CampaignClip.objects.order_by("id").values()) == rows
    assert LedgerEvent.objects.count() == events


def test_a_better_clip_takes_the_place_and_the_ledger_says_so():
    weigh()
    better, _ = make_rivals()
    campaign = orchestrate(better.video_asset, platforms=["tiktok"]).campaign
    best = make_clip(better.video_asset, features={"motion": 1.0})
    (chosen,) = orchestrate(campaign).chosen
    assert (chosen.clip, chosen.outcome) == (best, "changed")
    (choice,) = choices_of_campaign(campaign)
    assert choice.clip == best
    assert event_types_of(choice) == ["clip_chosen", "clip_choice_changed"]
    event = LedgerEvent.objects.get(event_type="clip_choice_changed")
    assert event.metadata["before"]["clip_id"] == str(better.pk)


def test_clips_that_were_put_aside_are_not_chosen():
    weigh()
    better, worse = make_rivals()
    overwrite(Clip.objects.filter(pk=better.pk), status=Clip.Status.ARCHIVED)
    (chosen,) = orchestrate(better.video_asset, platforms=["tiktok"]).chosen
    assert chosen.clip == worse


def test_a_campaign_without_a_video_chooses_among_the_clips_of_all():
    weigh()
    make_rivals()
    star = make_clip(make_video(), features={"motion": 1.0})
    (chosen,) = orchestrate(make_campaign(platforms=["tiktok"])).chosen
    assert chosen.clip == star


def test_a_dry_run_says_the_same_and_writes_nothing():
    better, _ = make_rivals()
    events = LedgerEvent.objects.count()
    dry = orchestrate(better.video_asset, dry_run=True)
    assert dry.campaign is None
    assert {each.outcome for each in dry.chosen} == {"would be"}
    assert (Campaign.objects.count(), CampaignClip.objects.count()) == (0, 0)
    assert (PlatformRule.objects.count(), LedgerEvent.objects.count()) == (0, events)
    real = orchestrate(better.video_asset)
    assert [(each.platform, each.clip, each.score, each.reasons) for each in dry.chosen] == [
        (each.platform, each.clip, each.score, each.reasons) for each in real.chosen
    ]


def test_a_dry_run_with_publish_posts_nothing():
    weigh()
    better, _ = make_rivals()
    make_account("tiktok")
    orchestrate(better.video_asset, platforms=["tiktok"], publish=True, dry_run=True)
    assert not Publication.objects.exists()


def test_a_post_that_is_out_already_is_linked_to_the_choice():
    weigh()
    better, _ = make_rivals()
    post = make_publication(
        better.variants.get(), make_account("tiktok"), status=P.PUBLISHED, external_post_id="7"
    )
    make_publication(better.variants.get(), make_account("youtube"))
    (chosen,) = orchestrate(better.video_asset, platforms=["tiktok"]).chosen
    assert (chosen.publication, chosen.posted_now) == (post, False)
    assert event_types_of(chosen.choice) == ["clip_chosen", "clip_choice_linked"]


def test_publishing_makes_one_post_from_the_first_connected_account():
    weigh()
    better, _ = make_rivals()
    make_account("tiktok", status=SocialAccount.Status.EXPIRED)
    make_account("tiktok", mode=SocialAccount.Mode.LIVE)
    account = make_account("tiktok")
    make_account("tiktok")
    (chosen,) = orchestrate(better.video_asset, platforms=["tiktok"], publish=True).chosen
    post = Publication.objects.get()
    assert chosen.posted_now
    assert (chosen.publication, post.social_account, post.clip_variant.clip) == (
        post,
        account,
        better,
    )
    (again,) = orchestrate(better.video_asset, platforms=["tiktok"], publish=True).chosen
    assert (again.outcome, again.posted_now, Publication.objects.count()) == ("kept", False, 1)


def test_a_choice_whose_post_is_on_its_way_stands_when_a_better_clip_appears():
    weigh()
    better, _ = make_rivals()
    make_account("tiktok")
    campaign = orchestrate(better.video_asset, platforms=["tiktok"], publish=True).campaign
    make_variant(make_clip(better.video_asset, features={"motion": 1.0}))
    (chosen,) = orchestrate(campaign, publish=True).chosen
    assert (chosen.clip, chosen.outcome, Publication.objects.count()) == (better, "kept", 1)


def test_after_a_failed_post_the_choice_is_free_again():
    weigh()
    better, _ = make_rivals()
    campaign = make_campaign(platforms=["tiktok"], video_asset=better.video_asset)
    failed = make_publication(better.variants.get(), make_account("tiktok"), status=P.SCHEDULED)
    orchestrate(campaign)
    overwrite(Publication.objects.filter(pk=failed.pk), status=P.FAILED)
    best = make_clip(better.video_asset, features={"motion": 1.0})
    (chosen,) = orchestrate(campaign).chosen
    assert (chosen.clip, chosen.publication) == (best, None)


def test_only_clips_with_a_file_that_can_be_posted_are_posted():
    weigh()
    better, _ = make_rivals()
    best = make_clip(better.video_asset, features={"motion": 1.0})
    make_account("tiktok")
    (chosen,) = orchestrate(better.video_asset, platforms=["tiktok"], publish=True).chosen
    assert chosen.clip == better
    reasons = {each["clip_id"]: each["why"] for each in chosen.alternatives}
    assert reasons[str(best.pk)] == "TikTok needs a file in vertical_1080x1920 or square_1080x1080."


def test_the_preferred_format_is_posted_before_another():
    weigh("youtube")
    clip = make_clip(features={"motion": 0.5})
    upright = make_variant(clip, format="vertical_1080x1920")
    make_variant(clip, format="landscape_1920x1080")
    make_account("youtube")
    (chosen,) = orchestrate(clip.video_asset, platforms=["youtube"], publish=True).chosen
    assert chosen.publication.clip_variant == upright


def test_a_campaign_that_starts_later_posts_later():
    weigh()
    better, _ = make_rivals()
    make_account("tiktok")
    starts_at = timezone.now() + timedelta(days=2)
    campaign = make_campaign(
        platforms=["tiktok"], video_asset=better.video_asset, starts_at=starts_at
    )
    orchestrate(campaign, publish=True)
    assert Publication.objects.get().scheduled_at == starts_at


def test_without_an_account_nothing_at_all_is_written():
    better, _ = make_rivals()
    make_account("instagram")
    with pytest.raises(NoAccount, match="No TikTok account is connected"):
        orchestrate(better.video_asset, platforms=["instagram", "tiktok"], publish=True)
    assert (Campaign.objects.count(), CampaignClip.objects.count()) == (0, 0)
    assert not Publication.objects.exists()


def test_a_video_without_ready_clips_is_told_so():
    with pytest.raises(NothingToChoose, match="there is no ready clip"):
        orchestrate(make_video())
    assert not Campaign.objects.exists()


def test_when_every_clip_is_out_the_reasons_are_told():
    activate_rule(propose_rule("tiktok", weights={"motion": 1}, limits={"max_duration_ms": 5_000}))
    better, worse = make_rivals()
    with pytest.raises(NothingToChoose) as refused:
        orchestrate(better.video_asset, platforms=["tiktok"])
    assert set(refused.value.details["excluded"]) == {str(better.pk), str(worse.pk)}


def test_a_platform_without_an_active_rule_is_not_decided():
    retire_rule(rule_in_use("tiktok"))
    better, _ = make_rivals()
    with pytest.raises(NoActiveRule):
        orchestrate(better.video_asset, platforms=["tiktok"])


def test_a_campaign_chooses_only_for_its_platforms():
    campaign = make_campaign(platforms=["tiktok"])
    with pytest.raises(BadCampaign, match="does not run on youtube"):
        orchestrate(campaign, platforms=["youtube"])
    with pytest.raises(UnknownPlatform):
        orchestrate(campaign, platforms=["myspace"])


def test_nothing_is_chosen_for_a_campaign_that_is_over_nor_posted_for_one_that_is_held():
    make_rivals()
    for dry_run in (False, True):
        with pytest.raises(CampaignOver):
            orchestrate(make_campaign(status="completed"), dry_run=dry_run)
        with pytest.raises(CampaignHeld):
            orchestrate(make_campaign(status="paused"), publish=True, dry_run=dry_run)
    assert len(orchestrate(make_campaign(status="paused")).chosen) == 1


def test_equal_clips_are_always_decided_the_same_way():
    weigh()
    video = make_video()
    first = make_clip(video, features={"motion": 0.5}, rank=1)
    make_clip(video, features={"motion": 0.5}, rank=2)
    for _ in range(3):
        (chosen,) = orchestrate(video, platforms=["tiktok"]).chosen
        assert chosen.clip == first


@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_campaign_one_choice_and_one_post():
    better, _ = make_rivals()
    make_account("tiktok")
    video = better.video_asset
    all_at_once(*[lambda: orchestrate(video, platforms=["tiktok"], publish=True)] * 4)
    assert (Campaign.objects.count(), CampaignClip.objects.count()) == (1, 1)
    assert Publication.objects.count() == 1
