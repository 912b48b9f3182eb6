from typing import Literal

StepsListPlatform = Literal["instagram", "tiktok", "youtube"]

STEPS_LIST_PLATFORM_VALUES: set[StepsListPlatform] = {
    "instagram",
    "tiktok",
    "youtube",
}


def check_steps_list_platform(value: str) -> StepsListPlatform:
    if value in STEPS_LIST_PLATFORM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {STEPS_LIST_PLATFORM_VALUES!r}")
