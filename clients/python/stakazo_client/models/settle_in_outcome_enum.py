from typing import Literal

SettleInOutcomeEnum = Literal["absent", "ours"]

SETTLE_IN_OUTCOME_ENUM_VALUES: set[SettleInOutcomeEnum] = {
    "absent",
    "ours",
}


def check_settle_in_outcome_enum(value: str) -> SettleInOutcomeEnum:
    if value in SETTLE_IN_OUTCOME_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SETTLE_IN_OUTCOME_ENUM_VALUES!r}")
