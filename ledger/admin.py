"""The ledger: look, filter, follow links."""

import json

from django.apps import apps
from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from ledger.models import LedgerEvent
from ledger.registry import AUDITED, EVENT_TYPES
from stakazo.core.admin import ReadOnlyAdmin, admin_link


@admin.register(LedgerEvent)
class LedgerEventAdmin(ReadOnlyAdmin):
    """Every fact, newest first. Nothing here can be changed, also not by us."""

    paginator = InfinitePaginator
    list_display = ["timestamp", "what", "level", "entity_link", "actor", "worker_id"]
    list_filter = ["severity", "event_type", "entity_type", ("timestamp", RangeDateTimeFilter)]
    search_fields = ["entity_id", "correlation_id", "event_type"]
    search_help_text = "An object's id, a correlation id, or an event type."
    ordering = ["-id"]
    fields = [
        "timestamp",
        "event_type",
        "sentence",
        "severity",
        "entity_link",
        "actor",
        "worker_id",
        "job_link",
        "clip_link",
        "correlation_id",
        "caused_by",
        "facts",
        "row_hash",
    ]
    readonly_fields = fields

    @display(description="What happened", ordering="event_type")
    def what(self, event: LedgerEvent) -> str:
        """The event type."""
        return event.event_type

    @display(
        description="Severity",
        ordering="severity",
        label={"INFO": "info", "WARN": "warning", "ERROR": "danger"},
    )
    def level(self, event: LedgerEvent) -> str:
        """The severity, as a label."""
        return event.severity

    @display(description="In words")
    def sentence(self, event: LedgerEvent) -> str:
        """What an event of this type means."""
        known = EVENT_TYPES.get(event.event_type)
        return known.sentence if known else "–"

    @display(description="Object")
    def entity_link(self, event: LedgerEvent) -> SafeString | str:
        """A link to the object it is about."""
        return _link(event.entity_type, event.entity_id)

    @display(description="Job")
    def job_link(self, event: LedgerEvent) -> SafeString | str:
        """A link to the job in which it happened."""
        return _link("job", str(event.job_id)) if event.job_id else "–"

    @display(description="Clip")
    def clip_link(self, event: LedgerEvent) -> SafeString | str:
        """A link to the clip it belongs to."""
        return _link("clip", str(event.clip_id)) if event.clip_id else "–"

    @display(description="Metadata")
    def facts(self, event: LedgerEvent) -> SafeString:
        """The metadata, readable."""
        return format_html("<pre>{}</pre>", json.dumps(event.metadata, indent=2, sort_keys=True))


def _link(entity_type: str, entity_id: str) -> SafeString | str:
    # Asked when needed: admin modules are loaded before the rooms say what they have audited.
    models = {audited.entity_type: audited.model for audited in AUDITED.values()}
    model = models.get(entity_type)
    if model is None or not admin.site.is_registered(model):
        return f"{entity_type} {entity_id}"
    row = apps.get_model(model._meta.label)(pk=entity_id)
    return admin_link(row, f"{entity_type} …{entity_id[-8:]}")
