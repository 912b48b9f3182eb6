"""How the ledger records: it listens to what happens to the rows of audited models."""

import logging
from collections.abc import Sequence
from typing import Any

from django.db.models import Model
from django.db.models.signals import post_save
from django.dispatch import receiver

from ledger.registry import AUDITED, Audited
from ledger.services import log_event, log_events
from ledger.signals import rows_created, rows_deleted, state_changed

logger = logging.getLogger(__name__)


@receiver(post_save, dispatch_uid="ledger.record_creation")
def record_creation(
    sender: type[Model], instance: Model, created: bool, raw: bool, **more: Any
) -> None:
    """A new row of an audited model becomes an event."""
    audited = AUDITED.get(sender)
    if created and audited and not raw:
        log_event(**_fact(audited, audited.created, instance, {}), of_change=True)


@receiver(rows_created, dispatch_uid="ledger.record_creations")
def record_creations(sender: type[Model], rows: Sequence[Model], **more: Any) -> None:
    """So do many at once."""
    if audited := AUDITED.get(sender):
        log_events((_fact(audited, audited.created, row, {}) for row in rows), of_change=True)


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
    event_type = audited.moved.get(after, f"{audited.entity_type}_{after}")
    log_event(**_fact(audited, event_type, instance, facts), of_change=True)


@receiver(rows_deleted, dispatch_uid="ledger.record_deletions")
def record_deletions(sender: type[Model], rows: Sequence[Model], **more: Any) -> None:
    """Rows that were taken away become events; their earlier ones stay."""
    audited = AUDITED.get(sender)
    if audited and audited.deleted:
        log_events((_fact(audited, audited.deleted, row, {}) for row in rows), of_change=True)


def _fact(audited: Audited, event_type: str, row: Model, facts: dict[str, Any]) -> dict[str, Any]:
    """The arguments of `log_event`. Facts that cannot be read are left out, not the event."""
    fact: dict[str, Any] = {"event_type": event_type, "entity": row}
    try:
        return fact | {
            "metadata": {**audited.facts(row), **facts},
            "job_id": audited.job_id(row),
            "clip_id": audited.clip_id(row),
            "correlation_id": audited.correlation(row),
        }
    except Exception:
        logger.exception("The facts of %s could not be read", event_type)
        return fact | {"metadata": facts}
