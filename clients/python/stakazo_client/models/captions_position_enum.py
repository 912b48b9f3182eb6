from typing import Literal

CaptionsPositionEnum = Literal["bottom", "middle", "top"]

CAPTIONS_POSITION_ENUM_VALUES: set[CaptionsPositionEnum] = {
    "bottom",
    "middle",
    "top",
}


def check_captions_position_enum(value: str) -> CaptionsPositionEnum:
    if value in CAPTIONS_POSITION_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CAPTIONS_POSITION_ENUM_VALUES!r}")
