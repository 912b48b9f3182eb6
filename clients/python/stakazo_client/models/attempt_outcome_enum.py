from typing import Literal

AttemptOutcomeEnum = Literal["cancelled", "done", "failed", "gave_up", "lost", "released", "running", "snoozed"]

ATTEMPT_OUTCOME_ENUM_VALUES: set[AttemptOutcomeEnum] = {
    "cancelled",
    "done",
    "failed",
    "gave_up",
    "lost",
    "released",
    "running",
    "snoozed",
}


def check_attempt_outcome_enum(value: str) -> AttemptOutcomeEnum:
    if value in ATTEMPT_OUTCOME_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ATTEMPT_OUTCOME_ENUM_VALUES!r}")
