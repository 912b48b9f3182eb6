from typing import Literal

WatermarksListStatus = Literal["archived", "ready"]

WATERMARKS_LIST_STATUS_VALUES: set[WatermarksListStatus] = {
    "archived",
    "ready",
}


def check_watermarks_list_status(value: str) -> WatermarksListStatus:
    if value in WATERMARKS_LIST_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {WATERMARKS_LIST_STATUS_VALUES!r}")
