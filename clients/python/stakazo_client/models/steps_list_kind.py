from typing import Literal

StepsListKind = Literal["first_comment", "thumbnail"]

STEPS_LIST_KIND_VALUES: set[StepsListKind] = {
    "first_comment",
    "thumbnail",
}


def check_steps_list_kind(value: str) -> StepsListKind:
    if value in STEPS_LIST_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {STEPS_LIST_KIND_VALUES!r}")
