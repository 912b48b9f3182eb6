"""Looking for clips by the rules of platforms."""

from collections.abc import Sequence

from campaigns.errors import BadCampaign
from campaigns.models import Campaign
from campaigns.searching import search_for
from campaigns.services.rules import rule_in_use
from jobs.models import Job
from media_assets.models import VideoAsset
from media_assets.services.clips import request_analysis


def analyse_for(
    video: VideoAsset, platforms: Sequence[str], *, clip_count: int | None = None
) -> Job:
    """Put a search for clips in the queue that weighs as the active rules of these platforms do.

    What an earlier analysis saw is not watched again. Raises UnknownPlatform, NoActiveRule,
    BadCampaign without platforms, and what `request_analysis` raises.
    """
    named = list(dict.fromkeys(platforms))
    if not named:
        raise BadCampaign("Name at least one platform to look for clips for.")
    rules = [rule_in_use(platform) for platform in named]
    search = search_for([rule.ruleset for rule in rules])
    return request_analysis(
        video,
        clip_count=clip_count,
        min_ms=search.min_ms,
        max_ms=search.max_ms,
        weights=search.weights,
        by_rule=", ".join(map(str, rules)),
    )


def analyse_for_campaign(campaign: Campaign) -> Job:
    """Look for clips for all platforms of a campaign. Raises BadCampaign without a video."""
    if campaign.video_asset is None:
        raise BadCampaign("The campaign has no video to look for clips in.")
    return analyse_for(campaign.video_asset, campaign.platforms)
