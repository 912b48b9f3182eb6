"""What the ledger remembers of rules and campaigns."""

from campaigns.models import Campaign, CampaignClip, PlatformRule
from ledger.registry import Audited, audit, declare

R, C = PlatformRule.Status, Campaign.Status
audit(
    Audited(
        model=PlatformRule,
        entity_type="platform_rule",
        created=declare("rule_proposed", "A new set of weights was proposed."),
        moved={
            R.ACTIVE: declare("rule_activated", "A set of weights decides from now on."),
            R.RETIRED: declare("rule_retired", "A set of weights no longer decides."),
        },
        facts=lambda rule: {
            "platform": rule.platform,
            "version": rule.version,
            "weights": rule.weights,
        },
    )
)
audit(
    Audited(
        model=Campaign,
        entity_type="campaign",
        created=declare("campaign_created", "A campaign was put together."),
        moved={
            C.ACTIVE: declare("campaign_started", "The campaign runs."),
            C.PAUSED: declare("campaign_paused", "The campaign is held."),
            C.COMPLETED: declare("campaign_completed", "The campaign is over."),
        },
        facts=lambda campaign: {"name": campaign.name, "platforms": campaign.platforms},
        correlation=lambda campaign: str(campaign.video_asset_id or ""),
    )
)
audit(
    Audited(
        model=CampaignClip,
        entity_type="campaign_clip",
        created=declare("clip_chosen", "The rules chose a clip for a platform."),
        facts=lambda choice: {
            "campaign_id": choice.campaign_id,
            "platform": choice.platform,
            "score": round(choice.score, 4),
            "reasons": choice.reasons,
        },
        clip_id=lambda choice: choice.clip_id,
        correlation=lambda choice: str(choice.clip.video_asset_id),
    )
)
declare("clip_choice_changed", "The rules now choose another clip, or for other reasons.")
declare("clip_choice_linked", "The chosen clip and its post were brought together.")
