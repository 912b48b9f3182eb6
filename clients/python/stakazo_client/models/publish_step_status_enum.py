from typing import Literal

PublishStepStatusEnum = Literal["done", "dropped", "failed", "sending", "unknown", "waiting"]

PUBLISH_STEP_STATUS_ENUM_VALUES: set[PublishStepStatusEnum] = {
    "done",
    "dropped",
    "failed",
    "sending",
    "unknown",
    "waiting",
}


def check_publish_step_status_enum(value: str) -> PublishStepStatusEnum:
    if value in PUBLISH_STEP_STATUS_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PUBLISH_STEP_STATUS_ENUM_VALUES!r}")
