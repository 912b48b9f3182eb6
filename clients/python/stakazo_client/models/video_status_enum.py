from typing import Literal

VideoStatusEnum = Literal["failed", "processing", "ready", "uploaded", "validated"]

VIDEO_STATUS_ENUM_VALUES: set[VideoStatusEnum] = {
    "failed",
    "processing",
    "ready",
    "uploaded",
    "validated",
}


def check_video_status_enum(value: str) -> VideoStatusEnum:
    if value in VIDEO_STATUS_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {VIDEO_STATUS_ENUM_VALUES!r}")
