from typing import Literal

PlatformEnum = Literal["instagram", "tiktok", "youtube"]

PLATFORM_ENUM_VALUES: set[PlatformEnum] = {
    "instagram",
    "tiktok",
    "youtube",
}


def check_platform_enum(value: str) -> PlatformEnum:
    if value in PLATFORM_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PLATFORM_ENUM_VALUES!r}")
