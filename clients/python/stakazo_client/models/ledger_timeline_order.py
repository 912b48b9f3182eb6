from typing import Literal

LedgerTimelineOrder = Literal["newest", "oldest"]

LEDGER_TIMELINE_ORDER_VALUES: set[LedgerTimelineOrder] = {
    "newest",
    "oldest",
}


def check_ledger_timeline_order(value: str) -> LedgerTimelineOrder:
    if value in LEDGER_TIMELINE_ORDER_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LEDGER_TIMELINE_ORDER_VALUES!r}")
