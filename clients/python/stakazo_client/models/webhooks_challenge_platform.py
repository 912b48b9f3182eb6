from typing import Literal

WebhooksChallengePlatform = Literal["instagram", "tiktok", "youtube"]

WEBHOOKS_CHALLENGE_PLATFORM_VALUES: set[WebhooksChallengePlatform] = {
    "instagram",
    "tiktok",
    "youtube",
}


def check_webhooks_challenge_platform(value: str) -> WebhooksChallengePlatform:
    if value in WEBHOOKS_CHALLENGE_PLATFORM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {WEBHOOKS_CHALLENGE_PLATFORM_VALUES!r}")
