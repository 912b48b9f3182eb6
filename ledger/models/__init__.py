"""The memory: immutable facts, the seals that close over them, and what was let go."""

from ledger.models.archive import LedgerArchive
from ledger.models.event import LedgerEvent
from ledger.models.seal import LedgerCut, LedgerSeal

__all__ = ["LedgerArchive", "LedgerCut", "LedgerEvent", "LedgerSeal"]
