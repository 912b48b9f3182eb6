from typing import Literal

CampaignsListGoal = Literal["awareness", "engagement", "traffic"]

CAMPAIGNS_LIST_GOAL_VALUES: set[CampaignsListGoal] = {
    "awareness",
    "engagement",
    "traffic",
}


def check_campaigns_list_goal(value: str) -> CampaignsListGoal:
    if value in CAMPAIGNS_LIST_GOAL_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CAMPAIGNS_LIST_GOAL_VALUES!r}")
