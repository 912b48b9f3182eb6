from typing import Literal

ApprovalModeEnum = Literal["off", "one", "second"]

APPROVAL_MODE_ENUM_VALUES: set[ApprovalModeEnum] = {
    "off",
    "one",
    "second",
}


def check_approval_mode_enum(value: str) -> ApprovalModeEnum:
    if value in APPROVAL_MODE_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {APPROVAL_MODE_ENUM_VALUES!r}")
