from typing import Literal

RuleStatusEnum = Literal["active", "proposed", "retired"]

RULE_STATUS_ENUM_VALUES: set[RuleStatusEnum] = {
    "active",
    "proposed",
    "retired",
}


def check_rule_status_enum(value: str) -> RuleStatusEnum:
    if value in RULE_STATUS_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {RULE_STATUS_ENUM_VALUES!r}")
