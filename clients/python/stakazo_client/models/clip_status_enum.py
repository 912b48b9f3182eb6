from typing import Literal

ClipStatusEnum = Literal["archived", "ready"]

CLIP_STATUS_ENUM_VALUES: set[ClipStatusEnum] = {
    "archived",
    "ready",
}


def check_clip_status_enum(value: str) -> ClipStatusEnum:
    if value in CLIP_STATUS_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CLIP_STATUS_ENUM_VALUES!r}")
