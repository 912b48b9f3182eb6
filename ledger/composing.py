"""What an event is made of: whatever a caller brings, something that can be stored comes out."""

import hashlib
import logging
import uuid
from typing import Any

from django.db.models import Model
from django.utils import timezone

from ledger.context import current, newest_of_job, remember
from ledger.hashing import canonical
from ledger.masking import ALTERED, masked_metadata, plain_text
from ledger.models import LedgerEvent
from ledger.registry import EVENT_TYPES, entity_of
from stakazo.core.ids import uuid7

logger = logging.getLogger(__name__)

SEVERITIES = {str(value): str(value) for value in LedgerEvent.Severity.values}


def new_event(
    event_type: object,
    *,
    entity: Model | None = None,
    entity_type: object = "",
    entity_id: object = "",
    severity: object = None,
    metadata: Any = None,
    job_id: object = None,
    clip_id: object = None,
    worker_id: object = "",
    correlation_id: object = "",
) -> LedgerEvent:
    """An event with its hash, not written yet. Never raises.

    What a column cannot hold is bent until it can; what that changed is said in the metadata, under
    `ledger.masking.ALTERED`. An unknown severity becomes that of the event's type.
    """
    context, moment = current(), timezone.now()
    bent: dict[str, Any] = {}
    if entity is not None:
        try:
            entity_type, entity_id = entity_of(entity)
        except Exception:  # noqa: BLE001  a row that cannot even be named
            entity_type, bent["entity"] = type(entity).__name__, "unreadable"
    type_name = plain_text(event_type, limit=64)
    declared = EVENT_TYPES.get(type_name)
    level = SEVERITIES.get(severity) if isinstance(severity, str) else None
    if level is None:
        level = str(declared.severity) if declared else "INFO"
        if severity is not None:
            bent["severity"] = plain_text(severity, limit=64)
    job, clip = _uuid(job_id, "job_id", bent), _uuid(clip_id, "clip_id", bent)
    cause = context.caused_by
    about_job = job if entity_type == "job" else None
    if about_job is not None and (cause is None or about_job != context.job_id):
        cause = newest_of_job(about_job) or cause  # the life of a job is a chain of its own
    job = job or context.job_id
    kept = masked_metadata({} if metadata is None else metadata)
    if bent:
        kept[ALTERED] = kept.get(ALTERED, {}) | bent
    key = uuid7()
    content: dict[
        str, Any
    ] = {  # in the order of canonical JSON: what is sorted already is sorted in no time
        "actor": plain_text(context.actor, limit=128),
        "caused_by": str(cause) if cause else None,
        "clip_id": str(clip) if clip else None,
        "correlation_id": plain_text(correlation_id or context.correlation_id, limit=64),
        "entity_id": plain_text(entity_id, limit=64),
        "entity_type": plain_text(entity_type, limit=64),
        "event_type": type_name,
        "id": str(key),
        "job_id": str(job) if job else None,
        "metadata": kept,
        "severity": level,
        "timestamp": moment.isoformat(timespec="microseconds")[:26] + "Z",
        "worker_id": plain_text(worker_id or context.worker_id, limit=128),
    }
    remember(key, about_job=about_job)
    encoded = canonical(content)
    content.update(id=key, timestamp=moment, job_id=job, clip_id=clip, caused_by=cause)
    return LedgerEvent.composed(
        content, row_hash=hashlib.sha256(encoded).hexdigest(), encoded=encoded.decode()
    )


def _uuid(value: object, name: str, bent: dict[str, Any]) -> uuid.UUID | None:
    if value is None or type(value) is uuid.UUID:
        return value
    try:
        return uuid.UUID(str(value))
    except Exception:  # noqa: BLE001  it is none
        bent[name] = plain_text(value, limit=64)
        return None
