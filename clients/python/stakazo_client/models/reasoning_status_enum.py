from typing import Literal

ReasoningStatusEnum = Literal["completed", "failed", "running"]

REASONING_STATUS_ENUM_VALUES: set[ReasoningStatusEnum] = {
    "completed",
    "failed",
    "running",
}


def check_reasoning_status_enum(value: str) -> ReasoningStatusEnum:
    if value in REASONING_STATUS_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {REASONING_STATUS_ENUM_VALUES!r}")
