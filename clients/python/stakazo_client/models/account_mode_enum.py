from typing import Literal

AccountModeEnum = Literal["live", "simulator"]

ACCOUNT_MODE_ENUM_VALUES: set[AccountModeEnum] = {
    "live",
    "simulator",
}


def check_account_mode_enum(value: str) -> AccountModeEnum:
    if value in ACCOUNT_MODE_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ACCOUNT_MODE_ENUM_VALUES!r}")
