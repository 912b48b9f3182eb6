"""Which event types exist, and which models are audited. Each app declares its own in `audit.py`."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import Model

from ledger.coverage import cover
from ledger.models import LedgerEvent

INFO, WARN, ERROR = (
    LedgerEvent.Severity.INFO,
    LedgerEvent.Severity.WARN,
    LedgerEvent.Severity.ERROR,
)


class EventClass(StrEnum):
    """How events of a type are recorded.

    AUDIT: in the caller's transaction, never lost. TELEMETRY: buffered and written in bulk a moment
    later, whether that transaction commits or not; a process that is killed may take the last moment
    with it. Only for what is no change of an audited row and what nobody has to rely on.
    """

    AUDIT = "audit"
    TELEMETRY = "telemetry"


AUDIT, TELEMETRY = EventClass.AUDIT, EventClass.TELEMETRY


@dataclass(frozen=True)
class EventType:
    """A kind of fact: its name never changes, its sentence tells an operator what happened."""

    name: str
    sentence: str
    severity: LedgerEvent.Severity = INFO
    event_class: EventClass = AUDIT


@dataclass(frozen=True)
class Audited:
    """How the life of one model becomes events.

    created: event type of a new row. moved: event type of a move into that state; every state that
    the model's Machine can move into must be there (a system check says which is missing).
    deleted: event type of a row that is taken away; without one, taking rows away is refused.
    facts: metadata read off a row. job_id / clip_id: which job or clip the row belongs to.
    correlation: the id that follows the whole road, where the row knows it.
    """

    model: type[Model]
    entity_type: str
    created: str
    moved: Mapping[str, str] = field(default_factory=dict)
    deleted: str = ""
    facts: Callable[[Any], dict[str, Any]] = lambda row: {}
    job_id: Callable[[Any], uuid.UUID | None] = lambda row: None
    clip_id: Callable[[Any], uuid.UUID | None] = lambda row: None
    correlation: Callable[[Any], str] = lambda row: ""


EVENT_TYPES: dict[str, EventType] = {}
AUDITED: dict[type[Model], Audited] = {}


def declare(
    name: str,
    sentence: str,
    severity: LedgerEvent.Severity = INFO,
    *,
    event_class: EventClass = AUDIT,
) -> str:
    """Add an event type to the catalogue and give its name back. Raises ValueError when it is taken."""
    if name in EVENT_TYPES:
        raise ValueError(f"event type {name} is declared twice")
    EVENT_TYPES[name] = EventType(name, sentence, severity, event_class)
    return name


def audit(audited: Audited) -> None:
    """Record creations, moves and removals of this model's rows from now on, one by one or in bulk.

    Raises ValueError when it is audited already, or names an event type that is not declared or is
    not of the class `audit`.
    """
    if audited.model in AUDITED:
        raise ValueError(f"{audited.model.__name__} is audited twice")
    for name in {audited.created, *audited.moved.values(), audited.deleted} - {""}:
        if name not in EVENT_TYPES:
            raise ValueError(f"{audited.model.__name__}: event type {name} is not declared")
        if EVENT_TYPES[name].event_class is not AUDIT:
            raise ValueError(f"{audited.model.__name__}: event type {name} is only telemetry")
    AUDITED[audited.model] = audited
    cover(audited.model, deletable=bool(audited.deleted))


def entity_of(row: Model) -> tuple[str, str]:
    """(entity_type, entity_id) under which the ledger knows this row."""
    audited = AUDITED.get(type(row))
    return (audited.entity_type if audited else type(row)._meta.model_name or "", str(row.pk))
