from typing import Literal

KeyModeEnum = Literal["live", "test"]

KEY_MODE_ENUM_VALUES: set[KeyModeEnum] = {
    "live",
    "test",
}


def check_key_mode_enum(value: str) -> KeyModeEnum:
    if value in KEY_MODE_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {KEY_MODE_ENUM_VALUES!r}")
