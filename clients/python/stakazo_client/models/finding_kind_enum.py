from typing import Literal

FindingKindEnum = Literal["double", "removed", "unclaimed"]

FINDING_KIND_ENUM_VALUES: set[FindingKindEnum] = {
    "double",
    "removed",
    "unclaimed",
}


def check_finding_kind_enum(value: str) -> FindingKindEnum:
    if value in FINDING_KIND_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {FINDING_KIND_ENUM_VALUES!r}")
