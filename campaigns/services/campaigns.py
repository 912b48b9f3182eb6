"""Putting campaigns together, starting, holding and ending them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from campaigns.errors import BadCampaign, CampaignOver, OverLimit
from campaigns.models import CAMPAIGN, Campaign
from campaigns.services.rules import check_platform
from media_assets.models import VideoAsset

# A BigIntegerField's most; more cannot be stored.
MOST_MINOR = 2**63 - 1


def create_campaign(
    name: str,
    *,
    platforms: Sequence[str],
    goal: str = Campaign.Goal.AWARENESS,
    video_asset: VideoAsset | None = None,
    budget_minor: int = 0,
    currency: str = "EUR",
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
) -> Campaign:
    """Put a campaign together, as a draft. budget_minor: in minor units of the currency.

    Without a video its clips are chosen among those of all videos. Raises BadCampaign that names
    each field that is wrong, UnknownPlatform.
    """
    check_campaign(
        name=name,
        platforms=platforms,
        goal=goal,
        budget_minor=budget_minor,
        currency=currency,
        starts_at=starts_at,
        ends_at=ends_at,
    )
    campaign = Campaign(
        name=name.strip(),
        platforms=list(dict.fromkeys(platforms)),
        goal=goal,
        video_asset=video_asset,
        budget_minor=budget_minor,
        currency=currency.upper(),
        starts_at=starts_at,
        ends_at=ends_at,
    )
    campaign.save(force_insert=True)
    return campaign


def check_campaign(
    *,
    name: str,
    platforms: Sequence[str],
    goal: str,
    budget_minor: int,
    currency: str,
    starts_at: datetime | None,
    ends_at: datetime | None,
) -> None:
    """Whether a campaign like this can be run. Raises BadCampaign, UnknownPlatform."""
    for platform in platforms:
        check_platform(platform)
    wrong: dict[str, str] = {}
    if not name.strip():
        wrong["name"] = "is empty"
    if len(name.strip()) > 200:
        wrong["name"] = "has more than 200 characters"
    if not platforms:
        wrong["platforms"] = "name no platform"
    if goal not in Campaign.Goal.values:
        wrong["goal"] = f"is none of {', '.join(Campaign.Goal.values)}"
    if not 0 <= budget_minor <= MOST_MINOR:
        wrong["budget_minor"] = "is below 0" if budget_minor < 0 else "is too large"
    if len(currency) != 3 or not currency.isascii() or not currency.isalpha():
        wrong["currency"] = "is not a code of three letters"
    if starts_at and ends_at and ends_at <= starts_at:
        wrong["ends_at"] = "is not after the start"
    if wrong:
        raise BadCampaign(
            "The campaign is wrong: " + ", ".join(f"{k} {v}" for k, v in wrong.items()) + ".",
            fields=wrong,
        )


def start_campaign(
    campaign: Campaign, *, why: str = "asked for", now: datetime | None = None
) -> Campaign:
    """Run a campaign that is a draft or paused.

    Raises IllegalMove; OverLimit when its budget is above SPENDING_LIMIT_MINOR; CampaignOver when its
    end has passed.
    """
    now = now or timezone.now()
    if CAMPAIGN.may(campaign, Campaign.Status.ACTIVE):
        limit = int(settings.SPENDING_LIMIT_MINOR)
        if campaign.budget_minor > limit:
            raise OverLimit(
                f"The budget is {money(campaign.budget_minor, campaign.currency)}, and the spending"
                f" limit is {money(limit, campaign.currency)}. Nothing was started.",
                budget_minor=campaign.budget_minor,
                limit_minor=limit,
                setting="STAKAZO_SPENDING_LIMIT_MINOR",
            )
        if campaign.ends_at and campaign.ends_at <= now:
            raise CampaignOver(
                f"The campaign ended on {campaign.ends_at:%Y-%m-%d %H:%M} UTC.",
                ends_at=campaign.ends_at.isoformat(),
            )
    # The first start stays on record when a pause ends.
    values: dict[str, Any] = {"started_at": campaign.started_at or now}
    return CAMPAIGN.move(campaign, Campaign.Status.ACTIVE, why=why, values=values)


def pause_campaign(campaign: Campaign, *, why: str = "asked for") -> Campaign:
    """Hold a running campaign. Raises IllegalMove."""
    return CAMPAIGN.move(campaign, Campaign.Status.PAUSED, why=why)


def complete_campaign(campaign: Campaign, *, why: str = "asked for") -> Campaign:
    """End a campaign for good. Raises IllegalMove."""
    return CAMPAIGN.move(campaign, Campaign.Status.COMPLETED, why=why)


def money(minor: int, currency: str) -> str:
    """An amount for people, such as `12.50 EUR`."""
    digits = 0 if currency in ("JPY", "KRW", "CLP", "VND", "ISK", "UGX", "PYG") else 2
    whole, rest = divmod(minor, 10**digits)
    return f"{whole}.{rest:0{digits}} {currency}" if digits else f"{whole} {currency}"
