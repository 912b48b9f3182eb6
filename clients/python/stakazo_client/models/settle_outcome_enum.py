from typing import Literal

SettleOutcomeEnum = Literal["absent", "ours"]

SETTLE_OUTCOME_ENUM_VALUES: set[SettleOutcomeEnum] = {
    "absent",
    "ours",
}


def check_settle_outcome_enum(value: str) -> SettleOutcomeEnum:
    if value in SETTLE_OUTCOME_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SETTLE_OUTCOME_ENUM_VALUES!r}")
