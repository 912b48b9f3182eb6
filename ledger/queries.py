"""Every named read of the ledger."""

import uuid
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet

from ledger.models import LedgerEvent
from ledger.registry import AUDITED, EVENT_TYPES, entity_of


def recent_events(*, limit: int = 50) -> QuerySet[LedgerEvent]:
    """The newest events, newest first."""
    return LedgerEvent.objects.order_by("-id")[:limit]


def events_of(row: Model) -> QuerySet[LedgerEvent]:
    """The life of one thing, oldest first."""
    entity_type, entity_id = entity_of(row)
    return LedgerEvent.objects.filter(entity_type=entity_type, entity_id=entity_id).order_by("id")


def events_of_job(job_id: uuid.UUID) -> QuerySet[LedgerEvent]:
    """What happened in and to a job, oldest first."""
    return LedgerEvent.objects.filter(job_id=job_id).order_by("id")


def events_of_clip(clip_id: uuid.UUID) -> QuerySet[LedgerEvent]:
    """What happened to a clip, its variants and posts, oldest first."""
    return LedgerEvent.objects.filter(clip_id=clip_id).order_by("id")


def events_of_road(correlation_id: str) -> QuerySet[LedgerEvent]:
    """Everything on the road of one correlation id, oldest first."""
    return LedgerEvent.objects.filter(correlation_id=correlation_id).order_by("id")


def events_by_type(
    event_type: str,
    *,
    severity: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[LedgerEvent]:
    """Events of one type in [since, until), newest first."""
    events = LedgerEvent.objects.filter(event_type=event_type)
    if severity:
        events = events.filter(severity=severity)
    if since:
        events = events.filter(timestamp__gte=since)
    if until:
        events = events.filter(timestamp__lt=until)
    return events.order_by("-id")


def event_catalogue() -> list[dict[str, Any]]:
    """Every event type by name: {name, severity, class, sentence, recorded_when}.

    recorded_when: the changes of audited models that become this event, as "clip created" or
    "clip → archived"; empty where a service records it.
    """
    moments: dict[str, list[str]] = {name: [] for name in EVENT_TYPES}
    for audited in AUDITED.values():
        moments[audited.created].append(f"{audited.entity_type} created")
        if audited.deleted:
            moments[audited.deleted].append(f"{audited.entity_type} deleted")
        for state, name in audited.moved.items():
            moments[name].append(f"{audited.entity_type} → {state}")
    return [
        {
            "name": name,
            "severity": str(EVENT_TYPES[name].severity),
            "class": str(EVENT_TYPES[name].event_class),
            "sentence": EVENT_TYPES[name].sentence,
            "recorded_when": sorted(moments[name]),
        }
        for name in sorted(EVENT_TYPES)
    ]
