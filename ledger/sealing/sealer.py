"""The sealer: closes batches of committed events into the chain. Writers pay nothing for it."""

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from ledger.models import LedgerEvent, LedgerSeal
from ledger.sealing.anchors import anchor_head
from ledger.sealing.bodies import GENESIS, hash_of_seal, signed_of_seal
from ledger.sealing.keys import Key, sealing_key
from ledger.sealing.members import Member, pack
from ledger.sealing.merkle import leaf_hash, root_of
from ledger.sealing.rows import Row, rows_to_seal
from ledger.watermark import Position, events_after, head
from stakazo.core.errors import Conflict
from stakazo.core.locks import prompt_transaction

BATCH = 1_000
MOST_SEALS = 1_000
"""In one go; a ledger that was never sealed is caught up with over several."""


class CounterBehind(Conflict):
    """The database counts transactions from further back than the newest seal has seen."""

    code = "ledger.counter-behind"


@dataclass
class Sealed:
    """What one sealing did. contested: seals that another sealer was faster with."""

    seals: int = 0
    events: int = 0
    contested: int = 0

    def facts(self) -> dict[str, int]:
        """As JSON data."""
        return asdict(self)


def seal_events(*, most: int = MOST_SEALS, check: Callable[[], object] = lambda: None) -> Sealed:
    """Seal what is committed for good and in no seal yet, in commit order, at most so many seals.

    Events of transactions that are still open wait, with all that began after them: they come into a
    later seal. Two sealers at once make one chain: a seal's number is its key. Killed at any moment
    it leaves a whole chain behind. check: called between two seals; what it raises ends the work.
    Raises CounterBehind, BadSealKey.
    """
    sealed, key = Sealed(), sealing_key()
    key.sign(b"")  # a key that cannot is told at once, not when there is something to seal
    for _ in range(most):
        check()
        seal = _next_seal(key)
        if seal is None:
            break
        try:
            with prompt_transaction():
                seal.save()
        except IntegrityError:
            sealed.contested += 1
            continue
        sealed.seals += 1
        sealed.events += seal.count
    transaction.on_commit(partial(anchor_head))
    return sealed


def oldest_unsealed() -> LedgerEvent | None:
    """The first event, in commit order, that waits to be sealed."""
    events, _ = events_after(position_behind(newest_seal()), limit=1)
    return events[0] if events else None


def unsealed_since() -> datetime | None:
    """Since when committed events wait and nothing was sealed; None when none waits.

    Not the age of the oldest: what the spool gives back is old when it comes.
    """
    waiting = oldest_unsealed()
    if waiting is None:
        return None
    newest = newest_seal()
    return max(waiting.timestamp, newest.sealed_at) if newest else waiting.timestamp


def newest_seal() -> LedgerSeal | None:
    """The head of the chain, without its members."""
    return LedgerSeal.objects.defer("members").order_by("-number").first()


def position_behind(seal: LedgerSeal | None) -> Position:
    """Where the events begin that come after this seal."""
    return Position(seal.position, str(seal.last_id)) if seal else Position()


def _next_seal(key: Key) -> LedgerSeal | None:
    last = newest_seal()
    _refuse_counter_behind(last)
    rows, digest = rows_to_seal(position_behind(last), limit=BATCH)
    return _seal_over(rows, digest=digest, last=last, key=key) if rows else None


def _seal_over(rows: list[Row], *, digest: str, last: LedgerSeal | None, key: Key) -> LedgerSeal:
    members = [Member(row.key, row.at_us, leaf_hash(row.canonical())) for row in rows]
    packed = pack(members)
    seal = LedgerSeal(
        number=last.number + 1 if last else 1,
        sealed_at=timezone.now(),
        count=len(rows),
        first_id=rows[0].id,
        last_id=rows[-1].id,
        position=rows[-1].major,
        root=root_of([member.leaf for member in members]).hex(),
        members=packed,
        members_hash=hashlib.sha256(packed).hexdigest(),
        digest=digest,
        previous_hash=last.seal_hash if last else GENESIS,
        algorithm=key.algorithm,
        key_id=key.key_id,
    )
    seal.seal_hash = hash_of_seal(seal)
    seal.signature = key.sign(signed_of_seal(seal.seal_hash))
    return seal


def _refuse_counter_behind(last: LedgerSeal | None) -> None:
    if last and connection.vendor == "postgresql" and head().major < last.position:
        raise CounterBehind(
            "This database was restored into a server that counts transactions from further back, so "
            "new events would be taken for old ones. Let it count on: pg_resetwal -x.",
            seal=last.number,
            counter=head().major,
            wanted=last.position,
        )
