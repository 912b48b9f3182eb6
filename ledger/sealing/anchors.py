"""The head of the chain, kept outside of the database: signed files in the storage.

Whoever cuts the newest seals off, or forges the whole chain, must also reach these, or the copies that
people keep elsewhere.
"""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from ledger.hashing import utc_text
from ledger.models import LedgerSeal
from ledger.sealing.bodies import VERSION, signed_of_anchor
from ledger.sealing.keys import Key, sealing_key
from stakazo.core.errors import Unavailable

logger = logging.getLogger(__name__)

FOLDER = "ledger/anchors"


def anchor_of(seal: LedgerSeal, key: Key) -> dict[str, Any]:
    """The signed word that the chain's head was this seal."""
    anchor: dict[str, Any] = {
        "version": VERSION,
        "number": seal.number,
        "seal_hash": seal.seal_hash,
        "sealed_at": utc_text(seal.sealed_at),
        "algorithm": key.algorithm,
        "key_id": key.key_id,
    }
    return anchor | {"signature": key.sign(signed_of_anchor(anchor))}


def anchor_head() -> str:
    """Put the newest seal's anchor into the storage, one for each period; its name, or "" for none.

    Never raises: a seal does not wait for the storage, and the next sealing tries again.
    """
    seal = LedgerSeal.objects.defer("members").order_by("-number").first()
    if seal is None:
        return ""
    try:
        name = f"{FOLDER}/{_period_of(seal)}.json"
        if default_storage.exists(name):
            if _read(name) is not None:
                return ""
            default_storage.delete(name)  # a crash tore it
        text = json.dumps(anchor_of(seal, sealing_key()), sort_keys=True)
        return str(default_storage.save(name, ContentFile(text.encode())))
    except Exception:  # each storage fails with errors of its own
        logger.exception("Seal %s could not be anchored", seal.number)
        return ""


def anchors() -> list[tuple[str, dict[str, Any] | None]]:
    """(name, anchor) of each in the storage; None for one that a crash tore.

    Raises Unavailable when the storage does not answer.
    """
    try:
        if not default_storage.exists(FOLDER) and _has_folders():
            return []
        names = sorted(default_storage.listdir(FOLDER)[1])
        return [(name, _read(f"{FOLDER}/{name}")) for name in names if name.endswith(".json")]
    except Exception as error:  # each storage fails with errors of its own
        raise Unavailable("The anchors in the storage cannot be read.") from error


def _read(name: str) -> dict[str, Any] | None:
    with default_storage.open(name) as file:
        try:
            anchor = json.loads(file.read())
        except ValueError:
            return None
    return anchor if isinstance(anchor, dict) else None


def _has_folders() -> bool:
    """Whether a folder is a thing of its own in this storage; on S3 it is but part of a name."""
    try:
        default_storage.path("")
    except NotImplementedError:
        return False
    return True


def _period_of(seal: LedgerSeal) -> str:
    every_s = settings.LEDGER_ANCHOR_EVERY_S
    if every_s <= 0:
        return f"seal-{seal.number:012}"
    begun = int(seal.sealed_at.timestamp()) // every_s * every_s
    return datetime.fromtimestamp(begun, UTC).strftime("%Y-%m-%dT%H-%M-%SZ")
