"""Rows of this room for tests."""

from campaigns.models import CampaignClip
from campaigns.services.rules import rule_in_use
from tests.factories import make_clip


def choose_for(campaign, *, platform="instagram", clip=None, **fields):
    """A chosen clip."""
    return CampaignClip.objects.create(
        campaign=campaign,
        platform=platform,
        clip=clip or make_clip(),
        rule=rule_in_use(platform),
        **{
            "score": 0.7,
            "reasons": ["70 of 100 points for Instagram.", "Movement (0.90) gives 9 points."],
            "alternatives": [],
            **fields,
        },
    )
