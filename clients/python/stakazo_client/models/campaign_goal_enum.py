from typing import Literal

CampaignGoalEnum = Literal["awareness", "engagement", "traffic"]

CAMPAIGN_GOAL_ENUM_VALUES: set[CampaignGoalEnum] = {
    "awareness",
    "engagement",
    "traffic",
}


def check_campaign_goal_enum(value: str) -> CampaignGoalEnum:
    if value in CAMPAIGN_GOAL_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CAMPAIGN_GOAL_ENUM_VALUES!r}")
