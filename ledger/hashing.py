"""The hash that each row of the ledger carries of its own content."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the model itself is written by way of this module
    from ledger.models import LedgerEvent

HASHED = [
    "id",
    "timestamp",
    "event_type",
    "entity_type",
    "entity_id",
    "severity",
    "actor",
    "worker_id",
    "correlation_id",
    "job_id",
    "clip_id",
    "caused_by",
    "metadata",
]


_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def content_of(event: "LedgerEvent") -> dict[str, Any]:
    """What is hashed of an event: ids as text, the time in UTC to the microsecond."""
    content: dict[str, Any] = {name: getattr(event, name) for name in HASHED}
    for name in ("id", "job_id", "clip_id", "caused_by"):
        content[name] = str(content[name]) if content[name] else None
    content["timestamp"] = utc_text(event.timestamp)
    return content


def canonical_bytes(event: "LedgerEvent") -> bytes:
    """The content of an event as canonical JSON: sorted keys, no spaces, UTF-8."""
    return canonical(content_of(event))


def canonical(content: Mapping[str, Any]) -> bytes:
    """This content as canonical JSON."""
    return _encode(content).encode()


def row_hash(event: "LedgerEvent") -> str:
    """SHA-256, in hex, of the canonical bytes."""
    return hashlib.sha256(canonical_bytes(event)).hexdigest()


def utc_text(moment: datetime) -> str:
    """A time in UTC to the microsecond, as it is hashed."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
