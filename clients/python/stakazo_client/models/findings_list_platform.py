from typing import Literal

FindingsListPlatform = Literal["instagram", "tiktok", "youtube"]

FINDINGS_LIST_PLATFORM_VALUES: set[FindingsListPlatform] = {
    "instagram",
    "tiktok",
    "youtube",
}


def check_findings_list_platform(value: str) -> FindingsListPlatform:
    if value in FINDINGS_LIST_PLATFORM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {FINDINGS_LIST_PLATFORM_VALUES!r}")
