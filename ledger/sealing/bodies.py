"""What is hashed and signed of seals, cuts and anchors: canonical JSON, each with a prefix of its own."""

import hashlib
from typing import Any

from ledger.hashing import canonical, utc_text
from ledger.models import LedgerCut, LedgerSeal
from ledger.sealing.keys import Key

VERSION = 1
GENESIS = "0" * 64
"""The previous hash of the first seal."""

SEAL, CUT, ANCHOR = b"stakazo ledger seal\n", b"stakazo ledger cut\n", b"stakazo ledger anchor\n"


def seal_body(seal: LedgerSeal) -> dict[str, Any]:
    """What is hashed of a seal."""
    return {
        "version": VERSION,
        "number": seal.number,
        "sealed_at": utc_text(seal.sealed_at),
        "count": seal.count,
        "first_id": str(seal.first_id),
        "last_id": str(seal.last_id),
        "position": seal.position,
        "root": seal.root,
        "members_hash": seal.members_hash,
        "previous_hash": seal.previous_hash,
        "algorithm": seal.algorithm,
        "key_id": seal.key_id,
    }


def hash_of_seal(seal: LedgerSeal) -> str:
    """SHA-256, in hex, of the seal's body."""
    return hashlib.sha256(SEAL + canonical(seal_body(seal))).hexdigest()


def signed_of_seal(seal_hash: str) -> bytes:
    """What the key signs of a seal."""
    return SEAL + seal_hash.encode()


def signed_of_cut(cut: LedgerCut) -> bytes:
    """What the key signs of a cut."""
    body = {
        "id": str(cut.pk),
        "cut_at": utc_text(cut.cut_at),
        "before": utc_text(cut.before),
        "floor_id": str(cut.floor_id) if cut.floor_id else None,
        "algorithm": cut.algorithm,
        "key_id": cut.key_id,
    }
    return CUT + canonical(body)


def signed_of_anchor(anchor: dict[str, Any]) -> bytes:
    """What the key signs of an anchor: all but the signature."""
    return ANCHOR + canonical({k: v for k, v in anchor.items() if k != "signature"})


def sign_cut(cut: LedgerCut, key: Key) -> LedgerCut:
    """The cut, signed."""
    cut.algorithm, cut.key_id = key.algorithm, key.key_id
    cut.signature = key.sign(signed_of_cut(cut))
    return cut
