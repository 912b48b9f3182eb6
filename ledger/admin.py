"""The ledger: look, filter, follow links."""

import json

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display
from unfold.paginator import InfinitePaginator

from ledger.keeping.admin import LedgerArchiveAdmin  # noqa: F401  registered by being imported
from ledger.models import LedgerEvent, LedgerSeal
from ledger.registry import AUDITED, EVENT_TYPES
from ledger.sealing.keys import known_keys
from ledger.sealing.proofs import NotSealed, seal_of
from ledger.sealing.verify import verify_seal
from ledger.sealing.walk import seal_stands
from stakazo.core.admin import ReadOnlyAdmin, admin_link

SHOWN_FAULTS = 50


@admin.register(LedgerEvent)
class LedgerEventAdmin(ReadOnlyAdmin):
    """Every fact, newest first. Nothing here can be changed, also not by us."""

    paginator = InfinitePaginator
    list_display = ["when", "what", "level", "entity_link", "actor", "worker_id"]
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
        "seal_link",
    ]
    readonly_fields = fields

    @display(description="Time", ordering="id")
    def when(self, event: LedgerEvent) -> str:
        """To the second, in UTC."""
        return event.timestamp.strftime("%Y-%m-%d %H:%M:%S")

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

    @display(description="Seal")
    def seal_link(self, event: LedgerEvent) -> SafeString | str:
        """A link to the seal that closes over it."""
        try:
            return admin_link(seal_of(event))
        except NotSealed:
            return "Not sealed yet."


@admin.register(LedgerSeal)
class LedgerSealAdmin(ReadOnlyAdmin):
    """The chain, newest link first; a seal's own page verifies the events below it."""

    paginator = InfinitePaginator
    list_display = ["number", "sealed_at", "count", "state", "root", "key_id"]
    ordering = ["-number"]
    fields = [
        "number",
        "sealed_at",
        "state",
        "verdict",
        "count",
        "first_event",
        "last_event",
        "root",
        "previous_hash",
        "seal_hash",
        "algorithm",
        "key_id",
        "signature",
    ]
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[LedgerSeal]:
        """Without the members, which are large."""
        seals: QuerySet[LedgerSeal] = super().get_queryset(request).defer("members")
        return seals

    @display(description="Seal", label={"intact": "success", "broken": "danger"})
    def state(self, seal: LedgerSeal) -> str:
        """Whether its own hash and signature are right; its events are not looked at."""
        return "intact" if seal_stands(seal, known_keys()) else "broken"

    @display(description="Verified now")
    def verdict(self, seal: LedgerSeal) -> SafeString | str:
        """What verifying the seal and its events finds at this moment."""
        found = verify_seal(seal)
        if not found.wrong:
            pruned = f", {found.pruned} let go by retention" if found.pruned else ""
            return f"{found.checked} events as they were sealed{pruned}."
        return format_html_join(
            mark_safe("<br>"),
            "{}: {} {}",
            ((f.kind, f.event, f.words) for f in found.faults[:SHOWN_FAULTS]),
        )

    @display(description="First event")
    def first_event(self, seal: LedgerSeal) -> SafeString | str:
        """A link to it."""
        return admin_link(LedgerEvent(pk=seal.first_id), str(seal.first_id))

    @display(description="Last event")
    def last_event(self, seal: LedgerSeal) -> SafeString | str:
        """A link to it."""
        return admin_link(LedgerEvent(pk=seal.last_id), str(seal.last_id))


def _link(entity_type: str, entity_id: str) -> SafeString | str:
    short = (
        f"{entity_type} …{entity_id[-8:]}" if len(entity_id) > 24 else f"{entity_type} {entity_id}"
    )
    # Read at each call: the rooms register what they audit after the admin was imported.
    models = {audited.entity_type: audited.model for audited in AUDITED.values()}
    model = models.get(entity_type)
    if model is None or not admin.site.is_registered(model):
        return short
    return admin_link(model(pk=entity_id), short)
