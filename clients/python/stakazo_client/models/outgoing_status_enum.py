from typing import Literal

OutgoingStatusEnum = Literal["delivered", "failed", "waiting"]

OUTGOING_STATUS_ENUM_VALUES: set[OutgoingStatusEnum] = {
    "delivered",
    "failed",
    "waiting",
}


def check_outgoing_status_enum(value: str) -> OutgoingStatusEnum:
    if value in OUTGOING_STATUS_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {OUTGOING_STATUS_ENUM_VALUES!r}")
