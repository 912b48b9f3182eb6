from typing import Literal

ReconcileRunsListKind = Literal["audit", "settle"]

RECONCILE_RUNS_LIST_KIND_VALUES: set[ReconcileRunsListKind] = {
    "audit",
    "settle",
}


def check_reconcile_runs_list_kind(value: str) -> ReconcileRunsListKind:
    if value in RECONCILE_RUNS_LIST_KIND_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {RECONCILE_RUNS_LIST_KIND_VALUES!r}")
