from typing import Literal

PublishPhaseEnum = Literal["accepted", "committing", "intent", "prepared", "settled"]

PUBLISH_PHASE_ENUM_VALUES: set[PublishPhaseEnum] = {
    "accepted",
    "committing",
    "intent",
    "prepared",
    "settled",
}


def check_publish_phase_enum(value: str) -> PublishPhaseEnum:
    if value in PUBLISH_PHASE_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PUBLISH_PHASE_ENUM_VALUES!r}")
