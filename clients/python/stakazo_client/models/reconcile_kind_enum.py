from typing import Literal

ReconcileKindEnum = Literal["audit", "settle"]

RECONCILE_KIND_ENUM_VALUES: set[ReconcileKindEnum] = {
    "audit",
    "settle",
}


def check_reconcile_kind_enum(value: str) -> ReconcileKindEnum:
    if value in RECONCILE_KIND_ENUM_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {RECONCILE_KIND_ENUM_VALUES!r}")
