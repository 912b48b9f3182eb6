from typing import Literal

PublicationStatusEnum = Literal[
    "awaiting", "cancelled", "delivered", "draft", "failed", "missed", "published", "publishing", "scheduled", "unknown"
]

PUBLICATION_STATUS_ENUM_VALUES: set[PublicationStatusEnum] = {
    "awaiting",
    "cancelled",
    "delivered",
    "draft",
    "failed",
    "missed",
    "published",
    "publishing",
    "scheduled",
    "unknown",
}


def check_publication_status_enum(value: str) -> PublicationStatusEnum:
    if value in PUBLICATION_STATUS_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PUBLICATION_STATUS_ENUM_VALUES!r}")
