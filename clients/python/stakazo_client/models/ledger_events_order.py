from typing import Literal

LedgerEventsOrder = Literal["newest", "oldest"]

LEDGER_EVENTS_ORDER_VALUES: set[LedgerEventsOrder] = {
    "newest",
    "oldest",
}


def check_ledger_events_order(value: str) -> LedgerEventsOrder:
    if value in LEDGER_EVENTS_ORDER_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LEDGER_EVENTS_ORDER_VALUES!r}")
