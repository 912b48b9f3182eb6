"""What the retention rule let go, in signed words, so that a gap it made is told from a theft."""

import uuid
from datetime import datetime

from ledger.models import LedgerCut
from ledger.sealing.bodies import sign_cut, signed_of_cut
from ledger.sealing.keys import Key, sealing_key
from ledger.sealing.members import Member, microseconds


def record_cut(*, before: datetime, floor_id: uuid.UUID | None) -> LedgerCut:
    """Sign and keep that events before this time, and below this id, are let go from now on."""
    cut = sign_cut(LedgerCut(before=before, floor_id=floor_id), sealing_key())
    cut.save(force_insert=True)
    return cut


class Cuts:
    """The cuts whose signatures are right."""

    def __init__(self, keys: dict[str, Key]) -> None:
        self._keys = keys
        self._read()

    def explain(self, member: Member) -> bool:
        """Whether retention let this event go. A cut that was made meanwhile counts."""
        if not self._covers(member) and LedgerCut.objects.count() != self._count:
            self._read()
        return self._covers(member)

    def _covers(self, member: Member) -> bool:
        return any(
            member.at_us < before_us and (floor is None or member.id < floor)
            for before_us, floor in self._bounds
        )

    def _read(self) -> None:
        cuts = list(LedgerCut.objects.all())
        self._count = len(cuts)
        self._bounds = {
            (microseconds(cut.before), cut.floor_id.bytes if cut.floor_id else None)
            for cut in cuts
            if (key := self._keys.get(cut.key_id))
            and key.algorithm == cut.algorithm
            and key.signed(signed_of_cut(cut), cut.signature)
        }
