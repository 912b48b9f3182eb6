"""What must hold before we start: every state move has its event."""

from typing import Any

from django.core.checks import CheckMessage, Error, register

from ledger.machine import MACHINES
from ledger.registry import AUDITED
from ledger.sealing.keys import BadSealKey, known_keys, sealing_key


@register("ledger")
def every_move_has_an_event(**more: Any) -> list[CheckMessage]:
    """Each model with a Machine is audited, and each state it can move into names an event type."""
    found: list[CheckMessage] = []
    for model, machine in MACHINES.items():
        audited = AUDITED.get(model)
        if audited is None:
            found.append(
                Error(
                    f"{model.__name__} has states but is not audited.",
                    hint="Add it to the app's audit.py.",
                    id="ledger.E001",
                )
            )
        elif missing := machine.entered - set(audited.moved):
            found.append(
                Error(
                    f"{model.__name__} moves into {sorted(missing)} without an event type.",
                    hint="Add the states to `moved` in the app's audit.py.",
                    id="ledger.E002",
                )
            )
    return found


@register("ledger")
def seals_can_be_signed(**more: Any) -> list[CheckMessage]:
    """The keys are written as they should be, and today's can sign."""
    try:
        known_keys()
        sealing_key().sign(b"")
    except BadSealKey as error:
        return [
            Error(
                error.message,
                hint="See STAKAZO_LEDGER_SEAL_KEY and STAKAZO_LEDGER_SEAL_OLD_KEYS.",
                id="ledger.E003",
            )
        ]
    return []
