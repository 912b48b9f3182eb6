from typing import Literal

FindingStatusEnum = Literal["dismissed", "open", "resolved"]

FINDING_STATUS_ENUM_VALUES: set[FindingStatusEnum] = {
    "dismissed",
    "open",
    "resolved",
}


def check_finding_status_enum(value: str) -> FindingStatusEnum:
    if value in FINDING_STATUS_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {FINDING_STATUS_ENUM_VALUES!r}")
