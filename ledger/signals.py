"""The wires of the house.

state_changed: sent by a Machine inside the transaction of the move. Arguments: instance, machine,
    before, after, why, metadata. Only the ledger listens.
rows_created, rows_deleted: sent by the querysets of audited models inside the transaction of the
    change (Django's own signals know nothing of many rows). Argument: rows. Only the ledger listens.
event_recorded: sent robustly after the commit, in the process that recorded it. Argument: event.
"""

from django.dispatch import Signal

state_changed = Signal()
rows_created = Signal()
rows_deleted = Signal()
event_recorded = Signal()
