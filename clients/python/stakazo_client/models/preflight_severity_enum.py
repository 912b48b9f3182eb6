from typing import Literal

PreflightSeverityEnum = Literal["error", "warning"]

PREFLIGHT_SEVERITY_ENUM_VALUES: set[PreflightSeverityEnum] = {
    "error",
    "warning",
}


def check_preflight_severity_enum(value: str) -> PreflightSeverityEnum:
    if value in PREFLIGHT_SEVERITY_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PREFLIGHT_SEVERITY_ENUM_VALUES!r}")
