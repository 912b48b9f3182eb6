"""What led to an event, step by step, back to where it began."""

from ledger.models import LedgerEvent

MOST_STEPS = 200


def causes_of(event: LedgerEvent) -> list[LedgerEvent]:
    """The chain of causes, nearest first; empty for an event that began something.

    The cause of an event is the one that its `caused_by` names. Where a process took up what another
    left (a worker that begins a job), none was known: then it is the event before it in the life of
    the same thing.
    """
    chain: list[LedgerEvent] = []
    seen = {event.pk}
    while len(chain) < MOST_STEPS and (cause := _cause_of(event)) and cause.pk not in seen:
        chain.append(cause)
        seen.add(cause.pk)
        event = cause
    return chain


def _cause_of(event: LedgerEvent) -> LedgerEvent | None:
    if event.caused_by is not None:
        found = LedgerEvent.objects.filter(pk=event.caused_by).first()
        if found is not None:  # its transaction may have been rolled back
            return found
    if not event.entity_id:
        return None
    return (
        LedgerEvent.objects.filter(
            entity_type=event.entity_type, entity_id=event.entity_id, pk__lt=event.pk
        )
        .order_by("-id")
        .first()
    )
