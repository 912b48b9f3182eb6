"""Restoring what the ledger missed: the spool, and states that no event explains."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any, cast

from django.db.models import Field, Model

from ledger.machine import MACHINES
from ledger.models import LedgerEvent
from ledger.registry import AUDITED, Audited
from ledger.replay import replay_spool
from ledger.services import log_event

BATCH = 500

Follow = Callable[[Iterable[Audited]], Iterable[Audited]]


@dataclass
class Restored:
    """What a backfill did. failed: events that still could not be written."""

    replayed: int = 0
    reconstructed: int = 0
    checked: int = 0
    failed: int = 0

    def facts(self) -> dict[str, int]:
        """As JSON data."""
        return asdict(self)


def backfill_ledger(*, follow: Follow = iter) -> Restored:
    """Replay the spool, then write the events that rows show and the ledger lacks.

    A reconstructed event says so in its metadata (`reconstructed`), with the time it speaks of where
    the row knows it. Running it twice gives nothing new. follow: wraps the models, for a progress bar.
    """
    restored = Restored()
    restored.replayed = replay_spool()
    for audited in follow(list(AUDITED.values())):
        for rows in _batches(audited.model):
            _explain(audited, rows, restored)
    return restored


def _batches(model: type[Model]) -> Iterator[list[Model]]:
    last = None
    while True:
        rows = model._base_manager.order_by("pk")
        batch = list((rows.filter(pk__gt=last) if last else rows)[:BATCH])
        if not batch:
            return
        yield batch
        last = batch[-1].pk


def _explain(audited: Audited, rows: list[Model], restored: Restored) -> None:
    known = set(
        LedgerEvent.objects.filter(
            entity_type=audited.entity_type,
            entity_id__in=[str(row.pk) for row in rows],
            event_type__in={audited.created, *audited.moved.values()},
        ).values_list("entity_id", "event_type")
    )
    machine = MACHINES.get(audited.model)
    for row in rows:
        restored.checked += 1
        wanted = [audited.created]
        if machine is not None:
            state = str(getattr(row, machine.field))
            if state in machine.entered and state not in _born_in(machine.field, audited.model):
                wanted.append(audited.moved[state])
        for event_type in wanted:
            if (str(row.pk), event_type) not in known:
                _reconstruct(audited, row, event_type, restored)


def _born_in(field: str, model: type[Model]) -> set[str]:
    """The state that a row has without ever having moved."""
    return {str(cast("Field[Any, Any]", model._meta.get_field(field)).get_default())}


def _reconstruct(audited: Audited, row: Any, event_type: str, restored: Restored) -> None:
    when = getattr(row, "created_at", None) if event_type == audited.created else None
    event = log_event(
        event_type,
        entity=row,
        metadata=audited.facts(row)
        | {"reconstructed": True}
        | ({"happened_at": when} if when else {}),
        job_id=audited.job_id(row),
        clip_id=audited.clip_id(row),
        correlation_id=audited.correlation(row),
    )
    if event is None:
        restored.failed += 1
    else:
        restored.reconstructed += 1
