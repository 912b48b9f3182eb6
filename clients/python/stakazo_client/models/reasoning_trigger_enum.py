from typing import Literal

ReasoningTriggerEnum = Literal["asked", "scheduled"]

REASONING_TRIGGER_ENUM_VALUES: set[ReasoningTriggerEnum] = {
    "asked",
    "scheduled",
}


def check_reasoning_trigger_enum(value: str) -> ReasoningTriggerEnum:
    if value in REASONING_TRIGGER_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {REASONING_TRIGGER_ENUM_VALUES!r}")
