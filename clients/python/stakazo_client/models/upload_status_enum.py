from typing import Literal

UploadStatusEnum = Literal["aborted", "checking", "done", "expired", "open", "refused"]

UPLOAD_STATUS_ENUM_VALUES: set[UploadStatusEnum] = {
    "aborted",
    "checking",
    "done",
    "expired",
    "open",
    "refused",
}


def check_upload_status_enum(value: str) -> UploadStatusEnum:
    if value in UPLOAD_STATUS_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {UPLOAD_STATUS_ENUM_VALUES!r}")
