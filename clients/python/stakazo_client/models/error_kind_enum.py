from typing import Literal

ErrorKindEnum = Literal["ambiguous", "bug", "policy", "reconnect", "transient", "user_fix", "wait_until"]

ERROR_KIND_ENUM_VALUES: set[ErrorKindEnum] = {
    "ambiguous",
    "bug",
    "policy",
    "reconnect",
    "transient",
    "user_fix",
    "wait_until",
}


def check_error_kind_enum(value: str) -> ErrorKindEnum:
    if value in ERROR_KIND_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ERROR_KIND_ENUM_VALUES!r}")
