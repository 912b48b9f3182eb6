from typing import Literal

ReasoningHistoryStatus = Literal["completed", "failed", "running"]

REASONING_HISTORY_STATUS_VALUES: set[ReasoningHistoryStatus] = {
    "completed",
    "failed",
    "running",
}


def check_reasoning_history_status(value: str) -> ReasoningHistoryStatus:
    if value in REASONING_HISTORY_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {REASONING_HISTORY_STATUS_VALUES!r}")
