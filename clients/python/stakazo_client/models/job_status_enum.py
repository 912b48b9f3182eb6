from typing import Literal

JobStatusEnum = Literal["cancelled", "completed", "dead", "failed", "pending", "processing", "retry", "scheduled"]

JOB_STATUS_ENUM_VALUES: set[JobStatusEnum] = {
    "cancelled",
    "completed",
    "dead",
    "failed",
    "pending",
    "processing",
    "retry",
    "scheduled",
}


def check_job_status_enum(value: str) -> JobStatusEnum:
    if value in JOB_STATUS_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {JOB_STATUS_ENUM_VALUES!r}")
