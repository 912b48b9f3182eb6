from typing import Literal

AccountsConnectPlatform = Literal["instagram", "tiktok", "youtube"]

ACCOUNTS_CONNECT_PLATFORM_VALUES: set[AccountsConnectPlatform] = {
    "instagram",
    "tiktok",
    "youtube",
}


def check_accounts_connect_platform(value: str) -> AccountsConnectPlatform:
    if value in ACCOUNTS_CONNECT_PLATFORM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ACCOUNTS_CONNECT_PLATFORM_VALUES!r}")
