from typing import Literal

PublicationsListStatus = Literal[
    "awaiting", "cancelled", "delivered", "draft", "failed", "missed", "published", "publishing", "scheduled", "unknown"
]

PUBLICATIONS_LIST_STATUS_VALUES: set[PublicationsListStatus] = {
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


def check_publications_list_status(value: str) -> PublicationsListStatus:
    if value in PUBLICATIONS_LIST_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {PUBLICATIONS_LIST_STATUS_VALUES!r}")
