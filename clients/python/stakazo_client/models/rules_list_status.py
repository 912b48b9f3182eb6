from typing import Literal

RulesListStatus = Literal["active", "proposed", "retired"]

RULES_LIST_STATUS_VALUES: set[RulesListStatus] = {
    "active",
    "proposed",
    "retired",
}


def check_rules_list_status(value: str) -> RulesListStatus:
    if value in RULES_LIST_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {RULES_LIST_STATUS_VALUES!r}")
