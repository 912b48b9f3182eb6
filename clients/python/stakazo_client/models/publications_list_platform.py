from typing import Literal

PublicationsListPlatform = Literal["instagram", "tiktok", "youtube"]

PUBLICATIONS_LIST_PLATFORM_VALUES: set[PublicationsListPlatform] = {
    "instagram",
    "tiktok",
    "youtube",
}


def check_publications_list_platform(value: str) -> PublicationsListPlatform:
    if value in PUBLICATIONS_LIST_PLATFORM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PUBLICATIONS_LIST_PLATFORM_VALUES!r}")
