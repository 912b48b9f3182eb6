from typing import Literal

LedgerVideoTrailOrder = Literal["newest", "oldest"]

LEDGER_VIDEO_TRAIL_ORDER_VALUES: set[LedgerVideoTrailOrder] = {
    "newest",
    "oldest",
}


def check_ledger_video_trail_order(value: str) -> LedgerVideoTrailOrder:
    if value in LEDGER_VIDEO_TRAIL_ORDER_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LEDGER_VIDEO_TRAIL_ORDER_VALUES!r}")
