from typing import Literal

LedgerEventsSeverity = Literal["ERROR", "INFO", "WARN"]

LEDGER_EVENTS_SEVERITY_VALUES: set[LedgerEventsSeverity] = {
    "ERROR",
    "INFO",
    "WARN",
}


def check_ledger_events_severity(value: str) -> LedgerEventsSeverity:
    if value in LEDGER_EVENTS_SEVERITY_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LEDGER_EVENTS_SEVERITY_VALUES!r}")
