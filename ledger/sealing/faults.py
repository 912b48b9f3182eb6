"""What a verification found: kinds of faults, each named by its event or its seal."""

from collections import Counter
from dataclasses import dataclass, field

NAMED = 1_000
CHANGED, REMOVED, INSERTED, REORDERED = "changed", "removed", "inserted", "reordered"
SEAL_CHANGED, SEAL_REMOVED, ANCHOR_CHANGED = "seal_changed", "seal_removed", "anchor_changed"


@dataclass(frozen=True)
class Fault:
    """One thing that is not as it was. event: its id, where it is about one; seal: the number."""

    kind: str
    words: str
    event: str = ""
    seal: int | None = None


@dataclass
class Verified:
    """What was looked at and what was wrong with it.

    late: events that came into the ledger over an hour after the time they claim, as those do that
    the spool kept; not wrong, but worth a look. pruned: events that the retention rule let go.
    """

    checked: int = 0
    sealed: int = 0
    unsealed: int = 0
    seals: int = 0
    anchors: int = 0
    anchors_torn: int = 0
    pruned: int = 0
    late: int = 0
    late_events: list[str] = field(default_factory=list)
    wrong: int = 0
    faults: list[Fault] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)

    def add(self, kind: str, words: str, *, event: object = "", seal: int | None = None) -> None:
        """Note a fault; the first ones are named, all are counted."""
        self.wrong += 1
        self.kinds[kind] += 1
        if len(self.faults) < NAMED:
            self.faults.append(Fault(kind, words, str(event), seal))

    def named(self, kind: str) -> list[str]:
        """The ids of the events that are named as this."""
        return [fault.event for fault in self.faults if fault.kind == kind and fault.event]
