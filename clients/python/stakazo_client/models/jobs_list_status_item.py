from typing import Literal

JobsListStatusItem = Literal["cancelled", "completed", "dead", "failed", "pending", "processing", "retry", "scheduled"]

JOBS_LIST_STATUS_ITEM_VALUES: set[JobsListStatusItem] = {
    "cancelled",
    "completed",
    "dead",
    "failed",
    "pending",
    "processing",
    "retry",
    "scheduled",
}


def check_jobs_list_status_item(value: str) -> JobsListStatusItem:
    if value in JOBS_LIST_STATUS_ITEM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {JOBS_LIST_STATUS_ITEM_VALUES!r}")
