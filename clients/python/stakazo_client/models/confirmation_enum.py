from typing import Literal

ConfirmationEnum = Literal["confirmed", "unknown"]

CONFIRMATION_ENUM_VALUES: set[ConfirmationEnum] = {
    "confirmed",
    "unknown",
}


def check_confirmation_enum(value: str) -> ConfirmationEnum:
    if value in CONFIRMATION_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CONFIRMATION_ENUM_VALUES!r}")
