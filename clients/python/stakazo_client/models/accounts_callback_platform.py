from typing import Literal

AccountsCallbackPlatform = Literal["instagram", "tiktok", "youtube"]

ACCOUNTS_CALLBACK_PLATFORM_VALUES: set[AccountsCallbackPlatform] = {
    "instagram",
    "tiktok",
    "youtube",
}


def check_accounts_callback_platform(value: str) -> AccountsCallbackPlatform:
    if value in ACCOUNTS_CALLBACK_PLATFORM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ACCOUNTS_CALLBACK_PLATFORM_VALUES!r}")
