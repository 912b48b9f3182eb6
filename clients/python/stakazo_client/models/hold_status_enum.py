from typing import Literal

HoldStatusEnum = Literal["held", "over", "trying"]

HOLD_STATUS_ENUM_VALUES: set[HoldStatusEnum] = {
    "held",
    "over",
    "trying",
}


def check_hold_status_enum(value: str) -> HoldStatusEnum:
    if value in HOLD_STATUS_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {HOLD_STATUS_ENUM_VALUES!r}")
