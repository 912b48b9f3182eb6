from typing import Literal

SubscribersListStatus = Literal["active", "disabled"]

SUBSCRIBERS_LIST_STATUS_VALUES: set[SubscribersListStatus] = {
    "active",
    "disabled",
}


def check_subscribers_list_status(value: str) -> SubscribersListStatus:
    if value in SUBSCRIBERS_LIST_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SUBSCRIBERS_LIST_STATUS_VALUES!r}")
