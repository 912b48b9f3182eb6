"""What waits in the spool comes into the table. Twice gives nothing new, and no moment is a bad one to die."""

import uuid
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice

from django.db import connection, transaction

from ledger import spool
from ledger.machine import MACHINES
from ledger.models import LedgerEvent
from ledger.registry import AUDITED, Audited
from ledger.spool import Waiting
from ledger.writing import insert_missing

PART = 1_000


def replay_spool() -> int:
    """Write the events of this machine's spool that count and are not there; how many were new.

    Events keep their ids and times, so they stand where they belong in every order but that of the
    commits. Those whose transaction is still open stay in the spool. Raises what the database raises,
    and then the spool is as it was.
    """
    if not spool.count():
        return 0
    # SQLite has one writer: in this transaction no other one is open whose outcome we would have to guess.
    with transaction.atomic():
        pending: list[Waiting] = []
        off: list[uuid.UUID] = []
        replayed = 0
        for part in _parts(spool.waiting()):
            done = [entry.event for entry in part if entry.pending is None]
            pending += [entry for entry in part if entry.pending and not _is_open(entry)]
            replayed += insert_missing(done)
            off += [event.pk for event in done]
        replayed += insert_missing(_confirmed(pending))
        off += [entry.event.pk for entry in pending]
        # Only once they are in the table for good: a dry run must not empty the spool.
        transaction.on_commit(partial(spool.remove, off))
    return replayed


def _parts(entries: Iterator[Waiting]) -> Iterator[list[Waiting]]:
    """A full spool need not be in memory at once."""
    while part := list(islice(entries, PART)):
        yield part


def _is_open(entry: Waiting) -> bool:
    """Whether the transaction in which this was spooled has not ended yet."""
    xid = entry.pending.xid if entry.pending else ""
    if not xid or connection.vendor != "postgresql":
        return False
    return _fate(xid) == "in progress"


def _fate(xid: str) -> str | None:
    """committed, aborted, in progress; None when PostgreSQL no longer knows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_xact_status(%s::xid8)", [xid])
        answer = cursor.fetchone()[0]
    return str(answer) if answer else None


def _confirmed(entries: Iterable[Waiting]) -> list[LedgerEvent]:
    """Those of which nobody could say any more that they count, but that do.

    A change counts when its row shows it, and no later event does: the row is there, stands in the
    state that it was moved to, or was moved on from there. (The number of the transaction alone does not tell: a
    savepoint within it may have been rolled back.) What is no change counts unless its transaction
    was rolled back.
    """
    found: list[LedgerEvent] = []
    left: dict[tuple[str, str], set[str]] = {}  # states that an event which counts leads away from
    for entry in sorted(entries, key=lambda entry: entry.event.pk, reverse=True):
        event, pending = entry.event, entry.pending
        if pending is None or (pending.xid and _fate_of(pending) == "aborted"):
            continue
        if not pending.of_change or _is_shown(event, left):
            found.append(event)
            if isinstance(before := event.metadata.get("from"), str):
                left.setdefault((event.entity_type, event.entity_id), set()).add(before)
    return found[::-1]


def _fate_of(pending: spool.Pending) -> str | None:
    return _fate(pending.xid) if connection.vendor == "postgresql" else None


def _is_shown(event: LedgerEvent, left: dict[tuple[str, str], set[str]]) -> bool:
    audited = _audited_as(event.entity_type)
    if audited is None:
        return False
    row = audited.model._base_manager.filter(pk=event.entity_id).first()
    of_it = LedgerEvent.objects.filter(entity_type=event.entity_type, entity_id=event.entity_id)
    if event.event_type == audited.created:
        return row is not None and not of_it.filter(event_type=event.event_type).exists()
    if event.event_type == audited.deleted:
        return row is None and not of_it.filter(event_type=event.event_type).exists()
    machine = MACHINES.get(audited.model)
    if row is None or machine is None:
        return False
    after = event.metadata.get("to")
    later = of_it.filter(pk__gt=event.pk).order_by("pk")
    moves = [each.metadata for each in later if isinstance(each.metadata, dict)]
    if str(getattr(row, machine.field)) == after and all(move.get("to") != after for move in moves):
        return True
    known = left.get((event.entity_type, event.entity_id), set())
    first = next((move["from"] for move in moves if "from" in move), None)
    return after in known or first == after


def _audited_as(entity_type: str) -> Audited | None:
    return next((each for each in AUDITED.values() if each.entity_type == entity_type), None)
