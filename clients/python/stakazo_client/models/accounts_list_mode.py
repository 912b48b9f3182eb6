from typing import Literal

AccountsListMode = Literal["live", "simulator"]

ACCOUNTS_LIST_MODE_VALUES: set[AccountsListMode] = {
    "live",
    "simulator",
}


def check_accounts_list_mode(value: str) -> AccountsListMode:
    if value in ACCOUNTS_LIST_MODE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ACCOUNTS_LIST_MODE_VALUES!r}")
