from typing import Literal

PublishLogStatusEnum = Literal["failed", "pending", "processing", "retry", "success"]

PUBLISH_LOG_STATUS_ENUM_VALUES: set[PublishLogStatusEnum] = {
    "failed",
    "pending",
    "processing",
    "retry",
    "success",
}


def check_publish_log_status_enum(value: str) -> PublishLogStatusEnum:
    if value in PUBLISH_LOG_STATUS_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PUBLISH_LOG_STATUS_ENUM_VALUES!r}")
