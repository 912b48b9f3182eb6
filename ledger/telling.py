"""Telling this process what it has recorded, once that is committed."""

import logging

from ledger.models import LedgerEvent
from ledger.signals import event_recorded

logger = logging.getLogger(__name__)


def anybody_listens() -> bool:
    """Whether `event_recorded` has receivers."""
    return event_recorded.has_listeners(LedgerEvent)


def tell(event: LedgerEvent) -> None:
    """Send `event_recorded`; a receiver that fails is logged."""
    for receiver, answer in event_recorded.send_robust(sender=LedgerEvent, event=event):
        if isinstance(answer, Exception):
            logger.error("%r failed on %s: %r", receiver, event.event_type, answer)
