from typing import Literal

AccountStatusEnum = Literal["connected", "disconnected", "expired"]

ACCOUNT_STATUS_ENUM_VALUES: set[AccountStatusEnum] = {
    "connected",
    "disconnected",
    "expired",
}


def check_account_status_enum(value: str) -> AccountStatusEnum:
    if value in ACCOUNT_STATUS_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ACCOUNT_STATUS_ENUM_VALUES!r}")
