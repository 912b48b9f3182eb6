"""Sealing soon after the commit: a loop beside the workers, for the schedule is too slow for some.

A job for each look would write three events of its own, to be sealed in turn. The loop writes seals and
nothing else. Any number of them may run, and the schedule beside them: a seal's number is its key.
"""

import contextlib
import logging
import threading
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from ledger.models import LedgerEvent
from ledger.sealing.sealer import BATCH, Sealed, newest_seal, position_behind, seal_events
from ledger.watermark import events_after
from stakazo.core.errors import StakazoError

logger = logging.getLogger(__name__)

LOOK_S = 1.0
TROUBLE_S = 30.0


def seal_when_due(*, within_s: float) -> Sealed:
    """Seal when a full batch waits, or anything that was there for so long at the last look or before.

    One small statement where nothing waits.
    """
    waiting, _ = events_after(position_behind(newest_seal()), limit=1)
    if not waiting:
        return Sealed()
    due = timezone.now() - timedelta(seconds=within_s)
    if waiting[0].timestamp > due and not _full():
        return Sealed()
    return seal_events()


def _full() -> bool:
    """Whether so many events were made since the newest seal; a guess that an index answers."""
    newest = newest_seal()
    events = LedgerEvent.objects.order_by("id")
    if newest is not None:
        events = events.filter(pk__gt=newest.last_id)
    return len(events.values_list("pk", flat=True)[:BATCH]) == BATCH


def follow(stop: threading.Event, *, within_s: float) -> None:
    """Seal what is due, look by look, until told to stop. What goes wrong is logged, and tried again."""
    while not stop.is_set():
        wait_s = LOOK_S
        try:
            seal_when_due(within_s=within_s)
        except (DatabaseError, InterfaceError, StakazoError):
            logger.warning("The ledger could not be sealed now", exc_info=True)
            connection.close()
            wait_s = TROUBLE_S
        stop.wait(wait_s)
    connection.close()


@contextlib.contextmanager
def sealing_beside() -> Iterator[None]:
    """Within this block a thread follows the ledger and seals; the setting 0 is none."""
    within_s, stop = settings.LEDGER_SEAL_WITHIN_S, threading.Event()
    if within_s <= 0:
        yield
        return
    thread = threading.Thread(
        target=follow, args=[stop], kwargs={"within_s": within_s}, daemon=True, name="sealer"
    )
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)
