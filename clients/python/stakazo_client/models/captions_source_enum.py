from typing import Literal

CaptionsSourceEnum = Literal["transcribed", "uploaded"]

CAPTIONS_SOURCE_ENUM_VALUES: set[CaptionsSourceEnum] = {
    "transcribed",
    "uploaded",
}


def check_captions_source_enum(value: str) -> CaptionsSourceEnum:
    if value in CAPTIONS_SOURCE_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CAPTIONS_SOURCE_ENUM_VALUES!r}")
