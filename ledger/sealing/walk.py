"""One way through the chain: every seal against its chain and its anchors, every event against its seal."""

import hashlib
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from ledger.hashing import utc_text
from ledger.models import LedgerSeal
from ledger.sealing.ahead import seals_with_digests
from ledger.sealing.anchors import anchors
from ledger.sealing.bodies import (
    GENESIS,
    hash_of_seal,
    signed_of_anchor,
    signed_of_seal,
)
from ledger.sealing.digests import Digested
from ledger.sealing.faults import (
    ANCHOR_CHANGED,
    CHANGED,
    INSERTED,
    NAMED,
    REMOVED,
    REORDERED,
    SEAL_CHANGED,
    SEAL_REMOVED,
    Verified,
)
from ledger.sealing.gone import Gone
from ledger.sealing.keys import Key, known_keys
from ledger.sealing.members import Member, unpack
from ledger.sealing.merkle import leaf_hash, root_of
from ledger.sealing.order import out_of_order
from ledger.sealing.rows import Row, rows_behind, rows_between, rows_of
from ledger.sealing.sealer import position_behind
from ledger.watermark import Position

LATE_AFTER = timedelta(hours=1)


def seal_stands(seal: LedgerSeal, keys: dict[str, Key]) -> bool:
    """Whether the seal's own hash and signature are right; its events are not looked at."""
    key = keys.get(seal.key_id)
    return (
        key is not None
        and key.algorithm == seal.algorithm
        and hash_of_seal(seal) == seal.seal_hash
        and key.signed(signed_of_seal(seal.seal_hash), seal.signature)
    )


class Walk:
    """One way through the chain, from the first seal to what is not sealed yet."""

    def __init__(self) -> None:
        self.found = Verified()
        self.keys = known_keys()
        self.gone = Gone(self.keys)
        self.last: LedgerSeal | None = None
        self.end: Position | None = None  # of what was looked at so far; None: the very beginning
        self.anchored: dict[int, str] = {}
        self._strays: dict[str, int] = {}  # id → the seal in whose place it stands
        self._moved: set[str] = set()

    def steps(self, *, workers: int) -> Iterator[int]:
        """Verify, seal by seal; each step yields how many events it looked at.

        A batch whose digest is right is what was sealed; only the others are looked at row by row.
        """
        for seal, after, digested in seals_with_digests(workers=workers):
            before = self.found.checked
            if self.end != after or not self._check_digest(seal, digested):
                self.check_seal(seal)
            yield self.found.checked - before
        before = self.found.checked
        self._check_end()
        self._check_unsealed()
        self.settle_strays()
        yield self.found.checked - before

    def read_anchors(self) -> None:
        """Which seal each anchor speaks of; one whose signature is wrong is a fault."""
        for name, anchor in anchors():
            if anchor is None:
                self.found.anchors_torn += 1
                continue
            self.found.anchors += 1
            if self._anchor_stands(anchor):
                self.anchored[anchor["number"]] = anchor["seal_hash"]
            else:
                self.found.add(ANCHOR_CHANGED, f"The anchor {name} is not signed by a known key.")

    def check_seal(self, seal: LedgerSeal) -> None:
        """The seal's place in the chain, the seal itself, then its events."""
        gap = self._check_place(seal)
        members = list(unpack(seal.members))
        self.found.seals += 1
        self.found.sealed += len(members)
        end = position_behind(seal)
        if not seal_stands(seal, self.keys):
            self._seal_fault(seal, "its hash or signature is wrong, or its key is not known")
            end = _end_of(members) or end  # its own word on where it ends may be a lie
        known = self._check_members(seal, members)
        rows = rows_between(self.end, end)
        if not known and _root(rows) == seal.root:
            members = [_member(row) for row in rows]  # the events are right, the list is not
        self._check_events(seal, members, rows, gap=gap)
        self.last, self.end = seal, end

    def _check_digest(self, seal: LedgerSeal, digested: Digested | None) -> bool:
        """Whether the seal and all below it are right for sure. False: it needs a closer look."""
        if (
            digested is None
            or digested.members_hash != seal.members_hash
            or not self._follows(seal)
            or not seal_stands(seal, self.keys)
        ):
            return False
        if digested.oldest is None and self.gone.holds_all(seal.number, seal.count):
            self.found.pruned += seal.count
        elif seal.digest and digested.digest == seal.digest and not self._late(digested.oldest):
            self.found.checked += seal.count
        else:
            return False
        self.found.seals += 1
        self.found.sealed += seal.count
        self.last, self.end = seal, position_behind(seal)
        return True

    def _follows(self, seal: LedgerSeal) -> bool:
        number, hash_ = (self.last.number, self.last.seal_hash) if self.last else (0, GENESIS)
        return (
            seal.number == number + 1
            and seal.previous_hash == hash_
            and self.anchored.get(seal.number, seal.seal_hash) == seal.seal_hash
        )

    def _late(self, oldest: datetime | None) -> bool:
        return bool(self.last and oldest and oldest < self.last.sealed_at - LATE_AFTER)

    def settle_strays(self) -> None:
        """What stands where it does not belong is inserted, unless it is a member that was moved."""
        for pk, number in self._strays.items():
            if pk not in self._moved:
                words = f"was put between the events of seal {number}"
                self.found.add(INSERTED, words, event=pk, seal=number)
        self._strays.clear()

    # --- The chain --------------------------------------------------------------------------------

    def _check_place(self, seal: LedgerSeal) -> bool:
        """Whether seals are missing before this one."""
        expected = self.last.number + 1 if self.last else 1
        if gap := seal.number != expected:
            words = f"seals {expected} to {seal.number - 1} are gone"
            self.found.add(SEAL_REMOVED, words, seal=expected)
        elif seal.previous_hash != (self.last.seal_hash if self.last else GENESIS):
            self._seal_fault(seal, "it does not follow from the seal before it")
        if self.anchored.get(seal.number, seal.seal_hash) != seal.seal_hash:
            self._seal_fault(seal, "it is not the seal that was anchored")
        return gap

    def _check_members(self, seal: LedgerSeal, members: list[Member]) -> bool:
        """Whether the list of members is what was sealed."""
        if hashlib.sha256(bytes(seal.members)).hexdigest() != seal.members_hash:
            self._seal_fault(seal, "its list of members was changed")
            return False
        if root_of([member.leaf for member in members]).hex() != seal.root or len(members) != (
            seal.count
        ):
            self._seal_fault(seal, "its root is not that of its members")
        return True

    def _check_end(self) -> None:
        """Anchors that speak of seals behind the last one: the newest were cut off."""
        last = self.last.number if self.last else 0
        if (highest := max(self.anchored, default=0)) > last:
            words = f"seals {last + 1} to {highest} are gone: an anchor speaks of the last of them"
            self.found.add(SEAL_REMOVED, words, seal=last + 1)

    def _anchor_stands(self, anchor: dict[str, Any]) -> bool:
        key = self.keys.get(str(anchor.get("key_id")))
        return (
            key is not None
            and isinstance(anchor.get("number"), int)
            and isinstance(anchor.get("seal_hash"), str)
            and key.algorithm == anchor.get("algorithm")
            and key.signed(signed_of_anchor(anchor), str(anchor.get("signature")))
        )

    def _seal_fault(self, seal: LedgerSeal, words: str) -> None:
        self.found.add(SEAL_CHANGED, words, seal=seal.number)

    # --- The events -------------------------------------------------------------------------------

    def _check_events(
        self, seal: LedgerSeal, members: list[Member], rows: list[Row], *, gap: bool
    ) -> None:
        late_before = self._late_before()
        expected = [member.id for member in members]
        if [row.key for row in rows] != expected:
            rows = self._sort_out(seal, members, rows, gap=gap)
        by_id = {member.id: member for member in members}
        for row in rows:
            self._check_row(row, by_id.get(row.key), seal.number, late_before)

    def _sort_out(
        self, seal: LedgerSeal, members: list[Member], rows: list[Row], *, gap: bool
    ) -> list[Row]:
        """The rows of the members, wherever they are now; says what is gone, new or moved."""
        number = seal.number
        rank = {member.id: n for n, member in enumerate(members)}
        here = [row for row in rows if row.key in rank]
        if not gap:  # else these are events of the seals that are gone
            self._strays |= {row.id: number for row in rows if row.key not in rank}
        for n in out_of_order([rank[row.key] for row in here]):
            self._moved.add(here[n].id)
            self.found.add(REORDERED, "stands in another place", event=here[n].id, seal=number)
        seen = {row.key for row in here}
        missing = [member for member in members if member.id not in seen]
        elsewhere = rows_of(uuid.UUID(bytes=member.id) for member in missing)
        for member in missing:
            pk = member.event_id
            if pk in elsewhere:
                self._moved.add(pk)
                words = "stands in another place, outside of its seal"
                self.found.add(REORDERED, words, event=pk, seal=number)
            elif self.gone.explain(number, rank[member.id], member):
                self.found.pruned += 1
            else:
                self.found.add(REMOVED, "is gone", event=pk, seal=number)
        return here + list(elsewhere.values())

    def _check_unsealed(self) -> None:
        late_before = self._late_before()
        for page in rows_behind(self.end):
            for row in page:
                if row.id not in self._moved:  # a member of some seal was looked at there
                    self.found.unsealed += 1
                    self._check_row(row, None, None, late_before)

    def _late_before(self) -> str:
        """The time, as it is hashed, before which an event of the next batch is late."""
        return utc_text(self.last.sealed_at - LATE_AFTER) if self.last else ""

    def _check_row(
        self, row: Row, member: Member | None, seal: int | None, late_before: str
    ) -> None:
        found, content = self.found, row.canonical()
        found.checked += 1
        if hashlib.sha256(content).hexdigest() != row.row_hash:
            found.add(CHANGED, "does not match its hash", event=row.id, seal=seal)
        elif member is not None and leaf_hash(content) != member.leaf:
            words = "does not match its seal; its hash was renewed"
            found.add(CHANGED, words, event=row.id, seal=seal)
        if row.content["timestamp"] < late_before:
            found.late += 1
            if len(found.late_events) < NAMED:
                found.late_events.append(row.id)


def _root(rows: list[Row]) -> str:
    return root_of([leaf_hash(row.canonical()) for row in rows]).hex()


def _end_of(members: list[Member]) -> Position | None:
    """Where the last of them stands now; None when it is gone."""
    if not members:
        return None
    last = members[-1]
    row = rows_of([uuid.UUID(bytes=last.id)]).get(last.event_id)
    return Position(row.major, row.id) if row else None


def _member(row: Row) -> Member:
    return Member(row.key, 0, leaf_hash(row.canonical()))
