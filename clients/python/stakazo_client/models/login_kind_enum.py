from typing import Literal

LoginKindEnum = Literal["browser", "tokens"]

LOGIN_KIND_ENUM_VALUES: set[LoginKindEnum] = {
    "browser",
    "tokens",
}


def check_login_kind_enum(value: str) -> LoginKindEnum:
    if value in LOGIN_KIND_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LOGIN_KIND_ENUM_VALUES!r}")
