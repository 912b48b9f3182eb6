"""Looking after the ledger: take copies out, let very old events go."""

import json
import uuid
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TextIO

from django.db import connection, transaction
from django.utils import timezone

from ledger.connections import ledger_door
from ledger.hashing import content_of
from ledger.models import LedgerEvent
from ledger.sealing.cuts import record_cut
from ledger.services import log_event
from stakazo.core.errors import InvalidInput

BATCH = 2_000

Follow = Callable[[Iterable[LedgerEvent], int], Iterable[LedgerEvent]]


def _as_is(events: Iterable[LedgerEvent], total: int) -> Iterable[LedgerEvent]:
    return events


def export_events(out: TextIO, *, since: datetime | None = None, follow: Follow = _as_is) -> int:
    """Write events as JSON lines, oldest first, each with its hash; how many."""
    events = LedgerEvent.objects.all()
    if since:
        events = events.filter(timestamp__gte=since)
    written = 0
    for event in follow(events.order_by("id").iterator(BATCH), events.count()):
        out.write(json.dumps(content_of(event) | {"row_hash": event.row_hash}) + "\n")
        written += 1
    return written


def prune_events(*, before: datetime, keep_at_least: int = 0) -> dict[str, Any]:
    """Let events older than `before` go, in small transactions; the ledger remembers that it did.

    The newest `keep_at_least` events stay whatever their age. Seals stay, so the chain still verifies. Raises InvalidInput for a time to come.
    """
    if before > timezone.now():
        raise InvalidInput("Only the past can be pruned.", before=before.isoformat())
    floor = None
    if keep_at_least:
        newest = LedgerEvent.objects.order_by("-id").values_list("pk", flat=True)
        floor = next(iter(newest[keep_at_least - 1 : keep_at_least]), None)
        if floor is None:
            return {"pruned": 0}
    pruned = 0
    while ids := _older(before, floor):
        if not pruned:  # before the first goes, so that a pruning cut short is explained as well
            record_cut(before=before, floor_id=floor)
        with transaction.atomic(), ledger_door():
            LedgerEvent.objects.filter(pk__in=ids).delete()
        pruned += len(ids)
    if pruned:
        log_event(
            "ledger_pruned",
            entity_type="ledger",
            entity_id="ledger",
            metadata={"before": before, "pruned": pruned},
        )
    return {"pruned": pruned}


def _older(before: datetime, floor: uuid.UUID | None) -> list[uuid.UUID]:
    old = LedgerEvent.objects.filter(timestamp__lt=before)
    if floor is not None:
        old = old.filter(pk__lt=floor)
    if connection.vendor == "sqlite":
        # It would give the last row's rowid away anew, and who follows the commits would miss that one.
        old = old.extra(where=["rowid < (SELECT MAX(rowid) FROM ledger_events)"])
    return list(old.order_by("id").values_list("pk", flat=True)[:BATCH])
