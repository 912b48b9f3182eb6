from typing import Literal

CatchUpEnum = Literal["ask", "late", "slot"]

CATCH_UP_ENUM_VALUES: set[CatchUpEnum] = {
    "ask",
    "late",
    "slot",
}


def check_catch_up_enum(value: str) -> CatchUpEnum:
    if value in CATCH_UP_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CATCH_UP_ENUM_VALUES!r}")
