"""What the ledger can say."""

from typing import Any

from ledger.registry import AUDITED, EVENT_TYPES


def event_catalogue() -> list[dict[str, Any]]:
    """Every event type by name: {name, severity, class, sentence, recorded_when}.

    recorded_when: the changes of audited models that become this event, as "clip created" or
    "clip → archived"; empty where a service records it.
    """
    moments: dict[str, list[str]] = {name: [] for name in EVENT_TYPES}
    for audited in AUDITED.values():
        moments[audited.created].append(f"{audited.entity_type} created")
        if audited.deleted:
            moments[audited.deleted].append(f"{audited.entity_type} deleted")
        for state, name in audited.moved.items():
            moments[name].append(f"{audited.entity_type} → {state}")
    return [
        {
            "name": name,
            "severity": str(EVENT_TYPES[name].severity),
            "class": str(EVENT_TYPES[name].event_class),
            "sentence": EVENT_TYPES[name].sentence,
            "recorded_when": sorted(moments[name]),
        }
        for name in sorted(EVENT_TYPES)
    ]
