from typing import Literal

VideosListStatus = Literal["failed", "processing", "ready", "uploaded", "validated"]

VIDEOS_LIST_STATUS_VALUES: set[VideosListStatus] = {
    "failed",
    "processing",
    "ready",
    "uploaded",
    "validated",
}


def check_videos_list_status(value: str) -> VideosListStatus:
    if value in VIDEOS_LIST_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {VIDEOS_LIST_STATUS_VALUES!r}")
