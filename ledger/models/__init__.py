"""The memory: immutable facts, the seals that close over them, and what was let go."""

from ledger.models.event import LedgerEvent
from ledger.models.seal import LedgerCut, LedgerSeal

__all__ = ["LedgerCut", "LedgerEvent", "LedgerSeal"]
