"""Reading the ledger in tests."""

from ledger.models import LedgerEvent
from ledger.registry import entity_of


def event_types_of(row):
    """The types of the events of one row, oldest first."""
    entity_type, entity_id = entity_of(row)
    events = LedgerEvent.objects.filter(entity_type=entity_type, entity_id=entity_id)
    return list(events.order_by("id").values_list("event_type", flat=True))
