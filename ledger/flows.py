"""Which states a thing should leave by itself. Each room says so in its `audit.py`.

A thing that entered one is on its way; how long that usually takes is counted (`ledger.rollups`), and
what takes far longer is told (`ledger.queries.stuck_flows`).
"""

from collections.abc import Mapping
from functools import lru_cache

from ledger.registry import AUDITED, EVENT_TYPES

ON_ITS_WAY: set[str] = set()
JOB_BEGUN = "job_processing_started"


def on_its_way(*event_types: str) -> None:
    """By these events things enter states that somebody is working on. Raises ValueError when unknown."""
    for name in event_types:
        if name not in EVENT_TYPES:
            raise ValueError(f"event type {name} is not declared")
    ON_ITS_WAY.update(event_types)
    states_by_entity.cache_clear()


@lru_cache(maxsize=1)
def states_by_entity() -> Mapping[str, frozenset[str]]:
    """entity type → the event types that enter a state, for those that are ever on their way."""
    return {
        audited.entity_type: frozenset({audited.created, *audited.moved.values()})
        for audited in AUDITED.values()
        if ON_ITS_WAY & {audited.created, *audited.moved.values()}
    }
