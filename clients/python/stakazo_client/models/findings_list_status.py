from typing import Literal

FindingsListStatus = Literal["dismissed", "open", "resolved"]

FINDINGS_LIST_STATUS_VALUES: set[FindingsListStatus] = {
    "dismissed",
    "open",
    "resolved",
}


def check_findings_list_status(value: str) -> FindingsListStatus:
    if value in FINDINGS_LIST_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {FINDINGS_LIST_STATUS_VALUES!r}")
