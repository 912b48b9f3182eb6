from typing import Literal

OutgoingListStatus = Literal["delivered", "failed", "waiting"]

OUTGOING_LIST_STATUS_VALUES: set[OutgoingListStatus] = {
    "delivered",
    "failed",
    "waiting",
}


def check_outgoing_list_status(value: str) -> OutgoingListStatus:
    if value in OUTGOING_LIST_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {OUTGOING_LIST_STATUS_VALUES!r}")
