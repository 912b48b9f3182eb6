from typing import Literal

StepsListStatus = Literal["done", "dropped", "failed", "sending", "unknown", "waiting"]

STEPS_LIST_STATUS_VALUES: set[StepsListStatus] = {
    "done",
    "dropped",
    "failed",
    "sending",
    "unknown",
    "waiting",
}


def check_steps_list_status(value: str) -> StepsListStatus:
    if value in STEPS_LIST_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {STEPS_LIST_STATUS_VALUES!r}")
