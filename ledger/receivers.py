"""How the ledger records: it listens to the creations and the moves of audited models."""

import logging
from typing import Any

from django.db.models import Model
from django.db.models.signals import post_save
from django.dispatch import receiver

from ledger.registry import AUDITED, Audited
from ledger.services import log_event
from ledger.signals import state_changed

logger = logging.getLogger(__name__)


@receiver(post_save, dispatch_uid="ledger.record_creation")
def record_creation(
    sender: type[Model], instance: Model, created: bool, raw: bool, **more: Any
) -> None:
    """A new row of an audited model becomes an event."""
    audited = AUDITED.get(sender)
    if created and audited and not raw:
        _record(audited, audited.created, instance, {})


@receiver(state_changed, dispatch_uid="ledger.record_move")
def record_move(
    sender: type[Model],
    instance: Model,
    before: str,
    after: str,
    why: str,
    metadata: dict[str, Any],
    **more: Any,
) -> None:
    """A move of an audited model becomes an event."""
    audited = AUDITED.get(sender)
    if audited is None:
        return
    facts = {"from": before, "to": after} | ({"why": why} if why else {}) | metadata
    _record(audited, audited.moved.get(after, f"{audited.entity_type}_{after}"), instance, facts)


def _record(audited: Audited, event_type: str, row: Model, facts: dict[str, Any]) -> None:
    try:
        log_event(
            event_type,
            entity=row,
            metadata={**audited.facts(row), **facts},
            job_id=audited.job_id(row),
            clip_id=audited.clip_id(row),
            correlation_id=audited.correlation(row),
            of_change=True,
        )
    except Exception:
        logger.exception("The facts of %s could not be read", event_type)
        log_event(event_type, entity=row, metadata=facts, of_change=True)
