from typing import Literal

ReconcileRunsListDoor = Literal["api", "command", "schedule"]

RECONCILE_RUNS_LIST_DOOR_VALUES: set[ReconcileRunsListDoor] = {
    "api",
    "command",
    "schedule",
}


def check_reconcile_runs_list_door(value: str) -> ReconcileRunsListDoor:
    if value in RECONCILE_RUNS_LIST_DOOR_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {RECONCILE_RUNS_LIST_DOOR_VALUES!r}")
