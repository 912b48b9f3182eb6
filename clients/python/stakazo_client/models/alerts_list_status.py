from typing import Literal

AlertsListStatus = Literal["acknowledged", "open", "resolved"]

ALERTS_LIST_STATUS_VALUES: set[AlertsListStatus] = {
    "acknowledged",
    "open",
    "resolved",
}


def check_alerts_list_status(value: str) -> AlertsListStatus:
    if value in ALERTS_LIST_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ALERTS_LIST_STATUS_VALUES!r}")
