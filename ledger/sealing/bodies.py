"""What is hashed and signed of seals, cuts and anchors: canonical JSON, each with a prefix of its own."""

import hashlib
from typing import Any

from ledger.hashing import canonical, utc_text
from ledger.models import LedgerArchive, LedgerCut, LedgerSeal
from ledger.sealing.keys import Key

VERSION = 1
GENESIS = "0" * 64
"""The previous hash of the first seal."""

SEAL, CUT, ANCHOR = b"stakazo ledger seal\n", b"stakazo ledger cut\n", b"stakazo ledger anchor\n"
ARCHIVE = b"stakazo ledger archive\n"


def seal_body(seal: LedgerSeal) -> dict[str, Any]:
    """What is hashed of a seal. Version 2 has the digest of its rows beside the rest."""
    body = {
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
    return body | {"version": 2, "digest": seal.digest} if seal.digest else body


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


def archive_body(archive: LedgerArchive) -> dict[str, Any]:
    """What is signed of an archive: all but whether its events are removed yet."""
    return {
        "version": VERSION,
        "number": archive.number,
        "made_at": utc_text(archive.made_at),
        "name": archive.name,
        "seals_name": archive.seals_name,
        "parquet_name": archive.parquet_name,
        "count": archive.count,
        "size_bytes": archive.size_bytes,
        "file_hash": archive.file_hash,
        "content_hash": archive.content_hash,
        "first_id": str(archive.first_id),
        "last_id": str(archive.last_id),
        "position": archive.position,
        "bounds": archive.bounds,
        "gone_hash": hashlib.sha256(bytes(archive.gone)).hexdigest(),
        "algorithm": archive.algorithm,
        "key_id": archive.key_id,
    }


def signed_of_archive(archive: LedgerArchive) -> bytes:
    """What the key signs of an archive."""
    return ARCHIVE + canonical(archive_body(archive))


def sign_archive(archive: LedgerArchive, key: Key) -> LedgerArchive:
    """The archive, signed."""
    archive.algorithm, archive.key_id = key.algorithm, key.key_id
    archive.signature = key.sign(signed_of_archive(archive))
    return archive
