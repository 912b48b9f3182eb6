from typing import Literal

WebhooksReceivePlatform = Literal["instagram", "tiktok", "youtube"]

WEBHOOKS_RECEIVE_PLATFORM_VALUES: set[WebhooksReceivePlatform] = {
    "instagram",
    "tiktok",
    "youtube",
}


def check_webhooks_receive_platform(value: str) -> WebhooksReceivePlatform:
    if value in WEBHOOKS_RECEIVE_PLATFORM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {WEBHOOKS_RECEIVE_PLATFORM_VALUES!r}")
