from typing import Literal

SubscriberStatusEnum = Literal["active", "disabled"]

SUBSCRIBER_STATUS_ENUM_VALUES: set[SubscriberStatusEnum] = {
    "active",
    "disabled",
}


def check_subscriber_status_enum(value: str) -> SubscriberStatusEnum:
    if value in SUBSCRIBER_STATUS_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SUBSCRIBER_STATUS_ENUM_VALUES!r}")
