"""Events and positions as the watchers see them."""

from typing import Any

from ledger import queries as ledger_queries
from ledger.models import LedgerEvent
from ledger.queries import position_token as position_token
from ledger.registry import EVENT_TYPES
from ledger.watermark import Position
from stakazo.core.errors import InvalidInput


class BadPosition(InvalidInput):
    """This is not a position that we gave out."""

    code = "telemetry.bad-position"


def event_data(event: LedgerEvent) -> dict[str, Any]:
    """One event as plain JSON data, with its sentence for people."""
    known = EVENT_TYPES.get(event.event_type)
    return {
        "id": str(event.pk),
        "timestamp": event.timestamp.isoformat(),
        "event_type": event.event_type,
        "sentence": known.sentence if known else "",
        "severity": event.severity,
        "entity_type": event.entity_type,
        "entity_id": event.entity_id,
        "actor": event.actor,
        "worker_id": event.worker_id,
        "correlation_id": event.correlation_id,
        "job_id": str(event.job_id) if event.job_id else None,
        "clip_id": str(event.clip_id) if event.clip_id else None,
        "metadata": event.metadata,
    }


def position_of(token: object) -> Position:
    """The position behind the word. Raises BadPosition when we never gave it out."""
    try:
        return ledger_queries.position_of(token)
    except InvalidInput as error:
        raise BadPosition(error.message) from error
