from typing import Literal

AccountsListPlatform = Literal["instagram", "tiktok", "youtube"]

ACCOUNTS_LIST_PLATFORM_VALUES: set[AccountsListPlatform] = {
    "instagram",
    "tiktok",
    "youtube",
}


def check_accounts_list_platform(value: str) -> AccountsListPlatform:
    if value in ACCOUNTS_LIST_PLATFORM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ACCOUNTS_LIST_PLATFORM_VALUES!r}")
