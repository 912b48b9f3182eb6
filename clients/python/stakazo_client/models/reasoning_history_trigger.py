from typing import Literal

ReasoningHistoryTrigger = Literal["asked", "scheduled"]

REASONING_HISTORY_TRIGGER_VALUES: set[ReasoningHistoryTrigger] = {
    "asked",
    "scheduled",
}


def check_reasoning_history_trigger(value: str) -> ReasoningHistoryTrigger:
    if value in REASONING_HISTORY_TRIGGER_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {REASONING_HISTORY_TRIGGER_VALUES!r}")
