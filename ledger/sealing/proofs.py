"""Inclusion proofs: what somebody without our database needs to believe one event."""

import uuid
from typing import Any

from ledger.hashing import content_of
from ledger.models import LedgerEvent, LedgerSeal
from ledger.sealing.bodies import VERSION, seal_body
from ledger.sealing.members import unpack
from ledger.sealing.merkle import path_of
from ledger.sealing.rows import rows_of
from stakazo.core.errors import Conflict, NotFound


class NotSealed(Conflict):
    """The event is in no seal yet; the next sealing closes over it."""

    code, permanent = "ledger.not-sealed", False


def prove_event(event_id: uuid.UUID) -> dict[str, Any]:
    """The event's content, its path to the root of its seal, that seal, and the chain up to its head.

    `ledger/check_proof.py` checks it with nothing of ours. Raises NotFound, NotSealed.
    """
    event = LedgerEvent.objects.filter(pk=event_id).first()
    if event is None:
        raise NotFound("The ledger has no such event.", event=str(event_id))
    seal = seal_of(event)
    members = list(unpack(seal.members))
    index = [member.id for member in members].index(event.pk.bytes)
    after = LedgerSeal.objects.filter(number__gt=seal.number).defer("members").order_by("number")
    return {
        "version": VERSION,
        "event": content_of(event),
        "leaf_index": index,
        "tree_size": len(members),
        "path": [sibling.hex() for sibling in path_of([m.leaf for m in members], index)],
        "seal": _signed(seal),
        "chain": [_signed(each) for each in after.iterator()],
    }


def seal_of(event: LedgerEvent) -> LedgerSeal:
    """The seal that closes over this event. Raises NotSealed."""
    row = rows_of([event.pk]).get(str(event.pk))
    if row is not None:
        for seal in (
            LedgerSeal.objects.filter(position__gte=row.major).order_by("number").iterator(1)
        ):
            if event.pk.bytes in (member.id for member in unpack(seal.members)):
                return seal
            if seal.position > row.major:  # one transaction may fill several seals, no more
                break
    raise NotSealed("This event is not sealed yet.", event=str(event.pk))


def _signed(seal: LedgerSeal) -> dict[str, Any]:
    return {
        "body": seal_body(seal),
        "seal_hash": seal.seal_hash,
        "signature": seal.signature,
    }
