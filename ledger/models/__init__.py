"""The memory: immutable facts, the seals that close over them, what was let go, and what is counted."""

from ledger.models.archive import LedgerArchive
from ledger.models.event import LedgerEvent
from ledger.models.rollup import (
    LedgerFlow,
    LedgerHour,
    LedgerReader,
    LedgerSlowJob,
    LedgerStay,
    LedgerWorker,
)
from ledger.models.seal import LedgerCut, LedgerSeal

__all__ = [
    "LedgerArchive",
    "LedgerCut",
    "LedgerEvent",
    "LedgerFlow",
    "LedgerHour",
    "LedgerReader",
    "LedgerSeal",
    "LedgerSlowJob",
    "LedgerStay",
    "LedgerWorker",
]
