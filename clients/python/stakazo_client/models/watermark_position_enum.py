from typing import Literal

WatermarkPositionEnum = Literal["bottom_left", "bottom_right", "top_left", "top_right"]

WATERMARK_POSITION_ENUM_VALUES: set[WatermarkPositionEnum] = {
    "bottom_left",
    "bottom_right",
    "top_left",
    "top_right",
}


def check_watermark_position_enum(value: str) -> WatermarkPositionEnum:
    if value in WATERMARK_POSITION_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {WATERMARK_POSITION_ENUM_VALUES!r}")
