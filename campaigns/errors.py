"""Failures of campaigns.

StakazoError
├── BadRule           400  the weights or limits are not what the engine understands
├── BadFeatures       400  features that the engine does not know
├── BadCampaign       400  the campaign does not say something that can be run
├── NoActiveRule      409  nothing decides for this platform
├── NothingToChoose   409  no clip can be had for this platform
├── NoAccount         409  no connected account to post from
├── OverLimit         409  the budget is above what this house may spend
├── CampaignOver      409  the campaign's time is over
├── CampaignHeld      409  the campaign is paused; nothing is posted for it
├── TooFewExamples    409  not enough posts with figures to learn from
└── NothingLearned    409  what was learned is no better than what is in use
"""

from stakazo.core.errors import Conflict, InvalidInput


class BadRule(InvalidInput):
    """The weights or limits are not what the engine understands."""

    code = "campaigns.bad-rule"


class BadFeatures(InvalidInput):
    """Features that the engine does not know."""

    code = "campaigns.bad-features"


class BadCampaign(InvalidInput):
    """The campaign does not say something that can be run."""

    code = "campaigns.bad-campaign"


class NoActiveRule(Conflict):
    """The platform has rules, but somebody retired them all; one must be switched on."""

    code = "campaigns.no-active-rule"


class NothingToChoose(Conflict):
    """No ready clip, or none that keeps to the limits of the platform; the details say why."""

    code = "campaigns.nothing-to-choose"


class NoAccount(Conflict):
    """No connected account on that platform; connect one first."""

    code = "campaigns.no-account"


class OverLimit(Conflict):
    """The budget is above SPENDING_LIMIT_MINOR; lower it, or raise the limit in the settings."""

    code = "campaigns.over-spending-limit"


class CampaignOver(Conflict):
    """The campaign is completed, or its end has passed."""

    code = "campaigns.over"


class CampaignHeld(Conflict):
    """The campaign is paused, so nothing is posted for it; start it first."""

    code = "campaigns.held"


class TooFewExamples(Conflict):
    """Not enough posts with figures to learn from; the details say how many are missing."""

    code = "campaigns.too-few-examples"


class NothingLearned(Conflict):
    """The outcomes do not show better weights than those in use; nothing was proposed."""

    code = "campaigns.nothing-learned"
