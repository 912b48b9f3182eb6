"""Every named read of the ledger."""

from ledger.queries.anomalies import (
    Anomaly,
    anomalies,
    failures_above_usual,
    retry_storms,
    silent_workers,
    stuck_flows,
)
from ledger.queries.asking import (
    QUALIFIERS,
    asked_in_words,
    known_entity_type,
    known_event_type,
)
from ledger.queries.catalogue import event_catalogue
from ledger.queries.events import (
    entity_timeline,
    errors_since,
    events_of,
    events_of_road,
    events_total,
    get_events_by_clip,
    get_events_by_job,
    get_events_by_type,
    get_recent_events,
    within,
)
from ledger.queries.figures import (
    FailureRate,
    HourShown,
    counted_until,
    events_by_severity,
    failure_rates,
    slowest_jobs,
    throughput_per_hour,
)
from ledger.queries.pages import Asked, Page, page_of
from ledger.queries.positions import events_behind, position_of, position_token
from ledger.queries.trails import get_events_by_video

__all__ = [
    "QUALIFIERS",
    "Anomaly",
    "Asked",
    "FailureRate",
    "HourShown",
    "Page",
    "anomalies",
    "asked_in_words",
    "counted_until",
    "entity_timeline",
    "errors_since",
    "event_catalogue",
    "events_behind",
    "events_by_severity",
    "events_of",
    "events_of_road",
    "events_total",
    "failure_rates",
    "failures_above_usual",
    "get_events_by_clip",
    "get_events_by_job",
    "get_events_by_type",
    "get_events_by_video",
    "get_recent_events",
    "known_entity_type",
    "known_event_type",
    "page_of",
    "position_of",
    "position_token",
    "retry_storms",
    "silent_workers",
    "slowest_jobs",
    "stuck_flows",
    "throughput_per_hour",
    "within",
]
