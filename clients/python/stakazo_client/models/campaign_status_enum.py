from typing import Literal

CampaignStatusEnum = Literal["active", "completed", "draft", "paused"]

CAMPAIGN_STATUS_ENUM_VALUES: set[CampaignStatusEnum] = {
    "active",
    "completed",
    "draft",
    "paused",
}


def check_campaign_status_enum(value: str) -> CampaignStatusEnum:
    if value in CAMPAIGN_STATUS_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CAMPAIGN_STATUS_ENUM_VALUES!r}")
