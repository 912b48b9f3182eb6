from typing import Literal

ClipMadeByEnum = Literal["analysis", "operator"]

CLIP_MADE_BY_ENUM_VALUES: set[ClipMadeByEnum] = {
    "analysis",
    "operator",
}


def check_clip_made_by_enum(value: str) -> ClipMadeByEnum:
    if value in CLIP_MADE_BY_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CLIP_MADE_BY_ENUM_VALUES!r}")
