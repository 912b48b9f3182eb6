"""Rules, campaigns and choices for operators, a file each. Thin: a button calls one service."""

from campaigns.admin.campaigns import CampaignAdmin
from campaigns.admin.choices import CampaignClipAdmin
from campaigns.admin.rules import PlatformRuleAdmin

__all__ = ["CampaignAdmin", "CampaignClipAdmin", "PlatformRuleAdmin"]
