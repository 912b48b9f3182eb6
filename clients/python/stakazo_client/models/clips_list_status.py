from typing import Literal

ClipsListStatus = Literal["archived", "ready"]

CLIPS_LIST_STATUS_VALUES: set[ClipsListStatus] = {
    "archived",
    "ready",
}


def check_clips_list_status(value: str) -> ClipsListStatus:
    if value in CLIPS_LIST_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CLIPS_LIST_STATUS_VALUES!r}")
