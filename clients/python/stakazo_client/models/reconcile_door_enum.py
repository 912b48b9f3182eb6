from typing import Literal

ReconcileDoorEnum = Literal["api", "command", "schedule"]

RECONCILE_DOOR_ENUM_VALUES: set[ReconcileDoorEnum] = {
    "api",
    "command",
    "schedule",
}


def check_reconcile_door_enum(value: str) -> ReconcileDoorEnum:
    if value in RECONCILE_DOOR_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {RECONCILE_DOOR_ENUM_VALUES!r}")
