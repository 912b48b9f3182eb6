"""The two wires of the house.

state_changed: sent by a Machine inside the transaction of the move. Arguments: instance, machine,
    before, after, why, metadata. Only the ledger listens.
event_recorded: sent robustly after the commit, in the process that recorded it. Argument: event.
"""

from django.dispatch import Signal

state_changed = Signal()
event_recorded = Signal()
