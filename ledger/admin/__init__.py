"""The ledger for operators: look, ask, follow links; nothing here can be changed, also not by us."""

from ledger.admin.archives import LedgerArchiveAdmin
from ledger.admin.events import LedgerEventAdmin
from ledger.admin.seals import LedgerSealAdmin

__all__ = ["LedgerArchiveAdmin", "LedgerEventAdmin", "LedgerSealAdmin"]
