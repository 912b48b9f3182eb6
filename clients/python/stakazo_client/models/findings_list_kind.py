from typing import Literal

FindingsListKind = Literal["double", "removed", "unclaimed"]

FINDINGS_LIST_KIND_VALUES: set[FindingsListKind] = {
    "double",
    "removed",
    "unclaimed",
}


def check_findings_list_kind(value: str) -> FindingsListKind:
    if value in FINDINGS_LIST_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {FINDINGS_LIST_KIND_VALUES!r}")
