from typing import Literal

StepKindEnum = Literal["first_comment", "thumbnail"]

STEP_KIND_ENUM_VALUES: set[StepKindEnum] = {
    "first_comment",
    "thumbnail",
}


def check_step_kind_enum(value: str) -> StepKindEnum:
    if value in STEP_KIND_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {STEP_KIND_ENUM_VALUES!r}")
