from typing import Literal

AccountsListStatus = Literal["connected", "disconnected", "expired"]

ACCOUNTS_LIST_STATUS_VALUES: set[AccountsListStatus] = {
    "connected",
    "disconnected",
    "expired",
}


def check_accounts_list_status(value: str) -> AccountsListStatus:
    if value in ACCOUNTS_LIST_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ACCOUNTS_LIST_STATUS_VALUES!r}")
